//! Whole networks as PyTorch exports them, against their gradients by PyTorch in float64; fixtures/make_models.py makes
//! them. What may be asked of us is what PyTorch itself does: its float32 error on the same input lies beside.

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_onnx_graph::proto::{DimensionValue, TypeValue};
use kipos_plugin_api::{BatchAxis, Layer, LayerQuery, Reduce, RowIndependence};

use super::gradients::{floats, gradient, relative_error};
use super::*;

/// How many times PyTorch's own error ours may be.
const ALLOWED: f64 = 10.0;

/// An error below this, relative to the largest gradient, is rounding.
const ROUNDING: f64 = 1e-6;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models")
}

/// Holds the gradient of the whole network, and that of `layer`, to those in the file.
fn check(name: &str, outputs: &[&str], layer: &str) {
    check_as(name, name, outputs, layer);
}

/// As [`check`], with the answers in the file of another form of the same network.
fn check_as(answers: &str, name: &str, outputs: &[&str], layer: &str) {
    let file = format!("{name}.onnx");
    let bytes = std::fs::read(directory().join(format!("{answers}.onnx"))).unwrap();
    let graph = Graph::load(Bytes::from(bytes)).unwrap();
    let golden = |what: &str| floats(&graph, &format!("golden/{what}"));
    let (shape, x) = golden("x");
    let x = tensor(&shape, x.iter().map(|&value| value as f32).collect::<Vec<f32>>());
    let model = load_with(directory(), &file, &["x"], outputs, Device::Cpu).unwrap();
    for (output, found) in outputs.iter().zip(predict(&model, &[&x]).unwrap()) {
        let error = relative_error(&found, &golden(output).1);
        assert!(error <= 1e-5, "{name}, {output}: prediction is off by {error:e}");
    }
    let single = golden("errors").1;
    let requests = [(Layer::Final, "gradient", single[0]), (Layer::Name(layer.into()), "layer", single[1])];
    for (of, what, single) in requests {
        let request = gradient(of, Reduce::Sum);
        let found = model.input_gradients(&[x.view()], &request).unwrap_or_else(|error| panic!("{name}: {error}"));
        let error = relative_error(&found.tensors[0], &golden(what).1);
        let allowed = ROUNDING.max(ALLOWED * single);
        assert!(error <= allowed, "{name}, {what}: {error:e}, PyTorch in float32 {single:e}");
    }
}

/// Holds the graphs of both of PyTorch's exporters.
fn check_both(name: &str, outputs: &[&str], layer: &str) {
    check(name, outputs, layer);
    check(&format!("dynamo_{name}"), outputs, layer);
}

#[test]
fn a_network_like_deepsea() {
    check_both("deepsea", &["y0"], "trunk.5");
}

#[test]
fn a_network_like_basset() {
    check_both("basset", &["y0"], "blocks.1");
}

#[test]
fn a_network_like_bpnet_with_two_outputs() {
    check_both("bpnet", &["y0", "y1"], "dilated.2");
}

#[test]
fn a_network_like_danq() {
    check_both("danq", &["y0"], "rnn");
}

/// Attention, RMS and group normalization as operators, SiLU and rotations as several.
#[test]
fn a_transformer_in_operators_of_opset_23() {
    // The result of `blocks.0`, which the exporter's splits of its products have no module for.
    check("dynamo_recent", &["y0"], "add_218");
    let model = load_with(directory(), "dynamo_recent.onnx", &["x"], &["y0"], Device::Cpu).unwrap();
    assert_eq!(model.independent_rows().unwrap(), RowIndependence::Independent);
}

/// As many rows as the example had, unless the exporter is told otherwise.
#[test]
fn a_batch_that_the_exporter_fixed() {
    check("dynamo_fixed", &["y0"], "trunk.3");
    let model = load_with(directory(), "dynamo_fixed.onnx", &["x"], &["y0"], Device::Cpu).unwrap();
    assert_eq!(model.signature().batch, BatchAxis::Fixed(3));
}

#[test]
fn attention_by_either_exporter() {
    check_both("attention", &["y0"], "blocks.0");
    check("dynamo_functions", &["y0"], "stem.1");
}

#[test]
fn every_opset_from_11_to_18() {
    for opset in 11..18 {
        check(&format!("opset_{opset}"), &["y0"], "trunk.3");
    }
    check("dynamo_various", &["y0"], "trunk.3");
}

/// Every weight lies beside the graph.
#[test]
fn weights_in_another_file() {
    check_as("opset_17", "beside", &["y0"], "trunk.3");
    check_as("dynamo_fixed", "dynamo_beside", &["y0"], "trunk.3");
}

