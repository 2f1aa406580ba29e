"""The right scores of log2fc-negative, without kipos: the graph is run by ONNX Runtime on windows that this script cuts.

    pip install numpy onnxruntime
    python right_values.py

The model predicts log counts, which are negative: a fold change of them has no value.
"""

from pathlib import Path

import numpy as np
import onnxruntime

HERE = Path(__file__).parent
LENGTH = 200

genome, name = {}, None
for line in (HERE / "../common/g.fa").read_text().split("\n"):
    if line.startswith(">"):
        name = line[1:].split()[0]
        genome[name] = ""
    elif name:
        genome[name] += line.strip().upper()

session = onnxruntime.InferenceSession(str(HERE / "model.onnx"))
outputs = [output.name for output in session.get_outputs()]
given = session.get_inputs()[0].name


def counts(sequence):
    rows = np.array([[float(base == letter) for letter in "ACGT"] for base in sequence], dtype=np.float32)
    found = dict(zip(outputs, session.run(None, {given: np.stack([rows, rows])})))
    return found["counts"][0, 0]


for line in (HERE / "in.vcf").read_text().splitlines():
    if line.startswith("#"):
        continue
    contig, pos, _, reference, alternate = line.split("\t")[:5]
    at = int(pos) - 1
    start = at - (LENGTH - 1) // 2
    window = genome[contig][start : start + LENGTH]
    assert window[at - start] == reference
    changed = window[: at - start] + alternate + window[at - start + 1 :]
    ref, alt = counts(window), counts(changed)
    with np.errstate(invalid="ignore"):
        fold_change = np.log2(np.float64(alt)) - np.log2(np.float64(ref))
    print(contig, pos, f"ref {ref:.5f} alt {alt:.5f} diff {alt - ref:.6f} log2fc {fold_change}")
