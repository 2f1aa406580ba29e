//! Gradients beside finite differences, at a few elements: does the backend differentiate what it computes?

use std::fmt;

use kipos_plugin_api::{GradientRequest, Gradients, Tensor, TensorView};

use super::differences::{Element, Slopes, floats, slopes};
use crate::counted::Counted;
use crate::internal::OrInternal;
use crate::plugin::{PluginCallError, PluginModel};
use crate::printable::printable;
use crate::split_mix::SplitMix;

/// The elements are the same in every run.
const SEED: u64 = 20;

/// What gradient and difference may differ by, relative to the larger.
const TOLERANCE: f64 = 0.01;

/// Two differences further apart than this, relative to the larger, follow no straight line.
const BEND: f64 = 0.02;

/// What the comparison of one element says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Agrees,
    /// Two steps, or two sides, disagree with each other: there is no single slope to compare with.
    Kink,
    /// Both are smaller than what rounding makes of nothing.
    TooSmall,
    Differs,
}

impl Verdict {
    fn of(gradient: f64, slopes: &Slopes) -> Self {
        let Slopes { wide, narrow, sides: [low, high], rounding } = *slopes;
        let largest = gradient.abs().max(narrow.abs());
        let slack = TOLERANCE * largest + rounding;
        let bent = BEND * wide.abs().max(narrow.abs()) + rounding;
        match () {
            () if [wide, low, high].iter().fold(largest, |most, slope| most.max(slope.abs())) <= rounding => {
                Self::TooSmall
            }
            () if (gradient - narrow).abs() <= slack => Self::Agrees,
            () if (wide - narrow).abs() > bent => Self::Kink,
            // A slope between those of either side is one that a kink has.
            () if high - low > BEND * low.abs().max(high.abs()) + 2.0 * rounding
                && (low - slack..=high + slack).contains(&gradient) =>
            {
                Self::Kink
            }
            () => Self::Differs,
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    sample: usize,
    input: String,
    element: Vec<usize>,
    gradient: f64,
    difference: f64,
    verdict: Verdict,
}

/// Gradients beside finite differences. As text, it is a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Check {
    lines: Vec<Line>,
    samples: usize,
}

impl Check {
    /// Compares `count` elements of the first `samples` rows of a block, all of them if there are fewer. `names` are
    /// those of the model's inputs.
    ///
    /// # Errors
    /// A failure of the backend.
    pub fn new(
        model: &PluginModel,
        inputs: &[TensorView<'_>],
        request: &GradientRequest,
        answer: &Gradients,
        samples: usize,
        count: usize,
        names: &[String],
    ) -> Result<Self, PluginCallError> {
        let widths: Vec<usize> = answer.tensors.iter().map(width).collect();
        let chosen = chosen(samples * widths.iter().sum::<usize>(), count);
        let placed: Vec<(usize, Element)> = chosen.into_iter().map(|place| locate(place, &widths, request)).collect();
        let elements: Vec<Element> = placed.iter().map(|(_, element)| *element).collect();
        let slopes = slopes(model, inputs, request, &elements)?;
        let gradients: Vec<Vec<f64>> = answer.tensors.iter().map(|tensor| floats(&tensor.view())).collect();
        let line = |((tensor, element), slopes): (&(usize, Element), &Slopes)| {
            let place = element.row * widths[*tensor] + element.at;
            let gradient = *gradients[*tensor].get(place).or_internal("a gradient has the shape of its input");
            let shape = answer.tensors[*tensor].shape().get(1..).or_internal("a gradient has a row per sample");
            Line {
                sample: element.row,
                input: names.get(element.input).or_internal("the input has a name").clone(),
                element: index(element.at, shape),
                gradient,
                difference: slopes.narrow,
                verdict: Verdict::of(gradient, slopes),
            }
        };
        Ok(Self { lines: placed.iter().zip(&slopes).map(line).collect(), samples })
    }

    /// A sentence for elements that clearly differ.
    pub fn warning(&self) -> Option<String> {
        let differ = self.count(Verdict::Differs);
        (differ > 0).then(|| {
            format!(
                "gradients differ from finite differences at {differ} of {} elements that were checked",
                self.lines.len()
            )
        })
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }
}

fn width(tensor: &Tensor) -> usize {
    tensor.shape().iter().skip(1).product()
}

/// `count` of `0..total`, in order, each once.
fn chosen(total: usize, count: usize) -> Vec<usize> {
    let mut numbers = SplitMix::new(SEED);
    // Floyd's way: of each longer range, one at random, or else its last.
    let mut chosen = std::collections::BTreeSet::new();
    for last in total.saturating_sub(count)..total {
        let place = numbers.below(last + 1);
        if !chosen.insert(place) {
            chosen.insert(last);
        }
    }
    chosen.into_iter().collect()
}

/// The answer's tensor and the element at a place counted over samples, then inputs, then elements.
fn locate(place: usize, widths: &[usize], request: &GradientRequest) -> (usize, Element) {
    let all = widths.iter().sum::<usize>().max(1);
    let (row, mut at) = (place / all, place % all);
    let mut tensor = 0;
    while let Some(width) = widths.get(tensor).filter(|width| at >= **width) {
        at -= width;
        tensor += 1;
    }
    (tensor, Element { row, input: *request.inputs.get(tensor).or_internal("the element is of an input"), at })
}

/// The position along each axis.
fn index(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&length| {
            let position = at % length.max(1);
            at /= length.max(1);
            position
        })
        .collect();
    index.reverse();
    index
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = (self.gradient - self.difference).abs() / self.gradient.abs().max(self.difference.abs());
        let (element, error) = (format!("{:?}", self.element), if error.is_nan() { 0.0 } else { error });
        let verdict = match self.verdict {
            Verdict::Agrees => "agrees",
            Verdict::Kink => "kink",
            Verdict::TooSmall => "too small",
            Verdict::Differs => "differs",
        };
        let (sample, gradient, difference) = (self.sample, self.gradient, self.difference);
        let input = printable(&self.input);
        write!(f, "{sample:>6}  {input:<12}{element:<16}{gradient:>14.6e}{difference:>14.6e}{error:>10.1e}  {verdict}")
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples = Counted(self.samples, "sample");
        writeln!(f, "gradients and finite differences at elements of the first {samples}:")?;
        writeln!(f, "sample  input       element               gradient    difference     error")?;
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        let several = [
            (Verdict::Agrees, "agree"),
            (Verdict::Kink, "at a kink, where there is no single slope"),
            (Verdict::TooSmall, "too small to tell from rounding"),
            (Verdict::Differs, "differ"),
        ];
        let told = several.iter().map(|(verdict, what)| (self.count(*verdict), what)).filter(|(count, _)| *count > 0);
        let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
        write!(f, "of {}: {}", self.lines.len(), if told.is_empty() { "none".into() } else { told.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(gradient: f64, function: impl Fn(f64) -> f64) -> Verdict {
        let slope = |a: f64, b: f64| (function(b) - function(a)) / (b - a);
        let (left, right) = (slope(-0.5, 0.0), slope(0.0, 0.5));
        let sides = [left.min(right), left.max(right)];
        Verdict::of(gradient, &Slopes { wide: slope(-1.0, 1.0), narrow: slope(-0.5, 0.5), sides, rounding: 1e-6 })
    }

    #[test]
    fn kinks_are_told_from_mistakes() {
        assert_eq!(verdict(3.0, |x| 3.0 * x), Verdict::Agrees);
        assert_eq!(verdict(3.1, |x| 3.0 * x), Verdict::Differs);
        assert_eq!(verdict(-3.0, |x| 3.0 * x), Verdict::Differs);
        assert_eq!(verdict(f64::NAN, |x| 3.0 * x), Verdict::Differs);
        // At the kink itself, and between the two steps.
        assert_eq!(verdict(0.0, |x: f64| x.max(0.0)), Verdict::Kink);
        assert_eq!(verdict(2.0, |x: f64| x.max(0.0)), Verdict::Differs);
        assert_eq!(verdict(0.0, |x: f64| (x - 0.7).max(0.0)), Verdict::Agrees);
        assert_eq!(verdict(1.0, |x: f64| (x - 0.3).max(0.0)), Verdict::Kink);
        assert_eq!(verdict(0.0, |x| 1e-7 * x), Verdict::TooSmall);
    }

    #[test]
    fn places_are_chosen_once_and_are_the_same_every_time() {
        let places = chosen(1000, 8);
        assert_eq!((places.len(), &places), (8, &chosen(1000, 8)));
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]) && places[7] < 1000);
        assert_eq!(chosen(3, 8), [0, 1, 2]);
        assert_eq!(chosen(0, 8), [0; 0]);
        assert_eq!(index(7, &[2, 5]), [1, 2]);
    }
}
