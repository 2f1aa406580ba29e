//! Where the lines of an annotated VCF end: as text, or encoded as BCF.

use super::{
    Output, OutputFormat, PendingFiles, SinkError, TextOutput,
    bcf::BcfOutput,
    vcf_index::{VcfIndex, index_paths},
};
use crate::genome::VcfRecord;
use std::path::Path;

/// Bytes of lines that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// A VCF or BCF under construction, with the index that it gets if it is bgzipped and can be sought later.
#[derive(Debug)]
pub(super) enum VcfEnd {
    /// Lines as they are.
    Text { output: TextOutput, index: Option<Box<VcfIndex>>, lines: Vec<u8> },
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
        let index = output.virtual_position().map(|_| VcfIndex::create(output.path(), longest)).transpose()?;
        output.write_all(header)?;
        let index = index.map(Box::new);
        Ok(Self::Text { output, index, lines: Vec::with_capacity(BUFFER) })
    }

    /// The file's name as the caller gave it.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Text { output, .. } => output.path(),
            Self::Bcf { output, .. } => output.output().path(),
        }
    }

    /// Where the next line shall be appended, with its end; [`take_line`](Self::take_line) then takes it.
    pub(super) fn line(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Text { lines, .. } => lines,
            Self::Bcf { line, .. } => line,
        }
    }

    /// Takes the line that was appended, which is that of `record`.
    ///
    /// # Errors
    /// As [`TextOutput::write_all`], and [`SinkError::BcfRecord`].
    pub(super) fn take_line(&mut self, record: &VcfRecord) -> Result<(), SinkError> {
        match self {
            Self::Text { output, index: Some(index), lines } => {
                // Alone, to learn where it lies.
                let start = output.virtual_position();
                write_lines(output, lines)?;
                if let (Some(start), Some(end)) = (start, output.virtual_position()) {
                    index.add(record, start, end);
                }
                Ok(())
            }
            Self::Text { output, index: None, lines } if lines.len() >= BUFFER => write_lines(output, lines),
            Self::Text { .. } => Ok(()),
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
            Self::Text { mut output, index, mut lines } => {
                write_lines(&mut output, &mut lines)?;
                (output.complete()?, index.map(|index| index.complete()).transpose()?)
            }
            Self::Bcf { output, .. } => output.complete()?,
        };
        let mut complete = PendingFiles::file(file);
        if let Some(index) = index {
            complete.stale.extend(index_paths(&path));
            match index {
                Ok(file) => complete.files.push(file),
                Err(reason) => complete.warnings.push(format!("{} has no index: {reason}", path.display())),
            }
        }
        Ok(complete)
    }
}

fn write_lines(output: &mut TextOutput, lines: &mut Vec<u8>) -> Result<(), SinkError> {
    output.write_all(lines)?;
    lines.clear();
    Ok(())
}
