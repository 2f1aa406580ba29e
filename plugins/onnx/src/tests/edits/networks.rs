//! Networks for the tests of edits: random ones of all operators that edits are carried through, and a few of special shapes.

use kipos_onnx_graph::attribute::{float, int, ints};
use kipos_onnx_graph::proto::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, TypeValue, ValueInfoProto,
};
use kipos_onnx_graph::tensor::element;
use prost::Message;

use super::super::built::{ANY, built, noise, op};
use super::*;

/// A network from `x` to `out`.
#[derive(Debug, Default)]
pub struct Network {
    pub nodes: Vec<NodeProto>,
    pub weights: Vec<TensorProto>,
    /// Its layers, for messages.
    pub what: Vec<String>,
    state: u64,
    /// The tensor that the last layer gives, its channels and positions.
    value: String,
    channels: usize,
    length: usize,
}

const FUNCTIONS: [&str; 14] = [
    "Relu",
    "Relu",
    "Sigmoid",
    "Tanh",
    "Softplus",
    "Elu",
    "LeakyRelu",
    "Abs",
    "HardSigmoid",
    "Softsign",
    "Mish",
    "Erf",
    "Celu",
    "Selu",
];

impl Network {
    pub fn of(channels: usize, length: usize, seed: u64) -> Self {
        Self { state: seed | 1, value: "x".into(), channels, length, ..Self::default() }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % bound
    }

    fn name(&self) -> String {
        format!("t{}", self.nodes.len())
    }

    fn weight(&mut self, dims: &[usize], inputs: usize) -> String {
        let name = format!("w{}", self.weights.len());
        let seed = self.below(1 << 30) as u64;
        let scale = 1.5 / (inputs.max(1) as f64).sqrt();
        let numbers: Vec<f64> = noise(seed, dims.iter().product()).iter().map(|number| number * scale).collect();
        let dims = dims.iter().map(|&dim| dim as i64).collect();
        self.weights.push(TensorProto::of_floats(&name, dims, element::F32, &numbers));
        name
    }

    fn numbers(&mut self, numbers: &[i64]) -> String {
        let name = format!("n{}", self.weights.len());
        self.weights.push(TensorProto::of_ints(&name, vec![numbers.len() as i64], numbers));
        name
    }

