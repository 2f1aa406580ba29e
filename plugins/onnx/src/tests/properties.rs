//! What holds for gradients of any graph: linear operators turn into their transposes, and differentiable graphs follow
//! their own finite differences.

use kipos_onnx_graph::attribute::{int, ints};
use kipos_onnx_graph::proto::{AttributeProto, NodeProto, TensorProto};
use kipos_onnx_graph::tensor::element;
use kipos_plugin_api::{Layer, Reduce};
use proptest::prelude::*;

use super::built::{built, noise, op};
use super::gradients::gradient;
use super::*;

/// A linear operator on rows of some shape.
#[derive(Debug, Clone)]
struct Linear {
    row: Vec<usize>,
    node: NodeProto,
    weights: Vec<TensorProto>,
}

fn floats(name: &str, dims: &[usize], seed: u64) -> TensorProto {
    let count = dims.iter().product();
    let dims = dims.iter().map(|&length| length as i64).collect();
    TensorProto::of_floats(name, dims, element::F32, &noise(seed, count))
}

/// Strides, pads, dilations and lengths of one axis.
#[derive(Debug, Clone, Copy)]
struct Axis {
    kernel: usize,
    stride: usize,
    dilation: usize,
    before: usize,
    after: usize,
    extra: usize,
}

impl Axis {
    fn reach(&self) -> usize {
        (self.kernel - 1) * self.dilation + 1
    }
}

fn axis() -> impl Strategy<Value = Axis> {
    (1..5usize, 1..4usize, 1..4usize, 0..4usize, 0..4usize, 0..9usize).prop_map(
        |(kernel, stride, dilation, before, after, extra)| Axis { kernel, stride, dilation, before, after, extra },
    )
}

fn geometry(axes: &[Axis], group: usize) -> Vec<AttributeProto> {
    let all = |value: fn(&Axis) -> usize| axes.iter().map(|axis| value(axis) as i64).collect::<Vec<i64>>();
    vec![
        ints("kernel_shape", all(|axis| axis.kernel)),
        ints("strides", all(|axis| axis.stride)),
        ints("dilations", all(|axis| axis.dilation)),
        ints("pads", [all(|axis| axis.before), all(|axis| axis.after)].concat()),
        int("group", group as i64),
    ]
}

fn convolution() -> impl Strategy<Value = Linear> {
    let axes = prop::collection::vec(axis(), 1..3);
    (axes, 1..4usize, 1..4usize, 1..4usize, any::<u64>()).prop_map(|(axes, group, inputs, outputs, seed)| {
        let lengths: Vec<usize> = axes.iter().map(|axis| axis.reach() + axis.extra).collect();
        let kernel: Vec<usize> = axes.iter().map(|axis| axis.kernel).collect();
        let weight = floats("w", &[&[group * outputs, inputs], kernel.as_slice()].concat(), seed);
        let node = op("Conv", &["x", "w"], "y", geometry(&axes, group));
        Linear { row: [&[group * inputs], lengths.as_slice()].concat(), node, weights: vec![weight] }
    })
}

fn transposed_convolution() -> impl Strategy<Value = Linear> {
    let axes = prop::collection::vec((axis(), 0..3usize), 1..3);
    (axes, 1..4usize, 1..4usize, 1..4usize, any::<u64>()).prop_map(|(axes, group, inputs, outputs, seed)| {
        let (axes, rest): (Vec<Axis>, Vec<usize>) = axes.into_iter().unzip();
        // Long enough that padding does not eat the result.
        let lengths: Vec<usize> = axes.iter().map(|axis| axis.extra + axis.before + axis.after + 1).collect();
        let rest: Vec<i64> = axes.iter().zip(rest).map(|(axis, rest)| (rest % axis.stride) as i64).collect();
        let kernel: Vec<usize> = axes.iter().map(|axis| axis.kernel).collect();
        let weight = floats("w", &[&[group * inputs, outputs], kernel.as_slice()].concat(), seed);
        let attributes = [geometry(&axes, group), vec![ints("output_padding", rest)]].concat();
        let node = op("ConvTranspose", &["x", "w"], "y", attributes);
        Linear { row: [&[group * inputs], lengths.as_slice()].concat(), node, weights: vec![weight] }
    })
}

