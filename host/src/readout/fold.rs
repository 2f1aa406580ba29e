//! Folding the positions of one output into tasks.

use std::ops::Range;

use kipos_plugin_api::OutputSpec;

use super::ReadoutError;
use super::reduction::Reduction;
use crate::spec::Shape;

/// A reduction of an output of known shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fold {
    reduction: Reduction,
    /// Length of the position axis.
    positions: usize,
    /// The positions that count.
    used: Range<usize>,
    /// Values of one position.
    tasks: usize,
}

impl Fold {
    /// A reduction of the position axis of `output`.
    pub(super) fn new(reduction: Reduction, output: &OutputSpec) -> Result<Self, ReadoutError> {
        let Some((positions, tasks)) = positions_and_tasks(&output.shape) else {
            let shape = Shape::from(output.shape.iter().copied().map(Some).collect::<Vec<_>>());
            return Err(ReadoutError::NoPositions { output: output.name.clone(), shape });
        };
        let used = match reduction {
            Reduction::Center(count) if count > positions => {
                return Err(ReadoutError::TooManyPositions { output: output.name.clone(), count, positions });
            }
            Reduction::Center(count) => {
                let start = (positions - count) / 2;
                start..start + count
            }
            Reduction::Sum | Reduction::Mean | Reduction::Max => 0..positions,
        };
        Ok(Self { reduction, positions, used, tasks })
    }

    /// The number of tasks that it gives.
    pub(super) fn tasks(&self) -> usize {
        self.tasks
    }

    /// Whether it gives the same when the positions run the other way.
    pub(super) fn is_symmetric(&self) -> bool {
        self.used.start == self.positions - self.used.end
    }

    /// That the positions of output `name` that count are not in the middle.
    pub(super) fn off_centre(&self, name: &str) -> ReadoutError {
        let parity = if self.positions.is_multiple_of(2) { "even" } else { "odd" };
        ReadoutError::OffCentre { output: name.into(), count: self.used.len(), positions: self.positions, parity }
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
        let mut folded = vec![start; picked.map_or(self.tasks, <[usize]>::len)];
        for position in self.used.clone() {
            let here = &values[position * self.tasks..(position + 1) * self.tasks];
            match picked {
                None => folded.iter_mut().zip(here).for_each(|(folded, &x)| *folded = combine(*folded, number(x))),
                Some(picked) => {
                    let here = picked.iter().map(|&task| here[task]);
                    folded.iter_mut().zip(here).for_each(|(folded, x)| *folded = combine(*folded, number(x)));
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

/// The position axis is the first one longer than 1, if another one follows; what follows are the tasks.
fn positions_and_tasks(shape: &[usize]) -> Option<(usize, usize)> {
    let axis = shape.iter().position(|&length| length > 1)?;
    let following = &shape[axis + 1..];
    (!following.is_empty()).then(|| (shape[axis], following.iter().product()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(shape: &[usize]) -> OutputSpec {
        OutputSpec { name: "y".into(), shape: shape.to_vec(), offset: 0, tasks: Vec::new() }
    }

    fn fold(reduction: &str, shape: &[usize]) -> Result<Fold, String> {
        Fold::new(reduction.parse().unwrap(), &output(shape)).map_err(|error| error.to_string())
    }

    /// The result for all tasks of a row.
    fn folded(reduction: &str, shape: &[usize], values: &[f64]) -> Vec<f32> {
        let fold = fold(reduction, shape).unwrap();
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
            assert_eq!(folded(reduction, &[5, 2], &values), expected, "{reduction}");
        }
    }

    #[test]
    fn the_first_axis_longer_than_one_holds_the_positions() {
        let values = [1., 2., 3., 4., 5., 6.];
        assert_eq!(folded("sum", &[6, 1], &values), [21.]);
        assert_eq!(folded("sum", &[1, 6, 1], &values), [21.]);
        assert_eq!(folded("sum", &[2, 3], &values), [5., 7., 9.]);
        assert_eq!(folded("sum", &[3, 1, 2], &values), [9., 12.]);
        assert_eq!(folded("sum", &[3, 2, 1], &values), [9., 12.]);
    }

    #[test]
    fn nan_is_never_hidden() {
        for reduction in ["sum", "mean", "max", "center:3"] {
            let result = folded(reduction, &[3, 2], &[1., 2., f64::NAN, 4., 5., 6.]);
            assert!(result[0].is_nan() && result[1].is_finite(), "{reduction}: {result:?}");
        }
    }

    #[test]
    fn outputs_without_positions_are_refused() {
        insta::assert_snapshot!(fold("sum", &[919]).unwrap_err(), @"--reduce: output `y` of shape (919,) has no axis of positions, its values are tasks; if they are positions, say so with one more axis in model.yaml, such as (1000, 1)");
        for shape in [&[][..], &[1], &[1, 1], &[1, 5]] {
            assert!(fold("sum", shape).is_err(), "{shape:?}");
        }
        insta::assert_snapshot!(fold("center:6", &[5, 2]).unwrap_err(), @"--reduce y=center:6: the output has only 5 positions; give N from 1 to 5");
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
                fold(reduction, &[positions, 1]).unwrap().is_symmetric(),
                symmetric,
                "{reduction} of {positions}"
            );
        }
        let off_centre = |reduction, positions| fold(reduction, &[positions, 1]).unwrap().off_centre("y").to_string();
        insta::assert_snapshot!(off_centre("center:2", 5), @"--reduce y=center:2: the scores read both strands, but 2 of 5 positions cannot lie in the middle; give N that is odd, or --use-rc false");
        insta::assert_snapshot!(off_centre("center:1", 4), @"--reduce y=center:1: the scores read both strands, but 1 of 4 positions cannot lie in the middle; give N that is even, or --use-rc false");
    }
}
