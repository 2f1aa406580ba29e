//! The native BedDataset: intervals of a BED file with their labels.

mod args;
mod error;
mod labels;
#[cfg(test)]
mod tests;

pub use args::BedArgs;
pub(super) use args::LABEL_TYPES;
pub use error::BedError;

use kipos_plugin_api::{DType, TensorData};

use crate::extent::ExtentWatch;
use crate::genome::{BedLine, BedReader, Strand};
use crate::internal::OrInternal;
use labels::parse_labels;

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BedSample {
    /// Line number, from 1.
    pub line: u64,
    /// Its place among the rows that are not left out, from 0.
    pub index: u64,
    /// The contig's name.
    pub contig: String,
    /// First base, 0-based.
    pub start: i64,
    /// One past the last base, 0-based.
    pub end: i64,
    /// What the strand column says, `.` if it is not among the interval's columns: `+`, `-` or `.`.
    pub strand: char,
    /// The values of the other columns.
    pub labels: Option<TensorData>,
}

impl BedSample {
    /// The strand that the interval is read on.
    pub fn strand(&self) -> Strand {
        if self.strand == '-' { Strand::Reverse } else { Strand::Forward }
    }
}

/// What the names of contigs become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    AsTheyAre,
    WithoutChr,
    WithChr,
}

/// Reads the intervals of a BED file and their labels, row by row. The first columns are the interval's, all others are
/// labels; how many there are, the first row decides.
pub struct BedDataset {
    args: BedArgs,
    lines: BedReader,
    naming: Naming,
    /// Columns of every row; none before the first row.
    columns: usize,
    /// The first row, until it is asked for.
    first: Option<BedSample>,
    rows: u64,
}

impl BedDataset {
    /// Opens the file and reads its first row.
    ///
    /// # Errors
    /// A file that cannot be opened, or a first row that is no interval or has too few columns.
    pub fn open(args: BedArgs) -> Result<Self, BedError> {
        let lines = BedReader::open(&args.tsv_file)?;
        let mut dataset = Self { args, lines, naming: Naming::AsTheyAre, columns: 0, first: None, rows: 0 };
        let mut first = BedSample::default();
        if dataset.read(&mut first)? {
            dataset.first = Some(first);
        }
        Ok(dataset)
    }

    /// How much of the file there is to read.
    pub(crate) fn extent(&self) -> ExtentWatch {
        self.lines.extent()
    }

    /// The arguments.
    pub fn args(&self) -> &BedArgs {
        &self.args
    }

    /// The number of labels of every row: 0 if they are ignored, or if the file is empty.
    pub fn label_count(&self) -> usize {
        if self.args.ignore_targets { 0 } else { self.columns.saturating_sub(self.args.bed_columns) }
    }

    /// The type of the labels.
    pub fn label_dtype(&self) -> DType {
        self.args.label_dtype.unwrap_or(DType::F64)
    }

    /// The first row, if it has not been asked for yet and there is one.
    pub fn peek(&self) -> Option<&BedSample> {
        self.first.as_ref()
    }

    /// Puts the next row into `sample`; says whether there was one.
    ///
    /// # Errors
    /// A [`BedError`] with the line: no interval, no strand where one belongs, another number of columns than in the
    /// first row, a label that is not of its type.
    pub fn next_sample(&mut self, sample: &mut BedSample) -> Result<bool, BedError> {
        match self.first.take() {
            Some(first) => {
                *sample = first;
                Ok(true)
            }
            None => self.read(sample),
        }
    }

    fn read(&mut self, sample: &mut BedSample) -> Result<bool, BedError> {
        while let Some(line) = self.lines.next_line()? {
            let found = line.rest.len() + 3;
            if found < self.args.bed_columns {
                return Err(self.args.too_few_columns(line.line, found));
            }
            if self.columns == 0 {
                self.columns = found;
                self.naming = self.args.naming(line.contig);
            } else if found != self.columns && !self.args.ignore_targets {
                let expected = self.columns;
                return Err(BedError::Columns { path: self.args.tsv_file.clone(), line: line.line, found, expected });
            }
            if take(&self.args, self.naming, &line, sample)? {
                sample.index = self.rows;
                self.rows += 1;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Puts a line into `sample`, unless it is to be left out.
fn take(args: &BedArgs, naming: Naming, line: &BedLine<'_>, sample: &mut BedSample) -> Result<bool, BedError> {
    sample.contig.clear();
    match naming {
        Naming::AsTheyAre => sample.contig.push_str(line.contig),
        Naming::WithoutChr => sample.contig.push_str(line.contig.strip_prefix("chr").unwrap_or(line.contig)),
        Naming::WithChr => sample.contig.extend(["chr", line.contig]),
    }
    let labels = line.rest.get(args.bed_columns - 3..).or_internal("the columns of the line are counted");
    if !args.wants(&sample.contig, labels) {
        return Ok(false);
    }
    sample.labels = match labels {
        [] => None,
        _ if args.ignore_targets => None,
        labels => Some(parse_labels(args, line.line, labels)?),
    };
    (sample.line, sample.start, sample.end) = (line.line, line.start, line.end);
    sample.strand = match line.rest.get(2).filter(|_| args.bed_columns >= 6) {
        Some(&"+") => '+',
        Some(&"-") => '-',
        None | Some(&("." | "*" | "")) => '.',
        // Read forward, columns in another order would give wrong sequences unnoticed.
        Some(&found) => return Err(args.no_strand(line.line, found)),
    };
    Ok(true)
}
