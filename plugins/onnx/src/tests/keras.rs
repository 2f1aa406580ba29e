//! Models made by tf2onnx against what Keras and TensorFlow say of them in float64; fixtures/make_keras.py makes them.

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_plugin_api::{FilterItem, GradientRequest, Layer, LayerQuery, LayerRequest, Reduce, TensorView};

use super::gradients::floats;
use super::layers::named;
use super::*;
use crate::converted::{Keras, TensorFlow};

/// A model and what is known of it.
struct Golden {
    model: OnnxModel,
    known: Graph,
}

fn source(file: Value, inputs: &[&str], targets: &[&str], more: Vec<(String, Value)>) -> ModelSource {
    let mut args = vec![("file".into(), file)];
    args.extend(more);
    ModelSource::new(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/keras"),
        Value::Map(args),
        leaves(inputs),
        leaves(targets),
    )
    .with_input_structure(Structure::List)
    .with_target_structure(Structure::List)
}

fn backend<B: Backend<Model = OnnxModel>>(source: &ModelSource) -> Result<OnnxModel> {
    B::load(source, &Args::check(&source.args, B::ARGS)?, &OPTIONS.with_engine_library(Some(runtime())))
}

fn known(name: &str) -> Graph {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/keras/{name}.golden.onnx"));
    Graph::load(Bytes::from(std::fs::read(file).unwrap())).unwrap()
}

impl Golden {
    fn load(name: &str, inputs: &[&str]) -> Self {
        let described: Vec<Vec<Option<usize>>> = {
            let known = known(name);
            let row = |at| floats(&known, &format!("input:{at}")).0[1..].iter().map(|&length| Some(length)).collect();
            (0..inputs.len()).map(row).collect()
        };
        let mut source = source(Value::String(format!("{name}.onnx")), inputs, &["out"], vec![]);
        for (leaf, shape) in source.inputs.iter_mut().zip(described) {
            leaf.shape = shape;
        }
        Self { model: backend::<Keras>(&source).unwrap(), known: known(name) }
    }

    fn inputs(&self) -> Vec<Tensor> {
        let single = |at: usize| {
            let name = format!("input:{at}");
            let (shape, values) = self.known.initializers.contains_key(&name).then(|| floats(&self.known, &name))?;
            Some(tensor(&shape, values.iter().map(|&value| value as f32).collect::<Vec<f32>>()))
        };
        (0..).map_while(single).collect()
    }

    /// The endings of all known names that begin with `prefix`, in order.
    fn about(&self, prefix: &str) -> Vec<String> {
        let all = self.known.initializers.keys().filter_map(|name| name.strip_prefix(prefix));
        let mut all: Vec<String> = all.map(str::to_owned).collect();
        all.sort();
        all
    }

    /// How far `found` is from what is known, relative to the largest of that; `None` for another shape.
    fn error(&self, found: &Tensor, name: &str) -> Option<f64> {
        let (shape, expected) = floats(&self.known, name);
        (shape == found.shape()).then(|| {
            let found: Vec<f64> = found.view().as_f32().unwrap().iter().map(|&value| f64::from(value)).collect();
            distance(&found, &expected)
        })
    }
}

/// The largest difference, relative to the largest expected value.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    let largest = expected.iter().fold(1e-30, |largest: f64, value| largest.max(value.abs()));
    let errors = found.iter().zip(expected).map(|(found, expected)| (found - expected).abs() / largest);
    // A NaN must not pass for a small error.
    errors.fold(0.0, |a, b| if b.is_nan() { f64::INFINITY } else { f64::max(a, b) })
}

fn views(inputs: &[Tensor]) -> Vec<TensorView<'_>> {
    inputs.iter().map(Tensor::view).collect()
}

fn models() -> [Golden; 5] {
    [
        Golden::load("cnn", &["seq"]),
        Golden::load("bilstm", &["seq"]),
        Golden::load("image", &["picture", "side"]),
        Golden::load("strands", &["seq"]),
        Golden::load("normed", &["seq"]),
    ]
}

/// Layers of which tf2onnx left no value.
const GONE: [&str; 2] = ["conv", "drop"];

#[test]
fn predictions_are_those_of_keras() {
    for golden in models() {
        let found = golden.model.predict(&views(&golden.inputs())).unwrap();
        let error = golden.error(&found[0], "prediction").unwrap();
        assert!(error < 1e-6, "{error:e}");
    }
}

#[test]
fn layers_of_every_kind_have_the_values_and_axes_of_keras() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for golden in models() {
        let inputs = golden.inputs();
        for (prefix, pre_nonlinearity) in [("value:", false), ("before:", true)] {
            for layer in golden.about(prefix).into_iter().filter(|layer| !GONE.contains(&layer.as_str())) {
                checked += 1;
                let request = named(&layer).with_pre_nonlinearity(pre_nonlinearity);
                match golden.model.activations(&views(&inputs), &request) {
                    Ok(found) => match golden.error(&found.0[0], &format!("{prefix}{layer}")) {
                        Some(error) if error < 2e-6 => {}
                        error => wrong.push(format!("{prefix}{layer}: {error:?} {:?}", found.0[0].shape())),
                    },
                    Err(error) => wrong.push(format!("{prefix}{layer}: {}", error.message)),
                }
            }
        }
    }
    assert!(checked > 30, "{checked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn item(text: &str) -> FilterItem {
    let bounds: Vec<Option<i64>> = text.split(':').map(|bound| bound.parse().ok()).collect();
    match bounds.as_slice() {
        _ if text == "..." => FilterItem::Ellipsis,
        [Some(index)] => FilterItem::Index(*index),
        [start, stop] => FilterItem::Slice { start: *start, stop: *stop, step: None },
        _ => panic!("{text} is no filter"),
    }
}

