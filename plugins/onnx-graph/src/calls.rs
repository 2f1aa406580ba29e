//! Modules that a network calls several times.
//!
//! PyTorch's older exporter gives every further call of a module a path of its own: `act`, `act_1`, `act_2`. Other modules
//! may have such names, too, but they have other weights.

use std::collections::HashSet;

use crate::graph::Graph;
use crate::proto::NodeProto;
use crate::scope::{is_of_path, scopes};
use crate::tensor::element;

impl Graph {
    /// The nodes of every further call of the module `path`, whose first call is `first`.
    pub(crate) fn further_calls<'a>(&'a self, path: &str, first: &[&'a NodeProto]) -> Vec<Vec<&'a NodeProto>> {
        let mut calls: Vec<(String, Vec<&NodeProto>)> = Vec::new();
        for node in self.nodes.iter().filter(|node| is_of_path(node)) {
            let Some(scope) = scopes(node).into_iter().find(|scope| is_numbered(scope, path)) else { continue };
            match calls.iter_mut().find(|(known, _)| *known == scope) {
                Some((_, nodes)) => nodes.push(node),
                None => calls.push((scope, vec![node])),
            }
        }
        calls.into_iter().map(|(_, nodes)| nodes).filter(|nodes| self.is_same_module(first, nodes)).collect()
    }

    /// Whether two calls are of one module: the same operators, and a weight in common if they have any.
    fn is_same_module(&self, one: &[&NodeProto], other: &[&NodeProto]) -> bool {
        let operators = |nodes: &[&NodeProto]| nodes.iter().map(|node| node.op_type.clone()).collect::<Vec<String>>();
        let (mine, theirs) = (self.weights_of(one), self.weights_of(other));
        operators(one) == operators(other)
            && ((mine.is_empty() && theirs.is_empty()) || mine.intersection(&theirs).next().is_some())
    }

    /// The weights that nodes read. Numbers that stand alone are shared among modules.
    fn weights_of<'a>(&'a self, nodes: &[&'a NodeProto]) -> HashSet<&'a str> {
        let weight = |name: &str| {
            // Equal weights are one, which other names may stand for: exporters write that as an `Identity`.
            let copied = |name: &str| {
                let made = self.nodes.iter().find(|node| node.output.iter().any(|output| output == name))?;
                if made.op_type == "Identity" { made.input.first() } else { None }
            };
            let (name, tensor) = self
                .initializers
                .get_key_value(name)
                .or_else(|| copied(name).and_then(|original| self.initializers.get_key_value(original.as_str())))?;
            (element::is_float(tensor.data_type) && tensor.elements() > 1).then_some(name.as_str())
        };
        nodes.iter().flat_map(|node| &node.input).filter_map(|name| weight(name)).collect()
    }
}

/// Whether `scope` is `path` with the number of a further call.
fn is_numbered(scope: &str, path: &str) -> bool {
    let number = scope.strip_prefix(path).and_then(|rest| rest.strip_prefix('_'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use crate::proto::TensorProto;
    use crate::tensor::element;
    use crate::tests::{load, model, node};

    #[test]
    fn a_module_that_is_called_several_times_lists_its_values() {
        let nodes = vec![
            node("Mul", "/conv/Mul", &["x", "a"], "c", vec![]),
            node("Relu", "/act/Relu", &["c"], "r", vec![]),
            node("Mul", "/conv_1/Mul", &["r", "b"], "c1", vec![]),
            node("Relu", "/act_1/Relu", &["c1"], "r1", vec![]),
            node("Identity", "copy", &["a"], "a'", vec![]),
            node("Mul", "/conv_2/Mul", &["r1", "a'"], "c2", vec![]),
            node("Relu", "activation/Relu", &["c2"], "k", vec![]),
            node("Relu", "activation_1/Relu", &["k"], "y", vec![]),
        ];
        let mut graph = load(&model(18, nodes, "y")).unwrap();
        for name in ["a", "b"] {
            graph.initializers.insert(name.into(), TensorProto::of_floats(name, vec![2], element::F32, &[1.0, 2.0]));
        }
        let refused = |name: &str| graph.resolve_layer(name, &[]).unwrap_err().to_string();
        assert_eq!(refused("act"), "`act` may mean any of `r`, `r1`; give one of these names");
        assert_eq!(refused("conv"), "`conv` may mean any of `c`, `c2`; give one of these names");
        // A module of its own; the second call itself; Keras numbers layers, not calls.
        for (name, tensor) in [("conv_1", "c1"), ("act_1", "r1"), ("activation", "k")] {
            assert_eq!(graph.resolve_layer(name, &[]).as_deref(), Ok(tensor), "{name}");
        }
    }
}
