"""Weight matrices of published consensus sequences.

The wanted letter of a position has probability 0.91, every other letter 0.03; where two letters are wanted each has
0.47, and an N asks for nothing. Weights are log2(probability / 0.25), rounded to 1/64 bit: sums of them are exact in
single precision, in whatever order an engine adds.
"""

import numpy as np

CTCF = "CCGCGNGGNGGCAG"  # Kim et al. 2007, doi:10.1016/j.cell.2006.12.048
AP1 = "TGACTCA"  # Lee, Mitchell & Tjian 1987, doi:10.1016/0092-8674(87)90612-X
DONOR = "MAGGTRAGT"  # 5' splice site; Mount 1982, doi:10.1093/nar/10.2.459
POLYA = "AATAAA"  # polyadenylation signal; Proudfoot & Brownlee 1976, doi:10.1038/263211a0

WANTED = {"A": "A", "C": "C", "G": "G", "T": "T", "M": "AC", "R": "AG", "N": "ACGT"}
PROBABILITY = {1: 0.91, 2: 0.47, 4: 0.25}


def weights(consensus):
    """float32 (4, width): bits of the letters A, C, G and T at each position."""
    matrix = np.empty((4, len(consensus)), dtype=np.float32)
    for position, code in enumerate(consensus):
        wanted = WANTED[code]
        for row, letter in enumerate("ACGT"):
            probability = PROBABILITY[len(wanted)] if letter in wanted else 0.03
            matrix[row, position] = np.round(np.log2(probability / 0.25) * 64) / 64
    return matrix


def reverse_complement(matrix):
    """The matrix that finds the same motif on the other strand."""
    return matrix[::-1, ::-1]


def middle(consensus):
    """Bits half way between the best match and one with a single wrong letter."""
    best = weights(consensus).max(axis=0).sum()
    return best - np.float32(157 / 64)


def filters(*matrices):
    """float32 (filters, 4, width): matrices side by side, the short ones filled up with zeros behind."""
    width = max(matrix.shape[1] for matrix in matrices)
    return np.stack([np.pad(matrix, ((0, 0), (0, width - matrix.shape[1]))) for matrix in matrices])
