//! Convolutions and pools over one axis, written as ones over two axes of which the first has length 1.
//!
//! The values are the same and lie in memory in the same order, but engines have their fastest kernels for two axes.
//! What stands between the convolutions and works element by element keeps the axis too, so that it is added once and
//! taken away once.

use std::collections::{HashMap, HashSet};

use crate::attribute::{int, ints};
use crate::graph::Graph;
use crate::ops::{self, In2d};
use crate::proto::{AttributeProto, NodeProto, TensorProto};
use crate::tensor::Constant;

/// What every name that is made here begins with.
const PREFIX: &str = "kipos.2d/";

/// The first version whose `Squeeze` takes its axes as an input.
const AXES_AS_INPUT: i64 = 13;

/// The name of the axes' constant.
const AXES: &str = "kipos.2d/axes";

/// A graph whose convolutions over one axis are ones over two.
#[derive(Debug, Clone)]
pub struct Widened {
    /// The graph. It has every tensor of the original, under its name and in its shape.
    pub graph: Graph,
    /// The tensors in which the results of the new nodes come to the others, or out of the graph.
    pub leaving: Vec<String>,
}

impl Graph {
    /// The graph with its convolutions over one axis as ones over two; `None` if it has none. No weight is copied.
    /// `max_pools`: whether pools that take the largest are rewritten as well. Engines are slow at telling which element
    /// was the largest over two axes, so gradients are faster without.
    pub fn to_2d(&self, max_pools: bool) -> Option<Widened> {
        let mut rewriting = Rewriting::new(self, max_pools);
        let mut convolutions = 0;
        for node in &self.nodes {
            match rewriting.widened(node) {
                Some((inputs, attribute)) => {
                    convolutions += usize::from(ops::standard(node).in_2d == In2d::Convolution);
                    rewriting.write(node, inputs, attribute);
                }
                None => rewriting.nodes.push(node.clone()),
            }
        }
        if convolutions == 0 {
            return None;
        }
        let Rewriting { results, nodes, mut initializers, .. } = rewriting;
        initializers.insert(AXES.into(), TensorProto::of_ints(AXES, vec![1], &[2]));
        let mut leaving: HashSet<String> = self.outputs.iter().map(|output| output.name.clone()).collect();
        // The new nodes read nothing of the old names that changes; the old ones do.
        leaving.extend(nodes.iter().filter(|node| !node.name.starts_with(PREFIX)).flat_map(reads));
        let leaving = results.into_iter().filter(|name| leaving.contains(name)).collect();
        let mut graph = self.clone();
        (graph.nodes, graph.initializers) = (nodes, initializers);
        Some(Widened { graph, leaving })
    }
}

fn reads(node: &NodeProto) -> impl Iterator<Item = String> {
    node.reads().into_iter().map(str::to_owned)
}

/// A rewriting under way.
struct Rewriting<'a> {
    graph: &'a Graph,
    max_pools: bool,
    axes_as_input: bool,
    /// For tensors that exist with the axis, their name in that form.
    wide: HashMap<String, String>,
    /// The tensors that nodes with the axis make, under their name without it.
    results: Vec<String>,
    nodes: Vec<NodeProto>,
    initializers: HashMap<String, TensorProto>,
}

impl<'a> Rewriting<'a> {
    fn new(graph: &'a Graph, max_pools: bool) -> Self {
        Self {
            max_pools,
            graph,
            axes_as_input: graph.opset() >= AXES_AS_INPUT,
            wide: HashMap::new(),
            results: Vec::new(),
            nodes: Vec::with_capacity(graph.nodes.len()),
            initializers: graph.initializers.clone(),
        }
    }

