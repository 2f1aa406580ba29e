//! Reading VCF files line by line, keeping every byte.

mod error;
mod header;
mod reader;
mod record;
#[cfg(test)]
mod tests;

pub use error::VcfError;
pub use header::{ContigDeclaration, Declaration, VcfHeader};
pub use reader::VcfReader;
pub use record::VcfRecord;

/// How a line ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LineEnd {
    /// A line feed; also assumed for a last line without an end.
    #[default]
    Lf,
    /// Carriage return and line feed, as Windows writes them.
    CrLf,
}

impl LineEnd {
    /// The bytes that end the line.
    pub const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }
}
