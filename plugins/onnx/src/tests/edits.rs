//! Edits, computed from what they change, beside rows of their own in the engine.

mod exactness;
mod float64;
pub(super) mod networks;
mod reads;

use std::collections::BTreeSet;

use kipos_onnx_graph::attribute::{int, ints};
use kipos_onnx_graph::proto::TensorProto;
use kipos_onnx_graph::tensor::element;
use kipos_plugin_api::{EditAxes, Edits, Substitution, TensorView};

use super::built::{built, built_of, noise, op};
use super::*;
use crate::edits::EditEvaluator;
use exactness::{Exactness, hold_engine};

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

fn axes(input: usize, position: usize, channel: usize) -> EditAxes {
    EditAxes { input, position, channel }
}

/// What carries edits through a model, whatever they cost.
fn evaluator(model: &OnnxModel, shape: &[usize], axes: EditAxes) -> EditEvaluator {
    let plan = model.plan_for(&[shape.to_vec()], &[axes]);
    let plan = plan.unwrap_or_else(|stop| panic!("{stop}"));
    model.tried(plan, |_| ()).unwrap_or_else(|why| panic!("{why}"))
}

/// A model of which every edit is held to the engine.
fn check(model: &OnnxModel, shape: &[usize], axes: EditAxes, rows: usize, what: &str) {
    let (input, edits) = (one_hot(rows, shape, axes, 5), every_edit(&[(0, axes, shape)], rows));
    let found = evaluator(model, shape, axes).predict(&[input.view()], &edits, 1).unwrap();
    let mut exactness = Exactness::default();
    exactness.hold(model, &[input], &edits, &found, what);
    exactness.check();
}

/// As [`check`], of the answers that the model itself gives.
fn check_answers(model: &OnnxModel, inputs: &[Tensor], edits: &Edits, what: &str) {
    let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
    let found = model.predict_edits(&views, edits).unwrap();
    let mut exactness = Exactness::default();
    exactness.hold(model, inputs, edits, &found, what);
    exactness.check();
}

fn fixture<S: AsRef<str>>(name: &str, outputs: &[S]) -> OnnxModel {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models");
    let outputs: Vec<&str> = outputs.iter().map(AsRef::as_ref).collect();
    load_with(directory, name, &["x"], &outputs, Device::Cpu).unwrap()
}

/// The graphs among the fixtures of a kind.
fn graphs(kind: &str) -> Vec<String> {
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(kind)).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".onnx")).collect();
    names.sort();
    names
}

fn outputs_of(kind: &str, name: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(kind).join(name);
    let graph = kipos_onnx_graph::Graph::load(std::fs::read(file).unwrap().into()).unwrap();
    graph.outputs.into_iter().map(|output| output.name).collect()
}

#[test]
fn every_edit_of_the_example_is_that_of_the_engine() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/motif-cnn");
    let model = load_with(directory, "model.onnx", &["seq"], &["prob"], Device::Cpu).unwrap();
    let (shape, axes) = ([200, 4], axes(0, 0, 1));
    let edits = every_edit(&[(0, axes, &shape)], 3);
    check_answers(&model, &[one_hot(3, &shape, axes, 5)], &edits, "motif-cnn");
    let plan = model.edit_plan().unwrap();
    assert!(plan.cost_ratio.is_some_and(|ratio| ratio < 0.2), "{plan:?}");
}

#[test]
fn every_edit_of_networks_of_either_exporter_is_that_of_the_engine() {
    let mut held = Vec::new();
    for name in graphs("models") {
        let model = fixture(&name, &outputs_of("models", &name));
        let shape: Vec<usize> = model.signature().inputs[0].shape.clone().unwrap().into_iter().flatten().collect();
        if let ([length, 4], true) = (shape.as_slice(), model.edit_plan().unwrap().supported) {
            check(&model, &[*length, 4], axes(0, 0, 1), 2, &name);
            held.push(name);
        }
    }
    let networks = ["basset.onnx", "bpnet.onnx", "deepsea.onnx"];
    let newer = networks.map(|name| format!("dynamo_{name}"));
    assert_eq!(held, [networks.map(str::to_owned), newer].concat());
}

