"""What a file is, told by its bytes and never by its name."""

import ast
import mmap
import os
import re
import zipfile

from .report import Refusal

# What is said of a kind that is not converted. None: it is part of a model that is.
ADVICE = {
    "keras": None,
    "keras_weights": None,
    "keras_architecture": None,
    "keras3": None,
    "saved_model": None,
    "graph_def": None,
    "pytorch": None,
    "python": None,
    "torchscript": "it is TorchScript already: run `kipos model new DIR --from FILE`",
    "onnx": "it is an ONNX graph already: run `kipos model new DIR --from FILE`",
    "pt2": "it is a program of torch.export; convert the model's class and its state_dict instead, or write it in "
    "Python with torch.onnx.export(torch.export.load(FILE), dynamo=True)",
    "tensorflow1_checkpoint": "it is a checkpoint of TensorFlow 1, which does not tell inputs and outputs; name them: "
    "python -m tf2onnx.convert --checkpoint PREFIX.meta --inputs INPUT:0 --outputs OUTPUT:0 --output model.onnx "
    "--opset 17",
    "tensorflow_checkpoint": "it has the weights of a checkpoint without the graph; convert the SavedModel, or load "
    "the weights in Python and save the model whole",
    "sklearn": "it is a pickle of scikit-learn; write it in Python as ONNX with skl2onnx.to_onnx(model, example)",
    "pickle": "it is a pickle of something else than PyTorch; only the program that wrote it can read it",
    "joblib": "it is a compressed pickle of joblib; load it in Python, and write the model as ONNX",
    "safetensors": "it has weights in the format safetensors; save them as a state_dict: "
    "torch.save(safetensors.torch.load_file(FILE), 'weights.pth'), and name the class",
    "numpy": "it has arrays of NumPy and no model; put them into the network that they belong to, and convert that",
    "tflite": "it is a model of TensorFlow Lite; convert it: python -m tf2onnx.convert --tflite FILE --output "
    "model.onnx --opset 17",
    "hdf5": "it is an HDF5 file that Keras did not write",
    "lfs_pointer": "it is only a pointer of Git LFS; fetch the file itself with `git lfs pull`",
    "web_page": "it is a web page; download the file itself",
    "gzip": "unpack it with gunzip",
    "zip": "it is a zip archive; unpack it, and name the model file in it",
    "empty": "it is empty; copy or download it again",
    "kipoi": "it is a directory of Kipoi, whose description kipos reads itself",
    "directory": "no SavedModel (saved_model.pb) or checkpoint was found in it; name the model's files",
    "unknown": "its first bytes are of no format of models that is known",
}

LEGACY_TORCH = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."


def kind_of(path):
    """The kind of a file or directory, a key of `ADVICE`."""
    if os.path.isdir(path):
        return kind_of_directory(path)
    if not os.path.exists(path):
        raise Refusal("there is no such file", path, "correct the path", mendable=True)
    if os.path.getsize(path) == 0:
        return "empty"
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return kind_of_bytes(path, data)


def kind_of_directory(path):
    names = os.listdir(path)
    for name, kind in (("saved_model.pb", "saved_model"), ("model.yaml", "kipoi"), ("model.yml", "kipoi")):
        if name in names:
            return kind
    if any(name.endswith(".meta") for name in names):
        return "tensorflow1_checkpoint"
    return "tensorflow_checkpoint" if any(name.endswith(".index") for name in names) else "directory"


def kind_of_bytes(path, data):
    head = data[:1024]
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        # Names of attributes and groups stand in the file as they are.
        found = (
            ("model_config\0", "keras"),
            ("layer_names\0", "keras_weights"),
            ("_layer_checkpoint", "keras_weights"),
        )
        return next((kind for name, kind in found if data.find(name.encode()) >= 0), "hdf5")
    if head.startswith(b"PK\x03\x04"):
        return kind_of_zip(path)
    if head.startswith(LEGACY_TORCH):
        return "pytorch"
    if re.match(rb"\x80[\x02-\x05]", head):
        return "sklearn" if data.find(b"sklearn") >= 0 else "pickle"
    if head.startswith(b"\x93NUMPY"):
        return "numpy"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head[4:8] == b"TFL3":
        return "tflite"
    if re.match(rb".{6}\0\0\{\s*\"", head, re.DOTALL):
        return "safetensors"
    if data[-8:] == b"\x57\xfb\x80\x8b\x24\x75\x47\xdb":
        return "tensorflow_checkpoint"
    text = as_text(head)
    return kind_of_text(text, data) if text is not None else kind_of_protobuf(data)


def as_text(head):
    """The beginning of a text; None if it is none."""
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The last character may be cut.
        if error.start < len(head) - 4:
            return None
        text = head[: error.start].decode("utf-8-sig")
    return text if not re.search(r"[\0-\x08\x0e-\x1f]", text) else None


