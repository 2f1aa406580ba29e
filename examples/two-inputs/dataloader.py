"""The loader of this model: DNA of regulatory elements, and how far each is from its nearest gene.

    python dataloader.py            # writes batches.h5 beside this file; needs h5py and NumPy

kipos does not run Python; it reads what this loader has written.
"""

from pathlib import Path

import numpy as np


def read_fasta(path):
    """Contig name -> upper-case sequence."""
    contigs = {}
    for entry in Path(path).read_text().split(">")[1:]:
        name, _, sequence = entry.partition("\n")
        contigs[name.split()[0]] = sequence.replace("\n", "").upper()
    return contigs


def read_bed(path):
    return [line.split("\t") for line in Path(path).read_text().splitlines()]


def one_hot(sequence):
    """(length, 4) in the order ACGT; N is 0.25 in all four."""
    letters = np.array(list(sequence))[:, None]
    columns = (letters == np.array(list("ACGT"))).astype("float32")
    return np.where(letters == "N", np.float32(0.25), columns)


def elements(fasta_file, elements_bed, genes_bed):
    """All elements of `elements_bed`, as Kipoi's PreloadedDataset."""
    genome = read_fasta(fasta_file)
    genes = [(contig, int(start)) for contig, start, *_ in read_bed(genes_bed)]
    rows = read_bed(elements_bed)
    dna, distance = [], []
    for contig, start, end, _, _, strand in rows:
        start, end = int(start), int(end)
        columns = one_hot(genome[contig][start:end])
        dna.append(columns[::-1, ::-1] if strand == "-" else columns)
        middle = (start + end) // 2
        distance.append([min(abs(middle - gene) for name, gene in genes if name == contig)])
    return {
        "inputs": {"dna": np.stack(dna), "distance": np.array(distance, dtype="int32")},
        "metadata": {
            "ranges": {
                "chr": [row[0] for row in rows],
                "start": np.array([int(row[1]) for row in rows]),
                "end": np.array([int(row[2]) for row in rows]),
                "id": [row[3] for row in rows],
                "strand": [row[5] for row in rows],
            }
        },
    }


def write(group, tree):
    """Writes a tree of arrays as groups and datasets."""
    for name, value in tree.items():
        if isinstance(value, dict):
            write(group.create_group(name), value)
        elif isinstance(value, np.ndarray) and value.ndim > 1:
            group.create_dataset(name, data=value, compression="gzip")
        else:
            group[name] = value


def main():
    import h5py

    here = Path(__file__).resolve().parent
    batch = elements(here.parent / "motif-cnn" / "genome.fa", here / "elements.bed", here / "genes.bed")
    with h5py.File(here / "batches.h5", "w") as file:
        write(file, batch)


if __name__ == "__main__":
    main()
