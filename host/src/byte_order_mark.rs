//! The byte order mark that some editors put before UTF-8. It is no part of a text: whoever reads one passes it over.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// U+FEFF in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// How many bytes the mark takes at the start of a file that begins with `bytes`: none, or three.
pub(crate) fn length(bytes: &[u8]) -> usize {
    if bytes.starts_with(MARK) { MARK.len() } else { 0 }
}

/// The most bytes of a text that is read as a whole: lists of names, tables of expected values.
const LARGEST: u64 = 256 << 20;

/// The text of a file, without the mark.
///
/// # Errors
/// A file that cannot be read, is not UTF-8, or has more than 256 MiB.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let count = File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if count as u64 > LARGEST {
        let message = format!("it has more than the {} MiB that such a file may have", LARGEST >> 20);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    text.drain(..length(text.as_bytes()));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_a_mark_at_the_start_is_passed_over() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        for (written, read) in [
            ("\u{feff}a\n\u{feff}b", "a\n\u{feff}b"),
            ("\u{feff}\u{feff}a", "\u{feff}a"),
            ("a\u{feff}", "a\u{feff}"),
            ("\u{feff}", ""),
            ("", ""),
        ] {
            fs::write(&path, written).unwrap();
            assert_eq!(read_text(&path).unwrap(), read);
        }
        assert_eq!([length(b"\xEF\xBB"), length(b"\xEF\xBB\xBF>"), length(b"\xFF\xFEa\0")], [0, 3, 0]);
    }
}