    /// The inputs and attributes of the node that does the same with the axis; `None` if the node stays.
    fn widened(&mut self, node: &NodeProto) -> Option<(Vec<String>, Vec<AttributeProto>)> {
        match ops::standard(node).in_2d {
            In2d::No => None,
            In2d::Convolution => {
                let weight = node.input_at(1)?;
                if self.graph.initializers.get(weight)?.dims.len() != 3 {
                    return None;
                }
                let mut inputs = vec![self.with_axis(node.input_at(0)?), self.constant(weight)?];
                inputs.extend(node.input.get(2).cloned());
                Some((inputs, windows(node)))
            }
            In2d::MaxPool if !self.max_pools => None,
            In2d::MaxPool | In2d::Pool => {
                if node.ints("kernel_shape")?.len() != 1 || node.int("storage_order").unwrap_or(0) != 0 {
                    return None;
                }
                Some((vec![self.with_axis(node.input_at(0)?)], windows(node)))
            }
            // One mean and variance per channel, which is axis 1 in either form.
            In2d::Normalization if node.output.len() == 1 => self.first_alone(node),
            In2d::Dropout if node.output.len() == 1 && node.input.len() < 3 => self.first_alone(node),
            In2d::Normalization | In2d::Dropout => None,
            In2d::FirstInput => self.first_alone(node),
            In2d::Operands => {
                let known = node.input.iter().any(|name| self.wide.contains_key(name));
                let inputs: Option<Vec<String>> = node.input.iter().map(|name| self.operand(name)).collect();
                Some((inputs.filter(|_| known)?, node.attribute.clone()))
            }
            In2d::Concat => {
                let inputs = node.input.iter().map(|name| self.wide.get(name).cloned());
                let axis = match node.int("axis")? {
                    2 | -1 => 3,
                    axis => axis.rem_euclid(3),
                };
                Some((inputs.collect::<Option<Vec<String>>>()?, vec![int("axis", axis)]))
            }
            In2d::Pad => {
                if node.input.len() < 2 || node.input_at(3).is_some() {
                    return None;
                }
                let wide = self.wide.get(node.input_at(0)?)?.clone();
                let Constant::Ints(pads) = self.graph.initializers.get(node.input_at(1)?)?.constant()? else {
                    return None;
                };
                let [a, b, c, d, e, f] = *pads.as_slice() else { return None };
                let name = format!("{PREFIX}{}/pads", node.output.first()?);
                let pads = TensorProto::of_ints(&name, vec![8], &[a, b, 0, c, d, e, 0, f]);
                self.initializers.insert(name.clone(), pads);
                let rest = node.input.iter().skip(2).cloned();
                Some(([wide, name].into_iter().chain(rest).collect(), node.attribute.clone()))
            }
        }
    }

    /// The node's inputs, the first of them with the axis, if it exists so.
    fn first_alone(&self, node: &NodeProto) -> Option<(Vec<String>, Vec<AttributeProto>)> {
        let wide = self.wide.get(node.input_at(0)?)?.clone();
        let rest = node.input.iter().skip(1).cloned();
        Some((std::iter::once(wide).chain(rest).collect(), node.attribute.clone()))
    }

    /// An operand that meets tensors with the axis; `None` if its number of axes is not known.
    fn operand(&mut self, name: &str) -> Option<String> {
        if let Some(wide) = self.wide.get(name) {
            return Some(wide.clone());
        }
        match self.graph.initializers.get(name)?.dims.len() {
            // Shapes meet at their last axes, so the new one lies before all of these.
            0 | 1 => Some(name.into()),
            2 | 3 => self.constant(name),
            _ => None,
        }
    }

    /// The constant with an axis more before its last.
    fn constant(&mut self, name: &str) -> Option<String> {
        let wide = format!("{PREFIX}{name}");
        if !self.initializers.contains_key(&wide) {
            let tensor = self.graph.initializers.get(name)?;
            let mut dims = tensor.dims.clone();
            dims.insert(dims.len().checked_sub(1)?, 1);
            self.initializers.insert(wide.clone(), TensorProto { name: wide.clone(), dims, ..tensor.clone() });
        }
        Some(wide)
    }

