//! Finite differences: how a reduced layer changes when single elements of the inputs do.

use kipos_plugin_api::{DataView, GradientRequest, Reduce, Strings, Tensor, TensorView};

use crate::internal::{OrInternal, impossible};
use crate::plugin::{PluginCallError, PluginModel};

/// One element of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    /// The row of the block.
    pub row: usize,
    /// The input.
    pub input: usize,
    /// The element of that row, counted over its axes.
    pub at: usize,
}

/// The reduced layer around one element, and how far off it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slopes {
    /// The central difference over the whole step.
    pub wide: f64,
    /// The central difference over half the step.
    pub narrow: f64,
    /// The differences over half the step on either side alone, the smaller first.
    pub sides: [f64; 2],
    /// What rounding may add to either.
    pub rounding: f64,
}

/// The step for values of 32 bits, times the value's magnitude if that is over 1. A power of two, so that values such as 0
/// and 1 move by it exactly; wide enough that rounding does not drown what changes.
const STEP_32: f64 = 1.0 / 64.0;
/// The step for values of 64 bits.
const STEP_64: f64 = 1.0 / 4096.0;

/// What a model adds up on its way is rarely smaller than this, however small its result; it rounds there too.
const SIZE_INSIDE: f64 = 0.25;

/// Where a value is looked at, in steps.
const OFFSETS: [f64; 5] = [0.0, -1.0, -0.5, 0.5, 1.0];

