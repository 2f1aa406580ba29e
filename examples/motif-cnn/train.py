"""Makes every generated file of this model directory: model.onnx, genome.fa, variants.vcf, expected.tsv.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python train.py            # about a minute; writes beside this file
    venv/bin/python train.py --check    # trains nothing: do the files here still agree?

All random numbers come from fixed seeds and the linear algebra runs on one thread: a second run on
the same machine writes the same bytes. (Another processor may round a sum differently.)
"""

import argparse
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read once, when NumPy is imported
sys.dont_write_bytecode = True  # a model directory should hold nothing but the model

import numpy as np  # noqa: E402

from training import network, reference_scores, sequences  # noqa: E402
from training.demo_data import make_demo_data  # noqa: E402
from training.motifs import MOTIFS, one_hot  # noqa: E402
from training.onnx_file import write_onnx  # noqa: E402

TRAINING_SEED, HELD_OUT_SEED, WEIGHT_SEED, DEMO_SEED = 1, 2, 3, 4
TRAINING_SEQUENCES, HELD_OUT_SEQUENCES = 100_000, 10_000
STEPS, BATCH = 8_000, 256
FIRST_RATE, LAST_RATE = 0.02, 1e-4


def train():
    """Parameters after STEPS steps of Adam; the learning rate falls along half a cosine."""
    rng = np.random.default_rng(TRAINING_SEED)
    codes, labels = sequences.labelled_batch(rng, TRAINING_SEQUENCES)
    parameters = network.initial_parameters(np.random.default_rng(WEIGHT_SEED), len(MOTIFS))
    optimiser = network.Adam(parameters)
    for step in range(STEPS):
        rows = rng.integers(0, TRAINING_SEQUENCES, size=BATCH)
        rate = LAST_RATE + (FIRST_RATE - LAST_RATE) * (1 + np.cos(np.pi * step / STEPS)) / 2
        loss, gradient = network.gradients(parameters, one_hot(codes[rows]), labels[rows])
        optimiser.update(parameters, gradient, rate)
        if step % 1000 == 999:
            print(f"step {step + 1:5}  loss {loss:.4f}")
    return parameters


def area_under_curve(probability, positive):
    """Area under the ROC curve: how often a positive outranks a negative (ties count half)."""
    _, inverse, counts = np.unique(probability, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = positive.sum()
    negatives = len(positive) - positives
    return (rank[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def report_held_out(parameters):
    """Print accuracy and AUC on sequences that training never saw."""
    rng = np.random.default_rng(HELD_OUT_SEED)
    codes, labels = sequences.labelled_batch(rng, HELD_OUT_SEQUENCES)
    probability = network.predict(parameters, one_hot(codes))
    for task, motif in enumerate(MOTIFS):
        positive = labels[:, task] > 0.5
        wrong = ((probability[:, task] > 0.5) != positive).sum()
        auc = area_under_curve(probability[:, task], positive)
        print(
            f"held out, {motif.name}: {positive.sum()} of {len(positive)} positive, "
            f"{wrong} wrong, accuracy {1 - wrong / len(positive):.4f}, AUC {auc:.5f}"
        )


def expected_table(folder):
    """Score the folder's VCF with the folder's model; check that the effects are as tagged."""
    alleles = reference_scores.read_alleles(
        (folder / "genome.fa").read_text(), (folder / "variants.vcf").read_text()
    )
    reference_scores.score(folder / "model.onnx", alleles)
    weakest, largest = reference_scores.check_effects(alleles)
    scored = sum(allele.scores is not None for allele in alleles)
    print(f"{scored} alleles scored, {len(alleles) - scored} skipped")
    print(f"weakest |DIFF| where a site comes or goes: {weakest:.3f}; largest elsewhere: {largest:.4f}")
    return reference_scores.table(alleles)


def agrees(table, other):
    """Same cells, numbers within 2e-6 + 2e-5 |x| (engines differ in the last digits)."""

    def same(cell, twin):
        if cell == twin:
            return True
        try:
            return abs(float(cell) - float(twin)) <= 2e-6 + 2e-5 * abs(float(twin))
        except ValueError:
            return False

    rows, twins = ([line.split("\t") for line in text.splitlines()] for text in (table, other))
    return len(rows) == len(twins) and all(
        len(row) == len(twin) and all(map(same, row, twin))
        for row, twin in zip(rows, twins, strict=True)
    )


def main():
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="output folder")
    parser.add_argument("--check", action="store_true", help="check the files there, train nothing")
    arguments = parser.parse_args()
    folder = arguments.out
    if arguments.check:
        if agrees(expected_table(folder), (folder / "expected.tsv").read_text()):
            print("expected.tsv agrees")
            return 0
        print("expected.tsv does not agree with model.onnx, genome.fa and variants.vcf", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    parameters = train()
    report_held_out(parameters)
    write_onnx(parameters, folder / "model.onnx")
    fasta, vcf = make_demo_data(DEMO_SEED)
    (folder / "genome.fa").write_text(fasta)
    (folder / "variants.vcf").write_text(vcf)
    (folder / "expected.tsv").write_text(expected_table(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
