//! How much there is to read of an input, and how much of it was read.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much there is to do, as far as that is known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// Only the end of the input tells.
    #[default]
    Unknown,
    /// So many records, samples or windows.
    Items(u64),
    /// The bytes of a file that have been read so far, of those that are to be read.
    Bytes {
        /// Read so far, as they are in the file.
        read: u64,
        /// To be read.
        of: u64,
    },
}

/// What is asked for the [`Extent`] of an input that another thread reads.
#[derive(Debug, Clone, Default)]
pub(crate) enum ExtentWatch {
    #[default]
    Unknown,
    Items(u64),
    Bytes {
        read: ReadBytes,
        of: u64,
    },
}

impl ExtentWatch {
    /// What is known now.
    pub(crate) fn now(&self) -> Extent {
        match self {
            Self::Unknown => Extent::Unknown,
            Self::Items(items) => Extent::Items(*items),
            Self::Bytes { read, of } => Extent::Bytes { read: read.get().min(*of), of: *of },
        }
    }
}

/// A number of bytes that grows while they are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadBytes(Arc<AtomicU64>);

impl ReadBytes {
    /// The bytes so far.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// There are so many now.
    pub(crate) fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// Counts the bytes that are read through it.
pub(crate) struct CountedRead<R> {
    inner: R,
    read: ReadBytes,
}

impl<R> CountedRead<R> {
    /// A reader that adds what it gives to `read`.
    pub(crate) fn new(inner: R, read: ReadBytes) -> Self {
        Self { inner, read }
    }
}

impl<R: Read> Read for CountedRead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_as_they_are_read() {
        let read = ReadBytes::default();
        let watch = ExtentWatch::Bytes { read: read.clone(), of: 10 };
        let mut input = CountedRead::new(&b"0123456789"[..], read);
        assert_eq!(watch.now(), Extent::Bytes { read: 0, of: 10 });
        input.read_exact(&mut [0; 4]).unwrap();
        assert_eq!(watch.now(), Extent::Bytes { read: 4, of: 10 });
        io::copy(&mut input, &mut io::sink()).unwrap();
        assert_eq!(watch.now(), Extent::Bytes { read: 10, of: 10 });
    }

    #[test]
    fn a_file_that_grew_is_never_more_than_read() {
        let read = ReadBytes::default();
        read.set(11);
        assert_eq!(ExtentWatch::Bytes { read, of: 10 }.now(), Extent::Bytes { read: 10, of: 10 });
    }
}
