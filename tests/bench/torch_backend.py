#!/usr/bin/env python3
"""Times kipos on a TorchScript file, next to PyTorch from Python on the same file, machine and minutes.

    python3 -m venv target/bench/torch && target/bench/torch/bin/pip install -r tests/bench/requirements-torch.txt
    target/bench/torch/bin/python tests/bench/torch_backend.py [predict] [gradient]

Build first: `cargo xtask test` and `cargo xtask torch`. BENCH_INTERVALS, BENCH_BATCH and BENCH_PAIRS change the size.

Both sides load the file and run as many rows of random DNA in batches of the same size with the same number of threads.
Python's time is without the start of the interpreter and its imports; the time of kipos is that of the whole command: it
opens LibTorch, reads the genome, encodes, and writes. The two alternate, and the ratio is the median over the pairs.

- predict:  torch.jit.load(...)(batch) without gradients, against `kipos predict` into a TSV.
- gradient: autograd.grad of the sum of the output with respect to the batch, against `kipos gradient` into HDF5.
"""

import os
import statistics
import sys

import whole_command as whole

LENGTH, TASKS = 600, 16
INTERVALS = int(os.environ.get("BENCH_INTERVALS", "4000"))
BATCH = int(os.environ.get("BENCH_BATCH", "32"))
PAIRS = int(os.environ.get("BENCH_PAIRS", "3"))

MODEL = f"""\
type: pytorch
args: {{file: model.pt}}
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args: {{auto_resize_len: {LENGTH}, ignore_targets: true}}
info: {{authors: [{{name: kipos}}], doc: the size of Basset}}
schema:
  inputs: {{name: seq, shape: "({LENGTH}, 4)", special_type: DNASeq, doc: one-hot DNA, associated_metadata: ranges}}
  targets: {{name: y, shape: "({TASKS},)", doc: random, column_labels: {[f"t{i}" for i in range(TASKS)]}}}
"""

NETWORK = f"""
import torch
from torch import nn
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        def block(i, o, width, pool):
            return [nn.Conv1d(i, o, width, padding=width // 2), nn.BatchNorm1d(o), nn.ReLU(inplace=True),
                    nn.MaxPool1d(pool)]
        self.body = nn.Sequential(*block(4, 300, 19, 3), *block(300, 200, 11, 4), *block(200, 200, 7, 4))
        self.head = nn.Sequential(nn.Flatten(), nn.LazyLinear(1000), nn.ReLU(), nn.Linear(1000, {TASKS}), nn.Sigmoid())
    def forward(self, x):
        return self.head(self.body(x.transpose(1, 2)))
torch.manual_seed(1)
network = Network()
network(torch.zeros(2, {LENGTH}, 4))
torch.jit.script(network.eval()).save("model.pt")
"""

RUN = {
    "predict": "with torch.no_grad():\n        model(x[: rows - start])",
    "gradient": "y = x[: rows - start].clone().requires_grad_()\n    torch.autograd.grad(model(y).sum(), y)",
}


def model():
    directory = whole.WORK / "torch-model"
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / "model.pt").exists():
        # torch.jit.script reads the source again.
        (directory / "network.py").write_text(NETWORK)
        whole.run([sys.executable, "-W", "ignore", "network.py"], cwd=directory)
    (directory / "model.yaml").write_text(MODEL)
    return directory


def python_seconds(directory, what):
    code = f"""
import torch
torch.set_num_threads({whole.THREADS})
model = torch.jit.load("model.pt").eval()
for parameter in model.parameters():
    parameter.requires_grad_(False)
torch.manual_seed(2)
x = torch.nn.functional.one_hot(torch.randint(4, ({BATCH}, {LENGTH}))).float()
rows = {INTERVALS}
for start in range(0, rows, {BATCH}):
    {RUN[what]}
"""
    start = whole.run([sys.executable, "-W", "ignore", "-c", "import torch"], cwd=directory)[0]
    return whole.run([sys.executable, "-W", "ignore", "-c", code], cwd=directory)[0] - start


def kipos_seconds(directory, data, bed, what):
    command = [whole.KIPOS, what, directory, "--plugin-dir", whole.TARGET / "plugins", "--fasta", data / "genome.fa",
               "--intervals", bed, "--batch-size", BATCH, "--threads", whole.THREADS]
    output = whole.WORK / ("torch.tsv" if what == "predict" else "torch.h5")
    more = [] if what == "predict" else ["--final-layer", "--reduce", "sum"]
    return whole.run([*command, *more, "--output", output])[0]


def bench(what):
    directory = model()
    data = whole.genome(1000, 2_000_000)
    contig = next(open(data / "genome.fa")).split()[0][1:]
    bed = whole.WORK / "torch.bed"
    bed.write_text("".join(f"{contig}\t{1000 + 150 * i}\t{1000 + 150 * i + LENGTH}\n" for i in range(INTERVALS)))
    ratios = []
    for pair in range(PAIRS):
        python, kipos = python_seconds(directory, what), kipos_seconds(directory, data, bed, what)
        ratios.append(python / kipos)
        print(f"pair {pair + 1}: Python {python:.2f} s, kipos {kipos:.2f} s, speed of kipos / Python "
              f"{python / kipos:.3f}")
    print(f"{what}: median speed of kipos / Python {statistics.median(ratios):.3f} "
          f"({whole.THREADS} threads, {INTERVALS} rows in batches of {BATCH})")


def main():
    for what in sys.argv[1:] or list(RUN):
        if what not in RUN:
            sys.exit(f"unknown bench {what} (known: {', '.join(RUN)})")
        bench(what)


if __name__ == "__main__":
    main()
