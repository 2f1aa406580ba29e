//! Sessions of one model: the weights that they share, and the form of their convolutions.

use std::sync::Arc;

use bytes::Bytes;
use kipos_onnx_graph::proto::TensorProto;
use kipos_onnx_graph::tensor::element;
use kipos_onnx_graph::{Graph, LARGEST_CONSTANT};
use kipos_plugin_api::{GradientRequest, Layer, LayerRequest};

use super::layers::{network, sequences};
use super::*;
use crate::forms::Convolutions;
use crate::weights::Weights;

/// A product with a matrix of 5 rows and more columns than are looked into, as a file; the matrix counts upwards.
fn wide_product(directory: &Path) -> usize {
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/gradients/matmul.onnx");
    let graph = Graph::load(Bytes::from(std::fs::read(small).unwrap())).unwrap();
    let mut graph = graph.expose(&["y"]).unwrap();
    let columns = LARGEST_CONSTANT / 4;
    let values: Vec<f64> = (0..5 * columns).map(|value| value as f64).collect();
    let weight = TensorProto::of_floats("w", vec![5, columns as i64], element::F32, &values);
    graph.initializers.insert("w".into(), weight);
    std::fs::write(directory.join("wide.onnx"), graph.save()).unwrap();
    columns
}

fn file_and_graph(directory: &Path) -> (Bytes, Graph) {
    let bytes = Bytes::from(std::fs::read(directory.join("wide.onnx")).unwrap());
    (bytes.clone(), Graph::load(bytes).unwrap())
}

#[test]
fn a_weight_is_held_once_for_all_graphs_of_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let columns = wide_product(directory.path());
    let (bytes, mut graph) = file_and_graph(directory.path());
    let mut reshaped = graph.clone();
    let tensor = reshaped.initializers.get_mut("w").unwrap();
    tensor.dims = vec![5, 1, columns as i64];
    // What the graphs leave out needs no engine but its memory.
    crate::runtime::environment(Some((runtime(), "a test"))).unwrap();
    let mut weights = Weights::of_file(&directory.path().join("wide.onnx"));
    weights.take(&bytes, &mut [&mut reshaped, &mut graph]);
    assert!(graph.save().len() < 2000, "{} bytes", graph.save().len());
    assert_eq!(graph.initializers["w"].dims, [5, columns as i64]);
    let one = |graph: &Graph| weights.of(graph).unwrap().swap_remove(0).1;
    let (first, again, other) = (one(&reshaped), one(&reshaped), one(&graph));
    assert!(Arc::ptr_eq(&first, &again) && !Arc::ptr_eq(&first, &other));
    assert_eq!(other.shape().to_vec(), [5, columns as i64]);
    let numbers = |value: &ort::value::DynValue| value.try_extract_tensor::<f32>().unwrap().1.to_vec();
    assert_eq!(numbers(&first), numbers(&other));
    let held = Arc::downgrade(&first);
    drop((first, again));
    assert!(held.upgrade().is_none(), "what nobody uses is not held");
    assert_eq!(numbers(&one(&reshaped)), numbers(&other));
}

/// The file tells where weights lie, but other bytes in it must not be taken for them.
#[test]
fn a_file_that_is_replaced_changes_no_model() {
    let directory = tempfile::tempdir().unwrap();
    let columns = wide_product(directory.path());
    let model = load_with(directory.path().to_owned(), "wide.onnx", &["x"], &["y"], Device::Cpu).unwrap();
    let x = tensor(&[2, 4, 5], vec![1f32; 40]);
    let before = predict(&model, &[&x]).unwrap();
    assert_eq!(before[0].view().as_f32().unwrap()[1], (0..5).map(|row| (row * columns + 1) as f32).sum::<f32>());
    std::fs::write(directory.path().join("wide.onnx"), vec![0; 6 * 4 * columns]).unwrap();
    let layer = LayerRequest::new(Layer::Final);
    assert_eq!(model.activations(&[x.view()], &layer).unwrap().0, before);
    let request = GradientRequest::new(layer, vec![0]);
    let gradient = model.input_gradients(&[x.view()], &request).unwrap();
    let first: f64 = (0..columns).map(|value| value as f64).sum();
    let found = f64::from(gradient.tensors[0].view().as_f32().unwrap()[0]);
    assert!((found - first).abs() < 1e-6 * first, "{found} instead of {first}");
}

#[test]
fn convolutions_run_over_two_axes_if_that_gives_the_same() {
    let convolutions = |model: &OnnxModel| model.sessions.forms().unwrap().convolutions();
    let rows = sequences(3);
    let model = network();
    let wide = predict(&model, &[&rows]).unwrap();
    assert_eq!(convolutions(&model), Some(Convolutions::TwoAxes));

    let mut wrong = network();
    let graph = &mut wrong.sessions.forms_mut().unwrap().wide_mut().unwrap().graph;
    let conv = graph.nodes.iter_mut().find(|node| node.op_type == "Conv").unwrap();
    let weight = conv.input[1].clone();
    let zeros = graph.initializers[&weight].clone();
    let count = zeros.elements();
    let zeros = TensorProto::of_floats(&weight, zeros.dims, element::F32, &vec![0.0; count]);
    graph.initializers.insert(weight, zeros);
    let original = predict(&wrong, &[&rows]).unwrap();
    assert_eq!(convolutions(&wrong), Some(Convolutions::OneAxis));
    let pairs = wide[0].view().as_f32().unwrap().iter().zip(original[0].view().as_f32().unwrap());
    pairs.for_each(|(wide, original)| assert!((wide - original).abs() < 1e-6, "{wide} and {original}"));
}
