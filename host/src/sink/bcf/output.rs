//! A BCF under construction.

use super::index::BcfIndex;
use crate::{
    genome::Encoder,
    sink::{AtomicFile, SinkError, TextOutput, text_index::IndexFile},
};

/// Lines after which the header is written, with what they have and the input's header lacks.
const FIRST_LINES: usize = 10_000;
/// Bytes of lines after which it is written even if there are fewer lines.
const FIRST_BYTES: usize = 1 << 24;
/// Bytes of records that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// Takes lines of a VCF and writes them as BCF: bgzipped or not, as the file below does.
///
/// BCF cannot name what its header does not declare. So the first lines wait, until there are 10 000 of them or 16 MiB,
/// and what they have beyond the header is declared by its looks; lines that come later must do with that.
#[derive(Debug)]
pub(in crate::sink) struct BcfOutput {
    output: TextOutput,
    index: Option<BcfIndex>,
    encoder: Encoder,
    /// The lines that wait; `None` once the header is written.
    first: Option<FirstLines>,
    records: Vec<u8>,
}

#[derive(Debug, Default)]
struct FirstLines {
    bytes: Vec<u8>,
    /// Where each line ends, and its number in the input.
    ends: Vec<(usize, u64)>,
}

impl BcfOutput {
    /// Starts a BCF in `output`; `header` is the text of a VCF's header. If the file can be sought later, it gets an
    /// index that knows contigs of up to `longest` bases.
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub(in crate::sink) fn create(output: TextOutput, header: &[u8], longest: u64) -> Result<Self, SinkError> {
        let index = output.virtual_position().map(|_| BcfIndex::create(output.path(), longest)).transpose()?;
        let (encoder, first) = (Encoder::new(header), Some(FirstLines::default()));
        Ok(Self { output, index, encoder, first, records: Vec::new() })
    }

    /// The file below.
    pub(in crate::sink) fn output(&self) -> &TextOutput {
        &self.output
    }

    /// Takes a line with its end; `number` is its number in the input.
    ///
    /// # Errors
    /// [`SinkError::BcfRecord`], also of an earlier line, and as [`TextOutput::write_all`].
    pub(in crate::sink) fn write_line(&mut self, line: &[u8], number: u64) -> Result<(), SinkError> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(first) = &mut self.first else {
            return self.write_record(line, number);
        };
        self.encoder.see(line);
        first.bytes.extend_from_slice(line);
        first.ends.push((first.bytes.len(), number));
        if first.ends.len() >= FIRST_LINES || first.bytes.len() >= FIRST_BYTES {
            self.write_first()?;
        }
        Ok(())
    }

    /// Writes the header and the lines that waited for it.
    fn write_first(&mut self) -> Result<(), SinkError> {
        let Some(FirstLines { bytes, ends }) = self.first.take() else {
            return Ok(());
        };
        let mut header = Vec::new();
        self.encoder.append_header(&mut header);
        self.output.write_all(&header)?;
        let mut begin = 0;
        for (end, number) in ends {
            self.write_record(&bytes[begin..end], number)?;
            begin = end;
        }
        Ok(())
    }

    fn write_record(&mut self, line: &[u8], number: u64) -> Result<(), SinkError> {
        let encoded = self.encoder.append_record(&mut self.records, line);
        let path = || self.output.path().to_owned();
        let span = encoded.map_err(|problem| SinkError::BcfRecord { path: path(), line: number, problem })?;
        if let (Some(index), Some(start)) = (&mut self.index, self.output.virtual_position()) {
            self.output.write_all(&self.records)?;
            self.records.clear();
            if let Some(end) = self.output.virtual_position() {
                index.add(span, start, end);
            }
        } else if self.records.len() >= BUFFER {
            self.write_collected()?;
        }
        Ok(())
    }

    fn write_collected(&mut self) -> Result<(), SinkError> {
        self.output.write_all(&self.records)?;
        self.records.clear();
        Ok(())
    }

    /// Ends the BCF: the complete file and, if it has one, its index or the reason why there is none.
    ///
    /// # Errors
    /// As [`write_line`](Self::write_line).
    pub(in crate::sink) fn complete(mut self) -> Result<(AtomicFile, Option<IndexFile>), SinkError> {
        self.write_first()?;
        self.write_collected()?;
        let contigs = self.encoder.contig_count();
        let file = self.output.complete()?;
        let index = self.index.map(|index| index.complete(contigs)).transpose()?;
        Ok((file, index))
    }
}
