"""A network of PyTorch in evaluation mode, and what it answers."""

import copy
import inspect

import numpy as np
import torch

from . import packages
from .pytorch_export import export
from .rows import Input
from .unshadow import parts


class PyTorchModel:
    def __init__(self, module, code, report):
        evaluate(module)
        numbers_of_python(module)
        for _, part in parts(module):
            for parameter in part._parameters.values():
                if parameter is not None:
                    parameter.requires_grad_(False)
        self.module, self.code = module, code
        self.inputs = [Input(name, None, dtype_of(module)) for name in arguments_of(module)]
        self.outputs = []
        self.wide = None

    def predict(self, batch):
        with torch.no_grad():
            values = named(self.module(*map(torch.from_numpy, batch)))
        self.outputs = list(values)
        return [value.numpy() for value in values.values()]

    def gradient(self, batch, output, index, is_wide):
        if is_wide and self.wide is None:
            self.wide = copy.deepcopy(self.module).double()
        network, kind = (self.wide, torch.float64) if is_wide else (self.module, torch.float32)
        tensors = [torch.from_numpy(array) for array in batch]
        tensors = [t.to(kind).requires_grad_() if t.is_floating_point() else t for t in tensors]
        total = list(named(network(*tensors)).values())[output][(slice(None), *index)].sum()
        asked = [tensor for tensor in tensors if tensor.requires_grad]
        found = iter(torch.autograd.grad(total, asked, allow_unused=True))
        found = [next(found) if tensor.requires_grad else None for tensor in tensors]
        return [None if one is None else one.numpy() for one in found]

    def watched(self, batch, keep):
        """What `keep` makes of the values of each module: a list with an item for each call, in the order of first
        calls."""
        calls = {}

        def hook(name):
            # A module that hands on what it was given, and does not work in place, has no value of its own.
            def watch(module, given, value):
                if getattr(module, "inplace", False) or not any(value is one for one in given):
                    calls.setdefault(name, []).append(keep(name, value))

            return watch

        hooks = [part.register_forward_hook(hook(name)) for name, part in parts(self.module) if name]
        try:
            self.predict(batch)
        finally:
            for one in hooks:
                one.remove()
        return calls

    def layers(self, batch):
        """Modules that are called once and give one tensor."""
        calls = self.watched(batch, lambda name, value: isinstance(value, torch.Tensor) and value.dim() > 1)
        self.called = list(calls)
        return [name for name, are_values in calls.items() if are_values == [True]]

    def layer_values(self, batch, names):
        # A module that works in place overwrites what the one before it gave.
        calls = self.watched(batch, lambda name, value: value.numpy().copy() if name in names else None)
        return {name: calls[name][0] for name in names}

    def is_fixed(self, axis):
        """Whether windows of another length are surely not read: PyTorch does not tell."""
        return False

    def labels(self, outputs):
        """Names of tasks that the module or its author's class keeps, if as many as an axis is long."""
        known = [
            value
            for name in ("task_names", "tasks", "class_names", "classes", "labels", "target_names")
            if isinstance(value := getattr(self.module, name, None), (list, tuple))
        ]
        texts = [list(value) for value in known if value and all(isinstance(one, str) for one in value)]
        return [next((text for text in texts if len(text) in output.shape[1:]), None) for output in outputs]

    def files(self):
        file = getattr(self.code, "__file__", None)
        return [file] if file else []

    def versions(self):
        return packages.versions("pytorch")

    def convert(self, directory, target, arrays, report):
        return export(self, directory, target, arrays, report)


def evaluate(module):
    """Evaluation mode, also where a class has a `train` or `eval` of its own that does something else."""
    for _, part in parts(module):
        part.training = False


def numbers_of_python(module):
    """Kernel sizes and the like that are numbers of NumPy become those of Python: exporters refuse them."""
    for _, part in parts(module):
        for name, value in vars(part).items():
            if isinstance(value, (np.integer, np.floating)):
                vars(part)[name] = value.item()
            elif isinstance(value, tuple) and any(isinstance(one, np.generic) for one in value):
                vars(part)[name] = tuple(one.item() if isinstance(one, np.generic) else one for one in value)


def arguments_of(module):
    """Names of the arguments of `forward` that have no default."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(module.forward).parameters.values()
    names = [one.name for one in parameters if one.kind in kinds and one.default is inspect.Parameter.empty]
    # Sequential and others take whatever they are given.
    return names or ["input"]


def dtype_of(module):
    floats = (
        p for _, part in parts(module) for p in part._parameters.values() if p is not None and p.is_floating_point()
    )
    first = next(floats, None)
    return "float32" if first is None else str(first.dtype).removeprefix("torch.")


def named(value):
    """All tensors of what a network gives, by name: the keys of dicts, fields of named tuples, else numbers."""
    found = {}

    def walk(value, name):
        if isinstance(value, torch.Tensor):
            found[name or "output"] = value
        elif isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{name}_{key}" if name else str(key))
        elif isinstance(value, (list, tuple)):
            fields = getattr(value, "_fields", range(len(value)))
            for field, inner in zip(fields, value):
                walk(inner, f"{name}_{field}" if name else f"output_{field}" if isinstance(field, int) else field)

    walk(value, "")
    return found
