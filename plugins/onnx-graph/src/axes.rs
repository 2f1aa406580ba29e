//! The axes of a channels-last framework, in a graph whose operators want channels first.
//!
//! A converter puts a `Transpose` before convolutions and pools, and moves its counterpart as far down as it can; between
//! the two, values have their channels at axis 1. Recurrent operators want time first in the same way. Nothing in the file
//! says which values those are, so the transpositions are followed from the inputs on.

use std::collections::HashMap;

use crate::attribute::ints;
use crate::graph::Graph;
use crate::ops::{self, Axes};
use crate::proto::{NodeProto, TypeValue, ValueInfoProto};
use crate::tensor::Constant;

impl Graph {
    /// For every tensor whose axes can be followed from the inputs, where they are in the framework: axis `i` of the
    /// tensor is axis `orders[tensor][i]` there. Inputs and outputs of the graph are as in the framework.
    pub fn axis_orders(&self) -> HashMap<String, Vec<usize>> {
        let mut orders: HashMap<String, Vec<usize>> = HashMap::new();
        for input in &self.inputs {
            if let Some(rank) = rank(input) {
                orders.insert(input.name.clone(), (0..rank).collect());
            }
        }
        // All convolutions and pools of a framework take their channels at the same axis. Some transpositions are gone,
        // with their counterparts or with others, but one that is left tells.
        let channels_last = self.nodes.iter().any(|node| self.moves_channels(node));
        for node in &self.nodes {
            let order = |at| match self.order_of_result(node, at, &orders) {
                Some(order) if channels_last && wants_channels_first(node) => Some(channels_first(order.len())),
                order => order,
            };
            let given: Vec<Option<Vec<usize>>> = (0..node.output.len()).map(order).collect();
            for (name, order) in node.output.iter().zip(given) {
                if let Some(order) = order.filter(|_| !name.is_empty()) {
                    orders.insert(name.clone(), order);
                }
            }
        }
        for output in &self.outputs {
            if let Some(order) = orders.get_mut(&output.name) {
                order.sort_unstable();
            }
        }
        orders
    }

    /// Adds a node that puts axis `axes[i]` of `tensor` at `i`; its result.
    pub fn permute(&mut self, tensor: &str, axes: &[usize]) -> String {
        let result = format!("{tensor}/permuted");
        let perm: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
        if !self.producers().contains_key(result.as_str()) {
            self.nodes.push(NodeProto {
                name: result.clone(),
                op_type: "Transpose".into(),
                input: vec![tensor.into()],
                output: vec![result.clone()],
                attribute: vec![ints("perm", perm)],
                ..Default::default()
            });
        }
        result
    }

    fn order_of_result(
        &self,
        node: &NodeProto,
        result: usize,
        orders: &HashMap<String, Vec<usize>>,
    ) -> Option<Vec<usize>> {
        let order = node.input_at(0).and_then(|name| orders.get(name));
        match ops::named(node).axes {
            Axes::Widest => self.widest(node, orders),
            Axes::Lost => None,
            Axes::ChannelsFirst => order.cloned(),
            Axes::Convolution => {
                let weights = self.initializers.get(node.input_at(1)?);
                order.cloned().or_else(|| weights.map(|weights| (0..weights.dims.len()).collect()))
            }
            Axes::Transposed => {
                let order = order?;
                // One of the framework's own, unless it puts time first, gives what the framework has, even if the
                // converter merged another into it.
                let keeps_rows = node.ints("perm").is_some_and(|perm| perm.first() == Some(&0));
                if keeps_rows && !node.name.is_empty() && !made_by_converter(&node.name) {
                    return Some((0..order.len()).collect());
                }
                let Some(perm) = node.ints("perm") else { return Some(order.iter().rev().copied().collect()) };
                perm.iter().map(|&axis| order.get(usize::try_from(axis).ok()?).copied()).collect()
            }
            Axes::Reshaped => {
                let rank = self.initializers.get(node.input_at(1)?)?.elements();
                Some(if self.moves_channels(node) { channels_first(rank) } else { (0..rank).collect() })
            }
            Axes::Unsqueezed => {
                let mut order = order?.clone();
                let rank = order.len() + self.axes_of(node)?.len();
                for axis in self.absolute_axes(node, rank)? {
                    insert_axis(&mut order, axis);
                }
                Some(order)
            }
            Axes::Squeezed => Some(without(order?, &self.absolute_axes(node, order?.len())?)),
            Axes::Picked => {
                let order = order?;
                let axis = node.int("axis").unwrap_or(0);
                let axis = usize::try_from(if axis < 0 { axis + order.len() as i64 } else { axis }).ok()?;
                let picked = self.initializers.get(node.input_at(1)?)?;
                Some(if picked.dims.is_empty() { without(order, &[axis]) } else { order.clone() })
            }
            Axes::Reduced => {
                let order = order?;
                if node.int("keepdims") != Some(0) {
                    return Some(order.clone());
                }
                let all = || (0..order.len()).collect();
                let axes = match self.axes_of(node) {
                    Some(_) => self.absolute_axes(node, order.len())?,
                    None => all(),
                };
                Some(without(order, &axes))
            }
            Axes::Product => {
                let order = order?;
                let last_stays = order.last().is_some_and(|&last| last + 1 == order.len());
                Some(if last_stays { order.clone() } else { (0..order.len()).collect() })
            }
            Axes::Matrix => Some(vec![0, 1]),
            // Time, direction, batch, units: in the framework the batch is first. Last states have no time.
            Axes::Recurrent => Some(if result == 0 { vec![1, 2, 0, 3] } else { vec![1, 0, 2] }),
        }
    }

