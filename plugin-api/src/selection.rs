//! What a gradient is taken of: the elements of a row that a filter selects, and the weight of each.
//!
//! Backends agree on gradients because they all ask here. The number that is differentiated is, row by row, the sum of
//! the layer's elements times their weights; a backend only carries the weights back to the inputs.

use crate::{
    DType, DataView, FilterItem, GradientRequest, PluginError, Reduce, Result, Tensor, TensorData, TensorView,
};

/// The elements of one row of a layer that a filter selects.
///
/// The items index the axes after the batch axis as in NumPy's basic indexing: negative numbers count from the end,
/// the bounds of slices are clipped, axes without an item are whole, and one `...` stands for as many whole axes as are
/// left over. An item more than there are axes is accepted if the first is `:`, which then means the batch axis.
///
/// ```
/// use kipos_plugin_api::{FilterItem, Selection};
/// let last = Selection::new(&[FilterItem::Ellipsis, FilterItem::Index(-1)], &[2, 3])?;
/// assert_eq!(last.mask(), [false, false, true, false, false, true]);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// For every axis of the row, whether each of its indices is selected.
    axes: Vec<Vec<bool>>,
}

impl Selection {
    /// The selection of `filter` in rows of `row_shape`, the shape of the layer's value without the batch axis.
    /// An empty filter selects everything.
    ///
    /// # Errors
    /// [`ErrorKind::INVALID_ARGUMENT`](crate::ErrorKind::INVALID_ARGUMENT): more items than axes, two ellipses, an
    /// index out of range, a step of 0, or a slice that selects nothing of an axis.
    pub fn new(filter: &[FilterItem], row_shape: &[usize]) -> Result<Self> {
        let refuse = |problem: String| {
            Err(PluginError::invalid_argument(format!(
                "the filter {} does not fit rows of shape {row_shape:?}: {problem}",
                Shown(filter)
            )))
        };
        let ellipses = filter.iter().filter(|item| **item == FilterItem::Ellipsis).count();
        let axes = row_shape.len();
        let mut items = filter;
        if filter.len() - ellipses == axes + 1 && filter.first() == Some(&FilterItem::ALL) {
            items = &filter[1..];
        }
        if ellipses > 1 {
            return refuse("only one `...` can stand for the axes that are left over".into());
        }
        if items.len() - ellipses > axes {
            let most = match axes {
                0 => "such a row is a single number, which takes no item".into(),
                _ => format!("it has {} items for {axes} axes; the batch axis is not counted", items.len() - ellipses),
            };
            return refuse(most);
        }
        let left_over = axes + ellipses - items.len();
        let mut selected = Vec::with_capacity(axes);
        for item in items {
            match item {
                FilterItem::Ellipsis => selected.extend((0..left_over).map(|_| FilterItem::ALL)),
                item => selected.push(*item),
            }
        }
        selected.resize(axes, FilterItem::ALL);
        let mut masks = Vec::with_capacity(axes);
        for (axis, (item, &length)) in selected.iter().zip(row_shape).enumerate() {
            match select(*item, length) {
                Ok(mask) => masks.push(mask),
                Err(problem) => return refuse(format!("on axis {axis}, {problem}")),
            }
        }
        Ok(Self { axes: masks })
    }

    /// Whether each element of the row is selected, row-major.
    pub fn mask(&self) -> Vec<bool> {
        self.axes.iter().fold(vec![true], |outer, axis| {
            outer.iter().flat_map(|&selected| axis.iter().map(move |&inner| selected && inner)).collect()
        })
    }
}

/// The indices of one axis that one item selects, or what is wrong with it.
fn select(item: FilterItem, length: usize) -> Result<Vec<bool>, String> {
    let mut mask = vec![false; length];
    let end = length as i128;
    match item {
        FilterItem::Ellipsis => mask.fill(true),
        FilterItem::Index(index) => {
            let from_start = i128::from(index) + if index < 0 { end } else { 0 };
            match usize::try_from(from_start).ok().and_then(|index| mask.get_mut(index)) {
                Some(selected) => *selected = true,
                None => return Err(format!("index {index} is out of range: there are {length} elements")),
            }
        }
        FilterItem::Slice { start, stop, step } => {
            let step = i128::from(step.unwrap_or(1));
            let (lowest, highest) = match step {
                0 => return Err(format!("the slice {item} has a step of 0")),
                1.. => (0, end),
                _ => (-1, end - 1),
            };
            let clip = |bound: i64| {
                let bound = i128::from(bound);
                (if bound < 0 { bound + end } else { bound }).clamp(lowest, highest)
            };
            let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
            let (mut at, stop) = (start.map_or(first, clip), stop.map_or(last, clip));
            while if step > 0 { at < stop } else { at > stop } {
                if let Some(selected) = usize::try_from(at).ok().and_then(|index| mask.get_mut(index)) {
                    *selected = true;
                }
                at += step;
            }
            if length > 0 && !mask.contains(&true) {
                return Err(format!("the slice {item} selects none of {length} elements"));
            }
        }
    }
    Ok(mask)
}

