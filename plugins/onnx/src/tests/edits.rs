//! Edits, computed from what they change, beside rows of their own in the engine.

mod networks;
mod reads;

use kipos_onnx_edits::Evaluator;
use kipos_onnx_graph::attribute::{int, ints};
use kipos_onnx_graph::proto::TensorProto;
use kipos_onnx_graph::tensor::element;
use kipos_plugin_api::{EditAxes, EditedOutputs, Edits, Substitution, TensorView};
use proptest::prelude::*;

use super::built::{built, noise, op};
use super::*;

/// The largest difference that rounding explains, over the largest output.
const ROUNDING: f32 = 1e-5;

/// One edit of so many may come close to a kink, where rounding decides what happens next; its outputs may be apart by this.
const KINKS: usize = 200;
const AT_KINKS: f32 = 1e-3;

/// One-hot rows, and everywhere some columns of a quarter each, as for unknown bases.
fn one_hot(rows: usize, shape: &[usize], axes: EditAxes, seed: u64) -> Tensor {
    let size: usize = shape.iter().product();
    let mut data = vec![0f32; rows * size];
    let stride = |axis: usize| shape[axis + 1..].iter().product::<usize>();
    for (row, numbers) in data.chunks_exact_mut(size).enumerate() {
        for (position, number) in noise(seed ^ ((row as u64 + 1) * 977), shape[axes.position]).into_iter().enumerate() {
            let at = |letter: usize| position * stride(axes.position) + letter * stride(axes.channel);
            match ((number + 1.0) * 8.0) as usize % 16 {
                15 => (0..shape[axes.channel]).for_each(|letter| numbers[at(letter)] = 0.25),
                letter => numbers[at(letter % shape[axes.channel])] = 1.0,
            }
        }
    }
    tensor(&[&[rows], shape].concat(), data)
}

/// Every letter at every position of every row, also none; some edits of several bases, and one of none.
fn every_edit(inputs: &[(usize, EditAxes, &[usize])], rows: usize) -> Edits {
    let mut edits = Edits::new(vec![], vec![], vec![], inputs.iter().map(|(_, axes, _)| *axes).collect());
    let mut push = |source: usize, own: &[Substitution]| {
        edits.sources.push(source);
        edits.substitutions.extend_from_slice(own);
        edits.ends.push(edits.substitutions.len());
    };
    for row in 0..rows {
        for &(input, axes, shape) in inputs {
            let (length, letters) = (shape[axes.position], shape[axes.channel]);
            let at = |position: usize, letter: usize| {
                let channel = Some(letter % (letters + 1)).filter(|&letter| letter < letters);
                Substitution { input, position, channel }
            };
            for position in 0..length {
                (0..=letters).for_each(|letter| push(row, &[at(position, letter)]));
            }
            for first in (0..length.saturating_sub(3)).step_by(5) {
                push(row, &[at(first, first), at(first + 1, first + 2), at(first + 2, first + 1)]);
                push(row, &[at(length - 1 - first, first), at(first / 2, first + 1)]);
            }
            push(row, &[]);
        }
        let all: Vec<Substitution> = inputs
            .iter()
            .map(|&(input, axes, shape)| Substitution { input, position: shape[axes.position] / 3, channel: Some(0) })
            .collect();
        push(row, &all);
    }
    edits
}

/// How far outputs of each edit are from those of a row of its own, over the largest output; and of each row as it is.
fn differences(model: &OnnxModel, inputs: &[Tensor], edits: &Edits) -> Vec<f32> {
    let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
    let found = model.predict_edits(&views, edits).unwrap();
    apart(&model.materialised(&views, edits).unwrap(), &found)
}

fn apart(expected: &EditedOutputs, found: &EditedOutputs) -> Vec<f32> {
    let mut apart = Vec::new();
    for (expected, found) in [(&expected.reference, &found.reference), (&expected.edited, &found.edited)] {
        let rows = expected[0].view().rows();
        let mut own = vec![0f32; rows];
        for (expected, found) in expected.iter().zip(found) {
            assert_eq!(expected.shape(), found.shape());
            let (expected, found) = (expected.view().as_f32().unwrap(), found.view().as_f32().unwrap());
            let largest = expected.iter().fold(f32::MIN_POSITIVE, |largest, number| largest.max(number.abs()));
            let width = expected.len() / rows;
            for (row, own) in own.iter_mut().enumerate() {
                for (a, b) in expected[row * width..][..width].iter().zip(&found[row * width..][..width]) {
                    let difference = (a - b).abs() / largest;
                    *own = if difference.is_nan() && a.to_bits() != b.to_bits() { 1.0 } else { own.max(difference) };
                }
            }
        }
        apart.extend(own);
    }
    apart
}