#[test]
fn weights_may_lie_in_files_beside_the_graph() {
    let directory = tempfile::tempdir().unwrap();
    networks::beside(directory.path(), "beside.onnx", "beside.weights");
    let model = load_with(directory.path().to_owned(), "beside.onnx", &["x"], &["out"], Device::Cpu).unwrap();
    assert!(model.edit_plan().unwrap().supported);
    check(&model, &[4, 60], axes(0, 1, 0), 2, "weights beside");
    let plan = || model.plan_for(&[vec![4, 60]], &[axes(0, 1, 0)]).unwrap();
    // The engine may still read the file that it has opened.
    std::fs::remove_file(directory.path().join("beside.weights")).unwrap();
    std::fs::write(directory.path().join("beside.weights"), "short").unwrap();
    assert_eq!(model.tried(plan(), |_| ()).err().unwrap(), "the weight `w0` cannot be read");
}

/// The networks of one operator each that gradients are tested with, whichever of the axes holds the positions.
#[test]
fn every_edit_of_the_networks_for_gradients_is_that_of_the_engine() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/gradients");
    let (mut exactness, mut held, mut refused) = (Exactness::default(), BTreeSet::new(), BTreeSet::new());
    for name in graphs("gradients") {
        let Ok(model) = load_with(directory.clone(), &name, &["x"], &["out"], Device::Cpu) else { continue };
        let graph = model.sessions.forms().unwrap().original();
        let (shape, x) = gradients::floats(graph, "golden/x");
        let input = tensor(&shape, x.into_iter().map(|number| number as f32).collect::<Vec<f32>>());
        for (position, channel) in (0..shape.len() - 1).flat_map(|a| (0..shape.len() - 1).map(move |b| (a, b))) {
            let (row, axes) = (&shape[1..], axes(0, position, channel));
            let Ok(plan) = model.plan_for(&[row.to_vec()], &[axes]) else { continue };
            let what = format!("{name}, positions along {position}");
            let Ok(evaluator) = model.tried(plan, |_| ()) else {
                refused.insert(name.clone());
                continue;
            };
            let edits = every_edit(&[(0, axes, row)], shape[0]);
            let found = evaluator.predict(&[input.view()], &edits, 1).unwrap();
            exactness.hold(&model, std::slice::from_ref(&input), &edits, &found, &what);
            held.insert(name.clone());
        }
    }
    exactness.check();
    assert!(held.len() > 100, "{} networks are planned: {held:?}", held.len());
    // Of one-hot rows, they are infinite.
    assert_eq!(refused.into_iter().collect::<Vec<String>>(), ["log.onnx", "reciprocal.onnx"]);
}

#[test]
fn what_cannot_be_planned_names_the_node() {
    let reason = |name: &str| {
        let model = fixture(name, &["y0"]);
        let plan = model.edit_plan().unwrap();
        assert!(!plan.supported && !model.capabilities().edits);
        (plan.node.unwrap(), plan.reason)
    };
    for danq in ["danq.onnx", "dynamo_danq.onnx"] {
        let (node, why) = reason(danq);
        assert!(node.ends_with(" (LSTM)"), "{node}");
        assert_eq!(why, "a recurrent layer carries a change on to all positions");
    }
    assert_eq!(reason("dynamo_recent.onnx").1, "it normalizes over all positions");
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
    check_answers(&model, &inputs, &edits, "two inputs");
}

/// Outputs of the engine lie on either side of one that is computed without it.
#[test]
fn the_engine_computes_what_lies_behind_operators_without_a_rule() {
    let directory = tempfile::tempdir().unwrap();
    networks::two_outputs(&directory.path().join("tail.onnx"));
    let outputs = ["behind", "direct", "last"];
    let model = load_with(directory.path().to_owned(), "tail.onnx", &["a", "c"], &outputs, Device::Cpu).unwrap();
    let plan = model.edit_plan().unwrap();
    assert!(plan.supported);
    assert_eq!(plan.reason, "ONNX Runtime computes what begins at node `Sin of t6` (Sin)");
    let axes = axes(0, 1, 0);
    let inputs = [one_hot(5, &[4, 30], axes, 1), tensor(&[5, 2], noise(3, 10))];
    let edits = every_edit(&[(0, axes, &[4, 30])], 5);
    check_answers(&model, &inputs, &edits, "tail");
    let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
    let all = model.predict_edits(&views, &edits).unwrap();
    for wanted in [vec![1], vec![2], vec![0, 1]] {
        let found = model.predict_edits(&views, &edits.clone().with_outputs(wanted.clone())).unwrap();
        for output in wanted {
            assert_eq!(
                (&found.reference[output], &found.edited[output]),
                (&all.reference[output], &all.edited[output])
            );
        }
    }
    let none = model.predict_edits(&views, &Edits::new(vec![], vec![], vec![], vec![axes])).unwrap();
    assert_eq!(none.edited.iter().map(|tensor| tensor.shape()).collect::<Vec<_>>(), [[0, 8], [0, 6], [0, 2]]);
    assert_eq!(none.reference, all.reference);
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
    model.tried(plan.clone(), |_| ()).unwrap();
    let mut other = plan;
    let port = &mut other.outputs[0];
    port.places.channels.reverse();
    let why = model.tried(other, |_| ()).err().unwrap();
    assert!(why.starts_with("in a trial against the engine, ") && why.contains(" is off by "), "{why}");
}

