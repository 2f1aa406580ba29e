//! Whole networks as PyTorch exports them, against their gradients by PyTorch in float64; fixtures/make_models.py makes
//! them. What may be asked of us is what PyTorch itself does: its float32 error on the same input lies beside.

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_plugin_api::Layer;

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
    let file = format!("{name}.onnx");
    let graph = Graph::load(Bytes::from(std::fs::read(directory().join(&file)).unwrap())).unwrap();
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
        let request = gradient(of, kipos_plugin_api::Reduce::Sum);
        let found = model.input_gradients(&[x.view()], &request).unwrap_or_else(|error| panic!("{name}: {error}"));
        let error = relative_error(&found.tensors[0], &golden(what).1);
        let allowed = ROUNDING.max(ALLOWED * single);
        assert!(error <= allowed, "{name}, {what}: {error:e}, PyTorch in float32 {single:e}");
    }
}

#[test]
fn a_network_like_deepsea() {
    check("deepsea", &["y0"], "trunk.5");
}

#[test]
fn a_network_like_basset() {
    check("basset", &["y0"], "blocks.1");
}

#[test]
fn a_network_like_bpnet_with_two_outputs() {
    check("bpnet", &["y0", "y1"], "dilated.2");
}

#[test]
fn a_network_like_danq() {
    check("danq", &["y0"], "rnn");
}

#[test]
fn attention_by_either_exporter() {
    check("attention", &["y0"], "blocks.0");
    check("dynamo_attention", &["y0"], "blocks.0");
    check("dynamo_functions", &["y0"], "stem.1");
}

#[test]
fn every_opset_from_11_to_18() {
    for opset in 11..18 {
        check(&format!("opset_{opset}"), &["y0"], "trunk.3");
    }
    check("dynamo_various", &["y0"], "trunk.3");
}
