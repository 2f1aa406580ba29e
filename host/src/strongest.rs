//! The strongest alleles of a file of scores.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::path::PathBuf;

use thiserror::Error;

use crate::genes::{GeneChoice, Genes, GenesError};
use crate::genome::{Allele, Contig, ContigMap, Interval, Strand};
use crate::sink::{StoredScoresError, StrongestTask, each_strongest};
use crate::stop::Stop;

/// A request for the alleles of a file whose scores have the largest magnitude. Memory holds those alone.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Strongest {
    /// An annotated VCF or BCF, or a table as TSV or Parquet.
    pub file: PathBuf,
    /// How many alleles at most. Default: 20.
    pub count: usize,
    /// The score. Default: none, the first of the file.
    pub score: Option<String>,
    /// An annotation, whose genes are named: GTF, GFF3 or a table of seven columns, plain or bgzipped. Default: none.
    pub genes: Option<PathBuf>,
    /// The types of genes that are named, such as `protein_coding`. Default: empty, all.
    pub gene_types: Vec<String>,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
}

/// The strongest alleles by one score.
#[derive(Debug, Clone, PartialEq)]
pub struct StrongestAlleles {
    /// The score.
    pub score: String,
    /// The alleles, the strongest first; of equals the first of the file.
    pub alleles: Vec<StrongAllele>,
}

/// An allele, with the task whose score has the largest magnitude.
#[derive(Debug, Clone, PartialEq)]
pub struct StrongAllele {
    /// The contig.
    pub chrom: String,
    /// POS, 1-based.
    pub pos: u64,
    /// The record's ID.
    pub id: String,
    /// REF.
    pub reference: String,
    /// The ALT allele.
    pub alternate: String,
    /// The task.
    pub task: String,
    /// Its score.
    pub value: f32,
    /// The names of the genes that have any of the bases that it changes, introns included, on either strand, in the order
    /// of the genome; none without an annotation.
    pub genes: Vec<String>,
}

/// Why there are no strongest alleles.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StrongestError {
    /// The scores.
    #[error(transparent)]
    Scores(#[from] StoredScoresError),
    /// The annotation.
    #[error(transparent)]
    Genes(#[from] GenesError),
}

impl Strongest {
    /// A request with the defaults.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), count: 20, score: None, genes: None, gene_types: Vec::new(), stop: Stop::new() }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// A file that cannot be read, or that does not hold the score; an annotation without a gene on a contig of the file.
    pub fn run(&self) -> Result<StrongestAlleles, StrongestError> {
        let mut kept = BTreeMap::new();
        let mut contigs: Vec<Contig> = Vec::new();
        let mut place = 0_u64;
        let mut visit = |found: StrongestTask<'_>| {
            let rank = Rank { magnitude: found.value.abs(), place: Reverse(place) };
            place += 1;
            // Files are mostly in the order of the genome, so that the last contig is the first to look at.
            if !contigs.iter().rev().any(|contig| contig.name == found.chrom) {
                // How long it is does not matter here.
                contigs.push(Contig { name: found.chrom.to_owned(), length: i64::MAX.unsigned_abs() });
            }
            let is_stronger = kept.first_key_value().is_none_or(|(weakest, _)| *weakest < rank);
            if kept.len() < self.count || is_stronger {
                kept.insert(rank, StrongAllele::of(found));
            }
            if kept.len() > self.count {
                kept.pop_first();
            }
        };
        let score = each_strongest(&self.file, self.score.as_deref(), &self.stop, &mut visit)?;
        let mut alleles: Vec<StrongAllele> = kept.into_values().rev().collect();
        if let Some(path) = self.genes.as_ref().filter(|_| !alleles.is_empty()) {
            let choice = GeneChoice { types: self.gene_types.clone(), ..GeneChoice::default() };
            let genes = Genes::read(path, &choice, &contigs, &ContigMap::new(&contigs))?;
            for allele in &mut alleles {
                let contig = contigs.iter().position(|contig| contig.name == allele.chrom);
                allele.genes = contig.map_or_else(Vec::new, |contig| allele.genes_among(&genes, contig));
            }
        }
        Ok(StrongestAlleles { score, alleles })
    }
}

impl StrongAllele {
    fn of(found: StrongestTask<'_>) -> Self {
        let StrongestTask { chrom, pos, id, reference, alternate, task, value } = found;
        let [chrom, id, reference, alternate, task] = [chrom, id, reference, alternate, task].map(str::to_owned);
        Self { chrom, pos, id, reference, alternate, task, value, genes: Vec::new() }
    }