    /// The order of the input with the most axes; of several, one that is not the framework's, since constants that are
    /// combined with it were turned with it.
    fn widest(&self, node: &NodeProto, orders: &HashMap<String, Vec<usize>>) -> Option<Vec<usize>> {
        let known = node.input.iter().filter_map(|name| orders.get(name));
        known.max_by_key(|order| (order.len(), !order.is_sorted())).cloned()
    }

    /// Whether `node` puts channels first or last. A transposition that only moves axes of length 1 is written as a
    /// change of shape.
    fn moves_channels(&self, node: &NodeProto) -> bool {
        let reads = |other: &&NodeProto| other.input.first() == node.output.first();
        let feeds = || self.nodes.iter().filter(reads).any(wants_channels_first);
        match (ops::named(node).axes, node.ints("perm")) {
            (Axes::Transposed, Some(perm)) => {
                let first: Vec<i64> = channels_first(perm.len()).into_iter().map(|axis| axis as i64).collect();
                let last = [&[0], &(2..perm.len() as i64).collect::<Vec<i64>>()[..], &[1]].concat();
                perm.len() > 2 && (perm == first || perm == last)
            }
            (Axes::Reshaped, _) => made_by_converter(&node.name) && feeds(),
            _ => false,
        }
    }

    fn axes_of(&self, node: &NodeProto) -> Option<Vec<i64>> {
        if let Some(axes) = node.ints("axes") {
            return Some(axes.to_vec());
        }
        match self.initializers.get(node.input_at(1)?)?.constant()? {
            Constant::Ints(axes) => Some(axes),
            Constant::Floats(_) => None,
        }
    }

    /// The axes of a node, counted from the front, in ascending order.
    fn absolute_axes(&self, node: &NodeProto, rank: usize) -> Option<Vec<usize>> {
        let absolute = |axis: i64| usize::try_from(if axis < 0 { axis + rank as i64 } else { axis }).ok();
        let mut axes = self.axes_of(node)?.into_iter().map(absolute).collect::<Option<Vec<usize>>>()?;
        axes.sort_unstable();
        Some(axes)
    }
}

/// Whether a node wants channels at axis 1.
fn wants_channels_first(node: &NodeProto) -> bool {
    matches!(ops::named(node).axes, Axes::ChannelsFirst | Axes::Convolution)
}

