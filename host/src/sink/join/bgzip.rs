//! Bgzipped files: blocks are copied as they are.

use super::{
    JoinError, Joined,
    bgzip_part::{BgzipPart, Moved},
    copy_bytes,
    format::HeaderKind,
    index::PartIndexes,
    numbered::refuse_numbered_text,
    text_header::compare,
};
use crate::{
    genome::EOF_MARKER,
    sink::{AtomicFile, PendingFiles},
    stop::Stop,
};
use std::{
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// Joins bgzipped parts. If all have an index, so has the joined file.
pub(super) fn join(kind: HeaderKind, parts: &[PathBuf], output: &Path, stop: &Stop) -> Result<Joined, JoinError> {
    let mut file = AtomicFile::create(output)?;
    let mut indexes = PartIndexes::default();
    let mut first: Option<(&Path, Vec<u8>)> = None;
    let mut offset = 0;
    for path in parts {
        let mut part = BgzipPart::open(kind, path)?;
        let (blocks, moved) = match &first {
            Some((name, header)) => {
                compare((path, &part.header), (name, header))?;
                part.moved_to(offset)
            }
            None => {
                refuse_numbered_text(path, kind, &part.header)?;
                first = Some((path, std::mem::take(&mut part.header)));
                part.copied_from = 0;
                part.file.seek(SeekFrom::Start(0)).map_err(|source| JoinError::read(path, source))?;
                (Vec::new(), Moved::nothing())
            }
        };
        file.write_all(&blocks).map_err(|source| file.write_error(source))?;
        let length = part.data_end - part.copied_from;
        copy_bytes((path, &mut part.file), length, &mut file, stop, |_| {})?;
        offset += blocks.len() as u64 + length;
        indexes.add(path, &moved, part.data_end)?;
    }
    file.write_all(&EOF_MARKER).map_err(|source| file.write_error(source))?;
    let (index, rows) = indexes.join(output)?;
    let pending = match index {
        Some(index) => PendingFiles::indexed(output, file, index),
        None => PendingFiles::file(file),
    };
    Ok(Joined { pending, rows })
}
