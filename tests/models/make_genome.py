"""Makes a synthetic genome and SNVs on it, for benchmarks. Standard library only.

    make_genome.py OUT_DIR [--contigs 2] [--length 1000000] [--variants 10000] [--margin 1000] [--seed 1]

Writes genome.fa (contigs chr1, chr2, … of --length random bases each) and variants.vcf (--variants SNVs
in all, sorted, evenly shared between the contigs, REF as in the genome, --margin bases clear of the
contig ends, no two at one position). The same arguments give the same bytes.
"""

import argparse
import random
from pathlib import Path

LINE = 60
# A byte of randomness is four equally likely bases.
BASE_OF_BYTE = bytes(b"ACGT"[value % 4] for value in range(256))
OTHERS = {"A": "CGT", "C": "AGT", "G": "ACT", "T": "ACG"}


def write_contig(out, name, sequence):
    """One FASTA entry."""
    out.write(f">{name}\n")
    for start in range(0, len(sequence), LINE):
        out.write(sequence[start : start + LINE])
        out.write("\n")


def write_variants(out, rng, name, sequence, count, margin):
    """`count` SNVs of one contig, sorted by position."""
    chosen = rng.sample(range(margin, len(sequence) - margin), count)
    chosen.sort()
    # One random byte a variant picks its ALT (and serves as its depth).
    picks = rng.randbytes(count)
    for index, pick in zip(chosen, picks, strict=True):
        ref = sequence[index]
        alt = OTHERS[ref][pick % 3]
        out.write(f"{name}\t{index + 1}\t.\t{ref}\t{alt}\t.\tPASS\tDP={pick}\n")


def header(names, length):
    """VCF header for contigs of one length."""
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={name},length={length}>" for name in names]
    lines.append('##INFO=<ID=DP,Number=1,Type=Integer,Description="Total depth">')
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--contigs", type=int, default=2)
    parser.add_argument("--length", type=int, default=1_000_000, help="bases per contig")
    parser.add_argument("--variants", type=int, default=10_000, help="SNVs in all")
    parser.add_argument("--margin", type=int, default=1_000, help="bases without variants at contig ends")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.contigs < 1:
        parser.error("--contigs must be at least 1")
    most = max(0, arguments.length - 2 * arguments.margin) * arguments.contigs
    if arguments.variants > most:
        parser.error(f"--variants {arguments.variants}: there is room for {most}, make --length longer")

    rng = random.Random(arguments.seed)
    names = [f"chr{number + 1}" for number in range(arguments.contigs)]
    share, extra = divmod(arguments.variants, arguments.contigs)
    arguments.out_dir.mkdir(parents=True, exist_ok=True)
    with (
        open(arguments.out_dir / "genome.fa", "w", newline="\n") as fasta,
        open(arguments.out_dir / "variants.vcf", "w", newline="\n") as vcf,
    ):
        vcf.write(header(names, arguments.length))
        for number, name in enumerate(names):
            sequence = rng.randbytes(arguments.length).translate(BASE_OF_BYTE).decode("ascii")
            write_contig(fasta, name, sequence)
            count = share + (number < extra)
            write_variants(vcf, rng, name, sequence, count, arguments.margin)


if __name__ == "__main__":
    main()
