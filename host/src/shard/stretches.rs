//! The stretches of the genome between cuts.

/// A place where one shard ends and the next begins: before the records of a contig from this POS on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// The number of the contig, in the order of the file.
    pub(super) contig: usize,
    /// The first POS behind the cut, 1-based.
    pub(super) pos: u64,
}

/// Where a stretch ends that has no end: records may lie beyond the ends of contigs that headers tell.
const NO_END: u64 = i64::MAX as u64;

/// A stretch: the number of its contig, start and end, 0-based and half-open.
type Stretch = (usize, u64, u64);

/// The stretches of each shard. `cuts` are in the order of the file; those after the last record are `None`.
pub(super) fn between(contigs: usize, cuts: &[Option<Cut>]) -> Vec<Vec<Stretch>> {
    let place = |cut: &Option<Cut>| cut.as_ref().map_or((contigs, 0), |cut| (cut.contig, cut.pos.saturating_sub(1)));
    let mut begin = (0, 0);
    let ends = cuts.iter().map(place).chain([(contigs, 0)]);
    ends.map(|end| {
        let stretches = (begin.0..=end.0.min(contigs.saturating_sub(1))).map(|contig| {
            let start = if contig == begin.0 { begin.1 } else { 0 };
            (contig, start, if contig == end.0 { end.1 } else { NO_END })
        });
        let stretches = stretches.filter(|(contig, start, end)| *contig < contigs && start < end).collect();
        begin = end;
        stretches
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stretches_fill_the_space_between_cuts() {
        let cuts = [Some(Cut { contig: 0, pos: 8 }), Some(Cut { contig: 2, pos: 1 }), None];
        let shards = between(3, &cuts);
        assert_eq!(shards, [vec![(0, 0, 7)], vec![(0, 7, NO_END), (1, 0, NO_END)], vec![(2, 0, NO_END)], vec![]]);
        assert_eq!(between(0, &[None]), [vec![], vec![]]);
    }

    proptest! {
        #[test]
        fn every_place_is_in_one_shard(
            mut cuts in prop::collection::vec((0..4_usize, 0..40_u64), 0..6),
            contig in 0..4_usize,
            pos in 0..50_u64,
        ) {
            cuts.sort_unstable();
            let cuts: Vec<_> = cuts.into_iter().map(|(contig, pos)| Some(Cut { contig, pos })).collect();
            // As records are selected: a telomere goes with the first base.
            let start = pos.saturating_sub(1);
            let holds = |shard: &&Vec<Stretch>| shard.iter().any(|(on, from, to)| *on == contig && (*from..*to).contains(&start));
            prop_assert_eq!(between(4, &cuts).iter().filter(holds).count(), 1);
        }
    }
}
