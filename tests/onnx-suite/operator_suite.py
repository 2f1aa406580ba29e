"""The ONNX standard's own operator tests, through `kipos predict` and `kipos gradient`.

The `onnx` package makes a model of every operator of the standard, with inputs and the outputs that they should give. Those
whose inputs and outputs are floating-point or whole numbers with a common first axis are models of a batch. Each is
predicted, and compared with the expected outputs; then its gradient is compared with finite differences. A model may be
refused in a sentence. What differs must be in the table `differences.tsv` with its reason, and what is in the table must
differ.

    python operator_suite.py KIPOS DIRECTORY

KIPOS is the binary, DIRECTORY a directory for what is made.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import warnings

import h5py
import numpy as np
import onnx
import onnx.backend.test.case.node as node_tests
from onnx import TensorProto

INPUTS = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL}
FLOATS = {TensorProto.FLOAT, TensorProto.DOUBLE}
SECONDS = 60
ELEMENTS = 12
# So many were right when the table was made; fewer mean that something is refused that was not.
LEAST_RIGHT = {"predict": 440, "gradient": 350}

Result = collections.namedtuple("Result", "name stage outcome detail")


def batch_of(case):
    """The inputs and expected outputs of a test that is a model of a batch, or why it is none."""
    model = case.model
    if model is None or not case.data_sets:
        return None, "no model or data"
    values = list(model.graph.input) + list(model.graph.output)
    if not model.graph.input or not all(value.type.HasField("tensor_type") for value in values):
        return None, "other values than tensors"
    if not all(value.type.tensor_type.elem_type in INPUTS for value in model.graph.input):
        return None, "other types of numbers"
    if not all(value.type.tensor_type.elem_type in FLOATS for value in model.graph.output):
        return None, "other types of numbers"
    given, expected = ([np.asarray(array) for array in arrays] for arrays in case.data_sets[0])
    if len(given) != len(model.graph.input) or not all(array.ndim for array in given + expected):
        return None, "single numbers or optional inputs"
    rows = {array.shape[0] for array in given + expected}
    if len(rows) != 1 or 0 in rows:
        return None, "no common first axis"
    return (given, expected, rows.pop()), None


def describe(directory, model, given, expected):
    """Writes model.yaml and the graph."""

    def arrays(values, tensors):
        shape = lambda array: "(%s)" % "".join("%d," % length for length in array.shape[1:])
        return {value.name: {"shape": shape(array), "doc": "x"} for value, array in zip(values, tensors)}

    description = {
        "type": "onnx",
        "args": {"file": "model.onnx"},
        "default_dataloader": {"defined_as": "kipoiseq.dataloaders.SeqIntervalDl"},
        "info": {"authors": [{"name": "the ONNX standard"}], "doc": "an operator test"},
        "schema": {
            "inputs": arrays(model.graph.input, given),
            "targets": arrays(model.graph.output, expected),
        },
    }
    (directory / "model.yaml").write_text(json.dumps(description))
    onnx.save(model, directory / "model.onnx")
    with h5py.File(directory / "batch.h5", "w") as file:
        for value, array in zip(model.graph.input, given):
            file["inputs/" + value.name.replace("/", "%2F")] = array


def run(kipos, directory, command, rows, output, *more):
    """What the command left: `done` and its messages, or the outcome and the reason."""
    arguments = [kipos, command, directory, "--batch-file", directory / "batch.h5", "--batch-size", str(rows)]
    environment = {**os.environ, "XDG_STATE_HOME": str(directory / "state")}
    try:
        done = subprocess.run([*arguments, "-o", output, *more], capture_output=True, timeout=SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        return "hangs", f"longer than {SECONDS} s"
    messages = done.stderr.decode("utf-8", "replace").strip()
    last = messages.splitlines()[-1] if messages else ""
    if done.returncode not in (0, 1, 2) or "panicked" in messages:
        return "crashes", last
    return ("done", messages) if done.returncode == 0 else ("refused", last)


def predicted(kipos, directory, model, expected, rows):
    outcome, message = run(kipos, directory, "predict", rows, directory / "predictions.h5")
    if outcome != "done":
        return outcome, message
    with h5py.File(directory / "predictions.h5") as file:
        found = file["preds"]
        names = [output.name.replace("/", "%2F") for output in model.graph.output]
        found = [found[()]] if isinstance(found, h5py.Dataset) else [found[name][()] for name in names]
    for array, right in zip(found, expected):
        if array.shape != right.shape:
            return "differs", f"shape {array.shape} instead of {right.shape}"
        if not np.allclose(array, right, rtol=1e-3, atol=1e-5, equal_nan=True):
            return "differs", f"by at most {np.nanmax(np.abs(array.astype(float) - right.astype(float))):.3g}"
    return "right", ""


def differentiated(kipos, directory, model, rows):
    more = ["--check-gradient", str(ELEMENTS)]
    if len(model.graph.output) > 1:
        more += ["--output-name", model.graph.output[0].name]
    outcome, message = run(kipos, directory, "gradient", rows, directory / "gradients.h5", *more)
    if outcome != "done":
        return outcome, message
    differs = sum(line.endswith("differs") for line in message.splitlines())
    return ("differs", f"at {differs} of {ELEMENTS} elements") if differs else ("right", "")


def examine(kipos, directory, case):
    batch, why_not = batch_of(case)
    if batch is None:
        return [Result(case.name, "passed over", why_not, "")]
    given, expected, rows = batch
    directory = directory / case.name
    directory.mkdir()
    describe(directory, case.model, given, expected)
    results = [Result(case.name, "predict", *predicted(kipos, directory, case.model, expected, rows))]
    takes_floats = any(value.type.tensor_type.elem_type in FLOATS for value in case.model.graph.input)
    if takes_floats and results[0].outcome in ("right", "differs"):
        results.append(Result(case.name, "gradient", *differentiated(kipos, directory, case.model, rows)))
    shutil.rmtree(directory)
    return results


def table():
    """The differences that are known, with their reasons."""
    lines = (pathlib.Path(__file__).parent / "differences.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(name, stage): reason for name, stage, reason in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kipos", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true", help="print every result")
    arguments = parser.parse_args()
    started = time.monotonic()
    kipos, directory = arguments.kipos.resolve(), arguments.directory.resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    warnings.simplefilter("ignore")
    cases = node_tests.collect_testcases(None)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = [result for all in pool.map(lambda case: examine(kipos, directory, case), cases) for result in all]
    counts = collections.Counter((result.stage, result.outcome) for result in results)
    for stage in ("predict", "gradient"):
        told = [f"{count} {outcome}" for (of, outcome), count in sorted(counts.items()) if of == stage]
        print(f"{stage}: {', '.join(told)}")
    passed_over = sum(count for (stage, _), count in counts.items() if stage == "passed over")
    print(f"{len(cases)} operator tests in {time.monotonic() - started:.0f} s, {passed_over} of them no models of a batch")
    if arguments.verbose:
        for result in results:
            print(*result, sep="\t")
    known = table()
    wrong = {(r.name, r.stage): r for r in results if r.outcome in ("differs", "crashes", "hangs")}
    failures = [f"{r.name}: {stage} {r.outcome}: {r.detail}" for (_, stage), r in wrong.items() if (r.name, stage) not in known]
    failures += [f"{name}: {stage} is in differences.tsv, but does not differ" for name, stage in known if (name, stage) not in wrong]
    for stage, least in LEAST_RIGHT.items():
        if counts[stage, "right"] < least:
            failures.append(f"{stage}: only {counts[stage, 'right']} are right, {least} were")
    print(*failures, sep="\n", file=sys.stderr, end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
