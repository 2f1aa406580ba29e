"""Where variants lie and in which windows, written anew for comparison: nothing here is kipos's code.

Coordinates are 0-based and half-open, but for the column POS of a VCF.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Allele:
    """One ALT of one record; a record without ALT counts as one."""

    columns: tuple  # chrom pos id ref alt
    skip: str  # why it cannot be scored anywhere, else "."
    start: int = 0  # first base that changes, after trimming
    ref: str = ""
    alt: str = ""

    @property
    def contig(self):
        return self.columns[0]


@dataclass(frozen=True)
class Window:
    """A stretch of a contig in which an allele is shown."""

    name: str  # of the interval that it is from, else "."
    start: int
    end: int
    strand: str = "+"


def read_fasta(path):
    """Contig name -> upper-case sequence."""
    contigs = {}
    for entry in path.read_text().split(">")[1:]:
        name, _, sequence = entry.partition("\n")
        contigs[name.split()[0]] = sequence.replace("\n", "").upper()
    return contigs


def read_alleles(path):
    """All alleles of a VCF, in order."""
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            chrom, pos, name, ref, alts = line.split("\t")[:5]
            for alt in alts.split(","):
                yield allele((chrom, pos, name, ref, alt))


def allele(columns):
    """The allele of these columns, trimmed: what ends alike first, then what begins alike; a base is always left."""
    _, pos, _, ref, alt = columns
    for reason, is_so in (
        ("no_alt", alt == "."),
        ("symbolic", alt.startswith("<")),
        ("breakend", "[" in alt or "]" in alt),
        ("spanning_deletion", alt == "*"),
        ("non_acgt", set(ref + alt) - set("ACGT")),
    ):
        if is_so:
            return Allele(columns, reason)
    start = int(pos) - 1
    while min(len(ref), len(alt)) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while min(len(ref), len(alt)) > 1 and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    return Allele(columns, ".", start, ref, alt)


def read_intervals(path):
    """Contig and window of every line of a BED file with six columns."""
    for line in path.read_text().splitlines():
        chrom, start, end, name, _, strand = line.split("\t")
        yield chrom, Window(name, int(start), int(end), strand)


def centered(length):
    """One window around the allele, whose first base is in the middle, or just before it."""

    def windows(allele):
        start = allele.start - ((length + 1) // 2 - 1)
        return [Window(".", start, start + length)]

    return windows


def restricted(length, intervals):
    """That window, moved by as little as possible into each interval that holds the allele."""

    def windows(allele):
        (window,) = centered(length)(allele)
        found = []
        for contig, interval in intervals:
            holds = interval.start <= allele.start and allele.start + len(allele.ref) <= interval.end
            if contig == allele.contig and holds and interval.end - interval.start >= length:
                start = min(max(window.start, interval.start), interval.end - length)
                found.append(Window(interval.name, start, start + length))
        return found

    return windows


def overlapping(length, intervals, use_strand):
    """The intervals, grown or cut to a length around their middle, that share a base with the allele."""

    def windows(allele):
        found = []
        for contig, interval in intervals:
            start = (interval.start + interval.end) // 2 - length // 2
            shares = start < allele.start + len(allele.ref) and allele.start < start + length
            if contig == allele.contig and shares:
                strand = interval.strand if use_strand else "+"
                found.append(Window(interval.name, start, start + length, strand))
        return found

    return windows


def sequences(contig, allele, window):
    """Letters of a window with REF and with ALT on its strand; the genome behind ALT moves, the length stays."""
    length = window.end - window.start
    changed = contig[window.start : allele.start] + allele.alt + contig[allele.start + len(allele.ref) :]
    pair = contig[window.start : window.end], changed[:length]
    return [reverse_complement(letters) for letters in pair] if window.strand == "-" else list(pair)


def reverse_complement(letters):
    return letters[::-1].translate(str.maketrans("ACGT", "TGCA"))
