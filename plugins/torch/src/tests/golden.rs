//! Predictions, values of layers and gradients of every network, scripted and traced.

use kipos_plugin_api::{FilterItem, LayerQuery, Reduce};

use super::*;

const NETWORKS: [&str; 8] = ["cnn", "residual", "recurrent", "two_inputs", "twice", "trained", "constrained", "signs"];

/// Runs a check on every network, scripted and traced.
fn for_each_model(options: RuntimeOptions, check: impl Fn(&str, &Golden, &TorchModel)) {
    for network in NETWORKS {
        let golden = Golden::read(network);
        for way in ["scripted", "traced"] {
            let file = format!("{network}_{way}");
            check(&file, &golden, &golden.model(&file, options.clone()));
        }
    }
}

pub fn predictions_agree(options: RuntimeOptions) {
    for_each_model(options, |file, golden, model| {
        for (found, expected) in predict(model, &golden.inputs()).unwrap().iter().zip(golden.outputs()) {
            assert_close(found, &expected, 1e-6, file);
        }
    });
}

pub fn layers_agree(options: RuntimeOptions) {
    for_each_model(options, |file, golden, model| {
        let listed: Vec<(String, String)> =
            model.layers(&LayerQuery::default()).unwrap().into_iter().map(|layer| (layer.name, layer.op)).collect();
        for (name, calls) in golden.map("activations") {
            let kind = golden.0["layers"][name].as_str().unwrap();
            let known = listed.iter().find(|(listed, _)| listed == name);
            // A traced file only knows what its network used, and so of one of several tensors nothing but itself.
            let name = match (known, name.split_once('[')) {
                (None, Some((whole, "0]"))) => whole,
                (None, Some(_)) => continue,
                _ => name,
            };
            assert!(listed.contains(&(name.into(), kind.into())), "{file}: {name} is no {kind} in {listed:?}");
            let expected: Vec<Tensor> =
                calls.as_array().unwrap().iter().map(|json| Golden::tensor(json, DType::F64)).collect();
            if expected[0].shape()[0] != golden.inputs()[0].shape()[0] {
                // The last states of an LSTM, whose first axis is the direction.
                continue;
            }
            let found = activations(model, &golden.inputs(), &named(name)).unwrap();
            assert_eq!(found.len(), expected.len(), "{file}, {name}");
            for (found, expected) in found.iter().zip(&expected) {
                assert_close(found, expected, 1e-6, &format!("{file}, {name}"));
            }
        }
    });
}

pub fn values_before_nonlinearities_agree(options: RuntimeOptions) {
    for_each_model(options, |file, golden, model| {
        for (name, calls) in golden.map("before_nonlinearity") {
            let found = activations(model, &golden.inputs(), &before_nonlinearity(name)).unwrap();
            for (found, expected) in found.iter().zip(calls.as_array().unwrap()) {
                assert_close(found, &Golden::tensor(expected, DType::F64), 1e-6, &format!("{file}, {name}"));
            }
        }
    });
}

pub fn gradients_agree(options: RuntimeOptions) {
    for_each_model(options, |file, golden, model| {
        let inputs = golden.inputs();
        let names: Vec<&str> = golden.map("inputs").map(|(name, _)| name).collect();
        for case in golden.0["gradients"].as_array().unwrap() {
            let what = format!("{file}, {}, {}, {}", case["layer"], case["reduce"], case["filter"]);
            let mut request = request(case, inputs.len());
            if let Layer::Name(name) = &mut request.layer.layer
                && file == "recurrent_traced"
            {
                *name = name.trim_end_matches("[0]").into();
            }
            let found = gradients(model, &inputs, &request).unwrap_or_else(|error| panic!("{what}: {error}"));
            for (found, expected) in found.tensors.iter().zip(case["gradients"].as_array().unwrap()) {
                let expected = Golden::tensor(expected, DType::F64);
                assert_relative(found, &expected, &what);
            }
            let unconnected: Vec<&str> = found.unconnected.iter().map(|&input| names[input]).collect();
            assert_eq!(Json::from(unconnected), case["unconnected"], "{what}");
        }
    });
}

/// Elements up to 1e-5 of the largest one of the gradient.
fn assert_relative(found: &Tensor, expected: &Tensor, what: &str) {
    assert_eq!(found.shape(), expected.shape(), "{what}");
    let largest = numbers(expected).iter().fold(0f64, |largest, element| largest.max(element.abs()));
    for (found, expected) in numbers(found).into_iter().zip(numbers(expected)) {
        assert!((found - expected).abs() <= 1e-5 * largest, "{what}: {found} instead of {expected}");
    }
}

fn request(case: &Json, inputs: usize) -> GradientRequest {
    let bound = |json: &Json| json.as_i64();
    let item = |json: &Json| match json {
        Json::String(_) => FilterItem::Ellipsis,
        Json::Array(bounds) => {
            FilterItem::Slice { start: bound(&bounds[0]), stop: bound(&bounds[1]), step: bound(&bounds[2]) }
        }
        index => FilterItem::Index(index.as_i64().unwrap()),
    };
    GradientRequest::new(
        LayerRequest::new(case["layer"].as_str().map_or(Layer::Final, |name| Layer::Name(name.into())))
            .with_pre_nonlinearity(case["pre_nonlinearity"].as_bool().unwrap())
            .with_call(case["call"].as_u64().map(|call| call as usize)),
        (0..inputs).collect(),
    )
    .with_filter(case["filter"].as_array().unwrap().iter().map(item).collect())
    .with_reduce(match case["reduce"].as_str().unwrap() {
        "sum" => Reduce::Sum,
        "max" => Reduce::Max,
        "min" => Reduce::Min,
        _ => Reduce::AbsMax,
    })
}

#[test]
fn predictions_are_those_of_pytorch() {
    predictions_agree(CPU);
}

#[test]
fn values_of_layers_are_those_of_pytorch() {
    layers_agree(CPU);
}

#[test]
fn values_before_nonlinearities_are_those_of_pytorch() {
    values_before_nonlinearities_agree(CPU);
}

#[test]
fn gradients_are_those_of_pytorch() {
    gradients_agree(CPU);
}
