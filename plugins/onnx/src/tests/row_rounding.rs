//! Rows alone and among others, in graphs whose operators are known to round both in the same way.

use std::collections::BTreeSet;

use kipos_onnx_graph::attribute::{float, int};
use kipos_onnx_graph::proto::TensorProto;
use kipos_onnx_graph::tensor::element;

use super::built::{built, built_on, noise, op};
use super::edits::networks;
use super::*;
use crate::row_rounding::is_alike;

/// The bits of the answers for each row alone, and for all together.
fn both(model: &OnnxModel, rows: usize, row: &[usize], seed: u64) -> [Vec<u32>; 2] {
    let size: usize = row.iter().product();
    let numbers: Vec<f32> = noise(seed, rows * size).iter().map(|&number| number as f32).collect();
    let bits = |rows: usize, numbers: &[f32]| -> Vec<u32> {
        let input = tensor(&[&[rows], row].concat(), numbers.to_vec());
        let answers = model.run_forward(&[input.view()]).unwrap();
        answers
            .iter()
            .flat_map(|answer| answer.view().as_f32().unwrap().iter().map(|number| number.to_bits()))
            .collect()
    };
    [numbers.chunks(size).flat_map(|numbers| bits(1, numbers)).collect(), bits(rows, &numbers)]
}

/// The operators of a model, if they are known to round alike.
fn operators(model: &OnnxModel) -> Option<BTreeSet<String>> {
    let graph = model.sessions.forms().unwrap().original();
    is_alike(graph).then(|| graph.nodes.iter().map(|node| node.op_type.clone()).collect())
}

#[test]
fn known_operators_give_a_row_alone_the_bits_that_it_has_among_others() {
    let mut met = BTreeSet::new();
    for seed in 0..200 {
        let length = 40 + 4 * (seed as usize % 9);
        let network = networks::random(3 + seed as usize % 4, length, seed * 7919 + 5);
        let what = network.what.join(", ");
        let model = built_on(1 + seed as usize % 2, 22, &[4, length], element::F32, network.nodes, network.weights);
        let Some(own) = operators(&model) else { continue };
        met.extend(own);
        let [alone, together] = both(&model, 5, &[4, length], seed);
        assert!(alone == together, "network {seed}: {what}");
    }
    // Those that the networks do not have.
    let more = [
        vec![op("Neg", &["x"], "n", vec![]), op("Cast", &["n"], "out", vec![int("to", i64::from(element::F32))])],
        vec![op("Dropout", &["x"], "d", vec![]), op("Identity", &["d"], "out", vec![])],
        vec![op("HardSigmoid", &["x"], "out", vec![float("alpha", 0.3)])],
        vec![op("Softmax", &["x"], "s", vec![int("axis", 1)]), op("Clip", &["s"], "out", vec![])],
        vec![op("Softmax", &["x"], "s", vec![int("axis", 2)]), op("Clip", &["s"], "out", vec![])],
        vec![op("Constant", &[], "three", vec![float("value_float", 3.0)]), op("Div", &["x", "three"], "out", vec![])],
        vec![
            op("Shape", &["x"], "s", vec![]),
            op("Reshape", &["x", "s"], "r", vec![]),
            op("Abs", &["r"], "out", vec![]),
        ],
    ];
    for nodes in more {
        let model = built(&[4, 30], element::F32, nodes, vec![]);
        met.extend(operators(&model).unwrap());
        let [alone, together] = both(&model, 5, &[4, 30], 3);
        assert_eq!(alone, together);
    }
    let missing: Vec<&&str> = crate::row_rounding::known().filter(|operator| !met.contains(**operator)).collect();
    assert!(missing.is_empty(), "no graph has {missing:?}");
}

#[test]
fn products_with_computed_weights_are_not_known_to() {
    let weights = vec![TensorProto::of_floats("w", vec![4, 4], element::F32, &noise(1, 16))];
    let fixed = built(&[4], element::F32, vec![op("MatMul", &["x", "w"], "out", vec![])], weights.clone());
    assert!(fixed.rounds_alike);
    let nodes = vec![op("Tanh", &["w"], "v", vec![]), op("MatMul", &["x", "v"], "out", vec![])];
    let computed = built(&[4], element::F32, nodes, weights);
    assert!(!computed.rounds_alike);
    let input = tensor(&[1, 4], vec![0.5, 1.0, -2.0, 0.25]);
    assert_eq!(computed.run(&[input.view()]).unwrap()[0].shape(), [1, 4]);
}
