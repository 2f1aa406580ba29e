"""A frozen graph of TensorFlow 1: inputs are its placeholders, outputs the operations that nothing reads."""

from . import packages
from .report import Refusal

# Operations without a value for each row.
NO_RESULT = {"Placeholder", "NoOp", "Assert"}


def load(arguments, request, report):
    packages.need("keras", ["tensorflow", "tf2onnx", "onnx", "numpy"])
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    from .tensorflow_graph import FrozenModel, need_trust

    path = arguments["graph"]
    graph = tf.compat.v1.GraphDef()
    try:
        with open(path, "rb") as file:
            graph.ParseFromString(file.read())
    except DecodeError as error:
        raise Refusal("the graph is damaged", path, "copy or download it again") from error
    need_trust(request, graph, path)
    settle_switches(graph, report)
    given = [node.name for node in graph.node if node.op == "Placeholder"]
    wanted = final(graph)
    if not given or not wanted:
        raise Refusal(
            f"the graph has {len(given)} placeholders and {len(wanted)} final operations",
            path,
            "convert it with tf2onnx, which takes --inputs and --outputs",
        )
    report.note(f"inputs of the graph are {', '.join(given)}, outputs are {', '.join(wanted)}")
    return FrozenModel(graph, [(name, f"{name}:0") for name in given], [(name, f"{name}:0") for name in wanted])


def settle_switches(graph, report):
    """Placeholders that say whether the model is trained become False."""
    import tensorflow as tf

    for node in graph.node:
        if node.op in ("Placeholder", "PlaceholderWithDefault") and node.attr["dtype"].type == tf.bool.as_datatype_enum:
            report.note(f"{node.name} is a switch, and stays off")
            name = node.name
            node.Clear()
            node.name, node.op = name, "Const"
            node.attr["dtype"].type = tf.bool.as_datatype_enum
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(False))


def final(graph):
    """Operations that follow from a placeholder and that no other operation reads."""
    from .tensorflow_graph import computed, source

    reached = computed(graph)
    read = {source(name) for node in graph.node for name in node.input}
    return [node.name for node in graph.node if node.name in reached - read and node.op not in NO_RESULT]
