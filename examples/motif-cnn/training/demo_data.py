"""genome.fa and variants.vcf: variants of known effect, each about a site of its own.

Sites lie 700 bases apart, so that a window of 200 never sees two of them unless a case says so.
"""

import numpy as np

from .genome import Contig
from .motifs import AP1, BASES, COMPLEMENT, CTCF

SPACING = 700
TRANSITION = {"A": "G", "G": "A", "C": "T", "T": "C"}

HEADER = """\
##fileformat=VCFv4.3
##source=motif-cnn/train.py
##FILTER=<ID=PASS,Description="All filters passed">
##FILTER=<ID=q10,Description="Quality below 10">
{contigs}
##INFO=<ID=DP,Number=1,Type=Integer,Description="Total depth">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">
##INFO=<ID=DB,Number=0,Type=Flag,Description="Known variant">
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type of structural variant">
##INFO=<ID=SVLEN,Number=A,Type=Integer,Description="Length of the structural variant">
##INFO=<ID=END,Number=1,Type=Integer,Description="End position of the variant described in this record">
##INFO=<ID=EFFECT,Number=A,Type=String,Description="What the variant was made to do: breaks_TASK, makes_TASK, neutral, or . for alleles that are not scored">
##ALT=<ID=DEL,Description="Deletion">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read depth">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1\tNA2
"""


class Site:
    """A planted site and where its bases lie on the genome."""

    def __init__(self, contig, start, strand, motif):
        self.contig, self.start, self.strand, self.motif = contig, start, strand, motif

    def index(self, offset):
        """0-based genome index of an offset in the consensus."""
        if self.strand == "+":
            return self.start + offset
        return self.start + len(self.motif) - 1 - offset

    def on_genome(self, base):
        """Forward-strand letter of a base code given in the site's orientation."""
        return BASES[base if self.strand == "+" else COMPLEMENT[base]]

    def wrong(self, offset):
        """Forward-strand letters that the consensus does not accept there."""
        allowed = self.motif.allowed(offset)
        return [self.on_genome(base) for base in range(4) if base not in allowed]

    def right(self, offset):
        """Forward-strand letter that the consensus demands there."""
        return self.on_genome(self.motif.allowed(offset)[0])


