"""Writes graphs with a free batch axis that work for certain numbers of rows only, beside the one of the case.

pip install onnx numpy; python make_neighbours.py

All read one-hot DNA (rows, length, 4) and weigh the bases of a row as 1, 2, 3, 4 for A, C, G, T.
state.onnx: the last state of an RNN without nonlinearity, whose first state was written down for one row: the sum of the
weights, plus 1. flat.onnx, for any length: a reshape joins all rows to one, so that several rows do not fail but come out
as one; the mean of the weights. three.onnx: works for three rows alone.
"""

import pathlib

import numpy
import onnx
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent
WEIGHTS = numpy.array([[1], [2], [3], [4]], dtype=numpy.float32)


def write(name, nodes, weights, length):
    seq = helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["rows", length, 4])
    prob = helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["rows", 1])
    tensors = [onnx.numpy_helper.from_array(value, key) for key, value in weights.items()]
    graph = helper.make_graph(nodes, name, [seq], [prob], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def main():
    node = helper.make_node
    one = numpy.ones((1, 1, 1), dtype=numpy.float32)
    write(
        "state",
        [
            node("Transpose", ["seq"], ["time"], perm=[1, 0, 2]),
            node("RNN", ["time", "w", "r", "", "", "first"], ["", "last"], hidden_size=1, activations=["Affine"],
                 activation_alpha=[1.0], activation_beta=[0.0]),
            node("Squeeze", ["last", "axis"], ["prob"]),
        ],
        {"w": WEIGHTS.T[None].copy(), "r": one, "first": one, "axis": numpy.array([0])},
        200,
    )
    sums = [node("MatMul", ["seq", "w"], ["weights"])]
    for name, rows, length in [("flat", 1, "length"), ("three", 3, 200)]:
        write(
            name,
            [*sums, node("Reshape", ["weights", "shape"], ["rows"]),
             node("ReduceMean", ["rows"], ["prob"], axes=[1], keepdims=1)],
            {"w": WEIGHTS, "shape": numpy.array([rows, -1 if rows == 1 else 200])},
            length,
        )


main()
