"""The scores of preserve/model.onnx in inference mode, written out in NumPy: `python right_values.py`.

Needs onnx (to read the weights) and numpy.
"""

import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

HERE = pathlib.Path(__file__).parent
WINDOW = 200
VARIANTS = [("chr1", 500, "T", "A"), ("chr1", 700, "G", "T"), ("chr2", 700, "C", "G")]


def genome():
    contigs, name = {}, None
    for line in (HERE.parent / "common" / "g.fa").read_text().splitlines():
        if line.startswith(">"):
            name = line[1:].split()[0]
            contigs[name] = []
        else:
            contigs[name].append(line.strip().upper())
    return {name: "".join(lines) for name, lines in contigs.items()}


def one_hot(bases):
    return np.array([[base == letter for letter in "ACGT"] for base in bases], dtype=float)


def predict(bases, w):
    x = one_hot(bases)
    kernel = w["c.weight"]
    length = kernel.shape[2]
    windows = np.stack([x[at : at + length] for at in range(len(x) - length + 1)])
    convolved = np.einsum("plc,ocl->po", windows, kernel) + w["c.bias"]
    scale = w["bn.weight"] / np.sqrt(w["bn.running_var"] + 1e-5)
    normalized = (convolved - w["bn.running_mean"]) * scale + w["bn.bias"]
    strongest = np.maximum(normalized, 0).max(axis=0)
    return 1 / (1 + np.exp(-(w["f.weight"] @ strongest + w["f.bias"])))


def reverse_complement(bases):
    return bases[::-1].translate(str.maketrans("ACGT", "TGCA"))


def main():
    model = onnx.load(HERE / "preserve" / "model.onnx")
    weights = {t.name: numpy_helper.to_array(t).astype(float) for t in model.graph.initializer}
    contigs = genome()
    for contig, position, ref, alt in VARIANTS:
        # The variant is base 100 of the 200 of its window, counted from 1.
        start = position - WINDOW // 2
        window = contigs[contig][start : start + WINDOW]
        at = position - 1 - start
        assert window[at] == ref
        changed = window[:at] + alt + window[at + 1 :]
        strands = [predict(turn(changed), weights) - predict(turn(window), weights) for turn in (str, reverse_complement)]
        # The mean of both strands.
        print(contig, position, *("%.8f" % value for value in np.mean(strands, axis=0)))


if __name__ == "__main__":
    main()