    /// The names of the genes on its contig that have any of the bases that it changes, each once.
    fn genes_among(&self, genes: &Genes, contig: usize) -> Vec<String> {
        let Ok(allele) = Allele::parse(self.pos, self.reference.as_bytes(), self.alternate.as_bytes()) else {
            return Vec::new();
        };
        let changed = allele.changed();
        let ends = i64::try_from(changed.start).and_then(|start| Ok((start, i64::try_from(changed.end)?)));
        let stretch = ends.ok().and_then(|(start, end)| Interval::new(contig, start, end, Strand::Forward).ok());
        let mut names: Vec<String> = Vec::new();
        for gene in stretch.iter().flat_map(|stretch| genes.overlapping(stretch)) {
            if !names.iter().any(|name| name == gene.name()) {
                names.push(gene.name().to_owned());
            }
        }
        names
    }
}

/// Stronger is greater; of equals, the one that comes first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rank {
    magnitude: f32,
    place: Reverse<u64>,
}

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.magnitude.total_cmp(&other.magnitude).then(self.place.cmp(&other.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strongest(table: &str, count: usize, score: Option<&str>) -> Result<Vec<String>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("scores.tsv");
        std::fs::write(&path, table).unwrap();
        let request = Strongest { count, score: score.map(str::to_owned), ..Strongest::new(&path) };
        let found = request.run().map_err(|error| error.to_string().replace(path.to_str().unwrap(), "scores.tsv"))?;
        let line = |allele: &StrongAllele| {
            let StrongAllele { chrom, pos, reference, alternate, task, value, .. } = allele;
            format!("{chrom}:{pos}:{reference}>{alternate} {task} {value}")
        };
        Ok(found.alleles.iter().map(line).collect())
    }

    const TABLE: &str = "chrom\tpos\tid\tref\talt\tskip\tdiff/a\tdiff/b\tref/a\n\
                         c\t1\t.\tA\tC\t.\t0.5\t-0.5\t9\n\
                         c\t2\t.\tA\tC\t.\t0.1\t\t7\n\
                         c\t3\t.\tA\tC\ttoo_many_n\t\t\t\n\
                         d\t4\t.\tG\tC\t.\t0.2\t-3\t8\n\
                         d\t5\t.\tG\tT\t.\tnan\t0.5\t8\n";

    #[test]
    fn the_strongest_come_first_and_equals_as_in_the_file() {
        assert_eq!(strongest(TABLE, 3, None).unwrap(), ["d:4:G>C b -3", "c:1:A>C a 0.5", "d:5:G>T b 0.5"]);
        assert_eq!(strongest(TABLE, 100, Some("diff")).unwrap().len(), 4);
        assert_eq!(strongest(TABLE, 1, Some("ref")).unwrap(), ["c:1:A>C a 9"]);
        assert_eq!(strongest(TABLE, 0, None).unwrap(), [""; 0]);
    }

    #[test]
    fn other_files_and_scores_are_refused() {
        insta::assert_snapshot!(strongest(TABLE, 1, Some("logit")).unwrap_err(), @"scores.tsv has no score `logit`; it has diff, ref");
        insta::assert_snapshot!(strongest("a\tb\n", 1, None).unwrap_err(), @"scores.tsv holds no scores that kipos wrote; expected an annotated VCF or BCF, or a table as TSV or Parquet, of score-variants or saturate");
        insta::assert_snapshot!(strongest("chrom\tpos\tskip\n", 1, None).unwrap_err(), @"scores.tsv holds no scores that kipos wrote; expected an annotated VCF or BCF, or a table as TSV or Parquet, of score-variants or saturate");
        insta::assert_snapshot!(strongest("chrom\tpos\tdiff/a\nc\t1\tx\n", 1, None).unwrap_err(), @r#"scores.tsv:2: `diff/a` is "x", expected a number"#);
        insta::assert_snapshot!(strongest("chrom\tpos\tdiff/a\nc\t-1\t2\n", 1, None).unwrap_err(), @r#"scores.tsv:2: `pos` is "-1", expected a position"#);
        insta::assert_snapshot!(strongest("chrom\tpos\tdiff/a\nc\t1\n", 1, None).unwrap_err(), @"cannot read scores.tsv: line 2 has 2 cells, and there are 3 columns");
    }
}
