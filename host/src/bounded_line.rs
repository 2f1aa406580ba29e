//! Lines of text files, each of which may have so many bytes and no more: one without an end would fill the memory.

use std::io::{self, BufRead, Read};

/// The most bytes of a line in most files.
pub(crate) const LINE: u64 = 16 << 20;

/// A line that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the next line has more than {} MiB, the most that a line of such a file may have", limit >> 20)]
pub(crate) struct LineTooLong {
    limit: u64,
}

impl LineTooLong {
    /// A line of more than `limit` bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit }
    }
}

/// Appends the next line, with its end, to `line`: the number of its bytes, 0 at the end of the input.
///
/// # Errors
/// What the input fails with, and [`LineTooLong`] if no end comes within `limit` bytes.
pub(crate) fn read_line(input: &mut (impl BufRead + ?Sized), line: &mut Vec<u8>, limit: u64) -> io::Result<usize> {
    let count = Read::take(&mut *input, limit + 1).read_until(b'\n', line)?;
    if count as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, LineTooLong::new(limit)));
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_is_an_error() {
        let mut input = io::BufReader::new(io::repeat(b'A'));
        let mut line = Vec::new();
        let error = read_line(&mut input, &mut line, 2 << 20).unwrap_err().to_string();
        assert_eq!(error, "the next line has more than 2 MiB, the most that a line of such a file may have");
        assert_eq!(line.len(), (2 << 20) + 1);
    }

    #[test]
    fn lines_come_one_by_one_with_their_ends() {
        let mut input = &b"a\nbcd\n\ne"[..];
        let mut next = || {
            let mut line = Vec::new();
            read_line(&mut input, &mut line, 4).map(|_| line).unwrap()
        };
        assert_eq!([next(), next(), next(), next(), next()], [&b"a\n"[..], b"bcd\n", b"\n", b"e", b""]);
        assert!(read_line(&mut &b"abcd\n"[..], &mut Vec::new(), 4).unwrap_err().to_string().contains("has more than"));
    }
}
