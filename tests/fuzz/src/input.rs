//! What a target reads: one or several files, each with a name.

use std::fs;
use std::io;
use std::path::Path;

/// A file of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The name that it has in the directory of the input.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
}

/// What a target reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Input(pub(crate) Vec<Part>);

impl Input {
    /// An input of a single file.
    pub(crate) fn one(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::default().and(name, bytes)
    }

    /// The same with one file more.
    pub(crate) fn and(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Part { name: name.to_owned(), bytes: bytes.into() });
        self
    }

    /// The bytes of a file; none if the input has no such file.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|part| part.name == name).map(|part| part.bytes.as_slice())
    }

    /// The first file as text, what is not UTF-8 replaced.
    pub(crate) fn text(&self) -> String {
        self.0.first().map(|part| String::from_utf8_lossy(&part.bytes).into_owned()).unwrap_or_default()
    }

    /// How many bytes all files have.
    pub(crate) fn length(&self) -> usize {
        self.0.iter().map(|part| part.bytes.len()).sum()
    }

    /// Reads the files of a directory, in the order of their names.
    pub(crate) fn read(directory: &Path) -> io::Result<Self> {
        let mut parts = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != NOTE && entry.file_type()?.is_file() {
                parts.push(Part { name, bytes: fs::read(entry.path())? });
            }
        }
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self(parts))
    }

    /// Writes the files into a directory, which is made.
    pub(crate) fn write(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        self.0.iter().try_for_each(|part| fs::write(directory.join(&part.name), &part.bytes))
    }
}

/// The file of an input's directory that tells what it does; no part of the input.
pub(crate) const NOTE: &str = "finding.txt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_read_as_it_was_written_without_its_note() {
        let directory = tempfile::tempdir().unwrap();
        let input = Input::one("a.fa", *b">a\nC\n").and("a.fa.fai", *b"\xff\0");
        input.write(directory.path()).unwrap();
        fs::write(directory.path().join(NOTE), "a panic").unwrap();
        assert_eq!(Input::read(directory.path()).unwrap(), input);
        assert_eq!(input.length(), 7);
        assert_eq!(input.bytes("a.fa.fai"), Some(&b"\xff\0"[..]));
        assert_eq!(input.bytes("b"), None);
    }
}
