"""Makes a model directory shaped like SpliceAI, with random weights, for benchmarks and tests.

    make_splice.py OUT_DIR [--size full|small] [--seed N]      (needs: numpy, onnx; reads make_deepsea.py beside it)

Input `seq` (N, 4, L), one-hot DNA of any length; output `prob` (N, 3, L - 2 C): for each position but C at either end, the
probabilities that it is no splice site, an acceptor or a donor, which mean nothing here. A first convolution of width 1;
groups of four residual blocks (normalisation, ReLU, dilated convolution, twice) that keep the length; a convolution of
width 1 before the first group and behind each adds to what the last layer reads, without C positions at either end. C is
as far as the blocks see to either side, so that no output sees where the sequence ends.

`full` is as SpliceAI-10k: 32 channels, C = 5000, windows of 10101 bases, 3 MB. `small` has 6 channels, two groups of two
blocks, C = 40 and windows of 101 bases; tests/models/splice is that of seed 1.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from make_deepsea import Graph

MODEL_YAML = """\
type: onnx
args:
  file: model.onnx
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args:
    auto_resize_len: {length}
    alphabet_axis: 0
    neutral_value: 0
    dtype: np.float32
    ignore_targets: true
info:
  authors:
    - name: kipos
  doc: A network shaped like SpliceAI with random weights, for benchmarks and tests only.
schema:
  inputs:
    name: seq
    special_type: DNASeq
    shape: (4, {length})
    doc: One-hot DNA, channels first.
    associated_metadata: ranges
  targets:
    name: prob
    shape: (3, {positions})
    column_labels: [none, acceptor, donor]
    doc: Meaningless probabilities of splice sites.
kipos:
  outputs:
    prob: {{position_axis: 1, reduce: max}}
postprocessing:
  variant_effects:
    seq_input: [seq]
    use_rc: false
    scoring_functions:
      - type: diff
        default: true
"""


@dataclass
class Size:
    """The channels, the width and dilation of each group of blocks, the blocks of a group, and the bases of a window."""

    channels: int
    groups: tuple
    blocks: int
    window: int

    @property
    def crop(self):
        """How far the blocks see to either side: two convolutions in each."""
        return sum(self.blocks * (width - 1) * dilation for width, dilation in self.groups)


SIZES = {
    "full": Size(32, ((11, 1), (11, 4), (21, 10), (41, 25)), 4, 10101),
    "small": Size(6, ((5, 1), (9, 2)), 2, 101),
}
CLASSES = 3


class Splice(Graph):
    """The layers of the network. Weights are scaled so that blocks change little of what they add to."""

    def conv(self, name, value, inputs, outputs, width=1, dilation=1, gain=1.0):
        self.value = value
        weight = self.weight(f"{name}_weight", [outputs, inputs, width], inputs * width / gain)
        bias = self.numbers(f"{name}_bias", 0.1 * self.rng.standard_normal(outputs))
        pad = dilation * (width - 1) // 2
        self.layer("Conv", name, weight, bias, kernel_shape=[width], dilations=[dilation], pads=[pad, pad])
        return name

    def numbers(self, name, values):
        values = np.asarray(values, dtype=np.float32)
        self.parameters += values.size
        self.weights.append(helper.make_tensor(name, TensorProto.FLOAT, values.shape, values.tobytes(), raw=True))
        return name

    def norm(self, name, channels):
        normal = lambda spread: spread * self.rng.standard_normal(channels)
        statistics = {"scale": 1 + normal(0.1), "shift": normal(0.1), "mean": normal(0.1), "var": 1 + normal(0.1) ** 2}
        names = [self.numbers(f"{name}_{key}", values) for key, values in statistics.items()]
        self.layer("BatchNormalization", name, *names, epsilon=1e-3)

    def block(self, name, channels, width, dilation):
        value = self.value
        for half, gain in (("a", 1.0), ("b", 0.05)):
            self.norm(f"{name}{half}_norm", channels)
            self.layer("Relu", f"{name}{half}_relu")
            self.conv(f"{name}{half}", self.value, channels, channels, width, dilation, gain)
        self.layer("Add", name, value)

    def ints(self, name, *values):
        self.weights.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name


def build(size, seed):
    """The ONNX model and its number of parameters."""
    graph = Splice(seed, False)
    channels = size.channels
    first = graph.conv("first", "seq", 4, channels)
    skip = graph.conv("skip0", first, channels, channels, gain=0.5)
    graph.value = first
    for group, (width, dilation) in enumerate(size.groups, start=1):
        for block in range(1, size.blocks + 1):
            graph.block(f"block{group}_{block}", channels, width, dilation)
        value = graph.value
        graph.conv(f"skip{group}", value, channels, channels, gain=0.1)
        graph.layer("Add", f"sum{group}", skip)
        skip, graph.value = graph.value, value
    graph.value = skip
    cut = [graph.ints("cut_from", size.crop), graph.ints("cut_to", -size.crop), graph.ints("cut_axis", 2)]
    graph.layer("Slice", "cut", *cut)
    graph.conv("last", "cut", channels, CLASSES)
    graph.layer("Softmax", "prob", axis=1)
    tensor = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])
    body = helper.make_graph(
        graph.nodes, "splice", [tensor("seq", 4, "bases")], [tensor("prob", CLASSES, "positions")], graph.weights
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(body, opset_imports=opset, ir_version=8, producer_name="make_splice.py")
    return model, graph.parameters


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    size = SIZES[arguments.size]
    model, parameters = build(size, arguments.seed)
    onnx.checker.check_model(model)
    arguments.out_dir.mkdir(parents=True, exist_ok=True)
    (arguments.out_dir / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    yaml = MODEL_YAML.format(length=size.window, positions=size.window - 2 * size.crop)
    (arguments.out_dir / "model.yaml").write_text(yaml)
    print(f"{arguments.out_dir}: {parameters} parameters")


if __name__ == "__main__":
    main()
