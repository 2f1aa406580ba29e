//! Random access to the plain bytes of a FASTA file, block-gzipped or not.

use super::{FastaError, identity::FileIdentity, with_suffix};
use crate::genome::bgzip::{self, Compression};
use noodles::bgzf::{self, gzi};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// An open FASTA file.
pub(super) enum FastaFile {
    Plain(File),
    Bgzip {
        reader: Box<bgzf::io::IndexedReader<File>>,
        /// The `.gzi` file the block offsets were read from, if there was one.
        index_path: Option<PathBuf>,
    },
}

impl FastaFile {
    /// Opens `path`; a bgzip file takes its block offsets from the `.gzi` beside it or, without
    /// one, from its own blocks. Also what the file was like before anything was read of it.
    pub(super) fn open(path: &Path) -> Result<(Self, FileIdentity), FastaError> {
        let io_error = |source| FastaError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io_error)?;
        let identity = FileIdentity::of(&file).map_err(io_error)?;
        let start = bgzip::read_start(&mut file).map_err(io_error)?;
        let path = path.to_owned();
        let opened = match Compression::of(&start) {
            _ if start.is_empty() => Err(FastaError::Empty { path }),
            Compression::None => Ok(Self::Plain(file)),
            Compression::Gzip => Err(FastaError::PlainGzip { path }),
            Compression::Bgzip => Self::open_blocks(file, &path),
        };
        Ok((opened?, identity))
    }

    fn open_blocks(mut file: File, path: &Path) -> Result<Self, FastaError> {
        let io_error = |source| FastaError::Io { path: path.to_owned(), source };
        if !bgzip::ends_with_marker(&mut file).map_err(io_error)? {
            let path = path.to_owned();
            return Err(FastaError::Truncated { path });
        }
        let index_path = with_suffix(path, ".gzi");
        let (index, index_path) = match gzi::fs::read(&index_path) {
            Ok(index) => {
                let file_len = file.metadata().map_err(io_error)?.len();
                if !offsets_ascend(index.as_ref(), file_len) {
                    let reason = "its block offsets are not those of the file";
                    return Err(stale(path, index_path, reason));
                }
                (index, Some(index_path))
            }
            Err(source) => match source.kind() {
                io::ErrorKind::NotFound => {
                    let blocks = bgzip::scan_blocks(&mut file);
                    let blocks = blocks.map_err(|source| FastaError::from_read(path, source))?;
                    (gzi::Index::from(blocks), None)
                }
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                    return Err(stale(path, index_path, "it is not a .gzi file"));
                }
                _ => {
                    let path = index_path;
                    return Err(FastaError::Io { path, source });
                }
            },
        };
        let reader = Box::new(bgzf::io::IndexedReader::new(file, index));
        Ok(Self::Bgzip { reader, index_path })
    }

    /// Goes to the plain byte `offset`; `false` if no block can hold it.
    fn seek(&mut self, offset: u64) -> io::Result<bool> {
        match self {
            Self::Plain(file) => file.seek(SeekFrom::Start(offset))?,
            Self::Bgzip { reader, .. } if reader.index().query(offset).is_err() => {
                return Ok(false);
            }
            Self::Bgzip { reader, .. } => reader.seek(SeekFrom::Start(offset))?,
        };
        Ok(true)
    }

    /// Replaces `bytes` by the plain bytes from `offset` on, up to `count`; fewer at the end of the
    /// file. `path` is the file's, for messages.
    pub(super) fn read_at(
        &mut self,
        offset: u64,
        count: u64,
        bytes: &mut Vec<u8>,
        path: &Path,
    ) -> Result<(), FastaError> {
        bytes.clear();
        let read = match self.seek(offset) {
            Ok(true) => self.by_ref().take(count).read_to_end(bytes).map(drop),
            sought => sought.map(drop),
        };
        read.map_err(|source| self.read_error(path, source))
    }

    /// Goes back to the first byte. `path` is the file's, for messages.
    pub(super) fn rewind(&mut self, path: &Path) -> Result<(), FastaError> {
        let sought = self.seek(0);
        sought.map(drop).map_err(|source| self.read_error(path, source))
    }

    /// Where a `.gzi` led to no block, it is the one to blame.
    fn read_error(&self, path: &Path, source: io::Error) -> FastaError {
        match (self, source.kind()) {
            (
                Self::Bgzip { index_path: Some(index), .. },
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof,
            ) => {
                let reason = "it points to bytes that are not an intact block";
                stale(path, index.clone(), reason)
            }
            _ => FastaError::from_read(path, source),
        }
    }
}

impl Read for FastaFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Bgzip { reader, .. } => reader.read(buffer),
        }
    }
}

/// Whether block offsets can be those of a file of `file_len` bytes. noodles computes with them
/// unchecked.
fn offsets_ascend(blocks: &[(u64, u64)], file_len: u64) -> bool {
    const MOST_PLAIN: u64 = 1 << 16;

    let mut before = (0, 0);
    blocks.iter().all(|&(compressed, plain)| {
        let (last_compressed, last_plain) = std::mem::replace(&mut before, (compressed, plain));
        let step = plain.checked_sub(last_plain);
        last_compressed < compressed && compressed < file_len && step.is_some_and(|step| step <= MOST_PLAIN)
    })
}

/// The error for an index that belongs to another file.
pub(super) fn stale(path: &Path, index: PathBuf, reason: &'static str) -> FastaError {
    FastaError::StaleIndex { path: path.to_owned(), index, reason }
}
