//! The windows that are mapped, one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::vec;

use super::MutationMapError;
use crate::extent::ExtentWatch;
use crate::genome::{Allele, AlleleKind, ContigMap, Interval, NamedInterval, SkipReason, VariantSource, VcfRecord};
use crate::internal::OrInternal;
use crate::pipeline::PlanError;
use crate::region::{Placement, RegionIndex, RegionPlan};
use crate::sink::MapVariant;

/// A window to map, and the variants of the query in it.
#[derive(Debug)]
pub(super) struct QueryWindow {
    pub(super) window: Interval,
    /// The loader's sample that shows it, if it has samples.
    pub(super) sample: usize,
    pub(super) variants: Vec<MapVariant>,
}

/// Where windows come from.
pub(super) enum QueryWindows {
    /// Windows of `length` side by side, from the start of each region on; the last may reach beyond its end.
    Tiles {
        regions: vec::IntoIter<NamedInterval>,
        length: i64,
        /// Whether a region's strand is that of its windows.
        use_strand: bool,
        /// What is left of a region.
        rest: Option<Interval>,
    },
    /// Windows around variants.
    Variants {
        variants: Box<Variants>,
        plan: RegionPlan,
        /// Further windows of the last variant.
        waiting: VecDeque<QueryWindow>,
    },
    /// Ranges of the loader.
    Ranges(vec::IntoIter<QueryWindow>),
}

impl QueryWindows {
    pub(super) fn tiles(regions: Vec<NamedInterval>, length: usize, use_strand: bool) -> Self {
        Self::Tiles { regions: regions.into_iter(), length: length.max(1) as i64, use_strand, rest: None }
    }

    /// The window in which the middle base of a region is where a variant would be.
    pub(super) fn centered(region: &Interval, plan: &RegionPlan) -> Self {
        // Of an even number of bases, the last of the first half.
        let middle = (region.start() + (region.end() - region.start() - 1).max(0) / 2).unsigned_abs();
        let mut placements = Vec::new();
        let placed = plan.place(region.contig(), middle, middle..middle + 1, &mut placements);
        placed.or_internal("a base of a contig has a window around it");
        let window = |placement: Placement| QueryWindow { window: placement.window, sample: 0, variants: Vec::new() };
        Self::Ranges(placements.into_iter().map(window).collect::<Vec<_>>().into_iter())
    }

    pub(super) fn around(variants: Box<Variants>, plan: RegionPlan) -> Self {
        Self::Variants { variants, plan, waiting: VecDeque::new() }
    }

    /// The ranges that share a base with a region, in the loader's order; each sample has `per_sample` of them.
    pub(super) fn overlapping(ranges: &RegionIndex, per_sample: usize, regions: &[NamedInterval]) -> Self {
        let mut wanted = BTreeMap::new();
        let mut found = Vec::new();
        for NamedInterval { interval, .. } in regions {
            ranges.overlapping(interval.contig(), interval.start(), interval.end(), &mut found);
            wanted.extend(found.iter().map(|&range| (range, Vec::new())));
        }
        Self::ranges(ranges, per_sample, wanted)
    }

    /// The ranges that hold a variant, in the loader's order; `skipped` gets the reason for each record without one.
    ///
    /// # Errors
    /// The VCF.
    pub(super) fn holding(
        ranges: &RegionIndex,
        per_sample: usize,
        mut variants: Variants,
        skipped: &mut Vec<SkipReason>,
    ) -> Result<Self, MutationMapError> {
        let mut wanted: BTreeMap<usize, Vec<MapVariant>> = BTreeMap::new();
        let mut found = Vec::new();
        while let Some((contig, record)) = variants.next(skipped)? {
            let start = record.start();
            ranges.overlapping(contig, start, start + 1, &mut found);
            if found.is_empty() {
                skipped.push(SkipReason::NoRange);
            }
            for &range in &found {
                wanted.entry(range).or_default().push(variant(&record));
            }
        }
        Ok(Self::ranges(ranges, per_sample, wanted))
    }

