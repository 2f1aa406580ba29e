"""Prints what the heads give for one.bed: the sigmoid is zeta, the tanh is alpha, as in the Keras model.

pip install onnx numpy; python right_values.py
"""

import pathlib

import numpy
import onnx
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).parent


def sequence():
    """The bases of the only interval."""
    contig, start, end = (HERE / "one.bed").read_text().split()[:3]
    contigs = (HERE.parent / "common/g.fa").read_text().split(">")[1:]
    bases = {text.split("\n", 1)[0].split()[0]: text.split("\n", 1)[1].replace("\n", "") for text in contigs}
    return bases[contig][int(start) : int(end)].upper()


def main():
    row = sequence()
    one_hot = numpy.array([[[float(base == letter) for letter in "ACGT"] for base in row]], dtype=numpy.float32)
    model = onnx.load(HERE / "model.onnx")
    made_by = {node.output[0]: node.op_type for node in model.graph.node}
    names = [output.name for output in model.graph.output]
    for name, values in zip(names, ReferenceEvaluator(model).run(names, {"seq:0": one_hot})):
        print({"Sigmoid": "zeta", "Tanh": "alpha"}[made_by[name]], values[0].tolist())
    print({base: row.count(base) for base in "ACGT"})


main()
