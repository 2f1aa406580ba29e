//! Reading VCF files line by line, keeping every byte; BCF as the lines that it stands for.

mod awaited;
mod error;
mod header;
mod index;
mod index_check;
mod indexed;
mod input;
mod layout;
mod named;
mod places;
mod reader;
mod record;
mod source;
mod stream;
#[cfg(test)]
mod tests;

pub use error::VcfError;
pub use header::{ContigDeclaration, Declaration, VcfHeader};
pub use input::VariantInput;
pub use named::{NamedVariant, NamedVariantError};
pub(crate) use places::RecordPlaces;
pub use reader::VcfReader;
pub use record::VcfRecord;
pub use source::VariantSource;

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

    /// Takes the end off a line as it was read; `None` if nothing was read.
    fn strip(line: &mut Vec<u8>) -> Option<Self> {
        if line.is_empty() {
            return None;
        }
        if line.ends_with(b"\n") {
            line.pop();
        }
        if line.ends_with(b"\r") {
            line.pop();
            return Some(Self::CrLf);
        }
        Some(Self::Lf)
    }
}
