"""The framework's own answers, written down before anything is converted.

`original.npz` holds, in the order of their rows,

    inputs/NAME     the rows of `rows.examples`
    outputs/NAME    predictions, of batches of `rows.BATCHES` rows
    layers/NAME     values of layers, of the first batch alone
    gradients/NAME  of the last task of the first output, summed over positions, with respect to each input; of
                    `GRADIENT_ROWS` rows
"""

import sys

import numpy as np

from .packages import one_line
from .rows import batches

# The first rows are random. A row of zeros is where rectifiers and maxima have no gradient of their own.
GRADIENT_ROWS = 2
MOST_LAYERS = 24
MOST_BYTES = 64 << 20
# A sum whose gradient is so small beside it is a constant.
CONSTANT = 1e-6


def write(path, model, arrays, law):
    """Writes the file, and tells what is in it. `law` is that of the first output's positions."""
    outputs = [np.concatenate(parts) for parts in zip(*(model.predict(batch) for batch in batches(arrays)))]
    facts = {"rows": len(arrays[0]), "batches": [len(batch[0]) for batch in batches(arrays)]}
    found = {f"inputs/{one.name}": array for one, array in zip(model.inputs, arrays)}
    found.update({f"outputs/{name}": array for name, array in zip(model.outputs, outputs)})
    layers = layers_of(model, next(batches(arrays)))
    found.update({f"layers/{name}": array for name, array in layers.items()})
    gradients, facts["gradient"] = gradients_of(model, arrays, outputs[0], law and law["axis"])
    found.update({f"gradients/{name}": array for name, array in gradients.items()})
    np.savez(path, **found)
    return outputs, {**facts, "layers": list(layers)}


def layers_of(model, batch):
    """Values of layers that are spread over the model, as far as they are not too large."""
    names = model.layers(batch)
    chosen = [names[round(at)] for at in np.linspace(0, len(names) - 1, min(MOST_LAYERS, len(names)))]
    values, size = {}, 0
    for name, value in model.layer_values(batch, dict.fromkeys(chosen)).items():
        size += value.nbytes
        if size <= MOST_BYTES and np.issubdtype(value.dtype, np.floating):
            values[name] = value
    return values


def gradients_of(model, arrays, output, position_axis):
    """Gradients in float64 if the framework can take them, else in float32, and what they are of. Row by row, as those
    of long windows take much memory."""
    if not any(np.issubdtype(array.dtype, np.floating) for array in arrays):
        return {}, None
    rows = [[array[at : at + 1] for array in arrays] for at in range(GRADIENT_ROWS)]
    problem = None
    for kind in ("float64", "float32"):
        try:
            index, first = task(model, rows[0], output[:1], position_axis, kind == "float64")
            parts = [first, *(model.gradient(row, 0, index, kind == "float64") for row in rows[1:])]
        except Exception as error:  # whatever the framework cannot do in this type
            problem = f"{kind}: {type(error).__name__}: {one_line(error)}"
            print(f"no gradient in {problem}", file=sys.stderr)
            continue
        pieces = zip(model.inputs, zip(*parts))
        found = {one.name: np.concatenate(of_rows) for one, of_rows in pieces if of_rows[0] is not None}
        words = ", ".join(":" if part == slice(None) else str(part) for part in index)
        return found, {"output": model.outputs[0], "filter": f"[{words}]", "type": kind, "rows": len(rows)}
    return {}, {"failed": problem}


def task(model, row, output, position_axis, is_wide):
    """What is summed, an index for each axis but that of rows, and its gradient: the last task at all positions; or at
    the middle one if that sum is a constant, as that of a softmax over positions is. (The sum of all tasks is one in
    every model that ends in a softmax over tasks.)"""
    shape = output.shape[1:]
    positions = [slice(None) if axis == position_axis else length - 1 for axis, length in enumerate(shape)]
    middle = [length // 2 if axis == position_axis else length - 1 for axis, length in enumerate(shape)]
    for index in (tuple(positions), tuple(middle)):
        gradient = model.gradient(row, 0, index, is_wide)
        largest = max((np.abs(part).max() for part in gradient if part is not None), default=0)
        if largest > CONSTANT * np.abs(output[(slice(None), *index)]).sum():
            break
    return index, gradient