#[test]
fn a_file_of_weights_that_is_missing_is_named() {
    let alone = tempfile::tempdir().unwrap();
    std::fs::copy(directory().join("beside.onnx"), alone.path().join("beside.onnx")).unwrap();
    let (kind, text) = message(load_with(alone.path().to_owned(), "beside.onnx", &["x"], &["y0"], Device::Cpu));
    assert_eq!(kind, ErrorKind::INVALID_MODEL);
    let file = alone.path().join("beside.onnx");
    let expected = "keeps weights in the file beside.weights, which is missing; put it beside the graph";
    assert_eq!(text, format!("{} {expected}", file.display()));
}

/// A graph that lies in `directory`, changed.
fn changed(directory: &Path, change: impl Fn(&mut Graph)) {
    let file = std::fs::read(super::models::directory().join("beside.onnx")).unwrap();
    let mut graph = Graph::load(Bytes::from(file)).unwrap();
    change(&mut graph);
    std::fs::write(directory.join("beside.onnx"), graph.save()).unwrap();
}

#[test]
fn files_of_weights_outside_of_the_directory_are_not_read() {
    let parent = tempfile::tempdir().unwrap();
    let own = parent.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let weights = parent.path().join("beside.weights");
    std::fs::copy(directory().join("beside.weights"), &weights).unwrap();
    let refused = |location: &str| {
        changed(&own, |graph| {
            let entries = graph.initializers.values_mut().flat_map(|tensor| &mut tensor.external_data);
            entries.filter(|entry| entry.key == "location").for_each(|entry| entry.value = location.to_owned());
        });
        let (kind, text) = message(load_with(own.clone(), "beside.onnx", &["x"], &["y0"], Device::Cpu));
        assert_eq!(kind, ErrorKind::INVALID_MODEL);
        let expected = format!(
            "{} keeps weights in {location}, which is not in its directory; put the file of weights beside the graph, \
             without a link, and name it there",
            own.join("beside.onnx").display()
        );
        assert_eq!(text, expected);
    };
    refused("../beside.weights");
    refused(weights.to_str().unwrap());
    refused("inner/../../beside.weights");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&weights, own.join("link")).unwrap();
        refused("link");
        std::os::unix::fs::symlink(parent.path(), own.join("folder")).unwrap();
        refused("folder/beside.weights");
        // Behind a link that stays, the weights are the same.
        std::fs::copy(&weights, own.join("here")).unwrap();
        std::fs::remove_file(own.join("link")).unwrap();
        std::os::unix::fs::symlink(own.join("here"), own.join("beside.weights")).unwrap();
        changed(&own, |_| {});
        load_with(own.clone(), "beside.onnx", &["x"], &["y0"], Device::Cpu).unwrap();
    }
}

#[test]
fn an_axis_of_fewer_than_no_elements_is_named() {
    let own = tempfile::tempdir().unwrap();
    std::fs::copy(directory().join("beside.weights"), own.path().join("beside.weights")).unwrap();
    changed(own.path(), |graph| {
        let Some(TypeValue::Tensor(tensor)) = graph.inputs[0].r#type.as_mut().unwrap().value.as_mut() else { panic!() };
        tensor.shape.as_mut().unwrap().dim[0].value = Some(DimensionValue::DimValue(-2));
    });
    let (kind, text) = message(load_with(own.path().to_owned(), "beside.onnx", &["x"], &["y0"], Device::Cpu));
    assert_eq!(kind, ErrorKind::INVALID_MODEL);
    assert!(text.ends_with("export or copy it again: `x` has an axis of length -2"), "{text}");
}

/// Float64 all the way. The format keeps the small number that normalizations add in float32, so no more is left.
#[test]
fn a_network_in_float64() {
    let graph = Graph::load(Bytes::from(std::fs::read(directory().join("doubles.onnx")).unwrap())).unwrap();
    let golden = |what: &str| floats(&graph, &format!("golden/{what}"));
    let (shape, x) = golden("x");
    let x = tensor(&shape, x);
    let model = load_with(directory(), "doubles.onnx", &["x"], &["y0"], Device::Cpu).unwrap();
    let layer = super::layers::named("embed");
    let values = model.activations(&[x.view()], &layer).unwrap().0.swap_remove(0);
    assert!(matches!(values.data(), TensorData::F64(_)));
    let predictions = predict(&model, &[&x]).unwrap().swap_remove(0);
    let error = relative_error(&predictions, &golden("y0").1);
    assert!(error < 1e-9, "{error:e}");
    for (of, what) in [(Layer::Final, "gradient"), (layer.layer, "layer")] {
        let found = model.input_gradients(&[x.view()], &gradient(of, Reduce::Sum)).unwrap().tensors.swap_remove(0);
        let error = relative_error(&found, &golden(what).1);
        assert!(error < 1e-9, "{what}: {error:e}");
    }
}

