//! Folding the positions of one output into tasks.

use std::ops::Range;

use kipos_plugin_api::{OutputSpan, OutputSpec, Scale};

use super::OutputSelectionError;
use super::geometry::OutputGeometry;
use super::reduction::Reduction;

/// A reduction of an output of known shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fold {
    reduction: Reduction,
    /// The position axis.
    axis: usize,
    /// Its length.
    positions: usize,
    /// The positions that count.
    used: Range<usize>,
    /// Those that count on the reverse complement, which stand for the same bases; `None` if there are none such.
    turned: Option<Range<usize>>,
    /// Elements of all axes before that one together.
    outer: usize,
    /// Elements of all axes behind it together.
    inner: usize,
}

impl Fold {
    /// A reduction of the positions on `axis` of `output`, which has that axis. The tasks are what all other axes hold, in
    /// their order.
    pub(super) fn new(reduction: Reduction, output: &OutputSpec, axis: usize) -> Result<Self, OutputSelectionError> {
        let positions = output.shape[axis];
        let geometry = OutputGeometry::of(output).unwrap_or(OutputGeometry::every_base());
        let used = match reduction {
            Reduction::Center(count) if count > positions => {
                return Err(OutputSelectionError::TooManyPositions { output: output.name.clone(), count, positions });
            }
            Reduction::Center(count) => geometry.centre(positions, count).ok_or_else(|| {
                OutputSelectionError::CentreOutside { output: output.name.clone(), count, positions, geometry }
            })?,
            Reduction::Sum | Reduction::Mean | Reduction::Max => 0..positions,
        };
        let [outer, inner] = [&output.shape[..axis], &output.shape[axis + 1..]].map(|axes| axes.iter().product());
        let turned = match reduction {
            Reduction::Center(_) => geometry.turned(positions, &used),
            Reduction::Sum | Reduction::Mean | Reduction::Max => Some(0..positions),
        };
        Ok(Self { reduction, axis, positions, used, turned, outer, inner })
    }

    /// What becomes of the positions.
    pub(super) fn reduction(&self) -> Reduction {
        self.reduction
    }

    /// Whether what it makes of numbers on a scale is on that scale. The largest and the only one are among them, means of
    /// probabilities are probabilities, sums and means of counts are counts; other sums and means are on no scale that
    /// has a name.
    pub(super) fn keeps(&self, scale: Scale) -> bool {
        match (self.reduction, scale) {
            (Reduction::Max, _) | (_, Scale::Counts) => true,
            (Reduction::Mean | Reduction::Center(_), Scale::Probability) => true,
            _ => self.used.len() == 1,
        }
    }

    /// The axis of the positions.
    pub(super) fn axis(&self) -> usize {
        self.axis
    }

    /// The positions of the output with this number that count, if not all do.
    pub(super) fn span(&self, output: usize) -> Option<OutputSpan> {
        let is_part = self.used.len() < self.positions;
        is_part.then(|| OutputSpan::new(output, self.inner, self.positions, self.used.clone()))
    }

    /// The number of tasks that it gives.
    pub(super) fn tasks(&self) -> usize {
        self.outer * self.inner
    }

    /// The same for the reverse complement, where positions run the other way. It must have the
    /// [same bases](Self::has_same_bases).
    pub(super) fn on_reverse_complement(&self) -> Self {
        let mirrored = self.positions - self.used.end..self.positions - self.used.start;
        let used = self.turned.clone().unwrap_or(mirrored);
        Self { turned: Some(self.used.clone()), used, ..self.clone() }
    }

    /// Whether some positions on the reverse complement stand for the same bases as those that count.
    pub(super) fn has_same_bases(&self) -> bool {
        self.turned.is_some()
    }

    /// Whether it gives the same when the positions run the other way.
    pub(super) fn is_symmetric(&self) -> bool {
        self.turned.as_ref() == Some(&self.used)
    }

    /// That the positions of output `name` that count are not in the middle.
    pub(super) fn off_centre(&self, name: &str) -> OutputSelectionError {
        let parity = if self.positions.is_multiple_of(2) { "even" } else { "odd" };
        OutputSelectionError::OffCentre {
            output: name.into(),
            count: self.used.len(),
            positions: self.positions,
            parity,
            axis: self.axis,
        }
    }

