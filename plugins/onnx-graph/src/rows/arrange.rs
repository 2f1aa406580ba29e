//! Operators that arrange, repeat, join and choose elements.

use super::step::Step;
use super::value::{Extent, Rows, Value, from_start};

impl Step<'_> {
    pub fn transpose(&self) -> Option<Value> {
        let x = self.value(0)?;
        let rank = x.rank()?;
        let order: Vec<usize> = match self.node.ints("perm") {
            Some(order) => order.iter().map(|&from| from_start(from, rank)).collect::<Option<_>>()?,
            None => (0..rank).rev().collect(),
        };
        let shape = x.shape.as_ref()?;
        let shape = order.iter().map(|&from| shape.get(from).copied()).collect::<Option<Vec<Extent>>>()?;
        let rows = match x.rows {
            Rows::Along { axis, each } => Rows::Along { axis: order.iter().position(|&from| from == axis)?, each },
            ref other => other.clone(),
        };
        Some(Value { rows, shape: Some(shape), sizes: self.transposed_sizes(&order) })
    }

    pub fn reshape(&self) -> Option<Value> {
        let x = self.value(0)?;
        let wanted = self.value(1)?.sizes.clone()?;
        let copies = self.attribute("allowzero", 0) == 0;
        let at = |(axis, size): (usize, Extent)| match size {
            Extent::Known(0) if copies => x.shape.as_ref().and_then(|shape| shape.get(axis).copied()),
            Extent::Known(-1) => Some(Extent::Any),
            other => Some(other),
        };
        let mut shape = wanted.iter().copied().enumerate().map(at).collect::<Option<Vec<Extent>>>()?;
        let open = wanted.iter().position(|&size| size == Extent::Known(-1));
        let Rows::Along { axis, each } = x.rows else {
            let sizes = x.sizes.clone();
            if let (Some(open), Some(sizes)) = (open, &sizes) {
                let others = shape.iter().enumerate().filter(|(axis, _)| *axis != open);
                let others = others.map(|(_, extent)| extent.known()).product::<Option<usize>>();
                let length = others.and_then(|others| sizes.len().checked_div(others));
                shape[open] = length.map_or(Extent::Any, |length| Extent::Known(length as i64));
            }
            return Some(Value { rows: x.rows.clone(), shape: Some(shape), sizes });
        };
        let own = x.shape.as_ref()?;
        // The axes up to that of the rows stay as they are.
        let stays = |(now, before): (&Extent, &Extent)| now == before && *now != Extent::Any;
        if shape.len() > axis && own.len() > axis && shape.iter().zip(own).take(axis + 1).all(stays) {
            self.fill(&mut shape, open, x);
            return Some(Value::new(Rows::Along { axis, each }, Some(shape)));
        }
        // Each row stays together: its elements fill whole elements of the first axis that is not of length 1.
        let elements = x.row_elements()?;
        let first = shape.iter().position(|&extent| extent != Extent::Known(1))?;
        let behind: usize = shape[first + 1..].iter().map(|extent| extent.known()).product::<Option<usize>>()?;
        if behind == 0 || !elements.is_multiple_of(behind) {
            return None;
        }
        let each = elements / behind;
        if shape[first] == Extent::Any && each == 1 {
            shape[first] = own[0];
        }
        Some(Value::new(Rows::Along { axis: first, each }, Some(shape)))
    }

    /// Finds the length that a new shape leaves open, if each row has as many elements as before.
    fn fill(&self, shape: &mut [Extent], open: Option<usize>, x: &Value) {
        let (Some(open), Some(elements)) = (open.filter(|&open| open > 0), x.row_elements()) else { return };
        let others = shape.iter().enumerate().skip(1).filter(|(axis, _)| *axis != open);
        let known = others.map(|(_, extent)| extent.known()).product::<Option<usize>>();
        if let Some(known) = known.filter(|&known| known > 0 && elements.is_multiple_of(known)) {
            shape[open] = Extent::Known((elements / known) as i64);
        }
    }

    pub fn flatten(&self) -> Option<Value> {
        let x = self.value(0)?;
        let shape = x.shape.as_ref()?;
        let from = match self.attribute("axis", 1) {
            axis if axis == shape.len() as i64 => shape.len(),
            axis => from_start(axis, shape.len())?,
        };
        let product = |part: &[Extent]| match part {
            [] => Extent::Known(1),
            [only] => *only,
            part => part
                .iter()
                .map(|extent| extent.known())
                .product::<Option<usize>>()
                .map_or(Extent::Any, |length| Extent::Known(length as i64)),
        };
        let flat = vec![product(&shape[..from]), product(&shape[from..])];
        let Rows::Along { axis, each } = x.rows else { return Some(Value::new(x.rows.clone(), Some(flat))) };
        if axis != 0 {
            return None;
        }
        let (axis, own) = if from == 0 { (1, shape) } else { (0, &shape[..from].to_vec()) };
        let inner: usize = own[1..].iter().map(|extent| extent.known()).product::<Option<usize>>()?;
        Some(Value::new(Rows::Along { axis, each: each * inner }, Some(flat)))
    }

    pub fn squeeze(&self) -> Option<Value> {
        let x = self.value(0)?;
        let shape = x.shape.as_ref()?;
        let axes: Vec<usize> = match self.node.input_at(1) {
            Some(_) => self.ints(1)?.iter().map(|&axis| from_start(axis, shape.len())).collect::<Option<_>>()?,
            None if shape.contains(&Extent::Any) => return None,
            None => (0..shape.len()).filter(|&axis| shape[axis] == Extent::Known(1)).collect(),
        };
        let kept: Vec<usize> = (0..shape.len()).filter(|axis| !axes.contains(axis)).collect();
        let rows = match x.rows {
            Rows::Along { axis, each } => Rows::Along { axis: kept.iter().position(|&kept| kept == axis)?, each },
            ref other => other.clone(),
        };
        let shape = kept.iter().map(|&axis| shape[axis]).collect();
        Some(Value { rows, shape: Some(shape), sizes: x.sizes.clone() })
    }

    pub fn unsqueeze(&self) -> Option<Value> {
        let x = self.value(0)?;
        let shape = x.shape.as_ref()?;
        let given = self.ints(1)?;
        let rank = shape.len() + given.len();
        let new: Vec<usize> = given.iter().map(|&axis| from_start(axis, rank)).collect::<Option<_>>()?;
        let mut old = shape.iter().copied().enumerate();
        let (mut grown, mut rows) = (Vec::with_capacity(rank), x.rows.clone());
        for axis in 0..rank {
            if new.contains(&axis) {
                grown.push(Extent::Known(1));
                continue;
            }
            let (from, extent) = old.next()?;
            if let Rows::Along { axis: own, each } = x.rows
                && own == from
            {
                rows = Rows::Along { axis, each };
            }
            grown.push(extent);
        }
        Some(Value { rows, shape: Some(grown), sizes: x.sizes.clone() })
    }

    pub fn expand(&self) -> Option<Value> {
        let (x, to) = (self.value(0)?, self.value(1)?);
        let length = match to.shape.as_deref() {
            Some([Extent::Known(length)]) => usize::try_from(*length).ok(),
            _ => to.sizes.as_ref().map(Vec::len),
        }?;
        let target = Value::new(Rows::Free, to.sizes.clone().or(Some(vec![Extent::Any; length])));
        self.broadcast_of(&[x, &target])
    }

    pub fn tile(&self) -> Option<Value> {
        let x = self.value(0)?;
        let repeats = self.ints(1)?;
        let times = |(extent, &repeat): (&Extent, &i64)| match (extent, repeat) {
            (extent, 1) => *extent,
            (Extent::Known(length), repeat) => Extent::Known(length * repeat),
            _ => Extent::Any,
        };
        let shape = x.shape.as_ref()?.iter().zip(&repeats).map(times).collect();
        let repeated = x.row_axis().is_some_and(|axis| repeats.get(axis) != Some(&1));
        (!repeated).then(|| Value::new(x.rows.clone(), Some(shape)))
    }

    pub fn concat(&self) -> Option<Value> {
        let parts: Vec<&Value> = (0..self.node.input.len()).map(|index| self.value(index)).collect::<Option<_>>()?;
        if let Some(sizes) = self.concatenated_sizes(&parts) {
            return Some(sizes);
        }
        let mut shape = parts.iter().find_map(|part| part.shape.clone())?;
        let axis = from_start(self.attribute("axis", 0), shape.len())?;
        let length = |part: &&Value| part.shape.as_ref()?.get(axis)?.known();
        let total = parts.iter().map(length).sum::<Option<usize>>();
        *shape.get_mut(axis)? = total.map_or(Extent::Any, |length| Extent::Known(length as i64));
        let mut rows = Rows::Free;
        for part in parts {
            match (&rows, &part.rows) {
                // One batch after another: what follows may part them again.
                (_, Rows::Along { axis: own, .. }) if *own == axis => return None,
                (Rows::Free, _) => rows = part.rows.clone(),
                (_, Rows::Free) => {}
                (rows, other) if *rows == *other => {}
                _ => return None,
            }
        }
        if let Rows::Along { axis, .. } = rows {
            shape[axis] = self.length_of_rows(axis).unwrap_or(shape[axis]);
        }
        Some(Value::new(rows, Some(shape)))
    }

    /// The length of the axis of rows among the inputs that have them.
    fn length_of_rows(&self, axis: usize) -> Option<Extent> {
        let mut values = (0..self.node.input.len()).filter_map(|index| self.value(index));
        values.find(|value| value.row_axis() == Some(axis))?.shape.as_ref()?.get(axis).copied()
    }

    pub fn slice(&self) -> Option<Value> {
        let x = self.value(0)?;
        if let Some(sizes) = self.sliced_sizes() {
            return Some(sizes);
        }
        let mut shape = x.shape.clone()?;
        let axes = if self.node.input_at(3).is_some() { self.ints(3)? } else { (0..shape.len() as i64).collect() };
        // Without axes, as many as there are starts.
        let count = self.value(1)?.sizes.as_ref().map_or(axes.len(), Vec::len);
        for &axis in axes.iter().take(count) {
            let axis = from_start(axis, shape.len())?;
            if x.row_axis() == Some(axis) {
                return None;
            }
            *shape.get_mut(axis)? = Extent::Any;
        }
        Some(Value::new(x.rows.clone(), Some(shape)))
    }

    pub fn pad(&self) -> Option<Value> {
        let x = self.value(0)?;
        let shape = x.shape.as_ref()?;
        let pads = self.ints(1)?;
        let axes: Vec<usize> = match self.node.input_at(3) {
            Some(_) => self.ints(3)?.iter().map(|&axis| from_start(axis, shape.len())).collect::<Option<_>>()?,
            None => (0..shape.len()).collect(),
        };
        let (before, after) = pads.split_at_checked(axes.len())?;
        let mut padded = shape.clone();
        for ((&axis, before), after) in axes.iter().zip(before).zip(after) {
            if before + after != 0 && x.row_axis() == Some(axis) {
                return None;
            }
            let extent = padded.get_mut(axis)?;
            *extent = match *extent {
                same if (*before, *after) == (0, 0) => same,
                Extent::Known(length) => Extent::Known(length + before + after),
                _ => Extent::Any,
            };
        }
        Some(Value::new(x.rows.clone(), Some(padded)))
    }

    /// Larger or smaller pictures, if the first two axes keep their length. `scales`: the input that holds them.
    pub fn resize(&self, scales: usize) -> Option<Value> {
        let x = self.value(0)?;
        let scales = self.value(scales)?;
        let own = x.row_axis()?;
        let rank = x.rank()?;
        // Scales are fractions, which are not among the numbers that are followed; they begin with the batch, whose
        // length no network changes, and an output that has another number of rows is refused in any case.
        let all = scales.shape.as_deref() == Some(&[Extent::Known(rank as i64)]);
        if !all || own != 0 || self.node.ints("axes").is_some() {
            return None;
        }
        let shape = [&x.shape.as_ref()?[..1], &vec![Extent::Any; rank - 1]].concat();
        Some(Value::new(x.rows.clone(), Some(shape)))
    }

    pub fn gather(&self) -> Option<Value> {
        let (data, indices) = (self.value(0)?, self.value(1)?);
        if let Some(sizes) = self.gathered_sizes() {
            return Some(sizes);
        }
        let shape = data.shape.as_ref()?;
        let axis = from_start(self.attribute("axis", 0), shape.len())?;
        let chosen = indices.shape.as_ref()?;
        let shape = [&shape[..axis], chosen, &shape[axis + 1..]].concat();
        let rows = match (&data.rows, &indices.rows) {
            (Rows::Along { axis: own, each }, Rows::Free) if *own < axis => Rows::Along { axis: *own, each: *each },
            (Rows::Along { axis: own, each }, Rows::Free) if *own > axis => {
                Rows::Along { axis: own + chosen.len() - 1, each: *each }
            }
            (Rows::Free, Rows::Along { axis: own, each }) => Rows::Along { axis: axis + own, each: *each },
            (Rows::Free, Rows::Free) => Rows::Free,
            _ => return None,
        };
        Some(Value::new(rows, Some(shape)))
    }

    pub fn one_hot(&self) -> Option<Value> {
        let x = self.value(0)?;
        if !self.is_free(2) {
            return None;
        }
        let mut shape = x.shape.clone()?;
        let new = from_start(self.attribute("axis", -1), shape.len() + 1)?;
        shape.insert(new.min(shape.len()), Extent::Any);
        let rows = match x.rows {
            Rows::Along { axis, each } => Rows::Along { axis: if axis >= new { axis + 1 } else { axis }, each },
            ref other => other.clone(),
        };
        Some(Value::new(rows, Some(shape)))
    }
}
