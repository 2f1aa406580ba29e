//! The bytes of an input, unpacked.

use crate::genome::bgzip::{Compression, TailWatch};
use noodles::bgzf;
use std::io::{self, BufRead, BufReader, Read};

const BUFFER: usize = 1 << 16;

/// What the caller gave, with the bytes put back that told its wrapping.
type Input = io::Chain<io::Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// The bytes, whatever they are wrapped in.
pub(super) enum Stream {
    Plain(BufReader<Input>),
    Bgzip(Box<bgzf::io::Reader<TailWatch<BufReader<Input>>>>),
}

impl Stream {
    /// The bytes of `input`, whose first bytes `start` were taken already; `None` if it is gzip without blocks.
    pub(super) fn new(start: Vec<u8>, input: Box<dyn Read + Send>) -> Option<Self> {
        let compression = Compression::of(&start);
        let input = BufReader::with_capacity(BUFFER, io::Cursor::new(start).chain(input));
        match compression {
            Compression::None => Some(Self::Plain(input)),
            Compression::Gzip => None,
            Compression::Bgzip => Some(Self::Bgzip(Box::new(bgzf::io::Reader::new(TailWatch::new(input))))),
        }
    }

    /// Whether the input is block-gzipped.
    pub(super) fn is_bgzip(&self) -> bool {
        matches!(self, Self::Bgzip(_))
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Stream {
    /// A bgzip stream without its end marker has no end but `UnexpectedEof`.
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Plain(reader) => reader.fill_buf(),
            Self::Bgzip(reader) => {
                if reader.fill_buf()?.is_empty() && !reader.get_ref().is_complete() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                reader.fill_buf()
            }
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Self::Plain(reader) => reader.consume(count),
            Self::Bgzip(reader) => reader.consume(count),
        }
    }
}
