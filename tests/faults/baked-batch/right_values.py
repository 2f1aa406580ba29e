"""Prints the right `diff` (alternate minus reference) for the SNVs of in.vcf, each row by itself, in NumPy: on the
forward strand, and its mean over both strands.

pip install onnx numpy; python right_values.py
"""

import pathlib

import numpy
import onnx

HERE = pathlib.Path(__file__).parent
LENGTH = 200
COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}


def one_hot(bases):
    return numpy.array([[float(base == letter) for letter in "ACGT"] for base in bases])


def network(weights, bases):
    """A convolution, its largest positive values, a dense layer, a sigmoid."""
    kernels = weights["W"]
    windows = numpy.lib.stride_tricks.sliding_window_view(one_hot(bases).T, kernels.shape[2], axis=1)
    largest = numpy.einsum("kcw,cpw->kp", kernels, windows).clip(0).max(axis=1)
    return 1 / (1 + numpy.exp(-(largest @ weights["D"] + weights["b"])))


def main():
    contigs = (HERE.parent / "common/g.fa").read_text().split(">")[1:]
    genome = {text.split("\n", 1)[0].split()[0]: text.split("\n", 1)[1].replace("\n", "").upper() for text in contigs}
    records = [line.split("\t")[:5] for line in (HERE / "in.vcf").read_text().splitlines() if line[0] != "#"]
    tensors = onnx.load(HERE / "model.onnx").graph.initializer
    weights = {tensor.name: onnx.numpy_helper.to_array(tensor).astype(numpy.float64) for tensor in tensors}
    summed = lambda bases: (one_hot(bases) @ numpy.array([1.0, 2.0, 3.0, 4.0])).sum(keepdims=True)
    for name, predict in [
        ("model", lambda bases: network(weights, bases)),
        ("state", lambda bases: summed(bases) + 1),
        ("flat", lambda bases: summed(bases) / LENGTH),
    ]:
        for contig, position, _, reference, alternate in records:
            # The variant is base 99 of 200, counted from 0.
            start = int(position) - 1 - (LENGTH // 2 - 1)
            window = genome[contig][start : start + LENGTH]
            at = int(position) - 1 - start
            assert window[at] == reference, "REF is not the genome's"
            changed = window[:at] + alternate + window[at + 1 :]
            turned = lambda bases: "".join(COMPLEMENT[base] for base in reversed(bases))
            forward = predict(changed) - predict(window)
            reverse = predict(turned(changed)) - predict(turned(window))
            print(name, contig, position, "forward", *forward.tolist(), "mean", *((forward + reverse) / 2).tolist())


main()
