//! Stretches in the order of the genome, each in memory only as long as the next ones need it.

use super::error::TrackError;
use super::{TrackSource, TrackStretch};
use std::collections::VecDeque;
use std::sync::Arc;

/// The value of a base.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Base {
    pub(super) contig: Arc<str>,
    /// 0-based.
    pub(super) position: i64,
    pub(super) value: f64,
    pub(super) is_double: bool,
    /// The contig has it.
    pub(super) exists: bool,
    /// It is the first of its stretch.
    pub(super) begins: bool,
}

/// Calls `write` with all bases of all stretches by contig and position; bases of several stretches in the order of the
/// source.
pub(super) fn in_order(
    source: &mut dyn TrackSource,
    mut write: impl FnMut(Base) -> Result<(), TrackError>,
) -> Result<(), TrackError> {
    let places = source.places()?;
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&index| (&places[index].0, places[index].1, index));
    // Bases of the stretches so far, by position.
    let mut waiting: VecDeque<Base> = VecDeque::new();
    for index in order {
        let (contig, start) = &places[index];
        let is_before = |base: &Base| base.contig != *contig || base.position < *start;
        while waiting.front().is_some_and(is_before)
            && let Some(base) = waiting.pop_front()
        {
            write(base)?;
        }
        let before = waiting.len();
        waiting.extend(bases(source.read(index)?));
        if before > 0 {
            // Stable: an earlier stretch's base comes first.
            waiting.make_contiguous().sort_by_key(|base| base.position);
        }
    }
    waiting.into_iter().try_for_each(write)
}

fn bases(stretch: TrackStretch) -> impl Iterator<Item = Base> {
    let TrackStretch { contig, start, contig_length, values, is_double } = stretch;
    let on_contig = 0..contig_length.unwrap_or(i64::MAX);
    values.into_iter().enumerate().map(move |(index, value)| {
        let position = start + index as i64;
        let exists = on_contig.contains(&position);
        Base { contig: Arc::clone(&contig), position, value, is_double, exists, begins: index == 0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    struct Fixed(Vec<(Arc<str>, i64, usize)>);

    impl TrackSource for Fixed {
        fn path(&self) -> &Path {
            Path::new("fixed")
        }

        fn places(&self) -> Result<Vec<(Arc<str>, i64)>, TrackError> {
            Ok(self.0.iter().map(|(contig, start, _)| (Arc::clone(contig), *start)).collect())
        }

        fn read(&mut self, index: usize) -> Result<TrackStretch, TrackError> {
            let (contig, start, length) = self.0[index].clone();
            Ok(TrackStretch {
                contig,
                start,
                contig_length: None,
                values: vec![index as f64; length],
                is_double: false,
            })
        }
    }

    proptest! {
        #[test]
        fn bases_come_sorted_and_none_is_lost(stretches in prop::collection::vec((0..3_u8, 0..40_i64, 0..12_usize), 0..12)) {
            let stretches: Vec<_> = stretches
                .into_iter()
                .map(|(contig, start, length)| (Arc::from(format!("chr{contig}")), start, length))
                .collect();
            let mut expected: Vec<(Arc<str>, i64, usize)> = Vec::new();
            for (index, (contig, start, length)) in stretches.iter().enumerate() {
                expected.extend((0..*length).map(|base| (Arc::clone(contig), start + base as i64, index)));
            }
            let mut written = Vec::new();
            in_order(&mut Fixed(stretches), |base| {
                written.push((base.contig, base.position, base.value as usize));
                Ok(())
            })
            .unwrap();
            let place = |base: &(Arc<str>, i64, usize)| (base.0.to_string(), base.1);
            prop_assert!(written.is_sorted_by_key(place));
            expected.sort();
            written.sort();
            prop_assert_eq!(written, expected);
        }
    }
}
