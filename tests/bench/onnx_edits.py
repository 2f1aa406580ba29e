#!/usr/bin/env python3
"""What an edited sequence costs kipos, and what a forward pass of the engine does, on networks of full size.

    target/bench/venv/bin/python tests/bench/onnx_edits.py [NETWORK[:WHAT]...]      (needs: numpy, onnx)

Networks are deepsea, basset, basset600, bpnet, chrombpnet, motif-cnn and splice. Of `splice`, SNVs are scored, each in the
middle of a window of its own: far apart, and 100 of one stretch; with edits, and without at the best batch size. Of the
others, WHAT is `maps`: mutation maps, of chrombpnet only 100 positions; `snvs`: SNVs in windows of their own, one or three
alleles in each, of deepsea, basset and bpnet; or `saturation`: all SNVs of a stretch, of basset. All of it, if not given.

Costs are marginal, in processor time (user and system): of a run of many windows less one of a single window. So starting,
reading weights and the first trial do not count; whole commands are printed beside. Medians of alternated rounds, random
weights, both strands. BENCH_ROUNDS and BENCH_THREADS change how often and with how many threads.
"""

import os
import resource
import statistics
import subprocess
import sys

import numpy as np

from edit_networks import LENGTHS, TARGET, WORK, model_of

KIPOS = TARGET / "release" / "kipos"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
THREADS = os.environ.get("BENCH_THREADS", "1")
BATCHES = (1, 8, 32, 64, 256)
# The windows of a map, and the rows of a prediction, beside the single one.
WINDOWS = {"deepsea": 3, "basset": 9, "basset600": 9, "bpnet": 3, "motif-cnn": 1001}
ROWS = {"deepsea": 65, "basset": 129, "basset600": 129, "bpnet": 65, "chrombpnet": 9}
# SNVs so many bases apart, beside a single one: in windows that share nothing, and of one stretch.
SNVS = {"lone SNVs": (61, 15_000), "SNVs of one stretch": (101, 200)}
LONG_BATCHES = (1, 2, 4, 8)
WINDOWS_OF_SNVS = {"deepsea": 1001, "basset": 1001, "bpnet": 201}


def genome():
    path = WORK / "genome.fa"
    if not path.exists():
        bases = np.random.default_rng(1).choice(list("ACGT"), 1_000_000)
        path.write_text(">chr1\n" + "\n".join("".join(bases[i : i + 100]) for i in range(0, len(bases), 100)) + "\n")
    return path


