"""Scores `diff` of the small model for the SNV chr1:500 T>A, in a window moved into bases 300 to 700, and predictions of
the interval chr1:400-600 of bom.fa: the onnx package's own evaluator, of which kipos has no part.

    python right_values.py     (needs numpy and onnx)
"""

from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

here = Path(__file__).parent
model = ReferenceEvaluator(onnx.load(here / "../../reference/tiny/model.onnx"))
LENGTH = 200


def contig(path, name):
    text = path.read_text(encoding="utf-8-sig")
    return next("".join(part.split("\n")[1:]).upper() for part in text.split(">") if part.split("\n")[0].split()[:1] == [name])


def predict(sequence):
    one_hot = np.stack([np.frombuffer(sequence.encode(), "u1") == ord(base) for base in "ACGT"], axis=1)
    return model.run(None, {model.input_names[0]: one_hot[None].astype("f4")})[0][0].astype("f8")


def reverse_complement(sequence):
    return sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))


chr1 = contig(here / "../common/g.fa", "chr1")
position = 499
assert chr1[position] == "T"
# Of an even length, Kipoi's window has the position left of its middle.
start = position + 1 - LENGTH // 2
assert 300 <= start and start + LENGTH <= 700
reference = chr1[start:start + LENGTH]
alternate = reference[:position - start] + "A" + reference[position - start + 1:]
strands = [predict(f(alternate)) - predict(f(reference)) for f in (str, reverse_complement)]
print("diff chr1:500 T>A", *(f"{value:.6g}" for value in np.mean(strands, axis=0)))
print("prediction chr1:400-600", *(f"{value:.6g}" for value in predict(contig(here / "bom.fa", "chr1")[400:600])))
