//! Networks for the tests of edits: random ones of all operators that edits are carried through, and a few of special shapes.

mod ends;
mod layers;
mod special;

use kipos_onnx_graph::attribute::ints;
use kipos_onnx_graph::proto::{AttributeProto, NodeProto, TensorProto};
use kipos_onnx_graph::tensor::element;

use super::super::built::{noise, op};
pub use special::{any_length, beside, fixed_batch, two_inputs, two_outputs};

/// What random networks have, some or other.
#[rustfmt::skip]
pub const FORMS: &[&str] = &[
    "Abs", "Add", "AveragePool", "BatchNormalization", "Celu", "Clip", "Concat", "Conv", "ConvTranspose", "Div",
    "Elu", "Erf", "Exp", "Flatten", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "HardSwish",
    "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "MatMul", "MaxPool", "Mish", "Mul", "Neg", "PRelu", "Pad",
    "Pow", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Selu", "Sigmoid", "Slice",
    "Softmax", "Softplus", "Softsign", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "ThresholdedRelu",
    "Transpose", "Unsqueeze",
    "Conv of stride", "Conv of dilation", "Conv that overlaps", "Conv that leaves out positions", "Conv of pads",
    "Conv SAME_UPPER", "Conv SAME_LOWER", "Conv VALID", "Conv of groups", "Conv of single channels",
    "Conv of height one", "Conv of width one", "Conv that covers an axis", "MaxPool of stride", "MaxPool of dilation",
    "MaxPool that overlaps", "MaxPool that leaves out positions", "MaxPool of pads", "MaxPool SAME_UPPER",
    "MaxPool SAME_LOWER", "MaxPool VALID", "MaxPool that rounds up", "AveragePool of stride",
    "AveragePool that overlaps", "AveragePool that leaves out positions", "AveragePool of pads",
    "AveragePool SAME_UPPER", "AveragePool SAME_LOWER", "AveragePool VALID", "AveragePool that rounds up",
    "AveragePool that counts what is filled up", "Pow of 1", "Pow of 2", "Pow of 3", "ReduceMax of channels",
    "ReduceSum of channels", "ReduceMean of channels", "Mul that repeats a channel", "Mul with itself",
    "Concat of channels", "Concat of positions", "Add of a weight by position", "Mul with a weight by position",
    "Sub from a weight", "Div by a weight", "Div of a weight", "Slice of positions", "Slice of every second position",
    "Slice of channels", "Split of positions", "Split of channels", "dense layer of all positions",
    "dense layer of positions before channels", "Gemm with factors", "ReduceMax of positions",
    "ReduceL2", "Sin", "Max", "ConstantOfShape", "MatMul of groups", "Resize to a length", "Resize by 0.5", "Resize by 2", "Resize by 3", "Slice that goes back",
    "ReduceSum of positions", "ReduceMean of positions", "profile of few outputs", "profile of all channels",
    "LogSoftmax of all positions", "Slice of a single position",
];

/// A network from `x` to `out`.
#[derive(Debug, Default)]
pub struct Network {
    pub nodes: Vec<NodeProto>,
    pub weights: Vec<TensorProto>,
    /// Its operators and their forms.
    pub what: Vec<String>,
    state: u64,
    /// The tensor that the last layer gives, its channels and positions.
    value: String,
    channels: usize,
    length: usize,
    /// Strides are below this.
    strides: usize,
}

/// A network of some layers behind a first convolution.
pub fn random(layers: usize, length: usize, seed: u64) -> Network {
    let mut network = Network::of(4, length, seed);
    network.convolution();
    (0..layers).for_each(|_| network.layer());
    network.end();
    network
}

/// As [`random`], of layers that treat all positions alike, so that only the ends of a sequence tell where in it they are.
pub fn alike(layers: usize, length: usize, seed: u64) -> Network {
    let mut network = Network { strides: 2, ..Network::of(4, length, seed) };
    network.convolution();
    (0..layers).for_each(|_| network.layer_alike());
    network.then("Sigmoid", &[], vec![]);
    network.give();
    network
}

impl Network {
    fn of(channels: usize, length: usize, seed: u64) -> Self {
        Self { state: seed | 1, value: "x".into(), channels, length, strides: 5, ..Self::default() }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % bound
    }

    /// Says that the network has a form of an operator.
    fn has(&mut self, form: &str) {
        self.what.push(form.into());
    }

    /// Weights of a layer with so many inputs.
    fn weight(&mut self, dims: &[usize], inputs: usize) -> String {
        let seed = self.below(1 << 30) as u64;
        let scale = 1.5 / (inputs.max(1) as f64).sqrt();
        let numbers: Vec<f64> = noise(seed, dims.iter().product()).iter().map(|number| number * scale).collect();
        self.known(dims, &numbers)
    }

    fn known(&mut self, dims: &[usize], numbers: &[f64]) -> String {
        let name = format!("w{}", self.weights.len());
        let dims = dims.iter().map(|&dim| dim as i64).collect();
        self.weights.push(TensorProto::of_floats(&name, dims, element::F32, numbers));
        name
    }

    fn numbers(&mut self, numbers: &[i64]) -> String {
        let name = format!("n{}", self.weights.len());
        self.weights.push(TensorProto::of_ints(&name, vec![numbers.len() as i64], numbers));
        name
    }

    fn node(&mut self, kind: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> String {
        let name = format!("t{}", self.nodes.len());
        self.nodes.push(op(kind, inputs, &name, attributes));
        self.has(kind);
        name
    }

    /// A node with several results.
    fn nodes_of(
        &mut self,
        kind: &str,
        inputs: &[&str],
        results: usize,
        attributes: Vec<AttributeProto>,
    ) -> Vec<String> {
        let first = self.node(kind, inputs, attributes);
        let names: Vec<String> = (0..results).map(|at| format!("{first}.{at}")).collect();
        if let Some(node) = self.nodes.last_mut() {
            node.output.clone_from(&names);
        }
        names
    }

    /// A node that follows the last one.
    fn then(&mut self, kind: &str, others: &[&str], attributes: Vec<AttributeProto>) {
        let value = self.value.clone();
        let inputs: Vec<&str> = std::iter::once(value.as_str()).chain(others.iter().copied()).collect();
        self.value = self.node(kind, &inputs, attributes);
    }

    /// A convolution that keeps the positions, of the last value.
    fn same(&mut self, outputs: usize) -> String {
        let weight = self.weight(&[outputs, self.channels, 3], 3 * self.channels);
        let bias = self.weight(&[outputs], 4);
        let value = self.value.clone();
        self.node("Conv", &[&value, &weight, &bias], vec![ints("kernel_shape", [3]), ints("pads", [1, 1])])
    }

    /// What makes positions the last axis but one, and back.
    fn turn(&mut self) {
        self.then("Transpose", &[], vec![ints("perm", [0, 2, 1])]);
    }

    /// Names the last value as the output.
    fn give(&mut self) {
        self.give_as("out");
    }

    fn give_as(&mut self, name: &str) {
        let value = self.value.clone();
        self.nodes.push(op("Identity", &[&value], name, vec![]));
    }
}
