//! A node as the rules of rows see it.

use std::collections::HashMap;

use super::value::{Rows, Value};
use crate::proto::NodeProto;

/// A node, and what is known of what it reads. Rules answer `None` for forms of an operator that they do not cover.
pub struct Step<'a> {
    /// The node.
    pub node: &'a NodeProto,
    /// What is known of tensors.
    pub flow: &'a HashMap<String, Value>,
    /// The version of the standard operators.
    pub opset: i64,
}

impl<'a> Step<'a> {
    /// What is known of input `index`.
    pub fn value(&self, index: usize) -> Option<&'a Value> {
        self.flow.get(self.node.input_at(index)?)
    }

    /// The whole numbers of input `index`; `None` if they are not known.
    pub fn ints(&self, index: usize) -> Option<Vec<i64>> {
        self.value(index)?.ints()
    }

    /// Whether input `index` does not depend on rows, or is left out.
    pub fn is_free(&self, index: usize) -> bool {
        self.value(index).is_none_or(|value| value.rows == Rows::Free)
    }

    /// The whole number `name` among the attributes.
    pub fn attribute(&self, name: &str, default: i64) -> i64 {
        self.node.int(name).unwrap_or(default)
    }

    /// Its result if it mixes rows, doing `what`.
    pub fn mixes(&self, what: &str) -> Value {
        let name = if self.node.name.is_empty() { self.node.output.join(", ") } else { self.node.name.clone() };
        Value::new(Rows::Mixed(format!("{} (node `{name}`) {what}", self.node.op_type)), None)
    }

    /// Its result if it works on all elements of an axis that is that of the rows.
    pub fn mixes_along(&self) -> Value {
        self.mixes("works along the axis of the rows")
    }
}
