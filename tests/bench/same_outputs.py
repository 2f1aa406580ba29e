"""Runs two builds of kipos side by side and compares every file that they write, byte by byte.

    same_outputs.py OLD NEW      (two executables `kipos`, each with its plugins beside it; standard library only)

For a change that must not change results. All examples, the reference models and the graphs of tests/models are scored,
mapped, predicted and differentiated in every output format, in both spellings. Files that differ are listed with the
first line that differs (text) or the number of bytes (binary); the exit status is 1 then. Texts that differ only in how
equal numbers are spelt are listed apart. Summaries are compared without
times.
"""

import gzip
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
EXAMPLES = PROJECT / "examples"
MOTIF = EXAMPLES / "motif-cnn"
INPUTS = EXAMPLES / "two-inputs"
REFERENCE = PROJECT / "tests/reference"
GENOME = ["--fasta", MOTIF / "genome.fa"]
VARIANTS = ["--vcf", MOTIF / "variants.vcf"]
TABLES = ["vcf", "vcf.gz", "bcf", "tsv", "tsv.gz", "parquet", "h5"]
PREDICTIONS = ["tsv", "tsv.gz", "bed", "parquet", "h5"]

# A description for each graph of tests/models that reads DNA: input, its shape, output, its shape, more keys.
GRAPHS = {
    "profile": ("seq", "(10, 4)", "profile", "(10, 2)"),
    "letters_f64": ("seq", "(12, 4)", "y", "()"),
    "letters_i64": ("seq", "(12, 4)", "y", "()"),
    "position_weights": ("seq", "(8, 4)", "y", "()"),
    "channels_first": ("seq", "(4, 12)", "y", "(1,)"),
}
LOADER = """defined_as: kipoiseq.dataloaders.SeqIntervalDl
default_args: {auto_resize_len: %d, alphabet_axis: %d, dummy_axis: null}
"""
MODEL = """type: onnx
args: {file: %s}
default_dataloader: .
info: {doc: A graph with an answer in closed form}
schema:
  inputs: {name: %s, shape: "%s", special_type: DNASeq}
  targets: {name: %s, shape: "%s"}
"""


def graph_model(name, directory):
    """Writes a model directory for a graph of tests/models."""
    source, shape, target, target_shape = GRAPHS[name]
    model = directory / name
    model.mkdir()
    shutil.copy(PROJECT / f"tests/models/{name}.onnx", model)
    (model / "model.yaml").write_text(MODEL % (f"{name}.onnx", source, shape, target, target_shape))
    length = int(re.findall(r"\d+", shape)[1 if shape.startswith("(4,") else 0])
    (model / "dataloader.yaml").write_text(LOADER % (length, 0 if shape.startswith("(4,") else 1))
    return model


def outputs(stem, suffixes):
    return list(itertools.chain.from_iterable(("-o", f"{stem}.{suffix}") for suffix in suffixes))


