//! A graph in memory: its nodes in topological order, its weights as slices of the file.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use prost::Message;

use crate::error::GraphError;
use crate::inline::inline;
use crate::ops::{self, Gradient};
use crate::order::in_order;
use crate::proto::{
    AttributeProto, Dimension, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
    TensorTypeProto, TypeProto, TypeValue, ValueInfoProto,
};
use crate::tensor::element;

/// A graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// The file without its graph.
    model: ModelProto,
    /// The nodes, each after those that it reads.
    pub nodes: Vec<NodeProto>,
    /// The weights and constants.
    pub initializers: HashMap<String, TensorProto>,
    /// The inputs that a caller feeds.
    pub inputs: Vec<ValueInfoProto>,
    /// The outputs that a caller may fetch.
    pub outputs: Vec<ValueInfoProto>,
    /// What is kept as it was read: sparse weights.
    pub(crate) sparse_initializers: Vec<Bytes>,
}

impl Graph {
    /// The graph of an ONNX file. Its weights share `file`'s memory.
    ///
    /// # Errors
    /// Bytes that are no ONNX file or hold no graph, and graphs with circles.
    pub fn load(file: Bytes) -> Result<Self, GraphError> {
        let mut model = ModelProto::decode(file).map_err(|error| GraphError::Decode(error.to_string()))?;
        let mut graph = model.graph.take().ok_or(GraphError::Empty)?;
        inline(&mut model, &mut graph)?;
        let initializers = graph.initializer.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect();
        let mut loaded = Self {
            model,
            nodes: vec![],
            initializers,
            inputs: graph.input,
            outputs: graph.output,
            sparse_initializers: graph.sparse_initializer,
        };
        loaded.nodes = loaded.without_constants(graph.node);
        // Old files list their weights among the inputs.
        loaded.inputs.retain(|input| !loaded.initializers.contains_key(&input.name));
        loaded.take_known_branches(None);
        loaded.nodes = in_order(loaded.nodes)?;
        Ok(loaded)
    }

    /// The bytes of all weights, also of those in other files.
    pub fn weight_bytes(&self) -> u64 {
        self.initializers.values().map(TensorProto::byte_count).sum()
    }

    /// The nodes without those that only hold a constant, which joins the weights.
    pub(crate) fn without_constants(&mut self, nodes: Vec<NodeProto>) -> Vec<NodeProto> {
        let mut kept = Vec::with_capacity(nodes.len());
        for node in nodes {
            match constant_of(&node) {
                Some(tensor) => drop(self.initializers.insert(tensor.name.clone(), tensor)),
                None => kept.push(node),
            }
        }
        kept
    }

    /// Gives the states of all steps of recurrent layers a name. Gradients need them, and a graph that reads only the
    /// last step leaves them out.
    pub(crate) fn name_states(&mut self) {
        let has_rule = |node: &NodeProto| !matches!(ops::named(node).gradient, Gradient::Refused(_));
        for node in self.nodes.iter_mut().filter(|node| ops::is_recurrent(node) && has_rule(node)) {
            let last = node.output.iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
            if let Some(states) = node.output.first_mut().filter(|name| name.is_empty()) {
                *states = format!("kipos.states/{last}");
            }
        }
    }

    /// The graph as an ONNX file.
    pub fn save(&self) -> Vec<u8> {
        let mut model = self.model.clone();
        let mut initializer: Vec<TensorProto> = self.initializers.values().cloned().collect();
        initializer.sort_by(|a, b| a.name.cmp(&b.name));
        model.graph = Some(crate::proto::GraphProto {
            name: "graph".into(),
            node: self.nodes.clone(),
            initializer,
            sparse_initializer: self.sparse_initializers.clone(),
            input: self.inputs.clone(),
            output: self.outputs.clone(),
            ..Default::default()
        });
        model.encode_to_vec()
    }

    /// The version of the standard operators that the graph is written in.
    pub fn opset(&self) -> i64 {
        self.model.opset_import.iter().find(|set| is_standard(&set.domain)).map_or(1, |set| set.version)
    }

    /// Declares the graph to be written in this version of the standard operators.
    pub(crate) fn set_opset(&mut self, version: i64) {
        self.model.opset_import.retain(|set| !is_standard(&set.domain));
        self.model.opset_import.push(OperatorSetIdProto { domain: String::new(), version });
        // The first version of the format that may hold these operators.
        self.model.ir_version = self.model.ir_version.max(8);
    }

    /// For every tensor that a node makes, the position of the node.
    pub fn producers(&self) -> HashMap<&str, usize> {
        let made = self.nodes.iter().enumerate();
        made.flat_map(|(at, node)| node.output.iter().map(move |name| (name.as_str(), at)))
            .filter(|(name, _)| !name.is_empty())
            .collect()
    }

