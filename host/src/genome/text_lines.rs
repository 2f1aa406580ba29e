//! Lines of a text file, plain or bgzipped.

use super::bgzip::{self, Compression};
use crate::{
    bounded_line, byte_order_mark,
    extent::{CountedRead, ExtentWatch, ReadBytes},
};
use noodles::bgzf;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

/// Why a text file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TextFileError {
    /// It cannot be opened.
    #[error("the file cannot be opened")]
    Open(#[source] io::Error),
    /// It cannot be read, or is no UTF-8.
    #[error("the file cannot be read after line {line}")]
    Read {
        /// Lines read before.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// Gzip without blocks.
    #[error("the file is plain gzip, not bgzip; re-compress it with bgzip")]
    PlainGzip,
    /// A bgzipped file lacks its end marker.
    #[error("the file is truncated (its bgzip end marker is missing); copy or make it again")]
    Truncated,
}

/// Reads a text file line by line, plain or bgzipped. A byte order mark is passed over.
pub(crate) struct TextLines {
    lines: Box<dyn BufRead + Send>,
    text: String,
    line: u64,
    extent: ExtentWatch,
}

impl TextLines {
    /// Opens a file.
    ///
    /// # Errors
    /// A file that cannot be opened, plain gzip, or a bgzipped file without its end.
    pub(crate) fn open(path: &Path) -> Result<Self, TextFileError> {
        let mut file = File::open(path).map_err(TextFileError::Open)?;
        let start = bgzip::read_start(&mut file).map_err(TextFileError::Open)?;
        let compression = Compression::of(&start);
        let size = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
        let read = ReadBytes::default();
        let extent = size.map_or(ExtentWatch::Unknown, |of| ExtentWatch::Bytes { read: read.clone(), of });
        // A file that was cut off between two blocks would pass for a shorter one. A pipe has no end to look at.
        if compression == Compression::Bgzip && size.is_some() {
            if !bgzip::ends_with_marker(&mut file).map_err(TextFileError::Open)? {
                return Err(TextFileError::Truncated);
            }
            file.seek(SeekFrom::Start(start.len() as u64)).map_err(TextFileError::Open)?;
        }
        let input = BufReader::new(CountedRead::new(io::Cursor::new(start).chain(file), read));
        let lines: Box<dyn BufRead + Send> = match compression {
            Compression::None => Box::new(input),
            Compression::Bgzip => Box::new(bgzf::io::Reader::new(input)),
            Compression::Gzip => return Err(TextFileError::PlainGzip),
        };
        Ok(Self { lines, text: String::new(), line: 0, extent })
    }

    /// How much of the file there is to read, for who watches from another thread.
    pub(crate) fn extent(&self) -> ExtentWatch {
        self.extent.clone()
    }

    /// Goes on to the next line; whether there is one.
    ///
    /// # Errors
    /// A file that cannot be read, a line that is too long or is no UTF-8.
    pub(crate) fn advance(&mut self) -> Result<bool, TextFileError> {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.clear();
        let read = bounded_line::read_line(&mut self.lines, &mut bytes, bounded_line::LINE);
        let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
        let read = read.and_then(|_| String::from_utf8(bytes).map_err(not_text));
        self.text = read.map_err(|source| TextFileError::Read { line: self.line, source })?;
        if self.text.is_empty() {
            return Ok(false);
        }
        if self.line == 0 {
            self.text.drain(..byte_order_mark::length(self.text.as_bytes()));
        }
        self.line += 1;
        Ok(true)
    }

    /// The line, with its end.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The number of the line, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }
}
