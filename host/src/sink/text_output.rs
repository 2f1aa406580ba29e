//! Text files, plain or bgzipped.

use super::{AtomicFile, SinkError};
use noodles::bgzf;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A text file under construction; see [`AtomicFile`] for when it appears.
#[derive(Debug)]
pub struct TextOutput {
    path: PathBuf,
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Plain(AtomicFile),
    Bgzip(Box<bgzf::io::Writer<AtomicFile>>),
}

impl TextOutput {
    /// Starts a file that will stand at `path`: bgzipped if its name ends in `.gz` or `.bgz`.
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self, SinkError> {
        let path = path.as_ref();
        let file = AtomicFile::create(path)?;
        let bgzip = has_extension(path, "gz") || has_extension(path, "bgz");
        let stream = match bgzip {
            true => Stream::Bgzip(Box::new(bgzf::io::Writer::new(file))),
            false => Stream::Plain(file),
        };
        Ok(Self { path: path.to_owned(), stream })
    }

    /// The file's name as the caller gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends bytes. Plain files are not buffered: give long stretches.
    ///
    /// # Errors
    /// [`SinkError::Write`].
    pub fn write_all(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        match &mut self.stream {
            Stream::Plain(file) => file.write_all(bytes),
            Stream::Bgzip(writer) => writer.write_all(bytes),
        }
        .map_err(|source| write_error(&self.path, source))
    }

    /// Ends the text, with bgzip's end marker if compressed, and puts the file under its name.
    ///
    /// # Errors
    /// [`SinkError::Write`]; nothing new stands under the name then.
    pub fn finish(self) -> Result<(), SinkError> {
        let file = match self.stream {
            Stream::Plain(file) => file,
            Stream::Bgzip(writer) => writer.finish().map_err(|source| write_error(&self.path, source))?,
        };
        file.commit()
    }
}

/// Whether the file's name ends in `.extension`, in capitals or not.
pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn write_error(path: &Path, source: io::Error) -> SinkError {
    SinkError::Write { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, io::Read};

    #[test]
    fn the_name_decides_on_compression() {
        let directory = tempfile::tempdir().unwrap();
        let text: Vec<u8> = (0..200_000u64).map(|at| b'a' + (at * at % 23) as u8).collect();
        for (name, compressed) in [("a.vcf", false), ("a.vcf.gz", true), ("a.BGZ", true)] {
            let path = directory.path().join(name);
            let mut output = TextOutput::create(&path).unwrap();
            output.write_all(&text).unwrap();
            output.finish().unwrap();
            let written = fs::read(&path).unwrap();
            assert_eq!(written == text, !compressed);
            if compressed {
                // The end marker: a block without data, 28 bytes.
                assert_eq!(written[written.len() - 28..][..4], [0x1f, 0x8b, 8, 4]);
                let mut back = Vec::new();
                bgzf::io::Reader::new(&written[..]).read_to_end(&mut back).unwrap();
                assert!(back == text);
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_failed_write_names_the_file() {
        let mut output = TextOutput::create("/dev/full").unwrap();
        let error = output.write_all(b"text").unwrap_err();
        assert!(error.to_string().starts_with("cannot write /dev/full;"), "{error}");
        assert!(matches!(error, SinkError::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_failed_end_marker_names_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("full.vcf.gz");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let mut output = TextOutput::create(&path).unwrap();
        output.write_all(b"less than a block").unwrap();
        let error = output.finish().unwrap_err();
        assert!(error.to_string().contains("full.vcf.gz;"), "{error}");
    }
}
