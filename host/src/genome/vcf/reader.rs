//! The reader: header first, then one record after the other.

use super::{LineEnd, VcfError, VcfHeader, VcfRecord, header::FIXED_COLUMNS};
use crate::genome::bgzip::{self, Compression, TailWatch};
use noodles::bgzf;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    path::{Path, PathBuf},
};

const BUFFER: usize = 1 << 16;

/// What the caller gave, with the bytes put back that told its wrapping.
type Input = io::Chain<io::Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// The text, whatever it is wrapped in.
enum Stream {
    Plain(BufReader<Input>),
    Bgzip(Box<bgzf::io::Reader<TailWatch<BufReader<Input>>>>),
}

impl Stream {
    /// Appends the next line with its end; nothing at the end of the text.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Plain(reader) => reader.read_until(b'\n', line).map(drop),
            Self::Bgzip(reader) => {
                reader.read_until(b'\n', line)?;
                // Only the end of the text leaves a line without its end.
                if !line.ends_with(b"\n") && !reader.get_ref().is_complete() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(())
            }
        }
    }

    /// The first bytes of the text, without taking them.
    fn peek(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Plain(reader) => reader.fill_buf(),
            Self::Bgzip(reader) => reader.fill_buf(),
        }
    }
}

/// Reads a VCF, plain or bgzip (told by its first bytes, not by its name).
pub struct VcfReader {
    path: PathBuf,
    stream: Stream,
    header: VcfHeader,
    /// Lines read so far.
    lines: u64,
    /// The line as read, kept for its allocation.
    line: Vec<u8>,
}

impl VcfReader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    ///
    /// A [`VcfError`] that names the file: it cannot be opened, is BCF, plain gzip or truncated, or
    /// does not begin with a VCF header. A missing `##fileformat` is forgiven.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, VcfError> {
        let path = path.as_ref();
        let open_error = |source| VcfError::Open { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(open_error)?;
        if file.metadata().map_err(open_error)?.is_file() {
            // A truncated file should fail now, not after hours; a pipe shows it at its end.
            let start = bgzip::read_start(&mut file).map_err(open_error)?;
            if Compression::of(&start) == Compression::Bgzip
                && !bgzip::ends_with_marker(&mut file).map_err(open_error)?
            {
                let path = path.to_owned();
                return Err(VcfError::Truncated { path });
            }
            file.rewind().map_err(open_error)?;
        }
        Self::new(file, path)
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
        let compression = Compression::of(&start);
        let input = BufReader::with_capacity(BUFFER, io::Cursor::new(start).chain(input));
        let stream = match compression {
            Compression::None => Stream::Plain(input),
            Compression::Gzip => return Err(VcfError::PlainGzip { path }),
            Compression::Bgzip => Stream::Bgzip(Box::new(bgzf::io::Reader::new(TailWatch::new(input)))),
        };
        let mut reader = Self { path, stream, header: VcfHeader::default(), lines: 0, line: Vec::new() };
        reader.header = reader.read_header()?;
        Ok(reader)
    }

    /// The file, as it was named to [`open`](Self::open) or [`new`](Self::new).
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the input is block-gzipped.
    pub(super) fn is_bgzip(&self) -> bool {
        matches!(self.stream, Stream::Bgzip(_))
    }

    /// The next line is to be number 1.
    pub(super) fn count_lines_from_here(&mut self) {
        self.lines = 0;
    }

    /// The header.
    pub fn header(&self) -> &VcfHeader {
        &self.header
    }

    /// The next record; `None` at the end of the file. Empty lines at the end are passed over.
    ///
    /// # Errors
    ///
    /// A [`VcfError`] that names file and line: fewer than eight columns, a POS that is no number,
    /// a CHROM that is empty or no UTF-8, an empty line between records, a truncated or damaged
    /// file.
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
            return VcfRecord::parse(&self.line, line_end, self.lines, &self.path).map(Some);
        }
        Ok(None)
    }

    /// Puts the next line into `self.line`, without its end; `None` at the end of the file.
    fn next_line(&mut self) -> Result<Option<LineEnd>, VcfError> {
        self.line.clear();
        let read = self.stream.read_line(&mut self.line);
        read.map_err(|source| read_error(&self.path, self.lines, source))?;
        let line_end = LineEnd::strip(&mut self.line);
        self.lines += u64::from(line_end.is_some());
        Ok(line_end)
    }

    fn read_header(&mut self) -> Result<VcfHeader, VcfError> {
        let start = self.stream.peek();
        let start = start.map_err(|source| read_error(&self.path, 0, source))?;
        if start.starts_with(b"BCF") {
            let path = self.path.clone();
            return Err(VcfError::Bcf { path });
        }
        if start.starts_with(b"\xEF\xBB\xBF") {
            let path = self.path.clone();
            return Err(VcfError::ByteOrderMark { path });
        }
        let mut meta_lines = Vec::new();
        loop {
            let Some(line_end) = self.next_line()? else {
                return Err(self.no_header(self.lines + 1));
            };
            if self.line.starts_with(b"##") {
                meta_lines.push(self.line.clone());
                continue;
            }
            if !self.line.starts_with(b"#CHROM") {
                return Err(self.no_header(self.lines));
            }
            let found = self.line.split(|byte| *byte == b'\t').count();
            if found < FIXED_COLUMNS {
                return Err(VcfError::Columns { path: self.path.clone(), line: self.lines, found });
            }
            let column_line = self.line.clone();
            return Ok(VcfHeader::parse(meta_lines, column_line, line_end));
        }
    }

    fn no_header(&self, line: u64) -> VcfError {
        let path = self.path.clone();
        VcfError::NoHeader { path, line }
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
