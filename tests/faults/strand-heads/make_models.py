"""Makes the ONNX graphs of this folder, small images of BPNet: a profile and its counts for either strand.

    make_models.py      (needs: numpy, onnx)

`seq` (n, 4, 20) -> `first.onnx`: `profile` (n, 2, 20), `counts` (n, 2); `last.onnx`: `profile` (n, 20, 2), `counts`
(n, 2); `apart.onnx`: `pos` and `neg` (n, 20).
"""

from pathlib import Path

import numpy as np
import onnx
from network import STRANDS, WIDTH, WINDOW, weights
from onnx import TensorProto, helper, numpy_helper

kernels, biases = (numbers.astype(np.float32) for numbers in weights())


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def make(name, nodes, **outputs):
    tensor = helper.make_tensor_value_info
    pad = WIDTH // 2
    convolution = node("Conv", "seq kernels biases", "conv", kernel_shape=[WIDTH], pads=[pad, pad])
    constants = {
        "kernels": kernels,
        "biases": biases,
        "one": np.array(1, dtype=np.float32),
        "axis": np.array([2], dtype=np.int64),
        "0": np.array(0, dtype=np.int64),
        "1": np.array(1, dtype=np.int64),
    }
    used = {word for each in [convolution, *nodes] for word in each.input}
    graph = helper.make_graph(
        [convolution, *nodes],
        name,
        [tensor("seq", TensorProto.FLOAT, ["n", 4, WINDOW])],
        [tensor(output, TensorProto.FLOAT, ["n", *shape]) for output, shape in outputs.items()],
        [numpy_helper.from_array(value, key) for key, value in constants.items() if key in used],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8, producer_name="make_models.py")
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, Path(__file__).with_name(f"{name}.onnx"))


def count_nodes(profile):
    return [
        node("ReduceSum", f"{profile} axis", "total", keepdims=0),
        node("Add", "total one", "more"),
        node("Log", "more", "counts"),
    ]


make(
    "first",
    [node("Relu", "conv", "profile"), *count_nodes("profile")],
    profile=(STRANDS, WINDOW),
    counts=(STRANDS,),
)
make(
    "last",
    [node("Relu", "conv", "relu"), node("Transpose", "relu", "profile", perm=[0, 2, 1]), *count_nodes("relu")],
    profile=(WINDOW, STRANDS),
    counts=(STRANDS,),
)
make(
    "apart",
    [node("Relu", "conv", "relu"), node("Gather", "relu 0", "pos", axis=1), node("Gather", "relu 1", "neg", axis=1)],
    pos=(WINDOW,),
    neg=(WINDOW,),
)
