#!/usr/bin/env python3
"""Times whole runs of kipos, next to the raw engine on the same machine in the same minutes.

    python3 -m venv target/bench/venv && target/bench/venv/bin/pip install -r tests/bench/requirements.txt
    target/bench/venv/bin/python tests/bench/whole_command.py [model] [predict] [map] [host] [growth]

BENCH_VARIANTS, BENCH_INTERVALS, BENCH_WINDOWS and BENCH_NETWORKS (`deepsea basset`) change the size of a part. Build first:
`cargo xtask test` leaves binary, plugins and test plugins in target/release.

- model:  a DeepSEA-sized CNN, both strands, 1 000 SNVs. Raw time is onnxruntime from Python: session creation and
          exactly the forward passes that are needed, at the batch size that is best for it, with the same number of
          threads. kipos and the raw engine alternate; the ratio is the median over the pairs.
- predict: the same model and raw engine, 4 000 intervals of 1 000 bases through SeqIntervalDl into a TSV.
- map:    the same model, one of the size of Basset, and the same raw engine: mutation maps of windows of 1 000 bases, both
          strands: 3 alleles for each base and the reference. Also the bytes of HDF5 for each window, and the time from
          the start of a map to its PNG with the small model of the examples.
- host:   everything but the model: windows of 1 000 bases, float32, one strand, `diff`, one task, a stub backend
          that does O(1) work a row. Variants per second of user plus system time.
- growth: time and peak resident memory of the same at 10 000, 100 000 and 1 000 000 variants.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
KIPOS = TARGET / "release" / "kipos"
WORK = TARGET / "bench"
MODELS = ROOT / "tests" / "models"
THREADS = len(os.sched_getaffinity(0))
PAIRS = 3

STUB_MODEL = """\
type: stub
args: {mode: probe}
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args: {auto_resize_len: 1000}
info: {authors: [{name: kipos}], doc: constant work per row}
schema:
  inputs: {name: seq, shape: "(1000, 4)", special_type: DNASeq, doc: one-hot DNA}
  targets: {name: y, shape: "(1,)", doc: a number}
