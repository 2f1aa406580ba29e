//! One record: the line as it is, and where its columns lie.

use super::{LineEnd, VcfError, header::FIXED_COLUMNS};
use crate::{internal::OrInternal, number::append_integer};
use std::{ops::Range, path::Path};

/// A data line of a VCF, byte by byte, with the places of its fixed columns.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VcfRecord {
    line: Vec<u8>,
    /// One past the last byte of each fixed column.
    column_ends: [usize; FIXED_COLUMNS],
    position: u64,
    line_number: u64,
    line_end: LineEnd,
}

impl VcfRecord {
    /// The number of a line whose place in its file is not known.
    pub const UNKNOWN_LINE: u64 = 0;

    /// Takes the places of the columns of `line`, which has no line end and, like the header, `expected` columns, of
    /// which there are at least the fixed ones. `path` and `line_number` (from 1) are for messages.
    pub(super) fn parse(
        line: &[u8],
        line_end: LineEnd,
        expected: usize,
        line_number: u64,
        path: &Path,
    ) -> Result<Self, VcfError> {
        let path = || path.to_owned();
        // A line that was cut off, or is two in one, looks like a record in its first columns.
        let found = line.iter().filter(|byte| **byte == b'\t').count() + 1;
        if found != expected {
            return Err(VcfError::RecordColumns { path: path(), line: line_number, found, expected });
        }
        let column_ends = column_ends(line);
        let mut record = Self { line: line.to_vec(), column_ends, position: 0, line_number, line_end };
        if !std::str::from_utf8(record.column(0)).is_ok_and(|name| !name.is_empty()) {
            return Err(VcfError::ContigName { path: path(), line: line_number });
        }
        let digits = record.column(1);
        record.position = parse_position(digits).ok_or_else(|| VcfError::Position {
            path: path(),
            line: line_number,
            found: String::from_utf8_lossy(digits).into_owned(),
        })?;
        Ok(record)
    }

    /// The record of a base at `position` (1-based) of a contig, and what stands for it: `.` for nothing. Its other columns
    /// are empty.
    pub(crate) fn of_base(contig: &str, position: u64, reference: u8, alternate: u8) -> Self {
        let mut line = Vec::with_capacity(contig.len() + 40);
        line.extend_from_slice(contig.as_bytes());
        line.push(b'\t');
        append_integer(&mut line, position);
        line.extend_from_slice(&[b'\t', b'.', b'\t', reference, b'\t', alternate]);
        line.extend_from_slice(b"\t.\t.\t.");
        Self { column_ends: column_ends(&line), line, position, line_number: Self::UNKNOWN_LINE, line_end: LineEnd::Lf }
    }

    fn column_range(&self, column: usize) -> Range<usize> {
        let start = match column.checked_sub(1) {
            Some(before) => self.column_ends[before] + 1,
            None => 0,
        };
        start..self.column_ends[column]
    }

    fn column(&self, column: usize) -> &[u8] {
        &self.line[self.column_range(column)]
    }

    /// The contig's name as the line spells it.
    pub fn chrom(&self) -> &str {
        std::str::from_utf8(self.column(0)).or_internal("the name was checked when the record was made")
    }

    /// POS as written: **1-based**; 0 denotes a telomere.
    pub fn pos(&self) -> u64 {
        self.position
    }

    /// Where REF starts: **0-based**; -1 denotes a telomere.
    pub fn start(&self) -> i64 {
        // So far behind every contig that one base more or less does not matter.
        i64::try_from(self.position).map_or(i64::MAX, |position| position - 1)
    }

    /// The ID column; `.` if there is none.
    pub fn id(&self) -> &[u8] {
        self.column(2)
    }

    /// The REF allele as written.
    pub fn reference(&self) -> &[u8] {
        self.column(3)
    }

    /// The whole ALT column as written.
    pub fn alternate_text(&self) -> &[u8] {
        self.column(4)
    }

    /// The elements of ALT as written; none if the column is `.`.
    pub fn alternates(&self) -> impl Iterator<Item = &[u8]> {
        let text = self.alternate_text();
        text.split(|byte| *byte == b',').filter(move |_| text != b".")
    }

    /// The INFO column as written; `.` if it is empty.
    pub fn info(&self) -> &[u8] {
        self.column(7)
    }

    /// Where INFO lies in [`bytes`](Self::bytes).
    pub fn info_range(&self) -> Range<usize> {
        self.column_range(7)
    }

    /// The whole line, without its end.
    pub fn bytes(&self) -> &[u8] {
        &self.line
    }

    /// How the line ends.
    pub fn line_end(&self) -> LineEnd {
        self.line_end
    }

    /// The line's number in its file, from 1, the header counted; [`UNKNOWN_LINE`](Self::UNKNOWN_LINE) where the file
    /// was entered through its index.
    pub fn line_number(&self) -> u64 {
        self.line_number
    }
}

/// One past the last byte of each fixed column of a line.
fn column_ends(line: &[u8]) -> [usize; FIXED_COLUMNS] {
    let mut column_ends = [line.len(); FIXED_COLUMNS];
    let tabs = line.iter().enumerate().filter(|(_, byte)| **byte == b'\t');
    for (column_end, (end, _)) in column_ends.iter_mut().zip(tabs) {
        *column_end = end;
    }
    column_ends
}

/// A number of digits only: no sign, no blanks.
fn parse_position(digits: &[u8]) -> Option<u64> {
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_of_a_base_is_that_of_its_line() {
        let line = b"chr1\t7\t.\tA\tC\t.\t.\t.";
        let parsed = VcfRecord::parse(line, LineEnd::Lf, FIXED_COLUMNS, VcfRecord::UNKNOWN_LINE, Path::new("a.vcf"));
        assert_eq!(VcfRecord::of_base("chr1", 7, b'A', b'C'), parsed.unwrap());
        let unknown = VcfRecord::of_base("chr1", 7, b'N', b'.');
        assert_eq!((unknown.reference(), unknown.alternates().count(), unknown.start()), (&b"N"[..], 0, 6));
    }
}
