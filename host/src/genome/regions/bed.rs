//! Reading BED files line by line.

use super::RegionError;
use crate::{
    extent::ExtentWatch,
    genome::{
        Strand,
        text_lines::{TextFileError, TextLines},
    },
};
use std::path::{Path, PathBuf};

/// A line of a BED file.
#[derive(Debug, Clone, Eq, PartialEq)]
pub struct BedLine<'a> {
    /// Line number, from 1.
    pub line: u64,
    /// The first column.
    pub contig: &'a str,
    /// First base, 0-based.
    pub start: i64,
    /// One past the last base, 0-based; not before the start.
    pub end: i64,
    /// The columns after the third.
    pub rest: Vec<&'a str>,
}

impl BedLine<'_> {
    /// The fourth column, unless it is empty or `.`.
    pub fn name(&self) -> Option<&str> {
        self.rest.first().copied().filter(|name| !matches!(*name, "" | "."))
    }

    /// The sixth column; forward if there is none, or neither `+` nor `-` stands there.
    pub fn strand(&self) -> Strand {
        if self.rest.get(2) == Some(&"-") { Strand::Reverse } else { Strand::Forward }
    }
}

/// Reads a BED file line by line, plain or bgzipped. Columns are parted by tabs, or by spaces in lines without tab.
/// Comments, empty lines, `track` and `browser` lines, and a byte order mark are passed over.
pub struct BedReader {
    path: PathBuf,
    lines: TextLines,
}

impl BedReader {
    /// Opens a file.
    ///
    /// # Errors
    /// A file that cannot be opened, plain gzip, or a bgzipped file without its end.
    pub fn open(path: &Path) -> Result<Self, RegionError> {
        let lines = TextLines::open(path).map_err(|error| file_error(path, error))?;
        Ok(Self { path: path.to_owned(), lines })
    }

    /// How much of the file there is to read, for who watches from another thread.
    pub(crate) fn extent(&self) -> ExtentWatch {
        self.lines.extent()
    }

    /// The next interval; `None` at the end.
    ///
    /// # Errors
    /// A file that cannot be read, or a line that is no interval.
    pub fn next_line(&mut self) -> Result<Option<BedLine<'_>>, RegionError> {
        while self.lines.advance().map_err(|error| file_error(&self.path, error))? {
            if !self.lines.text().split_ascii_whitespace().next().is_none_or(is_comment) {
                return parse(&self.path, self.lines.line(), self.lines.text()).map(Some);
            }
        }
        Ok(None)
    }
}

fn parse<'a>(path: &Path, line: u64, text: &'a str) -> Result<BedLine<'a>, RegionError> {
    let path = || path.to_owned();
    let mut columns: Vec<&str> = match text.contains('\t') {
        true => text.trim_end().split('\t').map(str::trim).collect(),
        false => text.split_ascii_whitespace().collect(),
    };
    let [contig, start, end, ..] = columns[..] else {
        return Err(RegionError::Columns { path: path(), line, found: columns.len() });
    };
    let number = |text: &str| {
        let number = text.parse().ok().filter(|number: &i64| *number >= 0 && !text.starts_with('+'));
        number.ok_or_else(|| RegionError::Number { path: path(), line, found: text.to_owned() })
    };
    let (start, end) = (number(start)?, number(end)?);
    if end < start {
        return Err(RegionError::Reversed { path: path(), line, start, end });
    }
    columns.drain(..3);
    Ok(BedLine { line, contig, start, end, rest: columns })
}

fn is_comment(first: &str) -> bool {
    first.starts_with('#') || first == "track" || first == "browser"
}

/// What is wrong with the file, as a fault of regions.
fn file_error(path: &Path, error: TextFileError) -> RegionError {
    let path = path.to_owned();
    match error {
        TextFileError::Open(source) => RegionError::Open { path, source },
        TextFileError::Read { line, source } => RegionError::Read { path, line, source },
        TextFileError::PlainGzip => RegionError::PlainGzip { path },
        TextFileError::Truncated => RegionError::Truncated { path },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::bgzip;
    use noodles::bgzf;
    use proptest::prelude::*;
    use std::io::Write;

    type Line = (u64, String, i64, i64);

    fn lines(bytes: &[u8]) -> Result<Vec<Line>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.bed");
        std::fs::write(&path, bytes).unwrap();
        let read = || {
            let mut lines = Vec::new();
            let mut reader = BedReader::open(&path)?;
            while let Some(BedLine { line, contig, start, end, .. }) = reader.next_line()? {
                lines.push((line, contig.to_owned(), start, end));
            }
            Ok::<_, RegionError>(lines)
        };
        let root = directory.path().join("").display().to_string();
        read().map_err(|error| error.to_string().replace(&root, ""))
    }

    #[test]
    fn intervals_are_found_among_what_is_passed_over() {
        let text = b"track name=x\n#c\n\nbrowser position c:1-2\r\nchr1\t0\t5\tname\t0\t-\r\n2 7 7\nchr1\t3\t9";
        let expected = [(5, "chr1".into(), 0, 5), (6, "2".into(), 7, 7), (7, "chr1".into(), 3, 9)];
        assert_eq!(lines(text).unwrap(), expected);
        let mut packed = bgzf::io::Writer::new(Vec::new());
        packed.write_all(text).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(lines(&packed).unwrap(), expected);
        let cut = &packed[..packed.len() - bgzip::EOF_MARKER.len()];
        let message = "r.bed is truncated (its bgzip end marker is missing); copy or make it again";
        assert_eq!(lines(cut).unwrap_err(), message);
        assert_eq!(lines(b"").unwrap(), []);
    }

    #[test]
    fn faults_name_file_and_line() {
        let refused = |text: &str| lines(text.as_bytes()).unwrap_err();
        assert_eq!(refused("c\t1\t2\nc\t5\t4\n"), "r.bed:2: end 4 is before start 5; swap them");
        assert_eq!(refused("c\t5\n"), "r.bed:1: found 2 columns, expected at least 3 (contig, start, end)");
        for number in ["x", "-1", "+1", "1.5", "1,000", "99999999999999999999"] {
            let message = refused(&format!("#\nc\t{number}\t2\n"));
            assert_eq!(
                message,
                format!(
                    "r.bed:2: invalid coordinate `{number}`: expected a non-negative integer; BED \
                     is contig, start, end"
                )
            );
        }
        assert_eq!(lines(b"c\t1\t2\n\xff\n").unwrap_err(), "cannot read r.bed after line 1");
        let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
        assert_eq!(lines(gzip).unwrap_err(), "r.bed is plain gzip, not bgzip; re-compress it with bgzip");
        let missing = BedReader::open(Path::new("/nonexistent/r.bed")).err().unwrap();
        assert_eq!(missing.to_string(), "cannot open the regions file /nonexistent/r.bed");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop_oneof![
            any::<Vec<u8>>(),
            "([a-c#]{0,2}[\t ][0-9x-]{0,3}\t[0-9]{0,3}\r?\n){0,4}".prop_map(String::into_bytes),
        ]) {
            if let Ok(lines) = lines(&bytes) {
                prop_assert!(lines.iter().all(|(_, _, start, end)| 0 <= *start && start <= end));
            }
        }
    }
}
