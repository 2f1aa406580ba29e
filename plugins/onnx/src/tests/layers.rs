//! Layers of the example network: their names and their values.

use kipos_onnx_graph::attribute;
use kipos_onnx_graph::proto::TensorProto;
use kipos_onnx_graph::tensor::element;
use kipos_plugin_api::{FilterItem, Layer, LayerInfo, LayerQuery, LayerRequest, Reduce, RowIndependence};

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
    LayerRequest::new(Layer::Name(layer.into()))
}

fn values(model: &OnnxModel, request: &LayerRequest, rows: usize) -> Result<Tensor> {
    Ok(model.activations(&[sequences(rows).view()], request)?.0.swap_remove(0))
}

#[test]
fn layers_are_listed_in_the_order_of_the_graph_and_can_all_be_asked_for() {
    let model = network();
    let layers = model.layers(&LayerQuery::default()).unwrap();
    assert!(layers.len() > 3);
    for (index, layer) in layers.iter().enumerate() {
        assert_eq!(layer.index, index);
        let by_name = values(&model, &named(&layer.name), 3).unwrap();
        let by_index = named("").with_layer(Layer::Index(index));
        assert_eq!(by_name, values(&model, &by_index, 3).unwrap(), "{}", layer.name);
        let row: Vec<Option<usize>> = by_name.shape()[1..].iter().map(|&length| Some(length)).collect();
        assert_eq!(layer.shape.as_ref(), Some(&row), "{}", layer.name);
    }
    let last = named("").with_layer(Layer::Final);
    let predictions = predict(&model, &[&sequences(3)]).unwrap();
    assert_eq!(model.activations(&[sequences(3).view()], &last).unwrap().0, predictions);
    let index = named("").with_layer(Layer::Index(99));
    let expected = format!("there is no layer 99: the graph has {} layers, from 0", layers.len());
    assert_eq!(message(values(&model, &index, 1)), (ErrorKind::INVALID_ARGUMENT, expected));
}

#[test]
fn before_the_nonlinearity_are_the_logits() {
    let model = network();
    let last = LayerRequest::new(Layer::Final).with_pre_nonlinearity(true);
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
    let second = LayerRequest::new(Layer::Final).with_call(Some(1));
    let (_, text) = message(values(&network(), &second, 1));
    assert_eq!(text, "there is no call 1 of the layer: it has 1, counted from 0");
}

#[test]
fn names_that_stand_for_no_layer_are_refused_when_the_model_is_loaded() {
    let load = |meant: Value| {
        let file = ("file".to_owned(), Value::String("double_input.onnx".into()));
        let layers = ("layers".to_owned(), Value::Map(vec![("mine".into(), meant)]));
        load_args(models(), vec![file, layers], &["a", "b"], &["sum", "prod"], OPTIONS)
    };
    let (kind, text) = message(load(Value::String("som".into())));
    assert_eq!(kind, ErrorKind::INVALID_MODEL);
    assert!(text.starts_with("`mine` in argument `layers`: there is no layer `som`; close to it are `sum`"), "{text}");
    assert_eq!(message(load(Value::Int(9))).1, "argument `layers`: `mine` is layer 9, but there are 2, counted from 0");
    assert_eq!(
        message(load(Value::Bool(true))).1,
        "argument `layers`: `mine` must be the name of a layer or its number, found true"
    );
    let (a, b) = (tensor(&[1, 3], vec![1.0f32; 3]), tensor(&[1, 3], vec![2.0f32; 3]));
    let model = load(Value::String("sum".into())).unwrap();
    let both = [a.view(), b.view()];
    assert_eq!(model.activations(&both, &named("mine")).unwrap().0, model.activations(&both, &named("sum")).unwrap().0);
    let layers = model.layers(&LayerQuery::default()).unwrap();
    let numbered = load(Value::Int(1)).unwrap();
    let expected = model.activations(&both, &named(&layers[1].name)).unwrap().0;
    assert_eq!(numbered.activations(&both, &named("mine")).unwrap().0, expected);
}

/// Two transpositions around `turned`; if `hidden`, the engine cannot tell its shape before it runs.
fn with_time_first(hidden: bool) -> OnnxModel {
    let order = || vec![attribute::ints("perm", [1, 0, 2])];
    let mut nodes = vec![built::op("Sin", &["x"], "h", vec![]), built::op("Transpose", &["h"], "time first", order())];
    if hidden {
        nodes.push(built::op("Shape", &["time first"], "same", vec![]));
        nodes.push(built::op("Abs", &["same"], "shape", vec![]));
        nodes.push(built::op("Reshape", &["time first", "shape"], "again", vec![]));
    }
    nodes.push(built::op("Tanh", &[if hidden { "again" } else { "time first" }], "turned", vec![]));
    nodes.push(built::op("Transpose", &["turned"], "out", order()));
    built::built(&[4, 5], element::F32, nodes, vec![])
}