def processor_seconds(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def map_seconds(network, bases, *flags, command="--region"):
    region = f"chr1:10001-{10000 + bases}"
    return processor_seconds(KIPOS, "mutation-map", model_of(network), "--fasta", genome(), command, region,
                             "--output", WORK / "maps.npz", "--threads", THREADS, "--scores", "diff", *flags)


def predict_seconds(network, rows, batch):
    length = LENGTHS[network]
    bed = WORK / f"rows{rows}.bed"
    bed.write_text("".join(f"chr1\t{10000 + 1000 * row}\t{10000 + 1000 * row + length}\n" for row in range(rows)))
    return processor_seconds(KIPOS, "predict", model_of(network), "--fasta", genome(), "--intervals", bed,
                             "--output", WORK / "rows.parquet", "--batch-size", batch, "--threads", THREADS)


def maps_of(network):
    """What an edit of a map costs beside the first window or position, and what whole commands cost."""
    length, windows = LENGTHS[network], WINDOWS[network]
    if network == "chrombpnet":
        counts, command = (1, 101), "--mutate"
    else:
        counts, command = (length, windows * length), "--region"
    one, several = (map_seconds(network, bases, "--edits", "require", command=command) for bases in counts)
    # Three other bases at each position, on both strands.
    edits = 2 * 3 * (counts[1] - counts[0])
    return (several - one) / edits, f"maps of {counts[0]} bases {one:.2f} s, of {counts[1]} {several:.2f} s"


def row_of(network, batch):
    """What a row costs that is predicted as a whole."""
    if network == "motif-cnn":
        # Rows are so small that maps are compared with maps.
        one, several = (map_seconds(network, bases, "--edits", "off", "--batch-size", batch) for bases in (200, 20_200))
        return (several - one) / (2 * 3 * 20_000)
    rows = ROWS[network]
    return (predict_seconds(network, rows, batch) - predict_seconds(network, 1, batch)) / (rows - 1)


def measure_maps(network, best):
    of_edits, of_rows = [], []
    for _ in range(ROUNDS):
        edit, commands = maps_of(network)
        of_edits.append(edit)
        of_rows.append(row_of(network, best))
        print(f"{network}: {commands}; an edit {1e3 * edit:.4f} ms, a row {1e3 * of_rows[-1]:.4f} ms")
    edit, row = statistics.median(of_edits), statistics.median(of_rows)
    print(f"{network}: an edit {1e3 * edit:.4f} ms, a forward pass {1e3 * row:.4f} ms (batch {best}): "
          f"{row / edit:.1f} times ({THREADS} threads, {ROUNDS} rounds)")


def snvs(count, apart, alleles=1):
    """A VCF of so many SNVs, each with so many ALTs."""
    path = WORK / f"snvs{count}_{apart}_{alleles}.vcf"
    bases = "".join(genome().read_text().split("\n")[1:])
    positions = [20_000 + apart * number for number in range(count)]
    # POS is 1-based.
    others = lambda at: ",".join([base for base in "ACGT" if base != bases[at]][:alleles])
    line = lambda at: f"chr1\t{at + 1}\t.\t{bases[at]}\t{others(at)}\t.\t.\t.\n"
    header = f"##fileformat=VCFv4.2\n##contig=<ID=chr1,length={len(bases)}>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    path.write_text(header + "".join(map(line, positions)))
    return path


def score_seconds(network, vcf, *flags):
    return processor_seconds(KIPOS, "score-variants", model_of(network), "--vcf", vcf, "--fasta", genome(),
                             "-o", WORK / "scores.tsv", "--scores", "diff", "--threads", THREADS, *flags)


def measure_snvs(network, best):
    """SNVs in windows that share nothing: what each window costs with edits, and without at the best batch size."""
    count = WINDOWS_OF_SNVS[network]
    for alleles in (1, 3):
        costs = {"require": [], "off": []}
        for _ in range(ROUNDS):
            for edits, flags in (("require", []), ("off", ["--batch-size", best])):
                several, one = (score_seconds(network, snvs(windows, 900_000 // count, alleles), "--edits", edits, *flags)
                                for windows in (count, 1))
                costs[edits].append((several - one) / (count - 1))
                print(f"{network}: {count} windows of {alleles} SNVs, --edits {edits}: {several:.2f} s, of 1 {one:.2f} s")
        with_edits, without = (statistics.median(costs[edits]) for edits in ("require", "off"))
        print(f"{network}: windows of {alleles} SNVs: {1e3 * with_edits:.2f} ms each with edits, {1e3 * without:.2f} ms "
              f"without (batch {best}): {without / with_edits:.2f} times ({THREADS} threads, {ROUNDS} rounds)")


def measure_saturation(network, bases=10_000):
    """All SNVs of a stretch, in tiles."""
    def seconds(length):
        return processor_seconds(KIPOS, "saturate", model_of(network), "--fasta", genome(), "--regions",
                                 f"chr1:100001-{100_000 + length}", "-o", WORK / "snvs.tsv.gz", "--scores", "diff",
                                 "--threads", THREADS)

    rounds = [(seconds(bases), seconds(10)) for _ in range(ROUNDS)]
    cost = statistics.median(several - one for several, one in rounds)
    print(f"{network}: {3 * bases} SNVs of a stretch in {rounds[0][0]:.2f} s, 30 in {rounds[0][1]:.2f} s: "
          f"{3 * (bases - 10) / cost:.0f} SNVs for each second of a processor, both strands")


def measure_splice():
    def each(count, apart, *flags):
        """What each SNV costs beside the first, and the whole command."""
        alone, command = (score_seconds("splice", snvs(many, apart), *flags) for many in (1, count))
        return (command - alone) / (count - 1), command

    whole = lambda batch: each(5, 40_000, "--edits", "off", "--batch-size", batch)[0]
    best = min(LONG_BATCHES, key=whole)
    for what, (count, apart) in SNVS.items():
        costs = {"require": [], "off": []}
        for _ in range(ROUNDS):
            for edits, flags in (("require", []), ("off", ["--batch-size", best])):
                cost, command = each(count, apart, "--edits", edits, *flags)
                costs[edits].append(cost)
                print(f"splice: {count} {what}, --edits {edits}: {command:.2f} s; an SNV {1e3 * cost:.1f} ms")
        with_edits, without = (statistics.median(costs[edits]) for edits in ("require", "off"))
        print(f"splice: {what}: {1e3 * with_edits:.1f} ms each with edits, {1e3 * without:.1f} ms without (batch {best}): "
              f"{without / with_edits:.1f} times ({THREADS} threads, {ROUNDS} rounds)")


def measure(network, what):
    if network == "splice":
        return measure_splice()
    best = min(BATCHES, key=lambda batch: row_of(network, batch))
    if what in ("maps", ""):
        measure_maps(network, best)
    if what in ("snvs", "") and network in WINDOWS_OF_SNVS:
        measure_snvs(network, best)
    if what in ("saturation", "") and network == "basset":
        measure_saturation(network)


def main():
    if not KIPOS.exists():
        sys.exit(f"{KIPOS} does not exist; run `cargo xtask test` first")
    WORK.mkdir(parents=True, exist_ok=True)
    for word in sys.argv[1:] or [*LENGTHS, "splice"]:
        network, _, what = word.partition(":")
        measure(network, what)


if __name__ == "__main__":
    main()
