"""Models of PyTorch: a class or an object of the author's and a state_dict, or a whole pickled module."""

import os
import pickle
import sys

from . import author, packages, sniff
from .report import Refusal

# What a training script may have put around a state_dict.
WRAPPINGS = ("state_dict", "model_state_dict", "model_state", "model", "net", "weights")
# What wrappers of modules put before the names of parameters.
PREFIXES = ("module.", "_orig_mod.", "model.", "net.")


def load(arguments, request, report):
    wanted = ["torch", "numpy"] if request.get("to") == "torchscript" else ["torch", "numpy", "onnx", "onnxscript"]
    packages.need("pytorch", wanted)
    import torch

    if request.get("threads"):
        torch.set_num_threads(request["threads"])
    weights = arguments.get("weights")
    if weights is not None and sniff.kind_of(weights) != "pytorch":
        kind = sniff.kind_of(weights)
        raise Refusal(
            f"the weights are not a file of PyTorch ({kind})", weights, sniff.ADVICE[kind] or "name the right file"
        )
    # Code of authors opens files beside itself.
    os.chdir(request["directory"])
    module, code = network(arguments, request)
    if module is None:
        module = whole(torch, weights, request, code)
    elif weights is not None:
        fill(torch, module, weights)
    if not isinstance(module, torch.nn.Module):
        raise Refusal(
            f"a {type(module).__name__} is not a network of PyTorch",
            "",
            "name the class of a torch.nn.Module",
            mendable=True,
        )
    from .pytorch_model import PyTorchModel

    return PyTorchModel(module, code, report)


def network(arguments, request):
    """The network without its weights, None if it is in the file; and the author's module, if there is one."""
    if request.get("class"):
        made = author.made(request, request["class"], "pytorch")
        return made, author_of(made)
    # The older spelling of Kipoi has the code in `file`.
    file = arguments.get("module_file") or arguments.get("file")
    name = arguments.get("module_obj") or arguments.get("module_class") or arguments.get("build_fn")
    if name is None:
        return None, author.module(request, file, "pytorch") if file else None
    if file is None:
        file, _, name = name.rpartition(".")
    if not file:
        raise Refusal(
            "the description names no module", name, "name it: --class module:Class(arguments)", mendable=True
        )
    code = author.module(request, file, "pytorch")
    value = author.attribute(code, name)
    if arguments.get("module_obj"):
        return value, code
    settings = arguments.get("module_kwargs") or {}
    if isinstance(settings, str):
        packages.need("pytorch", ["pyyaml"])
        import yaml

        settings = yaml.safe_load(settings)
    try:
        return value(**settings), code
    except Exception as error:
        raise packages.failed("pytorch", f"{name} cannot be made of {settings}", code.__file__, error) from error


def author_of(made):
    return sys.modules.get(type(made).__module__)


def read(torch, weights, request=None):
    """What is in a file: tensors and plain values alone, or with consent everything."""
    try:
        return torch.load(weights, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        if request is None:
            raise
    author.need_trust(request, "the file is a pickle with code, not tensors alone", weights)
    return torch.load(weights, map_location="cpu", weights_only=False)


def whole(torch, weights, request, code):
    """The pickled network. Its classes are looked for where they were when it was written: in the author's module, or
    in the script that trained it."""
    import __main__

    for name, value in vars(code).items() if code else ():
        if isinstance(value, type) and not hasattr(__main__, name):
            setattr(__main__, name, value)
    try:
        found = read(torch, weights, request)
    except (AttributeError, ModuleNotFoundError) as error:
        raise Refusal(
            f"the pickle needs the author's code: {error}",
            weights,
            "name the Python file that defines the class, too, under the name that it had",
            mendable=True,
        ) from error
    for wrapping in WRAPPINGS:
        if isinstance(found, dict) and isinstance(found.get(wrapping), torch.nn.Module):
            return found[wrapping]
    if isinstance(found, dict):
        names = ", ".join(list(state_of(torch, found, weights))[:4])
        raise Refusal(
            "the file has weights and no network",
            weights,
            f"name the class that they belong to, --class module:Class(arguments); its first parameters are {names}",
            mendable=True,
        )
    return found


def state_of(torch, found, weights):
    """The state_dict in what was read."""
    if isinstance(found, torch.nn.Module):
        return found.state_dict()
    for wrapping in WRAPPINGS:
        if isinstance(found, dict) and isinstance(found.get(wrapping), dict):
            found = found[wrapping]
    if isinstance(found, dict) and any(isinstance(value, torch.Tensor) for value in found.values()):
        return found
    raise Refusal("the file has no weights by name", weights, "save them with torch.save(model.state_dict(), FILE)")


def fill(torch, module, weights):
    """Gives the network its weights; each must have its place."""
    try:
        found = read(torch, weights)
    except pickle.UnpicklingError as error:
        raise Refusal(
            f"the weights are not tensors alone: {packages.one_line(error, 200)}",
            weights,
            "save them anew with torch.save(model.state_dict(), FILE)",
        ) from error
    state = state_of(torch, found, weights)
    own = set(torch.nn.Module.state_dict(module))
    for prefix in PREFIXES:
        if not own & set(state) and all(name.startswith(prefix) for name in state):
            state = {name[len(prefix) :]: value for name, value in state.items()}
    try:
        torch.nn.Module.load_state_dict(module, state)
    except RuntimeError as error:
        raise Refusal(
            f"the weights are not of this class: {packages.one_line(error)}",
            weights,
            "name the class and the arguments that they were trained with",
            mendable=True,
        ) from error
