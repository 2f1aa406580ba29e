//! What can be wrong with the regions that a user names.

use std::{io, path::PathBuf};

/// Why regions could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum RegionError {
    /// A region lies on a contig that the genome does not have.
    #[error("unknown contig in region `{region}` (the genome has {known}); write CHROM:START-END")]
    UnknownContig {
        /// The region.
        region: String,
        /// A few names of the genome, for the message.
        known: String,
    },
    /// A comma that may be within a number or between two regions.
    #[error(
        "ambiguous region `{region}`: `,{digits}` may belong to the number or name the contig `{digits}`; write the \
         number without commas, or give each region its own flag"
    )]
    Comma {
        /// The region.
        region: String,
        /// The digits behind the comma, which a contig is called as well.
        digits: String,
    },
    /// A BED line lies on a contig that the genome does not have.
    #[error("{}:{line}: contig `{name}` is not in the genome (it has {known})", path.display())]
    UnknownBedContig {
        /// The BED file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The first column.
        name: String,
        /// A few names of the genome, for the message.
        known: String,
    },
    /// The BED file cannot be opened.
    #[error("cannot open the regions file {}", path.display())]
    Open {
        /// The BED file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The BED file cannot be read, or is no UTF-8.
    #[error("cannot read {} after line {line}", path.display())]
    Read {
        /// The BED file.
        path: PathBuf,
        /// Lines read before.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// Gzip without blocks.
    #[error("{} is plain gzip, not bgzip; re-compress it with bgzip", path.display())]
    PlainGzip {
        /// The BED file.
        path: PathBuf,
    },
    /// A bgzipped file lacks its end marker.
    #[error("{} is truncated (its bgzip end marker is missing); copy or make it again", path.display())]
    Truncated {
        /// The BED file.
        path: PathBuf,
    },
    /// A line has fewer than three columns.
    #[error("{}:{line}: found {found} columns, expected at least 3 (contig, start, end)", path.display())]
    Columns {
        /// The BED file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// How many there are.
        found: usize,
    },
    /// Start or end is no coordinate.
    #[error("{}:{line}: invalid coordinate `{found}`: expected a non-negative integer; BED is contig, start, end", path.display())]
    Number {
        /// The BED file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What stands there.
        found: String,
    },
    /// The end lies before the start.
    #[error("{}:{line}: end {end} is before start {start}; swap them", path.display())]
    Reversed {
        /// The BED file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// First base, 0-based.
        start: i64,
        /// One past the last base, 0-based.
        end: i64,
    },
}

/// A region of which the genome has nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("region `{region}` is outside {contig}, which has {length} bases; are the coordinates from another genome?")]
pub struct RegionOutside {
    /// The region.
    pub region: String,
    /// The contig's name.
    pub contig: String,
    /// Its length in bases.
    pub length: u64,
}
