//! The index of a joined file, made of those of its parts: places are moved, nothing is read again.

use super::{JoinError, bgzip_part::Moved};
use crate::sink::{
    SinkError,
    text_index::{IndexFile, create_index, index_paths},
};
use noodles::{
    bgzf::VirtualPosition,
    csi::{
        self, BinningIndex as _,
        binning_index::index::{
            Header, Index,
            reference_sequence::{
                self, Bin, Metadata, ReferenceSequence,
                bin::Chunk,
                index::{BinnedIndex, LinearIndex},
            },
        },
    },
    tabix,
};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// The indexes of the parts so far.
#[derive(Default)]
pub(super) struct PartIndexes {
    tabix: Joining<LinearIndex>,
    csi: Joining<BinnedIndex>,
    /// Parts that have no index.
    without: usize,
    rows: Vec<Option<u64>>,
}

/// An index that grows part by part.
struct Joining<I> {
    /// What the first index says of all: its header, and how long bins are.
    about: Option<(Option<Header>, u8, u8)>,
    /// Names of contigs in the order of their records; where contigs go by numbers, none.
    names: Vec<Vec<u8>>,
    contigs: Vec<Contig<I>>,
}

impl<I> Default for Joining<I> {
    fn default() -> Self {
        Self { about: None, names: Vec::new(), contigs: Vec::new() }
    }
}

/// What is known of a contig.
struct Contig<I> {
    bins: BTreeMap<usize, Vec<Chunk>>,
    index: I,
    /// Where its records begin and end, and their numbers.
    extent: Option<(VirtualPosition, VirtualPosition, u64, u64)>,
}

/// The part of an index that tells where to begin.
trait Offsets: reference_sequence::Index + Default + Clone {
    /// Takes in the offsets of a later part.
    fn take_in(&mut self, other: &Self, moved: &dyn Fn(VirtualPosition) -> Option<VirtualPosition>) -> Option<()>;
}

impl Offsets for LinearIndex {
    fn take_in(&mut self, other: &Self, moved: &dyn Fn(VirtualPosition) -> Option<VirtualPosition>) -> Option<()> {
        // Windows that an earlier part has begin there already.
        for offset in other.iter().skip(self.len()) {
            self.push(if *offset == VirtualPosition::MIN { *offset } else { moved(*offset)? });
        }
        Some(())
    }
}

impl Offsets for BinnedIndex {
    fn take_in(&mut self, other: &Self, moved: &dyn Fn(VirtualPosition) -> Option<VirtualPosition>) -> Option<()> {
        for (bin, offset) in other {
            let offset = moved(*offset)?;
            self.entry(*bin).or_insert(offset);
        }
        Some(())
    }
}

impl<I: Offsets> Joining<I> {
    /// Takes in the index of the next part; the number of its records. `None` if it is no index of that part.
    fn add(
        &mut self,
        index: &Index<I>,
        place: &dyn Fn(VirtualPosition) -> Option<VirtualPosition>,
    ) -> Option<Option<u64>> {
        let (shift, depth) = (index.min_shift(), index.depth());
        let about = self.about.get_or_insert_with(|| (index.header().cloned(), shift, depth));
        if (about.1, about.2) != (shift, depth) {
            return None;
        }
        let mut records = Some(0);
        for (number, sequence) in index.reference_sequences().iter().enumerate() {
            let number = match index.header() {
                // Numbers of the header of a BCF, which all parts share.
                None => number,
                Some(header) => {
                    let name = header.reference_sequence_names().get_index(number)?.to_vec();
                    self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
                        self.names.push(name);
                        self.names.len() - 1
                    })
                }
            };
            while self.contigs.len() <= number {
                self.contigs.push(Contig { bins: BTreeMap::new(), index: I::default(), extent: None });
            }
            let contig = &mut self.contigs[number];
            for (bin, chunks) in sequence.bins() {
                let chunks =
                    chunks.chunks().iter().map(|chunk| Some(Chunk::new(place(chunk.start())?, place(chunk.end())?)));
                contig.bins.entry(*bin).or_default().extend(chunks.collect::<Option<Vec<_>>>()?);
            }
            contig.index.take_in(sequence.index(), place)?;
            let metadata = csi::binning_index::ReferenceSequence::metadata(sequence);
            match metadata {
                Some(found) => {
                    let (start, end) = (place(found.start_position())?, place(found.end_position())?);
                    let counts = (found.mapped_record_count(), found.unmapped_record_count());
                    records = records.map(|sum: u64| sum + counts.0 + counts.1);
                    contig.extent = Some(match contig.extent {
                        Some((first, _, mapped, unmapped)) => (first, end, mapped + counts.0, unmapped + counts.1),
                        None => (start, end, counts.0, counts.1),
                    });
                }
                None if sequence.bins().is_empty() => {}
                None => records = None,
            }
        }
        Some(records)
    }

    fn build(self) -> Option<Index<I>> {
        let (header, shift, depth) = self.about?;
        let header = header.map(|header| {
            let names = self.names.into_iter().map(Into::into).collect();
            let mut header = header;
            *header.reference_sequence_names_mut() = names;
            header
        });
        let sequences = self.contigs.into_iter().map(|Contig { bins, index, extent }| {
            let bins = bins.into_iter().map(|(bin, chunks)| (bin, Bin::new(chunks))).collect();
            let metadata = extent.map(|(start, end, mapped, unmapped)| Metadata::new(start, end, mapped, unmapped));
            ReferenceSequence::new(bins, index, metadata)
        });
        let built = Index::builder().set_min_shift(shift).set_depth(depth);
        let built = match header {
            Some(header) => built.set_header(header),
            None => built,
        };
        Some(built.set_reference_sequences(sequences.collect()).build())
    }
}

