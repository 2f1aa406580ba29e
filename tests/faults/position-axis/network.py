"""The weights of the networks in this folder, and the network itself in NumPy."""

import numpy as np

WINDOW, CHANNELS, WIDTH = 20, 3, 5


def weights():
    """Eighths of whole numbers, so that no sum is rounded: kernels (channels, bases, width), biases (channels,)."""
    numbers = np.random.default_rng(7)
    return numbers.integers(-9, 10, (CHANNELS, 4, WIDTH)) / 8, numbers.integers(-9, 10, CHANNELS) / 8


def profile(one_hot, pad):
    """(bases, length) -> (channels, positions): one convolution and a ReLU."""
    kernels, biases = weights()
    padded = np.pad(one_hot, ((0, 0), (pad, pad)))
    positions = range(padded.shape[1] - WIDTH + 1)
    columns = [(kernels * padded[:, p : p + WIDTH]).sum(axis=(1, 2)) + biases for p in positions]
    return np.maximum(np.stack(columns, axis=1), 0)