impl GradientRequest {
    /// The weight of every element of the layer's value: what a backend carries back to the inputs (the cotangent).
    /// `values` is the value of the layer's only or chosen call, batch axis first; the answer has its shape and type.
    ///
    /// Elements that the filter leaves out weigh 0. Row by row, of the selected elements,
    /// - [`Reduce::Sum`] gives each 1;
    /// - [`Reduce::Max`] and [`Reduce::Min`] give 1 to each that equals the largest or smallest, 0 to the others;
    /// - [`Reduce::AbsMax`] gives each of the largest magnitude its sign: 1, -1, or 0 where all are zero.
    ///
    /// A row with a selected NaN has no extremum: all its selected elements weigh NaN (but 1 in a sum), so that its
    /// gradient is visibly undefined. No row depends on another.
    ///
    /// # Errors
    /// As [`Selection::new`]; [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) if `values` has no batch axis or is
    /// neither float32 nor float64.
    pub fn weights(&self, values: &TensorView<'_>) -> Result<Tensor> {
        let Some((_, row_shape)) = values.shape().split_first() else {
            return Err(PluginError::shape("the layer gives a single number instead of one row per sample"));
        };
        let mask = Selection::new(&self.filter, row_shape)?.mask();
        let data: TensorData = match values.data() {
            DataView::F32(values) => weigh(values, &mask, self.reduce, |weight| weight as f32).into(),
            DataView::F64(values) => weigh(values, &mask, self.reduce, |weight| weight).into(),
            other => return Err(not_float(other.dtype())),
        };
        Tensor::new(values.shape().to_vec(), data)
    }

    /// The weights of a layer that is called several times, one tensor for each of `calls`, shaped like it.
    /// A single call keeps its shape, and the filter indexes its axes. Of several, each row is flattened and they are
    /// laid one after the other, and the filter indexes that one axis.
    ///
    /// # Errors
    /// As [`weights`](Self::weights), and [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) if the calls differ in their
    /// number of rows or their type, or if there are none.
    pub fn weights_of_calls(&self, calls: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        let Some((first, others)) = calls.split_first() else {
            return Err(PluginError::shape("the layer is never called, so it has no value"));
        };
        if others.is_empty() {
            return Ok(vec![self.weights(first)?]);
        }
        if let Some(call) = others.iter().find(|call| call.rows() != first.rows() || call.dtype() != first.dtype()) {
            return Err(PluginError::shape(format!(
                "the calls of the layer cannot be joined: one gives {} rows of {}, another {} of {}",
                first.rows(),
                first.dtype(),
                call.rows(),
                call.dtype()
            )));
        }
        match first.data() {
            DataView::F32(_) => self.joined(calls, |view| match view {
                DataView::F32(values) => Some(values),
                _ => None,
            }),
            DataView::F64(_) => self.joined(calls, |view| match view {
                DataView::F64(values) => Some(values),
                _ => None,
            }),
            other => Err(not_float(other.dtype())),
        }
    }

    fn joined<T: Copy>(
        &self,
        calls: &[TensorView<'_>],
        elements: for<'a> fn(DataView<'a>) -> Option<&'a [T]>,
    ) -> Result<Vec<Tensor>>
    where
        for<'a> DataView<'a>: From<&'a [T]>,
        TensorData: From<Vec<T>>,
    {
        let rows = calls.first().map_or(0, TensorView::rows);
        let widths: Vec<usize> = calls.iter().map(|call| call.shape().iter().skip(1).product()).collect();
        let width = widths.iter().sum();
        let mut values = Vec::with_capacity(rows * width);
        for row in 0..rows {
            for (call, &width) in calls.iter().zip(&widths) {
                let slice = elements(call.data()).and_then(|values| values.get(row * width..(row + 1) * width));
                values.extend_from_slice(slice.unwrap_or_default());
            }
        }
        let weights = self.weights(&TensorView::new(&[rows, width], values.as_slice())?)?;
        let weights = elements(weights.data.view()).unwrap_or_default();
        let mut offset = 0;
        let mut parts = Vec::with_capacity(calls.len());
        for (call, &part) in calls.iter().zip(&widths) {
            let of_row = |row: usize| weights.get(row * width + offset..row * width + offset + part);
            let data: Vec<T> = (0..rows).flat_map(|row| of_row(row).unwrap_or_default()).copied().collect();
            parts.push(Tensor::new(call.shape().to_vec(), data)?);
            offset += part;
        }
        Ok(parts)
    }
}

fn not_float(found: DType) -> PluginError {
    PluginError::invalid_argument(format!("gradients need a layer of float32 or float64 values, found {found}"))
}

/// The weights of rows that are as long as `mask`. Every float32 is a float64, so comparing as float64 ties nothing.
fn weigh<T: Copy + Into<f64>>(values: &[T], mask: &[bool], reduce: Reduce, as_element: fn(f64) -> T) -> Vec<T> {
    let mut weights = Vec::with_capacity(values.len());
    // A row without elements has no weights either.
    for row in values.chunks(mask.len().max(1)) {
        let ranked = |value: T| {
            let value: f64 = value.into();
            match reduce {
                Reduce::Sum => 0.0,
                Reduce::Max => value,
                Reduce::Min => -value,
                Reduce::AbsMax => value.abs(),
            }
        };
        let selected = row.iter().zip(mask).filter(|(_, selected)| **selected).map(|(value, _)| ranked(*value));
        let top = selected.fold(f64::NEG_INFINITY, |top, rank| if top.is_nan() || rank <= top { top } else { rank });
        weights.extend(row.iter().zip(mask).map(|(&value, &selected)| {
            as_element(match reduce {
                _ if !selected => 0.0,
                _ if top.is_nan() => f64::NAN,
                _ if ranked(value) != top => 0.0,
                Reduce::AbsMax => sign(value.into()),
                Reduce::Sum | Reduce::Max | Reduce::Min => 1.0,
            })
        }));
    }
    weights
}

/// 1, -1, or 0 for either zero.
fn sign(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

/// A filter as a person would type it.
struct Shown<'a>(&'a [FilterItem]);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[")?;
        for (position, item) in self.0.iter().enumerate() {
            let comma = if position > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests;
