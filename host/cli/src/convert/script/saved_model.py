"""A SavedModel, of TensorFlow 1 or 2 or exported from Keras: its serving signature."""

import os

from . import packages
from .report import Refusal


def load(arguments, request, report):
    packages.need("keras", ["tensorflow", "tf2onnx", "onnx", "numpy"])
    import tensorflow as tf

    from .tensorflow_graph import FrozenModel, freeze, need_trust

    path = directory_of(arguments["savedmodel_path"])
    for graph in graphs(path):
        # Loading may run parts of it already.
        need_trust(request, graph, path)
    try:
        loaded = tf.saved_model.load(path)
    except Exception as error:
        raise packages.failed("keras", "TensorFlow does not read the SavedModel", path, error) from error
    # The variables that the signature reads live as long as `loaded`.
    signature = signature_of(loaded.signatures, path)
    frozen = freeze(signature)
    graph = frozen.graph.as_graph_def()
    given = [(tensor.op.name, tensor.name) for tensor in frozen.inputs]
    wanted = list(zip(sorted(signature.structured_outputs), (tensor.name for tensor in frozen.outputs)))
    return FrozenModel(graph, given, wanted)


def directory_of(given):
    """The directory of a SavedModel: a path, or the map of its files that a Kipoi description may have."""
    if isinstance(given, str):
        return given
    found = {os.path.dirname(file) for file in given.values() if os.path.basename(file) == "saved_model.pb"}
    if len(found) != 1:
        raise Refusal(
            "no file of `savedmodel_path` is called saved_model.pb",
            ", ".join(map(str, given.values())),
            "put the files into one directory as TensorFlow wrote them (saved_model.pb, variables/), and name that",
            mendable=True,
        )
    return found.pop()


def graphs(path):
    """The graphs in the file as they are."""
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    model = SavedModel()
    try:
        with open(os.path.join(path, "saved_model.pb"), "rb") as file:
            model.ParseFromString(file.read())
    except DecodeError as error:
        raise Refusal("the SavedModel is damaged", path, "copy or download it again") from error
    return [part.graph_def for part in model.meta_graphs]


def signature_of(signatures, path):
    if "serving_default" in signatures:
        return signatures["serving_default"]
    if len(signatures) == 1:
        return next(iter(signatures.values()))
    raise Refusal(
        f"the SavedModel has no signature that serves; it has {', '.join(signatures) or 'none'}",
        path,
        "save it in Python with tf.saved_model.save(model, PATH, signatures=...)",
    )