fn check_differences(apart: &[f32], what: &str) {
    let most = apart.iter().fold(0f32, |most, &apart| most.max(apart));
    let beyond = apart.iter().filter(|&&apart| apart > ROUNDING).count();
    assert!(most <= AT_KINKS && beyond <= apart.len() / KINKS, "{what}: {beyond} of {} beyond, {most:e}", apart.len());
}

fn axes(input: usize, position: usize, channel: usize) -> EditAxes {
    EditAxes { input, position, channel }
}

/// What carries edits through a model, whatever they cost.
fn evaluator(model: &OnnxModel, shape: &[usize], axes: EditAxes) -> Evaluator {
    let plan = model.plan_for(&[shape.to_vec()], &[axes]);
    model.tried(plan.unwrap_or_else(|stop| panic!("{stop}"))).unwrap_or_else(|why| panic!("{why}"))
}

/// A model of which every edit is held to the engine.
fn check(model: &OnnxModel, shape: &[usize], axes: EditAxes, rows: usize, what: &str) {
    let (input, edits) = (one_hot(rows, shape, axes, 5), every_edit(&[(0, axes, shape)], rows));
    let found = evaluator(model, shape, axes).predict(&[input.view()], &edits, 1).unwrap();
    check_differences(&apart(&model.materialised(&[input.view()], &edits).unwrap(), &found), what);
}

fn fixture(name: &str, outputs: &[&str]) -> OnnxModel {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models");
    load_with(directory, name, &["x"], outputs, Device::Cpu).unwrap()
}

#[test]
fn every_edit_of_the_example_is_that_of_the_engine() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/motif-cnn");
    let model = load_with(directory, "model.onnx", &["seq"], &["prob"], Device::Cpu).unwrap();
    let (shape, axes) = ([200, 4], axes(0, 0, 1));
    let edits = every_edit(&[(0, axes, &shape)], 3);
    check_differences(&differences(&model, &[one_hot(3, &shape, axes, 5)], &edits), "motif-cnn");
    let plan = model.edit_plan().unwrap();
    assert!(plan.cost_ratio.is_some_and(|ratio| ratio < 0.2), "{plan:?}");
}

#[test]
fn every_edit_of_networks_of_either_exporter_is_that_of_the_engine() {
    for (name, outputs) in [("deepsea", &["y0"][..]), ("basset", &["y0"][..]), ("bpnet", &["y0", "y1"][..])] {
        let model = fixture(&format!("{name}.onnx"), outputs);
        let length = model.signature().inputs[0].shape.as_ref().unwrap()[0].unwrap();
        check(&model, &[length, 4], axes(0, 0, 1), 2, name);
    }
}

#[test]
fn what_cannot_be_planned_names_the_node() {
    let reason = |name: &str| {
        let model = fixture(name, &["y0"]);
        let plan = model.edit_plan().unwrap();
        assert!(!plan.supported && !model.capabilities().edits);
        (plan.node.unwrap(), plan.reason)
    };
    let (node, why) = reason("danq.onnx");
    assert!(node.ends_with(" (LSTM)"), "{node}");
    assert_eq!(why, "a recurrent layer carries a change on to all positions");
    let (node, why) = reason("attention.onnx");
    assert!(node.starts_with('`') && !why.is_empty(), "{node}: {why}");
}

#[test]
fn wanted_outputs_are_the_same_alone() {
    let model = fixture("bpnet.onnx", &["y0", "y1"]);
    let length = model.signature().inputs[0].shape.as_ref().unwrap()[0].unwrap();
    let (shape, axes) = ([length, 4], axes(0, 0, 1));
    let input = one_hot(2, &shape, axes, 5);
    let edits = every_edit(&[(0, axes, &shape)], 2);
    let evaluator = evaluator(&model, &shape, axes);
    let all = evaluator.predict(&[input.view()], &edits, 1).unwrap();
    let one = evaluator.predict(&[input.view()], &edits.with_outputs(vec![1]), 1).unwrap();
    assert_eq!((&one.reference[1], &one.edited[1]), (&all.reference[1], &all.edited[1]));
}

