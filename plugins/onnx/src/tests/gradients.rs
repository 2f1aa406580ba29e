//! Gradients against those that PyTorch computed in float64; fixtures/make_gradients.py makes the cases.

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_onnx_graph::tensor::Constant;
use kipos_plugin_api::{FilterItem, GradientRequest, Layer, Reduce};

use super::layers::{named, network, sequences};
use super::*;

pub(super) fn gradient(layer: Layer, reduce: Reduce) -> GradientRequest {
    GradientRequest::new(named("").with_layer(layer), vec![0]).with_reduce(reduce)
}

pub(super) fn floats(graph: &Graph, name: &str) -> (Vec<usize>, Vec<f64>) {
    let tensor = &graph.initializers[name];
    let Some(Constant::Floats(values)) = tensor.constant() else { panic!("`{name}` holds no numbers") };
    (tensor.dims.iter().map(|&length| length as usize).collect(), values)
}

/// The largest error of a case, relative to its largest gradient, of all rows together, of one alone and of the rest.
fn error_of(directory: &Path, file: &str) -> Result<f64, String> {
    let graph = Graph::load(Bytes::from(std::fs::read(directory.join(file)).unwrap())).unwrap();
    let (shape, x) = floats(&graph, "golden/x");
    let (_, expected) = floats(&graph, "golden/gradient");
    let model = load_with(directory.to_owned(), file, &["x"], &["out"], Device::Cpu).map_err(|error| error.message)?;
    let width = x.len() / shape[0];
    let mut worst: f64 = 0.0;
    for rows in [0..shape[0], 0..1, 1..shape[0]] {
        let part = rows.start * width..rows.end * width;
        let single: Vec<f32> = x[part.clone()].iter().map(|&value| value as f32).collect();
        let x = tensor(&[&[rows.len()], &shape[1..]].concat(), single);
        let found =
            model.input_gradients(&[x.view()], &gradient(Layer::Final, Reduce::Sum)).map_err(|error| error.message)?;
        if found.tensors[0].shape() != x.shape() {
            return Err(format!("shape {:?}", found.tensors[0].shape()));
        }
        worst = worst.max(relative_error(&found.tensors[0], &expected[part]));
    }
    Ok(worst)
}

/// The largest error, relative to the largest expected value.
pub(super) fn relative_error(found: &Tensor, expected: &[f64]) -> f64 {
    let found: Vec<f64> = match found.data() {
        TensorData::F32(values) => values.iter().map(|&value| value.into()).collect(),
        TensorData::F64(values) => values.to_vec(),
        other => panic!("no numbers: {other:?}"),
    };
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1e-30, |largest: f64, value| largest.max(value.abs()));
    found.iter().zip(expected).map(|(found, expected)| (found - expected).abs() / largest).fold(0.0, |a, b| {
        // A NaN must not pass for a small error.
        if b.is_nan() { f64::INFINITY } else { f64::max(a, b) }
    })
}

