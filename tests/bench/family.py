#!/usr/bin/env python3
"""Times a family of five members against five single runs.

    tests/bench/family.py            (standard library only)

Build first: `cargo xtask test` leaves binary and plugins in target/release. The members are five copies of the graph of
`examples/motif-cnn`, scored on a synthetic genome (tests/models/make_genome.py) with edited rows run as a whole, so that the
engine does the work. Every pair is five single runs, then one of the family; what the single runs have more than once is
their start: a run over a VCF without records. The family should cost no more than

    1.02 x (five single runs - four starts)

of user plus system time: variants and genome are read once, and combining five predictions is next to nothing.
FAMILY_VARIANTS (20000) and FAMILY_PAIRS (3) change the size.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
KIPOS = TARGET / "release" / "kipos"
EXAMPLE = ROOT / "examples" / "motif-cnn"
VARIANTS = int(os.environ.get("FAMILY_VARIANTS", "20000"))
PAIRS = int(os.environ.get("FAMILY_PAIRS", "3"))
MEMBERS = 5
LIMIT = 1.02


def cpu(command):
    """User plus system seconds of a command."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed: {errors.decode()}")
    return usage.ru_utime + usage.ru_stime


def models(work):
    """The single model and the family."""
    single, family = work / "single", work / "family"
    for model in (single, family):
        model.mkdir()
        for name in ("model.yaml", "dataloader.yaml"):
            shutil.copy(EXAMPLE / name, model / name)
    shutil.copy(EXAMPLE / "model.onnx", single / "model.onnx")
    names = [f"fold{number}.onnx" for number in range(MEMBERS)]
    for name in names:
        shutil.copy(EXAMPLE / "model.onnx", family / name)
    text = (family / "model.yaml").read_text()
    if text.count("file: model.onnx") != 1:
        sys.exit(f"{EXAMPLE / 'model.yaml'} has no `file: model.onnx` to replace")
    (family / "model.yaml").write_text(text.replace("file: model.onnx", f"files: [{', '.join(names)}]"))
    return single, family


def main():
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        data = work / "genome"
        make = [sys.executable, ROOT / "tests/models/make_genome.py", data, "--contigs", 2, "--length", 2_000_000]
        subprocess.run([str(part) for part in [*make, "--variants", VARIANTS]], check=True)
        header = [line for line in open(data / "variants.vcf") if line.startswith("#")]
        (work / "none.vcf").write_text("".join(header))
        single, family = models(work)

        def score(model, vcf=data / "variants.vcf"):
            return cpu([KIPOS, "score-variants", model, "--vcf", vcf, "--fasta", data / "genome.fa", "--edits", "off",
                        "--threads", 1, "--output", work / "scored.vcf"])

        # Indexes and digests are made once.
        score(single, work / "none.vcf")
        ratios = []
        for pair in range(PAIRS):
            start = score(single, work / "none.vcf")
            singles = sum(score(single) for _ in range(MEMBERS))
            whole = score(family)
            allowed = singles - (MEMBERS - 1) * start
            ratios.append(whole / allowed)
            print(f"pair {pair + 1}: five runs {singles:.2f} s, a start {start:.2f} s, family {whole:.2f} s, "
                  f"ratio {ratios[-1]:.3f}")
        median = statistics.median(ratios)
        print(f"family: median ratio {median:.3f} of five runs without four starts (limit {LIMIT})")
        sys.exit(median > LIMIT)


if __name__ == "__main__":
    main()
