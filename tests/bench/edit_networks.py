"""Networks of full size with random weights, and a trained one, on which edits are measured.

Made in target/bench/edits on first use (needs: numpy, onnx).
"""

import os
import subprocess
import sys
from pathlib import Path

from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
WORK = TARGET / "bench" / "edits"
# The length of a window.
LENGTHS = {"deepsea": 1000, "basset": 1000, "basset600": 600, "bpnet": 2114, "chrombpnet": 2114, "motif-cnn": 200}
# Channels of the networks that are shaped like BPNet.
CHANNELS = {"bpnet": 64, "chrombpnet": 512}

sys.path.insert(0, str(ROOT / "tests" / "models"))


def bpnet(channels, length):
    """Eight dilated convolutions, each added to its input; a profile of two strands and two counts."""
    from make_deepsea import Graph

    graph = Graph(1, False)

    def conv(name, value, inputs, outputs, width, dilation=1):
        weight = graph.weight(f"{name}_weight", [outputs, inputs, width], inputs * width)
        bias = graph.weight(f"{name}_bias", [outputs], None)
        graph.value = value
        pad = dilation * (width - 1) // 2
        graph.layer("Conv", name, weight, bias, kernel_shape=[width], dilations=[dilation], pads=[pad, pad])

    conv("stem", "seq", 4, channels, 21)
    graph.layer("Relu", "stem_relu")
    value = graph.value
    for layer in range(1, 9):
        conv(f"dilated{layer}", value, channels, channels, 3, 2**layer)
        graph.layer("Relu", f"dilated{layer}_relu")
        graph.layer("Add", f"sum{layer}", value)
        value = graph.value
    conv("profile", value, channels, 2, 75)
    graph.layer("Flatten", "flat", axis=1)
    graph.value = value
    graph.layer("GlobalAveragePool", "mean")
    graph.layer("Flatten", "mean_flat", axis=1)
    graph.dense("counts", channels, 2)
    graph.value = "flat"
    graph.layer("Concat", "prob", "counts", axis=1)
    tasks = 2 * length + 2
    tensor = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])
    body = helper.make_graph(graph.nodes, "bpnet", [tensor("seq", 4, length)], [tensor("prob", tasks)], graph.weights)
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(body, opset_imports=opset, ir_version=8), tasks


def model_of(network):
    """The directory of a network."""
    if network == "motif-cnn":
        return ROOT / "examples" / network
    directory = WORK / network
    if (directory / "model.yaml").exists():
        return directory
    length = LENGTHS.get(network)
    if network not in CHANNELS:
        script = ROOT / "tests" / "models" / f"make_{network.removesuffix('600')}.py"
        flags = ["--length", str(length)] if network == "basset600" else []
        subprocess.run([sys.executable, str(script), str(directory), *flags], check=True)
        return directory
    from make_deepsea import MODEL_YAML

    model, tasks = bpnet(CHANNELS[network], length)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    yaml = MODEL_YAML.format(network="BPNet", length=length, dummy_axis="", shape=(4, length), tasks=tasks)
    (directory / "model.yaml").write_text(yaml)
    return directory
