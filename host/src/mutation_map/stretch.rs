//! The stretch whose bases are substituted, where that is not all of every window.

use super::MutationMapError;
use crate::genome::{Contig, Interval, NamedInterval};
use crate::internal::OrInternal;

/// A stretch of a contig, and which of its bases no window has shown so far.
#[derive(Debug, Clone)]
pub(super) struct MutatedStretch {
    stretch: NamedInterval,
    contig: String,
    /// Apart from each other, in their order.
    missing: Vec<Interval>,
}

impl MutatedStretch {
    /// A stretch of one of these contigs.
    pub(super) fn new(stretch: NamedInterval, contigs: &[Contig]) -> Self {
        let contig = contigs.get(stretch.interval.contig()).or_internal("a stretch is on a contig of the genome");
        Self { missing: vec![stretch.interval], contig: contig.name.clone(), stretch }
    }

    /// All of it.
    pub(super) fn interval(&self) -> &Interval {
        &self.stretch.interval
    }

    /// The bases of it that a window shows, on the window's strand; `None` if it shows none.
    pub(super) fn part_of(&mut self, window: &Interval) -> Option<Interval> {
        let part = window.shared(&self.stretch.interval)?;
        let left = |missing: &Interval| {
            let before = Interval::new(missing.contig(), missing.start(), part.start(), missing.strand());
            let behind = Interval::new(missing.contig(), part.end(), missing.end(), missing.strand());
            [before, behind].into_iter().flatten().filter_map(|rest| rest.shared(missing)).collect::<Vec<_>>()
        };
        self.missing = self.missing.iter().flat_map(left).collect();
        Some(part)
    }

    /// Checks that every base was shown.
    ///
    /// # Errors
    /// [`MutationMapError::MutateOutside`] with the first bases that no window has.
    pub(super) fn check_shown(&self) -> Result<(), MutationMapError> {
        let Some(first) = self.missing.first() else { return Ok(()) };
        Err(MutationMapError::MutateOutside {
            stretch: self.stretch.name.to_string(),
            contig: self.contig.clone(),
            first: first.start() + 1,
            last: first.end(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::Strand;

    fn interval(start: i64, end: i64) -> Interval {
        Interval::new(0, start, end, Strand::Forward).unwrap()
    }

    fn stretch(start: i64, end: i64) -> MutatedStretch {
        let named = NamedInterval { interval: interval(start, end), name: "1:11-20".into() };
        MutatedStretch::new(named, &[Contig { name: "chr1".into(), length: 100 }])
    }

    #[test]
    fn a_base_that_no_window_shows_is_told() {
        let mut stretch = stretch(10, 20);
        let reverse = interval(0, 13).on(Strand::Reverse);
        assert_eq!(stretch.part_of(&reverse), Some(interval(10, 13).on(Strand::Reverse)));
        assert_eq!(stretch.part_of(&interval(15, 30)), Some(interval(15, 20)));
        assert_eq!(stretch.part_of(&interval(20, 30)), None);
        insta::assert_snapshot!(stretch.check_shown().unwrap_err(), @"--mutate 1:11-20: bases 14-15 of chr1 are in none of the windows; give --regions that hold the whole stretch, in which windows are placed side by side");
        stretch.part_of(&interval(12, 16));
        stretch.check_shown().unwrap();
    }

    proptest! {
        #[test]
        fn bases_are_missing_until_a_window_shows_them(
            start in 0..9_i64,
            bases in 1..20_i64,
            windows in prop::collection::vec((0..30_i64, 0..12_i64), 0..6),
        ) {
            let mut all = stretch(start, start + bases);
            let windows: Vec<_> = windows.into_iter().map(|(start, bases)| interval(start, start + bases)).collect();
            for window in &windows {
                let part = all.part_of(window);
                let shown: Vec<_> = (start..start + bases).filter(|base| window.contains(*base)).collect();
                prop_assert_eq!(part.map_or(vec![], |part| (part.start()..part.end()).collect()), shown);
            }
            let missing: Vec<_> =
                (start..start + bases).filter(|base| !windows.iter().any(|window| window.contains(*base))).collect();
            let found: Vec<_> = all.missing.iter().flat_map(|rest| rest.start()..rest.end()).collect();
            prop_assert_eq!(&found, &missing);
            prop_assert_eq!(all.check_shown().is_ok(), missing.is_empty());
        }
    }
}