    fn node(&mut self, kind: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> String {
        let name = self.name();
        self.nodes.push(op(kind, inputs, &name, attributes));
        name
    }

    fn then(&mut self, kind: &str, others: &[&str], attributes: Vec<AttributeProto>) {
        let inputs: Vec<String> =
            [vec![self.value.clone()], others.iter().map(|other| (*other).to_owned()).collect()].concat();
        self.value = self.node(kind, &inputs.iter().map(String::as_str).collect::<Vec<_>>(), attributes);
    }

    fn windows(&mut self, longest: usize, dilations: usize) -> Option<(Vec<AttributeProto>, usize, usize)> {
        let (taps, stride, dilation) = (1 + self.below(longest), 1 + self.below(3), 1 + self.below(dilations));
        let reach = (taps - 1) * dilation + 1;
        let (before, after) = (self.below(taps), self.below(taps));
        if self.length < 8 || self.length + before + after < reach + 3 {
            return None;
        }
        let length = (self.length + before + after - reach) / stride + 1;
        let mut attributes = vec![
            ints("kernel_shape", [taps as i64]),
            ints("strides", [stride as i64]),
            ints("pads", [before as i64, after as i64]),
        ];
        if dilations > 1 {
            attributes.push(ints("dilations", [dilation as i64]));
        }
        Some((attributes, taps, length))
    }

    /// A convolution that keeps the positions, of `value`.
    fn same(&mut self, outputs: usize) -> String {
        let weight = self.weight(&[outputs, self.channels, 3], 3 * self.channels);
        let bias = self.weight(&[outputs], 4);
        let value = self.value.clone();
        self.node("Conv", &[&value, &weight, &bias], vec![ints("kernel_shape", [3]), ints("pads", [1, 1])])
    }

    fn convolution(&mut self) {
        let groups = if self.channels.is_multiple_of(2) { 1 + self.below(2) } else { 1 };
        let outputs = 2 * (1 + self.below(12));
        let Some((mut attributes, taps, length)) = self.windows(7, 3) else { return };
        attributes.push(int("group", groups as i64));
        let weight = self.weight(&[outputs, self.channels / groups, taps], taps * self.channels / groups);
        let bias = self.weight(&[outputs], 4);
        self.then("Conv", &[&weight, &bias], attributes);
        (self.channels, self.length) = (outputs, length);
    }

    fn pool(&mut self, kind: &str) {
        let Some((mut attributes, _, length)) = self.windows(4, 1) else { return };
        if kind == "AveragePool" {
            attributes.push(int("count_include_pad", self.below(2) as i64));
        }
        self.then(kind, &[], attributes);
        self.length = length;
    }

    fn function(&mut self) {
        let which = self.below(FUNCTIONS.len());
        self.then(FUNCTIONS[which], &[], vec![]);
    }

    fn along_channels(&mut self) {
        match self.below(4) {
            0 => self.then("Softmax", &[], vec![int("axis", 1)]),
            1 => self.then("LogSoftmax", &[], vec![int("axis", -2)]),
            2 => {
                let (scale, shift) = (self.weight(&[self.channels], 1), self.weight(&[self.channels], 4));
                self.then("Transpose", &[], vec![ints("perm", [0, 2, 1])]);
                self.then("LayerNormalization", &[&scale, &shift], vec![float("epsilon", 1e-3)]);
                self.then("Transpose", &[], vec![ints("perm", [0, 2, 1])]);
            }
            _ => {
                let outputs = 1 + self.below(9);
                let (matrix, bias) =
                    (self.weight(&[self.channels, outputs], self.channels), self.weight(&[outputs], 4));
                self.then("Transpose", &[], vec![ints("perm", [0, 2, 1])]);
                self.then("MatMul", &[&matrix], vec![]);
                self.then("Add", &[&bias], vec![]);
                self.then("Transpose", &[], vec![ints("perm", [0, 2, 1])]);
                self.channels = outputs;
            }
        }
    }

    fn joined(&mut self) {
        match self.below(6) {
            0 => {
                let other = self.same(self.channels);
                self.then("Add", &[&other], vec![]);
            }
            1 => {
                let (a, b) = (self.same(self.channels), self.same(self.channels));
                let (a, b) = (self.node("Sigmoid", &[&a], vec![]), self.node("Tanh", &[&b], vec![]));
                self.value = self.node("Mul", &[&a, &b], vec![]);
            }
            2 => {
                let more = 1 + self.below(5);
                let other = self.same(more);
                self.then("Concat", &[&other], vec![int("axis", 1)]);
                self.channels += more;
            }
            3 => {
                let other = self.same(self.channels);
                self.then("Concat", &[&other], vec![int("axis", 2)]);
                self.length *= 2;
            }
            4 => {
                let axes = self.numbers(&[1]);
                let value = self.value.clone();
                let mean = self.node("ReduceMean", &[&value, &axes], vec![int("keepdims", 1)]);
                self.then("Sub", &[&mean], vec![]);
            }
            _ => {
                let other = self.same(self.channels);
                let other = self.node("Softplus", &[&other], vec![]);
                self.then("Div", &[&other], vec![]);
            }
        }
    }

    fn known(&mut self) {
        let (channels, length) = (self.channels, self.length);
        match self.below(4) {
            0 => {
                let [scale, shift, mean] = [1, 4, 4].map(|inputs| self.weight(&[channels], inputs));
                let variance = format!("w{}", self.weights.len());
                let numbers: Vec<f64> = (0..channels).map(|at| 0.5 + at as f64 / 10.0).collect();
                self.weights.push(TensorProto::of_floats(&variance, vec![channels as i64], element::F32, &numbers));
                self.then("BatchNormalization", &[&scale, &shift, &mean, &variance], vec![float("epsilon", 1e-3)]);
            }
            1 => {
                let weight = self.weight(&[channels, 1], 1);
                self.then("Mul", &[&weight], vec![]);
            }
            2 => {
                let weight = self.weight(&[1, channels, length], 1);
                self.then("Add", &[&weight], vec![]);
            }
            _ => {
                let weight = self.weight(&[length], 1);
                self.then("Mul", &[&weight], vec![]);
            }
        }
    }

    fn cut(&mut self) {
        let (length, before, after) = (self.length as i64, self.below(4) as i64, self.below(4) as i64);
        match self.below(3) {
            0 if length > 12 => {
                let step = 1 + self.below(2) as i64;
                let numbers = [&[before][..], &[length - after], &[2], &[step]].map(|numbers| self.numbers(numbers));
                self.then("Slice", &numbers.each_ref().map(String::as_str), vec![]);
                self.length = ((length - after - before + step - 1) / step) as usize;
            }
            1 => {
                let pads = self.numbers(&[0, 0, before, 0, 0, after]);
                self.then("Pad", &[&pads], vec![]);
                // Directly before a pool, the engine would join both, and then refuse what it made.
                self.then("Tanh", &[], vec![]);
                self.length += (before + after) as usize;
            }
            _ if self.channels > 3 => {
                let numbers = [[1], [i64::MAX], [1]].map(|numbers| self.numbers(&numbers));
                self.then("Slice", &numbers.each_ref().map(String::as_str), vec![]);
                self.channels -= 1;
            }
            _ => {}
        }
    }

    fn over_two_axes(&mut self) {
        if self.length < 10 {
            return;
        }
        let (axis, outputs) = (self.numbers(&[2]), 1 + self.below(6));
        let weight = self.weight(&[outputs, self.channels, 1, 4], 4 * self.channels);
        self.then("Unsqueeze", &[&axis], vec![]);
        self.then("Conv", &[&weight], vec![ints("kernel_shape", [1, 4])]);
        self.then("MaxPool", &[], vec![ints("kernel_shape", [1, 2]), ints("strides", [1, 2])]);
        self.then("Squeeze", &[&axis], vec![]);
        (self.channels, self.length) = (outputs, (self.length - 3 - 2) / 2 + 1);
    }

    fn layer(&mut self) {
        let before = self.nodes.len();
        match self.below(12) {
            0..=2 => self.convolution(),
            3 => self.pool("MaxPool"),
            4 => self.pool("AveragePool"),
            5 | 6 => self.function(),
            7 => self.along_channels(),
            8 => self.joined(),
            9 => self.known(),
            10 => self.cut(),
            _ => self.over_two_axes(),
        }
        self.what.extend(self.nodes[before..].iter().map(|node| node.op_type.clone()));
    }

    fn dense(&mut self, inputs: usize) {
        let outputs = 1 + self.below(40);
        let (matrix, bias) = (self.weight(&[outputs, inputs], inputs), self.weight(&[outputs], 4));
        self.then("Gemm", &[&matrix, &bias], vec![int("transB", 1)]);
        self.then("Relu", &[], vec![]);
        let matrix = self.weight(&[outputs, 3], outputs);
        self.then("MatMul", &[&matrix], vec![]);
        self.then("Sigmoid", &[], vec![]);
    }

    fn end(&mut self) {
        let before = self.nodes.len();
        match self.below(8) {
            0 | 1 => {
                self.then("Flatten", &[], vec![]);
                self.dense(self.channels * self.length);
            }
            2 => {
                self.then("GlobalAveragePool", &[], vec![]);
                self.then("Flatten", &[], vec![]);
                self.dense(self.channels);
            }
            3 => {
                self.then("GlobalMaxPool", &[], vec![]);
                let shape = self.numbers(&[0, -1]);
                self.then("Reshape", &[&shape], vec![]);
                self.dense(self.channels);
            }
            4 => {
                let axes = self.numbers(&[2]);
                let kind = ["ReduceMax", "ReduceSum", "ReduceMean"][self.below(3)];
                self.then(kind, &[&axes], vec![int("keepdims", 0)]);
                self.dense(self.channels);
            }
            5 => {
                let weight = self.weight(&[1, self.channels, 9], 9 * self.channels);
                self.then("Conv", &[&weight], vec![ints("kernel_shape", [9]), ints("pads", [4, 4])]);
                self.then("Flatten", &[], vec![]);
            }
            6 => {
                self.then("Transpose", &[], vec![ints("perm", [0, 2, 1])]);
                self.then("Flatten", &[], vec![]);
                self.then("LogSoftmax", &[], vec![]);
            }
            _ => self.then("Sigmoid", &[], vec![]),
        }
        self.what.extend(self.nodes[before..].iter().map(|node| node.op_type.clone()));
        let value = self.value.clone();
        self.nodes.push(op("Identity", &[&value], "out", vec![]));
    }
}

/// A network of some layers behind a first convolution.
pub fn random(layers: usize, length: usize, seed: u64) -> Network {
    let mut network = Network::of(4, length, seed);
    network.convolution();
    (0..layers).for_each(|_| network.layer());
    network.end();
    network
}

/// A network that reads sequences of any length.
pub fn any_length() -> OnnxModel {
    let mut network = Network::of(4, ANY, 3);
    let value = network.same(6);
    network.value = value;
    network.channels = 6;
    network.then("Relu", &[], vec![]);
    network.then("GlobalMaxPool", &[], vec![]);
    network.then("Flatten", &[], vec![]);
    network.dense(6);
    let value = network.value.clone();
    network.nodes.push(op("Identity", &[&value], "out", vec![]));
    built(&[4, ANY], element::F32, network.nodes, network.weights)
}

fn declared(name: &str, dims: &[Option<usize>]) -> ValueInfoProto {
    let dim = |dim: &Option<usize>| Dimension {
        value: dim.map(|length| DimensionValue::DimValue(length as i64)),
        ..Default::default()
    };
    let shape = Some(TensorShapeProto { dim: dims.iter().map(dim).collect() });
    let value = Some(TypeValue::Tensor(TensorTypeProto { elem_type: element::F32, shape }));
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { value, ..Default::default() }), ..Default::default() }
}

