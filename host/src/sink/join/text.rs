//! Plain text: rows are copied, the header of the first part stands above them.

use super::{
    JoinError, Joined, copy_bytes,
    format::HeaderKind,
    numbered::refuse_numbered_text,
    text_header::{compare, read_header},
};
use crate::{
    sink::{AtomicFile, PendingFiles},
    stop::Stop,
};
use std::{
    fs::File,
    io::{BufReader, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// Joins parts of plain text.
pub(super) fn join(kind: HeaderKind, parts: &[PathBuf], output: &Path, stop: &Stop) -> Result<Joined, JoinError> {
    let mut file = AtomicFile::create(output)?;
    let mut first: Option<(&Path, Vec<u8>)> = None;
    let mut rows = Vec::new();
    for path in parts {
        let read = |source| JoinError::read(path, source);
        let mut part = File::open(path).map_err(read)?;
        let length = part.metadata().map_err(read)?.len();
        let header = read_header(kind, &mut BufReader::new(&mut part)).map_err(read)?;
        let rows_from = header.len() as u64;
        match &first {
            Some((name, expected)) => compare((path, &header), (name, expected))?,
            None => {
                refuse_numbered_text(path, kind, &header)?;
                file.write_all(&header).map_err(|source| file.write_error(source))?;
                first = Some((path, header));
            }
        }
        part.seek(SeekFrom::Start(rows_from)).map_err(read)?;
        let (mut lines, mut last) = (0_u64, b'\n');
        copy_bytes((path, &mut part), length - rows_from, &mut file, stop, |bytes| {
            lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            last = bytes.last().copied().unwrap_or(last);
        })?;
        if last != b'\n' {
            return Err(JoinError::NotComplete { path: path.clone(), what: "its last line has no end" });
        }
        rows.push(Some(lines));
    }
    Ok(Joined { pending: PendingFiles::file(file), rows })
}
