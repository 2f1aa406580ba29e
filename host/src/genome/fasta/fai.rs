//! The `.fai` index: where each contig's bases lie in the file.
//!
//! Read here rather than by noodles, whose errors do not name the line.

use super::FastaError;
use crate::{byte_order_mark, state_file};
use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// One contig of the index. Offsets count the plain bytes of a bgzip file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct FaiEntry {
    pub(super) name: String,
    /// Number of bases.
    pub(super) length: u64,
    /// Offset of the first base in bytes.
    pub(super) offset: u64,
    /// Bases a full line holds; 0 only for a contig without bases.
    pub(super) line_bases: u64,
    /// Bytes a full line takes, with its line end.
    pub(super) line_width: u64,
}

impl FaiEntry {
    /// Reads the five columns; `None` if they are no numbers or contradict each other.
    fn parse(line: &str) -> Option<Self> {
        let mut columns = line.split('\t');
        let name = columns.next()?.to_owned();
        let mut number = || columns.next()?.parse::<u64>().ok();
        let (length, offset) = (number()?, number()?);
        let (line_bases, line_width) = (number()?, number()?);
        let entry = Self { name, length, offset, line_bases, line_width };
        (columns.next().is_none() && entry.is_consistent()).then_some(entry)
    }

    /// Whether positions can be computed: a line end is one or two bytes, and only a contig of a
    /// single line may do without; nothing overflows.
    fn is_consistent(&self) -> bool {
        let line_end = self.line_width.checked_sub(self.line_bases);
        let single_line = self.length <= self.line_bases;
        let line_end_fits = match line_end {
            Some(0) => single_line,
            Some(1 | 2) => self.line_bases > 0 || self.length == 0,
            _ => false,
        };
        // Three bytes a base is the most that a line end of two can cost.
        let bound = self.length.checked_mul(3);
        line_end_fits && bound.and_then(|bytes| self.offset.checked_add(bytes)).is_some()
    }

    /// Offset in bytes of `base` (0-based, below the contig's length).
    pub(super) fn offset_of(&self, base: u64) -> u64 {
        let line_bases = self.line_bases.max(1);
        self.offset + base / line_bases * self.line_width + base % line_bases
    }
}

/// The most bytes of a line.
const LINE: u64 = 1 << 20;

/// Reads an index file.
pub(super) fn read(path: &Path) -> Result<Vec<FaiEntry>, FastaError> {
    let io_error = |source| FastaError::Io { path: path.to_owned(), source };
    let mut input = BufReader::new(File::open(path).map_err(io_error)?);
    let mut entries = Vec::new();
    let mut names = HashSet::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let count = Read::take(&mut input, LINE + 1).read_until(b'\n', &mut line).map_err(io_error)?;
        if count == 0 {
            break;
        }
        if count as u64 > LINE {
            return Err(FastaError::LongLine { path: path.to_owned(), line: number, limit: LINE });
        }
        let mark = if number == 1 { byte_order_mark::length(&line) } else { 0 };
        let line = &line[mark..];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let parsed = std::str::from_utf8(line).ok().and_then(FaiEntry::parse);
        let entry = parsed.ok_or_else(|| FastaError::BadIndexLine { path: path.to_owned(), line: number })?;
        check_name(&entry.name, &mut names, path, number)?;
        entries.push(entry);
    }
    Ok(entries)
}

/// Refuses an empty name and one that came before.
pub(super) fn check_name(name: &str, names: &mut HashSet<String>, path: &Path, line: u64) -> Result<(), FastaError> {
    let path = path.to_owned();
    if name.is_empty() {
        return Err(FastaError::BadName { path, line });
    }
    if !names.insert(name.to_owned()) {
        let name = name.to_owned();
        return Err(FastaError::DuplicateContig { path, line, name });
    }
    Ok(())
}

/// Writes an index under its final name in one step: no reader ever sees half of it.
pub(super) fn write(path: &Path, entries: &[FaiEntry]) -> io::Result<()> {
    let lines = entries.iter().map(|FaiEntry { name, length, offset, line_bases, line_width }| {
        format!("{name}\t{length}\t{offset}\t{line_bases}\t{line_width}\n")
    });
    state_file::write(path, &lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{genome::fasta::fai_builder::build, stop::Stop};
    use proptest::prelude::*;
    use std::fs;

    #[test]
    fn index_lines_that_contradict_themselves_are_refused() {
        for line in [
            "a\t10\t3\t0\t1",
            "a\t10\t3\t5\t5",
            "a\t10\t3\t5\t4",
            "a\t10\t3\t5\t9",
            "a\t10\t3\t5",
            "a\t10\t3\t5\t6\t7",
            "a\tten\t3\t5\t6",
            "a\t18446744073709551615\t3\t5\t6",
        ] {
            assert_eq!(FaiEntry::parse(line), None, "{line}");
        }
        assert!(FaiEntry::parse("a\t5\t3\t5\t5").is_some());
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("g.fa.fai");
        fs::write(&path, [b"a\t5\t3\t5\t6\n".as_slice(), &vec![b'x'; 2 << 20]].concat()).unwrap();
        let message = read(&path).unwrap_err().to_string();
        let expected =
            format!("{}:2: the line has more than 1 MiB; is this a FASTA file, or its index?", path.display());
        assert_eq!(message, expected);
    }

    proptest! {
        #[test]
        fn an_index_reads_back_as_written(
            contigs in proptest::collection::vec(("[a-z]{4}[A-Z]", 0_usize..40, 1_usize..9), 1..5)
        ) {
            let mut text = String::new();
            for (number, (name, length, width)) in contigs.iter().enumerate() {
                text += &format!(">{name}{number} note\n");
                for line in vec![b'A'; *length].chunks(*width) {
                    text += &String::from_utf8_lossy(line);
                    text.push('\n');
                }
            }
            let entries = build(text.as_bytes(), Path::new("g.fa"), &Stop::new()).unwrap();
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("g.fa.fai");
            write(&path, &entries).unwrap();
            prop_assert_eq!(read(&path).unwrap(), entries);
            prop_assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        }
    }
}