"""


def run(command, **options):
    """Runs a command to its end: (wall seconds, user + system seconds, peak MiB)."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE, **options)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status != 0:
        sys.exit(f"{command[0]} failed: {errors.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def genome(variants, length):
    """A synthetic genome with that many SNVs on it."""
    out = WORK / f"genome_{variants}"
    if not (out / "variants.vcf").exists():
        command = [sys.executable, MODELS / "make_genome.py", out, "--contigs", 2, "--length", length]
        subprocess.run([str(part) for part in [*command, "--variants", variants]], check=True)
    return out


def score(model, data, *flags):
    return [KIPOS, "score-variants", model, "--vcf", data / "variants.vcf", "--fasta", data / "genome.fa",
            "--output", WORK / "scored.vcf", *flags]


def raw_forward(model_file, rows, batch):
    """Session creation and `rows` forward rows; run in a process of its own, as kipos is."""
    code = f"""
import numpy, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = {THREADS}
session = onnxruntime.InferenceSession({str(model_file)!r}, options, providers=["CPUExecutionProvider"])
shape = session.get_inputs()[0].shape[1:]
batch = numpy.zeros(({batch}, *shape), dtype=numpy.float32)
batch[:, 0] = 1
for start in range(0, {rows}, {batch}):
    session.run(None, {{session.get_inputs()[0].name: batch[: {rows} - start]}})
"""
    return [sys.executable, "-c", code]


def raw_seconds(model_file, rows, batch):
    """Wall time of the raw engine without the start of the Python interpreter and its imports."""
    start = run([sys.executable, "-c", "import numpy, onnxruntime"])[0]
    return run(raw_forward(model_file, rows, batch))[0] - start


def bench_model():
    variants = int(os.environ.get("BENCH_VARIANTS", "1000"))
    model = WORK / "deepsea"
    if not (model / "model.yaml").exists():
        subprocess.run([sys.executable, str(MODELS / "make_deepsea.py"), str(model)], check=True)
    data = genome(variants, 2_000_000)
    # Every SNV has a window of its own: reference and alternate row, on both strands.
    rows = 4 * variants
    file = model / "model.onnx"
    trial = 256
    best = min([8, 16, 32, 64, 128], key=lambda batch: raw_seconds(file, trial, batch))
    print(f"raw engine: best batch size {best} of 8 16 32 64 128")
    ratios = []
    for pair in range(PAIRS):
        raw = raw_seconds(file, rows, best)
        wall, cpu, peak = run(score(model, data, "--batch-size", best, "--threads", THREADS, "--scores", "diff"))
        ratios.append(wall / raw)
        print(f"pair {pair + 1}: raw {raw:.2f} s, kipos {wall:.2f} s, ratio {wall / raw:.3f}, "
              f"{variants / wall:.1f} variants/s, peak {peak:.0f} MiB")
    print(f"model: median ratio kipos / raw engine {statistics.median(ratios):.3f} ({THREADS} threads, {rows} rows)")


def bench_predict():
    intervals = int(os.environ.get("BENCH_INTERVALS", "4000"))
    model = WORK / "deepsea"
    if not (model / "model.yaml").exists():
        subprocess.run([sys.executable, str(MODELS / "make_deepsea.py"), str(model)], check=True)
    data = genome(1000, 2_000_000)
    contig = next(open(data / "genome.fa")).split()[0][1:]
    bed = WORK / "intervals.bed"
    bed.write_text("".join(f"{contig}\t{1000 + 150 * i}\t{2000 + 150 * i}\n" for i in range(intervals)))
    file = model / "model.onnx"
    best = min([8, 16, 32, 64, 128], key=lambda batch: raw_seconds(file, 256, batch))
    print(f"raw engine: best batch size {best} of 8 16 32 64 128")
    ratios = []
    for pair in range(PAIRS):
        raw = raw_seconds(file, intervals, best)
        wall, cpu, peak = run([KIPOS, "predict", model, "--fasta", data / "genome.fa", "--intervals", bed,
                               "--output", WORK / "predictions.tsv", "--batch-size", best, "--threads", THREADS])
        ratios.append(wall / raw)
        print(f"pair {pair + 1}: raw {raw:.2f} s, kipos {wall:.2f} s, ratio {wall / raw:.3f}, "
              f"{intervals / wall:.1f} intervals/s, peak {peak:.0f} MiB")
    print(f"predict: median ratio kipos / raw engine {statistics.median(ratios):.3f} ({THREADS} threads)")


def bench_map():
    windows = int(os.environ.get("BENCH_WINDOWS", "2"))
    for network in os.environ.get("BENCH_NETWORKS", "deepsea basset").split():
        map_windows(network, windows)
    map_cold_start()


def map_windows(network, windows):
    """Maps of a network's windows of 1 000 bases against the raw engine on the same sequences."""
    model = WORK / network
    if not (model / "model.yaml").exists():
        subprocess.run([sys.executable, str(MODELS / f"make_{network}.py"), str(model)], check=True)
    data = genome(1000, 2_000_000)
    contig = next(open(data / "genome.fa")).split()[0][1:]
    region = f"{contig}:10001-{10000 + 1000 * windows}"
    file = model / "model.onnx"
    best = min([8, 16, 32, 64, 128], key=lambda batch: raw_seconds(file, 256, batch))
    print(f"{network}: raw engine: best batch size {best} of 8 16 32 64 128")
    # The sequence and three others for each of its bases, on both strands.
    rows = windows * 2 * (3 * 1000 + 1)
    ratios = []
    for pair in range(PAIRS):
        raw = raw_seconds(file, rows, best)
        wall, cpu, peak = run([KIPOS, "mutation-map", model, "--fasta", data / "genome.fa", "--region", region,
                               "--output", WORK / "maps.h5", "--batch-size", best, "--threads", THREADS,
                               "--scores", "diff"])
        ratios.append(wall / raw)
        print(f"{network}: pair {pair + 1}: raw {raw:.2f} s, kipos {wall:.2f} s, ratio {wall / raw:.3f}, "
              f"{wall / windows:.2f} s/window, peak {peak:.0f} MiB")
    size = (WORK / "maps.h5").stat().st_size / windows
    print(f"map: {network}: median ratio kipos / raw engine {statistics.median(ratios):.3f} ({THREADS} threads, "
          f"{rows} rows), {size:.0f} bytes of HDF5 a window")


def map_cold_start():
    """From nothing to the PNG of a map, with the small model of the examples."""
    model = ROOT / "examples" / "motif-cnn"
    maps, picture = WORK / "motif.h5", WORK / "motif.png"
    walls = []
    for _ in range(5):
        for file in (maps, picture):
            file.unlink(missing_ok=True)
        wall = run([KIPOS, "mutation-map", model, "--fasta", model / "genome.fa", "--region", "synth1:606-805",
                    "--scores", "diff", "--output", maps])[0]
        wall += run([KIPOS, "plot", "mutation-map", maps, "--model-output", "CTCF", "--output", picture])[0]
        walls.append(wall)
    print(f"map: motif-cnn: from start to picture {statistics.median(walls):.2f} s (median of {len(walls)}, "
          f"longest {max(walls):.2f} s)")


def stub_run(variants):
    model = WORK / "stub"
    model.mkdir(parents=True, exist_ok=True)
    (model / "model.yaml").write_text(STUB_MODEL)
    plugins = WORK / "plugins"
    plugins.mkdir(exist_ok=True)
    library = plugins / "libkipos_plugin_test_stub.so"
    library.write_bytes((TARGET / "release" / "libtest_stub.so").read_bytes())
    # As dense whatever their number: how far the reader gets ahead depends on it.
    data = genome(variants, 50 * variants)
    return run(["env", f"KIPOS_PLUGIN_PATH={plugins}", *score(model, data, "--scores", "diff")])


def bench_host():
    variants = 100_000
    stub_run(variants)
    runs = [stub_run(variants) for _ in range(5)]
    cpu = statistics.median(cpu for _, cpu, _ in runs)
    wall = statistics.median(wall for wall, _, _ in runs)
    print(f"host: {variants / cpu:.0f} variants per second of user+sys time, {variants / wall:.0f} per second of wall "
          f"time (median of {len(runs)}, {variants} SNVs)")


def bench_growth():
    runs = {variants: [stub_run(variants) for _ in range(3)] for variants in (10_000, 100_000, 1_000_000)}
    peaks = {variants: statistics.median(peak for _, _, peak in done) for variants, done in runs.items()}
    for variants, done in runs.items():
        wall = statistics.median(wall for wall, _, _ in done)
        cpu = statistics.median(cpu for _, cpu, _ in done)
        print(f"growth: {variants} SNVs: {wall:.2f} s, {cpu:.2f} s of user+sys time, {cpu / variants * 1e6:.2f} µs each, "
              f"peak {peaks[variants]:.1f} MiB")
    print(f"growth: peak at 1 000 000 over peak at 10 000: {peaks[1_000_000] / peaks[10_000]:.3f}")


def main():
    if not KIPOS.exists():
        sys.exit(f"{KIPOS} does not exist; run `cargo xtask test` first")
    WORK.mkdir(parents=True, exist_ok=True)
    benches = {"host": bench_host, "growth": bench_growth, "model": bench_model, "predict": bench_predict,
               "map": bench_map}
    for name in sys.argv[1:] or benches:
        benches[name]()


if __name__ == "__main__":
    main()
