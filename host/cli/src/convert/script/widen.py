"""A graph of TensorFlow in float64, for gradients that are exact enough to compare with.

Float32 is off by up to 2e-4 of the largest gradient in deep networks; it is the framework's rounding, not the network.
"""

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import types_pb2

FLOAT, DOUBLE = types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE


def widen(graph):
    """A copy of the graph in which every float32 is a float64."""
    wide = tf.compat.v1.GraphDef()
    wide.CopyFrom(graph)
    normalisations = [node for node in wide.node if node.op == "FusedBatchNormV3"]
    for node in normalisations:
        spell_out(wide, node)
    for node in wide.node:
        widen_node(node)
    # TensorFlow keeps functions by name, and has those of the graph in float32 already.
    names = {function.signature.name: f"{function.signature.name}_wide" for function in wide.library.function}
    rename(wide.node, names)
    for function in wide.library.function:
        rename(function.node_def, names)
        function.signature.name = names[function.signature.name]
        for argument in [*function.signature.input_arg, *function.signature.output_arg]:
            if argument.type == FLOAT:
                argument.type = DOUBLE
        for node in function.node_def:
            widen_node(node)
    return wide


def rename(nodes, names):
    """Gives functions new names wherever nodes call them."""
    for node in nodes:
        node.op = names.get(node.op, node.op)
        for value in node.attr.values():
            which = value.WhichOneof("value")
            for called in [value.func] if which == "func" else value.list.func if which == "list" else ():
                called.name = names.get(called.name, called.name)


def widen_node(node):
    for value in node.attr.values():
        which = value.WhichOneof("value")
        if which == "type" and value.type == FLOAT:
            value.type = DOUBLE
        elif which == "list":
            value.list.type[:] = [DOUBLE if kind == FLOAT else kind for kind in value.list.type]
        elif which == "tensor" and value.tensor.dtype == FLOAT:
            wide = tf.make_ndarray(value.tensor).astype(np.float64)
            value.tensor.CopyFrom(tf.make_tensor_proto(wide, dtype=DOUBLE, shape=wide.shape))


def spell_out(graph, node):
    """A batch normalisation with stored statistics and channels last, as arithmetic: TensorFlow has none in float64."""
    if node.attr["is_training"].b or node.attr["data_format"].s not in (b"", b"NHWC"):
        raise ValueError(f"{node.name}: a batch normalisation that is not spelled out")
    data, scale, offset, mean, variance = node.input[:5]
    epsilon = graph.node.add(name=f"{node.name}/epsilon", op="Const")
    epsilon.attr["dtype"].type = FLOAT
    epsilon.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(node.attr["epsilon"].f, dtype=FLOAT))

    def step(op, name, *inputs):
        made = graph.node.add(name=f"{node.name}/{name}", op=op, input=inputs)
        made.attr["T"].type = FLOAT
        return made.name

    deviation = step("Rsqrt", "deviation", step("AddV2", "variance", variance, epsilon.name))
    scaled = step("Mul", "scaled", step("Sub", "centred", data, mean), step("Mul", "scale", deviation, scale))
    name = node.name
    node.Clear()
    node.name, node.op = name, "AddV2"
    node.input.extend([scaled, offset])
    node.attr["T"].type = FLOAT