class DemoData:
    """Collects contigs and records; every method that adds a record takes the record's ID first."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.contigs = []
        self.lines = []  # (contig number, POS, text)

    def contig(self, name, length, n_left, n_right, soft_masked):
        """Start a contig; what is added next goes there, one slot after the other."""
        self.here = Contig(self.rng, name, length, n_left, n_right, soft_masked)
        self.contigs.append(self.here)
        self.slot = 0

    def site(self, motif, strand, wrong_at=None):
        """Plant a site in the next slot; `wrong_at`: the offset of one mismatch, a near miss."""
        self.slot += SPACING
        return self.site_at(self.slot, motif, strand, wrong_at)

    def site_at(self, start, motif, strand, wrong_at=None):
        """Plant a site at a chosen 0-based start."""
        site = Site(self.here, start, strand, motif)
        self.here.plant(start, strand, motif.sample(self.rng))
        if wrong_at is not None:
            index = site.index(wrong_at)
            self.here.codes[index] = BASES.index(site.wrong(wrong_at)[0])
        return site

    def breaks(self, name, site, offset, choice=0):
        """An SNV that puts a wrong base into a site."""
        index = site.index(offset)
        self.snv(name, index, site.wrong(offset)[choice], f"breaks_{site.motif.name}")

    def makes(self, name, motif, strand, offset):
        """A near miss in the next slot and the SNV that repairs it."""
        site = self.site(motif, strand, wrong_at=offset)
        self.snv(name, site.index(offset), site.right(offset), f"makes_{motif.name}")

    def neutral(self, name, index, effect="neutral"):
        """An SNV that no site notices."""
        self.snv(name, index, TRANSITION[self.here.base(index)], effect)

    def snv(self, name, index, alt, effect):
        """One SNV at a 0-based index."""
        self.record(name, index, self.here.base(index), [alt], [effect])

    def record(self, name, index, ref, alts, effects, extra=()):
        """Any record; `effects` has one entry per ALT."""
        rng = self.rng
        info = [f"DP={rng.integers(20, 200)}"]
        if alts:
            info.append("AF=" + ",".join(f"{rng.uniform(0.01, 0.5):.3f}" for _ in alts))
        if rng.random() < 0.3:
            info.append("DB")
        info += extra
        if alts:
            info.append("EFFECT=" + ",".join(effects))
        quality = "." if rng.random() < 0.1 else f"{rng.uniform(5, 99):.1f}"
        status = "." if quality == "." else ("PASS" if float(quality) >= 10 else "q10")
        samples = [self._sample(len(alts)) for _ in range(2)]
        columns = [self.here.name, str(index + 1), name, ref, ",".join(alts) or ".", quality, status]
        text = "\t".join([*columns, ";".join(info), "GT:DP:GQ", *samples])
        self.lines.append((len(self.contigs), index + 1, text))

    def _sample(self, alts):
        first, second = self.rng.integers(0, alts + 1, size=2)
        phase = "/" if self.rng.random() < 0.7 else "|"
        return f"{first}{phase}{second}:{self.rng.integers(5, 60)}:{self.rng.integers(5, 99)}"

    def fasta(self):
        """Text of genome.fa."""
        return "".join(contig.fasta() for contig in self.contigs)

    def vcf(self):
        """Text of variants.vcf, sorted by position."""
        contigs = "\n".join(f"##contig=<ID={c.name},length={len(c)}>" for c in self.contigs)
        records = sorted(self.lines, key=lambda line: line[:2])
        return HEADER.format(contigs=contigs) + "".join(f"{text}\n" for _, _, text in records)


def make_demo_data(seed):
    """All the cases of the example."""
    data = DemoData(seed)

    data.contig("synth1", 20_000, n_left=80, n_right=120, soft_masked=[(2_700, 3_700), (15_000, 16_000)])
    data.neutral("edge_outside_left", 89, effect=".")  # the window would start at -10
    data.neutral("n_in_window", 149)  # the window holds 30 N
    # CTCF: 14 bases, 12 of them informative, no palindrome: the strand matters.
    data.breaks("ctcf_breaks_fwd", data.site(CTCF, "+"), offset=4)
    data.breaks("ctcf_breaks_rev", data.site(CTCF, "-"), offset=10)
    data.breaks("ctcf_breaks_first_base", data.site(CTCF, "+"), offset=0)
    data.breaks("ctcf_breaks_soft_masked", data.site(CTCF, "-"), offset=7, choice=1)
    data.makes("ctcf_makes_fwd", CTCF, "+", offset=6)
    data.makes("ctcf_makes_rev", CTCF, "-", offset=2)
    data.makes("ctcf_makes_last_base", CTCF, "+", offset=13)
    site = data.site(CTCF, "+")
    data.neutral("ctcf_wobble", site.index(5))  # an N of the consensus: any base will do
    data.neutral("ctcf_flank", site.index(0) - 4)
    # MNVs: two bases of one site, and an SNV written with its unchanged neighbours.
    site = data.site(CTCF, "+")
    start = site.index(9)
    mnv = site.wrong(9)[0] + site.wrong(10)[0]
    data.record("ctcf_breaks_mnv", start, data.here.bases(start, start + 2), [mnv], ["breaks_CTCF"])
    site = data.site(CTCF, "-")
    start = site.index(3) - 1
    ref = data.here.bases(start, start + 3)
    padded = ref[0] + site.wrong(3)[0] + ref[2]
    data.record("ctcf_breaks_padded", start, ref, [padded], ["breaks_CTCF"])
    # A site of each kind in one window: only the task whose site is hit may move.
    both = data.site(CTCF, "+")
    other = data.site_at(both.start + 50, AP1, "+")
    data.breaks("both_sites_breaks_ctcf", both, offset=11)
    data.breaks("both_sites_breaks_ap1", other, offset=1)
    # Three ALTs at an informative base: each of them breaks the site.
    site = data.site(CTCF, "+")
    index = site.index(1)
    data.record(
        "ctcf_breaks_multi", index, data.here.base(index), site.wrong(1), ["breaks_CTCF"] * 3
    )
    # A wrong REF, then a site that loses a base and one that is torn apart.
    data.slot += SPACING
    index = data.slot
    ref = data.here.base(index)
    wrong_ref = TRANSITION[ref]
    other_base = next(base for base in "ACGT" if base not in (ref, wrong_ref))
    data.record("ref_mismatch", index, wrong_ref, [other_base], ["."])
    site = data.site(CTCF, "+")
    index = site.index(3)
    data.record("indel_deletion", index, data.here.bases(index, index + 2), [data.here.base(index)], ["breaks_CTCF"])
    site = data.site(AP1, "+")
    ref = data.here.base(site.index(3))
    data.record("indel_insertion", site.index(3), ref, [ref + "AT"], ["breaks_AP1"])
    # What is not scored.
    data.slot += SPACING
    data.record(
        "symbolic_del",
        data.slot,
        data.here.base(data.slot),
        ["<DEL>"],
        ["."],
        extra=["SVTYPE=DEL", "SVLEN=-300", f"END={data.slot + 301}"],
    )
    data.slot += SPACING
    ref = data.here.base(data.slot)
    data.record("breakend", data.slot, ref, [f"{ref}[synth2:6000["], ["."], extra=["SVTYPE=BND"])
    data.slot += SPACING
    data.record("no_alt", data.slot, data.here.base(data.slot), [], [])

    data.contig("synth2", 10_000, n_left=0, n_right=40, soft_masked=[(4_000, 4_600)])
    data.neutral("edge_fits_left", 99)  # the window is [0, 200)
    # AP-1: 7 bases, all informative, a palindrome but for the middle base.
    data.breaks("ap1_breaks_fwd", data.site(AP1, "+"), offset=0)
    data.breaks("ap1_breaks_rev", data.site(AP1, "-"), offset=5)
    data.makes("ap1_makes_fwd", AP1, "+", offset=2)
    data.makes("ap1_makes_rev", AP1, "-", offset=6)
    # The middle base decides only which strand the site is on: C to G keeps it, C to A does not.
    site = data.site(AP1, "+")
    data.record("ap1_middle", site.index(3), "C", ["A", "G"], ["breaks_AP1", "neutral"])
    # Two sites in one window: the model says whether there is one, so losing one changes nothing.
    first = data.site(AP1, "+")
    data.site_at(first.start + 40, AP1, "-")
    data.snv("ap1_two_sites", first.index(4), first.wrong(4)[0], "neutral")
    # Records of which only some alleles are scored.
    site = data.site(AP1, "+")
    index = site.index(1)
    alts = ["*", site.wrong(1)[0]]
    data.record("spanning_deletion", index, data.here.base(index), alts, [".", "breaks_AP1"])
    site = data.site(AP1, "+")
    index = site.index(4)
    ref = data.here.bases(index, index + 2)
    alts = [ref[0], ref[0] + site.wrong(5)[0], ref[0] + "N"]
    data.record("deletion_or_snv", index, ref, alts, ["breaks_AP1", "breaks_AP1", "."])
    data.slot += SPACING
    data.neutral("background", data.slot)
    data.slot += SPACING
    data.neutral("background_2", data.slot)
    data.neutral("edge_fits_right", len(data.here) - 101)  # the window ends with the contig
    data.neutral("edge_outside_right", len(data.here) - 100, effect=".")
    return data.fasta(), data.vcf()
