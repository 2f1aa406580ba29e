//! One bgzipped part: what of it is copied, and where its bytes come to lie.

use super::{JoinError, format::HeaderKind, text_header::read_header};
use crate::genome::{EOF_MARKER, block_lengths, ends_with_marker};
use noodles::bgzf::{self, VirtualPosition};
use std::{
    fs::File,
    io::{BufRead as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// Plain bytes of a block that is made anew, few enough that it cannot outgrow a block.
const NEW_BLOCK: usize = 1 << 15;

/// A part that was opened.
pub(super) struct BgzipPart {
    /// The file, which stands at the first block that is copied.
    pub(super) file: File,
    /// What stands before the rows.
    pub(super) header: Vec<u8>,
    /// Rows that share a block with the end of the header.
    rest: Vec<u8>,
    /// Where those begin.
    rest_at: VirtualPosition,
    /// Where the first block begins that holds no header.
    pub(super) copied_from: u64,
    /// Where the end marker begins.
    pub(super) data_end: u64,
}

/// Where the bytes of a part lie in the joined file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    /// The block whose rows were compressed anew, the first of those within it, and what became of them: their place among
    /// those rows, and the block.
    rest_at: VirtualPosition,
    pieces: Vec<(u64, u64)>,
    copied_from: u64,
    copied_to: u64,
}

impl Moved {
    /// The first part, whose bytes stay where they are.
    pub(super) fn nothing() -> Self {
        Self { rest_at: VirtualPosition::MIN, pieces: Vec::new(), copied_from: 0, copied_to: 0 }
    }

    /// Where a place of the part lies in the joined file; `None` for one within its header.
    pub(super) fn place(&self, place: VirtualPosition) -> Option<VirtualPosition> {
        if place.compressed() >= self.copied_from {
            let offset = place.compressed() - self.copied_from + self.copied_to;
            return VirtualPosition::try_from((offset, place.uncompressed())).ok();
        }
        if place < self.rest_at {
            return None;
        }
        let within = u64::from(place.uncompressed().checked_sub(self.rest_at.uncompressed())?);
        let (start, block) = self.pieces.iter().rev().find(|(start, _)| *start <= within)?;
        VirtualPosition::try_from((*block, u16::try_from(within - start).ok()?)).ok()
    }
}

impl BgzipPart {
    /// Opens a part and reads its header.
    pub(super) fn open(kind: HeaderKind, path: &Path) -> Result<Self, JoinError> {
        let read = |source| JoinError::read(path, source);
        let mut file = File::open(path).map_err(read)?;
        let length = file.metadata().map_err(read)?.len();
        if !ends_with_marker(&mut file).map_err(read)? {
            let what = "bgzip's end marker is missing";
            return Err(JoinError::NotComplete { path: path.to_owned(), what });
        }
        let data_end = length - EOF_MARKER.len() as u64;
        file.rewind().map_err(read)?;
        let mut reader = bgzf::io::Reader::new(file);
        let header = read_header(kind, &mut reader).map_err(read)?;
        let rest = reader.fill_buf().map_err(read)?.to_vec();
        let rest_at = reader.virtual_position();
        let mut file = reader.into_inner();
        let (rest, copied_from) = match rest_at.compressed() {
            // Nothing but a header.
            _ if rest.is_empty() => (rest, data_end),
            block if rest_at.uncompressed() == 0 => (Vec::new(), block),
            block => (rest, block + block_lengths(&mut file, block).map_err(read)?.0),
        };
        file.seek(SeekFrom::Start(copied_from)).map_err(read)?;
        Ok(Self { file, header, rest, rest_at, copied_from, data_end })
    }

    /// The rows that share a block with the header, compressed for a joined file that has `offset` bytes so far; and where
    /// all bytes of the part will lie if that is appended, and then what is to be copied.
    pub(super) fn moved_to(&self, offset: u64) -> (Vec<u8>, Moved) {
        let mut blocks = Vec::new();
        let mut pieces = Vec::new();
        for (number, piece) in self.rest.chunks(NEW_BLOCK).enumerate() {
            pieces.push(((number * NEW_BLOCK) as u64, offset + blocks.len() as u64));
            let mut writer = bgzf::io::Writer::new(Vec::new());
            // Memory takes all.
            let _ = writer.write_all(piece).and_then(|()| writer.flush());
            blocks.extend(writer.into_inner());
        }
        let copied_to = offset + blocks.len() as u64;
        (blocks, Moved { rest_at: self.rest_at, pieces, copied_from: self.copied_from, copied_to })
    }
}
