//! From a query to the source of its windows.

use std::sync::Arc;

use super::source::MapSource;
use super::windows::{Variants, Windows};
use super::{MapQuery, MutationMapError};
use crate::genome::{BedIntervals, Contig, ContigMap, Interval, NamedInterval, Region, Strand};
use crate::pipeline::{Planner, ScoreVariantsError};
use crate::region::RegionPlan;
use crate::run::Event;

/// What a source is told beside its query.
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

/// The windows of a query, with what reads them.
pub(super) fn source(
    query: &MapQuery,
    planner: Planner,
    options: SourceOptions,
    observe: &mut dyn FnMut(Event),
) -> Result<MapSource, MutationMapError> {
    let Planner { reader, mut contigs, samples, plan, prototype, .. } = planner;
    let SourceOptions { inputs, use_strand, with_itself, alleles } = options;
    let regions = match query {
        MapQuery::Regions(typed) => Some(resolved(typed, &contigs)?),
        MapQuery::Bed(path) => {
            let read = BedIntervals::read(path, &mut contigs)?;
            if read.elsewhere > 0 {
                let (count, path) = (read.elsewhere, path.display());
                let warning = format!("{count} intervals of {path} are on contigs that the genome does not have");
                observe(Event::Warning(warning));
            }
            Some(read.intervals)
        }
        MapQuery::Vcf(_) => None,
    };
    let regions = regions.map(|regions| within(regions, samples.contigs())).transpose()?;
    let mut skipped = Vec::new();
    let known = contigs.clone();
    let windows = match (regions, plan) {
        (Some(regions), RegionPlan::Overlap { ranges, per_sample }) => {
            Windows::overlapping(&ranges, per_sample, &regions)
        }
        (Some(regions), RegionPlan::Centered { length, .. } | RegionPlan::Restricted { length, .. }) => {
            Windows::tiles(regions, length, use_strand)
        }
        (None, RegionPlan::Overlap { ranges, per_sample }) => {
            Windows::holding(&ranges, per_sample, Variants::new(reader, contigs), &mut skipped)?
        }
        (None, plan) => Windows::around(Variants::new(reader, contigs), plan),
    };
    Ok(MapSource { windows, samples, inputs, prototype, with_itself, alleles, skipped, contigs: known })
}

fn resolved(typed: &[Region], contigs: &ContigMap) -> Result<Vec<NamedInterval>, MutationMapError> {
    let interval = |region: &Region| {
        let (contig, start, end) = region.resolve(contigs)?;
        let interval = Interval::new(contig, start, end, Strand::Forward);
        let interval = interval.map_err(ScoreVariantsError::from)?;
        Ok(NamedInterval { interval, name: region.to_string().into() })
    };
    typed.iter().map(interval).collect()
}

/// The parts of regions that their contigs have, also of a whole contig; one without any base of its contig is refused.
fn within(regions: Vec<NamedInterval>, contigs: &[Contig]) -> Result<Vec<NamedInterval>, MutationMapError> {
    let clipped = |NamedInterval { interval, name }: NamedInterval| {
        let Contig { name: contig, length } = &contigs[interval.contig()];
        let end = interval.end().min(i64::try_from(*length).unwrap_or(i64::MAX));
        let clipped = Interval::new(interval.contig(), interval.start().max(0), end, interval.strand());
        match clipped {
            // A region without any base has no windows, wherever it lies.
            _ if interval.is_empty() => Ok(NamedInterval { interval, name }),
            Ok(clipped) if end > 0 && !clipped.is_empty() => Ok(NamedInterval { interval: clipped, name }),
            _ => Err(MutationMapError::OutsideContig {
                region: name.to_string(),
                contig: contig.clone(),
                length: *length,
            }),
        }
    };
    regions.into_iter().map(clipped).collect()
}