    /// Keeps the nodes and weights that `outputs` need, and makes those the outputs.
    ///
    /// # Errors
    /// A name that no tensor has.
    pub fn expose<S: AsRef<str>>(&self, outputs: &[S]) -> Result<Self, GraphError> {
        let producers = self.producers();
        let mut needed = vec![false; self.nodes.len()];
        let mut waiting: Vec<&str> = outputs.iter().map(AsRef::as_ref).collect();
        for name in &waiting {
            let fed = self.inputs.iter().any(|input| input.name == *name);
            if !fed && !producers.contains_key(name) && !self.initializers.contains_key(*name) {
                return Err(GraphError::UnknownTensor((*name).into()));
            }
        }
        while let Some(name) = waiting.pop() {
            if let Some(&at) = producers.get(name)
                && !std::mem::replace(&mut needed[at], true)
            {
                waiting.extend(self.nodes[at].reads());
            }
        }
        let nodes: Vec<NodeProto> =
            self.nodes.iter().zip(&needed).filter(|(_, needed)| **needed).map(|(node, _)| node.clone()).collect();
        let read: HashSet<&str> =
            nodes.iter().flat_map(NodeProto::reads).chain(outputs.iter().map(AsRef::as_ref)).collect();
        let initializers = self.initializers.iter().filter(|(name, _)| read.contains(name.as_str()));
        let initializers = initializers.map(|(name, tensor)| (name.clone(), tensor.clone())).collect();
        let outputs = outputs.iter().map(|name| self.described(name.as_ref())).collect();
        // Every input stays, so that whoever feeds the graph need not know which part of it is left.
        let (inputs, model) = (self.inputs.clone(), self.model.clone());
        Ok(Self { model, nodes, initializers, inputs, outputs, sparse_initializers: self.sparse_initializers.clone() })
    }

    /// The declaration of a tensor as an output; its type is left to the engine if the file does not tell.
    fn described(&self, name: &str) -> ValueInfoProto {
        let known = self.outputs.iter().chain(&self.inputs).find(|value| value.name == name);
        known.cloned().unwrap_or_else(|| ValueInfoProto { name: name.into(), ..Default::default() })
    }

    /// The element type of an input; 0 if it is no tensor.
    pub fn input_element(&self, name: &str) -> i32 {
        let input = self.inputs.iter().find(|input| input.name == name);
        match input.and_then(|input| input.r#type.as_ref()?.value.as_ref()) {
            Some(TypeValue::Tensor(tensor)) => tensor.elem_type,
            _ => 0,
        }
    }
}

/// Whether operators of this domain are the standard ones.
pub fn is_standard(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

/// The declaration of a tensor of this element type, of any shape.
pub(crate) fn declare(name: &str, element: i32) -> ValueInfoProto {
    declare_shape(name, element, None)
}

/// The declaration of a matrix of this element type, of any size.
pub(crate) fn declare_matrix(name: &str, element: i32) -> ValueInfoProto {
    declare_shape(name, element, Some(TensorShapeProto { dim: vec![Dimension::default(); 2] }))
}

/// The declaration of a tensor of this element type and shape.
pub(crate) fn declare_shape(name: &str, element: i32, shape: Option<TensorShapeProto>) -> ValueInfoProto {
    let tensor = TensorTypeProto { elem_type: element, shape };
    let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), denotation: String::new() });
    ValueInfoProto { name: name.into(), r#type, doc_string: String::new() }
}

/// The tensor that a `Constant` node stands for. A graph in memory has no such nodes, so no table need know them.
fn constant_of(node: &NodeProto) -> Option<TensorProto> {
    if node.op_type != "Constant" || !is_standard(&node.domain) {
        return None;
    }
    let (name, attribute): (&String, &AttributeProto) = (node.output.first()?, node.attribute.first()?);
    let count = |length: usize| vec![length as i64];
    Some(match attribute.name.as_str() {
        "value" => TensorProto { name: name.clone(), ..attribute.t.clone()? },
        "value_int" => TensorProto::of_ints(name, vec![], &[attribute.i?]),
        "value_ints" => TensorProto::of_ints(name, count(attribute.ints.len()), &attribute.ints),
        "value_float" => TensorProto::of_floats(name, vec![], element::F32, &[attribute.f?.into()]),
        "value_floats" => {
            let values: Vec<f64> = attribute.floats.iter().map(|&value| value.into()).collect();
            TensorProto::of_floats(name, count(values.len()), element::F32, &values)
        }
        _ => return None,
    })
}
