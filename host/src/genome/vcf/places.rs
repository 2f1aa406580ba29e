//! Where the records of a sorted file lie, told by its index and a few records.

use super::{VariantInput, VcfError, VcfReader, index::VcfIndex, indexed::IndexedRecords};
use crate::genome::bgzip::block_lengths;
use noodles::{bgzf::VirtualPosition, csi::binning_index::index::reference_sequence::bin::Chunk};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// A bgzipped file of variants with its index.
pub(crate) struct RecordPlaces {
    path: PathBuf,
    reader: VcfReader,
    file: File,
    contigs: Vec<String>,
    /// Where some of the records begin, in their order.
    starts: Vec<VirtualPosition>,
    end: VirtualPosition,
    records: Option<u64>,
    /// How well the file is compressed, from place to place.
    ratios: Vec<Ratio>,
    /// The block whose length was asked last: where it begins, its length, and that of its plain bytes.
    block: Option<(u64, u64, u64)>,
}

/// How well the file is compressed from an offset on.
#[derive(Debug, Clone, Copy)]
struct Ratio {
    offset: u64,
    /// Plain bytes from the first of these offsets to this one.
    plain_before: f64,
    /// Plain bytes for each byte.
    ratio: f64,
}

/// Bytes of a file of which every block is looked at for how well it is compressed: a second's work.
const ALL_BLOCKS: u64 = 1 << 32;
/// Blocks at most that are looked at in larger files.
const MOST_RATIOS: usize = 1 << 13;

impl RecordPlaces {
    /// Opens a file; `None` if it has no index.
    ///
    /// # Errors
    /// A file that cannot be opened, or whose index is damaged or that of another file.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, VcfError> {
        let reader = VariantInput::from(path).open()?;
        let index = match reader.is_bgzip() && path.is_file() {
            true => VcfIndex::beside(path, reader.layout())?,
            false => None,
        };
        let Some(index) = index else { return Ok(None) };
        let records = VcfIndex::record_count(path, reader.layout());
        let (contigs, end) = index.places();
        let mut starts: Vec<_> = contigs.iter().flat_map(|(_, starts)| starts).copied().collect();
        starts.sort_unstable();
        let contigs = contigs.into_iter().map(|(name, _)| name).collect();
        let file = File::open(path).map_err(|source| VcfError::Open { path: path.to_owned(), source })?;
        let (path, ratios, block) = (path.to_owned(), Vec::new(), None);
        let mut places = Self { path, reader, file, contigs, starts, end, records, ratios, block };
        places.measure()?;
        Ok(Some(places))
    }

    /// The contigs that have records, in the file's order.
    pub(crate) fn contigs(&self) -> &[String] {
        &self.contigs
    }

    /// The number of records, if the index tells it.
    pub(crate) fn records(&self) -> Option<u64> {
        self.records
    }

    /// Plain bytes of all records, about.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn extent(&mut self) -> Result<f64, VcfError> {
        self.bytes_before(self.end)
    }

    /// The contig and POS of the first record that has about `target` plain bytes of others before it and whose place is not
    /// also that of the record before; with the bytes before it. `None` if there is no such record.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn first_from(&mut self, target: f64) -> Result<Option<(String, u64, f64)>, VcfError> {
        // The last start before the target.
        let (mut low, mut high) = (0, self.starts.len());
        while low < high {
            let middle = (low + high) / 2;
            match self.bytes_before(self.starts[middle])? < target {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let Some(&start) = self.starts.get(low.saturating_sub(1)) else { return Ok(None) };
        let mut records = IndexedRecords::open(&self.path, &self.reader, vec![Chunk::new(start, self.end)])?;
        let mut before: Option<(String, u64)> = None;
        loop {
            let bytes = self.bytes_before(records.position().max(start))?;
            let Some(record) = records.read_record()? else { return Ok(None) };
            let differs = |(contig, pos): &(String, u64)| contig != record.chrom() || *pos != record.pos();
            if bytes >= target && before.as_ref().is_some_and(differs) {
                return Ok(Some((record.chrom().to_owned(), record.pos(), bytes)));
            }
            match &mut before {
                Some((contig, pos)) if contig == record.chrom() => *pos = record.pos(),
                _ => before = Some((record.chrom().to_owned(), record.pos())),
            }
        }
    }

    /// Learns how well the file is compressed: dense records are alike, so a block holds more of them than of others.
    fn measure(&mut self) -> Result<(), VcfError> {
        let starts: Vec<u64> = self.starts.iter().map(|start| start.compressed()).collect();
        let (mut places, end) = (starts.iter().copied(), self.end.compressed());
        let all = end < ALL_BLOCKS;
        let least = end / MOST_RATIOS as u64;
        let mut next = starts.first().copied();
        while let Some(offset) = next.filter(|offset| *offset <= end) {
            let (length, plain) = self.block_lengths(offset)?;
            // Only starts of records are known to be starts of blocks, but blocks follow each other.
            next = match all {
                true => (length > 0).then_some(offset + length),
                false => places.find(|place| *place > offset + least),
            };
            let ratio = if length == 0 { 1.0 } else { plain as f64 / length as f64 };
            let plain_before = self.ratios.last().map_or(0.0, |last| last.at(offset as f64));
            self.ratios.push(Ratio { offset, plain_before, ratio });
        }
        Ok(())
    }

    /// Plain bytes of records before a place, about.
    fn bytes_before(&mut self, place: VirtualPosition) -> Result<f64, VcfError> {
        let bytes = self.compressed_before(place)?;
        let next = self.ratios.partition_point(|ratio| ratio.offset <= place.compressed());
        Ok(next.checked_sub(1).map_or(0.0, |last| self.ratios[last].at(bytes)))
    }

    /// Bytes of the file before a place: within a block, as many as its share of the block's plain bytes.
    fn compressed_before(&mut self, place: VirtualPosition) -> Result<f64, VcfError> {
        let offset = place.compressed();
        let (length, plain) = match self.block {
            Some((known, length, plain)) if known == offset => (length, plain),
            _ => {
                let (length, plain) = self.block_lengths(offset)?;
                self.block = Some((offset, length, plain));
                (length, plain)
            }
        };
        let share = if plain == 0 { 0.0 } else { f64::from(place.uncompressed()) / plain as f64 };
        Ok(offset as f64 + length as f64 * share)
    }

    fn block_lengths(&mut self, offset: u64) -> Result<(u64, u64), VcfError> {
        let read = |error: io::Error| VcfError::Read { path: self.path.clone(), line: 0, source: error };
        match self.file.metadata().map_err(read)?.len() == offset {
            true => Ok((0, 0)),
            false => block_lengths(&mut self.file, offset).map_err(read),
        }
    }
}

impl Ratio {
    /// Plain bytes before a place, which has so many bytes of the file before it.
    fn at(self, bytes: f64) -> f64 {
        self.plain_before + (bytes - self.offset as f64) * self.ratio
    }
}
