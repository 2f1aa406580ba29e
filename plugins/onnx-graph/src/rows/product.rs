//! Operators on several tensors: element by element, and products.

use super::step::Step;
use super::value::{Extent, Rows, Value};

/// Why a product mixes rows.
const WITH_EACH_OTHER: &str = "combines the rows of the batch with each other";

impl Step<'_> {
    /// Element by element, after repeating axes of length 1.
    pub fn broadcast(&self) -> Option<Value> {
        self.arithmetic(|_, _| None)
    }

    /// As [`broadcast`](Self::broadcast), by an operator that graphs compute shapes with.
    pub fn arithmetic(&self, compute: fn(i64, i64) -> Option<i64>) -> Option<Value> {
        if let Some(sizes) = self.computed_sizes(compute) {
            return Some(sizes);
        }
        let inputs = (0..self.node.input.len()).filter(|&index| self.node.input_at(index).is_some());
        let values: Vec<&Value> = inputs.map(|index| self.value(index)).collect::<Option<_>>()?;
        self.broadcast_of(&values)
    }

    pub fn broadcast_of(&self, values: &[&Value]) -> Option<Value> {
        let shapes = values.iter().map(|value| value.shape.as_deref()).collect::<Option<Vec<&[Extent]>>>();
        let Some(shapes) = shapes else { return self.unranked(values) };
        let rank = shapes.iter().map(|shape| shape.len()).max()?;
        let mut shape = vec![Extent::Known(1); rank];
        for own in &shapes {
            for (slot, &extent) in shape.iter_mut().rev().zip(own.iter().rev()) {
                *slot = repeated(*slot, extent);
            }
        }
        let mut rows = Rows::Free;
        for (value, own) in values.iter().zip(&shapes) {
            let Rows::Along { axis, each } = value.rows else { continue };
            let found = Rows::Along { axis: axis + rank - own.len(), each };
            match &rows {
                Rows::Free => rows = found,
                Rows::Along { axis, .. } if found != rows => {
                    // Blocks of unlike length are a question of shapes, other axes one of rows.
                    let same_axis = matches!(found, Rows::Along { axis: other, .. } if other == *axis);
                    return (!same_axis).then(|| self.mixes(WITH_EACH_OTHER));
                }
                _ => {}
            }
        }
        if let Rows::Along { axis, .. } = rows {
            // What has elements of its own for each row makes the answer depend on the place in the batch.
            let own = |shape: &[Extent]| Some(shape[(axis + shape.len()).checked_sub(rank)?]);
            let differs = |shape: &[Extent]| !matches!(own(shape), None | Some(Extent::Known(1) | Extent::Rows));
            if values.iter().zip(&shapes).any(|(value, shape)| value.rows == Rows::Free && differs(shape)) {
                return None;
            }
        }
        Some(Value::new(rows, Some(shape)))
    }

    /// The result where the number of axes is not known: only a single number leaves the other as it is.
    fn unranked(&self, values: &[&Value]) -> Option<Value> {
        let mut others = values.iter().filter(|value| value.rank() != Some(0));
        let only = others.next().filter(|_| others.next().is_none())?;
        Some(Value::new(only.rows.clone(), None))
    }

    pub fn matmul(&self) -> Option<Value> {
        let (a, b) = (self.value(0)?, self.value(1)?);
        let (left, right) = (a.shape.as_ref()?, b.shape.as_ref()?);
        if left.is_empty() || right.is_empty() {
            return None;
        }
        // Which axes of the factors the product adds over.
        let (inner_a, inner_b) = (left.len() - 1, right.len().saturating_sub(2));
        let batch = left.len().max(right.len()).max(2) - 2;
        let mut shape = vec![Extent::Known(1); batch];
        for own in [left, right] {
            let own = &own[..own.len().saturating_sub(2)];
            for (slot, &extent) in shape.iter_mut().rev().zip(own.iter().rev()) {
                *slot = repeated(*slot, extent);
            }
        }
        // Where an axis of a factor is in the product.
        let place = |axis: usize, rank: usize, kept: usize| match axis {
            axis if axis + 2 < rank => batch + axis + 2 - rank,
            _ => kept,
        };
        let of_b = if left.len() > 1 { batch + 1 } else { batch };
        if left.len() > 1 {
            shape.push(left[left.len() - 2]);
        }
        if right.len() > 1 {
            shape.push(right[right.len() - 1]);
        }
        let along = |value: &Value, inner: usize, rank: usize, kept: usize| match value.rows {
            Rows::Along { axis, .. } if axis == inner => Some(Err(())),
            Rows::Along { axis, each } => Some(Ok((place(axis, rank, kept), each))),
            _ => None,
        };
        let found = [along(a, inner_a, left.len(), batch), along(b, inner_b, right.len(), of_b)];
        Some(self.joined(found.into_iter().flatten(), shape))
    }

    pub fn gemm(&self) -> Option<Value> {
        let (a, b) = (self.value(0)?, self.value(1)?);
        let (left, right) = (a.shape.as_ref()?, b.shape.as_ref()?);
        let ([_, _], [_, _]) = (left.as_slice(), right.as_slice()) else { return None };
        let (turn_a, turn_b) = (self.attribute("transA", 0) != 0, self.attribute("transB", 0) != 0);
        let (outer_a, outer_b) = (usize::from(turn_a), usize::from(!turn_b));
        let along = |value: &Value, outer: usize, kept: usize| match value.rows {
            Rows::Along { axis, each } if axis == outer => Some(Ok((kept, each))),
            Rows::Along { .. } => Some(Err(())),
            _ => None,
        };
        let mut found: Vec<_> = [along(a, outer_a, 0), along(b, outer_b, 1)].into_iter().flatten().collect();
        if let Some(added) = self.value(2)
            && let Rows::Along { axis, each } = added.rows
        {
            found.push(Ok((axis + 2 - added.rank()?.min(2), each)));
        }
        Some(self.joined(found.into_iter(), vec![left[outer_a], right[outer_b]]))
    }

    pub fn einsum(&self) -> Option<Value> {
        let equation: String = self.node.text("equation")?.replace(' ', "");
        let (operands, result) = equation.split_once("->").filter(|_| !equation.contains('.'))?;
        let mut letters = std::collections::HashMap::new();
        let mut found = Vec::new();
        for (index, operand) in operands.split(',').enumerate() {
            let value = self.value(index)?;
            if let Some(shape) = &value.shape {
                letters.extend(operand.chars().zip(shape.iter().copied()));
            }
            if let Rows::Along { axis, each } = value.rows {
                let letter = operand.chars().nth(axis)?;
                found.push(result.find(letter).map(|at| (at, each)).ok_or(()));
            }
        }
        let shape = result.chars().map(|letter| letters.get(&letter).copied().unwrap_or(Extent::Any)).collect();
        Some(self.joined(found.into_iter(), shape))
    }

    /// The result, given where the rows of every factor come to be in it; an error is an axis that is added up.
    fn joined(&self, found: impl Iterator<Item = Result<(usize, usize), ()>>, shape: Vec<Extent>) -> Value {
        let mut rows = Rows::Free;
        for place in found {
            let Ok((axis, each)) = place else { return self.mixes("adds up the rows of the batch") };
            let own = Rows::Along { axis, each };
            if rows != Rows::Free && rows != own {
                return self.mixes(WITH_EACH_OTHER);
            }
            rows = own;
        }
        Value::new(rows, Some(shape))
    }
}

/// The length of an axis of two tensors, one of which may have length 1.
fn repeated(a: Extent, b: Extent) -> Extent {
    match (a, b) {
        (Extent::Known(1), other) | (other, Extent::Known(1)) => other,
        (Extent::Known(length), _) | (_, Extent::Known(length)) => Extent::Known(length),
        (Extent::Rows, _) | (_, Extent::Rows) => Extent::Rows,
        _ => Extent::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_of_length_one_is_repeated() {
        let (one, four) = (Extent::Known(1), Extent::Known(4));
        assert_eq!(repeated(one, Extent::Rows), Extent::Rows);
        assert_eq!(repeated(Extent::Any, four), four);
        assert_eq!(repeated(Extent::Any, Extent::Any), Extent::Any);
    }
}