def commands(models):
    """Every command, as a name and its arguments; outputs are relative names."""
    scored = {
        "motif-cnn": [*VARIANTS, *GENOME],
        "text-input": [*VARIANTS, *GENOME],
        "channels-first": [*VARIANTS, *GENOME],
        "any-length": [*VARIANTS, *GENOME, "--seq-length", "150"],
        "two-inputs": [*VARIANTS, "--batch-file", INPUTS / "batches.h5"],
    }
    for name, samples in scored.items():
        model = EXAMPLES / name
        yield f"score {name}", ["score-variants", model, *samples, *outputs("scored", TABLES)]
        yield f"sequences {name}", ["score-variants", model, *samples, "--write-sequences", "sequences.h5"]
        yield f"all scores {name}", ["score-variants", model, *samples, "--scores", "all", *outputs("all", TABLES)]
        for batch in ["1", "7"]:
            yield f"batches of {batch} {name}", ["score-variants", model, *samples, "--batch-size", batch, *outputs("s", ["tsv"])]
        for layout in ["packed", "per-task"]:
            options = ["--info-layout", layout, "--digits", "9", "--use-rc", "--std-var-id"]
            yield f"{layout} {name}", ["score-variants", model, *samples, *options, *outputs("s", ["vcf", "bcf", "tsv"])]
        for style in ["native", "kipoi"]:
            options = ["--info-style", style, "--only-scored", "--multi-region", "records"]
            yield f"{style} {name}", ["score-variants", model, *samples, *options, *outputs("s", TABLES)]
    for mode in [["overlap", "--intervals", INPUTS / "elements.bed"], ["restricted", "--restriction-bed", INPUTS / "elements.bed"]]:
        for name in ["motif-cnn", "text-input", "any-length", "channels-first"]:
            options = ["--regions", *mode] + (["--seq-length", "60"] if name == "any-length" else [])
            arguments = ["score-variants", EXAMPLES / name, *VARIANTS, *GENOME, *options]
            for rule in ["nearest", "maxabs", "records"]:
                yield f"{mode[0]} {rule} {name}", [*arguments, "--multi-region", rule, *outputs("s", TABLES)]
    for edge in ["skip", "pad"]:
        for centering in ["middle", "kipoi"]:
            options = ["--edge", edge, "--centering", centering, "--max-n", "0.5", "--ref-mismatch", "overwrite"]
            variants = ["--vcf", REFERENCE / "edges.vcf", "--fasta", REFERENCE / "genome.fa"]
            arguments = ["score-variants", REFERENCE / "tiny", *variants, *options, "--max-ref-mismatch", "1"]
            yield f"edges {edge} {centering}", [*arguments, *outputs("s", TABLES)]
    for vcf in ["snv", "edges"]:
        variants = ["--vcf_path", REFERENCE / f"{vcf}.vcf"]
        loader = ["--dataloader_args", "fasta_file=" + str(REFERENCE / "genome.fa")]
        scores = ["-s", "ref", "alt", "diff", "logit", "logit_ref", "logit_alt", "deepsea_effect"]
        arguments = ["postproc", "score_variants", REFERENCE / "tiny", *loader, *variants, *scores]
        yield f"Kipoi's spelling {vcf}", [*arguments, "-o", "out.vcf", "--extra_output", "out.tsv", "--extra_output", "out.bcf"]
    for name, samples in {"motif-cnn": GENOME, "channels-first": GENOME, "text-input": GENOME}.items():
        model, intervals = EXAMPLES / name, ["--intervals", MOTIF / "intervals.bed"]
        yield f"predict {name}", ["predict", model, *samples, *intervals, *outputs("p", PREDICTIONS)]
        yield f"predict and keep {name}", ["predict", model, *samples, *intervals, "-k", "-m", *outputs("p", PREDICTIONS)]
        yield f"columns {name}", ["predict", model, *samples, *intervals, "-m", "--column-order", "kipoi", *outputs("p", ["tsv"])]
    yield "predict two-inputs", ["predict", INPUTS, "--batch-file", INPUTS / "batches.h5", "-k", "-m", *outputs("p", ["tsv", "parquet", "h5"])]
    motif = [MOTIF, *GENOME, "--intervals", MOTIF / "intervals.bed"]
    yield "layers", ["model", "layers", MOTIF]
    yield "layers as JSON", ["model", "layers", MOTIF, "--json"]
    yield "info", ["model", "info", MOTIF, "--json"]
    for layer in range(4):
        yield f"activations of layer {layer}", ["predict", *motif, "--layer", str(layer), *outputs("a", ["h5", "tsv", "parquet"])]
        for reduction in ["sum", "min", "max", "absmax"]:
            arguments = ["gradient", *motif, "--layer", str(layer), "--reduce", reduction]
            yield f"gradient of layer {layer} by {reduction}", [*arguments, *outputs("g", ["h5", "tsv", "parquet"])]
    yield "gradient", ["gradient", *motif, "--filter", "0", *outputs("g", ["h5", "tsv", "parquet"])]
    yield "track of gradients", ["track", "../gradient/g.h5", "-o", "g.bedgraph"]
    yield "picture of gradients", ["plot", "gradient", "../gradient/g.h5", "-o", "g.svg"]
    for name in ["motif-cnn", "text-input", "channels-first"]:
        arguments = ["mutation-map", EXAMPLES / name, *GENOME]
        yield f"map of a region {name}", [*arguments, "--region", "synth1:606-805", "--scores", "all", "-o", "map.h5"]
        yield f"map of variants {name}", [*arguments, "--regions-file", MOTIF / "variants.vcf", "-o", "map.h5"]
    yield "map two-inputs", ["mutation-map", INPUTS, "--batch-file", INPUTS / "batches.h5", "--region", "synth1:1-400", "-o", "map.h5"]
    yield "track of a map", ["track", "../map_of_a_region_motif-cnn/map.h5", "--scoring-key", "diff", "--model-output", "CTCF", "-o", "m.bedgraph"]
    picture = ["plot", "mutation-map", "../map_of_a_region_motif-cnn/map.h5", "--scoring-key", "diff", "--model-output", "CTCF"]
    yield "picture of a map", [*picture, "-o", "m.svg"]
    yield "picture of a map as PNG", [*picture, "-o", "m.png"]
    loader = ["--dataloader_args", "fasta_file=" + str(REFERENCE / "genome.fa")]
    yield "map in Kipoi's spelling", ["postproc", "create_mutation_map", REFERENCE / "tiny", *loader, "--regions_file", REFERENCE / "mm_1.vcf", "-s", "diff", "logit", "-o", "map.h5"]
    yield "tiles", ["predict", REFERENCE / "tiny", "--fasta", REFERENCE / "genome.fa", "--intervals", REFERENCE / "tiles_200_6.bed", "-m", *outputs("p", PREDICTIONS)]
    for name in GRAPHS:
        reduced = ["--reduce", "profile=sum", "--position-axis", "profile=0"] if name == "profile" else []
        arguments = [models / name, *GENOME]
        yield f"score {name}", ["score-variants", *arguments, *VARIANTS, *reduced, *outputs("s", TABLES)]
        yield f"predict {name}", ["predict", *arguments, "--intervals", MOTIF / "intervals.bed", "--seq-length", "12" if name in ("letters_f64", "letters_i64", "channels_first") else "10" if name == "profile" else "8", *outputs("p", PREDICTIONS)]
        yield f"map {name}", ["mutation-map", *arguments, "--region", "synth1:606-625", *reduced, "-o", "map.h5"]


