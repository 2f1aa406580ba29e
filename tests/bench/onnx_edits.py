#!/usr/bin/env python3
"""What an edited sequence costs kipos, and what a forward pass of the engine does, on networks of full size.

    target/bench/venv/bin/python tests/bench/onnx_edits.py [deepsea] [basset] [bpnet] [splice]      (needs: numpy, onnx)

`splice` scores SNVs, each in the middle of a window of its own: far apart, and 100 of one stretch; with edits, and without
at the best batch size. Of the others, mutation maps are made, SNVs in windows of their own are scored, one or three alleles
in each, and of Basset all SNVs of a stretch.

Costs are marginal, in processor time (user and system): of a run of many windows less one of a single window. So starting,
reading weights and the first trial do not count; whole commands are printed beside. Medians of alternated rounds, random
weights, both strands. BENCH_ROUNDS and BENCH_THREADS change how often and with how many threads.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
KIPOS = TARGET / "release" / "kipos"
WORK = TARGET / "bench" / "edits"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
THREADS = os.environ.get("BENCH_THREADS", "1")
BATCHES = (1, 8, 32, 64)
# The length of a window, the windows of a map and the rows of a prediction beside the single one.
NETWORKS = {"deepsea": (1000, 3, 65), "basset": (1000, 9, 129), "bpnet": (2114, 3, 65)}
# SNVs so many bases apart, beside a single one: in windows that share nothing, and of one stretch.
SNVS = {"lone SNVs": (61, 15_000), "SNVs of one stretch": (101, 200)}
LONG_BATCHES = (1, 2, 4, 8)
WINDOWS_OF_SNVS = {"deepsea": 1001, "basset": 1001, "bpnet": 201}

sys.path.insert(0, str(ROOT / "tests" / "models"))


def bpnet():
    """Eight dilated convolutions of 64 channels, each added to its input; a profile of two strands and two counts."""
    from make_deepsea import Graph

    length, channels = NETWORKS["bpnet"][0], 64
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
    directory = WORK / network
    if (directory / "model.yaml").exists():
        return directory
    if network != "bpnet":
        script = ROOT / "tests" / "models" / f"make_{network}.py"
        subprocess.run([sys.executable, str(script), str(directory)], check=True)
        return directory
    from make_deepsea import MODEL_YAML

    model, tasks = bpnet()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    length = NETWORKS[network][0]
    yaml = MODEL_YAML.format(network="BPNet", length=length, dummy_axis="", shape=(4, length), tasks=tasks)
    (directory / "model.yaml").write_text(yaml)
    return directory


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


def map_seconds(network, windows):
    length = NETWORKS[network][0]
    region = f"chr1:10001-{10000 + length * windows}"
    return processor_seconds(KIPOS, "mutation-map", model_of(network), "--fasta", genome(), "--region", region,
                             "--output", WORK / "maps.npz", "--threads", THREADS, "--scores", "diff")


def predict_seconds(network, rows, batch):
    length = NETWORKS[network][0]
    bed = WORK / f"rows{rows}.bed"
    bed.write_text("".join(f"chr1\t{10000 + 1000 * row}\t{10000 + 1000 * row + length}\n" for row in range(rows)))
    return processor_seconds(KIPOS, "predict", model_of(network), "--fasta", genome(), "--intervals", bed,
                             "--output", WORK / "rows.parquet", "--batch-size", batch, "--threads", THREADS)


def measure(network):
    length, windows, rows = NETWORKS[network]
    # Three other bases at each position, on both strands.
    edits = 2 * 3 * length
    row = lambda batch: (predict_seconds(network, rows, batch) - predict_seconds(network, 1, batch)) / (rows - 1)
    best = min(BATCHES, key=row)
    of_edits, of_rows = [], []
    for _ in range(ROUNDS):
        one, several = map_seconds(network, 1), map_seconds(network, windows)
        of_edits.append((several - one) / (windows - 1) / edits)
        of_rows.append(row(best))
        print(f"{network}: a map of 1 window {one:.2f} s, of {windows} {several:.2f} s; an edit "
              f"{1e3 * of_edits[-1]:.3f} ms, a row {1e3 * of_rows[-1]:.3f} ms")
    edit, row_cost = statistics.median(of_edits), statistics.median(of_rows)
    print(f"{network}: an edit {1e3 * edit:.3f} ms, a forward pass {1e3 * row_cost:.3f} ms (batch {best}): "
          f"{row_cost / edit:.1f} times ({THREADS} threads, {ROUNDS} rounds)")
    measure_snvs(network, best)
    if network == "basset":
        measure_saturation(network)


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


def main():
    if not KIPOS.exists():
        sys.exit(f"{KIPOS} does not exist; run `cargo xtask test` first")
    WORK.mkdir(parents=True, exist_ok=True)
    for network in sys.argv[1:] or [*NETWORKS, "splice"]:
        measure_splice() if network == "splice" else measure(network)


if __name__ == "__main__":
    main()
