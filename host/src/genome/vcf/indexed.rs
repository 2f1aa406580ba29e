//! Reading only some parts of a bgzipped VCF or BCF.

use super::{LineEnd, VcfError, VcfReader, VcfRecord, layout::Layout, reader::read_error};
use crate::extent::{ExtentWatch, ReadBytes};
use crate::genome::bcf::Decoder;
use noodles::{
    bgzf::{self, VirtualPosition},
    csi::binning_index::index::reference_sequence::bin::Chunk,
};
use std::{
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    vec,
};

type Bgzip = bgzf::io::Reader<BufReader<File>>;

/// The records of some parts of a bgzipped VCF or BCF, in the file's order.
pub(super) struct IndexedRecords {
    path: PathBuf,
    input: Bgzip,
    layout: Layout,
    /// Columns of the header.
    columns: usize,
    chunks: vec::IntoIter<Chunk>,
    /// Where the part at hand ends; before the first part, the start of the file.
    end: VirtualPosition,
    line: Vec<u8>,
    /// Bytes of the file in all parts together.
    size: u64,
    /// Bytes of the parts before the part at hand, and of that one.
    passed: (u64, u64),
    /// Where the part at hand begins.
    start: u64,
    read: ReadBytes,
}

impl IndexedRecords {
    /// Opens the file that `reader` has read the header of; `chunks` are in the file's order and apart from each other.
    pub(super) fn open(path: &Path, reader: &VcfReader, chunks: Vec<Chunk>) -> Result<Self, VcfError> {
        let input = open(path).map_err(|source| VcfError::Open { path: path.to_owned(), source })?;
        let (layout, columns) = (reader.layout().clone(), reader.header().columns());
        let (end, line) = (VirtualPosition::MIN, Vec::new());
        let size = chunks.iter().map(bytes).sum();
        let (path, chunks, read) = (path.to_owned(), chunks.into_iter(), ReadBytes::default());
        Ok(Self { path, input, layout, columns, chunks, end, line, size, passed: (0, 0), start: 0, read })
    }

    /// How much there is to read.
    pub(super) fn extent(&self) -> ExtentWatch {
        ExtentWatch::Bytes { read: self.read.clone(), of: self.size }
    }

    /// Where the next record begins, or what stands before it.
    pub(super) fn position(&self) -> VirtualPosition {
        self.input.virtual_position()
    }

    /// The next record, whose line number is not known; `None` after the last part.
    pub(super) fn read_record(&mut self) -> Result<Option<VcfRecord>, VcfError> {
        loop {
            while self.input.virtual_position() >= self.end {
                let Some(chunk) = self.chunks.next() else {
                    self.read.set(self.size);
                    return Ok(None);
                };
                self.passed = (self.passed.0 + self.passed.1, bytes(&chunk));
                (self.start, self.end) = (chunk.start().compressed(), chunk.end());
                let sought = self.input.seek(chunk.start());
                sought.map_err(|source| self.error(chunk.start(), source))?;
            }
            let start = self.input.virtual_position();
            self.read.set(self.passed.0 + start.compressed().saturating_sub(self.start));
            let Some(line_end) = self.next_line().map_err(|source| self.error(start, source))? else {
                // Nothing follows, whatever the index says.
                self.end = VirtualPosition::MIN;
                self.chunks = Vec::new().into_iter();
                return Ok(None);
            };
            if self.line.is_empty() || self.line.starts_with(b"#") {
                continue;
            }
            let parse = |number| VcfRecord::parse(&self.line, line_end, self.columns, number, &self.path);
            // Only who reads a wrong record wants its number: counted when needed.
            return parse(VcfRecord::UNKNOWN_LINE).or_else(|_| parse(self.lines_before(start) + 1)).map(Some);
        }
    }

    /// Puts the next line into `self.line`, without its end; `None` at the end of the file.
    fn next_line(&mut self) -> io::Result<Option<LineEnd>> {
        self.layout.next_line(&mut self.input, &mut self.line)
    }

    fn error(&self, at: VirtualPosition, source: io::Error) -> VcfError {
        read_error(&self.path, self.lines_before(at), source)
    }

    /// Counts the lines before a place of the file, as far as it can be read.
    fn lines_before(&self, at: VirtualPosition) -> u64 {
        let Ok(mut input) = open(&self.path) else {
            return 0;
        };
        let mut lines = 0;
        let mut layout = self.layout.clone();
        if let Layout::Bcf(_) = layout {
            // Its header is no lines of the file, but those of the text that it stands for.
            let header = Decoder::read_header(&mut input).unwrap_or_default();
            lines += header.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        let mut line = Vec::new();
        while input.virtual_position() < at && matches!(layout.next_line(&mut input, &mut line), Ok(Some(_))) {
            lines += 1;
        }
        lines
    }
}

/// Bytes of a part of the file; one, if it lies within a block.
fn bytes(chunk: &Chunk) -> u64 {
    chunk.end().compressed().saturating_sub(chunk.start().compressed()).max(1)
}

fn open(path: &Path) -> io::Result<Bgzip> {
    File::open(path).map(|file| bgzf::io::Reader::new(BufReader::new(file)))
}
