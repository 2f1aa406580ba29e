"""What the networks of this folder say of the variants in in.vcf on both strands, by NumPy alone.

    right_values.py > right_values.tsv      (needs: numpy)

On the reverse complement, positions run the other way, and plus and minus change places: both are turned back before
the two strands are put together. `score` merges scores, `prediction` merges predictions first; both take the larger.
`moment` is the sum over both strands of (i + 1) * (alt[i] - ref[i]), over the elements i of the profile with channels
last, turned back. `map` is the score `prediction` of center:3 of the plus strand for A, C, G, T at each position of the window
of the first variant.
"""

from pathlib import Path

import numpy as np
from network import STRANDS, WINDOW, counts, profile

HERE = Path(__file__).parent
MIDDLE = slice(WINDOW // 2 - 2, WINDOW // 2 + 1)
READ = {
    "profile sum": lambda y: y.sum(axis=1),
    "profile mean": lambda y: y.mean(axis=1),
    "profile max": lambda y: y.max(axis=1),
    # One position more is left out behind the middle than before it.
    "profile center:3": lambda y: y[:, MIDDLE].mean(axis=1),
    "counts": counts,
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


def strands(letters):
    """The profiles of both strands, the second turned back: other strand's track first, from the other end."""
    reverse = letters[::-1].translate(str.maketrans("ACGT", "TGCA"))
    return profile(one_hot(letters)), profile(one_hot(reverse))[::-1, ::-1]


def edited(window, at, alt):
    return window[:at] + alt + window[at + 1 :]


def merged(read, window, allele):
    """`score` and `prediction`."""
    (before, before_rc), (after, after_rc) = strands(window), strands(allele)
    score = np.maximum(read(after) - read(before), read(after_rc) - read(before_rc))
    prediction = np.maximum(read(after), read(after_rc)) - np.maximum(read(before), read(before_rc))
    return score, prediction


def moment(window, allele):
    weights = np.arange(1, STRANDS * WINDOW + 1)
    pairs = zip(strands(window), strands(allele), strict=True)
    return sum(float((weights * (after - before).T.reshape(-1)).sum()) for before, after in pairs)


def main():
    contigs = genome()
    print("pos", "what", "plus", "minus", sep="\t")
    records = [line.split("\t") for line in (HERE / "in.vcf").read_text().splitlines() if not line.startswith("#")]
    for chrom, pos, _, ref, alt, *_ in records:
        start = int(pos) - 1 - (WINDOW // 2 - 1)
        window = contigs[chrom][start : start + WINDOW]
        at = int(pos) - 1 - start
        assert window[at] == ref, pos
        allele = edited(window, at, alt)
        for name, read in READ.items():
            for kind, values in zip(("score", "prediction"), merged(read, window, allele), strict=True):
                print(pos, f"{name} {kind}", *map(float, values), sep="\t")
        print(pos, "moment", moment(window, allele), 0.0, sep="\t")
    chrom, pos = records[0][:2]
    start = int(pos) - 1 - (WINDOW // 2 - 1)
    window = contigs[chrom][start : start + WINDOW]
    for base in "ACGT":
        for at in range(WINDOW):
            values = merged(READ["profile center:3"], window, edited(window, at, base))[1]
            print(start + at + 1, f"map {base}", *map(float, values), sep="\t")


main()
