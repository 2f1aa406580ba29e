//! Layers of the example network: their names and their values.

use kipos_onnx_graph::attribute;
use kipos_onnx_graph::tensor::element;
use kipos_plugin_api::{Layer, LayerInfo, LayerRequest, Reduce};

use super::*;

pub(super) fn network() -> OnnxModel {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/motif-cnn");
    load_with(directory, "model.onnx", &["seq"], &["prob"], Device::Cpu).unwrap()
}

/// `rows` one-hot sequences of the network.
pub(super) fn sequences(rows: usize) -> Tensor {
    let bases = (0..rows * 200).map(|at| (at * at + at / 7) % 4);
    let data: Vec<f32> = bases.flat_map(|base| (0..4).map(move |other| f32::from(other == base))).collect();
    tensor(&[rows, 200, 4], data)
}

pub(super) fn named(layer: &str) -> LayerRequest {
    LayerRequest { layer: Layer::Name(layer.into()), pre_nonlinearity: false, call: None }
}

fn values(model: &OnnxModel, request: &LayerRequest, rows: usize) -> Result<Tensor> {
    Ok(model.activations(&[sequences(rows).view()], request)?.0.swap_remove(0))
}

#[test]
fn layers_are_listed_in_the_order_of_the_graph_and_can_all_be_asked_for() {
    let model = network();
    let layers = model.layers().unwrap();
    assert!(layers.len() > 3);
    for (index, layer) in layers.iter().enumerate() {
        assert_eq!(layer.index, index);
        let by_name = values(&model, &named(&layer.name), 3).unwrap();
        let by_index = LayerRequest { layer: Layer::Index(index), ..named("") };
        assert_eq!(by_name, values(&model, &by_index, 3).unwrap(), "{}", layer.name);
        let row: Vec<Option<usize>> = by_name.shape()[1..].iter().map(|&length| Some(length)).collect();
        assert_eq!(layer.shape.as_ref(), Some(&row), "{}", layer.name);
    }
    let last = LayerRequest { layer: Layer::Final, ..named("") };
    let predictions = predict(&model, &[&sequences(3)]).unwrap();
    assert_eq!(model.activations(&[sequences(3).view()], &last).unwrap().0, predictions);
    let index = LayerRequest { layer: Layer::Index(99), ..named("") };
    let expected = format!("there is no layer 99: the graph has {} layers, from 0", layers.len());
    assert_eq!(message(values(&model, &index, 1)), (ErrorKind::INVALID_ARGUMENT, expected));
}

#[test]
fn before_the_nonlinearity_are_the_logits() {
    let model = network();
    let last = LayerRequest { layer: Layer::Final, pre_nonlinearity: true, call: None };
    let logits = values(&model, &last, 5).unwrap();
    let predictions = predict(&model, &[&sequences(5)]).unwrap();
    let (logits, found) = (logits.view(), predictions[0].view());
    for (logit, probability) in logits.as_f32().unwrap().iter().zip(found.as_f32().unwrap()) {
        assert!((1.0 / (1.0 + (-logit).exp()) - probability).abs() < 1e-6);
    }
}

#[test]
fn a_layer_that_is_not_there_is_explained() {
    let (kind, text) = message(values(&network(), &named("konv"), 1));
    assert_eq!(kind, ErrorKind::INVALID_ARGUMENT);
    assert!(text.starts_with("there is no layer `konv`; close to it are `"), "{text}");
    let second = LayerRequest { layer: Layer::Final, pre_nonlinearity: false, call: Some(1) };
    let (_, text) = message(values(&network(), &second, 1));
    assert_eq!(text, "there is no call 1 of the layer: it has 1, counted from 0");
}

/// As inside of recurrent networks, which have time first.
#[test]
fn a_layer_whose_rows_do_not_come_first_is_refused() {
    let order = || vec![attribute::ints("perm", [1, 0, 2])];
    let nodes = vec![
        built::op("Sin", &["x"], "h", vec![]),
        built::op("Transpose", &["h"], "time first", order()),
        built::op("Tanh", &["time first"], "turned", vec![]),
        built::op("Transpose", &["turned"], "out", order()),
    ];
    let model = built::built(&[4, 5], element::F32, nodes, vec![]);
    let listed = |layer: &LayerInfo| (layer.name.clone(), layer.shape.clone(), layer.differentiable);
    let of_rows = || Some(vec![Some(4), Some(5)]);
    assert_eq!(
        model.layers().unwrap().iter().map(listed).collect::<Vec<_>>(),
        [("h".into(), of_rows(), true), ("turned".into(), None, false)]
    );
    let x = tensor(&[2, 4, 5], vec![0.5f32; 40]);
    let values = message(model.activations(&[x.view()], &named("turned"))).1;
    assert_eq!(
        values,
        "`turned` has shape [4, 2, 5] for a batch of 2 rows: rows must come first; export the model so that its outputs begin with the batch axis, or choose a layer that does"
    );
    let request = gradients::gradient(Layer::Name("turned".into()), Reduce::Sum);
    let gradient = message(model.input_gradients(&[x.view()], &request)).1;
    assert_eq!(
        gradient,
        "`turned` has shape (4, rows, 5): rows must come first; choose another layer, such as one behind it"
    );
}
