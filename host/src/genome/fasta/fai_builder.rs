//! Building a `.fai` index from the FASTA text.
//!
//! Built here rather than by noodles, whose errors do not name the line.

use super::{
    FastaError,
    fai::{FaiEntry, check_name},
};
use crate::{byte_order_mark, stop::Stop};
use std::{
    collections::HashSet,
    io::{self, BufRead, BufReader},
    path::Path,
};

/// The most bytes of a header line. Lines of bases may have any number.
const HEADER: usize = 1 << 20;

/// Builds the index of the FASTA text that `input` yields, unless it is asked to stop; `path` is its file, for messages.
pub(super) fn build(input: impl io::Read, path: &Path, stop: &Stop) -> Result<Vec<FaiEntry>, FastaError> {
    /// Lines are looked at in pieces of this many bytes: a contig may be one line of gigabytes.
    const PIECE: u64 = 1 << 16;

    let mut reader = BufReader::with_capacity(1 << 18, input);
    let mut builder = Builder::new(path);
    let mut piece = Vec::new();
    loop {
        stop.check()?;
        piece.clear();
        let read = io::Read::take(&mut reader, PIECE).read_until(b'\n', &mut piece);
        let count = read.map_err(|source| FastaError::from_read(path, source))?;
        if count == 0 {
            return builder.finish();
        }
        let mark = if builder.offset == 0 { byte_order_mark::length(&piece) } else { 0 };
        builder.offset += mark as u64;
        builder.piece(&piece[mark..])?;
    }
}

/// The state between two pieces of a FASTA text.
struct Builder<'a> {
    path: &'a Path,
    entries: Vec<FaiEntry>,
    names: HashSet<String>,
    /// Number of the current line, from 1.
    line: u64,
    /// Bytes before the current piece.
    offset: u64,
    /// The header line so far; `None` within a sequence line.
    header: Option<Vec<u8>>,
    /// Bases and bytes of the current sequence line so far.
    bases: u64,
    width: u64,
    /// Whether the last sequence line was shorter than the others: it must be the contig's last.
    ended: bool,
    at_line_start: bool,
}

impl<'a> Builder<'a> {
    fn new(path: &'a Path) -> Self {
        Self {
            path,
            entries: Vec::new(),
            names: HashSet::new(),
            line: 1,
            offset: 0,
            header: None,
            bases: 0,
            width: 0,
            ended: false,
            at_line_start: true,
        }
    }

    /// Takes the next bytes: at most one line, with its end if it is complete.
    fn piece(&mut self, piece: &[u8]) -> Result<(), FastaError> {
        self.offset += piece.len() as u64;
        if self.at_line_start && piece.starts_with(b">") {
            self.header = Some(Vec::new());
        }
        let complete = piece.ends_with(b"\n");
        if let Some(header) = &mut self.header {
            if header.len() + piece.len() > HEADER {
                return Err(FastaError::LongLine { path: self.path.to_owned(), line: self.line, limit: HEADER as u64 });
            }
            header.extend_from_slice(piece);
        } else {
            self.width += piece.len() as u64;
            self.bases += self.count_bases(piece)?;
        }
        if complete {
            self.end_line()?;
        }
        self.at_line_start = complete;
        Ok(())
    }

