//! Rewriting operators of older versions to the form that they have in version 18, which the rules of gradients know.

use crate::attribute::{int, text};
use crate::graph::{Graph, is_standard};
use crate::proto::{AttributeProto, NodeProto, TensorProto};
use crate::tensor::element;

/// The version that gradients are written in.
pub const GRADIENT_OPSET: i64 = 18;

/// The oldest version that can be rewritten.
pub const OLDEST_OPSET: i64 = 7;

/// The reductions that took their axes as an attribute until version 17.
const REDUCTIONS: [&str; 9] = [
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceSumSquare",
];

impl Graph {
    /// Rewrites a graph of version 7 to 17 to version 18; others stay as they are.
    pub fn raise(&mut self) {
        let version = self.opset();
        if !(OLDEST_OPSET..GRADIENT_OPSET).contains(&version) {
            return;
        }
        let elements = self.inputs.iter().map(|input| self.input_element(&input.name));
        let element = elements.into_iter().find(|&code| element::is_float(code)).unwrap_or(element::F32);
        let mut raise = Raise { version, element, constants: vec![] };
        raise.nodes(&mut self.nodes);
        self.initializers.extend(raise.constants.into_iter().map(|tensor| (tensor.name.clone(), tensor)));
        self.set_opset(GRADIENT_OPSET);
    }
}

/// What rewriting needs to know, and what it makes.
struct Raise {
    /// The version that the graph is written in.
    version: i64,
    /// The code of its floating-point type.
    element: i32,
    constants: Vec<TensorProto>,
}

impl Raise {
    fn nodes(&mut self, nodes: &mut Vec<NodeProto>) {
        let mut raised = Vec::with_capacity(nodes.len());
        for mut node in nodes.drain(..) {
            for graph in
                node.attribute.iter_mut().flat_map(|attribute| attribute.g.iter_mut().chain(&mut attribute.graphs))
            {
                self.nodes(&mut graph.node);
            }
            let flattens = matches!(node.op_type.as_str(), "Softmax" | "LogSoftmax" | "Hardmax");
            if !is_standard(&node.domain) {
                raised.push(node);
            } else if flattens && self.version < 13 && node.int("axis") != Some(-1) {
                raised.extend(over_all_later_axes(node));
            } else {
                self.node(&mut node);
                raised.push(node);
            }
        }
        *nodes = raised;
    }

    fn node(&mut self, node: &mut NodeProto) {
        let version = self.version;
        match node.op_type.as_str() {
            op if REDUCTIONS.contains(&op) => self.inputs(node, &["axes"]),
            "ReduceSum" | "Squeeze" | "Unsqueeze" if version < 13 => self.inputs(node, &["axes"]),
            "Split" => {
                self.inputs(node, &["split"]);
                if node.input_at(1).is_none() {
                    node.attribute.push(int("num_outputs", node.output.len() as i64));
                }
            }
            "Dropout" if version < 12 => node.attribute.clear(),
            "Clip" if version < 11 => self.inputs(node, &["min", "max"]),
            "Pad" if version < 11 => self.inputs(node, &["pads", "value"]),
            "Slice" if version < 10 => self.inputs(node, &["starts", "ends", "axes"]),
            "TopK" if version < 10 => self.inputs(node, &["k"]),
            "BatchNormalization" if version < 9 && node.int("spatial") != Some(0) => {
                node.attribute.retain(|attribute| attribute.name != "spatial");
            }
            "Scatter" => node.op_type = "ScatterElements".into(),
            "Upsample" | "Resize" if version < 11 => {
                self.inputs(node, &["scales"]);
                node.op_type = "Resize".into();
                // The region, which comes between, did not exist.
                node.input.insert(1, String::new());
                let asymmetric = text("coordinate_transformation_mode", "asymmetric");
                node.attribute.extend([asymmetric, text("nearest_mode", "floor")]);
            }
            _ => {}
        }
    }

    /// Turns the attributes `names` into the inputs after the first, as far as the node has them as attributes.
    fn inputs(&mut self, node: &mut NodeProto, names: &[&str]) {
        let first = node.output.first().cloned().unwrap_or_default();
        for (place, name) in names.iter().enumerate() {
            let Some(at) = node.attribute.iter().position(|attribute| attribute.name == *name) else { continue };
            let attribute = node.attribute.remove(at);
            let constant = format!("kipos.raised/{first}/{name}");
            let count = |length: usize| vec![length as i64];
            self.constants.push(match (attribute.f, attribute.i) {
                (Some(value), _) => TensorProto::of_floats(&constant, vec![], self.element, &[value.into()]),
                (_, Some(value)) => TensorProto::of_ints(&constant, vec![1], &[value]),
                _ if !attribute.floats.is_empty() => {
                    let values: Vec<f64> = attribute.floats.iter().map(|&value| value.into()).collect();
                    TensorProto::of_floats(&constant, count(values.len()), element::F32, &values)
                }
                _ => TensorProto::of_ints(&constant, count(attribute.ints.len()), &attribute.ints),
            });
            node.input.resize(node.input.len().max(place + 2), String::new());
            node.input[place + 1] = constant;
        }
    }
}

/// A softmax over all axes from one on, as it was until version 12: over one axis of a matrix.
fn over_all_later_axes(node: NodeProto) -> [NodeProto; 4] {
    let name = |what: &str| format!("{}/{what}", node.output[0]);
    let one = |op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>| NodeProto {
        op_type: op.into(),
        name: output.into(),
        input: inputs.iter().map(|input| (*input).to_owned()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    };
    let (x, shape, flat, result) = (node.input[0].as_str(), name("shape"), name("flat"), name("result"));
    let axis = node.int("axis").unwrap_or(1);
    let back = NodeProto {
        op_type: "Reshape".into(),
        input: vec![result.clone(), shape.clone()],
        output: node.output.clone(),
        name: name("reshape"),
        ..Default::default()
    };
    [
        one("Shape", &[x], &shape, vec![]),
        one("Flatten", &[x], &flat, vec![int("axis", axis)]),
        NodeProto { name: node.name.clone(), ..one(&node.op_type, &[&flat], &result, vec![int("axis", -1)]) },
        back,
    ]
}
