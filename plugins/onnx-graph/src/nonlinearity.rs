//! The input of a layer's nonlinearity.

use crate::graph::Graph;
use crate::layers::LayerError;
use crate::ops::{self, Role};
use crate::proto::NodeProto;
use crate::tensor::Constant;

impl Graph {
    /// The tensor that goes into the nonlinearity whose result is `tensor`. Rearrangements after the nonlinearity are
    /// repeated on it, so that it has the shape of `tensor`; the graph gains nodes for them.
    ///
    /// # Errors
    /// [`LayerError::Linear`]: `tensor` is not the result of a nonlinearity.
    pub fn before_nonlinearity(&mut self, tensor: &str) -> Result<String, LayerError> {
        let mut arranged: Vec<NodeProto> = Vec::new();
        let mut current = tensor.to_owned();
        let input = loop {
            let producer = self.producers().get(current.as_str()).map(|&at| self.nodes[at].clone());
            let Some(node) = producer else {
                return Err(LayerError::Linear { tensor: tensor.into(), op: "nothing, being an input".into() });
            };
            if let Some(input) = self.nonlinear_input(&node) {
                break input;
            }
            if ops::named(&node).role != Role::Arranges {
                return Err(LayerError::Linear { tensor: tensor.into(), op: node.op_type });
            }
            current = node.input.first().cloned().unwrap_or_default();
            arranged.push(node);
        };
        let mut value = input;
        for (step, mut node) in arranged.into_iter().rev().enumerate() {
            let output = format!("{tensor}/before_nonlinearity_{step}");
            node.name.clone_from(&output);
            node.input[0] = std::mem::replace(&mut value, output.clone());
            node.output = vec![output];
            self.nodes.push(node);
        }
        Ok(value)
    }

    /// The data input of a nonlinearity, if `node` is one or the last of several that make one up.
    fn nonlinear_input(&self, node: &NodeProto) -> Option<String> {
        match ops::named(node).role {
            Role::Nonlinear => node.input.first().cloned(),
            Role::Bounds => {
                let bound = |index: usize, name: &str| {
                    node.input_at(index).map_or_else(|| node.float(name), |name| self.scalar(name))
                };
                let is_relu6 = bound(1, "min") == Some(0.0) && bound(2, "max") == Some(6.0);
                node.input.first().filter(|_| is_relu6).cloned()
            }
            Role::Scales => self.gated_input(node),
            _ => None,
        }
    }

    /// `x` of `x·gate(x)`: SiLU, GELU by the error function and Mish as exporters write them. These are patterns of several
    /// nodes, so they go by the names of the operators.
    fn gated_input(&self, node: &NodeProto) -> Option<String> {
        let [a, b] = self.factors(node)?;
        [(a, b), (b, a)].into_iter().find(|(x, gate)| self.gates(gate, x)).map(|(x, _)| x.to_owned())
    }

    /// The factors of a product that are not constant, if they are two.
    fn factors<'a>(&'a self, node: &'a NodeProto) -> Option<[&'a str; 2]> {
        let (mut waiting, mut found) = (vec![node], Vec::new());
        // Products of products of the same may have more factors than can be counted.
        for _ in 0..=self.nodes.len() {
            let Some(product) = waiting.pop() else { return found.try_into().ok() };
            for name in product.reads().into_iter().filter(|name| self.scalar(name).is_none()) {
                match self.producer_of(name) {
                    // `x / √2` is one argument of a GELU, so only products are taken apart.
                    Some(inner) if inner.op_type == "Mul" => waiting.push(inner),
                    _ => found.push(name),
                }
            }
            if found.len() > 2 {
                return None;
            }
        }
        None
    }

    fn gates(&self, gate: &str, x: &str) -> bool {
        let scaled = |name: &str| {
            name == x
                || self.producer_of(name).is_some_and(|node| {
                    matches!(node.op_type.as_str(), "Mul" | "Div") && node.input.iter().any(|name| name == x)
                })
        };
        let from = |name: &str, op: &str| {
            let node = self.producer_of(name).filter(|node| node.op_type == op)?;
            node.input.first().cloned()
        };
        let error_function = |node: &NodeProto| {
            node.input.iter().any(|name| from(name, "Erf").is_some_and(|argument| scaled(&argument)))
        };
        from(gate, "Sigmoid").is_some_and(|argument| scaled(&argument))
            || from(gate, "Tanh").and_then(|name| from(&name, "Softplus")).is_some_and(|argument| argument == x)
            || self.producer_of(gate).is_some_and(|node| node.op_type == "Add" && error_function(node))
    }

    /// What makes a tensor. An empty name stands for none, wherever it is.
    fn producer_of(&self, name: &str) -> Option<&NodeProto> {
        self.nodes.iter().find(|node| !name.is_empty() && node.output.iter().any(|output| output == name))
    }

    /// The value of a constant with one element.
    fn scalar(&self, name: &str) -> Option<f64> {
        match self.initializers.get(name).filter(|tensor| tensor.elements() == 1)?.constant()? {
            Constant::Floats(values) => values.first().copied(),
            Constant::Ints(values) => values.first().map(|&value| value as f64),
        }
    }
}
