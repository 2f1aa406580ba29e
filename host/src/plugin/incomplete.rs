//! Telling a library that was copied half: the system's loader would map what is not there, and the process would die.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// The head of an ELF file of 64 bits, and one entry of the table of its segments.
const HEAD: usize = 64;
const ENTRY: usize = 56;
/// The kind of a segment that is mapped.
const LOADED: u64 = 1;
/// More segments than any library has.
const MOST_SEGMENTS: u16 = 1024;

/// What is missing of a library, in a sentence; `None` if its segments are whole, or if that cannot be told: it is no ELF
/// file of this kind of machine, or cannot be read.
pub(super) fn incomplete(library: &Path) -> Option<String> {
    let (length, needed) = lengths(library).ok()??;
    (length < needed).then(|| {
        format!("the file is incomplete: it has {length} bytes, but its segments end at {needed}; copy it again")
    })
}

/// The length of the file, and the end of its last segment.
fn lengths(library: &Path) -> io::Result<Option<(u64, u64)>> {
    let mut file = File::open(library)?;
    let length = file.metadata()?.len();
    let mut head = [0; HEAD];
    if file.read_exact(&mut head).is_err() || head[..6] != *b"\x7fELF\x02\x01" {
        return Ok(None);
    }
    let (table, size, count) = (number(&head[32..40]), number(&head[54..56]), number(&head[56..58]));
    if size != ENTRY as u64 || count > MOST_SEGMENTS.into() {
        return Ok(None);
    }
    let end_of_table = table.saturating_add(size * count);
    if length < end_of_table {
        return Ok(Some((length, end_of_table)));
    }
    file.seek(SeekFrom::Start(table))?;
    let mut needed = end_of_table;
    for _ in 0..count {
        let mut entry = [0; ENTRY];
        file.read_exact(&mut entry)?;
        if number(&entry[..4]) == LOADED {
            needed = needed.max(number(&entry[8..16]).saturating_add(number(&entry[32..40])));
        }
    }
    Ok(Some((length, needed)))
}

/// A number of up to 8 bytes, the least first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
#[cfg(all(target_os = "linux", target_endian = "little", target_pointer_width = "64"))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_cut_through_a_segment_is_told() {
        // The program of this test has the same form as a library.
        let whole = std::env::current_exe().unwrap();
        let (length, needed) = lengths(&whole).unwrap().unwrap();
        assert!(0 < needed && needed <= length, "{needed} of {length}");
        assert_eq!(incomplete(&whole), None);
        let bytes = fs::read(&whole).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let cut = dir.path().join("cut");
        for kept in [100, needed / 2, needed - 1] {
            fs::write(&cut, &bytes[..kept as usize]).unwrap();
            let sentence = incomplete(&cut).unwrap();
            assert!(sentence.starts_with(&format!("the file is incomplete: it has {kept} bytes, ")), "{sentence}");
        }
        fs::write(&cut, &bytes[..needed as usize]).unwrap();
        assert_eq!(incomplete(&cut), None);
    }

    #[test]
    fn of_other_files_nothing_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        for text in
            [&b""[..], b"text", b"\x7fELF\x01\x01 of 32 bits, which has another layout of its head and segments"]
        {
            fs::write(&file, text).unwrap();
            assert_eq!(incomplete(&file), None);
        }
        assert_eq!(incomplete(&dir.path().join("absent")), None);
    }
}
