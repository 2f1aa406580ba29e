"""Makes the ONNX graphs of this folder: one convolution with a ReLU, in both layouts.

    make_models.py      (needs: numpy, onnx)

`seq` (n, 4, L) -> `y` (n, 3, P) if the name says `first`, (n, P, 3) if it says `last`. `free` takes any L and gives
P = L - 4, `fixed` only L = 20 and gives P = 16, `same` only L = 20 and gives P = 20.
"""

from pathlib import Path

import numpy as np
import onnx
from network import CHANNELS, WIDTH, WINDOW, weights
from onnx import TensorProto, helper, numpy_helper


def make(layout, kind):
    kernels, biases = (numbers.astype(np.float32) for numbers in weights())
    pad = WIDTH // 2 if kind == "same" else 0
    length, positions = ("L", "P") if kind == "free" else (WINDOW, WINDOW - WIDTH + 1 + 2 * pad)
    nodes = [
        helper.make_node("Conv", ["seq", "kernels", "biases"], ["conv"], kernel_shape=[WIDTH], pads=[pad, pad]),
        helper.make_node("Relu", ["conv"], ["y" if layout == "first" else "relu"]),
    ]
    if layout == "last":
        nodes.append(helper.make_node("Transpose", ["relu"], ["y"], perm=[0, 2, 1]))
    shape = ["n", CHANNELS, positions] if layout == "first" else ["n", positions, CHANNELS]
    graph = helper.make_graph(
        nodes,
        f"{layout}_{kind}",
        [helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["n", 4, length])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(kernels, "kernels"), numpy_helper.from_array(biases, "biases")],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8, producer_name="make_models.py")
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, Path(__file__).with_name(f"{layout}_{kind}.onnx"))


for layout in ("first", "last"):
    for kind in ("free", "fixed", "same"):
        make(layout, kind)
