"""The weights of the networks in this folder, and the network itself in NumPy."""

import numpy as np

WINDOW, STRANDS, WIDTH = 20, 2, 5


def weights():
    """Eighths of whole numbers, so that no sum is rounded: kernels (strands, bases, width), biases (strands,)."""
    numbers = np.random.default_rng(11)
    return numbers.integers(-9, 10, (STRANDS, 4, WIDTH)) / 8, numbers.integers(-9, 10, STRANDS) / 8


def profile(one_hot):
    """(bases, 20) -> (strands, 20): one convolution and a ReLU. It knows nothing of the reverse complement."""
    kernels, biases = weights()
    padded = np.pad(one_hot, ((0, 0), (WIDTH // 2, WIDTH // 2)))
    columns = [(kernels * padded[:, p : p + WIDTH]).sum(axis=(1, 2)) + biases for p in range(one_hot.shape[1])]
    return np.maximum(np.stack(columns, axis=1), 0)


def counts(tracks):
    """(strands, 20) -> (strands,): the logarithm of what the strand has in all."""
    return np.log1p(tracks.sum(axis=1))
