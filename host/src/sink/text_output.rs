//! Files of text or BCF, plain or bgzipped.

use super::{AtomicFile, Output, OutputFormat, SinkError, is_compressed};
use noodles::bgzf;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// A file under construction; see [`AtomicFile`] for when it appears.
#[derive(Debug)]
pub struct TextOutput {
    path: PathBuf,
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Plain(AtomicFile),
    Bgzip(Bgzip),
}

/// A bgzip stream. Dropped unfinished, it stays without the end marker, by which readers of a pipe see that it is cut.
#[derive(Debug)]
struct Bgzip(Option<Box<bgzf::io::Writer<AtomicFile>>>);

impl Drop for Bgzip {
    fn drop(&mut self) {
        // The writer's own destructor would end the file.
        self.0.take().map(|writer| writer.into_inner());
    }
}

impl TextOutput {
    /// Starts a file: bgzipped if its name ends in `.gz`, `.bgz` or `.bcf`, or standard output if that was asked for.
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub fn create(output: impl Into<Output>) -> Result<Self, SinkError> {
        let output = output.into();
        let file = AtomicFile::of(&output)?;
        let bgzip = match &output {
            Output::File(path) => is_compressed(path) || matches!(output.format(), Ok(OutputFormat::Bcf)),
            Output::Stdout { bgzip, .. } => *bgzip,
        };
        let path = file.path().to_owned();
        let stream = match bgzip {
            true => Stream::Bgzip(Bgzip(Some(Box::new(bgzf::io::Writer::new(file))))),
            false => Stream::Plain(file),
        };
        Ok(Self { path, stream })
    }

    /// The file's name as the caller gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next byte will lie in a bgzipped file that can be sought later: one that appears under a name.
    pub(super) fn virtual_position(&self) -> Option<bgzf::VirtualPosition> {
        match &self.stream {
            Stream::Bgzip(Bgzip(Some(writer))) if writer.get_ref().appears_at_the_end() => {
                Some(writer.virtual_position())
            }
            _ => None,
        }
    }

    /// Appends bytes. Plain files are not buffered: give long stretches.
    ///
    /// # Errors
    /// [`SinkError::Write`], or [`SinkError::ReaderGone`] on standard output.
    pub fn write_all(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        match &mut self.stream {
            Stream::Plain(file) => file.write_all(bytes).map_err(|source| file.write_error(source)),
            Stream::Bgzip(Bgzip(Some(writer))) => {
                writer.write_all(bytes).map_err(|source| writer.get_ref().write_error(source))
            }
            Stream::Bgzip(Bgzip(None)) => Ok(()),
        }
    }

    /// Ends the file, with bgzip's end marker if compressed. The file still has to be put under its name.
    ///
    /// # Errors
    /// As [`write_all`](Self::write_all).
    pub fn complete(self) -> Result<AtomicFile, SinkError> {
        let mut file = match self.stream {
            Stream::Plain(file) => file,
            Stream::Bgzip(mut bgzip) => match bgzip.0.take() {
                Some(mut writer) => {
                    writer.try_finish().map_err(|source| writer.get_ref().write_error(source))?;
                    writer.into_inner()
                }
                None => return Err(SinkError::ReaderGone),
            },
        };
        file.flush().map_err(|source| file.write_error(source))?;
        Ok(file)
    }
}

/// Checks that a text file could be written, and leaves nothing behind.
///
/// # Errors
/// A directory that does not exist or may not be written to, or a name that is a directory's.
pub fn check_text_file(path: &Path) -> Result<(), SinkError> {
    AtomicFile::create(path).map(drop)
}

/// Writes a whole text file, which appears complete or not at all.
///
/// # Errors
/// Those of [`check_text_file`], and [`SinkError::Write`].
pub fn write_text_file(path: &Path, text: &str) -> Result<(), SinkError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes()).map_err(|source| file.write_error(source))?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        io::{self, Read},
    };

    #[test]
    fn the_name_decides_on_compression() {
        let directory = tempfile::tempdir().unwrap();
        let text: Vec<u8> = (0..200_000u64).map(|at| b'a' + (at * at % 23) as u8).collect();
        for (name, compressed) in [("a.vcf", false), ("a.vcf.gz", true), ("a.BGZ", true)] {
            let path = directory.path().join(name);
            let mut output = TextOutput::create(&path).unwrap();
            output.write_all(&text).unwrap();
            output.complete().unwrap().commit().unwrap();
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
        let error = output.complete().unwrap_err();
        assert!(error.to_string().contains("full.vcf.gz;"), "{error}");
    }
}
