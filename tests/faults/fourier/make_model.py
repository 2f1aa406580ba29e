"""Writes model.onnx: the energy of the spectrum of a DNA sequence, as a graph with a Fourier transform of length 200.

pip install onnx numpy; python make_model.py

The bases A, C, G, T of one-hot DNA (rows, 200, 4) weigh 1, 2, 3, 4. By Parseval's theorem, the squares of the spectrum
add up to 200 times those of the weights; the graph divides by 200.
"""

import pathlib

import numpy
import onnx
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent


def main():
    nodes = [
        helper.make_node("MatMul", ["seq", "w"], ["weights"]),
        helper.make_node("DFT", ["weights"], ["spectrum"], axis=1),
        helper.make_node("ReduceSumSquare", ["spectrum"], ["energy"], axes=[1, 2], keepdims=0),
        helper.make_node("Div", ["energy", "length"], ["mean"]),
        helper.make_node("Unsqueeze", ["mean", "axis"], ["out"]),
    ]
    weights = {
        "w": numpy.array([[1], [2], [3], [4]], dtype=numpy.float32),
        "length": numpy.float32(200),
        "axis": numpy.array([1]),
    }
    seq = helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["rows", 200, 4])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["rows", 1])
    tensors = [onnx.numpy_helper.from_array(numpy.asarray(value), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "fourier", [seq], [out], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / "model.onnx")


main()