fn write(file: &Path, network: Network, input: Vec<ValueInfoProto>, output: ValueInfoProto) {
    let graph = GraphProto {
        node: network.nodes,
        name: "network".into(),
        initializer: network.weights,
        input,
        output: vec![output],
        ..Default::default()
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 18 }];
    let model = ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
    std::fs::write(file, model.encode_to_vec()).unwrap();
}

/// A network of two axes that takes so many rows per call, and says so in a shape.
pub fn fixed_batch(file: &Path, rows: usize) {
    let mut network = Network::of(4, 40, 11);
    let weight = network.weight(&[8, 4, 1, 5], 20);
    network.then("Conv", &[&weight], vec![ints("kernel_shape", [1, 5])]);
    network.then("Relu", &[], vec![]);
    network.then("MaxPool", &[], vec![ints("kernel_shape", [1, 3]), ints("strides", [1, 3])]);
    let shape = network.numbers(&[rows as i64, 96]);
    network.then("Reshape", &[&shape], vec![]);
    network.dense(96);
    let value = network.value.clone();
    network.nodes.push(op("Identity", &[&value], "out", vec![]));
    let input = declared("x", &[Some(rows), Some(4), Some(1), Some(40)]);
    write(file, network, vec![input], declared("out", &[Some(rows), Some(3)]));
}

/// A network of two sequences, one with letters first and one with letters last, and two numbers beside them.
pub fn two_inputs(file: &Path) {
    let mut network = Network::of(4, 30, 17);
    network.value = "a".into();
    let first = network.same(6);
    let first = network.node("Relu", &[&first], vec![]);
    let first = network.node("Flatten", &[&first], vec![]);
    let second = network.node("Transpose", &["b"], vec![ints("perm", [0, 2, 1])]);
    (network.value, network.length) = (second, 24);
    let second = network.same(5);
    let second = network.node("Tanh", &[&second], vec![]);
    let second = network.node("GlobalAveragePool", &[&second], vec![]);
    let second = network.node("Flatten", &[&second], vec![]);
    network.value = network.node("Concat", &[&first, "c", &second], vec![int("axis", 1)]);
    network.dense(6 * 30 + 2 + 5);
    let value = network.value.clone();
    network.nodes.push(op("Identity", &[&value], "out", vec![]));
    let input = vec![
        declared("a", &[None, Some(4), Some(30)]),
        declared("b", &[None, Some(24), Some(4)]),
        declared("c", &[None, Some(2)]),
    ];
    write(file, network, input, declared("out", &[None, Some(3)]));
}
