//! The reader: header first, then one record after the other.

use super::{
    LineEnd, VcfError, VcfHeader, VcfRecord,
    awaited::Awaited,
    header::FIXED_COLUMNS,
    index::VcfIndex,
    layout::{Layout, next_header_line},
    stream::Stream,
};
use crate::{
    byte_order_mark,
    extent::{CountedRead, ExtentWatch, ReadBytes},
    genome::{
        bcf::{self, Decoder},
        bgzip::{self, Compression},
    },
    stop::Stop,
};
use std::{
    fs::File,
    io::{self, BufRead, Read, Seek},
    path::{Path, PathBuf},
};

/// Reads a VCF, plain or bgzip, or a BCF, whose records become lines (all told by the first bytes, not by the name).
pub struct VcfReader {
    path: PathBuf,
    stream: Stream,
    layout: Layout,
    header: VcfHeader,
    /// Lines read so far; of a BCF, those of the text that it stands for.
    lines: u64,
    /// The line as read, kept for its allocation.
    line: Vec<u8>,
    /// How much of the input was read, if its size is known.
    bytes: ExtentWatch,
    /// The number of its records, if that is known without an index.
    records: Option<u64>,
}

impl VcfReader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    ///
    /// A [`VcfError`] that names the file: it cannot be opened, is BCF of another version than 2, plain
    /// gzip or truncated, or does not begin with a VCF header. A missing `##fileformat` is forgiven.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, VcfError> {
        Self::open_until(path, &Stop::new())
    }

    /// The same; a pipe is waited for until `stop` is asked.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_until(path: impl AsRef<Path>, stop: &Stop) -> Result<Self, VcfError> {
        let path = path.as_ref();
        let open_error = |source| VcfError::Open { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(open_error)?;
        let metadata = file.metadata().map_err(open_error)?;
        if !metadata.is_file() {
            return Self::new(Awaited::new(file, stop), path);
        }
        // A truncated file should fail now, not after hours; a pipe shows it at its end.
        let start = bgzip::read_start(&mut file).map_err(open_error)?;
        if Compression::of(&start) == Compression::Bgzip && !bgzip::ends_with_marker(&mut file).map_err(open_error)? {
            let path = path.to_owned();
            return Err(VcfError::Truncated { path });
        }
        file.rewind().map_err(open_error)?;
        let read = ReadBytes::default();
        let mut reader = Self::new(CountedRead::new(file, read.clone()), path)?;
        reader.bytes = ExtentWatch::Bytes { read, of: metadata.len() };
        Ok(reader)
    }

    /// Reads a VCF from any stream, such as standard input; `path` names it in messages.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), but truncation shows only when the end is reached.
    pub fn new(input: impl Read + Send + 'static, path: impl AsRef<Path>) -> Result<Self, VcfError> {
        let path = path.as_ref().to_owned();
        let mut input: Box<dyn Read + Send> = Box::new(input);
        let start = match bgzip::read_start(&mut input) {
            Ok(start) => start,
            Err(source) => return Err(VcfError::Open { path, source }),
        };
        let Some(stream) = Stream::new(start, input) else {
            return Err(VcfError::PlainGzip { path });
        };
        let layout = Layout::Text;
        let (header, line, bytes) = (VcfHeader::default(), Vec::new(), ExtentWatch::Unknown);
        let mut reader = Self { path, stream, layout, header, lines: 0, line, bytes, records: None };
        reader.header = reader.read_header()?;
        Ok(reader)
    }

    /// The file, as it was named to [`open`](Self::open) or [`new`](Self::new).
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the input is block-gzipped.
    pub(super) fn is_bgzip(&self) -> bool {
        self.stream.is_bgzip()
    }

    /// How its records are held.
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The input has so many records, whose lines are counted from here.
    pub(super) fn expect_records(&mut self, records: u64) {
        (self.lines, self.records) = (0, Some(records));
    }

    /// How much there is to read: records, if their number is known or an index beside the file tells it, or failing that
    /// bytes.
    pub(super) fn extent(&self) -> ExtentWatch {
        let records = self.records.or_else(|| match self.bytes {
            ExtentWatch::Bytes { .. } if self.is_bgzip() => VcfIndex::record_count(&self.path, &self.layout),
            _ => None,
        });
        records.map_or_else(|| self.bytes.clone(), ExtentWatch::Items)
    }

    /// How many bytes there are to read.
    pub(super) fn bytes_extent(&self) -> ExtentWatch {
        self.bytes.clone()
    }

    /// The header.
    pub fn header(&self) -> &VcfHeader {
        &self.header
    }

    /// The next record; `None` at the end of the file. Empty lines at the end are passed over.
    ///
    /// # Errors
    ///
    /// A [`VcfError`] that names file and line: other columns than the header has, a POS that is no number,
    /// a CHROM that is empty or no UTF-8, an empty line between records, a truncated or damaged
    /// file, a damaged record of a BCF.
    pub fn read_record(&mut self) -> Result<Option<VcfRecord>, VcfError> {
        let mut empty_line = None;
        while let Some(line_end) = self.next_line()? {
            if self.line.is_empty() {
                empty_line.get_or_insert(self.lines);
                continue;
            }
            if let Some(line) = empty_line {
                let path = self.path.clone();
                return Err(VcfError::EmptyLine { path, line });
            }
            let columns = self.header.columns();
            return VcfRecord::parse(&self.line, line_end, columns, self.lines, &self.path).map(Some);
        }
        Ok(None)
    }

    /// Puts the next line into `self.line`, without its end; `None` at the end of the file.
    fn next_line(&mut self) -> Result<Option<LineEnd>, VcfError> {
        let read = self.layout.next_line(&mut self.stream, &mut self.line);
        let line_end = read.map_err(|source| read_error(&self.path, self.lines, source))?;
        self.lines += u64::from(line_end.is_some());
        Ok(line_end)
    }

    fn read_header(&mut self) -> Result<VcfHeader, VcfError> {
        let start = self.stream.fill_buf();
        let start = start.map_err(|source| read_error(&self.path, 0, source))?;
        if start.starts_with(b"BCF") {
            let path = self.path.clone();
            return if start.starts_with(&bcf::MAGIC) {
                self.read_bcf_header()
            } else {
                Err(VcfError::BcfVersion { path })
            };
        }
        parse_header(&self.path, &mut self.lines, |line| next_header_line(&mut self.stream, line))
    }

    /// The header of a BCF is that of a VCF, but for the numbers that it may give to what it declares.
    fn read_bcf_header(&mut self) -> Result<VcfHeader, VcfError> {
        let text = Decoder::read_header(&mut self.stream).map_err(|source| read_error(&self.path, 0, source))?;
        let mut text = &text[..];
        let mut numbers = Vec::new();
        let header = parse_header(&self.path, &mut self.lines, |line| {
            let line_end = next_header_line(&mut text, line)?;
            let (without, number) = bcf::without_index(line);
            *line = without;
            numbers.push(number);
            Ok(line_end)
        })?;
        let decoder = Decoder::new(&header, |line| numbers.get(line).copied().flatten());
        self.layout = Layout::Bcf(Box::new(decoder));
        Ok(header)
    }
}

