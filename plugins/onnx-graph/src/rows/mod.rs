//! Whether the rows of a batch stay apart, told from the operators alone.
//!
//! Every input has its rows along the first axis. Operator by operator, the axis is followed to the outputs, through
//! transpositions, new shapes and products. An operator that works along it mixes rows; one that is not known, or whose
//! sizes are only known when the graph runs, leaves the question open.

mod along;
mod arrange;
mod attend;
mod product;
mod shapes;
pub(crate) mod step;
pub(crate) mod value;
mod window;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::graph::{Graph, is_standard};
use crate::ops::{self, Filling, RowRule};
use step::Step;
use value::{Extent, Rows, Value};

/// Whether the rows of tensors stay apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowsApart {
    /// Every row depends on the same row of the inputs alone.
    Yes,
    /// Rows depend on each other; this node is why.
    No(String),
    /// The operators do not tell.
    Unknown,
}

/// What operators do to rows, tensor by tensor.
#[derive(Debug, Clone)]
pub struct RowFlow(HashMap<String, Value>);

/// The oldest version of the standard operators in which elementwise operators repeat axes as NumPy does.
const OLDEST_OPSET: i64 = 7;

impl Graph {
    /// Follows the rows of the inputs through the graph, which must have been [raised](Self::raise). `batch` is the number
    /// of rows, if it takes no other.
    pub fn follow_rows(&self, batch: Option<usize>) -> RowFlow {
        let mut flow = HashMap::with_capacity(self.initializers.len() + self.nodes.len());
        flow.extend(self.initializers.iter().map(|(name, tensor)| (name.clone(), Value::of_weight(tensor))));
        flow.extend(self.inputs.iter().map(|input| (input.name.clone(), Value::of_input(input, batch))));
        let is_known = self.opset() >= OLDEST_OPSET;
        for node in &self.nodes {
            let step = Step { node, flow: &flow, opset: self.opset() };
            let results = if is_known { step.results() } else { vec![Value::unknown()] };
            let last = results.len().saturating_sub(1);
            for (at, name) in node.output.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                flow.insert(name.clone(), results[at.min(last)].clone());
            }
        }
        RowFlow(flow)
    }
}

/// A whole number that a graph computes sizes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// This number.
    Fixed(i64),
    /// As many as there are rows.
    Rows,
}

impl RowFlow {
    /// The elements of a tensor of a few whole numbers, if they are known.
    pub fn sizes(&self, tensor: &str) -> Option<Vec<Size>> {
        let size = |extent: &Extent| match extent {
            Extent::Known(number) => Some(Size::Fixed(*number)),
            Extent::Rows => Some(Size::Rows),
            Extent::Any => None,
        };
        self.0.get(tensor)?.sizes.as_ref()?.iter().map(size).collect()
    }

    /// Whether the rows of all of these tensors stay apart.
    pub fn apart<S: AsRef<str>>(&self, tensors: &[S]) -> RowsApart {
        let mut found = RowsApart::Yes;
        for tensor in tensors {
            match self.0.get(tensor.as_ref()).map(|value| &value.rows) {
                Some(Rows::Free | Rows::Along { axis: 0, each: 1 }) => {}
                Some(Rows::Mixed(reason)) => return RowsApart::No(reason.clone()),
                _ => found = RowsApart::Unknown,
            }
        }
        found
    }

    /// The node because of which elements of a tensor depend on several rows, if the operators tell.
    pub fn mixed(&self, tensor: &str) -> Option<&str> {
        match &self.0.get(tensor)?.rows {
            Rows::Mixed(reason) => Some(reason),
            _ => None,
        }
    }
}

impl Step<'_> {
    /// What is known of its results; the last stands for all that follow.
    fn results(&self) -> Vec<Value> {
        // The one operator that reads rows, but only how many there are, so it comes before all that reading rows means.
        if is_standard(&self.node.domain) && self.node.op_type == "Shape" {
            return vec![self.shape_of_input()];
        }
        let operator = ops::named(self.node);
        let is_for_shape = |index: usize| operator.shape_inputs.contains(&index);
        let read: Vec<&Value> = self.node.reads().iter().filter_map(|name| self.flow.get(*name)).collect();
        let inputs = (0..self.node.input.len()).filter_map(|index| Some((index, self.value(index)?)));
        let (sizes, values): (Vec<_>, Vec<_>) = inputs.partition(|(index, _)| is_for_shape(*index));
        let depends = |value: &Value| !matches!(value.rows, Rows::Free | Rows::Count);
        if operator.random || sizes.iter().any(|(_, value)| depends(value)) {
            return vec![Value::unknown()];
        }
        if let Some(mixed) = read.iter().find(|value| matches!(value.rows, Rows::Mixed(_))) {
            return vec![Value::new(mixed.rows.clone(), None)];
        }
        let is_free = read.iter().all(|value| !depends(value));
        let is_open = read.iter().any(|value| value.rows == Rows::Unknown)
            || !is_free && values.iter().any(|(_, value)| value.rows == Rows::Count);
        if is_open || !is_free && !is_standard(&self.node.domain) {
            return vec![Value::unknown()];
        }
        let ruled = match ops::standard(self.node).rows {
            RowRule::Unknown => None,
            RowRule::One(rule) => rule(self).map(|result| vec![result]),
            RowRule::All(rule) => rule(self),
        };
        if !is_free {
            return ruled.unwrap_or(vec![Value::unknown()]);
        }
        // Whatever it computes, it is as free of rows as what it reads; a rule may know more of its shape.
        let counts = values.iter().any(|(_, value)| value.rows == Rows::Count)
            || self.counts(&values, &sizes, ruled.as_ref().and_then(|results| results.first()));
        let rows = if counts { Rows::Count } else { Rows::Free };
        let mut results = ruled.unwrap_or(vec![Value::new(rows.clone(), None)]);
        for result in results.iter_mut().filter(|result| result.sizes.is_none()) {
            result.rows = rows.clone();
        }
        results
    }

    /// Whether the result of an operator that reads nothing of rows depends on how many there are, or differs from row to
    /// row. A tensor of one length per row has the same in each, as long as nothing works along that axis or gives each
    /// row a part of its own, as a position has.
    fn counts(&self, values: &[(usize, &Value)], sizes: &[(usize, &Value)], result: Option<&Value>) -> bool {
        let has_rows = |value: &Value| value.shape.as_ref().is_some_and(|shape| shape.contains(&Extent::Rows));
        let reads_rows = values.iter().any(|(_, value)| has_rows(value));
        let sized = sizes.iter().any(|(_, value)| value.rows == Rows::Count);
        let operator = ops::named(self.node);
        let alike = match operator.filling {
            Filling::Same => true,
            // A weight whose elements are dealt out to rows.
            Filling::Dealt => !sized || reads_rows,
            Filling::Own => !sized,
        };
        let stays = !reads_rows || operator.keeps_elements && result.is_some_and(has_rows);
        !(alike && stays)
    }
}
