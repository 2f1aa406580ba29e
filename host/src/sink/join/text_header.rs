//! What stands before the rows of a part, compared with that of the first part.

use super::{JoinError, format::HeaderKind};
use crate::sink::stored_provenance::of_header_line;
use std::{
    io::{self, BufRead, Read as _},
    path::Path,
};

/// Bytes of a header at most, of which a line names all samples of a cohort.
const MOST_BYTES: usize = 1 << 28;
/// Letters of a line that a message shows.
const SHOWN: usize = 120;

/// Reads a header, with its line ends, and leaves the reader at the first row.
pub(super) fn read_header(kind: HeaderKind, input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    match kind {
        HeaderKind::None => {}
        HeaderKind::Names => drop(read_line(input, &mut header)?),
        HeaderKind::Comments => while input.fill_buf()?.first() == Some(&b'#') && read_line(input, &mut header)? {},
        HeaderKind::Bcf => {
            let mut start = [0; 9];
            input.read_exact(&mut start)?;
            let length = u32::from_le_bytes([start[5], start[6], start[7], start[8]]) as usize;
            if !start.starts_with(b"BCF\x02") || length > MOST_BYTES {
                return Err(io::ErrorKind::InvalidData.into());
            }
            header.extend_from_slice(&start);
            io::Read::take(&mut *input, length as u64).read_to_end(&mut header)?;
            if header.len() != start.len() + length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    Ok(header)
}

/// Appends a line; whether there was one.
fn read_line(input: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<bool> {
    let left = MOST_BYTES.saturating_sub(text.len()) as u64;
    let count = io::Read::take(&mut *input, left).read_until(b'\n', text)?;
    if count > 0 && text.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(count > 0)
}

/// Compares the header of a part with that of the first.
///
/// # Errors
/// The first line in which they differ; of a line that tells what the contents follow from, in what.
pub(super) fn compare(part: (&Path, &[u8]), first: (&Path, &[u8])) -> Result<(), JoinError> {
    if part.1 == first.1 {
        return Ok(());
    }
    let (path, header) = part;
    let lines =
        |header: &'_ [u8]| -> Vec<Vec<u8>> { header.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect() };
    let (own, other) = (lines(header), lines(first.1));
    let count = own.len().max(other.len());
    let line = (0..count).find(|line| own.get(*line) != other.get(*line)).unwrap_or(0);
    let (own, other) = (own.get(line), other.get(line));
    let told = |line: Option<&Vec<u8>>| line.and_then(|line| of_header_line(line));
    let (path, first) = (path.to_owned(), first.0.to_owned());
    if let Some(difference) = told(own).zip(told(other)).and_then(|(own, other)| own.difference(&other)) {
        return Err(JoinError::Provenance { path, first, difference });
    }
    Err(JoinError::Header { path, first, line: line + 1, found: shown(own), expected: shown(other) })
}

fn shown(line: Option<&Vec<u8>>) -> String {
    let Some(line) = line else { return "missing".to_owned() };
    let text = String::from_utf8_lossy(line);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}...`", &text[..end]),
        None => format!("`{}`", text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(kind: HeaderKind, text: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut input = text;
        let header = read_header(kind, &mut input).unwrap();
        (header, input.to_vec())
    }

    #[test]
    fn headers_end_where_rows_begin() {
        assert_eq!(header(HeaderKind::Comments, b"#a\n#b\nc\n#d\n"), (b"#a\n#b\n".into(), b"c\n#d\n".into()));
        assert_eq!(header(HeaderKind::Names, b"#a\n#b\n"), (b"#a\n".into(), b"#b\n".into()));
        assert_eq!(header(HeaderKind::None, b"#a\n"), (b"".into(), b"#a\n".into()));
        let bcf = b"BCF\x02\x02\x03\0\0\0ab\0rest";
        assert_eq!(header(HeaderKind::Bcf, bcf), (bcf[..12].into(), b"rest".into()));
        assert!(
            matches!(read_header(HeaderKind::Bcf, &mut &bcf[..11]), Err(error) if error.kind() == io::ErrorKind::UnexpectedEof)
        );
    }

    #[test]
    fn the_line_that_differs_is_named() {
        let (one, two) = (Path::new("0000.vcf"), Path::new("0001.vcf"));
        compare((two, b"#a\n"), (one, b"#a\n")).unwrap();
        let error = compare((two, b"##a\n##x=2\n"), (one, b"##a\n##x=1\n")).unwrap_err().to_string();
        assert!(
            error.contains("0001.vcf is not of the same run as 0000.vcf: line 2 of its header is `##x=2`, not `##x=1`"),
            "{error}"
        );
        let run = |graph: &str| format!("##kipos_provenance={{\"model\":{{\"name\":\"{graph}\"}}}}\n").into_bytes();
        let error = compare((two, &run("b")), (one, &run("a"))).unwrap_err().to_string();
        assert!(error.contains("they differ in the model (name: a, now b)"), "{error}");
    }
}
