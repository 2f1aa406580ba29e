//! What can go wrong when results are written.

use crate::genome::{BcfProblem, HeaderProblem, VcfRecord};
use std::{io, path::PathBuf};

/// Why an output could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The directory that shall hold the file does not exist.
    #[error("cannot write {}: the directory {} does not exist; create it first", path.display(), directory.display())]
    NoDirectory {
        /// The file.
        path: PathBuf,
        /// The missing directory.
        directory: PathBuf,
    },
    /// The name belongs to a directory.
    #[error("cannot write {}: it is a directory; name a file in it", path.display())]
    IsDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// The name does not tell the format.
    #[error("cannot write {}: its name must end in {known}", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// How names of such files end.
        known: String,
    },
    /// A BED file of samples that have no range, or several.
    #[error(
        "cannot write {}: a BED file needs one range per sample, but these samples have {found}; write .tsv, .parquet \
         or .h5",
        path.display()
    )]
    NotOneRange {
        /// The file.
        path: PathBuf,
        /// How many ranges samples have.
        found: usize,
    },
    /// A BED file of gradients.
    #[error("cannot write {}: BED cannot hold gradients; write .h5, .tsv or .parquet", path.display())]
    GradientsInBed {
        /// The file.
        path: PathBuf,
    },
    /// A table with more columns than a program could read.
    #[error(
        "cannot write {}: the table would have {columns} columns, more than {most}; write .h5, which does not split arrays",
        path.display()
    )]
    TooManyColumns {
        /// The file.
        path: PathBuf,
        /// How many there would be.
        columns: usize,
        /// How many there may be.
        most: usize,
    },
    /// The name asks for a format whose writer was left out of this build.
    #[error(
        "cannot write {}: this kipos was built without the feature {feature}; build it with `cargo build --release -p kipos-cli --features {feature}`{}",
        path.display(),
        if *feature == "hdf5" { ", which needs cmake" } else { "" }
    )]
    NotBuilt {
        /// The file.
        path: PathBuf,
        /// The feature of the crate that holds the writer.
        feature: &'static str,
    },
    /// Two outputs are one file.
    #[error("{} and {} are the same output; name each once", first.display(), second.display())]
    SameOutput {
        /// One of the two.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// Whoever read standard output has closed it.
    #[error("standard output was closed")]
    ReaderGone,
    /// Standard output was asked for, and the process was started without one.
    #[error("cannot write standard output: it is closed; redirect it to a file or a pipe")]
    StdoutClosed,
    /// The file cannot be made.
    #[error("cannot create {}; may its directory be written to?", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Writing failed half-way, or the complete file could not be renamed.
    #[error("cannot write {}; what was written so far is discarded", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A complete file could not be renamed, and neither could others of the run that had been renamed before get back
    /// what they held.
    #[error("cannot write {}, and could not take back what was written before; {} are changed already, so remove them", path.display(), names(kept))]
    PartlyInPlace {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// Those that are changed.
        kept: Vec<PathBuf>,
    },
    /// Two things to be written have one INFO key.
    #[error("cannot write {}: INFO key {key} would hold both {first} and {second}; rename one of them", path.display())]
    KeyCollision {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What it holds.
        first: String,
        /// What it would hold too.
        second: String,
    },
    /// The input's header declares a key of the model, and replacing is forbidden.
    #[error(
        "cannot write {}: the input's header declares {key} already; choose --on-existing replace or another --model-name",
        path.display()
    )]
    KeyDeclared {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A key that would be written holds what another model said: the names of both are spelled alike in keys.
    #[error(
        "cannot write {}: {key} in the input belongs to model {model}; choose another --model-name",
        path.display()
    )]
    KeyOfOther {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// The other model.
        model: String,
    },
    /// A record of the input has a value of ours, and replacing is forbidden.
    #[error(
        "cannot write {}: {} of the input has {key} already; choose --on-existing replace or another --model-name",
        path.display(),
        input_line(*line)
    )]
    KeyPresent {
        /// The file.
        path: PathBuf,
        /// Line of the input, from 1; 0 where its index led there.
        line: u64,
        /// The key.
        key: String,
    },
    /// The header would make a BCF that no other program can read.
    #[error(
        "cannot write {}: line {line} of the input {problem}; correct it or write .vcf.gz, which takes any header",
        path.display()
    )]
    BcfHeader {
        /// The file.
        path: PathBuf,
        /// Line of the input, from 1.
        line: u64,
        /// What it is.
        problem: HeaderProblem,
    },
    /// A header line that the input lacks would make a BCF that no other program can read.
    #[error(
        "cannot write {}: a header line that kipos adds {problem}; rename it or write .vcf.gz, which takes any header",
        path.display()
    )]
    BcfAddedLine {
        /// The file.
        path: PathBuf,
        /// What it is.
        problem: HeaderProblem,
    },
    /// A record has something that BCF cannot hold.
    #[error(
        "cannot write {}: {} of the input {problem}; {}write .vcf.gz, which takes any record",
        path.display(),
        input_line(*line),
        problem.advice()
    )]
    BcfRecord {
        /// The file.
        path: PathBuf,
        /// Line of the input, from 1; 0 where its index led there.
        line: u64,
        /// What it is.
        problem: BcfProblem,
    },
    /// A position that no integer of the file can hold.
    #[error(
        "cannot write {}: {} of the input has POS {pos}, beyond the integers that such a file can hold; correct it or \
         write .tsv or .vcf.gz, which take any record",
        path.display(),
        input_line(*line)
    )]
    Position {
        /// The file.
        path: PathBuf,
        /// Line of the input, from 1; 0 where its index led there.
        line: u64,
        /// The position.
        pos: u64,
    },
    /// The scores are not of the shape that was agreed: an error of the caller.
    #[error("internal error: the results for {} are not of the shape that was agreed: {message}; please report this", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        message: String,
    },
}

fn names(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// `line 5`, or `a line` where its number is not known.
fn input_line(line: u64) -> String {
    if line == VcfRecord::UNKNOWN_LINE { "a line".to_owned() } else { format!("line {line}") }
}
