//! Whole numbers that graphs compute shapes with.

use super::step::Step;
use super::value::{Extent, Rows, Value, from_start};

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
        Some(Value::new(Rows::Free, self.value(0)?.sizes.clone()))
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

    pub fn sliced_sizes(&self) -> Option<Value> {
        let data = self.value(0)?;
        let sizes = data.sizes.as_ref().filter(|_| data.rank() == Some(1))?;
        let one = |index: usize| self.ints(index).filter(|all| all.len() == 1).map(|all| all[0]);
        let step = if self.node.input_at(4).is_some() { one(4)? } else { 1 };
        if step != 1 {
            return None;
        }
        let length = sizes.len() as i64;
        let clamped = |at: i64| (if at < 0 { at + length } else { at }).clamp(0, length) as usize;
        let chosen = sizes.get(clamped(one(1)?)..clamped(one(2)?)).unwrap_or_default().to_vec();
        let length = Extent::Known(chosen.len() as i64);
        Some(Value::of_sizes(chosen, Some(vec![length])))
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
