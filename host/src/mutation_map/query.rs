//! From a query to the source of its windows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::source::MapSource;
use super::windows::{QueryWindows, Variants};
use super::{MapQuery, MutationMapError};
use crate::genome::{
    BedIntervals, Contig, ContigMap, Interval, NamedInterval, Region, RegionOutside, Strand, VariantInput,
    VariantSource, VcfHeader, VcfReader,
};
use crate::region::RegionPlan;
use crate::run::Event;
use crate::setup::RunContext;
use crate::stop::Stop;

/// What a source needs besides its query.
pub(super) struct SourceOptions {
    /// The names of the model's inputs.
    pub(super) inputs: Vec<Arc<str>>,
    /// Whether a region's strand is that of its windows.
    pub(super) use_strand: bool,
    /// Whether the sequence itself is scored, too.
    pub(super) with_itself: bool,
    /// A batch that has so many alleles is full.
    pub(super) alleles: usize,
}

/// The regions of a query.
enum Regions {
    /// Stretches of the genome.
    Intervals(Vec<NamedInterval>),
    /// Those around the variants of a VCF.
    Variants(Box<Variants>),
}

/// A query whose VCF is open.
pub(super) enum OpenedQuery<'q> {
    Regions(&'q [Region]),
    Bed(&'q Path),
    Vcf(Box<VcfReader>),
}

impl OpenedQuery<'_> {
    /// The header of the VCF, if the query is one.
    pub(super) fn header(&self) -> Option<&VcfHeader> {
        match self {
            Self::Vcf(reader) => Some(reader.header()),
            Self::Regions(_) | Self::Bed(_) => None,
        }
    }
}

impl MapQuery {
    /// Checks the query by itself.
    ///
    /// # Errors
    /// No region.
    pub(super) fn validate(&self) -> Result<(), MutationMapError> {
        match self {
            Self::Regions(regions) if regions.is_empty() => Err(MutationMapError::NoRegions),
            Self::Variants(variants) if variants.is_empty() => Err(MutationMapError::NoRegions),
            Self::Regions(_) | Self::Bed(_) | Self::Vcf(_) | Self::Variants(_) => Ok(()),
        }
    }

    /// The files that are read.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Regions(_) | Self::Variants(_) => Vec::new(),
            Self::Bed(path) | Self::Vcf(path) => vec![path.clone()],
        }
    }

    /// Opens the VCF, if the query is one; a pipe is waited for until `stop` is asked.
    ///
    /// # Errors
    /// A VCF that cannot be read.
    pub(super) fn open(&self, stop: &Stop) -> Result<OpenedQuery<'_>, MutationMapError> {
        Ok(match self {
            Self::Regions(regions) => OpenedQuery::Regions(regions),
            Self::Bed(path) => OpenedQuery::Bed(path),
            Self::Vcf(path) => OpenedQuery::Vcf(Box::new(VcfReader::open_until(path, stop)?)),
            Self::Variants(variants) => OpenedQuery::Vcf(Box::new(VariantInput::Named(variants.clone()).open()?)),
        })
    }
}

/// The windows of a query, with what reads them.
pub(super) fn source(
    query: OpenedQuery<'_>,
    context: RunContext,
    options: SourceOptions,
    observe: &mut dyn FnMut(Event),
) -> Result<MapSource, MutationMapError> {
    let RunContext { mut contigs, samples, plan, prototype, .. } = context;
    let SourceOptions { inputs, use_strand, with_itself, alleles } = options;
    let regions = match query {
        OpenedQuery::Regions(typed) => {
            let regions = resolved(typed, &contigs)?.into_iter().map(|region| within(region, samples.contigs()));
            Regions::Intervals(regions.collect::<Result<_, _>>()?)
        }
        OpenedQuery::Bed(path) => {
            let read = BedIntervals::read(path, &mut contigs)?;
            if read.elsewhere > 0 {
                let (count, path) = (read.elsewhere, path.display());
                let warning = format!("{count} intervals of {path} are on contigs that the genome does not have");
                observe(Event::Warning(warning));
            }
            let regions = read.intervals.into_iter().zip(read.lines).map(|(region, line)| {
                let refused = |outside| MutationMapError::LineOutsideContig { path: path.to_owned(), line, outside };
                within(region, samples.contigs()).map_err(refused)
            });
            Regions::Intervals(regions.collect::<Result<_, _>>()?)
        }
        OpenedQuery::Vcf(reader) => {
            Regions::Variants(Box::new(Variants::new(VariantSource::all(*reader), contigs.clone())))
        }
    };
    let mut skipped = Vec::new();
    let windows = match (regions, plan) {
        (Regions::Intervals(regions), RegionPlan::Overlap { ranges, per_sample }) => {
            QueryWindows::overlapping(&ranges, per_sample, &regions)
        }
        (Regions::Intervals(regions), RegionPlan::Centered { length, .. } | RegionPlan::Restricted { length, .. }) => {
            QueryWindows::tiles(regions, length, use_strand)
        }
        (Regions::Variants(variants), RegionPlan::Overlap { ranges, per_sample }) => {
            QueryWindows::holding(&ranges, per_sample, *variants, &mut skipped)?
        }
        (Regions::Variants(variants), plan) => QueryWindows::around(variants, plan),
    };
    Ok(MapSource { windows, samples, inputs, prototype, with_itself, alleles, skipped, contigs })
}

fn resolved(typed: &[Region], contigs: &ContigMap) -> Result<Vec<NamedInterval>, MutationMapError> {
    let interval = |region: &Region| {
        let (contig, start, end) = region.resolve(contigs)?;
        let interval = Interval::new(contig, start, end, Strand::Forward);
        Ok(NamedInterval { interval: interval?, name: region.to_string().into() })
    };
    typed.iter().map(interval).collect()
}

/// The part of a region that its contig has, also of a whole contig; one without any base of its contig is refused.
fn within(region: NamedInterval, contigs: &[Contig]) -> Result<NamedInterval, RegionOutside> {
    let NamedInterval { interval, name } = region;
    let Contig { name: contig, length } = &contigs[interval.contig()];
    let end = interval.end().min(i64::try_from(*length).unwrap_or(i64::MAX));
    let clipped = Interval::new(interval.contig(), interval.start().max(0), end, interval.strand());
    match clipped {
        // A region without any base has no windows, wherever it lies.
        _ if interval.is_empty() => Ok(NamedInterval { interval, name }),
        Ok(clipped) if end > 0 && !clipped.is_empty() => Ok(NamedInterval { interval: clipped, name }),
        _ => Err(RegionOutside { region: name.to_string(), contig: contig.clone(), length: *length }),
    }
}