/// PyTorch's older exporter folds batch normalization into the convolution before it, the newer one the other way round;
/// dropout is left out.
#[test]
fn layers_that_the_exporter_took_away_are_explained() {
    for (file, length, layer, expected) in [
        ("basset", 200, "blocks.0.1", "It may have been folded into `blocks.0.0` (Conv) by the exporter"),
        ("deepsea", 200, "trunk.4", "The exporter may have left it out behind `trunk.3`, as it does with dropout"),
        ("dynamo_basset", 200, "blocks.0.0", "It may have been folded into `blocks.0.1` (Conv) by the exporter"),
        (
            "dynamo_deepsea",
            200,
            "trunk.4",
            "The exporter may have left it out behind `trunk.3`, as it does with dropout",
        ),
        ("dynamo_various", 56, "trunk.0", "It may have been folded into `trunk.1` (Conv) by the exporter"),
        ("danq", 200, "bilstm", "It may have been renamed by the exporter to one of `/rnn/LSTM`"),
    ] {
        let model = load_with(directory(), &format!("{file}.onnx"), &["x"], &["y0"], Device::Cpu).unwrap();
        let x = tensor(&[1, length, 4], vec![0f32; 4 * length]);
        let (kind, text) = message(model.activations(&[x.view()], &super::layers::named(layer)));
        assert_eq!(kind, ErrorKind::INVALID_ARGUMENT);
        assert!(text.contains(expected), "{text}");
    }
}

/// The list of layers has what every name of them leads to, and says which of them have gradients.
#[test]
fn layers_of_both_exporters_are_listed_by_module() {
    for file in ["attention", "dynamo_attention", "dynamo_functions"] {
        let model = load_with(directory(), &format!("{file}.onnx"), &["x"], &["y0"], Device::Cpu).unwrap();
        let layers = model.layers(&LayerQuery::default()).unwrap();
        for layer in &layers {
            // A comparison gives truth values.
            assert_eq!(layer.differentiable, layer.op != "Greater", "{file}, {}", layer.name);
            assert!(layer.shape.is_some(), "{file}, {}", layer.name);
        }
        let convolution = layers.iter().find(|layer| layer.op == "Conv").unwrap();
        assert_eq!(
            (convolution.scope.as_str(), convolution.shape.clone()),
            ("stem.0", Some(vec![Some(24), Some(128)]))
        );
        assert!(layers.iter().any(|layer| layer.op == "Softmax" && layer.scope == "blocks.1"), "{file}");
    }
}

/// Both exporters name the same modules, whose values are the same.
#[test]
fn modules_have_the_same_values_by_either_exporter() {
    for (name, length, modules) in [
        ("deepsea", 200, &["trunk.1", "trunk.3", "trunk.10", "head.0", "head"][..]),
        ("basset", 200, &["blocks.0", "blocks.1", "dense", "last"]),
        ("bpnet", 150, &["stem", "dilated.0", "dilated.4", "profile", "counts"]),
        ("danq", 200, &["conv", "rnn", "dense.0", "dense"]),
        ("attention", 128, &["stem", "blocks.0.wide", "blocks.1", "norm", "last"]),
    ] {
        let values = |file: String, module: &str| {
            let outputs: &[&str] = if name == "bpnet" { &["y0", "y1"] } else { &["y0"] };
            let model = load_with(directory(), &file, &["x"], outputs, Device::Cpu).unwrap();
            let x: Vec<f32> = (0..2 * 4 * length).map(|at| f32::from(at * 7 % 11 < 3)).collect();
            let found = model.activations(&[tensor(&[2, length, 4], x).view()], &super::layers::named(module));
            found.unwrap_or_else(|error| panic!("{file}, {module}: {error}")).0.swap_remove(0)
        };
        for module in modules {
            let [older, newer] = ["", "dynamo_"].map(|exporter| values(format!("{exporter}{name}.onnx"), module));
            assert_eq!(older.shape(), newer.shape(), "{name}, {module}");
            let expected: Vec<f64> = older.view().as_f32().unwrap().iter().map(|&value| value.into()).collect();
            let error = relative_error(&newer, &expected);
            assert!(error < 1e-5, "{name}, {module}: {error:e}");
        }
    }
}
