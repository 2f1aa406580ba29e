//! Which stretch of the genome a variant is shown to the model in.

mod centering;
mod index;

use std::sync::Arc;

use crate::genome::{Interval, SkipReason, Strand};
pub use centering::Centering;
pub use index::RegionIndex;

/// Where the windows of a run come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegionMode {
    /// Each variant gets a window of its own.
    #[default]
    Centered,
    /// Each variant gets a window of its own within a region of a BED file.
    Restricted,
    /// The loader has ranges of its own, and variants are shown in those that hold them.
    Overlap,
}

/// A region of a BED file, or a range of the loader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionId {
    /// Its name; where the file gives none, `CONTIG:START-END`, 0-based and half-open as the file has it.
    pub name: Arc<str>,
    /// Its place in the file, from 0.
    pub index: usize,
}

/// A window for an allele.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The window, which may leave its contig.
    pub window: Interval,
    /// The region that it comes from, if it comes from one.
    pub region: Option<RegionId>,
}

/// How windows are chosen for variants.
#[derive(Debug, Clone)]
pub enum RegionPlan {
    /// One window of `length` bases around each variant.
    Centered {
        /// The length of the window in bases.
        length: usize,
        /// Where the variant lies in it.
        centering: Centering,
    },
    /// One window of `length` bases for each region that holds the variant's first base and is at least that long: the
    /// window around the variant, moved into the region by as little as possible.
    Restricted {
        /// The length of the window in bases.
        length: usize,
        /// Where the variant lies in it, if it need not be moved.
        centering: Centering,
        /// The regions.
        regions: RegionIndex,
    },
    /// The samples of the loader of which a range shares a base with the variant; the window is the first such range.
    Overlap {
        /// The ranges of all samples.
        ranges: RegionIndex,
        /// How many ranges each sample has, at least 1: those of sample `i` are the `i`-th of so many. The index of a
        /// [`RegionId`] is that of the sample.
        per_sample: usize,
    },
}

impl RegionPlan {
    /// Where the windows come from.
    pub fn mode(&self) -> RegionMode {
        match self {
            Self::Centered { .. } => RegionMode::Centered,
            Self::Restricted { .. } => RegionMode::Restricted,
            Self::Overlap { .. } => RegionMode::Overlap,
        }
    }

    /// Puts the windows for an allele that replaces `length` bases from `start` (0-based) on into `placements`, in the
    /// order of the regions' file. What was in it goes.
    ///
    /// # Errors
    /// Why there is none.
    pub fn place(
        &self,
        contig: usize,
        start: u64,
        length: usize,
        placements: &mut Vec<Placement>,
    ) -> Result<(), SkipReason> {
        placements.clear();
        let start = i64::try_from(start).map_err(|_| SkipReason::OutsideContig)?;
        match self {
            Self::Centered { length, centering } => {
                let window = centering.window(*length, contig, start).ok_or(SkipReason::AlleleTooLong)?;
                placements.push(Placement { window, region: None });
                Ok(())
            }
            Self::Restricted { length, centering, regions } => {
                let centered = centering.window(*length, contig, start).ok_or(SkipReason::AlleleTooLong)?;
                let window = |region: &Interval| moved_into(&centered, region);
                collect(regions, contig, start, start + 1, placements, window);
                if placements.is_empty() { Err(SkipReason::OutsideRegions) } else { Ok(()) }
            }
            Self::Overlap { ranges, per_sample } => {
                let end = start.saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
                collect(ranges, contig, start, end, placements, |range| Some(*range));
                for id in placements.iter_mut().filter_map(|placement| placement.region.as_mut()) {
                    id.index /= per_sample.max(&1);
                }
                let sample = |placement: &mut Placement| placement.region.as_ref().map(|id| id.index);
                placements.dedup_by_key(sample);
                if placements.is_empty() { Err(SkipReason::NoRange) } else { Ok(()) }
            }
        }
    }
}

/// Adds what `window` makes of each region that shares a base with `[start, end)`.
fn collect(
    regions: &RegionIndex,
    contig: usize,
    start: i64,
    end: i64,
    placements: &mut Vec<Placement>,
    window: impl Fn(&Interval) -> Option<Interval>,
) {
    let mut found = Vec::new();
    regions.overlapping(contig, start, end, &mut found);
    for index in found {
        let Some((interval, id)) = regions.get(index) else { continue };
        placements.extend(window(&interval).map(|window| Placement { window, region: Some(id) }));
    }
}

