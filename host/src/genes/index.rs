//! All genes that were read, and which of them a stretch overlaps.

use super::{Gene, GeneChoice, GenesError, reader};
use crate::genome::{Contig, ContigMap, Interval};
use std::path::Path;

/// The genes of an annotation that lie on contigs of the genome.
#[derive(Clone, Debug)]
pub struct Genes {
    genes: Vec<Gene>,
    /// For each gene, the furthest end of it and of those before it on its contig.
    furthest: Vec<i64>,
    elsewhere: usize,
}

impl Genes {
    /// Reads the genes of a file; `contigs` are those of the genome, `names` finds them by the names of the file.
    ///
    /// # Errors
    /// A [`GenesError`] that names the file, and the line where there is one.
    pub fn read(path: &Path, choice: &GeneChoice, contigs: &[Contig], names: &ContigMap) -> Result<Self, GenesError> {
        reader::read(path, choice, contigs, names).map(|(genes, elsewhere)| Self::new(genes, elsewhere))
    }

    /// An index of genes; so many others lie on contigs that the genome lacks.
    pub(super) fn new(mut genes: Vec<Gene>, elsewhere: usize) -> Self {
        // Stable: genes with the same extent stay in the order of the file.
        genes.sort_by_key(|gene| (gene.extent.contig(), gene.extent.start(), gene.extent.end()));
        let mut furthest: Vec<i64> = Vec::with_capacity(genes.len());
        for (at, gene) in genes.iter().enumerate() {
            let before = at.checked_sub(1).filter(|before| genes[*before].extent.contig() == gene.extent.contig());
            furthest.push(before.map_or(gene.extent.end(), |before| furthest[before].max(gene.extent.end())));
        }
        Self { genes, furthest, elsewhere }
    }

    /// All genes, in the order of the genome.
    pub fn all(&self) -> &[Gene] {
        &self.genes
    }

    /// How many genes lie on contigs that the genome does not have.
    pub fn elsewhere(&self) -> usize {
        self.elsewhere
    }

    /// The genes that share a base with `[start, end)`, on either strand, in the order of the genome. An empty stretch
    /// is a gap between two bases: it overlaps the genes that have both of them.
    pub fn overlapping(&self, stretch: &Interval) -> impl Iterator<Item = &Gene> {
        let contig = stretch.contig();
        let from = self.genes.partition_point(|gene| gene.extent.contig() < contig);
        let to =
            self.genes.partition_point(|gene| (gene.extent.contig(), gene.extent.start()) < (contig, stretch.end()));
        // Ends that were reached so far only grow: before the first that reaches the stretch, no gene does.
        let first = from + self.furthest[from..to.max(from)].partition_point(|end| *end <= stretch.start());
        let start = stretch.start();
        self.genes[first..to.max(first)].iter().filter(move |gene| gene.extent.end() > start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Strand;
    use proptest::prelude::*;

    fn gene((contig, start, length): (usize, i64, i64), number: usize) -> Gene {
        Gene {
            id: number.to_string(),
            name: String::new(),
            gene_type: None,
            transcript: None,
            extent: Interval::new(contig, start, start + length, Strand::Forward).unwrap(),
            exons: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn the_look_up_finds_what_a_walk_over_all_genes_finds(
            places in prop::collection::vec((0..3_usize, 0..60_i64, 1..25_i64), 0..30),
            contig in 0..4_usize,
            start in -5..70_i64,
            length in 0..20_i64,
        ) {
            let genes = places.into_iter().zip(0..).map(|(place, number)| gene(place, number)).collect();
            let genes = Genes::new(genes, 0);
            let stretch = Interval::new(contig, start, start + length, Strand::Forward).unwrap();
            let overlaps = |gene: &&Gene| {
                let own = gene.extent();
                own.contig() == contig && own.start() < start + length && start < own.end()
            };
            let expected: Vec<_> = genes.all().iter().filter(overlaps).collect();
            prop_assert_eq!(genes.overlapping(&stretch).collect::<Vec<_>>(), expected);
        }
    }
}