/// Rows that are cut into calls in another way, and other threads, give the same bits.
#[test]
fn bits_depend_on_neither_calls_nor_threads() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models");
    let (axes, mut answers) = (axes(0, 0, 1), Vec::new());
    for (threads, at_once) in [(1, 5), (1, 1), (2, 5), (3, 2)] {
        let options = OPTIONS.with_threads(threads);
        let model = load_options(directory.clone(), "basset.onnx", &["x"], &["y0"], options).unwrap();
        let length = model.signature().inputs[0].shape.as_ref().unwrap()[0].unwrap();
        let shape = [length, 4];
        let input = one_hot(5, &shape, axes, 9);
        let numbers = input.view().as_f32().unwrap();
        let mut bits: Vec<u32> = Vec::new();
        for rows in numbers.chunks(at_once * length * 4) {
            let count = rows.len() / (length * 4);
            let edits = every_edit(&[(0, axes, &shape)], count);
            let found = model.predict_edits(&[tensor(&[count, length, 4], rows.to_vec()).view()], &edits).unwrap();
            for outputs in [&found.reference, &found.edited] {
                bits.extend(outputs[0].view().as_f32().unwrap().iter().map(|number| number.to_bits()));
            }
        }
        // Rows and edits come in another order where the calls are others.
        bits.sort_unstable();
        answers.push(bits);
    }
    assert!(answers.iter().all(|bits| *bits == answers[0]));
}

#[test]
fn both_inputs_of_dna_are_edited_and_a_covariate_is_not() {
    let directory = tempfile::tempdir().unwrap();
    networks::two_inputs(&directory.path().join("two.onnx"));
    let model = load_with(directory.path().to_owned(), "two.onnx", &["a", "b", "c"], &["out"], Device::Cpu).unwrap();
    let (first, second) = (axes(0, 1, 0), axes(1, 0, 1));
    let inputs = [
        one_hot(3, &[4, 30], first, 1),
        one_hot(3, &[24, 4], second, 2),
        tensor(&[3, 2], noise(3, 6).into_iter().map(|number| number as f32).collect::<Vec<f32>>()),
    ];
    assert!(model.edit_plan().unwrap().supported);
    let edits = every_edit(&[(0, first, &[4, 30]), (1, second, &[24, 4])], 3);
    check_differences(&differences(&model, &inputs, &edits), "two inputs");
}

#[test]
fn a_fixed_batch_and_a_sequence_of_any_length_are_planned() {
    let directory = tempfile::tempdir().unwrap();
    networks::fixed_batch(&directory.path().join("fixed.onnx"), 4);
    let model = load_with(directory.path().to_owned(), "fixed.onnx", &["x"], &["out"], Device::Cpu).unwrap();
    check(&model, &[4, 1, 40], axes(0, 2, 0), 4, "fixed batch");
    let any = networks::any_length();
    for length in [17, 40] {
        check(&any, &[4, length], axes(0, 1, 0), 2, "any length");
    }
}

/// What the engine would give is wrong here on purpose: the trial must see it.
#[test]
fn a_plan_that_disagrees_is_not_used() {
    let model = networks::any_length();
    let (shape, axes) = ([4, 20], axes(0, 1, 0));
    let plan = model.plan_for(&[shape.to_vec()], &[axes]).unwrap();
    model.tried(plan.clone()).unwrap();
    let mut other = plan;
    let port = &mut other.outputs[0];
    port.places.channels.reverse();
    let why = model.tried(other).unwrap_err();
    assert!(why.starts_with("in a trial against the engine, ") && why.contains(" is off by "), "{why}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn edits_of_random_networks_are_those_of_the_engine(layers in 1..6usize, length in 24..64usize, seed in any::<u64>()) {
        let network = networks::random(layers, length, seed);
        let model = built(&[4, length], element::F32, network.nodes.clone(), network.weights.clone());
        let (shape, axes) = ([4, length], axes(0, 1, 0));
        // Small networks may cost as much as a row; they are right all the same.
        let plan = model.plan_for(&[shape.to_vec()], &[axes]);
        prop_assert!(plan.is_ok(), "{plan:?} in {:?}", network.what);
        let evaluator = model.tried(plan.unwrap());
        prop_assert!(evaluator.is_ok(), "{:?} in {:?}", evaluator.err(), network.what);
        let (input, edits) = (one_hot(2, &shape, axes, seed), every_edit(&[(0, axes, &shape)], 2));
        let found = evaluator.unwrap().predict(&[input.view()], &edits, 1).unwrap();
        let expected = model.materialised(&[input.view()], &edits).unwrap();
        check_differences(&apart(&expected, &found), &network.what.join(", "));
    }
}

#[test]
fn a_weight_that_is_infinite_is_not_packed() {
    let mut weights = networks::random(2, 30, 7).weights;
    weights.truncate(0);
    weights.push(TensorProto::of_floats("w", vec![2, 4, 3], element::F32, &[f64::INFINITY; 24]));
    let nodes = vec![op("Conv", &["x", "w"], "out", vec![ints("kernel_shape", [3]), int("group", 1)])];
    let model = built(&[4, 30], element::F32, nodes, weights);
    let plan = model.plan_for(&[vec![4, 30]], &[axes(0, 1, 0)]).unwrap();
    assert_eq!(model.tried(plan).unwrap_err(), "the weight `w` holds infinite numbers");
}