/// As inside of recurrent networks, which have time first: the same values and gradients as behind the transposition.
#[test]
fn rows_come_first_in_every_layer() {
    for hidden in [false, true] {
        let model = with_time_first(hidden);
        let listed = |layer: &LayerInfo| (layer.name.clone(), layer.shape.clone(), layer.differentiable);
        let of_rows = || Some(vec![Some(4), Some(5)]);
        assert_eq!(
            model.layers(&LayerQuery::default()).unwrap().iter().map(listed).collect::<Vec<_>>(),
            [("h".into(), of_rows(), true), ("turned".into(), of_rows(), true)]
        );
        // As many rows as there are steps must not be taken for them.
        for rows in [1, 2, 4] {
            let x = tensor(&[rows, 4, 5], (0..rows * 20).map(|at| at as f32 * 0.1 - 1.0).collect::<Vec<f32>>());
            let values = |layer: &str| model.activations(&[x.view()], &named(layer)).unwrap().0;
            assert_eq!(values("turned"), values("out"));
            for reduce in [Reduce::Sum, Reduce::Max] {
                let slope = |layer: &str| {
                    let mut request = gradients::gradient(Layer::Name(layer.into()), reduce);
                    request.filter = vec![FilterItem::Index(1)];
                    model.input_gradients(&[x.view()], &request).unwrap().tensors
                };
                assert_eq!(slope("turned"), slope("out"));
            }
        }
    }
}

/// Gradients are there for whatever length comes; a window of 300 elements is longer than the first length tried.
#[test]
fn layers_of_a_model_for_inputs_of_any_length_have_gradients() {
    let nodes = vec![
        built::op("AveragePool", &["x"], "pool", vec![attribute::ints("kernel_shape", [300])]),
        built::op("Relu", &["pool"], "act", vec![]),
        built::op("ReduceMax", &["act", "axes"], "out", vec![attribute::int("keepdims", 0)]),
    ];
    let axes = TensorProto::of_ints("axes", vec![1], &[2]);
    let model = built::built(&[4, built::ANY], element::F32, nodes, vec![axes]);
    let listed = |layer: &LayerInfo| (layer.name.clone(), layer.shape.clone(), layer.differentiable);
    let of_any = || Some(vec![Some(4), None]);
    assert_eq!(
        model.layers(&LayerQuery::default()).unwrap().iter().map(listed).collect::<Vec<_>>(),
        [("pool".into(), of_any(), true), ("act".into(), of_any(), true), ("out".into(), Some(vec![Some(4)]), true)]
    );
}

#[test]
fn a_value_without_rows_is_no_layer() {
    let nodes = vec![
        built::op("ReduceSum", &["x", "axes"], "total", vec![attribute::int("keepdims", 0)]),
        built::op("Mul", &["x", "total"], "out", vec![]),
    ];
    let axes = TensorProto::of_ints("axes", vec![1], &[0]);
    let model = built::built(&[4, 5], element::F32, nodes, vec![axes]);
    let total = &model.layers(&LayerQuery::default()).unwrap()[0];
    assert_eq!((total.name.as_str(), &total.shape, total.differentiable), ("total", &None, false));
    let x = tensor(&[2, 4, 5], vec![0.5f32; 40]);
    let refusal = "the rows of `total` depend on each other: ReduceSum (node `ReduceSum of total`) works along the axis of the \
        rows; export the model in eval mode, without operations across samples";
    assert_eq!(message(model.activations(&[x.view()], &named("total"))).1, refusal);
    let request = gradients::gradient(Layer::Name("total".into()), Reduce::Sum);
    assert_eq!(message(model.input_gradients(&[x.view()], &request)).1, refusal);
}

#[test]
fn a_value_that_mixes_rows_is_refused_wherever_it_is() {
    let model = {
        let nodes = vec![
            built::op("Relu", &["x"], "apart", vec![]),
            built::op("CumSum", &["apart", "axis"], "mixed", vec![]),
            built::op("Neg", &["apart"], "out", vec![]),
        ];
        let axis = TensorProto::of_ints("axis", vec![], &[0]);
        built::built(&[4, 5], element::F32, nodes, vec![axis])
    };
    let x = tensor(&[2, 4, 5], vec![0.5f32; 40]);
    // The output itself does not depend on it.
    assert_eq!(model.independent_rows().unwrap(), RowIndependence::Independent);
    let refusal = message(model.activations(&[x.view()], &named("mixed"))).1;
    assert_eq!(
        refusal,
        "the rows of `mixed` depend on each other: CumSum (node `CumSum of mixed`) works along the axis of the rows; export the model in eval mode, without operations across samples"
    );
    let request = gradients::gradient(Layer::Name("mixed".into()), Reduce::Sum);
    assert_eq!(message(model.input_gradients(&[x.view()], &request)).1, refusal);
    assert!(model.activations(&[x.view()], &named("apart")).is_ok());
}
