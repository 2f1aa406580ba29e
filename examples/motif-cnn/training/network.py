"""The network in NumPy: convolution, ReLU, maximum over all positions, one dense layer, sigmoid.

The maximum passes its gradient to a single position per filter, so the backward pass touches one
window per filter and sequence; that makes training cheap without a deep-learning framework.
"""

import numpy as np

FILTERS = 24
WIDTH = 15
PADDING = WIDTH // 2  # columns of zeros on either side: a site at the very end is seen as well
SMOOTHING = 0.01  # keeps probabilities off 0 and 1, so that log odds stay finite and well conditioned


def initial_parameters(rng, tasks):
    """Small random weights; positive biases so that every filter starts alive."""
    return {
        "conv_weight": rng.normal(0, 0.2, (FILTERS, WIDTH * 4)).astype(np.float32),
        "conv_bias": np.full(FILTERS, 0.1, dtype=np.float32),
        "dense_weight": rng.normal(0, 0.2, (FILTERS, tasks)).astype(np.float32),
        "dense_bias": np.zeros(tasks, dtype=np.float32),
    }


def _windows(one_hot):
    """View (batch, positions, WIDTH * 4) of every stretch of WIDTH bases of the padded sequence."""
    padded = np.pad(one_hot, ((0, 0), (PADDING, PADDING), (0, 0)))
    batch, length, channels = padded.shape
    item = padded.itemsize
    return np.lib.stride_tricks.as_strided(
        padded,
        (batch, length - WIDTH + 1, WIDTH * channels),
        (length * channels * item, channels * item, item),
        writeable=False,
    )


def _pooled(parameters, windows):
    """Best position per filter, and its value after the ReLU: both (batch, FILTERS)."""
    batch, positions, taps = windows.shape
    response = windows.reshape(-1, taps) @ parameters["conv_weight"].T
    response = response.reshape(batch, positions, FILTERS)
    best = response.argmax(axis=1)
    peak = np.take_along_axis(response, best[:, None], axis=1)[:, 0]
    return best, np.maximum(peak + parameters["conv_bias"], 0)


def _logits(parameters, pooled):
    return pooled @ parameters["dense_weight"] + parameters["dense_bias"]


def _sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def predict(parameters, one_hot):
    """Probabilities (batch, tasks) for one-hot sequences (batch, L, 4)."""
    _, pooled = _pooled(parameters, _windows(one_hot))
    return _sigmoid(_logits(parameters, pooled))


def gradients(parameters, one_hot, labels):
    """Mean cross-entropy against the smoothed labels, and its gradient by parameter name."""
    windows = _windows(one_hot)
    best, pooled = _pooled(parameters, windows)
    logits = _logits(parameters, pooled)
    target = labels * (1 - 2 * SMOOTHING) + SMOOTHING
    # ln(1 + e^z) - t z: the cross-entropy without a logarithm of a rounded 0.
    loss = (np.logaddexp(0, logits) - target * logits).mean()

    d_logits = (_sigmoid(logits) - target) / target.size
    d_pooled = (d_logits @ parameters["dense_weight"].T) * (pooled > 0)
    chosen = windows[np.arange(len(windows))[:, None], best]  # (batch, FILTERS, taps)
    return loss, {
        "conv_weight": np.einsum("bf,bft->ft", d_pooled, chosen),
        "conv_bias": d_pooled.sum(axis=0),
        "dense_weight": pooled.T @ d_logits,
        "dense_bias": d_logits.sum(axis=0),
    }


class Adam:
    """Adam (Kingma & Ba 2015) with the usual constants."""

    def __init__(self, parameters):
        self.step = 0
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}

    def update(self, parameters, gradient, rate):
        """Change `parameters` in place by one step of the given learning rate."""
        self.step += 1
        for name, value in parameters.items():
            slope = gradient[name]
            self.mean[name] = 0.9 * self.mean[name] + 0.1 * slope
            self.square[name] = 0.999 * self.square[name] + 0.001 * slope**2
            mean = self.mean[name] / (1 - 0.9**self.step)
            square = self.square[name] / (1 - 0.999**self.step)
            value -= (rate * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)
