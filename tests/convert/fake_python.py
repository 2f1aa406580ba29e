"""Stands in for Python with a framework: speaks the protocol of host/cli/src/convert/script/main.py, with the standard library
alone, and imports nothing of kipos.

The "model" is tests/models/channels_first.onnx: y = (#A + 2 #C + 3 #G + 4 #T) / L, whose answers, value of the layer `mean`
and gradient are computed here from that formula. What goes wrong, KIPOS_FAKE says.
"""

import hashlib
import json
import os
import shutil
import struct
import sys
import time
import zipfile

SCENARIO = os.environ.get("KIPOS_FAKE", "")
WEIGHTS = (1.0, 2.0, 3.0, 4.0)
LENGTH, BATCHES = 20, (1, 3)
SEQUENCES = ("ACGTACGTTTACGGACTACG", "TTTTTGGGGGCCCCCAAAAA", "ACACACACACACACACACAC", "NNNNNNNNNNNNNNNNNNNN")


def say(**line):
    print(json.dumps(line), flush=True)


def npy(shape, values):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }" % "".join(f"{n}, " for n in shape)
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}f", *values)


def one_hot(sequence):
    return [[float(base == letter) for base in sequence] for letter in "ACGT"]


def write_answers(path):
    rows = [one_hot(sequence) for sequence in SEQUENCES]
    means = [[sum(channel) / LENGTH for channel in row] for row in rows]
    outputs = [sum(weight * mean for weight, mean in zip(WEIGHTS, row)) for row in means]
    gradient = [weight / LENGTH for _ in range(2) for weight in WEIGHTS for _ in range(LENGTH)]
    layer = means[0]
    if SCENARIO == "wrong":
        outputs[1] *= 1.001
        layer = [value * 1.01 for value in layer]
    if SCENARIO == "wrong output alone":
        outputs[1] *= 1.001
    if SCENARIO == "wrong gradient":
        gradient[LENGTH] *= 1.01
    arrays = {
        "inputs/seq": npy((4, 4, LENGTH), [value for row in rows for channel in row for value in channel]),
        "outputs/y": npy((4, 1), outputs),
        "layers/mean": npy((1, 4), layer),
        "gradients/seq": npy((2, 4, LENGTH), gradient),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in arrays.items():
            # As numpy.savez writes it.
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                file.write(data)


def tell(request):
    kinds = [(path, "python" if path.endswith(".py") else "keras") for path in request["sources"]]
    say(kinds=[{"path": path, "kind": kind, "says": None} for path, kind in kinds])


def convert(request):
    os.makedirs(request["output"])
    with open("request.json", "w", encoding="utf-8") as file:
        json.dump(request, file)
    if SCENARIO == "untrusted" and not request["trust"]:
        say(error={"what": "converting the model runs Python code of its author", "where": "net.py",
                   "advice": "look at it, and consent with --trust-model"})
        return 2
    say(stage="load the model")
    print("a framework says a lot", file=sys.stderr)
    if SCENARIO == "missing":
        say(missing=["tensorflow", "tf_keras"], pip="python -m pip install tensorflow==2.21.0 tf_keras==2.21.0",
            requirements="requirements-keras.txt")
        say(error={"what": "Python packages are missing: tensorflow, tf_keras", "where": "", "advice": ""})
        return 2
    if SCENARIO == "refused":
        say(error={"what": "tf2onnx does not convert the model: no rule", "where": "w.h5", "advice": "rewrite it"})
        return 1
    if SCENARIO == "dies":
        print("Traceback (most recent call last):\n  File \"x\"\nMemoryError", file=sys.stderr)
        return 1
    if SCENARIO == "killed":
        os.kill(os.getpid(), 9)
    if SCENARIO == "garbage":
        print("Downloading 1 of 3 ...", flush=True)
    if SCENARIO == "waits":
        with open("pid", "w", encoding="utf-8") as file:
            file.write(str(os.getpid()))
        os.rename("pid", "running")
        time.sleep(600)
    say(stage="load the model", seconds=1.25, cpu=1.0)
    say(note="the graph has a switch, which stays off")
    say(layers_lost=["batch_norm_1"])
    path = os.path.join(request["output"], "original.npz")
    write_answers(path)
    shutil.copy(os.environ["KIPOS_FAKE_MODEL"], os.path.join(request["output"], "model.onnx"))
    sources = request.get("sources") or [request["arguments"]["weights"]]
    digests = {}
    for source in sources:
        with open(source, "rb") as file:
            digests[source] = hashlib.sha256(file.read()).hexdigest()
    done = {
        "files": ["model.onnx"],
        "format": "onnx",
        "how": "tf2onnx, opset 17",
        "kind": "keras",
        "inputs": [{"name": "seq", "shape": [4, None], "tried": [4, LENGTH], "dtype": "float32", "base_axis": 0,
                    "position_axis": 1}],
        "outputs": [{"name": "y", "shape": [1], "tried": [1], "dtype": "float32", "positions": None, "labels": ["CTCF"]}],
        "layers": ["mean", "y"],
        "original": {"file": "original.npz", "rows": 4, "batches": list(BATCHES),
                     "gradient": {"output": "y", "filter": "[:]", "type": "float64", "rows": 2}, "layers": ["mean"]},
        "versions": {"python": "3.11.2", "tensorflow": "2.21.0"},
        "sources": digests,
    }
    if SCENARIO == "another member" and request["output"].endswith("out-2"):
        done["outputs"][0]["name"] = "z"
    if SCENARIO == "lacks":
        del done["files"]
    say(done=done)
    return 0


def main():
    request = json.load(sys.stdin)
    if request["do"] == "tell":
        return tell(request)
    return convert(request)


if __name__ == "__main__":
    sys.exit(main())
