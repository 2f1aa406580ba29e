"""Networks that use a name of torch.nn.Module for something else, such as `self.state_dict = {...}`."""

from contextlib import contextmanager

import torch

# What exporters call.
CALLED = (
    "state_dict",
    "parameters",
    "named_parameters",
    "buffers",
    "named_buffers",
    "modules",
    "named_modules",
    "children",
    "named_children",
    "train",
    "eval",
    "apply",
    "type",
    "to",
)


def parts(module, path=""):
    """A network and its modules with their paths: `named_modules`, which may mean something else."""
    yield path, module
    for name, inner in module._modules.items():
        if inner is not None:
            yield from parts(inner, f"{path}.{name}" if path else name)


@contextmanager
def unshadowed(module, trial):
    """For as long as it lasts, names of torch.nn.Module mean what they do there, if the network still runs then."""
    undo = []
    for part in {id(part): part for _, part in parts(module)}.values():
        own = {name: vars(part)[name] for name in CALLED if name in vars(part)}
        for name in own:
            del vars(part)[name]
        kind = type(part)
        shadows = {
            name: getattr(torch.nn.Module, name)
            for name in CALLED
            if getattr(kind, name) is not getattr(torch.nn.Module, name) and not kind.__module__.startswith("torch.")
        }
        if shadows:
            part.__class__ = type(kind.__name__, (kind,), {**shadows, "__module__": kind.__module__})
        if own or shadows:
            undo.append((part, own, kind))

    def restore():
        while undo:
            part, own, kind = undo.pop()
            vars(part).update(own)
            part.__class__ = kind

    try:
        if undo:
            try:
                trial()
            except Exception:  # the network itself reads one of these names
                restore()
        yield
    finally:
        restore()
