"""Writes neighbours/*.onnx: small graphs whose samples depend on each other, or seem to: `python make_neighbours.py`.

Needs onnx. All read `seq` (rows, 200, 4) and give `prob` (rows, 2), the mean of each base times some weights, and what
becomes of that.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25], [2.0, 1.0]], dtype=np.float32)


def constant(name, values, kind=np.int64):
    return numpy_helper.from_array(np.array(values, dtype=kind), name)


def write(name, nodes, constants=(), opset=18, source="seq"):
    """A graph in which `z` (rows, 2) becomes `prob`."""
    axes = {"axes": [1]} if opset < 18 else {}
    inputs = [source] if opset < 18 else [source, "positions"]
    before = [
        helper.make_node("ReduceMean", inputs, ["m"], name="mean", keepdims=0, **axes),
        helper.make_node("MatMul", ["m", "W"], ["z"], name="weigh"),
    ]
    seen = {"mean", "weigh"}
    for node in nodes:
        # ONNX Runtime wants different names.
        node.name = node.name if node.name not in seen else f"{node.name}_{node.output[0]}"
        seen.add(node.name)
    first = [node for node in nodes if "seq" in node.input]
    graph = helper.make_graph(
        [*first, *before, *(node for node in nodes if node not in first)],
        name,
        [helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["rows", 200, 4])],
        [helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["rows", 2])],
        [constant("W", WEIGHTS, np.float32), constant("positions", [1]), *constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, pathlib.Path(__file__).parent / "neighbours" / f"{name}.onnx")


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name=op.lower(), **attributes)


first_axis = constant("first", [0])
write("cumulative-sum", [node("CumSum", "z axis", "prob")], [constant("axis", 0)])
write("largest-of-batch", [node("ReduceMax", "z first", "most"), node("Sub", "z most", "prob")], [first_axis])
write("rows-times-rows", [node("Gemm", "z z", "pairs", transB=1), node("MatMul", "pairs z", "prob")])
# A view where a transposition was meant: the operators alone do not tell.
write("view", [node("Reshape", "z to", "turned"), node("Transpose", "turned", "prob")], [constant("to", [2, -1])])
# Every row gets the value of the row before it.
write(
    "rolled",
    [
        node("Slice", "z from_last to_end first", "last"),
        node("Slice", "z from_start to_last first", "others"),
        node("Concat", "last others", "prob", axis=0),
    ],
    [first_axis, constant("from_last", [-1]), constant("to_end", [2**62]), constant("from_start", [0]), constant("to_last", [-1])],
)
# Both strands in one batch, and parted again: rows stay apart.
write(
    "both-strands",
    [
        node("Slice", "seq from_end before_start axes back", "rc"),
        helper.make_node("Concat", ["seq", "rc"], ["both"], name="both", axis=0),
        node("Split", "z", "one other", axis=0, num_outputs=2),
        node("Mean", "one other", "prob"),
    ],
    [constant("from_end", [-1, -1]), constant("before_start", [-(2**62)] * 2), constant("axes", [1, 2]), constant("back", [-1, -1])],
    source="both",
)
# Left in training mode.
write(
    "dropout",
    [node("Dropout", "z ratio training", "prob")],
    [constant("ratio", 0.5, np.float32), constant("training", True, bool)],
)
statistics = [constant(name, values, np.float32) for name, values in
              {"scale": [2, 3], "shift": [0.5, -1], "mean": [0.25, 0.5], "variance": [4, 9]}.items()]
write("old-normalization", [node("BatchNormalization", "z scale shift mean variance", "prob a b c d", epsilon=0.0)], statistics, opset=12)