def plain(text, kipos, directory):
    """Printed text without times and the paths of this run."""
    text = text.replace(str(directory), "DIR").replace(str(kipos.parent), "BIN")
    return re.sub(r"[0-9.,]+ s\b|[0-9]+ (alleles|samples|windows|maps)/s", "TIME", text)


def run(kipos, arguments, directory, state):
    directory.mkdir()
    environment = dict(os.environ, HOME=str(state), XDG_STATE_HOME=str(state), XDG_DATA_HOME=str(state))
    finished = subprocess.run([kipos, *map(str, arguments)], cwd=directory, env=environment, capture_output=True, text=True)
    (directory / "printed.txt").write_text(
        f"exit {finished.returncode}\n{plain(finished.stdout, kipos, directory.parent)}\n{plain(finished.stderr, kipos, directory.parent)}"
    )
    return finished


def same_values(a, b):
    """Whether two texts differ at most in how numbers are spelt."""
    a, b = (re.split(rb"([\s,|;=]+)", text) for text in (a, b))
    def same(x, y):
        try:
            return x == y or float(x) == float(y)
        except ValueError:
            return False
    return len(a) == len(b) and all(map(same, a, b))


def difference(old, new):
    """What differs between two files, in words; None if nothing does, "spelling" if numbers are spelt otherwise."""
    a, b = (path.read_bytes() for path in (old, new))
    if a == b:
        return None
    if old.suffix == ".gz" and new.suffix == ".gz":
        a, b = gzip.decompress(a), gzip.decompress(b)
    if same_values(a, b):
        return "spelling"
    try:
        lines = zip(a.decode().splitlines(), b.decode().splitlines())
        first = next(((x, y) for x, y in lines if x != y), ("", "one is longer"))
        return f"\n    old {first[0][:300]}\n    new {first[1][:300]}"
    except UnicodeDecodeError:
        if len(a) != len(b):
            return f" {len(a)} and {len(b)} bytes"
        return f" {sum(x != y for x, y in zip(a, b))} of {len(a)} bytes"


def main():
    old, new = (Path(argument).resolve() for argument in sys.argv[1:3])
    compared, failed, commands_run, differing, spelt = {}, 0, 0, [], []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        models = scratch / "models"
        models.mkdir()
        for name in GRAPHS:
            graph_model(name, models)
        sides = {"old": old, "new": new}
        for side in sides:
            (scratch / side).mkdir()
        for name, arguments in commands(models):
            commands_run += 1
            directory = re.sub(r"[^\w-]+", "_", name)
            ends = [run(kipos, arguments, scratch / side / directory, scratch / f"state-{side}") for side, kipos in sides.items()]
            if ends[0].returncode:
                failed += 1
                print(f"the old build fails: {name}: exit {ends[0].returncode}: {ends[0].stderr.strip()[-200:]}")
            written = [sorted(path.name for path in (scratch / side / directory).iterdir()) for side in sides]
            if written[0] != written[1]:
                differing.append(f"{name}: the old one writes {written[0]}, the new one {written[1]}")
            for file in sorted(set(written[0]) & set(written[1])):
                suffix = ".".join(file.split(".")[1:])
                compared[suffix] = compared.get(suffix, 0) + 1
                found = difference(scratch / "old" / directory / file, scratch / "new" / directory / file)
                if found == "spelling":
                    spelt.append(f"{name}: {file}")
                elif found:
                    differing.append(f"{name}: {file}:{found}")
    for line in differing:
        print(line)
    for file in spelt:
        print(f"equal numbers, spelt otherwise: {file}")
    counts = ", ".join(f"{count} {suffix}" for suffix, count in sorted(compared.items()))
    print(f"{commands_run} commands ({failed} of them fail in the old build), files compared: {counts}; {len(spelt)} with other spellings of equal numbers, {len(differing)} differ")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