    fn ranges(ranges: &RegionIndex, per_sample: usize, wanted: BTreeMap<usize, Vec<MapVariant>>) -> Self {
        let window = |(range, variants)| {
            let (window, _) = ranges.get(range)?;
            Some(QueryWindow { window, sample: range / per_sample.max(1), variants })
        };
        let mut windows: Vec<_> = wanted.into_iter().filter_map(window).collect();
        // Several inputs of a sample may come from the same stretch.
        let mut last = 0;
        let mut seen: Vec<Interval> = Vec::new();
        windows.retain(|QueryWindow { window, sample, .. }| {
            if std::mem::replace(&mut last, *sample) != *sample {
                seen.clear();
            }
            let is_new = !seen.contains(window);
            seen.push(*window);
            is_new
        });
        Self::Ranges(windows.into_iter())
    }

    /// Leaves out windows that hold nothing of a stretch, as far as windows are known.
    pub(super) fn keep_near(&mut self, stretch: &Interval) {
        match self {
            Self::Tiles { regions, length, .. } => {
                let near = |region: NamedInterval| {
                    let interval = tiles_near(&region.interval, *length, stretch)?;
                    Some(NamedInterval { interval, ..region })
                };
                *regions = regions.by_ref().filter_map(near).collect::<Vec<_>>().into_iter();
            }
            Self::Ranges(windows) => {
                let near: Vec<_> = windows.by_ref().filter(|window| window.window.shared(stretch).is_some()).collect();
                *windows = near.into_iter();
            }
            Self::Variants { .. } => {}
        }
    }

    /// What the windows hold, before the first is taken; `None` if only reading the variants tells.
    pub(super) fn known(&self) -> Option<Vec<Interval>> {
        match self {
            Self::Tiles { regions, length, .. } => {
                let tiled =
                    |region: &NamedInterval| tiled(&region.interval, *length, 0..tile_count(&region.interval, *length));
                Some(regions.as_slice().iter().map(tiled).collect())
            }
            Self::Variants { .. } => None,
            Self::Ranges(windows) => Some(windows.as_slice().iter().map(|window| window.window).collect()),
        }
    }

    /// How much there is to map or to pass over.
    pub(super) fn extent(&self) -> ExtentWatch {
        match self {
            Self::Variants { variants, .. } => variants.reader.extent(),
            _ => self.known_count().map_or(ExtentWatch::Unknown, ExtentWatch::Items),
        }
    }

    /// How many windows there are, before the first is taken; `None` if only reading the variants tells.
    pub(super) fn known_count(&self) -> Option<u64> {
        match self {
            Self::Tiles { regions, length, .. } => {
                Some(regions.as_slice().iter().map(|region| tile_count(&region.interval, *length).unsigned_abs()).sum())
            }
            Self::Variants { .. } => None,
            Self::Ranges(ranges) => Some(ranges.len() as u64),
        }
    }

    /// The next window; `None` after the last. What is passed over is added to `skipped`.
    ///
    /// # Errors
    /// The VCF.
    pub(super) fn next(&mut self, skipped: &mut Vec<SkipReason>) -> Result<Option<QueryWindow>, MutationMapError> {
        match self {
            Self::Tiles { regions, length, use_strand, rest } => loop {
                let Some(left) = rest.filter(|left| !left.is_empty()) else {
                    let Some(next) = regions.next() else { return Ok(None) };
                    *rest = Some(next.interval);
                    continue;
                };
                let end = left.start() + *length;
                let strand = if *use_strand { left.strand() } else { Default::default() };
                let window = Interval::new(left.contig(), left.start(), end, strand);
                *rest = Interval::new(left.contig(), end, left.end(), left.strand()).ok();
                if rest.is_none() {
                    *rest = Interval::new(left.contig(), end, end, left.strand()).ok();
                }
                let window = window.or_internal("a window ends behind its start");
                return Ok(Some(QueryWindow { window, sample: 0, variants: Vec::new() }));
            },
            Self::Variants { variants, plan, waiting } => {
                let mut placements = Vec::new();
                while waiting.is_empty() {
                    let Some((contig, record)) = variants.next(skipped)? else { return Ok(None) };
                    let start = record.start().unsigned_abs();
                    if let Err(reason) = plan.place(contig, start, start..start + 1, &mut placements) {
                        skipped.push(reason);
                    }
                    let window = |window| QueryWindow { window, sample: 0, variants: vec![variant(&record)] };
                    waiting.extend(placements.drain(..).map(|placement| window(placement.window)));
                }
                Ok(waiting.pop_front())
            }
            Self::Ranges(ranges) => Ok(ranges.next()),
        }
    }
}

