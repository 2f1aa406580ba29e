//! Reading what a file's contents follow from.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::side_file::side_path;
use super::stored_provenance::{PNG_SIGNATURE, of_archive, of_header_line, of_png, of_svg};
use super::{OutputFormat, SinkError};
use crate::dataloader::BatchError;
use crate::genome::{VariantInput, VcfError};
use crate::internal::{InternalError, caught};
use crate::provenance::Provenance;

/// Bytes of a picture, or of a file beside another one, in which it is looked for.
const MOST_BYTES: u64 = 1 << 26;
/// The end of an archive, with the longest comment.
const ARCHIVE_END: u64 = (1 << 16) + 22;

/// Why it cannot be told what a file follows from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvenanceError {
    /// The file cannot be read.
    #[error("cannot read {}: {message}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The file does not say.
    #[error("{} does not say how it was made{}: another program or an earlier kipos wrote it", path.display(), absent(beside.as_deref()))]
    Nothing {
        /// The file.
        path: PathBuf,
        /// The file beside it that would say so, for formats that have no place for it.
        beside: Option<PathBuf>,
    },
    /// A variant file with a header that cannot be read.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// An HDF5 file that cannot be read.
    #[error(transparent)]
    Hdf5(#[from] BatchError),
    /// This build does not read the format.
    #[error(
        "cannot read {}: this kipos was built without the feature {feature}; build it with `cargo build --release -p kipos-cli --features {feature}`",
        path.display()
    )]
    NotBuilt {
        /// The file.
        path: PathBuf,
        /// The feature.
        feature: &'static str,
    },
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

fn absent(beside: Option<&Path>) -> String {
    beside.map_or_else(String::new, |beside| format!(", and there is no {}", beside.display()))
}

/// What the contents of a file that kipos wrote follow from: one answer for each run whose results it holds, at least one.
/// The file's first bytes tell its format.
///
/// # Errors
/// The file cannot be read, or does not say.
pub fn read_provenance(path: &Path) -> Result<Vec<Provenance>, ProvenanceError> {
    caught(|| read(path))?
}

/// What a file of one run follows from, if it says so.
pub(crate) fn provenance_of_run(path: &Path) -> Option<Provenance> {
    read_provenance(path).ok()?.pop()
}

fn read(path: &Path) -> Result<Vec<Provenance>, ProvenanceError> {
    let unread = |error: io::Error| ProvenanceError::Read { path: path.to_owned(), message: error.to_string() };
    let mut file = File::open(path).map_err(unread)?;
    if file.metadata().map_err(unread)?.is_dir() {
        return Err(unread(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let mut start = Vec::new();
    (&mut file).take(512).read_to_end(&mut start).map_err(unread)?;
    let nothing = || ProvenanceError::Nothing { path: path.to_owned(), beside: None };
    let all = |from: u64| -> Result<Vec<u8>, ProvenanceError> {
        let mut bytes = Vec::new();
        let mut file = &file;
        file.seek(SeekFrom::Start(from)).and_then(|_| file.take(MOST_BYTES).read_to_end(&mut bytes)).map_err(unread)?;
        Ok(bytes)
    };
    let one = |found: Option<Provenance>| found.map(|found| vec![found]).ok_or_else(nothing);
    if start.starts_with(b"\x89HDF\r\n\x1a\n") {
        return one(of_hdf5(path)?);
    }
    if start.starts_with(b"PAR1") {
        return one(of_parquet(path)?);
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        let length = file.metadata().map_err(unread)?.len();
        return one(of_archive(&all(length.saturating_sub(ARCHIVE_END))?));
    }
    if start.starts_with(PNG_SIGNATURE) {
        return one(of_png(&all(0)?));
    }
    if start.starts_with(b"<svg") || start.starts_with(b"<?xml") {
        return one(of_svg(&String::from_utf8_lossy(&all(0)?)));
    }
    if start.trim_ascii_start().starts_with(b"{") {
        return one(Provenance::from_json(&String::from_utf8_lossy(&all(0)?)));
    }
    if is_vcf(path, &start) {
        let reader = VariantInput::File(path.to_owned()).open()?;
        let found: Vec<_> = reader.header().meta_lines().iter().filter_map(|line| of_header_line(line)).collect();
        return if found.is_empty() { Err(nothing()) } else { Ok(found) };
    }
    let beside = side_path(path);
    match fs::metadata(&beside) {
        Ok(_) => read_side_file(&beside),
        Err(_) => Err(ProvenanceError::Nothing { path: path.to_owned(), beside: Some(beside) }),
    }
}

/// Whether a file is one of variants: told by its first bytes or, if it is compressed, by its name.
fn is_vcf(path: &Path, start: &[u8]) -> bool {
    match OutputFormat::of(path) {
        Ok(OutputFormat::Vcf | OutputFormat::Bcf) => true,
        Ok(_) | Err(SinkError::NotBuilt { .. }) => false,
        Err(_) => start.starts_with(b"##fileformat=VCF"),
    }
}

/// A file that holds nothing else.
fn read_side_file(path: &Path) -> Result<Vec<Provenance>, ProvenanceError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
    read.map_err(|error| ProvenanceError::Read { path: path.to_owned(), message: error.to_string() })?;
    let found = Provenance::from_json(&text);
    found.map(|found| vec![found]).ok_or_else(|| ProvenanceError::Nothing { path: path.to_owned(), beside: None })
}

#[cfg(feature = "hdf5")]
fn of_hdf5(path: &Path) -> Result<Option<Provenance>, ProvenanceError> {
    use crate::dataloader::hdf5_tree::{open_hdf5, text_attribute};

    let file = open_hdf5(path, 0)?;
    Ok(text_attribute(path, &file, super::stored_provenance::PROVENANCE_ATTRIBUTE)
        .and_then(|text| Provenance::from_json(&text)))
}

#[cfg(not(feature = "hdf5"))]
fn of_hdf5(path: &Path) -> Result<Option<Provenance>, ProvenanceError> {
    Err(ProvenanceError::NotBuilt { path: path.to_owned(), feature: "hdf5" })
}

#[cfg(feature = "parquet")]
fn of_parquet(path: &Path) -> Result<Option<Provenance>, ProvenanceError> {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let unread = |message: String| ProvenanceError::Read { path: path.to_owned(), message };
    let file = File::open(path).map_err(|error| unread(error.to_string()))?;
    let reader = SerializedFileReader::new(file).map_err(|error| unread(error.to_string()))?;
    let about = reader.metadata().file_metadata().key_value_metadata();
    let text = about.into_iter().flatten().find(|about| about.key == super::stored_provenance::PROVENANCE_ATTRIBUTE);
    Ok(text.and_then(|about| Provenance::from_json(about.value.as_deref()?)))
}

#[cfg(not(feature = "parquet"))]
fn of_parquet(path: &Path) -> Result<Option<Provenance>, ProvenanceError> {
    Err(ProvenanceError::NotBuilt { path: path.to_owned(), feature: "parquet" })
}
