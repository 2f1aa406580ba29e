//! Reading the genes of a file, in whichever of the formats it is.

mod annotation;
mod attributes;
mod columns;
mod kept;
mod table;
#[cfg(test)]
mod tests;

use super::{Gene, GeneChoice, GenesError, GenesProblem};
use crate::genome::{Contig, ContigMap, TextLines};
use annotation::Annotation;
use attributes::Spelling;
use kept::Kept;
use std::path::Path;
use table::TABLE_COLUMNS;

/// Columns of a line of GTF or GFF3.
const ANNOTATION_COLUMNS: usize = 9;

/// A gene with the names of the file, before its contig is looked for.
struct Found {
    line: u64,
    contig: String,
    gene: Unplaced,
}

/// A gene without contig.
struct Unplaced {
    id: String,
    name: String,
    gene_type: Option<String>,
    transcript: Option<String>,
    start: i64,
    end: i64,
    strand: crate::genome::Strand,
    exons: Vec<std::ops::Range<i64>>,
}

/// The genes of a file that lie on contigs of the genome, and how many do not.
pub(super) fn read(
    path: &Path,
    choice: &GeneChoice,
    contigs: &[Contig],
    names: &ContigMap,
) -> Result<(Vec<Gene>, usize), GenesError> {
    let found = found(path, choice)?;
    if found.is_empty() {
        return Err(GenesError::NoExons { path: path.to_owned() });
    }
    Kept::new(path, choice, contigs, names).keep(found)
}

/// All genes of a file, in its order.
fn found(path: &Path, choice: &GeneChoice) -> Result<Vec<Found>, GenesError> {
    let unreadable = |source| GenesError::Read { path: path.to_owned(), source };
    let mut lines = TextLines::open(path).map_err(unreadable)?;
    let mut format: Option<Format> = None;
    while lines.advance().map_err(unreadable)? {
        let text = lines.text().trim_end_matches(['\n', '\r']);
        // Sequences may follow the features of GFF3.
        if text == "##FASTA" {
            break;
        }
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let columns: Vec<&str> = text.split('\t').collect();
        let at_line = |problem| GenesError::Line { path: path.to_owned(), line: lines.line(), problem };
        let format = match &mut format {
            Some(format) => format,
            none => none.insert(Format::of(&columns).map_err(at_line)?),
        };
        format.take(lines.line(), &columns).map_err(at_line)?;
    }
    let at_line = |(line, problem)| GenesError::Line { path: path.to_owned(), line, problem };
    match format {
        None => Ok(Vec::new()),
        Some(Format::Table(genes)) => Ok(genes),
        Some(Format::Annotation(annotation)) => annotation.genes(choice.transcripts).map_err(at_line),
    }
}

/// What was read so far of a file, whose format its first line of data tells.
enum Format {
    Table(Vec<Found>),
    Annotation(Annotation),
}

impl Format {
    fn of(columns: &[&str]) -> Result<Self, GenesProblem> {
        match columns.len() {
            TABLE_COLUMNS => Ok(Self::Table(Vec::new())),
            ANNOTATION_COLUMNS => Ok(Self::Annotation(Annotation::new(Spelling::of(columns[8])))),
            other => Err(GenesProblem::Format(other)),
        }
    }

    fn take(&mut self, line: u64, columns: &[&str]) -> Result<(), GenesProblem> {
        match self {
            Self::Table(genes) => genes.push(table::gene(line, columns::exactly(columns)?)?),
            Self::Annotation(annotation) => annotation.take(line, columns::exactly(columns)?)?,
        }
        Ok(())
    }
}