fn pool() -> impl Strategy<Value = Linear> {
    (prop::collection::vec(axis(), 1..3), 0..2i64).prop_map(|(axes, counts)| {
        let within = |axis: Axis| Axis {
            dilation: 1,
            before: axis.before.min(axis.kernel - 1),
            after: axis.after.min(axis.kernel - 1),
            ..axis
        };
        let axes: Vec<Axis> = axes.into_iter().map(within).collect();
        let lengths: Vec<usize> = axes.iter().map(|axis| axis.reach() + axis.extra).collect();
        let mut attributes = geometry(&axes, 1);
        attributes.retain(|attribute| attribute.name != "group" && attribute.name != "dilations");
        attributes.push(int("count_include_pad", counts));
        let node = op("AveragePool", &["x"], "y", attributes);
        Linear { row: [&[2], lengths.as_slice()].concat(), node, weights: vec![] }
    })
}

/// Picks, pads, repeats or adds up positions of the last axis.
fn positions() -> impl Strategy<Value = Linear> {
    let length = 4..12usize;
    let picks = prop::collection::vec(0..1000usize, 1..9);
    (length, 0..5usize, picks, -4..5i64, any::<bool>()).prop_map(|(length, which, picks, step, flag)| {
        let list = |name: &str, values: &[i64]| TensorProto::of_ints(name, vec![values.len() as i64], values);
        let (at, step) = (picks[0] as i64 % length as i64, if step == 0 { 1 } else { step });
        let (name, inputs, attributes, weights) = match which {
            0 => {
                let end = if step > 0 { i64::from(i32::MAX) } else { -i64::from(i32::MAX) };
                let weights = vec![list("a", &[at]), list("b", &[end]), list("c", &[-1]), list("d", &[step])];
                ("Slice", vec!["x", "a", "b", "c", "d"], vec![], weights)
            }
            1 => {
                let weights = vec![list("a", &[step.min(3), at]), list("c", &[2])];
                ("Pad", vec!["x", "a", "", "c"], vec![], weights)
            }
            2 => {
                let picks: Vec<i64> = picks.iter().map(|pick| (pick % length) as i64).collect();
                ("Gather", vec!["x", "a"], vec![int("axis", 2)], vec![list("a", &picks)])
            }
            3 => {
                let attributes = vec![int("reverse", i64::from(step < 0)), int("exclusive", i64::from(flag))];
                ("CumSum", vec!["x", "a"], attributes, vec![TensorProto::of_ints("a", vec![], &[2])])
            }
            _ => ("Tile", vec!["x", "a"], vec![], vec![list("a", &[1, 2, 1 + at % 3])]),
        };
        Linear { row: vec![3, length], node: op(name, &inputs, "y", attributes), weights }
    })
}

fn sum_of_products(a: &[f32], b: &[f32]) -> (f64, f64) {
    let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
    products.fold((0.0, 0.0), |(sum, size), product| (sum + product, size + product.abs()))
}

/// What the steps of a random graph are; all keep the shape of a row, which is 4 by 6.
const STEPS: [&str; 13] = [
    "Tanh",
    "Sigmoid",
    "Relu",
    "Abs",
    "Softmax",
    "LogSoftmax",
    "LayerNormalization",
    "MatMul",
    "MaxPool",
    "Add",
    "Mul",
    "Attention",
    "ReduceLogSumExp",
];

/// The nodes of one step, from tensor `from` to tensor `to`. `other` is a tensor before.
fn step(name: &str, from: &str, other: &str, to: &str) -> Vec<NodeProto> {
    match name {
        "Softmax" | "LogSoftmax" => vec![op(name, &[from], to, vec![int("axis", 1)])],
        "LayerNormalization" => vec![op(name, &[from, "scale", "shift"], to, vec![])],
        "MatMul" => vec![op(name, &[from, "matrix"], to, vec![])],
        "MaxPool" => {
            let attributes = vec![ints("kernel_shape", [3]), ints("strides", [1]), ints("pads", [1, 1])];
            vec![op(name, &[from], to, attributes)]
        }
        "Add" | "Mul" => vec![op(name, &[from, other], to, vec![])],
        "Attention" => {
            let inner = |what: &str| format!("{to}/{what}");
            let (turned, products, weights) = (inner("turned"), inner("products"), inner("weights"));
            vec![
                op("Transpose", &[other], &turned, vec![ints("perm", [0, 2, 1])]),
                op("MatMul", &[from, &turned], &products, vec![]),
                op("Softmax", &[&products], &weights, vec![int("axis", -1)]),
                op("MatMul", &[&weights, from], to, vec![]),
            ]
        }
        "ReduceLogSumExp" => {
            let sum = format!("{to}/sum");
            vec![op(name, &[from, "axes"], &sum, vec![]), op("Sub", &[from, &sum], to, vec![])]
        }
        _ => vec![op(name, &[from], to, vec![])],
    }
}

