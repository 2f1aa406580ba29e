//! A single place in the genome, for messages.

use std::fmt;

/// A base of a contig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenomePosition {
    /// The contig's name.
    pub contig: String,
    /// 1-based, as in a VCF.
    pub position: u64,
}

impl fmt::Display for GenomePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.contig, self.position)
    }
}
