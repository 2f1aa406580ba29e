"""Makes the files of this folder: a small network, a genome, and the scores of all SNVs of some stretches of it.

    make.py [OUT_DIR]      (needs: numpy, onnx; OUT_DIR is this folder if not given)

The scores are computed by NumPy in double precision from the weights and the genome, by the rules that README.md of
`tests/reference` states, and by nothing else: no program of this project has a part in it. ONNX only stores the network.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LENGTH = 40  # bases of a window
CENTRE = 19  # ceil(LENGTH / 2) - 1: where a variant is in a window of its own, from 0
TASKS = ("open", "closed")

# Contigs are in no alphabetical order; lower case, gaps and an ambiguous letter are among their bases.
CONTIGS = (("chrB", 150), ("chrA", 90))
# Stretches, 0-based and half-open: both ends of contigs, a gap, an ambiguous letter, lower case.
STRETCHES = (("chrB", 0, 26), ("chrB", 96, 120), ("chrA", 60, 90))
# Name of a table, how far apart centres are (0: a window for each base), whether windows beyond the contig are filled up.
TABLES = (("tiles", 20, False), ("tiles_7_padded", 7, True), ("centered", 0, False))


def weights(random):
    """The network: two convolutions, a pooling, a dense layer."""
    scaled = lambda *shape: (random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
    return {
        "w1": scaled(6, 4, 7) * 2,
        "b1": scaled(6, 1).reshape(6),
        "w2": scaled(5, 6, 5) * 2,
        "b2": scaled(5, 1).reshape(5),
        "w3": scaled(len(TASKS), 5 * LENGTH // 2) * 3,
        "b3": scaled(len(TASKS), 1).reshape(len(TASKS)),
    }


def graph(arrays):
    node = helper.make_node
    nodes = [
        node("Conv", ["seq", "w1", "b1"], ["c1"], pads=[3, 3]),
        node("Relu", ["c1"], ["r1"]),
        node("Conv", ["r1", "w2", "b2"], ["c2"], pads=[4, 4], dilations=[2]),
        node("Relu", ["c2"], ["r2"]),
        node("MaxPool", ["r2"], ["p"], kernel_shape=[2], strides=[2]),
        node("Flatten", ["p"], ["flat"], axis=1),
        node("Gemm", ["flat", "w3", "b3"], ["z"], transB=1),
        node("Sigmoid", ["z"], ["prob"]),
    ]
    tensor = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
    made = helper.make_model(
        helper.make_graph(
            nodes,
            "saturation",
            [tensor("seq", "n", 4, LENGTH)],
            [tensor("prob", "n", len(TASKS))],
            [numpy_helper.from_array(value, name) for name, value in arrays.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="make.py",
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def convolution(x, w, b, dilation):
    """`x` (channels, positions) with zeros on both sides, so that there are as many positions as before."""
    width = w.shape[2]
    pad = dilation * (width - 1) // 2
    padded = np.pad(x, ((0, 0), (pad, pad)))
    out = np.repeat(b[:, None], x.shape[1], axis=1)
    for k in range(width):
        out = out + w[:, :, k] @ padded[:, k * dilation : k * dilation + x.shape[1]]
    return out


def predict(x, a):
    """The two probabilities of a window (4, LENGTH), in double precision."""
    x = np.maximum(convolution(x, a["w1"], a["b1"], 1), 0)
    x = np.maximum(convolution(x, a["w2"], a["b2"], 2), 0)
    pooled = x.reshape(x.shape[0], -1, 2).max(axis=2)
    return 1 / (1 + np.exp(-(a["w3"] @ pooled.reshape(-1) + a["b3"])))


def encoded(letters):
    """One channel per base; a quarter in each for every other letter."""
    return np.array([[float(l == base) if l in "ACGT" else 0.25 for l in letters] for base in "ACGT"])


def genome(random):
    contigs = {name: "".join(random.choice(list("ACGT"), bases)) for name, bases in CONTIGS}
    b = list(contigs["chrB"])
    b[100:104] = "NNNN"
    b[110] = "R"
    b[112:125] = [letter.lower() for letter in b[112:125]]
    a = list(contigs["chrA"])
    a[70] = "n"
    return {"chrB": "".join(b), "chrA": "".join(a)}


def centre_of(position, step):
    """The nearest of the centres 0, step, 2 step, ...: the smaller one of two that are as near."""
    if step == 0:
        return position
    return min(range(0, position + step + 1, step), key=lambda centre: (abs(position - centre), centre))


def window_at(contig, centre, padded):
    """Start and letters of the window with this centre; no letters if it leaves the contig and is not filled up."""
    start = centre - CENTRE
    if not padded and (start < 0 or start + LENGTH > len(contig)):
        return start, None
    inside = lambda at: contig[at].upper() if 0 <= at < len(contig) else "N"
    return start, "".join(inside(at) for at in range(start, start + LENGTH))


def both_strands(letters, arrays):
    forward = encoded(letters)
    # Channels A, C, G, T from behind are those of the complements.
    return predict(forward, arrays), predict(forward[::-1, ::-1], arrays)


def table(step, padded, contigs, arrays):
    scores = [f"{score}/{task}" for score in ("diff", "ref", "diff_both_strands") for task in TASKS]
    lines = ["\t".join(["chrom", "pos", "ref", "alt", "region_start", "region_end", "offset", "skip", *scores])]
    for name, first, end in STRETCHES:
        contig = contigs[name]
        for position in range(first, end):
            reference = contig[position].upper()
            if reference not in "ACGT":
                lines.append("\t".join([name, str(position + 1), "N", ".", "", "", "", "non_acgt"] + [""] * len(scores)))
                continue
            centre = centre_of(position, step)
            start, letters = window_at(contig, centre, padded)
            for alternate in "ACGT".replace(reference, ""):
                row = [name, str(position + 1), reference, alternate]
                if letters is None:
                    lines.append("\t".join([*row, "", "", "", "window_outside_contig"] + [""] * len(scores)))
                    continue
                at = position - start
                ref = both_strands(letters, arrays)
                alt = both_strands(letters[:at] + alternate + letters[at + 1 :], arrays)
                forward, reverse = alt[0] - ref[0], alt[1] - ref[1]
                values = [*forward, *ref[0], *((forward + reverse) / 2)]
                row += [str(start), str(start + LENGTH), str(position - centre), "."]
                lines.append("\t".join(row + [f"{value:.8g}" for value in values]))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path, nargs="?", default=Path(__file__).parent)
    out = parser.parse_args().out_dir
    random = np.random.default_rng(7)
    arrays = weights(random)
    onnx.save(graph(arrays), out / "model.onnx")
    contigs = genome(random)
    (out / "genome.fa").write_text("".join(f">{name}\n{bases}\n" for name, bases in contigs.items()))
    doubles = {name: value.astype(np.float64) for name, value in arrays.items()}
    for name, step, padded in TABLES:
        (out / f"{name}.tsv").write_text(table(step, padded, contigs, doubles))


if __name__ == "__main__":
    main()
