"""Writes softmax.onnx: `python make_models.py`. Needs onnx.

It reads `seq` (rows, 200, 4) and gives `prob` (rows, 3): a softmax of the mean of each base times some weights. The sum of
all classes is 1, whatever is read, so its gradient is zero; that of one class is not.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = np.array([[1, -2, 0], [0.5, 3, 1], [-1.5, 0.25, 2], [2, 1, -1]], dtype=np.float32)

graph = helper.make_graph(
    [
        helper.make_node("ReduceMean", ["seq", "positions"], ["m"], name="mean", keepdims=0),
        helper.make_node("MatMul", ["m", "W"], ["z"], name="weigh"),
        helper.make_node("Softmax", ["z"], ["prob"], name="softmax"),
    ],
    "softmax",
    [helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["rows", 200, 4])],
    [helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["rows", 3])],
    [numpy_helper.from_array(WEIGHTS, "W"), numpy_helper.from_array(np.array([1], dtype=np.int64), "positions")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
onnx.save(model, pathlib.Path(__file__).parent / "softmax.onnx")
