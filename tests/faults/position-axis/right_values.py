"""What the networks of this folder say of the variants in in.vcf, by NumPy alone.

    right_values.py > right_values.tsv      (needs: numpy)

A row per variant and kind of network (`valid`: 16 positions, `same`: 20), a column `diff` per reduction and channel.
"""

from pathlib import Path

import numpy as np
from network import CHANNELS, WIDTH, WINDOW, profile

HERE = Path(__file__).parent
REDUCTIONS = {
    "sum": lambda y: y.sum(axis=1),
    "mean": lambda y: y.mean(axis=1),
    "max": lambda y: y.max(axis=1),
    "center:4": lambda y: y[:, y.shape[1] // 2 - 2 : y.shape[1] // 2 + 2].mean(axis=1),
    # One position more is left out behind the middle than before it.
    "center:3": lambda y: y[:, y.shape[1] // 2 - 2 : y.shape[1] // 2 + 1].mean(axis=1),
}


def genome():
    contigs, name = {}, None
    for line in (HERE.parent / "common/g.fa").read_text().splitlines():
        if line.startswith(">"):
            name = line[1:].split()[0]
        else:
            contigs[name] = contigs.get(name, "") + line.upper()
    return contigs


def one_hot(letters):
    return np.array([[float(letter == base) for letter in letters] for base in "ACGT"])


def main():
    contigs = genome()
    columns = [f"{how}/{channel}" for how in REDUCTIONS for channel in range(CHANNELS)]
    print("pos", "network", *columns, sep="\t")
    for line in (HERE / "in.vcf").read_text().splitlines():
        if line.startswith("#"):
            continue
        chrom, pos, _, ref, alt = line.split("\t")[:5]
        start = int(pos) - 1 - (WINDOW // 2 - 1)
        window = contigs[chrom][start : start + WINDOW]
        at = int(pos) - 1 - start
        assert window[at] == ref, line
        edited = window[:at] + alt + window[at + 1 :]
        for network, pad in (("valid", 0), ("same", WIDTH // 2)):
            before, after = (profile(one_hot(letters), pad) for letters in (window, edited))
            scores = [float(x) for how in REDUCTIONS.values() for x in how(after) - how(before)]
            print(pos, network, *scores, sep="\t")


main()