    /// Counts the letters; only a line end may be something else.
    fn count_bases(&self, piece: &[u8]) -> Result<u64, FastaError> {
        let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'*' | b'-' | b'.');
        let letters = piece.iter().position(|byte| !is_letter(byte));
        let (letters, rest) = piece.split_at(letters.unwrap_or(piece.len()));
        match rest {
            [] | b"\n" | b"\r\n" | b"\r" => Ok(letters.len() as u64),
            [byte, ..] => Err(FastaError::BadLetter { path: self.path.to_owned(), line: self.line, byte: *byte }),
        }
    }

    fn end_line(&mut self) -> Result<(), FastaError> {
        match self.header.take() {
            Some(header) => self.begin_contig(&header)?,
            None => self.end_sequence_line()?,
        }
        (self.bases, self.width) = (0, 0);
        self.line += 1;
        Ok(())
    }

    fn begin_contig(&mut self, header: &[u8]) -> Result<(), FastaError> {
        let mut words = header[1..].split(u8::is_ascii_whitespace);
        let name = std::str::from_utf8(words.next().unwrap_or_default());
        let name = name.map_err(|_| FastaError::BadName { path: self.path.to_owned(), line: self.line })?;
        check_name(name, &mut self.names, self.path, self.line)?;
        self.ended = false;
        self.entries.push(FaiEntry {
            name: name.to_owned(),
            length: 0,
            offset: self.offset,
            line_bases: 0,
            line_width: 1,
        });
        Ok(())
    }

    fn end_sequence_line(&mut self) -> Result<(), FastaError> {
        let Some(entry) = self.entries.last_mut() else {
            if self.bases == 0 {
                return Ok(());
            }
            return Err(FastaError::MissingHeader { path: self.path.to_owned(), line: self.line });
        };
        if self.bases == 0 {
            // A blank line may follow the sequence; bases after it would be out of step.
            self.ended = true;
            return Ok(());
        }
        if entry.length == 0 && !self.ended {
            (entry.line_bases, entry.line_width) = (self.bases, self.width);
        } else {
            let line_end = entry.line_width - entry.line_bases;
            let last_of_file = self.width == self.bases;
            let same_end = self.width - self.bases == line_end || last_of_file;
            if self.ended || self.bases > entry.line_bases || !same_end {
                return Err(FastaError::UnevenLine {
                    path: self.path.to_owned(),
                    line: self.line,
                    name: entry.name.clone(),
                });
            }
            self.ended = self.bases < entry.line_bases;
        }
        entry.length += self.bases;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<FaiEntry>, FastaError> {
        if !self.at_line_start {
            self.end_line()?;
        }
        Ok(self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(text: &[u8]) -> Result<Vec<FaiEntry>, FastaError> {
        build(text, Path::new("g.fa"), &Stop::new())
    }

    fn message(text: &[u8]) -> String {
        built(text).unwrap_err().to_string()
    }

    #[test]
    fn positions_follow_the_lines() {
        let entries = built(b"\n>a one\nACGT\nACGT\nAC\n\n>b\r\nAC\r\nA\r\n>c\n>d\nACG").unwrap();
        let seen: Vec<_> =
            entries.iter().map(|e| (e.name.as_str(), e.length, e.offset, e.line_bases, e.line_width)).collect();
        assert_eq!(seen, [("a", 10, 8, 4, 5), ("b", 3, 26, 2, 4), ("c", 0, 36, 0, 1), ("d", 3, 39, 3, 3)]);
        assert_eq!(entries[0].offset_of(9), 8 + 2 * 5 + 1);
    }

    #[test]
    fn faults_name_the_line() {
        assert!(message(b"ACGT\n>a\n").starts_with("g.fa:1: expected a header"));
        assert!(message(b">\nAC\n").starts_with("g.fa:1: the contig name"));
        assert!(message(b">a\nAC\n>b\nA\n>a x\nA\n").starts_with("g.fa:5: contig `a` appears twice"));
        assert!(message(b">a\nAC\nA\nAC\n").starts_with("g.fa:4: this line's length"));
        assert!(message(b">a\nAC\nACG\n").starts_with("g.fa:3: this line's length"));
        assert!(message(b">a\nAC\n\nAC\n").starts_with("g.fa:4: this line's length"));
        assert!(message(b">a\n\nAC\n").starts_with("g.fa:3: this line's length"));
        assert!(message(b">a\nAC\r\nAC\nAC\n").starts_with("g.fa:3: this line's length"));
        assert!(message(b">a\nA\x00C\n").starts_with("g.fa:2: invalid sequence byte 0x00"));
    }

    #[test]
    fn a_header_line_without_end_is_refused() {
        let endless = io::Read::chain(&b">a\nACGT\n>"[..], io::repeat(b'x'));
        let message = build(endless, Path::new("g.fa"), &Stop::new()).unwrap_err().to_string();
        assert_eq!(message, "g.fa:3: the line has more than 1 MiB; is this a FASTA file, or its index?");
    }

    #[test]
    fn a_line_longer_than_a_piece_is_one_line() {
        let text = [b">a\n".as_slice(), &b"ACGTA".repeat(40_000), b"\nAC"].concat();
        let entries = built(&text).unwrap();
        assert_eq!((entries[0].length, entries[0].line_bases), (200_002, 200_000));
    }

    #[test]
    fn whoever_asks_need_not_wait_for_the_end() {
        let stop = Stop::new();
        let endless = io::Read::chain(&b">a\n"[..], Asking { stop: stop.clone(), reads: 0 });
        let error = build(endless, Path::new("g.fa"), &stop).unwrap_err();
        assert!(matches!(error, FastaError::Stopped(_)), "{error}");
    }

    /// Bases without end, of which somebody has enough soon.
    struct Asking {
        stop: Stop,
        reads: usize,
    }

    impl io::Read for Asking {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.reads += 1;
            assert!(self.reads < 100, "nobody stops");
            if self.reads == 3 {
                self.stop.ask();
            }
            bytes.fill(b'A');
            Ok(bytes.len())
        }
    }
}
