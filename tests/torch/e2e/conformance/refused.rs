//! What cannot be had, in the same words on both backends where it is not the engine that says so.

use insta::assert_snapshot;
use kipos_torch_tests::run;
use serde_json::json;

use super::*;

/// What both backends say to a request, without the name of the plugin.
fn refused(world: &World, request: Json) -> [String; 2] {
    BACKENDS.map(|backend| {
        let said = ask(world, backend, Device::Cpu, &request).err().unwrap_or_else(|| panic!("{backend}: {request}"));
        assert!(!world.path("answer.tsv").exists(), "{backend}: {request}");
        let plugin = format!("plugin {}: ", backend.trim_start_matches("py"));
        said.trim_start_matches(&plugin).replace(&format!("{backend} has"), "the model has")
    })
}

/// What both say, where that is the same.
fn same(world: &World, request: Json) -> String {
    let [torch, onnx] = refused(world, request);
    assert_eq!(torch, onnx);
    torch
}

fn gradient(more: Json) -> Json {
    let mut request = json!({"reduce": "sum", "pre_nonlinearity": false});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

#[test]
fn filters_that_do_not_fit() {
    let world = Network::read("cnn").world();
    let filter = |layer: &str, filter: &str| same(&world, gradient(json!({"layer": layer, "filter": filter})));
    assert_snapshot!(filter("fc", "3"), @"the filter [3] does not fit rows of shape [3]: on axis 0, index 3 is out of range: there are 3 elements");
    assert_snapshot!(filter("conv1", "[0, 0, 0]"), @"the filter [0, 0, 0] does not fit rows of shape [6, 16]: it has 3 items for 2 axes; the batch axis is not counted");
    assert_snapshot!(filter("conv1", "[..., 1:3, ...]"), @"the filter [..., 1:3, ...] does not fit rows of shape [6, 16]: only one `...` can stand for the axes that are left over");
    assert_snapshot!(filter("pool1", "[4:2]"), @"the filter [4:2] does not fit rows of shape [6, 7]: on axis 0, the slice 4:2 selects none of 6 elements");
    assert_snapshot!(same(&world, gradient(json!({"filter": "[:, :, 0]"}))), @"the filter [:, :, 0] does not fit rows of shape [3]: it has 3 items for 1 axes; the batch axis is not counted");
}

#[test]
fn outputs_that_there_are_not() {
    let world = Network::read("mapped").world();
    assert_snapshot!(same(&world, gradient(json!({}))), @"the model has several outputs: main, side; choose one with --output-name NAME, or another layer with --layer");
    assert_snapshot!(same(&world, gradient(json!({"output": "third"}))), @"the model has no output `third`; outputs: main, side");
}

#[test]
fn layers_that_there_are_not() {
    let world = Network::read("cnn").world();
    for reduce in [Json::Null, json!("max")] {
        let request = json!({"layer": "conv9", "reduce": reduce, "pre_nonlinearity": false});
        let [torch, onnx] = refused(&world, request);
        assert_eq!(torch, "unknown layer `conv9` (known: conv1, pool1, relu1, fc, sigmoid)");
        // The names of an ONNX graph are many; those that are close are listed.
        assert!(onnx.starts_with("there is no layer `conv9`; close to it are") && onnx.contains("conv1"), "{onnx}");
    }
    // Numbers are looked up by the host.
    for (backend, said) in BACKENDS.iter().zip(refused(&world, gradient(json!({"layer": "-99"})))) {
        let (before, after) = said.split_once(" the model has ").expect(&said);
        assert_eq!(before, "there is no layer -99:", "{backend}");
        assert!(after.ends_with(", from 0 on; see `kipos model layers`"), "{backend}: {said}");
    }
}

#[test]
fn layers_without_a_nonlinearity() {
    let world = Network::read("cnn").world();
    for layer in ["fc", "conv1"] {
        for reduce in [Json::Null, json!("absmax")] {
            let said = refused(&world, json!({"layer": layer, "reduce": reduce, "pre_nonlinearity": true}));
            assert!(said.iter().all(|said| said.contains("has no nonlinearity")), "{said:?}");
        }
    }
    let world = Network::read("mapped").world();
    let said = refused(&world, gradient(json!({"output": "side", "pre_nonlinearity": true})));
    assert!(said.iter().all(|said| said.contains("`side` has no nonlinearity")), "{said:?}");
}

#[test]
fn what_the_command_line_refuses() {
    let world = Network::read("cnn").world();
    for (flags, begins) in [
        ("--layer fc --final-layer", "error: the argument '--layer <LAYER>' cannot be used with '--final-layer'\n"),
        (
            "--layer fc --filter 1:3",
            "error: invalid value '1:3' for '--filter <FILTER>': only a non-negative integer may",
        ),
        (
            "--layer fc --filter [:::2]",
            "error: invalid value '[:::2]' for '--filter <FILTER>': a slice has three parts",
        ),
        ("--call 0", "error: the following required arguments were not provided:\n  --layer <LAYER>\n"),
    ] {
        let said = BACKENDS.map(|backend| {
            let outcome = run(&world, &format!("gradient {backend} --batch-file in.h5 -o no.tsv {flags}"));
            assert_eq!(outcome.code, 2, "{outcome:?}");
            outcome.stderr
        });
        assert!(said[0].starts_with(begins), "{said:?}");
        assert_eq!(said[0], said[1]);
    }
}
