"""Python code of a model's author: nothing of it runs without consent."""

import importlib
import importlib.util
import os
import re
import sys

from .packages import failed, missing_from
from .report import Refusal

# Where a package has another name than its module.
PACKAGES = {"sklearn": "scikit-learn", "yaml": "pyyaml", "Bio": "biopython"}
CLASS = re.compile(r"(?P<module>.+?):(?P<name>[A-Za-z_][\w.]*)\s*(?P<arguments>\(.*\))?", re.DOTALL)


def need_trust(request, what, where):
    """Refuses what would run code of the author, unless the user consents."""
    if not request.get("trust"):
        raise Refusal(
            f"{what}, which may do anything on this computer",
            where,
            "look at it, and consent with --trust-model",
            mendable=True,
        )


def module(request, reference, framework):
    """The module of a path that ends in .py, or of a dotted name, which is looked for beside the model first."""
    directory = request["directory"]
    path = reference if reference.endswith(".py") else reference.replace(".", os.sep) + ".py"
    path = os.path.join(directory, path)
    if not os.path.exists(path):
        if reference.endswith(".py"):
            raise Refusal("there is no such Python file", path, "correct the path", mendable=True)
        path = None
    need_trust(request, "converting the model runs Python code of its author", path or reference)
    # What the code imports may lie beside it. Last on the path, such a file takes the name of no installed module.
    beside = [directory] if path is None else [os.path.dirname(os.path.abspath(path)), directory]
    sys.path.extend(place for place in beside if place not in sys.path)
    try:
        return importlib.import_module(reference) if path is None else of_file(path)
    except ModuleNotFoundError as error:
        top = (error.name or "").partition(".")[0]
        if path is None and top == reference.partition(".")[0]:
            raise Refusal(
                f"there is no module {reference}",
                directory,
                "name it by its path, FILE.py:Class(arguments)",
                mendable=True,
            ) from None
        raise missing_from(framework, [PACKAGES.get(top, top)]) from None
    except Exception as error:
        raise failed(framework, "the author's code failed", path or reference, error) from error


def of_file(path):
    """The file as a module of its own name, under which pickles and its neighbours look for it."""
    name = os.path.splitext(os.path.basename(path))[0]
    known = sys.modules.get(name)
    if known is not None:
        if os.path.abspath(getattr(known, "__file__", None) or "") == os.path.abspath(path):
            return known
        name = f"{name} of the author"
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = found = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(found)
    except BaseException:
        del sys.modules[name]
        raise
    return found


def made(request, text, framework):
    """What "module:Class(arguments)" stands for. Arguments may name whatever the module does, for published classes
    take arrays that are defined beside them."""
    match = CLASS.fullmatch(text.strip())
    if match is None:
        raise Refusal(
            "a class is named as module:Class or module:Class(arguments)", text, "correct --class", mendable=True
        )
    found = module(request, match["module"], framework)
    names = {"np": sys.modules.get("numpy"), "torch": sys.modules.get("torch"), **vars(found)}
    try:
        value = eval(match["name"] + (match["arguments"] or ""), names)  # consent was asked for in `module`
        return value() if isinstance(value, type) else value
    except Exception as error:
        raise Refusal(
            f"the class cannot be made: {type(error).__name__}: {error}",
            text,
            'give its arguments as in Python, --class "module:Class(4, width=[11, 21])"; names of the module may '
            "stand in them",
            mendable=True,
        ) from error


def attribute(found, dotted):
    """What a dotted name in a module stands for."""
    value = found
    for name in dotted.split("."):
        if not hasattr(value, name):
            raise Refusal(
                f"{dotted} is not defined",
                getattr(found, "__file__", found.__name__),
                "correct the name",
                mendable=True,
            )
        value = getattr(value, name)
    return value
