//! Attributes of nodes: reading them, making them.

use bytes::Bytes;

use crate::proto::{AttributeProto, GraphProto, NodeProto, TensorProto};

/// The codes of `AttributeProto.type`.
mod code {
    pub const FLOAT: i32 = 1;
    pub const INT: i32 = 2;
    pub const STRING: i32 = 3;
    pub const TENSOR: i32 = 4;
    pub const GRAPH: i32 = 5;
    pub const INTS: i32 = 7;
}

impl NodeProto {
    pub(crate) fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.attribute.iter().find(|attribute| attribute.name == name)
    }

    /// The whole number `name`.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name).and_then(|attribute| attribute.i)
    }

    /// The whole numbers `name`.
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|attribute| attribute.ints.as_slice())
    }

    /// The number `name`.
    pub fn float(&self, name: &str) -> Option<f64> {
        self.attribute(name).and_then(|attribute| attribute.f).map(f64::from)
    }

    /// The text `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name).and_then(|attribute| std::str::from_utf8(attribute.s.as_deref()?).ok())
    }

    /// The texts `name`; none if they are not there.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let given = self.attribute(name).map_or(&[] as &[Bytes], |attribute| &attribute.strings);
        given.iter().map(|text| std::str::from_utf8(text).unwrap_or_default()).collect()
    }

    /// Input `index`; `None` if it is left out.
    pub fn input_at(&self, index: usize) -> Option<&str> {
        self.input.get(index).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Everything the node reads, including what graphs inside it take from outside of them.
    pub fn reads(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.input.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        for attribute in &self.attribute {
            for graph in attribute.g.iter().chain(&attribute.graphs) {
                names.extend(captured(graph));
            }
        }
        names
    }
}

/// The names that a graph inside a node takes from outside.
fn captured(graph: &GraphProto) -> Vec<&str> {
    let inputs = graph.input.iter().map(|input| input.name.as_str());
    let weights = graph.initializer.iter().map(|tensor| tensor.name.as_str());
    let made = graph.node.iter().flat_map(|node| node.output.iter().map(String::as_str));
    let own: std::collections::HashSet<&str> = inputs.chain(weights).chain(made).collect();
    let read = graph.node.iter().flat_map(NodeProto::reads);
    let given = graph.output.iter().map(|output| output.name.as_str());
    read.chain(given).filter(|name| !own.contains(name)).collect()
}

/// A whole number.
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: name.into(), i: Some(value), r#type: code::INT, ..Default::default() }
}

/// Whole numbers.
pub fn ints(name: &str, values: impl Into<Vec<i64>>) -> AttributeProto {
    AttributeProto { name: name.into(), ints: values.into(), r#type: code::INTS, ..Default::default() }
}

/// A number.
pub fn float(name: &str, value: f64) -> AttributeProto {
    AttributeProto { name: name.into(), f: Some(value as f32), r#type: code::FLOAT, ..Default::default() }
}

/// Text.
pub fn text(name: &str, value: &str) -> AttributeProto {
    let s = Some(Bytes::copy_from_slice(value.as_bytes()));
    AttributeProto { name: name.into(), s, r#type: code::STRING, ..Default::default() }
}

/// A tensor.
pub fn tensor(name: &str, value: TensorProto) -> AttributeProto {
    AttributeProto { name: name.into(), t: Some(value), r#type: code::TENSOR, ..Default::default() }
}

/// A graph.
pub fn graph(name: &str, value: GraphProto) -> AttributeProto {
    AttributeProto { name: name.into(), g: Some(value), r#type: code::GRAPH, ..Default::default() }
}
