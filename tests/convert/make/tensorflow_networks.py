"""Small networks of TensorFlow and Keras 3 with random weights from a fixed seed.

    pip install -r host/cli/src/convert/script/requirements-keras.txt
    python tensorflow_networks.py OUT_DIR

saved_model/        a SavedModel without Keras: DNA (None, 4), outputs `profile` and `total`; reads any length from 29
frozen.pb           a frozen graph of TensorFlow 1, with a switch for training, and an average over two towers
network.keras       a file of Keras 3
tf1.*               a checkpoint of TensorFlow 1, which is recognised and not converted
"""

import argparse
import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

v1 = tf.compat.v1


class Profile(tf.Module):
    def __init__(self, random):
        super().__init__()
        weights = [random.normal(0, 0.3, shape).astype(np.float32) for shape in ((9, 4, 6), (21, 6, 2))]
        self.kernels = [tf.Variable(weight) for weight in weights]

    @tf.function(input_signature=[tf.TensorSpec((None, None, 4), tf.float32, "seq")])
    def serve(self, seq):
        found = tf.nn.relu(tf.nn.conv1d(seq, self.kernels[0], 1, "VALID", name="motifs"), name="rectified")
        profile = tf.nn.softplus(tf.nn.conv1d(found, self.kernels[1], 1, "VALID", name="sums"), name="profile")
        return {"profile": profile, "total": tf.reduce_sum(profile, axis=1)}


def frozen(random):
    """The graph and its output's name."""
    with tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        x = v1.placeholder(tf.float32, (None, 40, 4), "x")
        training = v1.placeholder(tf.bool, (), "keras_learning_phase")
        towers = []
        for number in range(2):
            kernel = v1.get_variable(
                f"kernel_{number}", initializer=random.normal(0, 0.3, (7, 4, 5)).astype(np.float32)
            )
            found = tf.nn.relu(tf.nn.conv1d(x, kernel, 1, "SAME"), name=f"tower_{number}/Relu")
            dropped = tf.cond(training, lambda: tf.nn.dropout(found, 0.5), lambda: found)
            towers.append(tf.sigmoid(tf.reduce_max(dropped, axis=1)))
        tf.identity(tf.add_n(towers) / 2, "Mean/output")
        session.run(v1.global_variables_initializer())
        return v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["Mean/output"])


def network():
    inputs = L.Input((60, 4), name="seq")
    x = L.Conv1D(8, 7, name="motifs")(inputs)
    x = L.BatchNormalization(name="normed")(x)
    x = L.Activation("gelu", name="active")(x)
    x = L.MaxPooling1D(4, name="pooled")(x)
    x = L.Flatten(name="flat")(x)
    return keras.Model(inputs, L.Dense(3, activation="sigmoid", name="prob")(x), name="network")


def checkpoint(prefix):
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("weight", initializer=np.ones(3, np.float32))
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, str(prefix))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    out = parser.parse_args().out_dir
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    keras.utils.set_random_seed(1)
    module = Profile(random)
    tf.saved_model.save(module, str(out / "saved_model"), signatures=module.serve)
    (out / "frozen.pb").write_bytes(frozen(random).SerializeToString())
    network().save(out / "network.keras")
    checkpoint(out / "tf1")


if __name__ == "__main__":
    main()
