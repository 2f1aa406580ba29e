//! Which stretch of the genome a variant is shown to the model in.

mod centering;
mod index;
mod tiling;

use std::ops::Range;
use std::sync::Arc;

use crate::genome::{Interval, SkipReason, Strand};
use centering::centered_window;
pub use centering::{Centering, CenteringError};
pub use index::RegionIndex;
use tiling::nearest_centre;
pub use tiling::{Tiling, TilingError};

/// Where the windows of a run come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegionMode {
    /// Each variant gets a window of its own.
    #[default]
    Centered,
    /// Variants share the tiles of a grid: each is shown in the one whose centre is nearest.
    Tiled(Tiling),
    /// Each variant gets a window of its own within a region of a BED file.
    Restricted,
    /// The loader has ranges of its own, and variants are shown in those that hold them.
    Overlap,
}

impl RegionMode {
    /// Whether windows come from regions, of which an allele may have several.
    pub(crate) fn has_regions(self) -> bool {
        match self {
            Self::Centered | Self::Tiled(_) => false,
            Self::Restricted | Self::Overlap => true,
        }
    }
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
    /// One window of `length` bases for each variant: the one whose centre is nearest, the left one of two.
    Tiled {
        /// The length of the window in bases.
        length: usize,
        /// Where its centre is: where a variant would be in a window of its own.
        centering: Centering,
        /// The centres are the bases 0, `step`, 2 `step`, ... of each contig; at least 1.
        step: u64,
    },
    /// One window of `length` bases for each region that holds any of what the variant changes and is at least that
    /// long: the window around the variant, moved into the region by as little as possible.
    Restricted {
        /// The length of the window in bases.
        length: usize,
        /// Where the variant lies in it, if it need not be moved.
        centering: Centering,
        /// The regions.
        regions: RegionIndex,
    },
    /// The samples of the loader of which a range holds any of what the variant changes; the window is the first such
    /// range.
    Overlap {
        /// The ranges of all samples.
        ranges: RegionIndex,
        /// How many ranges each sample has, at least 1: those of sample `i` are the `i`-th of so many. The index of a
        /// region is that of the sample.
        per_sample: usize,
    },
}

impl RegionPlan {
    /// Where the windows come from.
    pub fn mode(&self) -> RegionMode {
        match self {
            Self::Centered { .. } => RegionMode::Centered,
            Self::Tiled { step, .. } => RegionMode::Tiled(Tiling { step: Some(*step), max_offset: None }),
            Self::Restricted { .. } => RegionMode::Restricted,
            Self::Overlap { .. } => RegionMode::Overlap,
        }
    }

    /// Replaces `placements` by the windows for an allele with its first base at `start` (0-based) that changes the
    /// bases `changed`, in the order of the regions' file. An empty `changed` is the gap before its start, and changes
    /// `[s, e)` if `s <= changed.start < e`: [`Allele::changed`](crate::genome::Allele::changed).
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn place(
        &self,
        contig: usize,
        start: u64,
        changed: Range<u64>,
        placements: &mut Vec<Placement>,
    ) -> Result<(), SkipReason> {
        placements.clear();
        let coordinate = |position: u64| i64::try_from(position).map_err(|_| SkipReason::OutsideContig);
        let start = coordinate(start)?;
        // An interval holds a gap if it holds the base behind it: of two that touch there, the second.
        let changed = coordinate(changed.start)?..coordinate(changed.end.max(changed.start.saturating_add(1)))?;
        match self {
            Self::Centered { length, centering } => {
                let window = centered_window(*centering, *length, contig, start).ok_or(SkipReason::AlleleTooLong)?;
                placements.push(Placement { window, region: None });
                Ok(())
            }
            Self::Tiled { length, centering, step } => {
                let centre = coordinate(nearest_centre(start.unsigned_abs(), (*step).max(1)))?;
                let window = centered_window(*centering, *length, contig, centre).ok_or(SkipReason::AlleleTooLong)?;
                placements.push(Placement { window, region: None });
                Ok(())
            }
            Self::Restricted { length, centering, regions } => {
                let centered = centered_window(*centering, *length, contig, start).ok_or(SkipReason::AlleleTooLong)?;
                let window = |region: &Interval| moved_into(&centered, region);
                collect(regions, contig, changed, placements, window);
                if placements.is_empty() { Err(SkipReason::OutsideRegions) } else { Ok(()) }
            }
            Self::Overlap { ranges, per_sample } => {
                collect(ranges, contig, changed, placements, |range| Some(*range));
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

/// Adds what `window` makes of each region that shares a base with `bases`.
fn collect(
    regions: &RegionIndex,
    contig: usize,
    bases: Range<i64>,
    placements: &mut Vec<Placement>,
    window: impl Fn(&Interval) -> Option<Interval>,
) {
    let mut found = Vec::new();
    regions.overlapping(contig, bases.start, bases.end, &mut found);
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

    /// The windows of an allele that replaces bases from a 1-based position on: region, start, end.
    fn placed(plan: &RegionPlan, pos: u64, length: u64) -> Result<Vec<(usize, i64, i64)>, SkipReason> {
        let mut placements = Vec::new();
        plan.place(0, pos - 1, pos - 1..pos - 1 + length, &mut placements)?;
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
    fn variants_share_the_tile_whose_centre_is_nearest() {
        let plan = RegionPlan::Tiled { length: 10, centering: Centering::Middle, step: 4 };
        // The centre has index 4. The base at 2 (0-based) is as near to the centre at 0 as to that at 4.
        let windows: Vec<_> = (1..=11).map(|pos| placed(&plan, pos, 1).unwrap()[0].1).collect();
        assert_eq!(windows, [-4, -4, -4, 0, 0, 0, 0, 4, 4, 4, 4]);
        assert_eq!(plan.mode(), RegionMode::Tiled(Tiling { step: Some(4), max_offset: None }));
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
        plan.place(0, 100, 100..101, &mut placements).unwrap();
        assert!(placements[0].window.strand().is_reverse());
    }

    /// Tiles that touch at 20, in both modes that have regions.
    fn tiles() -> [RegionPlan; 2] {
        let tiles = regions(&[(10, 20), (20, 30)]);
        [
            RegionPlan::Overlap { ranges: tiles.clone(), per_sample: 1 },
            RegionPlan::Restricted { length: 10, centering: Centering::Middle, regions: tiles },
        ]
    }

    #[test]
    fn a_gap_between_tiles_belongs_to_the_second() {
        for plan in tiles() {
            let held = |gap: u64| {
                let mut placements = Vec::new();
                plan.place(0, gap - 1, gap..gap, &mut placements).ok()?;
                Some(placements.iter().map(|placement| placement.window.start()).collect::<Vec<_>>())
            };
            let found: Vec<_> = [9, 10, 19, 20, 29, 30].into_iter().map(held).collect();
            let [first, second] = [Some(vec![10]), Some(vec![20])];
            assert_eq!(found, [None, first.clone(), first, second.clone(), second, None], "{:?}", plan.mode());
        }
    }

    #[test]
    fn the_base_before_a_deletion_lies_in_no_region_for_it() {
        for plan in tiles() {
            let held = |changed: Range<u64>| {
                let mut placements = Vec::new();
                plan.place(0, changed.start - 1, changed, &mut placements).map_or(0, |()| placements.len())
            };
            assert_eq!([held(20..22), held(19..21), held(8..10), held(8..11), held(30..31)], [1, 2, 0, 1, 0]);
        }
    }
}
