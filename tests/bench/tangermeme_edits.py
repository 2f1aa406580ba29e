#!/usr/bin/env python3
"""Mutation maps by kipos and by tangermeme's saturation mutagenesis, of the same networks, windows and threads.

    PYTHON tests/bench/tangermeme_edits.py [deepsea] [basset] [basset600] [bpnet]
    (needs: numpy, onnx, torch, tangermeme==1.6.0; the networks of onnx_edits.py)

tangermeme gets each network as a PyTorch module with the weights of the ONNX graph, in float32, and runs its fast way (its
limits on the size and the gain of a job are lifted, so that it is always taken) and its slow one, each at the best of some
batch sizes. Costs are processor time (user and system) of an edit, one strand, in alternated rounds: of several windows less
one window, so that capturing the model, which tangermeme does for every call, starting and reading do not count; these are on
lines of their own. Values are compared on all edits of a window. BENCH_ROUNDS and BENCH_THREADS as in onnx_edits.py.
"""

import statistics
import sys
import time
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import onnx_edits as bench
from edit_networks import LENGTHS, WORK, model_of

WINDOWS = {"deepsea": 2, "basset": 4, "basset600": 6, "bpnet": 2}
FAST_BATCHES, SLOW_BATCHES = (32, 128, 512), (8, 32, 128)
# The slow way runs so many positions.
SLOW_POSITIONS = {"deepsea": 40, "basset": 100, "basset600": 200, "bpnet": 40}
START = 10_000


class Network(torch.nn.Module):
    """The nodes of an ONNX graph as modules of PyTorch."""

    def __init__(self, graph):
        super().__init__()
        weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
        self.parts, self.steps, self.input = torch.nn.ModuleDict(), [], graph.input[0].name
        for node in graph.node:
            attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
            read = [name for name in node.input if name not in weights]
            part = self.part(node, attributes, [weights[name] for name in node.input if name in weights])
            if part is not None:
                self.parts[node.output[0]] = part
            self.steps.append((node.op_type, node.output[0], read))

    @staticmethod
    def part(node, attributes, weights):
        if node.op_type == "Conv":
            weight, bias = weights
            outputs, inputs, width = weight.shape
            part = torch.nn.Conv1d(inputs, outputs, width, padding=attributes.get("pads", [0])[0],
                                   dilation=attributes.get("dilations", [1])[0])
        elif node.op_type == "Gemm":
            weight, bias = weights
            part = torch.nn.Linear(weight.shape[1], weight.shape[0])
        elif node.op_type == "MaxPool":
            return torch.nn.MaxPool1d(attributes["kernel_shape"][0], attributes["strides"][0])
        else:
            return {"Relu": torch.nn.ReLU, "Sigmoid": torch.nn.Sigmoid}.get(node.op_type, lambda: None)()
        part.weight.data, part.bias.data = weight, bias
        return part

    def forward(self, sequence):
        values = {self.input: sequence}
        for kind, name, read in self.steps:
            inputs = [values[one] for one in read]
            if kind == "Flatten":
                value = inputs[0].flatten(1)
            elif kind == "Add":
                value = inputs[0] + inputs[1]
            elif kind == "GlobalAveragePool":
                value = inputs[0].mean(dim=2, keepdim=True)
            elif kind == "Concat":
                value = torch.cat(inputs, dim=1)
            else:
                value = self.parts[name](inputs[0])
            values[name] = value
        return value


def windows_of(network, count):
    """One-hot windows (count, 4, L) from the start of kipos' region on."""
    length = LENGTHS[network]
    bases = "".join(bench.genome().read_text().split("\n")[1:])[START : START + count * length]
    codes = np.array(["ACGT".index(base) for base in bases])
    return torch.from_numpy(np.eye(4, dtype=np.float32)[codes].reshape(count, length, 4).transpose(0, 2, 1).copy())


def tangermeme(network, windows, fast, batch, positions=-1):
    """Processor seconds of a call, and the values of all edits."""
    from tangermeme.saturation_mutagenesis import saturation_mutagenesis

    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = saturation_mutagenesis(network, windows, end=positions, batch_size=batch, raw_outputs=True, fast=fast,
                                        device="cpu")
    return time.process_time() - start, result


def kipos(network, windows):
    return bench.map_seconds(network, windows * LENGTHS[network], "--edits", "require", "--use-rc", "false")


def compare(name, result):
    """How far the effects of all edits of the first window are from those of kipos' map."""
    kipos(name, 1)
    before, after = (part.numpy() for part in result)
    # Rows, letters, positions, tasks, with the reference letters as the row itself.
    effects = after[0] - before[0]
    maps = np.load(WORK / "maps.npz")
    found = np.stack([maps[f"seq__diff__{task}"] for task in range(effects.shape[-1])], axis=-1)
    off = np.abs(np.nan_to_num(found) - effects).max()
    print(f"{name}: effects of {effects.shape[0] * effects.shape[1] * 3 // 4} edits on {effects.shape[2]} outputs differ by at "
          f"most {off:.1e}; the largest effect is {np.abs(effects).max():.2e}")


def measure(name):
    graph = onnx.load(model_of(name) / "model.onnx").graph
    network = Network(graph).eval()
    count, edits = WINDOWS[name], 3 * LENGTHS[name]
    one, several = windows_of(name, 1), windows_of(name, count)
    best = min(FAST_BATCHES, key=lambda batch: tangermeme(network, several, True, batch)[0])
    positions = SLOW_POSITIONS[name]
    best_slow = min(SLOW_BATCHES, key=lambda batch: tangermeme(network, one, False, batch, positions)[0])
    costs = {"kipos": [], "fast": [], "slow": [], "capture": []}
    for _ in range(bench.ROUNDS):
        costs["kipos"].append((kipos(name, count) - kipos(name, 1)) / (count - 1) / edits)
        first, _ = tangermeme(network, one, True, best)
        costs["fast"].append((tangermeme(network, several, True, best)[0] - first) / (count - 1) / edits)
        costs["capture"].append(first - costs["fast"][-1] * edits)
        costs["slow"].append(tangermeme(network, one, False, best_slow, positions)[0] / (3 * positions))
    median = {key: 1e3 * statistics.median(values) for key, values in costs.items()}
    print(f"{name}: an edit: kipos {median['kipos']:.3f} ms, tangermeme fast {median['fast']:.3f} ms (batch {best}), slow "
          f"{median['slow']:.3f} ms (batch {best_slow}): {median['fast'] / median['kipos']:.1f} and "
          f"{median['slow'] / median['kipos']:.1f} times kipos ({bench.THREADS} threads, {bench.ROUNDS} rounds)")
    print(f"{name}: tangermeme captures and checks the model in {median['capture'] / 1e3:.2f} s of every call")
    compare(name, tangermeme(network, one, True, best)[1])


def main():
    import tangermeme.saturation_mutagenesis

    sys.modules["tangermeme.saturation_mutagenesis"]._FAST_MIN_SECONDS = 0.0
    sys.modules["tangermeme.saturation_mutagenesis"]._FAST_MAX_RELATIVE_TIME = float("inf")
    torch.set_num_threads(int(bench.THREADS))
    WORK.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or WINDOWS:
        measure(name)


if __name__ == "__main__":
    main()