fn doubles(name: &str, dims: &[i64], seed: u64) -> TensorProto {
    TensorProto::of_floats(name, dims.to_vec(), element::F64, &noise(seed, dims.iter().product::<i64>() as usize))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// The sum of `y·Ax` is that of `Aᵀy·x`, whatever `x` the gradient was taken at.
    #[test]
    fn gradients_of_linear_operators_are_their_transposes(
        linear in prop_oneof![
            3 => convolution(), 2 => transposed_convolution(), 1 => pool(), 2 => positions(),
        ],
        rows in 1..4usize,
        seed in any::<u64>(),
    ) {
        let plain = NodeProto { output: vec!["out".into()], ..linear.node.clone() };
        let shape = [&[rows], linear.row.as_slice()].concat();
        let input = |seed: u64| {
            let values: Vec<f32> = noise(seed, shape.iter().product()).iter().map(|&value| value as f32).collect();
            tensor(&shape, values)
        };
        let x = input(seed);
        let ax = predict(&built(&linear.row, element::F32, vec![plain], linear.weights.clone()), &[&x]).unwrap();
        let result: usize = ax[0].shape()[1..].iter().product();
        prop_assume!(result > 0);
        let one_row = [&[1], &ax[0].shape()[1..]].concat();
        let y = floats("cotangent", &one_row, seed ^ 77);
        let nodes = vec![linear.node, op("Mul", &["y", "cotangent"], "out", vec![])];
        let model = built(&linear.row, element::F32, nodes, [linear.weights, vec![y]].concat());
        let elsewhere = input(!seed);
        let found = model.input_gradients(&[elsewhere.view()], &gradient(Layer::Final, Reduce::Sum)).unwrap();
        let y: Vec<f32> = noise(seed ^ 77, result).iter().map(|&value| value as f32).collect();
        let (left, size) = sum_of_products(ax[0].view().as_f32().unwrap(), &y.repeat(rows));
        let (right, other) = sum_of_products(x.view().as_f32().unwrap(), found.tensors[0].view().as_f32().unwrap());
        prop_assert!((left - right).abs() <= 1e-6 * (1.0 + size + other), "{left} and {right}");
    }

    /// The gradient along a direction is the difference of the values on both sides of it.
    #[test]
    fn gradients_of_random_graphs_follow_finite_differences(
        steps in prop::collection::vec((prop::sample::select(&STEPS[..]), any::<prop::sample::Index>()), 1..7),
        rows in 1..4usize,
        seed in any::<u64>(),
    ) {
        let mut tensors = vec!["x".to_owned()];
        let mut nodes = Vec::new();
        for (at, (name, other)) in steps.iter().enumerate() {
            let (from, to) = (tensors[at].clone(), format!("t{at}"));
            nodes.extend(step(name, &from, other.get(tensors.as_slice()).as_str(), &to));
            tensors.push(to);
        }
        nodes.push(op("Mul", &[&tensors[steps.len()], "cotangent"], "out", vec![]));
        let weights = vec![
            doubles("cotangent", &[4, 6], seed ^ 1),
            doubles("matrix", &[6, 6], seed ^ 2),
            doubles("scale", &[6], seed ^ 3),
            doubles("shift", &[6], seed ^ 4),
            TensorProto::of_ints("axes", vec![1], &[2]),
        ];
        let model = built(&[4, 6], element::F64, nodes, weights);
        let x = noise(seed, rows * 24);
        let direction = noise(seed ^ 5, rows * 24);
        let at = |step: f64| {
            let moved: Vec<f64> = x.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
            tensor(&[rows, 4, 6], moved)
        };
        let value = |step: f64| -> f64 {
            let TensorData::F64(values) = predict(&model, &[&at(step)]).unwrap().swap_remove(0).into_data() else {
                panic!("not float64")
            };
            values.iter().sum()
        };
        let found = model.input_gradients(&[at(0.0).view()], &gradient(Layer::Final, Reduce::Sum)).unwrap();
        let TensorData::F64(found) = found.tensors[0].data() else { panic!("not float64") };
        let terms = found.iter().zip(&direction).map(|(g, d)| g * d);
        let (along, size) = terms.fold((0.0, 1.0), |(sum, size), term| (sum + term, size + term.abs()));
        let h = 1e-5;
        let (before, here, after) = (value(-h), value(0.0), value(h));
        // The sides differ by how much the graph bends, which is little without a kink between them.
        let bend = (after - 2.0 * here + before).abs() / h;
        prop_assume!(bend < 1e-3 * size);
        let difference = (after - before) / (2.0 * h);
        prop_assert!((along - difference).abs() <= 1e-6 * size + bend, "{along} and {difference}");
    }
}
