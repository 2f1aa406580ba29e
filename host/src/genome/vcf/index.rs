//! The index beside a bgzipped VCF: where in the file the records of a region lie.

use super::{
    VcfReader,
    index_check::{IndexKind, check},
    layout::Layout,
};
use crate::genome::{self, ContigMap, Regions, ShardStretches, VcfError};
use noodles::{
    bgzf::{self, VirtualPosition},
    csi::{
        self,
        binning_index::{
            BinningIndex, Index, ReferenceSequence,
            index::reference_sequence::{self, bin::Chunk},
            merge_chunks,
        },
    },
    tabix,
};
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufRead},
    path::{Path, PathBuf},
};

/// Either kind of index.
enum LoadedIndex {
    Csi(csi::Index),
    Tbi(tabix::Index),
}

/// A `.csi` or `.tbi` of which is known which names its contigs have.
pub(super) struct VcfIndex {
    path: PathBuf,
    vcf: PathBuf,
    index: LoadedIndex,
    /// The contigs by their numbers.
    names: Vec<(usize, String)>,
}

impl VcfIndex {
    /// Reads the index that lies beside `vcf`: its name with `.csi` or, failing that, with `.tbi` added; a BCF, whose
    /// own header numbers the contigs, has no `.tbi`. `None` if there is none, or it does not name its contigs.
    /// An index that is not that of the file is an error.
    pub(super) fn beside(vcf: &Path, layout: &Layout) -> Result<Option<Self>, VcfError> {
        let numbered = layout.contigs();
        let extensions = if numbered.is_some() { &[".csi"][..] } else { &[".csi", ".tbi"] };
        for extension in extensions {
            let mut path = OsString::from(vcf);
            path.push(extension);
            let path = PathBuf::from(path);
            let read = match *extension {
                ".csi" => check(&path, IndexKind::Csi).and_then(|()| csi::fs::read(&path)).map(LoadedIndex::Csi),
                _ => check(&path, IndexKind::Tbi).and_then(|()| tabix::fs::read(&path)).map(LoadedIndex::Tbi),
            };
            let index = match read {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => {
                    let (vcf, maker) = (vcf.to_owned(), layout.index_maker());
                    return Err(VcfError::Index { path, vcf, maker, source });
                }
                Ok(index) => index,
            };
            let header = match &index {
                LoadedIndex::Csi(index) => index.header(),
                LoadedIndex::Tbi(index) => index.header(),
            };
            let names = match (&numbered, header) {
                (Some(numbered), _) => numbered.clone(),
                (None, Some(header)) => {
                    let names = header.reference_sequence_names().iter();
                    names.map(|name| String::from_utf8_lossy(name.as_ref()).into_owned()).enumerate().collect()
                }
                (None, None) => continue,
            };
            let index = Self { path, vcf: vcf.to_owned(), index, names };
            if !index.ends_with_the_file().unwrap_or(false) {
                let (path, vcf, maker) = (index.path, index.vcf, layout.index_maker());
                return Err(VcfError::IndexOfAnother { path, vcf, maker });
            }
            return Ok(Some(index));
        }
        Ok(None)
    }

    /// The number of records of a file, if an index beside it says so. One that cannot be read, that is not that of the
    /// file, or whose writer did not count, says nothing.
    pub(super) fn record_count(vcf: &Path, layout: &Layout) -> Option<u64> {
        let index = Self::beside(vcf, layout).ok()??;
        match &index.index {
            LoadedIndex::Csi(index) => record_count(index),
            LoadedIndex::Tbi(index) => record_count(index),
        }
    }

    /// Whether the last record of the index is the last of the file. The index of another file, or of this one before
    /// records were added, would pass over records without a word, or lead into the middle of others.
    fn ends_with_the_file(&self) -> io::Result<bool> {
        let last = match &self.index {
            LoadedIndex::Csi(index) => last_end(index),
            LoadedIndex::Tbi(index) => last_end(index),
        };
        let Some(last) = last else {
            // An index without records is that of a file without records.
            let first = VcfReader::open(&self.vcf).and_then(|mut reader| reader.read_record());
            return Ok(matches!(first, Ok(None)));
        };
        let file = File::open(&self.vcf)?;
        if last.compressed() > file.metadata()?.len() {
            return Ok(false);
        }
        let mut input = bgzf::io::Reader::new(file);
        input.seek(last)?;
        loop {
            let rest = input.fill_buf()?;
            if rest.is_empty() {
                return Ok(true);
            }
            // Empty lines may end a file.
            if !rest.iter().all(u8::is_ascii_whitespace) {
                return Ok(false);
            }
            let count = rest.len();
            input.consume(count);
        }
    }

    /// A sentence if the index is older than the VCF, so that it may lead to wrong places.
    pub(super) fn staleness(&self) -> Option<String> {
        let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let stale = modified(&self.path)? < modified(&self.vcf)?;
        stale.then(|| format!("the index {} is older than its VCF; rebuild it", self.path.display()))
    }

    /// The parts of the file that hold every record of a shard (and others), in the file's order and apart from each other.
    pub(super) fn chunks_of_shard(&self, shard: &ShardStretches) -> Vec<Chunk> {
        let found = self.names.iter().flat_map(|(id, name)| self.chunks_within(*id, shard.of_contig(name)));
        merge_chunks(&found.collect::<Vec<_>>())
    }

    fn chunks_within(&self, id: usize, stretches: &[genome::Interval]) -> Vec<Chunk> {
        match &self.index {
            LoadedIndex::Csi(index) => chunks(index, id, stretches),
            LoadedIndex::Tbi(index) => chunks(index, id, stretches),
        }
    }