def kind_of_text(text, data):
    if text.startswith("version https://git-lfs.github.com/spec/"):
        return "lfs_pointer"
    if re.match(r"\s*<(!doctype html|html|\?xml|!--)", text, re.IGNORECASE):
        return "web_page"
    if text.startswith("model_checkpoint_path:"):
        return "tensorflow_checkpoint"
    if re.match(r"\s*\{", text) and data.find(b'"class_name"') >= 0:
        return "keras_architecture"
    if re.search(rb"^(backend|class_name|config):", data[:], re.MULTILINE) and data.find(b"class_name:") >= 0:
        return "keras_architecture"
    try:
        ast.parse(data[:])
    except (SyntaxError, ValueError):
        return "unknown"
    return "python"


def kind_of_zip(path):
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise Refusal("the zip archive is damaged: its end is missing", path, "copy or download it again") from None
    ends = {name.rsplit("/", 1)[-1] for name in names}
    if "constants.pkl" in ends:
        return "torchscript"
    if "archive_format" in ends or "serialized_exported_program.json" in ends:
        return "pt2"
    if "data.pkl" in ends:
        return "pytorch"
    if {"config.json", "metadata.json"} <= set(names):
        return "keras3"
    return "numpy" if names and all(name.endswith(".npy") for name in names) else "zip"


def kind_of_protobuf(data):
    fields = dict(top_fields(data))
    if 1 not in fields:
        return "joblib" if data[:1] == b"x" else "unknown"
    if fields[1] is None:
        # A number comes first: the version of the format.
        return "onnx" if 7 in fields else "saved_model" if 2 in fields else "unknown"
    if is_node(fields[1]):
        return "graph_def"
    return "tensorflow1_checkpoint" if 2 in fields and 3 in fields else "unknown"


def is_node(data):
    """Whether these bytes are a NodeDef, which begins with its name and its operation."""
    fields = dict(top_fields(data))
    words = (fields.get(1), fields.get(2))
    return all(word and re.fullmatch(rb"[\w./>\-]+", word) for word in words)


def top_fields(data, most=64):
    """The first fields of a protobuf message: number, and bytes (None for numbers). It ends where the bytes are none,
    and keeps the first of fields that are repeated."""
    at, seen = 0, set()
    while at < len(data) and len(seen) < most:
        key, at = varint(data, at)
        if key is None:
            return
        number, wire, value = key >> 3, key & 7, None
        if wire == 0:
            length, at = varint(data, at)
        elif wire in (1, 5):
            length, at = 0, at + (8 if wire == 1 else 4)
        elif wire == 2:
            length, at = varint(data, at)
            if length is None or at + length > len(data):
                return
            value, at = data[at : at + length] if number not in seen else None, at + length
        else:
            return
        if length is None or number == 0 or number > 100:
            return
        if number not in seen:
            seen.add(number)
            yield number, value


def varint(data, at):
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value, at, shift = value | (byte & 0x7F) << shift, at + 1, shift + 7
        if byte < 0x80:
            return value, at
    return None, at


def model_of(sources):
    """Kind and arguments, as of a Kipoi description, of the files of one model."""
    kinds = [(kind_of(path), path) for path in sources]
    if len(sources) == 1 and os.path.basename(sources[0]) == "saved_model.pb" and kinds[0][0] == "saved_model":
        kinds = [("saved_model", os.path.dirname(os.path.abspath(sources[0])))]
    for kind, path in kinds:
        if ADVICE[kind] is not None:
            raise Refusal(f"a file that is not converted ({kind})", path, ADVICE[kind])
    parts = {}
    for kind, path in kinds:
        if kind in parts:
            raise Refusal(
                "two files of the same kind in one model",
                f"{parts[kind]}, {path}",
                "convert them one by one",
                mendable=True,
            )
        parts[kind] = path
    code = parts.pop("python", None)
    found = frozenset(parts)
    if found == {"keras_architecture", "keras_weights"}:
        return "keras", given(weights=parts["keras_weights"], arch=parts["keras_architecture"], custom_objects=code)
    if len(found) == 1:
        ((kind, path),) = parts.items()
        if kind == "keras":
            return "keras", given(weights=path, custom_objects=code)
        if kind == "keras3":
            return "keras3", given(weights=path, custom_objects=code)
        if kind == "pytorch":
            return "pytorch", given(weights=path, module_file=code)
        if kind == "saved_model":
            return "tensorflow2", {"savedmodel_path": path}
        if kind == "graph_def":
            return "graph_def", {"graph": path}
        needs = {"keras_weights": "an architecture (JSON or YAML)", "keras_architecture": "weights (HDF5)"}[kind]
        raise Refusal(f"a part of a Keras model, without {needs}", path, "name both files", mendable=True)
    if not found and code:
        # The author's code reads the weights itself.
        return "pytorch", {"module_file": code}
    raise Refusal(
        "files that do not make one model",
        ", ".join(sources),
        "name one model: a file, an architecture and weights, or weights of PyTorch and a class",
        mendable=True,
    )


def given(**arguments):
    return {name: value for name, value in arguments.items() if value is not None}
