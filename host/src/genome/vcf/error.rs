//! What can be wrong with a VCF file.

use kipos_plugin_api::shell_word;
use std::{io, path::PathBuf};

/// Why a VCF file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum VcfError {
    /// The file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Reading failed, or a bgzip block or the record of a BCF is damaged.
    #[error("cannot read {} after line {line}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Lines read before, so the number of the last good line.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// Gzip without blocks.
    #[error("{} is plain gzip, not bgzip; re-compress it with bgzip", path.display())]
    PlainGzip {
        /// The file.
        path: PathBuf,
    },
    /// The file is BCF of a version that is not read.
    #[error("{} is not BCF version 2, the only version supported; convert it with `bcftools view`", path.display())]
    BcfVersion {
        /// The file.
        path: PathBuf,
    },
    /// A bgzip file ends inside a block or lacks its end marker. BCF that is not bgzipped is [`Read`](Self::Read) then.
    #[error("{} is truncated (its bgzip end marker is missing); copy or make it again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// The index beside the file cannot be read.
    #[error("cannot read the index {}; rebuild it with `{maker} {}`", path.display(), shell_word(&vcf.to_string_lossy()))]
    Index {
        /// The index.
        path: PathBuf,
        /// The file.
        vcf: PathBuf,
        /// The command that makes the index of such a file.
        maker: &'static str,
        /// What is wrong.
        source: io::Error,
    },
    /// The index beside the file was made of another file.
    #[error(
        "the index {} does not match {}: it ends at another place; rebuild it with `{maker} {}`",
        path.display(), vcf.display(), shell_word(&vcf.to_string_lossy())
    )]
    IndexOfAnother {
        /// The index.
        path: PathBuf,
        /// The file.
        vcf: PathBuf,
        /// The command that makes the index of such a file.
        maker: &'static str,
    },
    /// The lines before `#CHROM` are no VCF header, or the file ends within them.
    #[error("{}:{line}: expected a VCF header line (`##...` or `#CHROM...`); is this a VCF file?", path.display())]
    NoHeader {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
    /// The `#CHROM` line has fewer than the eight fixed columns.
    #[error("{}:{line}: found {found} tab-separated columns, expected at least 8 (CHROM to INFO)", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// How many there are.
        found: usize,
    },
    /// A record has more or fewer columns than the header has.
    #[error(
        "{}:{line}: found {found} tab-separated columns, but the #CHROM line has {expected}; is the line cut off, or are tabs missing or added?",
        path.display()
    )]
    RecordColumns {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// How many there are.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// POS is no number.
    #[error("{}:{line}: invalid POS `{found}`: expected a non-negative integer", path.display())]
    Position {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What stands there.
        found: String,
    },
    /// CHROM is empty or no UTF-8.
    #[error("{}:{line}: CHROM is empty or not UTF-8; name the contig", path.display())]
    ContigName {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
    /// An empty line is followed by more records.
    #[error("{}:{line}: the line is empty but records follow; delete it", path.display())]
    EmptyLine {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
}
