"""Computes predictions.tsv and predictions.h5 of the examples with ONNX Runtime, without kipos. How to run it: see make.py.

They are what `kipos model test` compares with: `test.expect` of each model.yaml names them. The samples are the examples
that each dataloader.yaml gives; of two-inputs, whose loader is written in Python, those that its loader gives.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import variants  # noqa: E402
from golden import one_hot  # noqa: E402

EXAMPLES = Path(__file__).resolve().parent.parent
GENOME = variants.read_fasta(EXAMPLES / "motif-cnn" / "genome.fa")


def sequences(bed, length=None):
    """The letters of all intervals, grown or cut to a length around their middle."""
    for contig, interval in variants.read_intervals(EXAMPLES / bed):
        start, end = interval.start, interval.end
        if length:
            start = (start + end) // 2 - length // 2
            end = start + length
        yield GENOME[contig][start:end]


def run(example, inputs, rows_per_call=None):
    """Output name -> predictions, in the graph's order."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        EXAMPLES / example / "model.onnx", options, providers=["CPUExecutionProvider"]
    )
    rows = len(next(iter(inputs.values())))
    width = rows_per_call or rows
    calls = []
    for first in range(0, rows, width):
        part = {name: values[first : first + width] for name, values in inputs.items()}
        # The last batch is filled up with its last row.
        part = {name: np.concatenate([x, np.repeat(x[-1:], width - len(x), axis=0)]) for name, x in part.items()}
        calls.append(session.run(None, part))
    names = [output.name for output in session.get_outputs()]
    return {name: np.concatenate(parts)[:rows] for name, parts in zip(names, zip(*calls, strict=True), strict=True)}


def write_table(example, predictions):
    """A column for every task, by number; those of several outputs carry the output's name."""
    path = EXAMPLES / example / "predictions.tsv"
    names, columns = [], []
    for output, values in predictions.items():
        above = "preds" if len(predictions) == 1 else f"preds/{output}"
        names += [f"{above}/{task}" for task in range(values.shape[1])]
        columns += list(values.T)
    lines = ["\t".join(names)] + ["\t".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join(lines) + "\n")


def write_arrays(example, inputs, predictions):
    """Inputs and predictions, as Kipoi writes them."""
    with h5py.File(EXAMPLES / example / "predictions.h5", "w", track_order=False) as file:
        for group, arrays in (("inputs", inputs), ("preds", predictions)):
            for name, values in arrays.items():
                file.create_dataset(f"{group}/{name}", data=values, compression="gzip", track_times=False)


def main():
    elements = "two-inputs/elements.bed"
    rows = np.stack([one_hot(letters) for letters in sequences("motif-cnn/intervals.bed", 200)])
    write_table("motif-cnn", run("motif-cnn", {"seq": rows}))
    rows = np.stack([one_hot(letters).T[:, None, :] for letters in sequences(elements, 200)])
    write_table("channels-first", run("channels-first", {"seq": rows}, rows_per_call=16))
    rows = np.array([list(letters) for letters in sequences(elements, 101)], dtype=object)
    write_table("text-input", run("text-input", {"letters": rows}))
    rows = np.stack([one_hot(letters) for letters in sequences(elements)])
    write_table("any-length", run("any-length", {"seq": rows}))
    with h5py.File(EXAMPLES / "two-inputs" / "batches.h5") as file:
        inputs = {name: file["inputs"][name][:] for name in ("dna", "distance")}
    wide = {**inputs, "distance": inputs["distance"].astype("int64")}
    write_arrays("two-inputs", inputs, run("two-inputs", wide))


if __name__ == "__main__":
    main()