    /// The contigs that have records, each with the places where some of its records begin, in the file's order; and
    /// where the last record ends.
    pub(super) fn places(&self) -> (Vec<(String, Vec<VirtualPosition>)>, VirtualPosition) {
        let mut contigs: Vec<(String, Vec<VirtualPosition>)> = Vec::new();
        let mut end = VirtualPosition::MIN;
        for (id, name) in &self.names {
            let chunks = match &self.index {
                LoadedIndex::Csi(index) => all_chunks(index, *id),
                LoadedIndex::Tbi(index) => all_chunks(index, *id),
            };
            end = chunks.iter().map(|chunk| chunk.end()).max().unwrap_or(end).max(end);
            let mut starts: Vec<_> = chunks.iter().map(|chunk| chunk.start()).collect();
            starts.sort_unstable();
            starts.dedup();
            if !starts.is_empty() {
                contigs.push((name.clone(), starts));
            }
        }
        contigs.sort_by_key(|(_, starts)| starts.first().copied());
        (contigs, end)
    }

    /// The parts of the file that hold every record of the regions (and others), in the file's order and apart from
    /// each other; and whether the genome has any contig of the index.
    pub(super) fn chunks(&self, regions: &Regions, contigs: &mut ContigMap) -> (Vec<Chunk>, bool) {
        let mut found = Vec::new();
        let mut any_known = self.names.is_empty();
        for &(id, ref name) in &self.names {
            let Some(contig) = contigs.resolve(name) else {
                continue;
            };
            any_known = true;
            let regions = regions.of_contig(contig);
            found.extend(self.chunks_within(id, regions));
        }
        (merge_chunks(&found), any_known)
    }
}

/// The records of all contigs together; `None` if the index does not say it of each that has any.
fn record_count<I: reference_sequence::Index>(index: &Index<I>) -> Option<u64> {
    let with_records = index.reference_sequences().iter().filter(|sequence| !sequence.bins().is_empty());
    let counts = with_records.map(|sequence| {
        let counts = sequence.metadata()?;
        Some(counts.mapped_record_count() + counts.unmapped_record_count())
    });
    counts.sum()
}

/// Where the last of all records ends; `None` if there are none.
fn last_end<I: reference_sequence::Index>(index: &Index<I>) -> Option<VirtualPosition> {
    let bins = index.reference_sequences().iter().flat_map(|sequence| sequence.bins().values());
    bins.flat_map(|bin| bin.chunks()).map(|chunk| chunk.end()).max()
}

/// The chunks of all bins that overlap the regions of one contig, in any order.
///
/// Every chunk is taken: the offsets by which a reader may leave some out are too large in `.csi` files of some
/// writers where a long REF reaches over several bins, and would hide that record.
fn chunks<I: reference_sequence::Index>(index: &Index<I>, id: usize, regions: &[genome::Interval]) -> Vec<Chunk> {
    let Some(sequence) = index.reference_sequences().get(id) else {
        return Vec::new();
    };
    let overlaps = |bin: usize| {
        bin_range(bin, index.min_shift(), index.depth()).is_some_and(|(start, end)| {
            let next = regions.partition_point(|region| region.end() <= start);
            regions.get(next).is_some_and(|region| region.start() < end)
        })
    };
    let bins = sequence.bins().iter().filter(|(bin, _)| overlaps(**bin));
    bins.flat_map(|(_, bin)| bin.chunks()).copied().collect()
}

/// The chunks of all bins of one contig, in any order.
fn all_chunks<I: reference_sequence::Index>(index: &Index<I>, id: usize) -> Vec<Chunk> {
    let bins = index.reference_sequences().get(id).into_iter().flat_map(|sequence| sequence.bins().values());
    bins.flat_map(|bin| bin.chunks()).copied().collect()
}

/// What a bin spans, 0-based and half-open; `None` if the index cannot have a bin of that number.
///
/// Bins are numbered level by level: one for everything, then eight times as many on each level, each an eighth as
/// long, down to `1 << min_shift` bases.
fn bin_range(bin: usize, min_shift: u8, depth: u8) -> Option<(i64, i64)> {
    let mut first = 0_usize;
    for level in 0..=depth {
        let next = first.checked_mul(8)?.checked_add(1)?;
        if bin < next {
            let shift = u32::from(min_shift) + 3 * u32::from(depth - level);
            let length = 1_i64.checked_shl(shift).filter(|length| *length > 0)?;
            let start = i64::try_from(bin - first).ok()?.checked_mul(length)?;
            return Some((start, start.checked_add(length)?));
        }
        first = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_numbered_level_by_level() {
        let of_tabix = |bin| bin_range(bin, 14, 5);
        assert_eq!(of_tabix(0), Some((0, 1 << 29)));
        assert_eq!(of_tabix(1), Some((0, 1 << 26)));
        assert_eq!(of_tabix(8), Some((7 << 26, 1 << 29)));
        assert_eq!(of_tabix(4681), Some((0, 1 << 14)));
        assert_eq!(of_tabix(37448), Some(((1 << 29) - (1 << 14), 1 << 29)));
        assert_eq!(of_tabix(37449), None);
    }

    #[test]
    fn impossible_bins_are_no_bins() {
        assert_eq!(bin_range(usize::MAX, 255, 255), None);
        assert_eq!(bin_range(0, 14, 255), None);
        assert_eq!(bin_range(5, 62, 0), None);
    }
}
