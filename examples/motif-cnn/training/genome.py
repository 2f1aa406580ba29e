"""The synthetic genome: random bases without a chance site, into which sites are planted."""

import numpy as np

from .motifs import MOTIFS, N, decode, reverse_complement

LINE = 60


class Contig:
    """One sequence with its soft-masked (lower-case) stretches."""

    def __init__(self, rng, name, length, n_left, n_right, soft_masked):
        self.name = name
        self.soft_masked = soft_masked
        self.codes = rng.integers(0, 4, size=length).astype(np.uint8)
        self._remove_chance_sites(rng)
        self.codes[:n_left] = N
        self.codes[length - n_right :] = N

    def __len__(self):
        return len(self.codes)

    def base(self, index):
        """Upper-case base at a 0-based index."""
        return decode(self.codes[index : index + 1])

    def bases(self, start, end):
        """Upper-case bases of the 0-based half-open interval."""
        return decode(self.codes[start:end])

    def plant(self, start, strand, site):
        """Write a site (codes of the forward consensus) at a 0-based start."""
        oriented = site if strand == "+" else reverse_complement(site)
        self.codes[start : start + len(site)] = oriented

    def fasta(self):
        """FASTA text, with the soft-masked stretches in lower case."""
        text = decode(self.codes)
        for start, end in self.soft_masked:
            text = text[:start] + text[start:end].lower() + text[end:]
        lines = [text[i : i + LINE] for i in range(0, len(text), LINE)]
        return f">{self.name}\n" + "\n".join(lines) + "\n"

    def _remove_chance_sites(self, rng):
        while True:
            starts = [
                (start, len(motif))
                for motif in MOTIFS
                for start in np.flatnonzero(motif.occurrences(self.codes))
            ]
            if not starts:
                return
            for start, width in starts:
                self.codes[start : start + width] = rng.integers(0, 4, size=width)
