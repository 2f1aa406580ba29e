//! Files of the parts of one run, joined to what the whole run would have written.
//!
//! What is compressed stays so: blocks of bgzip and row groups of Parquet are copied as they are. Before that, what all
//! parts must have in common is compared: headers, columns, and what the contents follow from.

mod bgzip;
mod bgzip_part;
mod error;
mod format;
mod index;
mod numbered;
#[cfg(feature = "parquet")]
mod parquet;
mod places;
mod side_files;
mod text;
mod text_header;

pub use error::JoinError;
pub(crate) use format::{JoinFormat, join_suffix};
pub(crate) use places::{RowPlace, row_places};

use super::{AtomicFile, PendingFiles, SinkError};
use crate::stop::Stop;
use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// A joined file that waits for its name.
#[derive(Debug)]
pub(crate) struct Joined {
    /// The file, and those beside it.
    pub(crate) pending: PendingFiles,
    /// Rows or records of each part, where they could be told.
    pub(crate) rows: Vec<Option<u64>>,
}

/// Joins `parts`, at least one, in their order into `output`; all have names that end alike.
///
/// # Errors
/// A part that cannot be read, is not complete or differs from the first in what all must have in common; an output that
/// cannot be written; [`JoinError::Stopped`].
pub(crate) fn join(format: JoinFormat, parts: &[PathBuf], output: &Path, stop: &Stop) -> Result<Joined, JoinError> {
    let mut joined = match format {
        JoinFormat::Bgzip(kind) => bgzip::join(kind, parts, output, stop),
        JoinFormat::Text(kind) => text::join(kind, parts, output, stop),
        #[cfg(feature = "parquet")]
        JoinFormat::Parquet => parquet::join(parts, output, stop),
    }?;
    joined.pending.extend(side_files::join(parts, output)?);
    Ok(joined)
}

/// Bytes that are copied at once.
const PIECE: usize = 1 << 20;

/// Copies `length` bytes of a part, from where its file stands, and shows them to `see`.
fn copy_bytes(
    (part, from): (&Path, &mut File),
    length: u64,
    to: &mut AtomicFile,
    stop: &Stop,
    mut see: impl FnMut(&[u8]),
) -> Result<(), JoinError> {
    let mut piece = vec![0; PIECE];
    let mut left = length;
    while left > 0 {
        stop.check()?;
        let wanted = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let count = from.read(&mut piece[..wanted]).map_err(|source| JoinError::read(part, source))?;
        if count == 0 {
            return Err(JoinError::read(part, io::ErrorKind::UnexpectedEof.into()));
        }
        see(&piece[..count]);
        to.write_all(&piece[..count]).map_err(|source| JoinError::Sink(to.write_error(source)))?;
        left -= count as u64;
    }
    Ok(())
}

impl From<SinkError> for JoinError {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}
