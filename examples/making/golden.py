"""Computes golden*.tsv of the examples with ONNX Runtime, without kipos. How to run it: see make.py.

Each file is the table that kipos should write with `--scores ref alt diff --digits 9`: the same columns, one row for
every allele and window. Compare scores within 2e-6 + 2e-5 |x|.

    golden.py           writes the files
    golden.py --check   only says whether the files there agree
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import variants  # noqa: E402

EXAMPLES = Path(__file__).resolve().parent.parent
GENOME = variants.read_fasta(EXAMPLES / "motif-cnn" / "genome.fa")
ALLELES = list(variants.read_alleles(EXAMPLES / "motif-cnn" / "variants.vcf"))
ELEMENTS = list(variants.read_intervals(EXAMPLES / "two-inputs" / "elements.bed"))
GENES = [line.split("\t") for line in (EXAMPLES / "two-inputs" / "genes.bed").read_text().splitlines()]

COLUMNS = ["chrom", "pos", "id", "ref", "alt", "region_id", "region_start", "region_end", "strand", "skip"]
SCORES = ("ref", "alt", "diff")


def one_hot(letters):
    """float32 (length, 4) in the order ACGT; N is 0.25 in all four."""
    return np.array([[0.25] * 4 if x == "N" else [x == y for y in "ACGT"] for x in letters], dtype=np.float32)


def channels_first(letters, _):
    return {"seq": one_hot(letters).T[:, None, :]}


def text(letters, _):
    return {"letters": np.array(list(letters), dtype=object)}


def side_by_side(letters, _):
    return {"seq": one_hot(letters)}


def dna_and_distance(letters, row):
    allele, window = row
    middle = (window.start + window.end) // 2
    distances = [abs(middle - int(start)) for contig, start, *_ in GENES if contig == allele.contig]
    return {"dna": one_hot(letters), "distance": np.array([min(distances)], dtype=np.int64)}


def mean(forward, reverse):
    return (forward + reverse) / 2


def absmax(forward, reverse):
    return np.where(np.abs(reverse) > np.abs(forward), reverse, forward)


@dataclass
class Run:
    """A model, the windows in which it is shown alleles, and what it makes of them."""

    example: str
    file: str
    windows: object  # Allele -> [Window]
    encode: object  # letters, (allele, window) -> inputs by name
    tasks: list
    nowhere: str = "window_outside_contig"  # the reason of an allele without window
    both_strands: bool = False
    merge_diff: object = mean
    rows_per_call: int = 0  # 0: all at once
    snv_only: bool = False


CTCF_AP1 = ["CTCF", "AP1"]
FIRST = dict(example="channels-first", encode=channels_first, tasks=CTCF_AP1)
FIRST |= dict(both_strands=True, merge_diff=absmax, rows_per_call=16)
TEXT = dict(example="text-input", encode=text, tasks=["AP1"], both_strands=True)
ANY = dict(example="any-length", encode=side_by_side, tasks=["best.donor", "best.polyA", "gc.fraction"])
OF_GENES = [f"{output}.{task}" for output in ("activity", "sites") for task in CTCF_AP1]
TWO = dict(example="two-inputs", encode=dna_and_distance, tasks=OF_GENES, snv_only=True)
RUNS = [
    Run(**FIRST, file="golden.tsv", windows=variants.centered(200)),
    Run(**FIRST, file="golden-overlap.tsv", windows=variants.overlapping(200, ELEMENTS, True), nowhere="no_range"),
    Run(**TEXT, file="golden.tsv", windows=variants.centered(101)),
    Run(**TEXT, file="golden-restricted.tsv", windows=variants.restricted(101, ELEMENTS), nowhere="outside_regions"),
    Run(**ANY, file="golden.tsv", windows=variants.centered(150)),
    Run(**ANY, file="golden-overlap.tsv", windows=variants.overlapping(60, ELEMENTS, False), nowhere="no_range"),
    Run(**TWO, file="golden.tsv", windows=variants.overlapping(120, ELEMENTS, True), nowhere="no_range"),
]


def fates(run):
    """Every allele with its window and reason, in the order of the table; a window may be absent."""
    for allele in ALLELES:
        windows = run.windows(allele) if allele.skip == "." else []
        if not windows:
            yield allele, None, run.nowhere if allele.skip == "." else allele.skip
        for window in windows:
            contig = GENOME[allele.contig]
            # An insertion needs less of the genome behind it, a deletion more.
            end = max(window.end, window.end + len(allele.ref) - len(allele.alt))
            if contig[allele.start :][: len(allele.ref)] != allele.ref:
                yield allele, None, "ref_mismatch"
            elif run.snv_only and len(allele.ref) != len(allele.alt):
                yield allele, variants.Window(window.name, "", "", "."), "indel_without_genome"
            elif window.start < 0 or end > len(contig):
                yield allele, None, "window_outside_contig"
            else:
                yield allele, window, "."


def predict(run, session, rows):
    """(sequences, tasks) in double precision: all outputs side by side, in the graph's order."""
    width = run.rows_per_call or len(rows)
    rows = rows + rows[-1:] * (-len(rows) % width)
    names = list(rows[0])
    calls = []
    for first in range(0, len(rows), width):
        batch = {name: np.stack([row[name] for row in rows[first : first + width]]) for name in names}
        calls.append(np.concatenate([np.asarray(output, np.float64) for output in session.run(None, batch)], axis=1))
    return np.concatenate(calls)