impl PartIndexes {
    /// Takes in the index beside a part, if there is one. The part's data end at `end`.
    pub(super) fn add(&mut self, part: &Path, moved: &Moved, end: u64) -> Result<(), JoinError> {
        let place = |place: VirtualPosition| moved.place(place).filter(|_| place.compressed() <= end);
        let [tbi, csi] = index_paths(part);
        let (path, added) = match read_if_there(&tbi, |path| tabix::fs::read(path))? {
            Some(index) => (tbi, self.tabix.add(&index, &place)),
            None => match read_if_there(&csi, |path| csi::fs::read(path))? {
                Some(index) => (csi, self.csi.add(&index, &place)),
                None => {
                    self.without += 1;
                    self.rows.push(None);
                    return Ok(());
                }
            },
        };
        let rows = added.ok_or_else(|| JoinError::Index { index: path, path: part.to_owned() })?;
        self.rows.push(rows);
        Ok(())
    }

    /// The index of the joined file, if all parts have one, and the records of each part.
    pub(super) fn join(self, output: &Path) -> Result<(Option<IndexFile>, Vec<Option<u64>>), JoinError> {
        let Self { tabix, csi, without, rows } = self;
        if without == rows.len() {
            return Ok((None, rows));
        }
        if without > 0 {
            return Ok((Some(Err("some of the shards have none")), rows));
        }
        let [tbi_path, csi_path] = index_paths(output);
        let index = match (tabix.build(), csi.build()) {
            (Some(index), None) => written(&tbi_path, |file| {
                let mut writer = tabix::io::Writer::new(file);
                writer.write_index(&index).and_then(|()| writer.into_inner().finish())
            })?,
            (None, Some(index)) => written(&csi_path, |file| {
                let mut writer = csi::io::Writer::new(file);
                writer.write_index(&index).and_then(|()| writer.into_inner().finish())
            })?,
            _ => Err("the shards have indexes of different kinds"),
        };
        Ok((Some(index), rows))
    }
}

fn written(
    path: &Path,
    write: impl FnOnce(crate::sink::AtomicFile) -> io::Result<crate::sink::AtomicFile>,
) -> Result<IndexFile, JoinError> {
    match create_index(path)? {
        Ok(file) => {
            let written = write(file).map_err(|source| SinkError::Write { path: path.to_owned(), source })?;
            Ok(Ok(written))
        }
        Err(reason) => Ok(Err(reason)),
    }
}

fn read_if_there<I>(path: &PathBuf, read: impl FnOnce(&PathBuf) -> io::Result<I>) -> Result<Option<I>, JoinError> {
    match read(path) {
        Ok(index) => Ok(Some(index)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(JoinError::read(path, source)),
    }
}
