"""Makes a model directory of the size of DeepSEA, with random weights, for benchmarks.

    make_deepsea.py OUT_DIR [--layout 1d|2d] [--seed N]      (needs: numpy, onnx)

Input `seq` (N, 4, 1000), or (N, 4, 1, 1000) with `--layout 2d`, one-hot DNA; output `prob` (N, 919).
Convolutions of 320, 480 and 960 filters of width 8, pooling by 4 after the first two, a dense layer
of 925 units, 919 sigmoids: 52.8 million parameters, a file of 211 MB. Made for speed and memory
measurements; the scores mean nothing, but they are the same for the same seed.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

LENGTH = 1000
KERNEL, POOL = 8, 4
FILTERS = (320, 480, 960)
HIDDEN, TASKS = 925, 919

MODEL_YAML = """\
type: onnx
args:
  file: model.onnx
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args:
    auto_resize_len: {length}
    alphabet_axis: 0
{dummy_axis}    dtype: np.float32
    ignore_targets: true
info:
  authors:
    - name: kipos
  doc: A network of the size of {network} with random weights, for benchmarks only.
schema:
  inputs:
    name: seq
    special_type: DNASeq
    shape: {shape}
    doc: One-hot DNA, channels first.
    associated_metadata: ranges
  targets:
    name: prob
    shape: ({tasks},)
    doc: Meaningless probabilities.
postprocessing:
  variant_effects:
    seq_input: [seq]
    use_rc: true
    scoring_functions:
      - type: diff
        default: true
      - type: logit
"""


class Graph:
    """Nodes and random weights of a chain of layers; `value` names what the last one gives."""

    def __init__(self, seed, two_dimensional):
        self.rng = np.random.default_rng(seed)
        self.spatial = (lambda n: [1, n]) if two_dimensional else (lambda n: [n])
        self.nodes, self.weights, self.parameters = [], [], 0
        self.value = "seq"

    def layer(self, kind, name, *weights, **attributes):
        inputs = [self.value, *weights]
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        self.value = name

    def weight(self, name, shape, inputs):
        """Normal weights scaled by the number of inputs (He et al. 2015), or zeros for a bias."""
        if inputs is None:
            values = np.zeros(shape, dtype=np.float32)
        else:
            values = self.rng.standard_normal(shape, dtype=np.float32)
            values *= np.float32(math.sqrt(2 / inputs))
        self.parameters += values.size
        # Raw bytes, not a list of floats: 50 million Python objects would not be funny.
        self.weights.append(
            helper.make_tensor(name, TensorProto.FLOAT, shape, values.tobytes(), raw=True)
        )
        return name

    def convolution(self, number, inputs, outputs, width=KERNEL):
        kernel = self.spatial(width)
        weight = self.weight(f"conv{number}_weight", [outputs, inputs, *kernel], inputs * width)
        bias = self.weight(f"conv{number}_bias", [outputs], None)
        self.layer("Conv", f"conv{number}", weight, bias, kernel_shape=kernel)
        self.layer("Relu", f"relu{number}")

    def pooling(self, number, width=POOL):
        size = self.spatial(width)
        self.layer("MaxPool", f"pool{number}", kernel_shape=size, strides=size)

    def dense(self, name, inputs, outputs):
        weight = self.weight(f"{name}_weight", [outputs, inputs], inputs)
        bias = self.weight(f"{name}_bias", [outputs], None)
        self.layer("Gemm", name, weight, bias, transB=1)


def build(seed, two_dimensional):
    """The ONNX model and its number of parameters."""
    graph = Graph(seed, two_dimensional)
    graph.convolution(1, 4, FILTERS[0])
    graph.pooling(1)
    graph.convolution(2, FILTERS[0], FILTERS[1])
    graph.pooling(2)
    graph.convolution(3, FILTERS[1], FILTERS[2])
    graph.layer("Flatten", "flat", axis=1)
    positions = LENGTH
    for pool in (POOL, POOL, 1):
        positions = (positions - KERNEL + 1) // pool
    graph.dense("fc1", FILTERS[2] * positions, HIDDEN)
    graph.layer("Relu", "relu4")
    graph.dense("fc2", HIDDEN, TASKS)
    graph.layer("Sigmoid", "prob")
    return finished(graph, "deepsea-sized", TASKS), graph.parameters


def finished(graph, name, tasks, length=LENGTH):
    """The ONNX model of a graph whose last layer is `prob`."""

    def tensor(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])

    body = helper.make_graph(
        graph.nodes,
        name,
        [tensor("seq", 4, *graph.spatial(length))],
        [tensor("prob", tasks)],
        graph.weights,
    )
    return helper.make_model(
        body,
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="make_deepsea.py",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--layout", choices=["1d", "2d"], default="1d")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    two_dimensional = arguments.layout == "2d"
    model, parameters = build(arguments.seed, two_dimensional)
    write(arguments.out_dir, model, "DeepSEA", TASKS, two_dimensional)
    print(f"{arguments.out_dir}: {parameters} parameters")


def write(out_dir, model, network, tasks, two_dimensional=False, length=LENGTH):
    """The model's directory."""
    onnx.checker.check_model(model)
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (out_dir / "model.yaml").write_text(
        MODEL_YAML.format(
            network=network,
            length=length,
            dummy_axis="    dummy_axis: 1\n" if two_dimensional else "",
            shape=(4, 1, length) if two_dimensional else (4, length),
            tasks=tasks,
        )
    )


if __name__ == "__main__":
    main()
