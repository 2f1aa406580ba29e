//! Which bases of the window the positions of an output stand for.

use std::fmt;
use std::ops::Range;

use kipos_plugin_api::{Crop, OutputSpec};
use thiserror::Error;

use crate::counted::Counted;
use crate::description::OutputKeys;

/// The bases of a window that the positions of an output stand for: without the crop, bin by bin, in the order in which
/// the model reads the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputGeometry {
    crop: Crop,
    /// At least 1.
    bin: usize,
}

/// An output that has another number of positions than its crop and bins leave room for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "output `{output}` {found}, but a window of {window} bases {geometry} {expected}; correct `crop` and `bin` in \
         `kipos.outputs.{output}` of model.yaml, or the shape in `schema.targets`"
)]
pub struct PositionsError {
    /// The output.
    pub output: String,
    /// What it has: `has 9 positions`.
    pub found: String,
    /// The bases of the window.
    pub window: usize,
    /// What the description says.
    pub geometry: OutputGeometry,
    /// What that would make of the window: `has 4`.
    pub expected: String,
}

impl OutputGeometry {
    /// What the description says of an output; `None` if it says nothing of bases.
    pub fn said(keys: &OutputKeys) -> Option<Self> {
        let is_said = keys.crop.is_some() || keys.bin.is_some();
        is_said.then(|| Self { crop: keys.crop.unwrap_or_default(), bin: keys.bin.unwrap_or(1).max(1) })
    }

    /// What is known of an output.
    pub fn of(output: &OutputSpec) -> Option<Self> {
        Some(Self { crop: output.crop?, bin: output.bin?.max(1) })
    }

    /// A position for every base.
    pub fn every_base() -> Self {
        Self { crop: Crop::default(), bin: 1 }
    }

    /// The bases that are left out.
    pub fn crop(self) -> Crop {
        self.crop
    }

    /// The bases of a position.
    pub fn bin(self) -> usize {
        self.bin
    }

    /// The positions of a window of this many bases: `(window - left - right) / bin`; `None` if that is no whole number
    /// from 1.
    pub fn positions(self, window: usize) -> Option<usize> {
        let covered = window.checked_sub(self.crop.left.checked_add(self.crop.right)?)?;
        (covered > 0 && covered.is_multiple_of(self.bin)).then_some(covered / self.bin)
    }

    /// The bases of a position, counted from the first base of the window as the model reads it: 0-based, half-open.
    pub fn bases(self, position: usize) -> Range<usize> {
        let start = self.crop.left + position * self.bin;
        start..start + self.bin
    }

    /// The `count` of `positions` whose middle is nearest to that of the window, of equals the first; `None` if not all of
    /// them exist. One position holds the base in the middle of the window, or of two such bases the first.
    pub(super) fn centre(self, positions: usize, count: usize) -> Option<Range<usize>> {
        let bin = i64::try_from(self.bin).ok()?;
        let spare = i64::try_from(positions.checked_sub(count)?).ok()?.checked_mul(bin)?;
        let off = self.excess_right()?.checked_add(spare)?;
        // Rounded to the nearest, a half down.
        let start = usize::try_from(-(bin.checked_sub(off)?.div_euclid(bin.checked_mul(2)?))).ok()?;
        (start.checked_add(count)? <= positions).then(|| start..start + count)
    }

    /// How many bases more are left out at the end than at the start.
    fn excess_right(self) -> Option<i64> {
        i64::try_from(self.crop.right).ok()?.checked_sub(i64::try_from(self.crop.left).ok()?)
    }

    /// Whether positions on the reverse complement stand for the same bases as those of the forward strand, from the other
    /// end.
    pub(super) fn is_symmetric(self) -> bool {
        self.crop.left == self.crop.right
    }

    /// The positions on the reverse complement that stand for the same bases as these of the forward strand, where the
    /// crop has changed sides; `None` if they do not begin where a bin does, or are outside.
    pub(super) fn turned(self, positions: usize, used: &Range<usize>) -> Option<Range<usize>> {
        let (bin, excess) = (i64::try_from(self.bin).ok()?, self.excess_right()?);
        let shift = (excess % bin == 0).then_some(excess / bin)?;
        let start = i64::try_from(positions.checked_sub(used.end)?).ok()?.checked_add(shift)?;
        let start = usize::try_from(start).ok()?;
        let end = start.checked_add(used.len())?;
        (end <= positions).then_some(start..end)
    }

    /// That an output has `found` positions of a window, if it has not as many as it should.
    ///
    /// # Errors
    /// Another number of positions.
    pub fn check(self, output: &str, found: usize, window: usize) -> Result<(), PositionsError> {
        let expected = self.positions(window);
        if expected == Some(found) {
            return Ok(());
        }
        Err(self.mismatch(output, format!("has {}", Counted(found, "position")), window))
    }

    /// That an output, of which `found` is said, does not fit a window.
    pub fn mismatch(self, output: &str, found: String, window: usize) -> PositionsError {
        let expected = match self.positions(window) {
            Some(positions) => format!("has {positions}"),
            None => "cannot be divided evenly".into(),
        };
        PositionsError { output: output.into(), found, window, geometry: self, expected }
    }
}

/// `without crop [557, 557], in bins of 32 bases`.
impl fmt::Display for OutputGeometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { crop: Crop { left, right }, bin } = self;
        write!(f, "without crop [{left}, {right}], in bins of {},", Counted(*bin, "base"))
    }
}