/// How many windows of `length` bases side by side cover a region.
fn tile_count(region: &Interval, length: i64) -> i64 {
    i64::try_from(region.len().div_ceil(length.unsigned_abs())).or_internal("a region has coordinates")
}

/// The bases that these windows of `length` bases hold, which are counted from the start of a region on.
fn tiled(region: &Interval, length: i64, tiles: Range<i64>) -> Interval {
    let edge = |tile: i64| region.start().saturating_add(tile.saturating_mul(length));
    Interval::new(region.contig(), edge(tiles.start), edge(tiles.end), region.strand())
        .or_internal("tiles are counted upwards")
}

/// A part of a region that has those of its windows of `length` bases, side by side, which hold any of a stretch; `None`
/// if none does.
fn tiles_near(region: &Interval, length: i64, stretch: &Interval) -> Option<Interval> {
    let all = tiled(region, length, 0..tile_count(region, length));
    let shared = all.shared(stretch)?;
    let tile = |base: i64| (base - region.start()) / length;
    Some(tiled(region, length, tile(shared.start())..tile(shared.end() - 1) + 1))
}

/// The variants of a VCF.
pub(super) struct Variants {
    reader: VariantSource,
    contigs: ContigMap,
    read: u64,
    found_contig: bool,
}

impl Variants {
    pub(super) fn new(reader: VariantSource, contigs: ContigMap) -> Self {
        Self { reader, contigs, read: 0, found_contig: false }
    }

    /// The next record that replaces a base of a contig of the genome.
    fn next(&mut self, skipped: &mut Vec<SkipReason>) -> Result<Option<(usize, VcfRecord)>, MutationMapError> {
        while let Some(record) = self.reader.read_record()? {
            self.read += 1;
            let contig = self.contigs.resolve(record.chrom());
            self.found_contig |= contig.is_some();
            match (contig, unfit(&record)) {
                (None, _) => skipped.push(SkipReason::UnknownContig),
                (_, Some(reason)) => skipped.push(reason),
                (Some(contig), None) => return Ok(Some((contig, record))),
            }
        }
        self.reader.finish().map_err(PlanError::from)?;
        if self.read > 0 && !self.found_contig {
            return Err(PlanError::from(self.contigs.none_matches()).into());
        }
        Ok(None)
    }
}

/// Why no window is made for a record, unless one of its alleles replaces the base at POS.
fn unfit(record: &VcfRecord) -> Option<SkipReason> {
    let mut reason = SkipReason::NoAlt;
    for alternate in record.alternates() {
        match Allele::parse(record.pos(), record.reference(), alternate) {
            Ok(allele) if allele.kind() == AlleleKind::Snv && allele.start() == record.start().unsigned_abs() => {
                return None;
            }
            Ok(_) => reason = SkipReason::NotASubstitution,
            Err(other) => reason = other,
        }
    }
    Some(reason)
}

fn variant(record: &VcfRecord) -> MapVariant {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    MapVariant {
        pos: record.pos(),
        id: text(record.id()),
        reference: text(record.reference()),
        alternates: record.alternates().map(text).collect(),
    }
}
