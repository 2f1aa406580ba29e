//! Where variants come from.

use super::{NamedVariant, VcfError, VcfReader, awaited::Awaited};
use crate::stop::Stop;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Where variants come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VariantInput {
    /// A VCF file, plain or bgzipped, or BCF.
    File(PathBuf),
    /// A VCF, plain or bgzipped, or BCF that comes through standard input.
    Stdin,
    /// Variants given by name, in this order; they make a VCF whose header declares nothing.
    Named(Vec<NamedVariant>),
}

impl<P: Into<PathBuf>> From<P> for VariantInput {
    fn from(path: P) -> Self {
        Self::File(path.into())
    }
}

impl VariantInput {
    /// Opens it and reads the header.
    ///
    /// # Errors
    ///
    /// As `VcfReader::open`.
    pub(crate) fn open(&self) -> Result<VcfReader, VcfError> {
        self.open_until(&Stop::new())
    }

    /// The same; standard input or a pipe is waited for until `stop` is asked.
    ///
    /// # Errors
    ///
    /// As `VcfReader::open`.
    pub(crate) fn open_until(&self, stop: &Stop) -> Result<VcfReader, VcfError> {
        match self {
            Self::File(path) => VcfReader::open_until(path, stop),
            Self::Stdin => open_stdin(stop),
            Self::Named(variants) => {
                let records = variants.iter().map(NamedVariant::line);
                let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
                let text: String = std::iter::once(header.to_owned()).chain(records).collect();
                let mut reader = VcfReader::new(io::Cursor::new(text), "--variant")?;
                // The user counts the variants, not the lines of a file that is not there.
                reader.count_lines_from_here();
                Ok(reader)
            }
        }
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Stdin | Self::Named(_) => None,
        }
    }
}

fn open_stdin(stop: &Stop) -> Result<VcfReader, VcfError> {
    const NAME: &str = "standard input";
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        // Not the one of the standard library, whose buffer may hold bytes that its descriptor no longer has.
        let stdin = io::stdin().as_fd().try_clone_to_owned();
        let stdin = stdin.map_err(|source| VcfError::Open { path: NAME.into(), source })?;
        VcfReader::new(Awaited::new(std::fs::File::from(stdin), stop), NAME)
    }
    #[cfg(not(unix))]
    VcfReader::new(Awaited::new(io::stdin(), stop), NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_variants_become_records_in_their_order() {
        let variants = ["chr2:7:A:T", "chr1:3:G>C,T"].map(|text| text.parse().unwrap());
        let mut reader = VariantInput::Named(variants.to_vec()).open().unwrap();
        assert_eq!(reader.header().file_format(), Some("VCFv4.2"));
        assert_eq!(reader.header().contigs(), []);
        for (line, chrom, alternates) in [(1, "chr2", "T"), (2, "chr1", "C,T")] {
            let record = reader.read_record().unwrap().unwrap();
            assert_eq!((record.line_number(), record.chrom()), (line, chrom));
            assert_eq!(record.alternate_text(), alternates.as_bytes());
        }
        assert_eq!(reader.read_record().unwrap(), None);
    }
}
