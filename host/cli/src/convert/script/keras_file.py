"""Models of Keras: whole in HDF5 or .keras, or an architecture and weights, with layers of the author's own."""

import importlib
import importlib.abc
import importlib.util
import inspect
import json
import os
import sys

from . import author, packages, sniff
from .report import Refusal


def load(arguments, request, report):
    weights, arch = arguments["weights"], arguments.get("arch")
    kind = sniff.kind_of(weights)
    wanted = ("keras_weights", "keras") if arch else ("keras", "keras3")
    if kind not in wanted:
        raise Refusal(
            f"the file is not of Keras, or has weights alone ({kind})",
            weights,
            sniff.ADVICE[kind] or "name the architecture, too",
            mendable=kind == "keras_weights",
        )
    packages.need("keras", ["tensorflow", "tf2onnx", "onnx", "numpy", "h5py"])
    config, version = described(weights, arch, kind)
    legacy = not version.startswith("3")
    if legacy:
        # Keras 3 does not read what earlier releases wrote.
        packages.need("keras", ["tf_keras"])
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
        sys.meta_path.insert(0, LegacyKeras())
    import tensorflow as tf

    code = arguments.get("custom_objects")
    code = author.module(request, os.path.abspath(code), "keras") if code and os.path.exists(code) else None
    objects = objects_of(code) if code else {}
    if replace_lambdas(config, objects, report):
        author.need_trust(request, "the model has Lambda layers, which are Python code", weights)
    try:
        model = built(tf.keras, config, objects, weights, kind, legacy)
    except Refusal:
        raise
    except Exception as error:
        raise problem(error, tf.keras, config, objects, weights) from error
    from .keras_model import KerasModel

    return KerasModel(model, code)


def described(weights, arch, kind):
    """The configuration of the model, and the release of Keras that wrote it."""
    if kind == "keras3":
        import zipfile

        with zipfile.ZipFile(weights) as archive:
            version = json.loads(archive.read("metadata.json")).get("keras_version", "3")
            return json.loads(archive.read("config.json")), version
    import h5py

    with h5py.File(weights, "r") as file:
        attributes = {name: text(file.attrs[name]) for name in ("model_config", "keras_version") if name in file.attrs}
        version = attributes.get("keras_version") or text(
            file.get("model_weights", file).attrs.get("keras_version", "2")
        )
    if arch is None:
        return json.loads(attributes["model_config"]), version
    with open(arch, encoding="utf-8") as file:
        written = file.read()
    if written.lstrip().startswith("{"):
        config = json.loads(written)
    else:
        packages.need("keras", ["pyyaml"])
        import yaml

        config = yaml.safe_load(written)
    return config, config.get("keras_version", version)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def objects_of(code):
    """What the author's module defines, by name: layers, functions, and all else that a model may name. A dict
    `OBJECTS`, as Kipoi asks for, goes over that."""
    own = {
        name: value
        for name, value in vars(code).items()
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == code.__name__
    }
    return {**own, **getattr(code, "OBJECTS", {})}


def replace_lambdas(config, objects, report):
    """Whether the model has layers made of bytecode. Those for which the author's module has a function called like the
    layer take it instead: bytecode is read by the release of Python alone that wrote it."""
    found = False
    for layer in layers_in(config):
        settings = layer["config"] if isinstance(layer["config"], dict) else {}
        function = settings.get("function")
        coded = (
            settings.get("function_type") == "lambda"
            or isinstance(function, dict)
            and function.get("class_name") == "__lambda__"
        )
        if layer["class_name"] != "Lambda" or not coded:
            continue
        name = settings.get("name")
        if name in objects:
            report.note(f"the layer {name} computes the function {name} of the author's module")
            settings["function"], settings["function_type"] = name, "function"
        else:
            found = True
    return found


def layers_in(value):
    """All layers of a configuration, however deep."""
    if isinstance(value, dict):
        if "class_name" in value and "config" in value:
            yield value
        for inner in value.values():
            yield from layers_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from layers_in(inner)


def built(keras, config, objects, weights, kind, legacy):
    """The model. Of HDF5 it is built from the configuration as it may have been changed above."""
    # Consent for Lambda layers was asked for above.
    (keras.__internal__ if legacy else keras.config).enable_unsafe_deserialization()
    if kind == "keras3" or not legacy:
        return keras.models.load_model(weights, custom_objects=objects, compile=False)
    with keras.utils.custom_object_scope(objects):
        model = keras.models.model_from_config(config)
    if not model.built:
        raise Refusal("the model does not tell the shape of its input", weights, "save it after it has seen data")
    model.load_weights(weights)
    return model


def problem(error, keras, config, objects, weights):
    """What to do where Keras does not build the model."""
    known = (keras, keras.layers, keras.initializers, keras.regularizers, keras.constraints)
    unknown = sorted(
        {
            layer["class_name"]
            for layer in layers_in(config)
            if isinstance(layer["class_name"], str)
            and layer["class_name"] not in {"Functional", *objects}
            and not any(hasattr(place, layer["class_name"].rpartition(">")[2]) for place in known)
        }
    )
    if unknown:
        return Refusal(
            f"the model has layers of its author: {', '.join(unknown)}",
            weights,
            "name the Python file that defines them, too: kipos model convert MODEL FILE.py --trust-model",
            mendable=True,
        )
    if any(sign in str(error) for sign in ("marshal", "opcode", "code object")):
        return Refusal(
            "a Lambda layer was saved by another release of Python",
            weights,
            "name a Python file, too, with a function for each such layer, called like the layer",
            mendable=True,
        )
    return packages.failed("keras", "Keras does not build the model", weights, error)


class LegacyKeras(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """`import keras` of an author's code, written for Keras 2, gives tf_keras: layers of two Keras do not mix."""

    def find_spec(self, name, path=None, target=None):
        if name != "keras" and not name.startswith("keras."):
            return None
        return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec):
        rest = spec.name.partition(".")[2]
        # Before Keras 2.4, modules that are internal now were named by their path.
        moved = {
            "engine.topology": "src.engine.base_layer",
            "engine": "src.engine.base_layer",
            "layers.core": "layers",
            "layers.convolutional": "layers",
            "layers.normalization": "layers",
            "layers.recurrent": "layers",
            "layers.merge": "layers",
        }
        rest = moved.get(rest, rest)
        return importlib.import_module(f"tf_keras.{rest}" if rest else "tf_keras")

    def exec_module(self, module):
        """The module was executed under its own name."""
