"""Which axis of an output runs along the sequence, and which bases each of its positions stands for.

Position p of an output stands for the bases [left + p * bin, left + (p + 1) * bin) of the window. A model that reads
any length tells `bin` and the sum of both crops by its outputs for two lengths. For one of a fixed length, `bin` and
`left` are read off the bases that some positions depend on. Both are drafts for a person to look at.
"""

import numpy as np

# An output that is shorter has no positions to tell.
FEWEST = 8


def by_two_lengths(first, second, lengths):
    """The law of an output of these two shapes for windows of these two lengths; `None` if its shape is the same."""
    differ = [axis for axis, (one, other) in enumerate(zip(first, second)) if one != other]
    if len(first) != len(second) or len(differ) != 1:
        return None
    (axis,) = differ
    more, bases = second[axis] - first[axis], lengths[1] - lengths[0]
    bin_ = max(1, round(bases / more)) if more > 0 else 0
    if bin_ == 0 or abs(bases - bin_ * more) >= bin_:
        return {"axis": axis, "follows": True, "bin": None, "crop": None, "by": "two lengths"}
    crop = lengths[0] - first[axis] * bin_
    return {"axis": axis, "follows": True, "bin": bin_, "crop": halves(crop), "by": "two lengths; both sides alike"}


def by_dependence(model, batch, output, shape, position_axis):
    """The law of an output of a window of fixed length, from the bases that it depends on; `None` if there is none."""
    length = batch[0].shape[1 + position_axis]
    for axis, count in enumerate(shape):
        if not FEWEST <= count <= length:
            continue
        asked = [count // 4, count // 2, count - 1 - count // 4]
        centers = [center(model, batch, output, shape, axis, position, position_axis) for position in asked]
        if None in centers:
            continue
        bin_ = round((centers[2] - centers[0]) / (asked[2] - asked[0]))
        if bin_ < 1 or abs(centers[1] - centers[0] - bin_ * (asked[1] - asked[0])) > bin_:
            continue
        left = round(centers[1] - asked[1] * bin_ - (bin_ - 1) / 2)
        right = length - left - count * bin_
        # A kernel of an even width is not centred, and a border of it may have weight 0.
        if abs(left - right) <= 2:
            left, right = halves(left + right)
        if left >= 0 and right >= 0:
            return {"axis": axis, "follows": False, "bin": bin_, "crop": [left, right], "by": "dependence"}
    return None


def center(model, batch, output, shape, axis, position, position_axis):
    """The middle of the bases that a position depends on; `None` if they reach an end of the window."""
    index = tuple(position if other == axis else slice(None) for other in range(len(shape)))
    gradient = model.gradient(batch, output, index, False)[0]
    if gradient is None:
        return None
    others = tuple(other for other in range(gradient.ndim) if other != 1 + position_axis)
    seen = np.flatnonzero(np.abs(gradient).max(axis=others))
    if not len(seen) or seen[0] == 0 or seen[-1] == gradient.shape[1 + position_axis] - 1:
        return None
    return (seen[0] + seen[-1]) / 2


def halves(crop):
    return [crop // 2, crop - crop // 2]
