//! What can be wrong with a genome file or a request to it.

use crate::stop::Stopped;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a genome could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum FastaError {
    /// The file system failed.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file that was being read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Gzip without blocks allows no random access.
    #[error("{} is plain gzip, which allows no random access; re-compress it with bgzip", path.display())]
    PlainGzip {
        /// The genome file.
        path: PathBuf,
    },
    /// A bgzip file ends inside a block or lacks its end marker.
    #[error("{} is truncated (its bgzip end marker is missing); copy or make it again", path.display())]
    Truncated {
        /// The genome file.
        path: PathBuf,
    },
    /// The file holds no sequence.
    #[error("{} is empty; a FASTA file with at least one sequence is needed", path.display())]
    Empty {
        /// The genome file.
        path: PathBuf,
    },
    /// Sequence comes before the first `>` line.
    #[error("{}:{line}: expected a header line that begins with `>`; is this a FASTA file?", path.display())]
    MissingHeader {
        /// The genome file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
    /// A header or index line has no name, or one that is not UTF-8.
    #[error("{}:{line}: the contig name is empty or not UTF-8; name the contig", path.display())]
    BadName {
        /// The genome or index file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
    /// A header line, or a line of the index, is longer than any.
    #[error("{}:{line}: the line has more than {} MiB; is this a FASTA file, or its index?", path.display(), limit >> 20)]
    LongLine {
        /// The genome or index file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The most bytes that a line may have.
        limit: u64,
    },
    /// Two contigs have one name.
    #[error("{}:{line}: contig `{name}` appears twice; names must be distinct", path.display())]
    DuplicateContig {
        /// The genome or index file.
        path: PathBuf,
        /// Line number of the second one, from 1.
        line: u64,
        /// The name.
        name: String,
    },
    /// The lines of a contig differ in length, so that bases cannot be found by position.
    #[error("{}:{line}: this line's length differs from the others of contig `{name}`; wrap all lines of the contig alike (`samtools faidx` has the same rule)", path.display())]
    UnevenLine {
        /// The genome file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The contig.
        name: String,
    },
    /// A sequence line holds a byte that is no sequence letter.
    #[error("{}:{line}: invalid sequence byte 0x{byte:02x}; is this a FASTA file?", path.display())]
    BadLetter {
        /// The genome file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The byte.
        byte: u8,
    },
    /// A line of the index does not parse.
    #[error("{}:{line}: not a line of a FASTA index (name, length, offset, bases and bytes a line, tab separated); \
             delete the index, and it is rebuilt", path.display())]
    BadIndexLine {
        /// The `.fai` file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
    /// An index describes another file than the one beside it.
    #[error("{} does not fit {} ({reason}); delete the index, and it is rebuilt", index.display(), path.display())]
    StaleIndex {
        /// The genome file.
        path: PathBuf,
        /// The `.fai` or `.gzi` file, or where the `.fai` would be.
        index: PathBuf,
        /// What does not fit.
        reason: &'static str,
    },
    /// The file was written or replaced meanwhile.
    #[error("the genome {} changed while it was read; nothing was written", path.display())]
    Changed {
        /// The genome file.
        path: PathBuf,
    },
    /// The index of a contig that the genome does not have.
    #[error("{} has {count} contigs, number {contig} (from 0) is not among them", path.display())]
    NoSuchContig {
        /// The genome file.
        path: PathBuf,
        /// The index asked for.
        contig: usize,
        /// How many contigs there are.
        count: usize,
    },
    /// Somebody asked to stop while all of the genome was read.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A stretch that is reversed or leaves the contig.
    #[error("{}: bases {start}..{end} (0-based, half-open) of contig `{name}` are out of range, it has {length}", path.display())]
    OutOfRange {
        /// The genome file.
        path: PathBuf,
        /// The contig.
        name: String,
        /// First base asked for, 0-based.
        start: u64,
        /// One past the last base asked for, 0-based.
        end: u64,
        /// Length of the contig in bases.
        length: u64,
    },
}

impl FastaError {
    /// A failed read of `path`; a bgzip stream that breaks off is a truncated file.
    pub(super) fn from_read(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated { path },
            _ => Self::Io { path, source },
        }
    }
}
