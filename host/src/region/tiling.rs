//! Windows that variants share: tiles whose centres lie on a grid of the contig.

use thiserror::Error;

/// How far apart tiles are. Their centres are the bases 0, STEP, 2 STEP, ... (0-based) of every contig, wherever the
/// variants are, so that the window of a variant depends on its position alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tiling {
    /// Bases from a centre to the next, at least 1. Default: none, half the window's length, or as many as
    /// [`max_offset`](Self::max_offset) allows if that is less.
    pub step: Option<u64>,
    /// The most bases that a variant may be from the centre of its tile. Default: none, half a step.
    pub max_offset: Option<u64>,
}

/// Tiles that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TilingError {
    /// Centres so far apart that bases between them are farther than allowed from both.
    #[error(
        "tiles every {step} bases leave variants up to {} bases from the nearest centre, more than --max-offset {most}; \
         give --windows tiles:{} or fewer bases, or leave one of them out",
        step / 2, largest_step(*most)
    )]
    Offset {
        /// Bases between centres.
        step: u64,
        /// The most bases from a centre.
        most: u64,
    },
    /// Centres so far apart that bases between them are in the window of neither.
    #[error(
        "tiles every {step} bases do not hold all bases between their centres, as windows have {before} bases before the \
         centre and {behind} behind it; give --windows tiles:{} or fewer bases",
        widest_step(*before, *behind)
    )]
    Gaps {
        /// Bases between centres.
        step: u64,
        /// Bases of a window before its centre.
        before: u64,
        /// Bases of a window behind its centre.
        behind: u64,
    },
}

/// The largest step that leaves no base farther than `offset` from the nearest centre.
fn largest_step(offset: u64) -> u64 {
    offset.saturating_mul(2).saturating_add(1)
}

/// The largest step of windows with so many bases before and behind their centres that leaves no gaps.
fn widest_step(before: u64, behind: u64) -> u64 {
    // A base in the middle between two centres goes to the left one, so that bases before a centre are nearer to it.
    before.saturating_mul(2).saturating_add(2).min(largest_step(behind))
}

impl Tiling {
    /// Bases from a centre to the next, for windows of `length` bases whose centre has this index (0-based, below
    /// `length`).
    ///
    /// # Errors
    /// A step that is too large for the windows, or for the largest offset.
    pub(crate) fn step(&self, length: usize, index: usize) -> Result<u64, TilingError> {
        let half = (length as u64 / 2).max(1);
        let step =
            self.step.unwrap_or_else(|| self.max_offset.map_or(half, |most| largest_step(most).min(half))).max(1);
        if let Some(most) = self.max_offset.filter(|most| step / 2 > *most) {
            return Err(TilingError::Offset { step, most });
        }
        let (before, behind) = (index as u64, (length - 1 - index) as u64);
        if (step - 1) / 2 > before || step / 2 > behind {
            return Err(TilingError::Gaps { step, before, behind });
        }
        Ok(step)
    }
}

/// The centre nearest to a base (0-based), where centres are `step` bases apart, at least 1: the left one of two.
pub(super) fn nearest_centre(position: u64, step: u64) -> u64 {
    let left = position - position % step;
    if position % step <= step / 2 { left } else { left.saturating_add(step) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_base_in_the_middle_goes_left() {
        let centres = |step| (0..8).map(|position| nearest_centre(position, step)).collect::<Vec<_>>();
        assert_eq!(centres(4), [0, 0, 0, 4, 4, 4, 4, 8]);
        assert_eq!(centres(3), [0, 0, 3, 3, 3, 6, 6, 6]);
        assert_eq!(centres(1), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn steps_are_half_a_window_unless_offsets_are_limited() {
        let step = |step, max_offset, length| Tiling { step, max_offset }.step(length, length.div_ceil(2) - 1);
        assert_eq!([step(None, None, 1000), step(None, None, 101), step(None, None, 1)], [Ok(500), Ok(50), Ok(1)]);
        assert_eq!([step(None, Some(0), 1000), step(None, Some(10), 1000)], [Ok(1), Ok(21)]);
        assert_eq!([step(None, Some(400), 1000), step(Some(21), Some(10), 1000)], [Ok(500), Ok(21)]);
        let said = |result: Result<u64, TilingError>| result.unwrap_err().to_string();
        insta::assert_snapshot!(said(step(Some(22), Some(10), 1000)), @"tiles every 22 bases leave variants up to 11 bases from the nearest centre, more than --max-offset 10; give --windows tiles:21 or fewer bases, or leave one of them out");
        insta::assert_snapshot!(said(step(Some(1002), None, 1000)), @"tiles every 1002 bases do not hold all bases between their centres, as windows have 499 bases before the centre and 500 behind it; give --windows tiles:1000 or fewer bases");
    }

    proptest! {
        #[test]
        fn every_base_is_in_its_window_and_within_the_largest_offset(
            length in 1..40_usize,
            index in any::<prop::sample::Index>(),
            step in prop::option::of(1..90_u64),
            max_offset in prop::option::of(0..40_u64),
            position in 0..500_u64,
        ) {
            let index = index.index(length);
            let tiling = Tiling { step, max_offset };
            match tiling.step(length, index) {
                Ok(step) => {
                    let centre = nearest_centre(position, step);
                    prop_assert_eq!(centre % step, 0);
                    let offset = position as i64 - centre as i64;
                    let others = [centre as i64 - step as i64, centre as i64 + step as i64];
                    prop_assert!(others.into_iter().all(|other| (position as i64 - other).abs() >= offset.abs()));
                    prop_assert!((position as i64 - others[0]).abs() > offset.abs(), "the left one of two");
                    let in_window = index as i64 + offset;
                    prop_assert!(0 <= in_window && in_window < length as i64);
                    prop_assert!(max_offset.is_none_or(|most| offset.unsigned_abs() <= most));
                }
                Err(TilingError::Offset { step, most }) => {
                    let far = (0..2 * step).any(|base| base.abs_diff(nearest_centre(base, step)) > most);
                    prop_assert!(far);
                    let best = Tiling { step: Some(largest_step(most)), max_offset };
                    let is_allowed = !matches!(best.step(length, index), Err(TilingError::Offset { .. }));
                    prop_assert!(is_allowed);
                }
                Err(TilingError::Gaps { step, before, behind }) => {
                    let outside = |base: u64| {
                        let offset = base as i64 - nearest_centre(base, step) as i64;
                        offset < -(before as i64) || offset > behind as i64
                    };
                    prop_assert!((0..2 * step).any(outside));
                    let widest = widest_step(before, behind);
                    let fits = |step| Tiling { step: Some(step), max_offset: None }.step(length, index).is_ok();
                    prop_assert!(fits(widest) && !fits(widest + 1) && widest < step, "{widest}");
                }
            }
        }
    }
}