    /// Folds one row; `picked` are the tasks that `out` has an element for, all if `None`.
    ///
    /// Values are taken in the order in which they lie in memory, and a task's result does not depend on which others
    /// are picked.
    pub(super) fn run<T: Copy>(
        &self,
        values: &[T],
        number: impl Fn(T) -> f64,
        picked: Option<&[usize]>,
        out: &mut [f32],
    ) {
        let folded = match self.reduction {
            Reduction::Max => self.accumulate(values, number, picked, (f64::NEG_INFINITY, larger)),
            Reduction::Sum | Reduction::Mean | Reduction::Center(_) => {
                self.accumulate(values, number, picked, (0.0, |sum, value| sum + value))
            }
        };
        let divisor = match self.reduction {
            Reduction::Mean | Reduction::Center(_) => self.used.len() as f64,
            Reduction::Sum | Reduction::Max => 1.0,
        };
        for (out, folded) in out.iter_mut().zip(folded) {
            *out = (folded / divisor) as f32;
        }
    }

    /// Combines the positions that count, task by task, from a start.
    fn accumulate<T: Copy>(
        &self,
        values: &[T],
        number: impl Fn(T) -> f64,
        picked: Option<&[usize]>,
        (start, combine): (f64, impl Fn(f64, f64) -> f64),
    ) -> Vec<f64> {
        let at = |outer: usize, position: usize| (outer * self.positions + position) * self.inner;
        let mut folded = vec![start; picked.map_or(self.tasks(), <[usize]>::len)];
        match picked {
            None => {
                for (outer, folded) in folded.chunks_exact_mut(self.inner.max(1)).enumerate() {
                    for position in self.used.clone() {
                        let here = &values[at(outer, position)..][..self.inner];
                        folded.iter_mut().zip(here).for_each(|(folded, &x)| *folded = combine(*folded, number(x)));
                    }
                }
            }
            Some(picked) => {
                for position in self.used.clone() {
                    for (folded, task) in folded.iter_mut().zip(picked) {
                        let x = values[at(task / self.inner, position) + task % self.inner];
                        *folded = combine(*folded, number(x));
                    }
                }
            }
        }
        folded
    }
}

