"""The rows that framework and converted file are both asked about."""

from dataclasses import dataclass
from typing import List, Optional

# Lengths that are tried where a model reads any and the user names none: published splice models cut off 10 000 bases.
# Multiples of 128, as networks that pool and go back need, but no usual number of channels.
LENGTHS = (640, 2176, 10368, 41088)
# Rows of each batch; the last row of all has only N.
BATCHES = (1, 3)


@dataclass
class Input:
    """An input. Shapes are without the axis of rows, and `None` is a free axis."""

    name: str
    # What the converted file reads; None if the model does not tell.
    shape: Optional[List[Optional[int]]]
    dtype: str
    # What the user asked for, if anything.
    asked: Optional[List[Optional[int]]] = None

    @property
    def tried(self):
        """The shape of the example rows."""
        return self.asked or self.shape

    @property
    def base_axis(self):
        """The axis of A, C, G and T: the only one of length 4, beside a longer one."""
        fours = [axis for axis, length in enumerate(self.tried) if length == 4]
        longer = [length for length in self.tried if length is None or length > 4]
        return fours[0] if len(fours) == 1 and longer else None

    @property
    def position_axis(self):
        """The axis of positions: the longest beside that of bases."""
        if self.base_axis is None:
            return None
        others = [axis for axis in range(len(self.tried)) if axis != self.base_axis]
        return max(others, key=lambda axis: float("inf") if self.tried[axis] is None else self.tried[axis])

    def with_length(self, length):
        """The shape in which free axes are this long."""
        return [length if axis is None else axis for axis in self.tried]


def examples(inputs, shapes, seed):
    """An array for each input, with a row for each row of `BATCHES`: random one-hot DNA or noise, and zeros at last."""
    import numpy as np

    random = np.random.default_rng(seed)
    rows = sum(BATCHES)
    arrays = []
    for one, shape in zip(inputs, shapes):
        if one.base_axis is not None:
            bases = random.integers(0, 4, [rows] + [n for axis, n in enumerate(shape) if axis != one.base_axis])
            array = np.moveaxis(np.eye(4)[bases], -1, 1 + one.base_axis)
        elif np.issubdtype(np.dtype(one.dtype), np.integer):
            array = random.integers(0, 4, [rows, *shape])
        else:
            array = random.random([rows, *shape])
        array[-1] = 0
        arrays.append(np.ascontiguousarray(array.astype(one.dtype)))
    return arrays


def batches(arrays):
    """The same arrays in pieces of `BATCHES` rows."""
    start = 0
    for rows in BATCHES:
        yield [array[start : start + rows] for array in arrays]
        start += rows