/// `conv_a[10:40,2] sum before`, as make_keras.py writes it.
fn request(case: &str, inputs: usize) -> GradientRequest {
    let (layer, rest) = case.split_once('[').unwrap();
    let (filter, rest) = rest.split_once("] ").unwrap();
    let (reduce, before) = rest.split_once(' ').map_or((rest, false), |(reduce, _)| (reduce, true));
    let layer = match layer {
        "out" => Layer::Final,
        name => Layer::Name(name.into()),
    };
    GradientRequest::new(LayerRequest::new(layer).with_pre_nonlinearity(before), (0..inputs).collect())
        .with_filter(filter.split(',').filter(|item| !item.is_empty()).map(item).collect())
        .with_reduce(match reduce {
            "sum" => Reduce::Sum,
            "max" => Reduce::Max,
            "min" => Reduce::Min,
            "absmax" => Reduce::AbsMax,
            other => panic!("{other} is no reduction"),
        })
}

/// At most ten times as far from float64 as TensorFlow's own float32, and close.
#[test]
fn gradients_are_those_of_gradient_tape() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for golden in models() {
        let inputs = golden.inputs();
        for case in golden.about("gradient:0:") {
            let request = request(&case, inputs.len());
            let found = match golden.model.input_gradients(&views(&inputs), &request) {
                Ok(found) => found.tensors,
                Err(error) => {
                    wrong.push(format!("{case}: {}", error.message));
                    continue;
                }
            };
            for (at, found) in found.iter().enumerate() {
                checked += 1;
                let name = format!("gradient:{at}:{case}");
                let exact = floats(&golden.known, &name).1;
                let own = distance(&floats(&golden.known, &format!("gradient32:{at}:{case}")).1, &exact);
                match golden.error(found, &name) {
                    Some(error) if error <= 10.0 * own.max(2e-8) && error < 3e-6 => {}
                    error => wrong.push(format!("{name}: {error:?}, float32 {own:e}, {:?}", found.shape())),
                }
            }
        }
    }
    assert!(checked > 16, "{checked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_tf2onnx_left_out_is_explained() {
    let image = Golden::load("image", &["picture", "side"]);
    let refusal =
        |golden: &Golden, layer: &str| message(golden.model.activations(&views(&golden.inputs()), &named(layer))).1;
    let folded = "has no value of its own: tf2onnx folded it and what follows into one operation, whose result is \
                  `model/bn/FusedBatchNormV3:0`; ask for that";
    assert_eq!(refusal(&image, "conv"), format!("`conv` {folded}"));
    assert_eq!(refusal(&image, "model/conv/BiasAdd"), format!("`model/conv/BiasAdd` {folded}"));
    let cnn = Golden::load("cnn", &["seq"]);
    assert!(refusal(&cnn, "drop").starts_with("there is no layer `drop`; close to it are "));
    assert!(!refusal(&cnn, "drop").contains("recurrent layers lost their names"));
    let recurrent = refusal(&Golden::load("bilstm", &["seq"]), "lstm_7");
    assert!(recurrent.contains("; recurrent layers lost their names: these are `LSTM__"), "{recurrent}");
}

#[test]
fn the_listing_has_the_axes_of_the_values() {
    for golden in models() {
        let inputs = golden.inputs();
        for layer in golden.model.layers(&LayerQuery::default()).unwrap() {
            let values = match golden.model.activations(&views(&inputs), &named(&layer.name)) {
                Ok(mut calls) => calls.0.swap_remove(0),
                // Inside of a layer normalization, rows and positions share an axis.
                Err(error) if error.message.contains("rows must come first") => continue,
                Err(error) => panic!("{}: {error}", layer.name),
            };
            let row: Vec<Option<usize>> = values.shape()[1..].iter().map(|&length| Some(length)).collect();
            // Shapes are computed, too; they have no rows.
            if values.shape()[0] == inputs[0].shape()[0] {
                assert_eq!(layer.shape, Some(row), "{}", layer.name);
            }
        }
    }
}

#[test]
fn operations_of_a_checkpoint_are_fed_and_fetched_by_name() {
    let known = known("checkpoint");
    let text = |text: &str| Value::String(text.into());
    let nodes = |targets: Value| vec![("input_nodes".into(), text("inputs/x")), ("target_nodes".into(), targets)];
    let file = || text("checkpoint.onnx");
    let targets = Value::Map(vec![("p".into(), text("probability")), ("l".into(), text("logits"))]);
    let model = backend::<TensorFlow>(&source(file(), &["seq"], &["l", "p"], nodes(targets))).unwrap();
    let golden = Golden { model, known };
    let inputs = golden.inputs();
    let found = golden.model.predict(&views(&inputs)).unwrap();
    for (found, name) in found.iter().zip(["logits", "probability"]) {
        assert!(golden.error(found, name).unwrap() < 1e-6, "{name}");
    }
    let activation = golden.model.activations(&views(&inputs), &named("block/act")).unwrap().0.swap_remove(0);
    assert!(golden.error(&activation, "value:block/act").unwrap() < 1e-6);
    let second = request("logits[] sum", 1).with_filter(vec![FilterItem::Index(1)]);
    let gradient = golden.model.input_gradients(&views(&inputs), &second).unwrap().tensors.swap_remove(0);
    assert!(golden.error(&gradient, "gradient").unwrap() < 1e-6);

    let other = backend::<TensorFlow>(&source(file(), &["seq"], &["l"], nodes(text("block/act"))));
    assert_eq!(
        message(other).1,
        "`target_nodes` names `block/act`, but the outputs of the graph are logits:0, probability:0; correct it, or \
         convert the model again with `--outputs block/act:0`"
    );
}
