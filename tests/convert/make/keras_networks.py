"""Small networks of Keras in the shapes of published ones, with random weights from a fixed seed.

    pip install -r host/cli/src/convert/script/requirements-keras.txt
    python keras_networks.py OUT_DIR [--fold N]

chrombpnet.h5       as ChromBPNet: DNA (2114, 4), profile logits (1000) and log counts (1); crop 557 on either side; the
                    file names a loss of its own, so that only `compile=False` opens it; --fold N makes another member
                    of the family
bpnet.json, .h5     as BPNet with control tracks: architecture and weights apart; two inputs beside the DNA
layers.h5           layers, a function and a regulariser of the author's, which author/layers.py defines
lambda.h5           a Lambda layer of bytecode, which author/lambda_layers.py has as a function for other Pythons
lstm.h5             a convolution, an LSTM in both directions, a batch normalisation over two axes that is fused
"""

import argparse
import os
import sys
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
import tf_keras
from tensorflow.keras import layers as L

# Authors of the time imported `keras`, which was Keras 2.
sys.modules["keras"] = tf_keras
for part in ("backend", "layers", "regularizers"):
    sys.modules[f"keras.{part}"] = getattr(tf_keras, part)

HERE = Path(__file__).resolve().parent
FILTERS = 8


def multinomial_loss(true, logits):
    """Stands for the loss of a published model: a file that names it cannot be compiled elsewhere."""
    return -tf.reduce_sum(true * tf.nn.log_softmax(logits), axis=-1)


def dilated(x, count, filters):
    """Residual convolutions without padding, each of twice the dilation, with the sum cropped to what is left."""
    for number in range(1, count + 1):
        convolved = L.Conv1D(filters, 3, dilation_rate=2**number, activation="relu", name=f"dil_conv_{number}")(x)
        cropped = L.Cropping1D(2**number, name=f"dil_crop_{number}")(x)
        x = L.add([convolved, cropped], name=f"dil_add_{number}")
    return x


def chrombpnet():
    """2114 - 20 (first kernel) - 2 (2 + 4 + ... + 256) - 74 (last kernel) = 1000 positions."""
    inputs = tf.keras.Input((2114, 4), name="sequence")
    x = L.Conv1D(FILTERS, 21, activation="relu", name="first_conv")(inputs)
    x = dilated(x, 8, FILTERS)
    profile = L.Flatten(name="logits_profile_predictions")(L.Conv1D(1, 75, name="profile_conv")(x))
    counts = L.Dense(1, name="logcount_predictions")(L.GlobalAveragePooling1D(name="gap")(x))
    model = tf.keras.Model(inputs, [profile, counts], name="chrombpnet")
    model.compile("adam", loss=[multinomial_loss, "mse"])
    return model


def bpnet():
    """Control tracks are added to the profile and to the counts."""
    inputs = tf.keras.Input((546, 4), name="sequence")
    control = tf.keras.Input((400, 2), name="profile_bias_input_0")
    control_counts = tf.keras.Input((1,), name="counts_bias_input_0")
    x = L.Conv1D(FILTERS, 21, activation="relu", name="main_conv_0")(inputs)
    x = dilated(x, 4, FILTERS)
    profile = L.Conv1D(2, 67, name="main_profile_head")(x)
    profile = L.concatenate([profile, control], name="concat_with_bias_prof_0")
    profile = L.Conv1D(2, 1, name="profile_predictions")(profile)
    counts = L.concatenate(
        [L.GlobalAveragePooling1D(name="main_counts_head")(x), control_counts], name="concat_with_bias_counts_0"
    )
    counts = L.Dense(2, name="logcounts_predictions")(counts)
    return tf.keras.Model([inputs, control, control_counts], [profile, counts], name="bpnet")


def with_layers():
    sys.path.insert(0, str(HERE / "author"))
    from layers import BasesScaled, ShrinkNorm, swish_of_two

    return tf.keras.Sequential(
        [
            L.InputLayer((60, 4), name="seq"),
            L.Conv1D(FILTERS, 7, activation=swish_of_two, kernel_regularizer=ShrinkNorm(0.1), name="motifs"),
            BasesScaled(name="scaled"),
            L.GlobalMaxPooling1D(name="best"),
            L.Dense(3, activation="softmax", name="classes"),
        ],
        name="with_layers",
    )


def with_lambda():
    """Both strands by one convolution; the other strand by a Lambda layer."""
    inputs = tf.keras.Input((60, 4), name="seq")
    conv = L.Conv1D(FILTERS, 7, activation="relu", name="motifs")
    other = L.Lambda(lambda x: x[:, ::-1, ::-1], name="other_strand")(inputs)
    both = L.maximum(
        [L.GlobalMaxPooling1D(name=f"best_{n}")(conv(x)) for n, x in enumerate((inputs, other))], name="both"
    )
    return tf.keras.Model(inputs, L.Dense(1, activation="sigmoid", name="bound")(both), name="with_lambda")


def lstm():
    inputs = tf.keras.Input((60, 4), name="seq")
    x = L.Conv1D(FILTERS, 5, activation="relu", name="motifs")(inputs)
    x = L.Reshape((56, 1, FILTERS), name="two_axes")(x)
    x = L.BatchNormalization(name="fused")(x)
    x = L.Reshape((56, FILTERS), name="one_axis")(x)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True), name="both_ways")(x)
    x = L.GlobalAveragePooling1D(name="mean")(x)
    return tf.keras.Model(inputs, L.Dense(2, name="out")(x), name="recurrent")


def scattered(model, random):
    """Biases and statistics of batches that are not those of a new network."""
    for variable in model.variables:
        if variable.shape.rank == 1 and "variance" in variable.name:
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif variable.shape.rank == 1:
            variable.assign(variable + random.normal(0, 0.2, variable.shape))
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--fold", type=int, default=0)
    arguments = parser.parse_args()
    out = arguments.out_dir
    out.mkdir(parents=True, exist_ok=True)
    tf.keras.utils.set_random_seed(100 + arguments.fold)
    random = np.random.default_rng(arguments.fold)
    scattered(chrombpnet(), random).save(out / "chrombpnet.h5")
    if arguments.fold:
        return
    model = scattered(bpnet(), random)
    (out / "bpnet.json").write_text(model.to_json())
    model.save_weights(out / "bpnet.h5")
    for name, make in (("layers", with_layers), ("lambda", with_lambda), ("lstm", lstm)):
        scattered(make(), random).save(out / f"{name}.h5")


if __name__ == "__main__":
    main()
