"""From a request to the converted file: load, ask the framework, convert, tell what is known.

What is told at the end:

    files        names in the output directory: the model first, then files that belong to it
    format       "onnx" or "torchscript", and `how` it was written
    inputs       name, shape without the batch axis (null is free), dtype, base_axis and position_axis of one-hot DNA
    outputs      name, `in_file` (its name in the graph; null in TorchScript, where places count), shape (null follows
                 the input's length), dtype, `positions` (see `positions.py`), labels if known
    layers       names of layers that the file still has
    original     the file `original.npz`, its rows and batches, its layers, and what its gradients are of
    versions     of Python and the packages
    sources      the digest (SHA-256) of every file that was read
"""

import hashlib
import os
import traceback

from . import sniff
from .packages import one_line
from .report import Refusal


def run(request, report):
    """Answers a request; the exit code."""
    try:
        if request.get("do", "convert") == "tell":
            kinds = [(path, sniff.kind_of(path)) for path in request["sources"]]
            report.say(kinds=[{"path": path, "kind": kind, "says": sniff.ADVICE[kind]} for path, kind in kinds])
        else:
            report.say(done=convert(request, report))
        return 0
    except Refusal as refusal:
        return report.refuse(refusal)
    except Exception as error:
        traceback.print_exc()
        return report.refuse(Refusal(f"{type(error).__name__}: {one_line(error)}", advice="see the lines above"))


def convert(request, report):
    kind, arguments = what(request)
    files = files_of(arguments)
    request = {"directory": directory_of(files), **request}
    target = os.path.abspath(request["output"])
    os.makedirs(target, exist_ok=True)
    # Frameworks are asked for the processor alone: its answers are the same everywhere.
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    if request.get("threads"):
        for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            os.environ[name] = str(request["threads"])
    with report.stage("load the model"):
        model = loader(kind)(arguments, request, report)
    # These need NumPy, which is there once a framework is.
    from . import original, trial

    with report.stage("try shapes"):
        seed = request.get("seed", 1)
        trial.give_shapes(model.inputs, request.get("shapes"))
        arrays, outputs = trial.tried(model, seed)
        laws = trial.laws(model, arrays, outputs, seed)
    with report.stage("ask the original"):
        outputs, facts = original.write(os.path.join(target, "original.npz"), model, arrays, laws[0])
    with report.stage("convert"):
        made = model.convert(target, request.get("to", "auto"), arrays, report)
    if made.layers_lost:
        report.say(layers_lost=made.layers_lost)
    is_free = None in model.inputs[0].shape
    labels = model.labels(outputs)
    in_file = made.outputs or [None] * len(outputs)
    return {
        "files": made.files,
        "format": made.format,
        "how": made.how,
        "kind": kind,
        "inputs": [input_facts(*each) for each in zip(model.inputs, arrays)],
        "outputs": [output_facts(*each, is_free) for each in zip(model.outputs, in_file, outputs, laws, labels)],
        "layers": made.layers,
        "original": {"file": "original.npz", **facts},
        "versions": model.versions(),
        "sources": {path: digest(path) for path in files_of(arguments) + model.files()},
    }


def what(request):
    """The kind of the model and its arguments, as told or from its files."""
    kind, arguments = request.get("kind"), request.get("arguments") or {}
    if kind is None:
        kind, arguments = sniff.model_of(request["sources"])
    if kind == "tensorflow":
        raise Refusal(
            "a checkpoint of TensorFlow 1 is not converted",
            arguments.get("checkpoint_path", ""),
            sniff.ADVICE["tensorflow1_checkpoint"],
        )
    if kind == "sklearn":
        raise Refusal(
            "a model of scikit-learn is not converted", arguments.get("pkl_file", ""), sniff.ADVICE["sklearn"]
        )
    if kind == "keras" and sniff.kind_of(arguments["weights"]) == "keras3":
        kind = "keras3"
    return kind, arguments


def loader(kind):
    """What loads a model of this kind. Only here a framework is imported."""
    if kind in ("keras", "keras3"):
        from .keras_file import load
    elif kind == "tensorflow2":
        from .saved_model import load
    elif kind == "graph_def":
        from .graph_def import load
    elif kind == "pytorch":
        from .pytorch import load
    else:
        raise Refusal(
            f"models of the type {kind} are not converted", advice="convert a model of keras, tensorflow2 or pytorch"
        )
    return load


def input_facts(one, array):
    return {
        "name": one.name,
        "shape": one.shape,
        "tried": list(array.shape[1:]),
        "dtype": one.dtype,
        "base_axis": one.base_axis,
        "position_axis": one.position_axis,
    }


def output_facts(name, in_file, array, law, labels, is_free):
    tried = list(array.shape[1:])
    shape = [None if is_free and law and law["follows"] and axis == law["axis"] else n for axis, n in enumerate(tried)]
    facts = {"name": name, "in_file": in_file, "shape": shape, "tried": tried, "dtype": str(array.dtype)}
    return {**facts, "positions": law, "labels": labels}


def files_of(arguments):
    """The files that arguments name, and those of directories."""
    found = []
    for value in arguments.values():
        if isinstance(value, dict):
            found += files_of(value)
        elif isinstance(value, str) and os.path.isfile(value):
            found.append(value)
        elif isinstance(value, str) and os.path.isdir(value):
            found += [os.path.join(place, name) for place, _, names in os.walk(value) for name in names]
    return sorted(found)


def directory_of(files):
    return os.path.dirname(os.path.abspath(files[0])) if files else os.getcwd()


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()