/// Whether tf2onnx made up this name: it numbers its own nodes (`conv/Conv1D__12`, `LSTM__113`).
pub fn made_by_converter(name: &str) -> bool {
    name.rsplit_once("__")
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn channels_first(rank: usize) -> Vec<usize> {
    match rank {
        0..=2 => (0..rank).collect(),
        _ => [0, rank - 1].into_iter().chain(1..rank - 1).collect(),
    }
}

/// The order after an axis of length 1 was put at `at`: in the framework it is before the axis that it is before here.
fn insert_axis(order: &mut Vec<usize>, at: usize) {
    let at = at.min(order.len());
    let there = match (order.get(at), order.last()) {
        (Some(&next), _) => next,
        (None, Some(&last)) => last + 1,
        (None, None) => 0,
    };
    for axis in order.iter_mut().filter(|axis| **axis >= there) {
        *axis += 1;
    }
    order.insert(at, there);
}

/// The order without the axes at these positions.
fn without(order: &[usize], removed: &[usize]) -> Vec<usize> {
    let kept: Vec<usize> =
        order.iter().enumerate().filter(|(at, _)| !removed.contains(at)).map(|(_, &axis)| axis).collect();
    kept.iter().map(|axis| kept.iter().filter(|other| *other < axis).count()).collect()
}

fn rank(input: &ValueInfoProto) -> Option<usize> {
    match input.r#type.as_ref()?.value.as_ref()? {
        TypeValue::Tensor(tensor) => Some(tensor.shape.as_ref()?.dim.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::int;
    use crate::proto::{Dimension, TensorShapeProto, TypeProto};
    use crate::tests::{load, model, node};

    #[test]
    fn axes_of_length_one_come_and_go_without_turning_the_others() {
        let mut order = vec![0, 2, 1];
        insert_axis(&mut order, 2);
        assert_eq!(order, channels_first(4));
        assert_eq!(without(&order, &[2]), [0, 2, 1]);
        let mut behind = vec![0, 2, 1];
        insert_axis(&mut behind, 3);
        assert_eq!(behind, channels_first(4));
        let mut plain = vec![0, 1, 2];
        insert_axis(&mut plain, 1);
        assert_eq!(plain, [0, 1, 2, 3]);
        assert_eq!(without(&[0, 3, 1, 2], &[2, 3]), [0, 1]);
    }

    /// Where the axes of `tensor` are, in a graph of these nodes with the input `x` of three axes.
    fn order(nodes: Vec<NodeProto>, tensor: &str) -> Vec<usize> {
        let mut graph = load(&model(12, nodes, "y")).unwrap();
        let Some(TypeProto { value: Some(TypeValue::Tensor(tensor_type)), .. }) = &mut graph.inputs[0].r#type else {
            panic!("`x` is no tensor")
        };
        tensor_type.shape = Some(TensorShapeProto { dim: vec![Dimension::default(); 3] });
        graph.axis_orders()[tensor].clone()
    }

    fn turn(name: &str, input: &str, output: &str, perm: [i64; 3]) -> NodeProto {
        node("Transpose", name, &[input], output, vec![ints("perm", perm)])
    }

    #[test]
    fn channels_are_first_between_transpositions() {
        let nodes = || {
            vec![
                turn("Transpose__1", "x", "a", [0, 2, 1]),
                node("MaxPool", "pool", &["a"], "b", vec![ints("kernel_shape", [2])]),
                node("Relu", "relu", &["b"], "c", vec![]),
                node("Mul", "scale", &["w", "c"], "d", vec![]),
                turn("Transpose__2", "d", "y", [0, 2, 1]),
            ]
        };
        for tensor in ["a", "b", "c", "d"] {
            assert_eq!(order(nodes(), tensor), [0, 2, 1], "{tensor}");
        }
        assert_eq!((order(nodes(), "x"), order(nodes(), "y")), (vec![0, 1, 2], vec![0, 1, 2]));
    }

    /// As Keras's `Permute` makes one: what it turned is how the framework has it.
    #[test]
    fn the_frameworks_own_transpositions_are_kept() {
        let nodes = |first: &str| {
            vec![
                turn(first, "x", "a", [0, 2, 1]),
                node("Relu", "relu", &["a"], "b", vec![]),
                turn("permute/transpose", "b", "c", [0, 2, 1]),
                node("Exp", "exp", &["c"], "d", vec![]),
                node("Neg", "neg", &["d"], "y", vec![]),
            ]
        };
        for (first, turned) in [("Transpose__1", [0, 2, 1]), ("other/transpose", [0, 1, 2])] {
            assert_eq!(
                (order(nodes(first), "b"), order(nodes(first), "d")),
                (turned.to_vec(), vec![0, 1, 2]),
                "{first}"
            );
        }
    }

    #[test]
    fn a_model_without_transpositions_keeps_its_axes() {
        let pool = || node("MaxPool", "pool", &["x"], "a", vec![ints("kernel_shape", [2])]);
        let relu = |output: &str| node("Relu", "relu", &["a"], output, vec![]);
        assert_eq!(order(vec![pool(), relu("y")], "a"), [0, 1, 2]);
        // One that is left tells of those that are gone.
        let left = vec![pool(), relu("b"), turn("Transpose__3", "b", "y", [0, 2, 1])];
        assert_eq!(order(left, "b"), [0, 2, 1]);
    }

    #[test]
    fn recurrent_nodes_have_time_first() {
        let nodes = || {
            vec![
                turn("lstm/transpose", "x", "a", [1, 0, 2]),
                node("LSTM", "LSTM__7", &["a", "w", "w"], "b", vec![]),
                node("Squeeze", "Squeeze__8", &["b"], "c", vec![ints("axes", [1])]),
                node("ReduceMean", "mean", &["c"], "y", vec![ints("axes", [0]), int("keepdims", 0)]),
            ]
        };
        assert_eq!(order(nodes(), "b"), [1, 2, 0, 3]);
        assert_eq!(order(nodes(), "c"), [1, 0, 2]);
        assert_eq!(order(nodes(), "y"), [0, 1]);
    }

    #[test]
    fn names_of_the_converter_end_in_a_number() {
        assert!(made_by_converter("LSTM__113") && made_by_converter("model/conv/Conv1D__12"));
        assert!(!made_by_converter("conv__a") && !made_by_converter("conv_12") && !made_by_converter("x__"));
    }
}