/// Reads the lines of a header, which `next_line` gives without their ends, and counts them in `lines`. A byte order mark
/// before the first is passed over.
fn parse_header(
    path: &Path,
    lines: &mut u64,
    mut next_line: impl FnMut(&mut Vec<u8>) -> io::Result<Option<LineEnd>>,
) -> Result<VcfHeader, VcfError> {
    let no_header = |line| VcfError::NoHeader { path: path.to_owned(), line };
    let mut meta_lines = Vec::new();
    loop {
        let mut line = Vec::new();
        let read = next_line(&mut line).map_err(|source| read_error(path, *lines, source))?;
        let line_end = read.ok_or_else(|| no_header(*lines + 1))?;
        if *lines == 0 {
            line.drain(..byte_order_mark::length(&line));
        }
        *lines += 1;
        if line.starts_with(b"##") {
            meta_lines.push(line);
            continue;
        }
        if !line.starts_with(b"#CHROM") {
            return Err(no_header(*lines));
        }
        let found = line.split(|byte| *byte == b'\t').count();
        if found < FIXED_COLUMNS {
            return Err(VcfError::Columns { path: path.to_owned(), line: *lines, found });
        }
        return Ok(VcfHeader::parse(meta_lines, line, line_end));
    }
}

/// A bgzip stream that breaks off is a truncated file, everything else a failed read.
pub(super) fn read_error(path: &Path, line: u64, source: io::Error) -> VcfError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::UnexpectedEof => VcfError::Truncated { path },
        _ => VcfError::Read { path, line, source },
    }
}
