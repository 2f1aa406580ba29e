"""The ways from a network of PyTorch to a file, in the order in which they keep most.

1. Tracing (TorchScript) keeps names of modules and takes nearly everything that runs.
2. The exporter without dynamo (ONNX) keeps the names of all modules.
3. Dynamo (ONNX) takes more, and keeps them too if its optimiser, which folds batch normalisation into convolutions,
   is off.
"""

import os
import sys
import traceback
import warnings

import torch

from . import packages
from .report import Made, Refusal
from .unshadow import parts, unshadowed

OPSET, DYNAMO_OPSET = 17, 18


def export(model, directory, target, arrays, report):
    """Writes the file in the first way that works, and tells which names it has."""
    ways = {
        "torchscript": [trace],
        "onnx": [by_scripted_graph, by_dynamo],
        "auto": [trace, by_scripted_graph, by_dynamo],
    }[target]
    problems = []
    # Two rows, as PyTorch writes the number of rows into the file where it is 1.
    example = tuple(torch.from_numpy(array[:2]) for array in arrays)
    with unshadowed(model.module, lambda: model.predict([array[:2] for array in arrays])):
        for way in ways:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return way(model, directory, example, arrays)
            except Exception as error:
                traceback.print_exc()
                problems.append(f"{way.__doc__}: {type(error).__name__}: {packages.one_line(error, 300)}")
                report.note(f"failed: {problems[-1]}")
    raise Refusal(f"PyTorch does not export the network; {'; '.join(problems)}", "", "change what the message names")


def trace(model, directory, example, arrays):
    """torch.jit.trace"""
    with torch.no_grad():
        traced = torch.jit.trace(model.module, example, check_trace=False, strict=False)
        for rows in (1, 3):
            fits(model, traced, [torch.from_numpy(array[:rows]) for array in arrays])
    axis = model.inputs[0].position_axis
    length = None if axis is None else arrays[0].shape[1 + axis]
    for one, array in zip(model.inputs, arrays):
        one.shape = list(array.shape[1:])
    if length and reads_any_length(model, traced, example, length):
        for one in model.inputs:
            one.shape = [None if n == length else n for n in one.shape]
    traced.save(os.path.join(directory, "model.pt"))
    return Made("torchscript", trace.__doc__, ["model.pt"], None, model.called, [])


def fits(model, traced, tensors):
    """Fails where the traced file gives other shapes than the network: something was written into it as a number."""
    from .pytorch_model import named

    expected = [tuple(one.shape) for one in named(model.module(*tensors)).values()]
    found = [tuple(one.shape) for one in named(traced(*tensors)).values()]
    if expected != found:
        raise ValueError(f"the traced file gives {found} where the network gives {expected}")


def reads_any_length(model, traced, example, length):
    """Whether windows of twice the length are read by the network and by the file alike."""
    longer = []
    for tensor in example:
        for axis in range(1, tensor.dim()):
            if tensor.shape[axis] == length:
                tensor = torch.cat([tensor, tensor], dim=axis)
        longer.append(tensor)
    try:
        with torch.no_grad():
            fits(model, traced, longer)
    except Exception as error:
        print(f"the traced file keeps its length: {packages.one_line(error)}", file=sys.stderr)
        return False
    return True


def free_axes(model):
    """For each input a name for each of its free axes; rows are free in any case."""
    axes = []
    for one in model.inputs:
        free = [axis for axis, length in enumerate(one.shape) if length is None]
        axes.append({0: "rows", **{1 + axis: f"length_{axis}" for axis in free}})
    return axes


def by_scripted_graph(model, directory, example, arrays):
    """torch.onnx.export without dynamo"""
    path = os.path.join(directory, "model.onnx")
    inputs, outputs = [one.name for one in model.inputs], model.outputs
    axes = dict(zip(inputs, free_axes(model)))
    axes.update({name: {0: "rows"} for name in outputs})
    torch.onnx.export(
        model.module,
        example,
        path,
        dynamo=False,
        opset_version=OPSET,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=axes,
        # As it is, in evaluation mode: asked for that mode, the exporter folds batch normalisation into the convolution
        # before it, whose name then stands for another value.
        training=torch.onnx.TrainingMode.PRESERVE,
    )
    return finished(model, directory, f"{by_scripted_graph.__doc__}, opset {OPSET}")


def by_dynamo(model, directory, example, arrays):
    """torch.onnx.export with dynamo"""
    path = os.path.join(directory, "model.onnx")
    rows = torch.export.Dim("rows", min=1, max=1 << 16)
    shapes = tuple({axis: rows if axis == 0 else torch.export.Dim.AUTO for axis in axes} for axes in free_axes(model))
    # Weights lie beside the graph only where one file cannot hold them.
    large = (
        sum(p.nbytes for _, part in parts(model.module) for p in part._parameters.values() if p is not None) > 1 << 30
    )
    torch.onnx.export(
        model.module,
        example,
        path,
        dynamo=True,
        opset_version=DYNAMO_OPSET,
        input_names=[one.name for one in model.inputs],
        output_names=model.outputs,
        dynamic_shapes=shapes,
        external_data=large,
        optimize=False,
    )
    return finished(model, directory, f"{by_dynamo.__doc__}, opset {DYNAMO_OPSET}")


def finished(model, directory, how):
    """What the graph holds: its files, and which modules have left their names in it."""
    import onnx

    path = os.path.join(directory, "model.onnx")
    file = onnx.load(path, load_external_data=False)
    graph = file.graph
    for output in graph.output:
        # Exporters give lengths that they do not know the name of some other axis.
        for axis, length in enumerate(output.type.tensor_type.shape.dim):
            if length.HasField("dim_param"):
                length.dim_param = f"{output.name}_{axis}" if axis else "rows"
    onnx.save(file, path)
    beside = {entry.value for one in graph.initializer for entry in one.external_data if entry.key == "location"}
    present = set()
    for node in graph.node:
        scopes = next((p.value for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"), None)
        # A list of paths as Python writes it; or a path in the name of the node, /trunk/trunk.0/Conv.
        present |= set(scopes.strip("[]").replace("'", "").split(", ")) if scopes else modules_of(node.name)
    # A number is a place in the list of layers, and names of values and nodes go before those of modules.
    taken = {name for node in graph.node for name in (node.name, *node.output)}
    left = [name for name in model.called if name in present and name not in taken and not name.isdigit()]
    lost = [name for name in model.called if name not in left]
    names = [output.name for output in graph.output]
    return Made("onnx", how, ["model.onnx", *sorted(beside)], names, left, lost)


def modules_of(name):
    """The paths of modules around a node: `/trunk/trunk.0/Conv` is in `trunk` and `trunk.0`."""
    paths, path = set(), ""
    for part in name.strip("/").split("/")[:-1]:
        # The items of a sequence repeat its name.
        outer = part.rpartition(".")[0]
        if path and outer and (path == outer or path.endswith(f".{outer}")):
            path = path[: len(path) - len(outer)] + part
        else:
            path = f"{path}.{part}" if path else part
        paths.add(path)
    return paths
