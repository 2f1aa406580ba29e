//! Where intervals that are samples come from.

use std::path::PathBuf;

use kipos_plugin_api::DType;

use crate::dataloader::{BedDataset, BedError, BedSample};
use crate::extent::ExtentWatch;
use crate::genome::{Contig, ContigMap, Region, RegionError};
use crate::internal::OrInternal;

/// The intervals of a run.
pub(super) enum IntervalSource {
    /// The rows of a BED file.
    Bed(Box<BedDataset>),
    /// Regions that were typed.
    Regions(TypedRegions),
}

/// Regions as they were typed, with their ends.
pub(super) struct TypedRegions {
    /// The contig's place in the genome, start and end.
    regions: Vec<(usize, i64, i64)>,
    next: usize,
}

impl TypedRegions {
    /// Finds regions in the genome; a contig without positions is all of it.
    ///
    /// # Errors
    /// A contig that the genome does not have.
    pub(super) fn resolve(typed: &[Region], names: &ContigMap, contigs: &[Contig]) -> Result<Self, RegionError> {
        let resolved = |region: &Region| {
            let (contig, start, end) = region.resolve(names)?;
            let length = i64::try_from(contigs[contig].length).unwrap_or(i64::MAX);
            Ok((contig, start.max(0), if end == i64::MAX { length } else { end }))
        };
        Ok(Self { regions: typed.iter().map(resolved).collect::<Result<_, _>>()?, next: 0 })
    }

    /// The contig of the current region.
    fn contig(&self) -> usize {
        self.regions[self.next.checked_sub(1).or_internal("a region was asked for")].0
    }

    fn next_sample(&mut self, sample: &mut BedSample) -> bool {
        let Some(&(_, start, end)) = self.regions.get(self.next) else { return false };
        let index = self.next as u64;
        *sample = BedSample { line: index + 1, index, start, end, strand: '.', ..BedSample::default() };
        self.next += 1;
        true
    }
}

impl IntervalSource {
    /// The file in messages; regions are counted as its lines would be.
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::Bed(intervals) => intervals.args().tsv_file.clone(),
            Self::Regions(_) => PathBuf::from("--regions"),
        }
    }

    /// The bases of the first interval.
    pub(super) fn first_length(&self) -> Option<usize> {
        let (start, end) = match self {
            Self::Bed(intervals) => intervals.peek().map(|first| (first.start, first.end))?,
            Self::Regions(typed) => typed.regions.first().map(|&(_, start, end)| (start, end))?,
        };
        usize::try_from(end - start).ok()
    }

    /// The place in the genome of the contig of the current `sample`.
    ///
    /// # Errors
    /// A contig that the genome does not have.
    pub(super) fn contig(&self, sample: &BedSample, names: &mut ContigMap) -> Result<usize, RegionError> {
        match self {
            Self::Bed(_) => names.resolve(&sample.contig).ok_or_else(|| RegionError::UnknownBedContig {
                path: self.path(),
                line: sample.line,
                name: sample.contig.clone(),
                known: names.known_names(),
            }),
            Self::Regions(typed) => Ok(typed.contig()),
        }
    }

    /// Labels of every interval.
    pub(super) fn label_count(&self) -> usize {
        match self {
            Self::Bed(intervals) => intervals.label_count(),
            Self::Regions(_) => 0,
        }
    }

    /// The type of the labels.
    pub(super) fn label_dtype(&self) -> DType {
        match self {
            Self::Bed(intervals) => intervals.label_dtype(),
            Self::Regions(_) => DType::F64,
        }
    }

    /// How many there are: of a file, its bytes tell.
    pub(super) fn extent(&self) -> ExtentWatch {
        match self {
            Self::Bed(intervals) => intervals.extent(),
            Self::Regions(typed) => ExtentWatch::Items(typed.regions.len() as u64),
        }
    }

    /// Puts the next interval into `sample`; says whether there was one.
    ///
    /// # Errors
    /// A row that is no interval.
    pub(super) fn next_sample(&mut self, sample: &mut BedSample) -> Result<bool, BedError> {
        match self {
            Self::Bed(intervals) => intervals.next_sample(sample),
            Self::Regions(typed) => Ok(typed.next_sample(sample)),
        }
    }
}
