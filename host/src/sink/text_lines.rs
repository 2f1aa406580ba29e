//! Lines that are collected and written many at a time.

use super::{AtomicFile, Output, SinkError, TextOutput};

/// Bytes of lines that are collected before they are written.
const BLOCK: usize = 1 << 16;

/// A file under construction, to which lines are appended.
#[derive(Debug)]
pub(crate) struct TextLines {
    output: TextOutput,
    lines: Vec<u8>,
}

impl TextLines {
    /// Appends lines to `output`.
    pub(crate) fn new(output: TextOutput) -> Self {
        Self { output, lines: Vec::with_capacity(BLOCK) }
    }

    /// Starts a file, bgzipped if its name says so, and writes its first line at once.
    ///
    /// # Errors
    /// The file cannot be made or written.
    pub(super) fn create(output: impl Into<Output>, header: &str) -> Result<Self, SinkError> {
        let mut output = TextOutput::create(output)?;
        output.write_all(format!("{header}\n").as_bytes())?;
        Ok(Self::new(output))
    }

    /// The file, without the lines that wait.
    pub(super) fn output(&self) -> &TextOutput {
        &self.output
    }

    /// Where the next line shall be appended, with its end; [`write_full`](Self::write_full) comes after it.
    pub(crate) fn line(&mut self) -> &mut Vec<u8> {
        &mut self.lines
    }

    /// Writes the lines if they fill a block.
    ///
    /// # Errors
    /// As [`TextOutput::write_all`].
    pub(crate) fn write_full(&mut self) -> Result<(), SinkError> {
        if self.lines.len() < BLOCK { Ok(()) } else { self.write() }
    }

    /// Writes the lines.
    ///
    /// # Errors
    /// As [`TextOutput::write_all`].
    pub(super) fn write(&mut self) -> Result<(), SinkError> {
        self.output.write_all(&self.lines)?;
        self.lines.clear();
        Ok(())
    }

    /// Ends the file, which still has to be put under its name.
    ///
    /// # Errors
    /// As [`TextOutput::write_all`].
    pub(crate) fn complete(mut self) -> Result<AtomicFile, SinkError> {
        self.write()?;
        self.output.complete()
    }
}
