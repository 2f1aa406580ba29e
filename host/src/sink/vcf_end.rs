//! Where the lines of an annotated VCF end: as text, or encoded as BCF.

use super::{
    Output, OutputFormat, PendingFiles, SinkError, TextLines, TextOutput,
    bcf::BcfOutput,
    text_index::{IndexedLines, TextIndex},
};
use crate::genome::VcfRecord;
use std::path::Path;

/// A VCF or BCF under construction, with the index that it gets if it is bgzipped and can be sought later.
#[derive(Debug)]
pub(super) enum VcfEnd {
    /// Lines as they are.
    Text { lines: TextLines, index: Option<Box<TextIndex>> },
    /// Binary records.
    Bcf { output: Box<BcfOutput>, line: Vec<u8> },
}

impl VcfEnd {
    /// Starts the file of the format that `output` asks for with the header's text. An index knows contigs of up to
    /// `longest` bases.
    ///
    /// # Errors
    /// As [`TextOutput::create`] and [`TextOutput::write_all`].
    pub(super) fn create(output: Output, header: &[u8], longest: u64) -> Result<Self, SinkError> {
        let is_bcf = matches!(output.format(), Ok(OutputFormat::Bcf));
        let mut output = TextOutput::create(output)?;
        if is_bcf {
            let output = Box::new(BcfOutput::create(output, header, longest)?);
            return Ok(Self::Bcf { output, line: Vec::new() });
        }
        let index = output
            .virtual_position()
            .map(|_| TextIndex::create(output.path(), IndexedLines::Vcf, longest))
            .transpose()?;
        output.write_all(header)?;
        let index = index.map(Box::new);
        Ok(Self::Text { lines: TextLines::new(output), index })
    }

    /// The file's name as the caller gave it.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Text { lines, .. } => lines.output().path(),
            Self::Bcf { output, .. } => output.output().path(),
        }
    }

    /// Where the next line shall be appended, with its end; [`take_line`](Self::take_line) then takes it.
    pub(super) fn line(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Text { lines, .. } => lines.line(),
            Self::Bcf { line, .. } => line,
        }
    }

    /// Takes the line that was appended, which is that of `record`.
    ///
    /// # Errors
    /// As [`TextOutput::write_all`], and [`SinkError::BcfRecord`].
    pub(super) fn take_line(&mut self, record: &VcfRecord) -> Result<(), SinkError> {
        match self {
            Self::Text { lines, index: Some(index) } => {
                // Alone, to learn where it lies.
                let start = lines.output().virtual_position();
                lines.write()?;
                if let (Some(start), Some(end)) = (start, lines.output().virtual_position()) {
                    index.add(record, start, end);
                }
                Ok(())
            }
            Self::Text { lines, index: None } => lines.write_full(),
            Self::Bcf { output, line } => {
                output.write_line(line, record.line_number())?;
                line.clear();
                Ok(())
            }
        }
    }

    /// Completes the files.
    ///
    /// # Errors
    /// As [`take_line`](Self::take_line).
    pub(super) fn complete(self) -> Result<PendingFiles, SinkError> {
        let path = self.path().to_owned();
        let (file, index) = match self {
            Self::Text { lines, index } => (lines.complete()?, index.map(|index| index.complete()).transpose()?),
            Self::Bcf { output, .. } => output.complete()?,
        };
        Ok(match index {
            Some(index) => PendingFiles::indexed(&path, file, index),
            None => PendingFiles::file(file),
        })
    }
}