/// The larger of two, NaN if one of them is.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(shape: &[usize]) -> OutputSpec {
        OutputSpec::new("y", shape.to_vec())
    }

    fn fold(reduction: &str, shape: &[usize], axis: usize) -> Result<Fold, String> {
        Fold::new(reduction.parse().unwrap(), &output(shape), axis).map_err(|error| error.to_string())
    }

    /// The result for all tasks of a row.
    fn folded(reduction: &str, shape: &[usize], axis: usize, values: &[f64]) -> Vec<f32> {
        let fold = fold(reduction, shape, axis).unwrap();
        let mut out = vec![-1.0; fold.tasks()];
        fold.run(values, |x| x, None, &mut out);
        out
    }

    #[test]
    fn every_reduction_goes_task_by_task() {
        // Five positions of two tasks.
        let values = [1., -10., 2., -20., 6., -60., 3., -30., 8., -80.];
        for (reduction, expected) in [
            ("sum", [20., -200.]),
            ("mean", [4., -40.]),
            ("max", [8., -10.]),
            ("center:1", [6., -60.]),
            // One position more is left out behind than before.
            ("center:2", [4., -40.]),
            ("center:3", [11. / 3., -110. / 3.]),
            ("center:4", [3., -30.]),
            ("center:5", [4., -40.]),
        ] {
            assert_eq!(folded(reduction, &[5, 2], 0, &values), expected, "{reduction}");
            // The same, task after task.
            let channels_first: Vec<f64> =
                [0, 1].iter().flat_map(|task| values[*task..].iter().step_by(2)).copied().collect();
            assert_eq!(folded(reduction, &[2, 5], 1, &channels_first), expected, "{reduction}");
        }
    }

    #[test]
    fn all_other_axes_hold_the_tasks() {
        let values = [1., 2., 3., 4., 5., 6.];
        assert_eq!(folded("sum", &[6], 0, &values), [21.]);
        assert_eq!(folded("sum", &[6, 1], 0, &values), [21.]);
        assert_eq!(folded("sum", &[1, 6, 1], 1, &values), [21.]);
        assert_eq!(folded("sum", &[2, 3], 0, &values), [5., 7., 9.]);
        assert_eq!(folded("sum", &[2, 3], 1, &values), [6., 15.]);
        assert_eq!(folded("sum", &[3, 1, 2], 0, &values), [9., 12.]);
        assert_eq!(folded("sum", &[1, 2, 3], 2, &values), [6., 15.]);
        let values: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(folded("sum", &[2, 3, 2], 1, &values), [6., 9., 24., 27.]);
        let fold = fold("sum", &[2, 3, 2], 1).unwrap();
        let mut out = [0.0; 3];
        fold.run(&values, |x| x, Some(&[3, 0, 2]), &mut out);
        assert_eq!(out, [27., 6., 24.]);
    }

    #[test]
    fn the_reverse_complement_is_read_from_the_other_end() {
        let values = [1., 2., 3., 4., 5., 6.];
        let reversed: Vec<f64> = values.iter().rev().copied().collect();
        for reduction in ["sum", "mean", "max", "center:1", "center:2", "center:3", "center:5"] {
            let fold = fold(reduction, &[6, 1], 0).unwrap();
            let mut out = [-1.0];
            fold.on_reverse_complement().run(&reversed, |x| x, None, &mut out);
            assert_eq!(out.to_vec(), folded(reduction, &[6, 1], 0, &values), "{reduction}");
        }
    }

    #[test]
    fn a_scale_stays_where_its_numbers_do() {
        let kept = |reduction: &str| {
            let fold = fold(reduction, &[5, 2], 0).unwrap();
            Scale::ALL.into_iter().filter(|&scale| fold.keeps(scale)).collect::<Vec<_>>()
        };
        assert_eq!(kept("max"), Scale::ALL);
        assert_eq!(kept("center:1"), Scale::ALL);
        assert_eq!(kept("center:3"), [Scale::Probability, Scale::Counts]);
        assert_eq!(kept("mean"), [Scale::Probability, Scale::Counts]);
        assert_eq!(kept("sum"), [Scale::Counts]);
    }

    #[test]
    fn nan_is_never_hidden() {
        for reduction in ["sum", "mean", "max", "center:3"] {
            let result = folded(reduction, &[3, 2], 0, &[1., 2., f64::NAN, 4., 5., 6.]);
            assert!(result[0].is_nan() && result[1].is_finite(), "{reduction}: {result:?}");
        }
    }

    #[test]
    fn more_positions_than_there_are_are_refused() {
        insta::assert_snapshot!(fold("center:6", &[2, 5], 1).unwrap_err(), @"--reduce y=center:6: the output has only 5 positions; give N from 1 to 5");
    }

    #[test]
    fn symmetric_is_what_leaves_out_as_many_on_either_side() {
        for (reduction, positions, symmetric) in [
            ("sum", 5, true),
            ("mean", 4, true),
            ("max", 5, true),
            ("center:1", 5, true),
            ("center:2", 5, false),
            ("center:1", 4, false),
            ("center:4", 4, true),
        ] {
            assert_eq!(
                fold(reduction, &[positions, 1], 0).unwrap().is_symmetric(),
                symmetric,
                "{reduction} of {positions}"
            );
        }
        let off_centre =
            |reduction, positions| fold(reduction, &[positions, 1], 0).unwrap().off_centre("y").to_string();
        insta::assert_snapshot!(off_centre("center:2", 5), @"--reduce y=center:2: the scores read both strands, but 2 of 5 positions cannot be centered; give N that is odd, name the axis of positions with --position-axis y=0, or give --use-rc false");
        insta::assert_snapshot!(off_centre("center:1", 4), @"--reduce y=center:1: the scores read both strands, but 1 of 4 positions cannot be centered; give N that is even, name the axis of positions with --position-axis y=0, or give --use-rc false");
    }
}
