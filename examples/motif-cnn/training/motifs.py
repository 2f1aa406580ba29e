"""The two published consensus sequences, and where they occur.

Sequences are arrays of base codes (`uint8`): A=0, C=1, G=2, T=3, N=4.
"""

from dataclasses import dataclass

import numpy as np

BASES = "ACGTN"
A, C, G, T, N = range(5)
COMPLEMENT = np.array([T, G, C, A, N], dtype=np.uint8)

# IUPAC letters that the consensus sequences below use -> the bases they stand for.
IUPAC = {"A": (A,), "C": (C,), "G": (G,), "T": (T,), "N": (A, C, G, T)}


@dataclass(frozen=True)
class Motif:
    """A binding site: the task's name and its IUPAC consensus, 5' to 3'."""

    name: str
    consensus: str

    def __len__(self):
        return len(self.consensus)

    @property
    def informative(self):
        """Offsets at which a wrong base destroys the site."""
        return [i for i, letter in enumerate(self.consensus) if letter != "N"]

    def allowed(self, offset):
        """Base codes that the consensus accepts at `offset`."""
        return IUPAC[self.consensus[offset]]

    def occurrences(self, codes):
        """Boolean array (..., L - len + 1): the site starts here, on either strand."""
        return self._on_forward(codes) | self._on_reverse(codes)

    def present(self, codes):
        """Boolean array (...): the site occurs anywhere in the sequence, on either strand."""
        return self.occurrences(codes).any(axis=-1)

    def _on_forward(self, codes):
        return self._match(codes, [self.allowed(i) for i in range(len(self))])

    def _on_reverse(self, codes):
        mirrored = [
            tuple(int(COMPLEMENT[base]) for base in self.allowed(i))
            for i in reversed(range(len(self)))
        ]
        return self._match(codes, mirrored)

    def _match(self, codes, allowed):
        starts = codes.shape[-1] - len(self) + 1
        found = np.ones(codes.shape[:-1] + (starts,), dtype=bool)
        for offset, bases in enumerate(allowed):
            accepted = np.zeros(len(BASES), dtype=bool)
            accepted[list(bases)] = True
            found &= accepted[codes[..., offset : offset + starts]]
        return found

    def sample(self, rng, mismatches=0):
        """One site on the forward strand, with that many informative bases wrong."""
        site = np.array([rng.choice(self.allowed(i)) for i in range(len(self))], dtype=np.uint8)
        for offset in rng.permutation(self.informative)[:mismatches]:
            wrong = [base for base in range(4) if base not in self.allowed(offset)]
            site[offset] = rng.choice(wrong)
        return site


# Kim et al. 2007 (CTCF) and Lee, Mitchell & Tjian 1987 (AP-1); README.md has the full citations.
CTCF = Motif("CTCF", "CCGCGNGGNGGCAG")
AP1 = Motif("AP1", "TGACTCA")
MOTIFS = (CTCF, AP1)


def encode(text):
    """Base codes of a DNA string; case is ignored, everything but A, C, G and T is N."""
    table = np.full(256, N, dtype=np.uint8)
    for code, base in enumerate("ACGT"):
        table[ord(base)] = table[ord(base.lower())] = code
    return table[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]


def decode(codes):
    """Upper-case DNA string of base codes."""
    return "".join(BASES[code] for code in codes)


def reverse_complement(codes):
    """Reverse complement along the last axis."""
    return COMPLEMENT[codes][..., ::-1]


def one_hot(codes):
    """float32 (..., L, 4) in the order ACGT; N is 0.25 in all four channels."""
    rows = np.zeros((len(BASES), 4), dtype=np.float32)
    rows[:4] = np.eye(4, dtype=np.float32)
    rows[N] = 0.25
    return rows[codes]
