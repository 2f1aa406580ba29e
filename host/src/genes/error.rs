//! What can be wrong with an annotation.

use crate::genome::TextFileError;
use std::path::PathBuf;

/// Why genes could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GenesError {
    /// The file cannot be opened or read.
    #[error("cannot read the genes of {}", path.display())]
    Read {
        /// The annotation.
        path: PathBuf,
        /// What is wrong with it.
        source: TextFileError,
    },
    /// A line is not what the format has there.
    #[error("{}:{line}: {problem}", path.display())]
    Line {
        /// The annotation.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What is wrong.
        problem: GenesProblem,
    },
    /// There is no exon in the whole file.
    #[error("{} has no exons; give a GTF or GFF3 file with `exon` lines, or a table of genes", path.display())]
    NoExons {
        /// The annotation.
        path: PathBuf,
    },
    /// No gene lies on a contig of the genome.
    #[error("no gene of {} is on a contig of the genome (the file has {found}; the genome has {known})", path.display())]
    NoContig {
        /// The annotation.
        path: PathBuf,
        /// A few names of the file.
        found: String,
        /// A few names of the genome.
        known: String,
    },
    /// A type of genes that the file does not have.
    #[error("no gene of type `{name}` in {}{known}", path.display())]
    UnknownType {
        /// The annotation.
        path: PathBuf,
        /// The type that was asked for.
        name: String,
        /// The types that there are, with the words around them.
        known: String,
    },
}

/// What is wrong with a line of an annotation.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GenesProblem {
    /// The first line of data is of no known format.
    #[error("found {0} columns; genes are read from GTF or GFF3 (9 columns) or a table (7 columns, separated by tabs)")]
    Format(usize),
    /// Another number of columns than in the lines before.
    #[error("found {found} columns, expected {expected}, separated by tabs")]
    Columns {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A coordinate is no number, or not one of the format.
    #[error("invalid coordinate `{found}` of {column}: expected a whole number from {lowest}")]
    Number {
        /// What stands there.
        found: String,
        /// The name of the column.
        column: &'static str,
        /// The lowest number that may stand there.
        lowest: i64,
    },
    /// The end lies before the start.
    #[error("end {end} is not behind start {start}")]
    Reversed {
        /// The start as written.
        start: i64,
        /// The end as written.
        end: i64,
    },
    /// Neither `+` nor `-`.
    #[error("invalid strand `{0}`: a gene is on `+` or `-`")]
    Strand(String),
    /// An attribute that the format needs.
    #[error("the exon has no attribute `{0}`")]
    Attribute(&'static str),
    /// A parent that the file does not have.
    #[error("the parent `{0}` is not in the file; keep the lines of transcripts and genes beside those of exons")]
    Parent(String),
    /// A feature is among its own parents.
    #[error("the parents of `{0}` lead back to it")]
    Circle(String),
    /// Exons of one transcript lie on both strands.
    #[error("exons of transcript `{0}` are on both strands")]
    TwoStrands(String),
    /// The lists of exons have different lengths.
    #[error("EXON_START has {starts} numbers, EXON_END has {ends}")]
    ExonCounts {
        /// Numbers in the first list.
        starts: usize,
        /// Numbers in the second.
        ends: usize,
    },
    /// An exon of a table lies outside the transcript.
    #[error("the exon {start}-{end} is not inside the transcript {from}-{to}")]
    ExonOutside {
        /// First base of the exon, 0-based.
        start: i64,
        /// One past its last base.
        end: i64,
        /// First base of the transcript, 0-based.
        from: i64,
        /// One past its last base.
        to: i64,
    },
    /// A gene ends behind its contig.
    #[error("{end} is behind the end of `{contig}`, which has {length} bases; are the genes of another genome?")]
    Outside {
        /// The last base, 1-based.
        end: i64,
        /// The contig, as the file has it.
        contig: String,
        /// Its length in the genome.
        length: u64,
    },
}
