//! What the readers of FASTA, VCF and BED share about block-gzipped files.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

/// Length of a block's fixed header, up to and including its size field.
pub(super) const HEADER_LEN: usize = 18;

/// The empty block that ends every complete file.
pub(crate) const EOF_MARKER: [u8; 28] = [
    0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, b'B', b'C', 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// The wrapping of a file, told by its first bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Compression {
    /// No gzip magic.
    None,
    /// Gzip without the block sizes that random access needs.
    Gzip,
    /// Block gzip.
    Bgzip,
}

impl Compression {
    /// Judges the first [`HEADER_LEN`] bytes of a file (fewer if it is shorter).
    pub(super) fn of(start: &[u8]) -> Self {
        if !start.starts_with(&[0x1f, 0x8b]) {
            Self::None
        } else if block_len(start).is_some() {
            Self::Bgzip
        } else {
            Self::Gzip
        }
    }
}

/// Length in bytes of the block that begins with `header`; `None` if that is no block header.
fn block_len(header: &[u8]) -> Option<u64> {
    let fixed = header.get(..HEADER_LEN)?;
    let is_block = fixed.starts_with(&[0x1f, 0x8b, 0x08, 0x04]) && fixed[10..16] == [0x06, 0, b'B', b'C', 0x02, 0];
    is_block.then(|| u64::from(u16::from_le_bytes([fixed[16], fixed[17]])) + 1)
}

/// The length of the block at `offset`, and that of its plain bytes; moves the file's position.
///
/// # Errors
/// `InvalidData` if no block begins there.
pub(crate) fn block_lengths(file: &mut File, offset: u64) -> io::Result<(u64, u64)> {
    file.seek(SeekFrom::Start(offset))?;
    let start = read_start(&mut *file)?;
    let length = block_len(&start).filter(|length| *length >= EOF_MARKER.len() as u64 - 2);
    let length = length.ok_or(io::ErrorKind::InvalidData)?;
    file.seek(SeekFrom::Start(offset + length - 4))?;
    let mut plain = [0; 4];
    file.read_exact(&mut plain)?;
    Ok((length, u32::from_le_bytes(plain).into()))
}

/// Reads up to [`HEADER_LEN`] bytes; fewer only if the stream ends before.
pub(super) fn read_start(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(HEADER_LEN);
    input.take(HEADER_LEN as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// Whether the last bytes of `file` are the marker of a complete file; moves the file's position.
pub(crate) fn ends_with_marker(file: &mut File) -> io::Result<bool> {
    let marker_len = EOF_MARKER.len() as u64;
    let Some(offset) = file.metadata()?.len().checked_sub(marker_len) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut tail = [0; EOF_MARKER.len()];
    file.read_exact(&mut tail)?;
    Ok(tail == EOF_MARKER)
}

/// Walks over the block headers of `file` and returns, for every block but the first, its offsets
/// in the compressed and in the plain bytes: what a `.gzi` file holds.
///
/// Moves the file's position. Bytes that are no block are `InvalidData`, a block that is cut off
/// `UnexpectedEof`.
pub(super) fn scan_blocks(file: &mut File) -> io::Result<Vec<(u64, u64)>> {
    /// Header, empty deflate data and trailer: nothing shorter is a block.
    const SHORTEST: u64 = 26;

    let file_len = file.metadata()?.len();
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(file);
    let mut blocks = Vec::new();
    let (mut compressed, mut plain) = (0_u64, 0_u64);
    while compressed < file_len {
        let mut header = [0; HEADER_LEN];
        reader.read_exact(&mut header)?;
        let length = block_len(&header).filter(|length| *length >= SHORTEST).ok_or(io::ErrorKind::InvalidData)?;
        // The block ends with the length of its plain bytes.
        let to_trailer = length - HEADER_LEN as u64 - 4;
        reader.seek_relative(i64::try_from(to_trailer).map_err(io::Error::other)?)?;
        let mut plain_len = [0; 4];
        reader.read_exact(&mut plain_len)?;
        compressed += length;
        plain += u64::from(u32::from_le_bytes(plain_len));
        blocks.push((compressed, plain));
    }
    // The last pair is the end of the file, where no block begins.
    blocks.pop();
    Ok(blocks)
}

/// Remembers the last bytes that went through, to tell at the end of a stream that cannot be
/// sought whether it was complete.
pub(super) struct TailWatch<R> {
    inner: R,
    tail: [u8; EOF_MARKER.len()],
}

impl<R> TailWatch<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, tail: [0; EOF_MARKER.len()] }
    }

    /// Whether the bytes read so far end with the marker of a complete file.
    pub(super) fn is_complete(&self) -> bool {
        self.tail == EOF_MARKER
    }
}

impl<R: Read> Read for TailWatch<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let kept = count.min(self.tail.len());
        self.tail.rotate_left(kept);
        let keep_from = self.tail.len() - kept;
        self.tail[keep_from..].copy_from_slice(&buffer[count - kept..count]);
        Ok(count)
    }
}

/// A complete block-gzipped file of these bytes.
#[cfg(test)]
pub(crate) fn packed(plain: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use noodles::bgzf;
    use std::io::Write;

    fn file_of(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn the_wrapping_is_told_by_magic() {
        assert_eq!(Compression::of(b">chr1\n"), Compression::None);
        assert_eq!(Compression::of(&EOF_MARKER), Compression::Bgzip);
        assert_eq!(Compression::of(&EOF_MARKER[..17]), Compression::Gzip);
        let plain_gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(Compression::of(&plain_gzip), Compression::Gzip);
    }

    #[test]
    fn the_watch_sees_the_end_whatever_the_read_sizes() {
        let bytes = packed(b"some text");
        for size in [1, 5, 28, 1000] {
            let mut watch = TailWatch::new(&bytes[..]);
            let mut buffer = vec![0; size];
            while watch.read(&mut buffer).unwrap() > 0 {}
            assert!(watch.is_complete());
            let mut cut = TailWatch::new(&bytes[..bytes.len() - 1]);
            while cut.read(&mut buffer).unwrap() > 0 {}
            assert!(!cut.is_complete());
        }
    }

    #[test]
    fn scanned_blocks_are_where_the_reader_finds_them() {
        // Poorly compressible, so that there are several blocks.
        let mut state = 1_u32;
        let plain: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(300_000)
        .collect();
        let bytes = packed(&plain);
        let mut file = file_of(&bytes);
        let blocks = scan_blocks(&mut file).unwrap();
        assert!(blocks.len() > 3);
        assert_eq!(blocks.last().unwrap().1, plain.len() as u64);
        assert!(ends_with_marker(&mut file).unwrap());
        file.seek(SeekFrom::Start(0)).unwrap();
        let index = bgzf::gzi::Index::from(blocks);
        let mut reader = bgzf::io::IndexedReader::new(file, index);
        for offset in [0_u32, 1, 65_279, 65_280, 65_281, 200_000, 299_990] {
            reader.seek(SeekFrom::Start(offset.into())).unwrap();
            let mut found = [0; 10];
            reader.read_exact(&mut found).unwrap();
            assert_eq!(found, plain[offset as usize..offset as usize + 10]);
        }
    }

    #[test]
    fn cut_or_strange_blocks_are_errors() {
        let bytes = packed(b"some text");
        let mut cut = file_of(&bytes[..bytes.len() - 3]);
        assert!(!ends_with_marker(&mut cut).unwrap());
        let kind = scan_blocks(&mut cut).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::UnexpectedEof);
        let mut strange = file_of(&[&bytes[..], &[0; 30]].concat());
        let kind = scan_blocks(&mut strange).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::InvalidData);
    }
}
