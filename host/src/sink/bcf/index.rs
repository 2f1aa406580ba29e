//! The index of a BCF, made while it is written.

use crate::{
    genome::RecordSpan,
    sink::{
        SinkError,
        text_index::{IndexFile, MIN_SHIFT, create_index, csi_path, depth_for, reason_for_none},
    },
};
use noodles::{
    bgzf::VirtualPosition,
    core::Position,
    csi::{
        self,
        binning_index::{
            Indexer,
            index::reference_sequence::{ReferenceSequence, bin::Chunk, index::BinnedIndex},
        },
    },
};
use std::io;

/// Collects where records lie, for a `.csi` whose contigs go by the numbers that the BCF's header gives them.
#[derive(Debug)]
pub(super) struct BcfIndex {
    file: IndexFile,
    depth: u8,
    bins: Indexer<BinnedIndex>,
    /// Numbers of the contigs in the order of their records, which is that of `bins`.
    order: Vec<usize>,
    /// Why there will be no index.
    spoiled: Option<&'static str>,
}

impl BcfIndex {
    /// Starts the index of the BCF that `bcf` will be, whose longest contig has `longest` bases.
    ///
    /// # Errors
    /// As `AtomicFile::create`.
    pub(super) fn create(bcf: &std::path::Path, longest: u64) -> Result<Self, SinkError> {
        let path = csi_path(bcf);
        let file = create_index(&path)?;
        let depth = depth_for(longest);
        let bins = Indexer::new(MIN_SHIFT, depth);
        let bins = bins.ok_or_else(|| SinkError::Write { path, source: io::ErrorKind::InvalidInput.into() })?;
        Ok(Self { file, depth, bins, order: Vec::new(), spoiled: None })
    }

    /// Notes that a record lies at `[start, end)` of the file.
    pub(super) fn add(&mut self, span: RecordSpan, start: VirtualPosition, end: VirtualPosition) {
        if self.spoiled.is_some() {
            return;
        }
        if self.order.last() != Some(&span.contig) {
            if self.order.contains(&span.contig) {
                self.spoiled = Some("the records are not sorted by contig and position");
                return;
            }
            self.order.push(span.contig);
        }
        // A telomere counts as base 1.
        let position = |base: i64| Position::new(usize::try_from(base).unwrap_or(1)).unwrap_or(Position::MIN);
        let extent = (self.order.len() - 1, position(span.first), position(span.last), true);
        self.spoiled = self.bins.add_record(Some(extent), Chunk::new(start, end)).err().map(reason_for_none);
    }

    /// The complete index of a BCF that declares `contigs` contigs, or why there is none.
    ///
    /// # Errors
    /// [`SinkError::Write`].
    pub(super) fn complete(self, contigs: usize) -> Result<IndexFile, SinkError> {
        let file = match (self.file, self.spoiled) {
            (Err(reason), _) | (Ok(_), Some(reason)) => return Ok(Err(reason)),
            (Ok(file), None) => file,
        };
        let empty = || ReferenceSequence::new(Default::default(), BinnedIndex::default(), None);
        let mut sequences: Vec<_> = std::iter::repeat_with(empty).take(contigs).collect();
        let collected = self.bins.build(self.order.len());
        for (number, sequence) in self.order.iter().zip(collected.reference_sequences()) {
            if let Some(place) = sequences.get_mut(*number) {
                place.clone_from(sequence);
            }
        }
        let index = csi::Index::builder().set_min_shift(MIN_SHIFT).set_depth(self.depth);
        let index = index.set_reference_sequences(sequences).build();
        let path = file.path().to_owned();
        let mut writer = csi::io::Writer::new(file);
        let written = writer.write_index(&index).and_then(|()| writer.into_inner().finish());
        written.map(Ok).map_err(|source| SinkError::Write { path, source })
    }
}
