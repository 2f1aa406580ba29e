"""What the indels of in.vcf and more.vcf change in the tiles of tiles.bed: diffs of t0, the mean of both strands.

Needs numpy and onnxruntime, nothing of kipos. Bases before a change stay where they are; what is behind it moves, so that
a tile keeps its length. Of what is written before a tile, the part behind its first base shows.
"""

from pathlib import Path

import numpy as np
import onnxruntime

HERE = Path(__file__).parent
CHANNELS = {"A": 0, "C": 1, "G": 2, "T": 3}


def contigs(path):
    parts = path.read_text().split(">")[1:]
    return {part.split("\n")[0]: "".join(part.split("\n")[1:]) for part in parts}


def one_hot(sequence):
    rows = np.zeros((1, len(sequence), 4), dtype=np.float32)
    for index, letter in enumerate(sequence):
        rows[0, index, CHANNELS[letter]] = 1
    return rows


def change(pos, ref, alt):
    """First changed base, one past the last (0-based), and what stands there instead: without the padding base."""
    start = pos - 1
    if len(ref) != len(alt) and 1 in (len(ref), len(alt)):
        if ref[0] == alt[0]:
            return start + 1, start + len(ref), alt[1:]
        if ref[-1] == alt[-1]:
            return start, start + len(ref) - 1, alt[:-1]
    return start, start + len(ref), alt


def holds(first, last, tile):
    if first == last:
        return tile[0] <= first < tile[1]
    return first < tile[1] and last > tile[0]


def main():
    genome = contigs(HERE / "../common/g.fa")["chr1"]
    session = onnxruntime.InferenceSession(str(HERE / "../../reference/tiny/model.onnx"))
    name = session.get_inputs()[0].name

    def predict(sequence):
        return session.run(None, {name: one_hot(sequence)})[0][0]

    def both(sequence):
        turned = sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))
        return np.array([predict(sequence), predict(turned)])

    tiles = [tuple(map(int, line.split()[1:3])) for line in (HERE / "tiles.bed").read_text().splitlines() if line.startswith("chr1")]
    for vcf in ["in.vcf", "more.vcf"]:
        for line in (HERE / vcf).read_text().splitlines():
            if line.startswith("#"):
                continue
            _, pos, variant, ref, alt = line.split("\t")[:5]
            first, last, inserted = change(int(pos), ref, alt)
            for tile in tiles:
                if not holds(first, last, tile):
                    continue
                start, end = tile
                reference = genome[start:end]
                shown = inserted[max(0, start - first):]
                changed = (genome[start:max(first, start)] + shown + genome[last:])[: end - start]
                diff = (both(changed) - both(reference)).mean(axis=0)
                print(f"{variant}\t{start}\t{diff[0]:.6g}")


if __name__ == "__main__":
    main()