#[test]
fn every_rule_agrees_with_pytorch_in_float64() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/gradients");
    let mut files: Vec<String> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".onnx"))
        .collect();
    files.sort();
    assert!(files.len() > 100, "{} cases", files.len());
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|file| match error_of(&directory, file) {
            Ok(error) if error <= 2e-6 => None,
            Ok(error) => Some(format!("{file}: error {error:e}")),
            Err(message) => Some(format!("{file}: {message}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

/// A row's gradient does not depend on its neighbours, and follows finite differences.
#[test]
fn gradients_of_the_network_follow_its_values() {
    let model = network();
    // Windows all differ, so that hardly any of them is at the kink of its nonlinearity.
    let bases = sequences(4);
    let noisy = bases.view().as_f32().unwrap().iter().enumerate().map(|(at, x)| x + (at as f32 * 0.7).sin() * 0.2);
    let rows = tensor(&[4, 200, 4], noisy.collect::<Vec<f32>>());
    let last = |reduce| gradient(Layer::Name("relu".into()), reduce);
    let all = model.input_gradients(&[rows.view()], &last(Reduce::Sum)).unwrap();
    assert!(all.unconnected.is_empty());
    let gradients = all.tensors[0].view().as_f32().unwrap();
    let alone = tensor(&[1, 200, 4], rows.view().as_f32().unwrap()[..800].to_vec());
    let single = model.input_gradients(&[alone.view()], &last(Reduce::Sum)).unwrap();
    assert_eq!(single.tensors[0].view().as_f32().unwrap(), &gradients[..800]);

    let sums = |x: &Tensor| -> Vec<f64> {
        let values = model.activations(&[x.view()], &named("relu")).unwrap().0.swap_remove(0);
        let width = values.shape()[1..].iter().product();
        values.view().as_f32().unwrap().chunks(width).map(|row| row.iter().map(|&x| f64::from(x)).sum()).collect()
    };
    let direction: Vec<f32> = (0..4 * 800).map(|at| ((at * 31 % 17) as f32 - 8.0) / 8.0).collect();
    let step = 1e-3f32;
    let moved = |sign: f32| {
        let pairs = rows.view().as_f32().unwrap().iter().zip(&direction);
        tensor(&[4, 200, 4], pairs.map(|(x, d)| x + sign * step * d).collect::<Vec<f32>>())
    };
    let (up, down) = (sums(&moved(1.0)), sums(&moved(-1.0)));
    for row in 0..4 {
        let along: f64 = (row * 800..(row + 1) * 800).map(|at| f64::from(gradients[at] * direction[at])).sum();
        let difference = (up[row] - down[row]) / (2.0 * f64::from(step));
        assert!((along - difference).abs() < 2e-2 * along.abs().max(0.1), "{along} and {difference}");
    }
}

#[test]
fn reductions_and_filters_choose_what_is_differentiated() {
    let model = network();
    let rows = sequences(3);
    let with = |layer: &str, reduce, filter: Vec<FilterItem>| {
        let request = gradient(Layer::Name(layer.into()), reduce).with_filter(filter);
        model.input_gradients(&[rows.view()], &request).unwrap().tensors.swap_remove(0)
    };
    let of = |column: i64| with("logits", Reduce::Sum, vec![FilterItem::Index(column)]);
    let (first, second) = (of(0), of(1));
    let (first, second) = (first.view(), second.view());
    let largest = with("logits", Reduce::Max, vec![]);
    let logits = model.activations(&[rows.view()], &named("logits")).unwrap().0.swap_remove(0);
    for (row, pair) in logits.view().as_f32().unwrap().chunks(2).enumerate() {
        let expected = if pair[0] > pair[1] { first.as_f32() } else { second.as_f32() }.unwrap();
        let part = row * 800..(row + 1) * 800;
        assert_eq!(largest.view().as_f32().unwrap()[part.clone()], expected[part]);
    }
}

#[test]
fn what_has_no_gradient_is_named_before_anything_runs() {
    let whole = load("int64_in.onnx", &["x"], &["y"]).unwrap();
    let (kind, text) = message(
        whole.input_gradients(&[tensor(&[1, 3], vec![1i64, 2, 3]).view()], &gradient(Layer::Final, Reduce::Sum)),
    );
    assert_eq!(kind, ErrorKind::UNSUPPORTED);
    assert!(text.contains("reads as int64"), "{text}");
    let two = load("double_input.onnx", &["a", "b"], &["sum", "prod"]).unwrap();
    let row = tensor(&[1, 3], vec![1f32, 2., 3.]);
    let request = gradient(Layer::Final, Reduce::Sum).with_inputs(vec![2]);
    let (_, text) = message(two.input_gradients(&[row.view(), row.view()], &request));
    assert_eq!(text, "there is no input 2: the model has 2, from 0");
}

/// d(sum + product)/da = 1 + b: several outputs count as calls of one layer.
#[test]
fn several_outputs_are_differentiated_together_or_one_by_one() {
    let model = load("double_input.onnx", &["a", "b"], &["sum", "prod"]).unwrap();
    let (a, b) =
        (tensor(&[2, 3], vec![1f32, 2., 3., 4., 5., 6.]), tensor(&[2, 3], vec![10f32, 20., 30., 40., 50., 60.]));
    let both = gradient(Layer::Final, Reduce::Sum);
    let found = model.input_gradients(&[a.view(), b.view()], &both).unwrap();
    assert_eq!(found.tensors[0], tensor(&[2, 3], vec![11f32, 21., 31., 41., 51., 61.]));
    let mut one = both.clone();
    one.layer.call = Some(0);
    one.inputs = vec![1, 0];
    let found = model.input_gradients(&[a.view(), b.view()], &one).unwrap();
    assert_eq!(found.tensors, [tensor(&[2, 3], vec![1f32; 6]), tensor(&[2, 3], vec![1f32; 6])]);
}
