//! The older forms of operators, and what they become.

use crate::attribute::{int, text};
use crate::proto::{AttributeProto, NodeProto, TensorProto};
use crate::tensor::element;

/// What rewriting needs to know, and what it makes.
pub struct Raising {
    /// The code of the graph's floating-point type.
    pub element: i32,
    /// The constants that nodes read now.
    pub constants: Vec<TensorProto>,
}

impl Raising {
    /// Turns the attributes `names` into the inputs after the first, as far as the node has them as attributes.
    pub fn with_inputs(&mut self, mut node: NodeProto, names: &[&str]) -> NodeProto {
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
        node
    }
}

/// Without sizes, the number of parts is told by that of the results.
pub fn split(raising: &mut Raising, node: NodeProto) -> Vec<NodeProto> {
    let mut node = raising.with_inputs(node, &["split"]);
    if node.input_at(1).is_none() {
        node.attribute.push(int("num_outputs", node.output.len() as i64));
    }
    vec![node]
}

/// The share that is dropped, which inference does not ask for.
pub fn without_attributes(_: &mut Raising, node: NodeProto) -> Vec<NodeProto> {
    vec![NodeProto { attribute: vec![], ..node }]
}

/// A normalization with a mean and variance per channel said so.
pub fn over_positions(_: &mut Raising, mut node: NodeProto) -> Vec<NodeProto> {
    if node.int("spatial") != Some(0) {
        node.attribute.retain(|attribute| attribute.name != "spatial");
    }
    vec![node]
}

/// The name that it has since version 11.
pub fn scatter(_: &mut Raising, node: NodeProto) -> Vec<NodeProto> {
    vec![NodeProto { op_type: "ScatterElements".into(), ..node }]
}

/// What was `Upsample`, too.
pub fn resize(raising: &mut Raising, node: NodeProto) -> Vec<NodeProto> {
    let mut node = raising.with_inputs(node, &["scales"]);
    node.op_type = "Resize".into();
    // What reads nothing is left for the engine to refuse.
    if node.input.is_empty() {
        return vec![node];
    }
    // The region, which comes between, did not exist.
    node.input.insert(1, String::new());
    let asymmetric = text("coordinate_transformation_mode", "asymmetric");
    node.attribute.extend([asymmetric, text("nearest_mode", "floor")]);
    vec![node]
}

/// A softmax over all axes from one on, as it was until version 12: over one axis of a matrix.
pub fn over_all_later_axes(_: &mut Raising, node: NodeProto) -> Vec<NodeProto> {
    // What reads or makes nothing is left for the engine to refuse.
    let (Some(x), Some(made)) = (node.input.first(), node.output.first()) else { return vec![node] };
    if node.int("axis") == Some(-1) {
        return vec![node];
    }
    let name = |what: &str| format!("{made}/{what}");
    let one = |op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>| NodeProto {
        op_type: op.into(),
        name: output.into(),
        input: inputs.iter().map(|input| (*input).to_owned()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    };
    let (shape, flat, result) = (name("shape"), name("flat"), name("result"));
    let axis = node.int("axis").unwrap_or(1);
    let back = NodeProto {
        op_type: "Reshape".into(),
        input: vec![result.clone(), shape.clone()],
        output: node.output.clone(),
        name: name("reshape"),
        ..Default::default()
    };
    vec![
        one("Shape", &[x], &shape, vec![]),
        one("Flatten", &[x], &flat, vec![int("axis", axis)]),
        NodeProto { name: node.name.clone(), ..one(&node.op_type, &[&flat], &result, vec![int("axis", -1)]) },
        back,
    ]
}
