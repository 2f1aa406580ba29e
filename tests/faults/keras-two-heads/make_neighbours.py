"""Writes graphs with outputs whose names are not those of a description, beside the converted model.

pip install onnx numpy; python make_neighbours.py

Both read one-hot DNA (rows, 200, 4) and count bases: `pos` the A and C of a row, `neg` the G and T.
scoped.onnx: outputs pos:0 and neg:0, in this order. widths.onnx: outputs Identity:0, of one value, and Identity_1:0, of
two: the numbers of A, and of C and G.
"""

import pathlib

import numpy
import onnx
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent


def write(name, outputs):
    """A graph that multiplies the numbers of bases with a matrix per output."""
    nodes = [helper.make_node("ReduceSum", ["seq", "axis"], ["bases"], keepdims=0)]
    weights = [onnx.numpy_helper.from_array(numpy.array([1]), "axis")]
    values = []
    for output, matrix in outputs:
        matrix = numpy.array(matrix, dtype=numpy.float32)
        weights.append(onnx.numpy_helper.from_array(matrix, f"weights of {output}"))
        nodes.append(helper.make_node("MatMul", ["bases", f"weights of {output}"], [output]))
        values.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows", matrix.shape[1]]))
    seq = helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["rows", 200, 4])
    graph = helper.make_graph(nodes, name, [seq], values, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


write("scoped", [("pos:0", [[1], [1], [0], [0]]), ("neg:0", [[0], [0], [1], [1]])])
write("widths", [("Identity:0", [[1], [0], [0], [0]]), ("Identity_1:0", [[0, 0], [1, 0], [0, 1], [0, 0]])])
