#!/usr/bin/env python3
"""What edits cost before the first of them, and the memory that they take, on networks of full size.

    target/bench/venv/bin/python tests/bench/edits_start.py [deepsea] [basset] [bpnet]      (needs: numpy, onnx)

The start is the processor time (user and system) of scoring a VCF without records, with `--edits require` less with
`--edits off`: plan, weights and the trial against the engine, then without the trial, whose verdict an earlier run kept.
Medians of alternated rounds. Memory is that of a mutation map of three windows: the highest that the system saw (VmHWM), and
the highest of the last half of the run, when everything is loaded. BENCH_ROUNDS and BENCH_THREADS as in onnx_edits.py.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import onnx_edits as bench
from edit_networks import LENGTHS, WORK, model_of

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def start_seconds(network, edits):
    vcf = WORK / "none.vcf"
    vcf.write_text(HEADER)
    return bench.processor_seconds(bench.KIPOS, "score-variants", model_of(network), "--vcf", vcf, "--fasta",
                                   bench.genome(), "--output", WORK / "none.out.vcf", "--scores", "diff",
                                   "--threads", bench.THREADS, "--edits", edits)


def measure_start(network):
    tried, known = [], []
    for _ in range(bench.ROUNDS):
        with tempfile.TemporaryDirectory() as state:
            os.environ["XDG_STATE_HOME"] = state
            # The first run of a state directory also tries the plugins and digests the files.
            off = [start_seconds(network, "off") for _ in range(2)][1]
            tried.append(start_seconds(network, "require") - off)
            known.append(start_seconds(network, "require") - off)
    print(f"{network}: edits take {statistics.median(tried):.2f} s before the first, {statistics.median(known):.2f} s "
          f"where the verdict is known ({bench.THREADS} threads, {bench.ROUNDS} rounds)")


def status(process, key):
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(key + ":")), None)


def measure_memory(network):
    length = LENGTHS[network]
    command = [bench.KIPOS, "mutation-map", model_of(network), "--fasta", bench.genome(), "--region",
               f"chr1:10001-{10000 + 3 * length}", "--output", WORK / "maps.npz", "--threads", bench.THREADS,
               "--scores", "diff", "--edits", "require"]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen, highest = [], 0
    while process.poll() is None:
        seen.append(status(process, "VmRSS") or 0)
        highest = status(process, "VmHWM") or highest
        time.sleep(0.02)
    if process.returncode != 0:
        sys.exit(f"{network}: the map failed")
    weights = sum(file.stat().st_size for file in model_of(network).iterdir()) / 2**20
    print(f"{network}: {weights:.0f} MiB of weights; at most {highest:.0f} MiB, {max(seen[len(seen) // 2:]):.0f} MiB in "
          f"the last half of the run")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    for network in sys.argv[1:] or ("deepsea", "basset", "bpnet"):
        measure_start(network)
        measure_memory(network)


if __name__ == "__main__":
    main()