    /// The tensor with the axis, which a node adds if nothing has it yet.
    fn with_axis(&mut self, name: &str) -> String {
        if let Some(wide) = self.wide.get(name) {
            return wide.clone();
        }
        let wide = format!("{PREFIX}{name}");
        self.nodes.push(self.bridge("Unsqueeze", name, &wide));
        self.wide.insert(name.into(), wide.clone());
        wide
    }

    /// A node that adds the axis, or takes it away.
    fn bridge(&self, op: &str, from: &str, to: &str) -> NodeProto {
        let (axes, attribute) = match self.axes_as_input {
            true => (Some(AXES.to_owned()), vec![]),
            false => (None, vec![ints("axes", vec![2])]),
        };
        NodeProto {
            op_type: op.into(),
            name: format!("{PREFIX}{op}/{from}"),
            input: std::iter::once(from.to_owned()).chain(axes).collect(),
            output: vec![to.into()],
            attribute,
            ..Default::default()
        }
    }

    /// Writes the node with the axis, and its results without it beside them.
    fn write(&mut self, node: &NodeProto, input: Vec<String>, attribute: Vec<AttributeProto>) {
        let wide = |name: &String| if name.is_empty() { String::new() } else { format!("{PREFIX}{name}") };
        let output: Vec<String> = node.output.iter().map(wide).collect();
        self.nodes.push(NodeProto { input, attribute, output: output.clone(), ..node.clone() });
        for (name, wide) in node.output.iter().zip(output).filter(|(name, _)| !name.is_empty()) {
            self.nodes.push(self.bridge("Squeeze", &wide, name));
            self.wide.insert(name.clone(), wide);
            self.results.push(name.clone());
        }
    }
}