/// The slopes at each of `elements`. `inputs` are a block, whose number of rows every call has.
///
/// # Errors
/// A failure of the backend.
pub(super) fn slopes(
    model: &PluginModel,
    inputs: &[TensorView<'_>],
    request: &GradientRequest,
    elements: &[Element],
) -> Result<Vec<Slopes>, PluginCallError> {
    let refused = |source| PluginCallError::Plugin { plugin: model.plugin().to_owned(), source };
    let moves: Vec<Move> = elements.iter().flat_map(|element| moves(inputs, *element)).collect();
    let mut values = Vec::with_capacity(moves.len());
    for block in moves.chunks(inputs.first().map_or(1, TensorView::rows).max(1)) {
        let moved = inputs.iter().enumerate().map(|(input, view)| moved(input, view, block));
        let moved = moved.collect::<Result<Vec<Tensor>, _>>().map_err(refused)?;
        let views: Vec<TensorView<'_>> = moved.iter().map(Tensor::view).collect();
        let calls = model.activations(&views, &request.layer)?.0;
        values.extend(reduced(request, &calls).map_err(refused)?.into_iter().take(block.len()));
    }
    Ok(moves
        .chunks(OFFSETS.len())
        .zip(values.chunks(OFFSETS.len()))
        .map(|(moves, values)| slope(moves, values))
        .collect())
}

/// A copy of a row with one element changed.
struct Move {
    element: Element,
    /// Its value there.
    value: f64,
    /// The difference of two values of 1 that follow each other.
    precision: f64,
}

fn moves(inputs: &[TensorView<'_>], element: Element) -> Vec<Move> {
    let width = |view: &TensorView<'_>| view.shape().iter().skip(1).product::<usize>();
    let at = |view: &TensorView<'_>| element.row * width(view) + element.at;
    let to = |value: f64, precision: f64| Move { element, value, precision };
    let view = inputs.get(element.input).or_internal("the element is of an input");
    match view.data() {
        DataView::F64(values) => {
            let value = *values.get(at(view)).or_internal("the element is of a row");
            let step = STEP_64 * value.abs().max(1.0);
            OFFSETS.iter().map(|offset| to(value + offset * step, f64::EPSILON)).collect()
        }
        DataView::F32(values) => {
            let value = f64::from(*values.get(at(view)).or_internal("the element is of a row"));
            let step = STEP_32 * value.abs().max(1.0);
            // As the model will see it.
            let seen = |offset: &f64| f64::from((value + offset * step) as f32);
            OFFSETS.iter().map(|offset| to(seen(offset), f32::EPSILON.into())).collect()
        }
        _ => impossible("gradients are of floats"),
    }
}

/// The rows of one input with their changes, and the last one again until there are as many as in `view`.
fn moved(input: usize, view: &TensorView<'_>, moves: &[Move]) -> Result<Tensor, kipos_plugin_api::PluginError> {
    let rows = || moves.iter().chain(std::iter::repeat(&moves[moves.len() - 1])).take(view.rows());
    let (shape, width) = (view.shape().to_vec(), view.shape().iter().skip(1).product::<usize>());
    macro_rules! copied {
        ($values:expr) => {
            rows().flat_map(|row| $values[row.element.row * width..][..width].iter().copied()).collect::<Vec<_>>()
        };
    }
    macro_rules! changed {
        ($values:expr, $element:ty) => {{
            let mut all = copied!($values);
            for (at, row) in rows().enumerate().filter(|(_, row)| row.element.input == input) {
                all[at * width + row.element.at] = row.value as $element;
            }
            Tensor::new(shape, all)
        }};
    }
    match view.data() {
        DataView::F32(values) => changed!(values, f32),
        DataView::F64(values) => changed!(values, f64),
        DataView::I64(values) => Tensor::new(shape, copied!(values)),
        DataView::I32(values) => Tensor::new(shape, copied!(values)),
        DataView::U8(values) => Tensor::new(shape, copied!(values)),
        DataView::Bool(values) => Tensor::new(shape, copied!(values)),
        DataView::Strings(texts) => {
            let places = rows().flat_map(|row| row.element.row * width..(row.element.row + 1) * width);
            let texts = places.map(|at| texts.get(at)).collect::<Result<Vec<&str>, _>>()?;
            Tensor::new(shape, texts.into_iter().collect::<Strings>())
        }
    }
}

/// A reduced value, and the size of what was added up for it.
#[derive(Debug, Clone, Copy, Default)]
struct Reduced {
    value: f64,
    size: f64,
}

/// The reduced value of every row.
fn reduced(request: &GradientRequest, calls: &[Tensor]) -> Result<Vec<Reduced>, kipos_plugin_api::PluginError> {
    let views: Vec<TensorView<'_>> = calls.iter().map(Tensor::view).collect();
    let weights = request.weights_of_calls(&views)?;
    let rows = views.first().map_or(0, TensorView::rows);
    let mut sums = vec![(0.0, 0.0, 0.0); rows];
    for (view, weights) in views.iter().zip(&weights) {
        let (values, weights) = (floats(view), floats(&weights.view()));
        let width = (values.len() / rows.max(1)).max(1);
        for ((sum, values), weights) in sums.iter_mut().zip(values.chunks(width)).zip(weights.chunks(width)) {
            for (value, weight) in values.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
                sum.0 += weight * value;
                sum.1 += (weight * value).powi(2);
                sum.2 += weight.abs();
            }
        }
    }
    let one = |(sum, squares, count): (f64, f64, f64)| match request.reduce {
        Reduce::Sum => Reduced { value: sum, size: squares.sqrt() },
        // Of several that tie, the value is that of one.
        _ if count > 0.0 => Reduced { value: sum / count, size: (squares / count).sqrt() },
        _ => Reduced::default(),
    };
    Ok(sums.into_iter().map(one).collect())
}

/// The numbers of a tensor of floats.
pub(super) fn floats(view: &TensorView<'_>) -> Vec<f64> {
    match view.data() {
        DataView::F32(values) => values.iter().map(|&value| f64::from(value)).collect(),
        DataView::F64(values) => values.to_vec(),
        _ => Vec::new(),
    }
}

fn slope(moves: &[Move], values: &[Reduced]) -> Slopes {
    let between = |a: usize, b: usize| (values[b].value - values[a].value) / (moves[b].value - moves[a].value);
    let (left, right) = (between(2, 0), between(0, 3));
    let rounding = 4.0 * moves[0].precision * values[0].size.max(SIZE_INSIDE) / (moves[3].value - moves[2].value).abs();
    Slopes { wide: between(1, 4), narrow: between(2, 3), sides: [left.min(right), left.max(right)], rounding }
}
