"""Scores of SNVs with the network beside this file, in float64 and with NumPy alone: what kipos must give.

    reference_scores.py      (needs: numpy, and onnx to read the file; nothing of kipos)

Writes variants.vcf, SNVs of tests/reference/genome.fa that lie close together and far apart, and expected.tsv: for each
allele, in windows of 101 bases around the base, alternate less reference of each class's largest probability over all 21
positions (max), and of its mean over the middle 3 (center). Letters other than A, C, G and T are all zero.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

HERE = Path(__file__).parent
GENOME = HERE.parents[1] / "reference" / "genome.fa"
CONTIG, WINDOW, CENTRE = "chr1", 101, 3
# Some windows overlap by most of their bases, some by few, some not at all.
STEPS = [0, 1, 1, 2, 5, 13, 40, 99, 101, 300, 3, 7, 60, 2000, 8, 8, 8, 8, 8, 8, 8]
FIRST = 30_000
CLASSES = ("none", "acceptor", "donor")


def contig(name):
    """The bases of a contig, upper case."""
    records = GENOME.read_text().split(">")
    record = next(record for record in records if record.split("\n", 1)[0] == name)
    return "".join(record.split("\n")[1:]).upper()


def network():
    """What evaluates one-hot rows (4, bases) with the graph."""
    graph = onnx.load(HERE / "model.onnx").graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def convolution(x, weight, bias, dilations, pads):
        dilation, (before, after), width = dilations[0], pads, weight.shape[2]
        x = np.pad(x, [(0, 0), (before, after)])
        length = x.shape[1] - (width - 1) * dilation
        taps = [weight[:, :, tap] @ x[:, tap * dilation : tap * dilation + length] for tap in range(width)]
        return sum(taps) + bias[:, None]

    def normalised(x, scale, shift, mean, var, epsilon):
        column = lambda numbers: numbers[:, None]
        return (x - column(mean)) / np.sqrt(column(var) + epsilon) * column(scale) + column(shift)

    def softmax(x):
        shares = np.exp(x - x.max(axis=0))
        return shares / shares.sum(axis=0)

    def evaluate(x):
        values = {name: array.astype(np.float64) for name, array in weights.items()} | {"seq": x.astype(np.float64)}
        for node in graph.node:
            own = [values[name] for name in node.input]
            options = {option.name: onnx.helper.get_attribute_value(option) for option in node.attribute}
            values[node.output[0]] = {
                "Conv": lambda: convolution(*own, options["dilations"], options["pads"]),
                "BatchNormalization": lambda: normalised(*own, options["epsilon"]),
                "Relu": lambda: np.maximum(own[0], 0),
                "Add": lambda: own[0] + own[1],
                "Slice": lambda: own[0][:, int(own[1][0]) : int(own[2][0])],
                "Softmax": lambda: softmax(own[0]),
            }[node.op_type]()
        return values["prob"]

    return evaluate


def one_hot(bases):
    return np.array([[base == letter for base in bases] for letter in "ACGT"])


def main():
    evaluate, bases = network(), contig(CONTIG)
    header = ["##fileformat=VCFv4.2", f"##contig=<ID={CONTIG},length={len(bases)}>"]
    lines = [*header, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    names = [f"{reduction}/{name}" for reduction in ("max", "center") for name in CLASSES]
    rows = ["\t".join(["pos", "alt", *names])]
    for number, at in enumerate(FIRST + np.cumsum(STEPS)):
        # Every fourth has all three alternates.
        others = [base for base in "ACGT" if base != bases[at]]
        alternates = others if number % 4 == 0 else [others[number % 3]]
        lines.append(f"{CONTIG}\t{at + 1}\t.\t{bases[at]}\t{','.join(alternates)}\t.\t.\t.")
        window = bases[at - WINDOW // 2 : at + WINDOW // 2 + 1]
        reference = evaluate(one_hot(window))
        middle = (reference.shape[1] - CENTRE) // 2
        for alternate in alternates:
            changed = evaluate(one_hot(window[: WINDOW // 2] + alternate + window[WINDOW // 2 + 1 :]))
            reductions = lambda x: [*x.max(axis=1), *x[:, middle : middle + CENTRE].mean(axis=1)]
            scores = np.subtract(reductions(changed), reductions(reference))
            rows.append("\t".join([str(at + 1), alternate, *(f"{score:.9e}" for score in scores)]))
    (HERE / "variants.vcf").write_text("\n".join(lines) + "\n")
    (HERE / "expected.tsv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
