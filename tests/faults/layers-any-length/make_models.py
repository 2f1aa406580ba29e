"""Writes graphs that declare inputs of any length: `python make_models.py`. Needs onnx.

- only-200.onnx works with 200 bases and no other length, which nothing in it declares
- hundreds.onnx works with whole hundreds of bases
- up-to-60.onnx works with at most 60 bases
- from-700.onnx works from 700 bases on
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def write(name, nodes, constants):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["rows", "length", 4])],
        [helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["rows", 1])],
        [numpy_helper.from_array(values, constant) for constant, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.save(model, pathlib.Path(__file__).parent / f"{name}.onnx")


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name=op.lower(), **attributes)


whole = lambda *values: np.array(values, dtype=np.int64)
ones = lambda *shape: np.ones(shape, dtype=np.float32)
total = node("ReduceMean", "inner axes", "mean", keepdims=0)
last = node("MatMul", "mean W", "prob")

write(
    "only-200",
    [node("Tanh", "seq", "tanh"), node("Reshape", "tanh flat", "whole"), node("MatMul", "whole W", "prob")],
    {"flat": whole(-1, 800), "W": ones(800, 1)},
)
write(
    "hundreds",
    [
        node("Reshape", "seq hundreds", "parts"),
        node("Tanh", "parts", "inner"),
        total,
        last,
    ],
    {"hundreds": whole(0, -1, 100, 4), "axes": whole(1, 2), "W": ones(4, 1)},
)
write(
    "up-to-60",
    [
        node("Shape", "seq", "length", start=1, end=2),
        node("Slice", "table zero length zero", "begin"),
        node("Add", "seq begin", "inner"),
        total,
        last,
    ],
    {"table": ones(60, 4), "zero": whole(0), "axes": whole(1), "W": ones(4, 1)},
)
write(
    "from-700",
    [
        node("Transpose", "seq", "turned", perm=[0, 2, 1]),
        node("ConstantOfShape", "sizes", "kernel", value=numpy_helper.from_array(ones(1) / 2800, "part")),
        node("Conv", "turned kernel", "inner"),
        total,
        last,
    ],
    {"sizes": whole(4, 4, 700), "axes": whole(2), "W": ones(4, 1)},
)
