#!/usr/bin/env python3
"""Times gradients and layers of ONNX graphs, next to predictions of the same graph and to PyTorch.

    python3 -m venv target/bench/torch && target/bench/torch/bin/pip install -r tests/bench/requirements-torch.txt
    target/bench/torch/bin/python tests/bench/onnx_gradients.py [deepsea] [basset] [bpnet] [danq] [attention]

Build first: `cargo xtask test` and `cargo build --release --example time_calls`. BENCH_THREADS, BENCH_BATCH and
BENCH_PAIRS change the size.

Everything runs on the same rows, with the same number of threads. What is compared alternates within one run, call by
call, and each number is the median over the pairs:

- gradient / forward:  the gradient of the sum of the output with respect to the input, against a prediction.
- PyTorch / gradient:  `autograd.grad` of the same network with the same weights, against the gradient.
- layer / forward:     the values of a layer half way, which end there, against a prediction. Above 1 is the overhead.
- plan / load:         what the first gradient takes beyond a later one (a trial run, the graph, its session), against
                       what it takes the engine to make a session of the file, if onnxruntime can be imported.
"""

import os
import statistics
import subprocess
import sys
import time

import onnx
import torch

import onnx_networks as networks
import whole_command as whole

THREADS = int(os.environ.get("BENCH_THREADS", whole.THREADS))
BATCH = int(os.environ.get("BENCH_BATCH", "16"))
PAIRS = int(os.environ.get("BENCH_PAIRS", "9"))
TIMER = whole.TARGET / "release" / "examples" / "time_calls"


class Kipos:
    """The plugin in a process of its own, which makes calls when told."""

    def __init__(self, path, shape):
        command = [TIMER, whole.TARGET / "release", "onnx", path, THREADS, *shape]
        command = [str(part) for part in command]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, call):
        self.process.stdin.write(call + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        return float(answer) if answer else sys.exit(f"time_calls stopped at `{call}`")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def layer_half_way(path):
    """The result of the last convolution."""
    graph = onnx.load(path, load_external_data=False).graph
    return [node.output[0] for node in graph.node if node.op_type == "Conv"][-1]


def session_seconds(path):
    """How long the engine takes for a session of the file; in a process of its own, after one to warm up."""
    code = f"""
import onnxruntime, time
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = {THREADS}
for _ in range(3):
    start = time.perf_counter()
    session = onnxruntime.InferenceSession({str(path)!r}, options, providers=["CPUExecutionProvider"])
    print(time.perf_counter() - start)
"""
    python = os.environ.get("BENCH_ORT_PYTHON", sys.executable)
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return statistics.median(map(float, answer.stdout.split())) if answer.returncode == 0 else None


def bench(name):
    path = whole.WORK / f"{name}.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        networks.export(name, path)
    network, length = networks.make(name)
    rows = torch.nn.functional.one_hot(torch.randint(4, (BATCH, length)), 4).transpose(1, 2).float().contiguous()

    def pytorch():
        x = rows.clone().requires_grad_()
        start = time.perf_counter()
        torch.autograd.grad(network(x).sum(), x)
        return time.perf_counter() - start

    kipos = Kipos(path, (BATCH, 4, length))
    layer = f"values {layer_half_way(path)}"
    first = {call: kipos.seconds(call) for call in ("forward", "gradient", layer)}
    pytorch()
    times = {"forward": [], "gradient": [], layer: [], "pytorch": []}
    for _ in range(PAIRS):
        for call, seconds in times.items():
            seconds.append(pytorch() if call == "pytorch" else kipos.seconds(call))
    kipos.close()

    def ratio(above, below):
        return statistics.median(a / b for a, b in zip(times[above], times[below]))

    plan, session = first["gradient"] - statistics.median(times["gradient"]), session_seconds(path)
    print(f"{name}: gradient / forward {ratio('gradient', 'forward'):.2f} (at most {networks.NETWORKS[name][2]}), "
          f"PyTorch / gradient {ratio('pytorch', 'gradient'):.2f} (at least 1), "
          f"layer / forward {ratio(layer, 'forward'):.2f} (at most 1.1), "
          f"plan {plan * 1000:.0f} ms" + (f", plan / load {plan / session:.2f} (at most 1.3)" if session else "")
          + f"; forward {statistics.median(times['forward']) * 1000:.1f} ms for {BATCH} rows, {THREADS} threads",
          flush=True)


def main():
    torch.set_num_threads(THREADS)
    for name in sys.argv[1:] or networks.NETWORKS:
        if name not in networks.NETWORKS:
            sys.exit(f"unknown network {name} (known: {', '.join(networks.NETWORKS)})")
        bench(name)


if __name__ == "__main__":
    main()
