//! From a query to the source of its windows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::source::MapSource;
use super::stretch::MutatedStretch;
use super::windows::{QueryWindows, Variants};
use super::{MapQuery, MutationMapError};
use crate::genome::{
    BedIntervals, ContigMap, NamedInterval, Region, VariantInput, VariantSource, VcfHeader, VcfReader,
};
use crate::region::RegionPlan;
use crate::run::{Event, warn};
use crate::setup::RunContext;
use crate::stop::Stop;
use crate::warning::WarningCode;

/// What a source needs besides its query.
pub(super) struct SourceOptions<'r> {
    /// The only bases that are substituted; all without.
    pub(super) mutate: Option<&'r Region>,
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
    /// One that a window is centred on.
    Middle(NamedInterval),
    /// Those around the variants of a VCF.
    Variants(Box<Variants>),
}

/// A query whose VCF is open.
pub(super) enum OpenedQuery<'q> {
    Regions(&'q [Region]),
    Bed(&'q Path),
    Vcf(Box<VcfReader>),
    Centered(&'q Region),
}

impl OpenedQuery<'_> {
    /// The header of the VCF, if the query is one.
    pub(super) fn header(&self) -> Option<&VcfHeader> {
        match self {
            Self::Vcf(reader) => Some(reader.header()),
            Self::Regions(_) | Self::Bed(_) | Self::Centered(_) => None,
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
            Self::Regions(_) | Self::Bed(_) | Self::Vcf(_) | Self::Variants(_) | Self::Centered(_) => Ok(()),
        }
    }

    /// Whether something must be mapped: variants were named.
    pub(super) fn is_named(&self) -> bool {
        matches!(self, Self::Variants(_))
    }

    /// The files that are read.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Regions(_) | Self::Variants(_) | Self::Centered(_) => Vec::new(),
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
            Self::Centered(region) => OpenedQuery::Centered(region),
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
    let SourceOptions { mutate, inputs, use_strand, with_itself, alleles } = options;
    let typed = |region: &Region, contigs: &ContigMap| {
        Ok::<_, MutationMapError>(NamedInterval::typed(region, contigs)?.within(samples.contigs())?)
    };
    let mut stretch = match mutate {
        Some(region) => Some(MutatedStretch::new(typed(region, &contigs)?, samples.contigs())),
        None => None,
    };
    let regions = match query {
        OpenedQuery::Regions(regions) => {
            Regions::Intervals(regions.iter().map(|region| typed(region, &contigs)).collect::<Result<_, _>>()?)
        }
        OpenedQuery::Centered(region) => Regions::Middle(typed(region, &contigs)?),
        OpenedQuery::Bed(path) => {
            let read = BedIntervals::read(path, &mut contigs)?;
            if read.elsewhere > 0 {
                let (count, path) = (read.elsewhere, path.display());
                let text = format!("{count} intervals of {path} are on contigs that the genome does not have");
                warn(observe, WarningCode::IntervalsElsewhere, &[text]);
            }
            let regions = read.intervals.into_iter().zip(read.lines).map(|(region, line)| {
                let refused = |outside| MutationMapError::LineOutsideContig { path: path.to_owned(), line, outside };
                region.within(samples.contigs()).map_err(refused)
            });
            Regions::Intervals(regions.collect::<Result<_, _>>()?)
        }
        OpenedQuery::Vcf(reader) => {
            Regions::Variants(Box::new(Variants::new(VariantSource::all(*reader), contigs.clone())))
        }
    };
    let mut skipped = Vec::new();
    let mut windows = match (regions, plan) {
        (Regions::Intervals(regions), RegionPlan::Overlap { ranges, per_sample }) => {
            QueryWindows::overlapping(&ranges, per_sample, &regions)
        }
        (Regions::Middle(region), RegionPlan::Overlap { ranges, per_sample }) => {
            QueryWindows::overlapping(&ranges, per_sample, &[region])
        }
        (
            Regions::Intervals(regions),
            RegionPlan::Centered { length, .. }
            | RegionPlan::Tiled { length, .. }
            | RegionPlan::Restricted { length, .. },
        ) => QueryWindows::tiles(regions, length, use_strand),
        (Regions::Middle(region), plan) => QueryWindows::centered(&region.interval, &plan),
        (Regions::Variants(variants), RegionPlan::Overlap { ranges, per_sample }) => {
            QueryWindows::holding(&ranges, per_sample, *variants, &mut skipped)?
        }
        (Regions::Variants(variants), plan) => QueryWindows::around(variants, plan),
    };
    if let Some(stretch) = &mut stretch {
        windows.keep_near(stretch.interval());
        // Better now than after hours, where windows are known already.
        if let Some(known) = windows.known() {
            let mut shown = stretch.clone();
            for window in &known {
                shown.part_of(window);
            }
            shown.check_shown()?;
        }
    }
    Ok(MapSource { windows, stretch, samples, inputs, prototype, with_itself, alleles, skipped, contigs })
}
