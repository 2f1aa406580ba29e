//! Whole numbers that graphs compute shapes with.

use super::step::Step;
use super::value::{Extent, MOST_SIZES, Rows, Value, from_start};
use crate::tensor::Constant;

impl Step<'_> {
    /// The lengths of the axes of the input.
    pub fn shape_of_input(&self) -> Value {
        let Some(x) = self.value(0).filter(|x| x.rows != Rows::Unknown) else { return Value::unknown() };
        let Some(shape) = &x.shape else { return Value::new(Rows::Count, None) };
        let rank = shape.len() as i64;
        let clamped = |at: i64| (if at < 0 { at + rank } else { at }).clamp(0, rank) as usize;
        let (start, end) = (clamped(self.attribute("start", 0)), clamped(self.attribute("end", rank)));
        let sizes = shape.get(start..end).unwrap_or_default().to_vec();
        let length = Extent::Known(sizes.len() as i64);
        Value::of_sizes(sizes, Some(vec![length]))
    }

    /// A tensor of the shape that the input holds.
    pub fn constant_of_shape(&self) -> Option<Value> {
        let shape = self.value(0)?.sizes.clone();
        let known = shape.as_deref().and_then(elements).filter(|&count| count <= MOST_SIZES);
        let filling = self.node.attribute("value").and_then(|value| value.t.as_ref()?.constant());
        Some(match (known, filling) {
            (Some(count), Some(Constant::Ints(filling))) if filling.len() == 1 => {
                Value::of_sizes(vec![Extent::Known(filling[0]); count], shape)
            }
            _ => Value::new(Rows::Free, shape),
        })
    }

    /// Numbers in the order of other axes.
    pub fn transposed_sizes(&self, order: &[usize]) -> Option<Vec<Extent>> {
        let x = self.value(0)?;
        let (sizes, shape) = (x.sizes.as_ref()?, lengths(x.shape.as_deref()?)?);
        let [rows, columns] = *shape.as_slice() else { return (shape.len() < 2).then(|| sizes.clone()) };
        let turned = (0..rows * columns).map(|at| sizes.get(at % rows * columns + at / rows).copied());
        if order == [0, 1] { Some(sizes.clone()) } else { turned.collect() }
    }

    pub fn concatenated_sizes(&self, parts: &[&Value]) -> Option<Value> {
        let sizes: Vec<Vec<Extent>> =
            parts.iter().map(|part| part.sizes.clone().filter(|_| part.rank() == Some(1))).collect::<Option<_>>()?;
        let sizes = sizes.concat();
        let length = Extent::Known(sizes.len() as i64);
        Some(Value::of_sizes(sizes, Some(vec![length])))
    }

    pub fn gathered_sizes(&self) -> Option<Value> {
        let (data, indices) = (self.value(0)?, self.value(1)?);
        let sizes = data.sizes.as_ref().filter(|_| data.rank() == Some(1))?;
        let at = |&index: &i64| sizes.get(from_start(index, sizes.len())?).copied();
        let chosen = indices.ints()?.iter().map(at).collect::<Option<Vec<Extent>>>()?;
        Some(Value::of_sizes(chosen, indices.shape.clone()))
    }

    /// Numbers along the first axis, or rows of a table of numbers.
    pub fn sliced_sizes(&self) -> Option<Value> {
        let data = self.value(0)?;
        let (sizes, mut shape) = (data.sizes.as_ref()?, data.shape.clone()?);
        let one = |index: usize| self.ints(index).filter(|all| all.len() == 1).map(|all| all[0]);
        let step = if self.node.input_at(4).is_some() { one(4)? } else { 1 };
        let is_first = self.node.input_at(3).is_none() || from_start(one(3)?, shape.len())? == 0;
        let length = lengths(&shape)?.first().copied().filter(|_| is_first)?;
        let places = sliced(one(1)?, one(2)?, step, length as i64)?;
        let width = sizes.len() / length.max(1);
        let row = |&place: &usize| sizes.get(place * width..(place + 1) * width);
        let chosen = places.iter().map(row).collect::<Option<Vec<&[Extent]>>>()?.concat();
        shape[0] = Extent::Known(places.len() as i64);
        Some(Value::of_sizes(chosen, Some(shape)))
    }

    /// What becomes of known numbers, pair by pair.
    pub fn computed_sizes(&self, compute: fn(i64, i64) -> Option<i64>) -> Option<Value> {
        let (a, b) = (self.value(0)?, self.value(1)?);
        let (left, right) = (a.ints()?, b.ints()?);
        let count = left.len().max(right.len());
        let at = |all: &[i64], index: usize| all.get(if all.len() == 1 { 0 } else { index }).copied();
        let one = |index: usize| compute(at(&left, index)?, at(&right, index)?);
        let computed = (0..count).map(|index| one(index).map(Extent::Known)).collect::<Option<Vec<Extent>>>()?;
        let shape = if left.len() >= right.len() { a.shape.clone() } else { b.shape.clone() };
        Some(Value::of_sizes(computed, shape))
    }
}

/// The lengths of all axes, if they are known.
fn lengths(shape: &[Extent]) -> Option<Vec<usize>> {
    shape.iter().map(|extent| extent.known()).collect()
}

/// The elements of a tensor of this shape.
fn elements(shape: &[Extent]) -> Option<usize> {
    lengths(shape)?.into_iter().try_fold(1usize, usize::checked_mul)
}

/// The places that a slice takes, forwards or backwards.
fn sliced(start: i64, end: i64, step: i64, length: i64) -> Option<Vec<usize>> {
    let at = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
    let (start, end) = match step {
        0 => return None,
        1.. => (at(start).clamp(0, length), at(end).clamp(0, length)),
        _ => (at(start).clamp(-1, length - 1), at(end).clamp(-1, length - 1)),
    };
    let count = if step > 0 { end - start } else { start - end }.max(0) as u64;
    (0..count.div_ceil(step.unsigned_abs())).map(|index| usize::try_from(start + index as i64 * step).ok()).collect()
}
