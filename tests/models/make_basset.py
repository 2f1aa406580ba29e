"""Makes a model directory of the size of Basset, with random weights, for benchmarks.

    make_basset.py OUT_DIR [--length L] [--seed N]      (needs: numpy, onnx; reads make_deepsea.py beside it)

Input `seq` (N, 4, L), one-hot DNA; output `prob` (N, 164). Convolutions of 300, 200 and 200 filters of width 19, 11
and 7, each pooled (by 3, 4 and 4), two dense layers of 1000 units, 164 sigmoids; unless told otherwise, the window has 1000
bases, as that of DeepSEA, and not Basset's 600. Batch normalisation, which an engine folds into the convolutions, is left out.
"""

import argparse
from pathlib import Path

from make_deepsea import LENGTH, Graph, finished, write

# Filters, their width, and how many positions are pooled.
CONVOLUTIONS = ((300, 19, 3), (200, 11, 4), (200, 7, 4))
HIDDEN, TASKS = 1000, 164


def build(seed, length=LENGTH):
    """The ONNX model and its number of parameters."""
    graph = Graph(seed, False)
    inputs, positions = 4, length
    for number, (filters, width, pool) in enumerate(CONVOLUTIONS, start=1):
        graph.convolution(number, inputs, filters, width)
        graph.pooling(number, pool)
        inputs, positions = filters, (positions - width + 1) // pool
    graph.layer("Flatten", "flat", axis=1)
    graph.dense("fc1", inputs * positions, HIDDEN)
    graph.layer("Relu", "relu4")
    graph.dense("fc2", HIDDEN, HIDDEN)
    graph.layer("Relu", "relu5")
    graph.dense("fc3", HIDDEN, TASKS)
    graph.layer("Sigmoid", "prob")
    return finished(graph, "basset-sized", TASKS, length), graph.parameters


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--length", type=int, default=LENGTH)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    model, parameters = build(arguments.seed, arguments.length)
    write(arguments.out_dir, model, "Basset", TASKS, length=arguments.length)
    print(f"{arguments.out_dir}: {parameters} parameters")


if __name__ == "__main__":
    main()