def scores(run, rows):
    """Score -> (rows, tasks), for rows of allele and window."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        EXAMPLES / run.example / "model.onnx", options, providers=["CPUExecutionProvider"]
    )
    pairs = [variants.sequences(GENOME[allele.contig], allele, window) for allele, window in rows]
    texts = [letters for pair in pairs for letters in pair]
    both = texts + [variants.reverse_complement(letters) for letters in texts]
    encoded = [run.encode(letters, rows[index % len(texts) // 2]) for index, letters in enumerate(both)]
    answers = predict(run, session, encoded)
    forward, reverse = answers[: len(texts)], answers[len(texts) : 2 * len(texts)]
    strands = (forward, reverse) if run.both_strands else (forward, forward)
    ref, alt = ([strand[first::2] for strand in strands] for first in (0, 1))
    diff = [after - before for after, before in zip(alt, ref, strict=True)]
    return {"ref": mean(*ref), "alt": mean(*alt), "diff": run.merge_diff(*diff)}


def table(run):
    """The text of the golden file."""
    found = list(fates(run))
    shown = [(allele, window) for allele, window, skip in found if skip == "."]
    values = scores(run, shown)
    lines = ["\t".join(COLUMNS + [f"{score}/{task}" for score in SCORES for task in run.tasks])]
    row = 0
    for allele, window, skip in found:
        window = window or variants.Window(".", "", "", ".")
        cells = [*allele.columns, window.name, window.start, window.end, window.strand, skip]
        if skip == ".":
            cells += [f"{value:.9g}" for score in SCORES for value in values[score][row]]
            row += 1
        else:
            cells += [""] * (len(SCORES) * len(run.tasks))
        lines.append("\t".join(map(str, cells)))
    return "\n".join(lines) + "\n"


def agrees(text, other):
    """Same cells, numbers within the tolerance (engines differ in the last digits)."""

    def same(cell, twin):
        try:
            return cell == twin or abs(float(cell) - float(twin)) <= 2e-6 + 2e-5 * abs(float(twin))
        except ValueError:
            return False

    rows, twins = ([line.split("\t") for line in lines.splitlines()] for lines in (text, other))
    return len(rows) == len(twins) and all(
        len(row) == len(twin) and all(map(same, row, twin)) for row, twin in zip(rows, twins, strict=True)
    )


def main():
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the files there, write nothing")
    check = parser.parse_args().check
    wrong = 0
    for run in RUNS:
        path = EXAMPLES / run.example / run.file
        if not check:
            path.write_text(table(run))
        elif not agrees(table(run), path.read_text()):
            print(f"{path} does not agree with what it is made from", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
