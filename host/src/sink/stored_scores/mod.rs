//! Scores read back from the files that hold them, one after the other.

#[cfg(feature = "parquet")]
mod parquet;
mod score_keys;
mod tsv;
mod vcf;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use noodles::bgzf;
use thiserror::Error;

use super::RowColumn;
use crate::genome::{TextFileError, VcfError};
use crate::stop::{Stop, Stopped};

/// An allele, or a window or gene of one, with the task whose score has the largest magnitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct StrongestTask<'a> {
    pub(crate) chrom: &'a str,
    /// 1-based, as in a VCF.
    pub(crate) pos: u64,
    pub(crate) id: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) alternate: &'a str,
    pub(crate) task: &'a str,
    pub(crate) value: f32,
}

/// Why scores cannot be read back.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoredScoresError {
    /// The file cannot be read.
    #[error("cannot read {}: {message}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The table cannot be read.
    #[error("cannot read {}", path.display())]
    Text {
        /// The table.
        path: PathBuf,
        /// Why.
        source: TextFileError,
    },
    /// The file is a VCF that cannot be read.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// The file holds no scores.
    #[error(
        "{} holds no scores that kipos wrote; expected an annotated VCF or BCF, or a table as TSV or Parquet, of score-variants \
         or saturate",
        path.display()
    )]
    NoScores {
        /// The file.
        path: PathBuf,
    },
    /// The file does not hold this score.
    #[error("{} has no score `{score}`; it has {known}", path.display())]
    UnknownScore {
        /// The file.
        path: PathBuf,
        /// The score.
        score: String,
        /// Those that it has.
        known: String,
    },
    /// A cell of a table is not what it should be.
    #[error("{}:{line}: `{column}` is {text:?}, expected {expected}", path.display())]
    Cell {
        /// The table.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What it holds.
        text: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// This build does not read Parquet.
    #[error(
        "cannot read {}: this kipos was built without the feature parquet; build it with `cargo build --release -p kipos-cli --features parquet`",
        path.display()
    )]
    NotBuilt {
        /// The file.
        path: PathBuf,
    },
    /// The caller asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl StoredScoresError {
    fn read(path: &Path, error: impl ToString) -> Self {
        Self::Read { path: path.to_owned(), message: error.to_string() }
    }
}

/// Shows `visit` every allele of a file that has the score (the first one of the file, if none is named), with its strongest
/// task; a table may have an allele several times. Returns the name of the score.
///
/// # Errors
/// A file that cannot be read or does not hold the score.
pub(crate) fn each_strongest(
    path: &Path,
    score: Option<&str>,
    stop: &Stop,
    visit: &mut dyn FnMut(StrongestTask<'_>),
) -> Result<String, StoredScoresError> {
    const LONGEST_START: u64 = 64;
    let unread = |error: io::Error| StoredScoresError::read(path, error);
    let mut start = Vec::new();
    unpacked(path).and_then(|input| input.take(LONGEST_START).read_to_end(&mut start)).map_err(unread)?;
    let mut visit = |found: StrongestTask<'_>| {
        visit(found);
        stop.check()
    };
    match start.as_slice() {
        start if start.starts_with(b"PAR1") => read_parquet(path, score, &mut visit),
        start if start.starts_with(b"chrom\tpos\t") => tsv::read(path, score, &mut visit),
        start if start.starts_with(b"##fileformat") || start.starts_with(b"BCF") => {
            vcf::read(path, score, stop, &mut visit)
        }
        _ => Err(StoredScoresError::NoScores { path: path.to_owned() }),
    }
}

/// The columns that say which allele a row is about, in the order of a [`StrongestTask`].
const ALLELE: [RowColumn; 5] =
    [RowColumn::Chrom, RowColumn::Pos, RowColumn::Id, RowColumn::Reference, RowColumn::Alternate];

/// What is done with each allele; it may stop the reading.
type Visit<'a> = dyn FnMut(StrongestTask<'_>) -> Result<(), Stopped> + 'a;

#[cfg(feature = "parquet")]
fn read_parquet(path: &Path, score: Option<&str>, visit: &mut Visit<'_>) -> Result<String, StoredScoresError> {
    parquet::read(path, score, visit)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(path: &Path, _: Option<&str>, _: &mut Visit<'_>) -> Result<String, StoredScoresError> {
    Err(StoredScoresError::NotBuilt { path: path.to_owned() })
}

/// The first bytes of a file, which may be bgzipped: what it is.
fn unpacked(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path)?);
    match file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        true => Ok(Box::new(bgzf::io::Reader::new(file))),
        false => Ok(Box::new(file)),
    }
}

/// The place, among the names of scores, of the one that is asked for, or of the first.
fn chosen<'a>(
    path: &Path,
    names: impl Iterator<Item = &'a str> + Clone,
    score: Option<&str>,
) -> Result<usize, StoredScoresError> {
    let found = match score {
        None => names.clone().next().map(|_| 0),
        Some(score) => names.clone().position(|name| name == score),
    };
    found.ok_or_else(|| match (score, names.clone().next()) {
        (Some(score), Some(_)) => StoredScoresError::UnknownScore {
            path: path.to_owned(),
            score: score.to_owned(),
            known: names.collect::<Vec<_>>().join(", "),
        },
        _ => StoredScoresError::NoScores { path: path.to_owned() },
    })
}

/// The columns of a table that are scores: each score with its columns and their tasks, in the order of the table.
fn table_scores<'a>(columns: impl Iterator<Item = (usize, &'a str)>) -> Vec<(&'a str, Vec<(usize, &'a str)>)> {
    let mut scores: Vec<(&str, Vec<(usize, &str)>)> = Vec::new();
    for (column, name) in columns {
        let Some((score, task)) = name.split_once('/') else { continue };
        match scores.iter_mut().find(|(known, _)| *known == score) {
            Some((_, tasks)) => tasks.push((column, task)),
            None => scores.push((score, vec![(column, task)])),
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_put_together_by_score() {
        let columns = ["chrom", "diff/CTCF", "diff/a/b", "ref/CTCF"];
        let scores = table_scores(columns.into_iter().enumerate());
        assert_eq!(scores, [("diff", vec![(1, "CTCF"), (2, "a/b")]), ("ref", vec![(3, "CTCF")])]);
    }
}
