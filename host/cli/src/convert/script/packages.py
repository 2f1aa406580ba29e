"""Packages that are needed, and the combinations of versions that were seen to work."""

import importlib.metadata
import importlib.util
import sys

from .report import Missing, Refusal

# Seen to work together on Linux x86-64 with CPython 3.11. The requirements files beside this one have the same
# versions, all that they depend on, and hashes. SciPy is not ours: published layers import it.
SETS = {
    "keras": {
        "tensorflow": "2.21.0",
        "tf_keras": "2.21.0",
        "keras": "3.15.1",
        "tf2onnx": "1.17.0",
        "onnx": "1.23.2",
        "numpy": "2.4.6",
        "protobuf": "7.36.2",
        "h5py": "3.14.0",
        "scipy": "1.17.1",
    },
    "pytorch": {"torch": "2.13.0", "onnx": "1.23.2", "onnxscript": "0.7.2", "numpy": "2.4.6"},
}
# As these versions of NumPy need it.
OLDEST = (3, 11)
MODULES = {"pyyaml": "yaml"}


def module_of(package):
    return MODULES.get(package, package)


def need(name, packages):
    """Refuses if a module of these packages of a set is not installed."""
    missing = [package for package in packages if importlib.util.find_spec(module_of(package)) is None]
    if missing:
        raise missing_from(name, missing)


def missing_from(name, missing):
    """The refusal that names the one command for a set, and for what an author's code needs beside it."""
    if sys.version_info < OLDEST:
        version, oldest = (".".join(map(str, numbers[:2])) for numbers in (sys.version_info, OLDEST))
        what = f"{', '.join(missing)} are missing, and the versions that were seen to work need Python {oldest}"
        return Refusal(what, f"{sys.executable}, Python {version}", "name a newer one with --python", mendable=True)
    pins = [f"{package}=={version}" for package, version in SETS[name].items()]
    others = [package for package in missing if package not in SETS[name]]
    pip = f"{sys.executable} -m pip install {' '.join(pins + others)}"
    return Missing(missing, pip, f"requirements-{name}.txt")


def versions(name):
    """Python, and what is installed of a set."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in SETS[name]:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def failed(name, what, where, error):
    """The refusal for a step of a framework that failed."""
    others = [
        f"{package} {version}, seen to work with {SETS[name][package]}"
        for package, version in versions(name).items()
        if SETS[name].get(package, version) != version
    ]
    advice = f"installed are {'; '.join(others)}" if others else ""
    return Refusal(f"{what}: {type(error).__name__}: {one_line(error)}", where, advice)


def one_line(error, most=600):
    text = " ".join(str(error).split())
    return text if len(text) <= most else text[:most] + " ..."