/// The attributes of windows over one axis, for two.
fn windows(node: &NodeProto) -> Vec<AttributeProto> {
    let widen = |attribute: &AttributeProto| match (attribute.name.as_str(), attribute.ints.as_slice()) {
        ("kernel_shape" | "strides" | "dilations", &[length]) => ints(&attribute.name, vec![1, length]),
        ("pads", &[before, after]) => ints("pads", vec![0, before, 0, after]),
        _ => attribute.clone(),
    };
    node.attribute.iter().map(widen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ModelProto;
    use crate::tensor::element;
    use crate::tests::{load, model, node};

    fn weight(name: &str, dims: &[i64]) -> TensorProto {
        let count = dims.iter().product::<i64>() as usize;
        TensorProto::of_floats(name, dims.to_vec(), element::F32, &vec![1.0; count])
    }

    fn graph(opset: i64, nodes: Vec<NodeProto>, output: &str) -> Graph {
        let mut file: ModelProto = model(opset, nodes, output);
        let weights = [weight("k", &[4, 4, 3]), weight("scale", &[4, 1]), weight("row", &[5])];
        file.graph.as_mut().unwrap().initializer.extend(weights);
        load(&file).unwrap()
    }

    /// Operator, inputs and results of every node, without what all names have in common.
    fn text(graph: &Graph) -> String {
        let names = |names: &[String]| names.join(" ").replace(PREFIX, "2d:");
        let line = |node: &NodeProto| format!("{} {} > {}", node.op_type, names(&node.input), names(&node.output));
        graph.nodes.iter().map(line).collect::<Vec<String>>().join("\n")
    }

    fn network(opset: i64) -> Graph {
        let kernel = || vec![ints("kernel_shape", vec![3]), ints("pads", vec![1, 2]), ints("strides", vec![2])];
        let nodes = vec![
            node("Conv", "", &["x", "k"], "a", kernel()),
            node("Mul", "", &["a", "scale"], "b", vec![]),
            node("Add", "", &["b", "row"], "c", vec![]),
            node("Relu", "", &["c"], "d", vec![]),
            node("MaxPool", "", &["d"], "e", vec![ints("kernel_shape", vec![2])]),
            node("Conv", "", &["e", "k"], "f", vec![]),
            node("Concat", "", &["f", "e"], "g", vec![int("axis", -1)]),
            node("Flatten", "", &["g"], "h", vec![]),
            node("Add", "", &["h", "h"], "y", vec![]),
        ];
        graph(opset, nodes, "y")
    }

    #[test]
    fn what_lies_between_convolutions_keeps_the_axis() {
        let original = network(18);
        let Widened { graph, leaving } = original.to_2d(true).unwrap();
        let needed = graph.expose(&["y"]).unwrap();
        insta::assert_snapshot!(text(&needed), @r"
        Unsqueeze x 2d:axes > 2d:x
        Conv 2d:x 2d:k > 2d:a
        Mul 2d:a 2d:scale > 2d:b
        Add 2d:b row > 2d:c
        Relu 2d:c > 2d:d
        MaxPool 2d:d > 2d:e
        Conv 2d:e 2d:k > 2d:f
        Concat 2d:f 2d:e > 2d:g
        Squeeze 2d:g 2d:axes > g
        Flatten g > h
        Add h h > y
        ");
        assert_eq!(leaving, ["g"]);
        let conv = &needed.nodes[1];
        assert_eq!(conv.ints("kernel_shape"), Some(&[1, 3][..]));
        assert_eq!((conv.ints("pads"), conv.ints("strides")), (Some(&[0, 1, 0, 2][..]), Some(&[1, 2][..])));
        assert_eq!(needed.nodes[7].int("axis"), Some(3));
        assert_eq!(needed.initializers["kipos.2d/k"].dims, [4, 4, 1, 3]);
        assert_eq!(needed.initializers["kipos.2d/scale"].dims, [4, 1, 1]);
        // No weight is copied: both names share the bytes of the file.
        let raw = |graph: &Graph, name: &str| graph.initializers[name].raw_data.clone().unwrap().as_ptr();
        assert_eq!(raw(&needed, "kipos.2d/k"), raw(&original, "k"));
        // Whatever could be asked for by name is still there.
        let names = |graph: &Graph| graph.nodes.iter().flat_map(|node| node.output.clone()).collect::<Vec<_>>();
        assert!(names(&original).iter().all(|name| names(&graph).contains(name)));
    }

    #[test]
    fn pools_may_stay_over_one_axis() {
        let Widened { graph, leaving } = network(18).to_2d(false).unwrap();
        let text = text(&graph.expose(&["y"]).unwrap());
        assert!(text.contains("Squeeze 2d:d 2d:axes > d\nMaxPool d > e\nUnsqueeze e 2d:axes > 2d:e\n"), "{text}");
        assert_eq!(leaving, ["d", "g"]);
    }

    #[test]
    fn axes_are_attributes_where_the_version_wants_them() {
        let graph = network(11).to_2d(true).unwrap().graph;
        assert_eq!(graph.nodes[0].input, ["x"]);
        assert_eq!(graph.nodes[0].ints("axes"), Some(&[2][..]));
    }

    #[test]
    fn other_graphs_stay_as_they_are() {
        let pool = node("MaxPool", "", &["x"], "y", vec![ints("kernel_shape", vec![2])]);
        assert!(graph(18, vec![pool], "y").to_2d(true).is_none());
        let computed = vec![node("Exp", "", &["x"], "v", vec![]), node("Conv", "", &["x", "v"], "y", vec![])];
        assert!(graph(18, computed, "y").to_2d(true).is_none());
        // An operand that may have any number of axes meets the tensor without the new one.
        let nodes = vec![
            node("Exp", "", &["x"], "v", vec![]),
            node("Conv", "", &["x", "k"], "a", vec![]),
            node("Add", "", &["a", "v"], "y", vec![]),
        ];
        let text = text(&graph(18, nodes, "y").to_2d(true).unwrap().graph);
        assert!(text.ends_with("Squeeze 2d:a 2d:axes > a\nAdd a v > y"), "{text}");
    }
}