/// The window, moved by as little as possible so that it lies within `region`; `None` if that is shorter.
fn moved_into(window: &Interval, region: &Interval) -> Option<Interval> {
    let length = window.end() - window.start();
    let last_start = region.end() - length;
    (region.start() <= last_start).then_some(())?;
    let start = window.start().clamp(region.start(), last_start);
    Interval::new(window.contig(), start, start + length, Strand::Forward).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::NamedInterval;

    fn regions(regions: &[(i64, i64)]) -> RegionIndex {
        let named = |&(start, end): &_| NamedInterval {
            interval: Interval::new(0, start, end, Strand::Reverse).unwrap(),
            name: "r".into(),
        };
        RegionIndex::new(regions.iter().map(named).collect())
    }

    /// The windows of an allele at a 1-based position: region, start, end.
    fn placed(plan: &RegionPlan, pos: u64, length: usize) -> Result<Vec<(usize, i64, i64)>, SkipReason> {
        let mut placements = Vec::new();
        plan.place(0, pos - 1, length, &mut placements)?;
        let shown = |placement: &Placement| {
            let region = placement.region.as_ref().map_or(usize::MAX, |region| region.index);
            (region, placement.window.start(), placement.window.end())
        };
        Ok(placements.iter().map(shown).collect())
    }

    /// The first base of the window (1-based) and the variant's index in it, for the BED interval alone.
    fn restricted(start: i64, end: i64, pos: u64) -> Option<(i64, i64)> {
        let plan =
            RegionPlan::Restricted { length: 101, centering: Centering::Kipoi, regions: regions(&[(start, end)]) };
        let [(0, first, last)] = placed(&plan, pos, 1).ok()?[..] else { panic!() };
        assert_eq!(last - first, 101);
        Some((first + 1, pos as i64 - 1 - first))
    }

    /// Kipoi's windows in regions, but for the last: there its window does not hold the variant.
    #[test]
    fn windows_are_moved_into_their_regions() {
        assert_eq!(restricted(36_702_133, 36_706_137, 36_702_137), Some((36_702_134, 3)));
        assert_eq!(restricted(21_541_490, 21_541_591, 21_541_590), Some((21_541_491, 99)));
        assert_eq!(restricted(21_541_390, 21_541_891, 21_541_590), Some((21_541_541, 49)));
        assert_eq!(restricted(21_541_570, 21_541_891, 21_541_590), Some((21_541_571, 19)));
        assert_eq!(restricted(21_541_400, 21_541_600, 21_541_590), Some((21_541_500, 90)));
        assert_eq!(restricted(21_541_540, 21_541_600, 21_541_590), None);
        assert_eq!(restricted(21_541_590, 21_541_891, 21_541_590), None);
    }

    #[test]
    fn every_region_that_is_long_enough_gives_a_window() {
        let regions = regions(&[(100, 200), (0, 150), (120, 125), (500, 600)]);
        let plan = RegionPlan::Restricted { length: 20, centering: Centering::Middle, regions };
        assert_eq!(placed(&plan, 122, 1), Ok(vec![(0, 112, 132), (1, 112, 132)]));
        assert_eq!(placed(&plan, 101, 1), Ok(vec![(0, 100, 120), (1, 91, 111)]));
        assert_eq!(placed(&plan, 300, 1), Err(SkipReason::OutsideRegions));
    }

    #[test]
    fn ranges_are_taken_as_they_are() {
        let plan = RegionPlan::Overlap { ranges: regions(&[(100, 110), (0, 101), (105, 115)]), per_sample: 1 };
        assert_eq!(placed(&plan, 101, 1), Ok(vec![(0, 100, 110), (1, 0, 101)]));
        // A deletion reaches into the third range from outside.
        assert_eq!(placed(&plan, 102, 5), Ok(vec![(0, 100, 110), (2, 105, 115)]));
        assert_eq!(placed(&plan, 400, 1), Err(SkipReason::NoRange));
        let in_pairs = RegionPlan::Overlap { ranges: regions(&[(0, 9), (5, 14), (20, 30), (5, 9)]), per_sample: 2 };
        assert_eq!(placed(&in_pairs, 7, 1), Ok(vec![(0, 0, 9), (1, 5, 9)]));
        let mut placements = Vec::new();
        plan.place(0, 100, 1, &mut placements).unwrap();
        assert!(placements[0].window.strand().is_reverse());
    }
}
