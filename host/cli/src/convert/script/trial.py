"""Runs the model on example rows, to find shapes that work and what its outputs stand for."""

import sys
import traceback

from . import positions, rows
from .packages import one_line
from .report import Refusal


def give_shapes(inputs, shapes):
    """Notes the shapes of the request, a list or a map by name, beside those that the model tells."""
    if isinstance(shapes, list):
        if len(shapes) != len(inputs):
            raise Refusal(
                f"the model has {len(inputs)} inputs, and {len(shapes)} shapes are given",
                ", ".join(one.name for one in inputs),
                "give a shape for each input",
                mendable=True,
            )
        shapes = {one.name: shape for one, shape in zip(inputs, shapes)}
    for one in inputs:
        asked = (shapes or {}).get(one.name)
        if asked is None and one.shape is None:
            raise Refusal(
                "the model does not tell the shape of its input",
                one.name,
                "give it without the axis of rows, such as --shape 4,2000",
                mendable=True,
            )
        if asked is None:
            continue
        own = one.shape or asked
        if len(own) != len(asked) or any(a is not None and b is not None and a != b for a, b in zip(own, asked)):
            raise Refusal(f"the model reads {own}, and {asked} is given", one.name, "correct the shape", mendable=True)
        one.asked = [a if b is None else b for a, b in zip(own, asked)]
        one.shape = own


def tried(model, seed):
    """Example rows of the first length that works, and the model's outputs for the first batch of them."""
    free = any(None in one.tried for one in model.inputs)
    problem = "its outputs are empty"
    for length in rows.LENGTHS if free else (None,):
        arrays = rows.examples(model.inputs, [one.with_length(length) for one in model.inputs], seed)
        try:
            outputs = model.predict(next(rows.batches(arrays)))
        except Exception as error:
            print(f"windows of {length}: {one_line(error)}" if free else traceback.format_exc(), file=sys.stderr)
            problem = one_line(error)
            continue
        if all(output.size for output in outputs):
            return arrays, outputs
    raise Refusal(
        f"the model does not run on rows of {[one.tried for one in model.inputs]}: {problem}",
        ", ".join(one.name for one in model.inputs),
        "give the shape with --shape",
        mendable=True,
    )


def laws(model, arrays, outputs, seed):
    """For each output how its positions follow those of the first input, or None."""
    one = model.inputs[0]
    axis = one.position_axis
    if axis is None:
        return [None] * len(outputs)
    length = arrays[0].shape[1 + axis]
    twice = None if model.is_fixed(axis) else longer(model, arrays, length, seed)
    if twice is not None:
        pairs = zip(outputs, twice)
        return [positions.by_two_lengths(a.shape[1:], b.shape[1:], (length, 2 * length)) for a, b in pairs]
    batch = next(rows.batches(arrays))
    return [positions.by_dependence(model, batch, at, output.shape[1:], axis) for at, output in enumerate(outputs)]


def longer(model, arrays, length, seed):
    """The outputs for windows of twice the length, if the model reads them."""
    shapes = [[2 * n if n == length else n for n in array.shape[1:]] for array in arrays]
    try:
        return model.predict(next(rows.batches(rows.examples(model.inputs, shapes, seed))))
    except Exception as error:
        print(f"windows of {2 * length}: {one_line(error)}", file=sys.stderr)
        return None