/// How many random networks there are.
const NETWORKS: u64 = 200;

/// Every edit of random networks is that of the engine. All forms of operators that edits are carried through must be met.
#[test]
fn every_edit_of_random_networks_is_that_of_the_engine() {
    let mut exactness = Exactness::default();
    let (mut met, mut refused) = (BTreeSet::new(), Vec::new());
    for seed in 0..NETWORKS {
        let of_seed = noise(seed * 7919 + 1, 2);
        let [layers, length] = [(of_seed[0], 4.0, 6), (of_seed[1], 24.0, 40)]
            .map(|(number, least, more)| (least + (number + 1.0) / 2.0 * f64::from(more)) as usize);
        let network = networks::random(layers, length, seed * 104_729 + 17);
        let what = format!("network {seed}: {}", network.what.join(", "));
        let model = built_of(22, &[4, length], element::F32, network.nodes, network.weights);
        let (shape, axes) = ([4, length], axes(0, 1, 0));
        let (input, edits) = (one_hot(2, &shape, axes, seed), every_edit(&[(0, axes, &shape)], 2));
        hold_engine(&model, std::slice::from_ref(&input), &what);
        // Small networks may cost as much as a row; they are right all the same.
        let plan = model.plan_for(&[shape.to_vec()], &[axes]).map_err(|stop| stop.to_string());
        match plan.and_then(|plan| model.tried(plan, |_| ())) {
            Err(why) => refused.push(format!("{what}: {why}")),
            Ok(evaluator) => {
                let found = evaluator.predict(&[input.view()], &edits, 1).unwrap();
                exactness.hold(&model, &[input], &edits, &found, &what);
            }
        }
        met.extend(network.what);
    }
    assert!(refused.is_empty(), "{} networks:\n{}", refused.len(), refused.join("\n"));
    exactness.check();
    let missing: Vec<&&str> = networks::FORMS.iter().filter(|form| !met.contains(**form)).collect();
    assert!(missing.is_empty(), "no network has {missing:?}");
}

#[test]
fn the_verdict_of_a_trial_is_kept_for_later_runs() {
    let state = tempfile::tempdir().unwrap();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/motif-cnn");
    let (shape, axes) = ([200, 4], axes(0, 0, 1));
    let (input, edits) = (one_hot(1, &shape, axes, 5), every_edit(&[(0, axes, &shape)], 1));
    let answer = || {
        let options = OPTIONS.with_state_dir(Some(state.path().to_owned()));
        let model = load_options(directory.clone(), "model.onnx", &["seq"], &["prob"], options).unwrap();
        model.predict_edits(&[input.view()], &edits)
    };
    let first = answer().unwrap();
    let kept: Vec<PathBuf> =
        std::fs::read_dir(state.path().join("edits")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [verdict] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(std::fs::read_to_string(verdict).unwrap(), "agrees\n");
    assert_eq!(answer().unwrap(), first);
    std::fs::write(verdict, "differs: the edit of position 7 is off\n").unwrap();
    assert_eq!(message(answer()), (ErrorKind::UNSUPPORTED, "the edit of position 7 is off".into()));
}

#[test]
fn a_weight_that_is_infinite_is_not_packed() {
    let weights = vec![TensorProto::of_floats("w", vec![2, 4, 3], element::F32, &[f64::INFINITY; 24])];
    let nodes = vec![op("Conv", &["x", "w"], "out", vec![ints("kernel_shape", [3]), int("group", 1)])];
    let model = built(&[4, 30], element::F32, nodes, weights);
    let plan = model.plan_for(&[vec![4, 30]], &[axes(0, 1, 0)]).unwrap();
    assert_eq!(model.tried(plan, |_| ()).err().unwrap(), "the weight `w` holds infinite numbers");
}
