//! Stretches of the genome that a user picks variants from.

mod bed;
mod error;
mod named;
mod region;
mod shard_stretches;

pub use bed::{BedLine, BedReader};
pub use error::{RegionError, RegionOutside};
pub use named::{BedIntervals, NamedInterval};
pub use region::{Region, RegionList, RegionSyntaxError};
pub use shard_stretches::ShardStretches;

use super::{ContigMap, Interval, Strand};
use std::{collections::BTreeMap, path::Path};

/// Disjoint stretches of the genome, in any order they were named.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Regions {
    /// By contig (an index into [`Fasta::contigs`](super::Fasta::contigs)): sorted, apart from each other, none empty.
    by_contig: BTreeMap<usize, Vec<Interval>>,
}

impl Regions {
    /// The union of `regions` and of the intervals of a BED `file`, plain or bgzipped. Their contigs are resolved as
    /// those of a VCF are. Stretches that overlap or touch become one.
    ///
    /// # Errors
    ///
    /// A [`RegionError`]: a contig that the genome does not have, or a file that is no BED, with its line.
    pub fn resolve(regions: &[Region], file: Option<&Path>, contigs: &mut ContigMap) -> Result<Self, RegionError> {
        let mut intervals = Vec::new();
        for region in regions {
            intervals.push(region.resolve(contigs)?);
        }
        if let Some(path) = file {
            // A region that is asked for and passed over would leave out records.
            let named = BedIntervals::read(path, contigs)?.all_known(path, contigs)?;
            intervals.extend(
                named
                    .intervals
                    .iter()
                    .map(|NamedInterval { interval, .. }| (interval.contig(), interval.start(), interval.end())),
            );
        }
        Ok(Self::merge(intervals))
    }

    /// The union of these stretches.
    pub(crate) fn union(stretches: impl IntoIterator<Item = Interval>) -> Self {
        Self::merge(stretches.into_iter().map(|it| (it.contig(), it.start(), it.end())).collect())
    }

    /// All regions, in the order of the genome.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Interval> {
        self.by_contig.values().flatten()
    }

    /// The union of intervals: contig, start and end, 0-based and half-open. Empty ones add nothing.
    pub(super) fn merge(mut intervals: Vec<(usize, i64, i64)>) -> Self {
        intervals.sort_unstable();
        let mut merged: Vec<(usize, i64, i64)> = Vec::new();
        for (contig, start, end) in intervals.into_iter().filter(|(_, start, end)| start < end) {
            match merged.last_mut() {
                Some(last) if last.0 == contig && start <= last.2 => last.2 = last.2.max(end),
                _ => merged.push((contig, start, end)),
            }
        }
        let mut regions = Self::default();
        for (contig, start, end) in merged {
            if let Ok(interval) = Interval::new(contig, start, end, Strand::Forward) {
                regions.by_contig.entry(contig).or_default().push(interval);
            }
        }
        regions
    }

    /// Whether the 0-based `position` of a contig lies in a region.
    pub fn contains(&self, contig: usize, position: i64) -> bool {
        let intervals = self.of_contig(contig);
        let next = intervals.partition_point(|interval| interval.end() <= position);
        intervals.get(next).is_some_and(|interval| interval.contains(position))
    }

    /// The regions of one contig: sorted, apart from each other, none empty.
    pub fn of_contig(&self, contig: usize) -> &[Interval] {
        self.by_contig.get(&contig).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Contig;
    use proptest::prelude::*;

    fn contigs() -> ContigMap {
        ContigMap::new(&["chr1", "chr2"].map(|name| Contig { name: name.into(), length: 1_000 }))
    }

    fn resolved(regions: &[&str], bed: Option<&str>) -> Result<Regions, RegionError> {
        let regions: Vec<Region> = regions.iter().map(|text| text.parse().unwrap()).collect();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.bed");
        if let Some(text) = bed {
            std::fs::write(&path, text).unwrap();
        }
        Regions::resolve(&regions, bed.map(|_| path.as_path()), &mut contigs())
    }

    fn ends(regions: &Regions, contig: usize) -> Vec<(i64, i64)> {
        regions.of_contig(contig).iter().map(|interval| (interval.start(), interval.end())).collect()
    }

    #[test]
    fn regions_and_bed_lines_make_one_union() {
        let regions =
            resolved(&["chr1:5-10", "1:8-20", "chr1:22"], Some("chr1\t20\t21\n2\t3\t3\nchr2\t7\t9\n")).unwrap();
        assert_eq!(ends(&regions, 0), [(4, 22)]);
        assert_eq!(ends(&regions, 1), [(7, 9)]);
        assert_eq!(ends(&regions, 2), []);
    }

    #[test]
    fn a_whole_contig_holds_every_position_it_may_have() {
        let regions = resolved(&["chr2"], None).unwrap();
        assert!([-1, 0, 999, 1 << 40].iter().all(|position| regions.contains(1, *position)));
        assert!(!regions.contains(0, 5));
        let open = resolved(&["chr1:10-"], None).unwrap();
        assert!(!open.contains(0, 8) && open.contains(0, 9) && open.contains(0, 1 << 40));
    }

    #[test]
    fn unknown_contigs_are_named_with_the_known() {
        let message = resolved(&["chr3:1-2"], None).unwrap_err().to_string();
        assert_eq!(message, "unknown contig in region `chr3:1-2` (the genome has chr1, chr2); write CHROM:START-END");
        let message = resolved(&[], Some("chr1\t1\t2\nchr3\t1\t2\n")).unwrap_err().to_string();
        assert!(message.ends_with("r.bed:2: contig `chr3` is not in the genome (it has chr1, chr2)"), "{message}");
    }

    proptest! {
        #[test]
        fn a_union_holds_what_any_part_holds(
            parts in prop::collection::vec((0..3_usize, -3..30_i64, 0..8_i64), 0..8),
            contig in 0..3_usize,
            position in -5..45_i64,
        ) {
            let parts: Vec<_> = parts.into_iter().map(|(contig, start, len)| (contig, start, start + len)).collect();
            let regions = Regions::merge(parts.clone());
            let within = parts.iter().any(|part| part.0 == contig && (part.1..part.2).contains(&position));
            prop_assert_eq!(regions.contains(contig, position), within);
            let apart = |pair: &[Interval]| pair[0].end() < pair[1].start();
            prop_assert!(regions.of_contig(contig).windows(2).all(apart));
        }
    }
}
