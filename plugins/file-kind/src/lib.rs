//! What a file is that was given in place of a model, told by its first and last bytes, and words for the commands that
//! convert it.

mod protobuf;
pub mod words;

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// How much of either end is looked at.
const LOOKED_AT: u64 = 1 << 20;

/// What a file turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// It holds nothing.
    Empty,
    /// What a repository has for a large file that was not fetched.
    LfsPointer,
    /// What a server answers instead of a file, or a page about it.
    WebPage,
    /// Words.
    Text,
    /// HDF5, as Keras wrote models for long.
    Hdf5,
    /// What Keras writes by now: a zip archive with a configuration.
    Keras,
    /// What PyTorch writes: a zip archive with a pickle.
    PyTorch,
    /// Another zip archive.
    Zip,
    /// Compressed by gzip.
    Gzip,
    /// A Python object.
    Pickle,
    /// A model of TensorFlow Lite.
    TfLite,
    /// `saved_model.pb` of TensorFlow 2.
    SavedModel,
    /// A frozen graph of TensorFlow 1.
    GraphDef,
    /// ONNX, as far as the beginning tells.
    Onnx,
    /// The beginning of an ONNX file.
    TruncatedOnnx,
}

/// Both ends of a file, which tell its kind.
#[derive(Debug)]
pub struct Ends {
    /// Its first bytes.
    pub head: Vec<u8>,
    /// Its last bytes, which may be among the first.
    pub tail: Vec<u8>,
    /// How many bytes it has.
    pub length: u64,
}

impl Ends {
    /// Reads both ends.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = Vec::new();
        file.by_ref().take(LOOKED_AT).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(length.saturating_sub(LOOKED_AT)))?;
        let mut tail = Vec::new();
        file.take(LOOKED_AT).read_to_end(&mut tail)?;
        Ok(Self { head, tail, length })
    }
}

impl FileKind {
    /// The kind of a file; `None` if it is none of these.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        let Ends { head, tail, length } = Ends::read(path)?;
        Ok(Self::of_bytes(&head, &tail, length))
    }

    /// The kind of a file of `length` bytes with this beginning and end.
    pub fn of_bytes(head: &[u8], tail: &[u8], length: u64) -> Option<Self> {
        let in_tail = |name: &[u8]| tail.windows(name.len()).any(|window| window == name);
        Some(match head {
            [] => Self::Empty,
            _ if head.starts_with(b"version https://git-lfs.github.com/spec/") => Self::LfsPointer,
            _ if head.starts_with(b"\x89HDF\r\n\x1a\n") => Self::Hdf5,
            // The names of an archive's parts stand at its end.
            _ if head.starts_with(b"PK\x03\x04") => match () {
                () if in_tail(b"data.pkl") || in_tail(b"constants.pkl") => Self::PyTorch,
                () if in_tail(b"config.json") && in_tail(b"metadata.json") => Self::Keras,
                () => Self::Zip,
            },
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x80, 2..=5, ..] => Self::Pickle,
            _ if head.get(4..8) == Some(b"TFL3") => Self::TfLite,
            _ if is_web_page(head) => Self::WebPage,
            _ if is_text(head) => Self::Text,
            _ => return protobuf::kind_of(head, length),
        })
    }

    /// What to do, where that is the same whatever the file was to be.
    pub fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::Empty | Self::TruncatedOnnx => "copy or download it again",
            Self::LfsPointer => "fetch the file itself with `git lfs pull`",
            Self::WebPage => "download the file itself",
            Self::Zip => "unpack it, and name the model file in it",
            Self::Gzip => "unpack it with gunzip",
            _ => return None,
        })
    }
}

/// What follows the name of the file: `is a web page (HTML)`.
impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty",
            Self::LfsPointer => "is only a pointer of Git LFS",
            Self::WebPage => "is a web page (HTML)",
            Self::Text => "is a text file",
            Self::Hdf5 => "is an HDF5 file, as Keras writes",
            Self::Keras => "is a Keras file",
            Self::PyTorch => "is a PyTorch file",
            Self::Zip => "is a zip archive",
            Self::Gzip => "is compressed by gzip",
            Self::Pickle => "is a Python pickle",
            Self::TfLite => "is a model of TensorFlow Lite",
            Self::SavedModel => "is a saved model of TensorFlow",
            Self::GraphDef => "is a frozen graph of TensorFlow",
            Self::Onnx => "is an ONNX file",
            Self::TruncatedOnnx => "is cut short: its end is missing",
        })
    }
}

fn is_web_page(head: &[u8]) -> bool {
    // A byte order mark, a declaration of XML or comments may come first.
    let beginning = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |mark: &&[u8]| beginning.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark));
    [b"<!doctype html".as_slice(), b"<html", b"<?xml", b"<!--"].iter().any(begins)
}

fn is_text(head: &[u8]) -> bool {
    let beginning = &head[..head.len().min(512)];
    let is_printed = |byte: &u8| *byte >= b' ' && *byte != 0x7f || b"\t\n\r".contains(byte);
    // The last letter may be cut.
    let is_utf8 = std::str::from_utf8(beginning).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && beginning.iter().all(is_printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Option<FileKind> {
        FileKind::of_bytes(bytes, bytes, bytes.len() as u64)
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
        for (bytes, kind) in [
            (&b""[..], FileKind::Empty),
            (pointer, FileKind::LfsPointer),
            (b"\n<!DOCTYPE html>\n<html>", FileKind::WebPage),
            (b"<HTML lang=en>", FileKind::WebPage),
            (b"not a model\n", FileKind::Text),
            ("Gr\u{fc}\u{df}e".as_bytes(), FileKind::Text),
            (b"\x89HDF\r\n\x1a\n\0\0", FileKind::Hdf5),
            (b"PK\x03\x04 m/data.pkl PK\x05\x06", FileKind::PyTorch),
            (b"PK\x03\x04 metadata.json config.json model.weights.h5", FileKind::Keras),
            (b"PK\x03\x04 word/document.xml", FileKind::Zip),
            (b"\x1f\x8b\x08\0", FileKind::Gzip),
            (b"\x80\x04\x95\0", FileKind::Pickle),
            (b"\x1c\0\0\0TFL3\0", FileKind::TfLite),
        ] {
            assert_eq!(of(bytes), Some(kind), "{bytes:?}");
        }
        assert_eq!(of(b"\x7fELF\x02\x01\x01\0"), None);
    }

    #[test]
    fn the_end_of_a_large_file_is_read_too() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("large");
        std::fs::write(&path, [b"PK\x03\x04".as_slice(), &vec![0; 3 << 20], b"a/data.pkl"].concat()).unwrap();
        assert_eq!(FileKind::of(&path).unwrap(), Some(FileKind::PyTorch));
        std::fs::write(&path, b"").unwrap();
        assert_eq!(FileKind::of(&path).unwrap(), Some(FileKind::Empty));
    }
}
