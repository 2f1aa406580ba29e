"""Layers as an author publishes them beside a model: for Keras 2, with imports of `keras`, and without `OBJECTS`."""

import keras.backend as K
from keras.layers import Layer
from keras.regularizers import Regularizer


class ShrinkNorm(Regularizer):
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, x):
        return self.weight * K.sqrt(K.sum(K.square(x)))

    def get_config(self):
        return {"weight": float(self.weight)}


class BasesScaled(Layer):
    """Multiplies each filter by a learned number."""

    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(int(input_shape[-1]),), initializer="ones")
        super().build(input_shape)

    def call(self, inputs):
        return inputs * self.scale


def swish_of_two(x):
    return x * K.sigmoid(2.0 * x)