/// That an output gives this many values a row, which its positions do not; `None` if nothing is known of those, or the
/// number fits no number of positions.
pub fn wrong_positions(output: &OutputSpec, values: usize) -> Option<PositionsError> {
    let geometry = OutputGeometry::of(output)?;
    let positions = *output.shape.get(output.position_axis?)?;
    let tasks = output.len().checked_div(positions).filter(|tasks| *tasks > 0 && values.is_multiple_of(*tasks))?;
    let Crop { left, right } = geometry.crop;
    geometry.check(&output.name, values / tasks, left + right + positions * geometry.bin).err()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn geometry(left: usize, right: usize, bin: usize) -> OutputGeometry {
        OutputGeometry { crop: Crop { left, right }, bin }
    }

    #[test]
    fn positions_are_what_the_crop_leaves_over_the_bin() {
        assert_eq!(geometry(557, 557, 1).positions(2114), Some(1000));
        assert_eq!(geometry(163_840, 163_840, 32).positions(524_288), Some(6144));
        assert_eq!(geometry(3, 0, 2).positions(9), Some(3));
        assert_eq!(geometry(3, 0, 2).positions(10), None);
        assert_eq!(geometry(5, 5, 1).positions(10), None);
        assert_eq!(geometry(5, 5, 1).positions(9), None);
        assert_eq!(geometry(usize::MAX, 1, 1).positions(9), None);
    }

    #[test]
    fn another_number_is_told_with_all_numbers() {
        insta::assert_snapshot!(geometry(1, 1, 2).check("y", 9, 10).unwrap_err(), @"output `y` has 9 positions, but a window of 10 bases without crop [1, 1], in bins of 2 bases, has 4; correct `crop` and `bin` in `kipos.outputs.y` of model.yaml, or the shape in `schema.targets`");
        insta::assert_snapshot!(geometry(1, 0, 2).check("y", 1, 10).unwrap_err(), @"output `y` has 1 position, but a window of 10 bases without crop [1, 0], in bins of 2 bases, cannot be divided evenly; correct `crop` and `bin` in `kipos.outputs.y` of model.yaml, or the shape in `schema.targets`");
        assert_eq!(geometry(1, 1, 2).check("y", 4, 10), Ok(()));
    }

    proptest! {
        #[test]
        fn each_base_is_in_the_bin_that_says_so(
            (left, right, bin, positions) in (0usize..9, 0usize..9, 1usize..6, 1usize..9)
        ) {
            let (geometry, window) = (geometry(left, right, bin), left + right + bin * positions);
            prop_assert_eq!(geometry.positions(window), Some(positions));
            let output = OutputSpec::new("y", vec![positions]).with_position_axis(Some(0));
            let output = output.with_crop(Some(geometry.crop)).with_bin(Some(bin));
            for base in 0..window {
                let holding: Vec<usize> = (0..positions).filter(|&at| geometry.bases(at).contains(&base)).collect();
                let covered = (left..window - right).contains(&base);
                let expected = if covered { vec![(base - left) / bin] } else { vec![] };
                prop_assert_eq!(&holding, &expected);
                prop_assert_eq!(output.place(base).map(|place| place.bin), expected.first().copied());
            }
        }

        #[test]
        fn the_centre_is_around_the_middle_of_the_window(
            (left, right, bin, positions) in (0usize..9, 0usize..9, 1usize..6, 1usize..9), count in 1usize..9
        ) {
            let (geometry, window) = (geometry(left, right, bin), left + right + bin * positions);
            // Twice the distance of the middle of those positions from that of the window.
            let off = |start: usize| (2 * (left + start * bin) + count * bin).abs_diff(window);
            let centre = geometry.centre(positions, count);
            if let Some(used) = &centre {
                let least = (0..=positions - count).map(off).min();
                prop_assert_eq!(Some(off(used.start)), least);
                prop_assert!(used.start == 0 || off(used.start - 1) > off(used.start));
            }
            let middle = window.div_ceil(2) - 1;
            if count == 1 && (left..window - right).contains(&middle) {
                prop_assert_eq!(centre, Some((middle - left) / bin..(middle - left) / bin + 1));
            }
            if left == right && count <= positions {
                let start = (positions - count) / 2;
                prop_assert_eq!(geometry.centre(positions, count), Some(start..start + count));
            }
        }

        #[test]
        fn on_the_reverse_complement_the_same_bases_are_read(
            (left, right, bin, positions) in (0usize..9, 0usize..9, 1usize..6, 1usize..9),
            (start, count) in (0usize..9, 1usize..4)
        ) {
            let (geometry, window) = (geometry(left, right, bin), left + right + bin * positions);
            let used = start..start + count;
            prop_assume!(used.end <= positions);
            // Those of the reverse complement, counted from the start of the forward strand.
            let forward = |at: usize| { let bases = geometry.bases(at); window - bases.end..window - bases.start };
            let wanted = geometry.bases(used.start).start..geometry.bases(used.end - 1).end;
            let same = (0..positions).filter(|&from| from + count <= positions)
                .find(|&from| forward(from + count - 1).start == wanted.start && forward(from).end == wanted.end);
            prop_assert_eq!(geometry.turned(positions, &used), same.map(|from| from..from + count));
        }
    }
}
