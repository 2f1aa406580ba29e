//! Operators that work element by element, along axes, or on each row by itself.

use super::step::Step;
use super::value::{Extent, Rows, Value, from_start};

impl Step<'_> {
    /// The first input, whatever the others are.
    pub fn first(&self) -> Option<Value> {
        self.value(0).cloned()
    }

    /// The first input as it is.
    pub fn kept(&self) -> Option<Value> {
        // A limit or scale that depends on rows is another tensor that counts.
        let alone = (1..self.node.input.len()).all(|index| self.value(index).is_none_or(|of| of.row_axis().is_none()));
        self.first().filter(|_| alone)
    }

    /// The result of working along axes that stay as long as they are.
    fn along(&self, axes: &[i64]) -> Option<Value> {
        let x = self.value(0)?;
        let Some(rows) = x.row_axis() else { return Some(Value::new(x.rows.clone(), x.shape.clone())) };
        for &axis in axes {
            // An axis that is counted from the start needs no rank.
            let axis = if axis < 0 { from_start(axis, x.rank()?)? } else { usize::try_from(axis).ok()? };
            if axis == rows {
                return Some(self.mixes_along());
            }
        }
        Some(Value::new(x.rows.clone(), x.shape.clone()))
    }

    pub fn along_last_axis(&self) -> Option<Value> {
        self.along(&[self.attribute("axis", -1)])
    }

    /// Until version 12, the axis told where all later ones begin.
    pub fn softmax(&self) -> Option<Value> {
        if self.opset >= 13 { self.along_last_axis() } else { None }
    }

    pub fn cumulative(&self) -> Option<Value> {
        self.along(&self.ints(1)?)
    }

    pub fn mean_variance_normalization(&self) -> Option<Value> {
        self.along(self.node.ints("axes").unwrap_or(&[0, 2, 3]))
    }

    /// As [`along`](Self::along), for all axes from the attribute `axis` on.
    pub fn along_later_axes(&self) -> Option<Value> {
        let rank = self.value(0)?.rank()?;
        let first = from_start(self.attribute("axis", -1), rank)?;
        if !(1..self.node.input.len()).all(|index| self.is_free(index)) {
            return None;
        }
        self.along(&(first as i64..rank as i64).collect::<Vec<i64>>())
    }

    /// As [`along`](Self::along), if the axis becomes longer or shorter.
    fn resized(&self, axis: i64) -> Option<Value> {
        let x = self.value(0)?;
        let axis = from_start(axis, x.rank()?)?;
        if x.row_axis() == Some(axis) {
            return Some(self.mixes_along());
        }
        let mut shape = x.shape.clone()?;
        *shape.get_mut(axis)? = Extent::Any;
        Some(Value::new(x.rows.clone(), Some(shape)))
    }

    pub fn top_k(&self) -> Option<Value> {
        self.resized(self.attribute("axis", -1))
    }

    pub fn split(&self) -> Option<Value> {
        // Splitting a batch into its rows, as after joining two batches, is no mistake yet.
        let mut part = self.resized(self.attribute("axis", 0)).filter(|part| !matches!(part.rows, Rows::Mixed(_)))?;
        let (whole, shape) = (self.value(0)?.shape.as_ref()?, part.shape.as_mut()?);
        let axis = from_start(self.attribute("axis", 0), shape.len())?;
        if let (Some(length), Some(own)) = (self.length_of_parts(whole.get(axis)?.known()), shape.get_mut(axis)) {
            *own = Extent::Known(length);
        }
        Some(part)
    }

    /// The length of each part of an axis that is split, if all have the same.
    fn length_of_parts(&self, whole: Option<usize>) -> Option<i64> {
        if self.node.input_at(1).is_some() {
            let lengths = self.ints(1)?;
            return lengths.first().copied().filter(|first| lengths.iter().all(|length| length == first));
        }
        let (whole, parts) = (whole?, self.node.output.len());
        whole.is_multiple_of(parts.max(1)).then(|| (whole / parts.max(1)) as i64)
    }

    pub fn reduce(&self) -> Option<Value> {
        let x = self.value(0)?;
        let given = if self.node.input_at(1).is_some() { self.ints(1)? } else { Vec::new() };
        let given = if given.is_empty() { self.node.ints("axes").unwrap_or_default().to_vec() } else { given };
        if !given.is_empty() {
            return self.reduced(&given);
        }
        if self.attribute("noop_with_empty_axes", 0) != 0 {
            return Some(Value::new(x.rows.clone(), x.shape.clone()));
        }
        if x.row_axis().is_some() {
            return Some(self.mixes_along());
        }
        let kept = self.attribute("keepdims", 1) != 0;
        let shape = x.rank().map(|rank| if kept { vec![Extent::Known(1); rank] } else { Vec::new() });
        Some(Value::new(x.rows.clone(), shape))
    }

    /// The result of reducing axes.
    fn reduced(&self, axes: &[i64]) -> Option<Value> {
        let mixed = self.along(axes)?;
        if matches!(mixed.rows, Rows::Mixed(_)) {
            return Some(mixed);
        }
        let x = self.value(0)?;
        let kept = self.attribute("keepdims", 1) != 0;
        let rank = x.rank()?;
        let axes: Vec<usize> = axes.iter().map(|&axis| from_start(axis, rank)).collect::<Option<_>>()?;
        let mut shape = x.shape.clone()?;
        if kept {
            axes.iter().filter(|&&axis| axis < rank).for_each(|&axis| shape[axis] = Extent::Known(1));
            return Some(Value::new(x.rows.clone(), Some(shape)));
        }
        let left = |axis: &usize| !axes.contains(axis);
        let shape = (0..rank).filter(left).map(|axis| shape[axis]).collect();
        let rows = match x.rows {
            Rows::Along { axis, each } => Rows::Along { axis: (0..axis).filter(left).count(), each },
            ref other => other.clone(),
        };
        Some(Value::new(rows, Some(shape)))
    }

    /// The positions of extremes.
    pub fn chosen(&self) -> Option<Value> {
        self.reduced(&[self.attribute("axis", 0)])
    }

    /// The result of an operator that takes its first axis for that of the batch, and computes each element of it alone.
    pub fn row_by_row(&self, shape: impl FnOnce(&[Extent]) -> Vec<Extent>) -> Option<Value> {
        let x = self.value(0)?;
        let free = (1..self.node.input.len()).all(|index| self.value(index).is_none_or(|of| of.row_axis().is_none()));
        let first = x.row_axis().is_none_or(|axis| axis == 0);
        let shape = x.shape.as_ref().filter(|shape| shape.len() >= 2).map(|known| shape(known));
        (free && first).then(|| Value::new(x.rows.clone(), shape))
    }

    /// As [`row_by_row`](Self::row_by_row), in the same shape.
    pub fn kept_row_by_row(&self) -> Option<Value> {
        self.row_by_row(|shape| shape.to_vec())
    }

    /// As [`row_by_row`](Self::row_by_row), with other channels and positions.
    pub fn resized_row_by_row(&self) -> Option<Value> {
        self.row_by_row(|shape| [&shape[..1], &vec![Extent::Any; shape.len() - 1]].concat())
    }

    pub fn batch_normalization(&self) -> Option<Value> {
        let x = self.value(0)?;
        // Until version 13, further results told that it trains.
        let further = self.node.output.iter().skip(1).any(|name| !name.is_empty());
        if self.attribute("training_mode", 0) != 0 || further {
            return x
                .row_axis()
                .is_some()
                .then(|| self.mixes("is in training mode, in which rows depend on each other"));
        }
        self.kept_row_by_row()
    }

    pub fn dynamic_quantization(&self) -> Option<Value> {
        let x = self.value(0)?;
        x.row_axis().is_some().then(|| self.mixes("scales all rows by the extremes of the whole batch"))
    }

    /// The states of recurrent layers: of all steps, then the last.
    pub fn recurrent(&self) -> Option<Vec<Value>> {
        let x = self.value(0)?;
        let rows = if self.attribute("layout", 0) == 0 { 1 } else { 0 };
        let axis = x.row_axis();
        if axis == Some(1 - rows) {
            return Some(vec![self.mixes("reads the rows of the batch as steps, one after the other")]);
        }
        // Initial states have their rows behind the direction, or first.
        let fits = |index: usize| self.value(index).and_then(Value::row_axis).is_none_or(|axis| axis == rows);
        if axis != Some(rows) || !(5..=6).all(fits) {
            return None;
        }
        if (1..self.node.input.len()).any(|index| !(5..=6).contains(&index) && !self.is_free(index)) {
            return None;
        }
        let Rows::Along { each, .. } = x.rows else { return None };
        let shape = x.shape.as_ref()?;
        let length = |axis: usize| shape.get(axis).copied().unwrap_or(Extent::Any);
        let hidden = self.node.int("hidden_size").map_or(Extent::Any, Extent::Known);
        let ways = Extent::Known(if self.node.text("direction") == Some("bidirectional") { 2 } else { 1 });
        let (all, last) = match rows {
            1 => ((2, vec![length(0), ways, length(1), hidden]), (1, vec![ways, length(1), hidden])),
            _ => ((0, vec![length(0), length(1), ways, hidden]), (0, vec![length(0), ways, hidden])),
        };
        let value = |(axis, shape)| Value::new(Rows::Along { axis, each }, Some(shape));
        Some(vec![value(all), value(last)])
    }
}
