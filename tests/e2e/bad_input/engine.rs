//! Models that cannot be loaded: no plugin, no engine, a graph that is broken or does not fit.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;
use kipos_tests::{built, project};

use crate::case::Case;

#[test]
fn no_plugin_for_the_type() {
    let case = Case::new();
    case.spoil("model/model.yaml", "type: stub", "type: sklearn");
    let sentence = case.refused(&[]).replace(built("").to_str().unwrap().trim_end_matches('/'), "[built]");
    let (before, _) = sentence.split_once("[built]").unwrap();
    assert_snapshot!(before, @"no plugin provides the backend `sklearn` (found: keras, onnx, stub, tensorflow, tensorflow2); searched [world]/plugins,");
}

#[test]
fn no_such_device() {
    let said = Case::new().misused(&["--device", "cuda:0"]);
    assert_snapshot!(said, @"plugin stub: the stub runs on the processor only; choose --device cpu");
    let said = Case::onnx().misused(&["--device", "cuda:0"]);
    assert_snapshot!(said, @"plugin onnx: the onnx backend runs on the processor only; choose --device cpu");
}

#[test]
fn the_model_is_fine_as_it_is() {
    assert!(Case::onnx().scored(&[]).contains("KV_model_DIFF="));
}

#[test]
fn an_onnx_runtime_that_is_absent_or_none() {
    let case = Case::onnx();
    let with_runtime = |path: &str| case.refused(case.command().env("KIPOS_ONNXRUNTIME", case.world.path(path)));
    assert_snapshot!(with_runtime("absent.so"), @"plugin onnx: KIPOS_ONNXRUNTIME names the ONNX Runtime [world]/absent.so, which does not exist; install one with `pip install 'onnxruntime>=1.24'`, or set KIPOS_ONNXRUNTIME to the path of libonnxruntime");
    case.world.write("text.so", "not a library\n");
    assert_snapshot!(with_runtime("text.so"), @"plugin onnx: [world]/text.so cannot be opened as ONNX Runtime (dlopen failed); install one with `pip install 'onnxruntime>=1.24'`, or set KIPOS_ONNXRUNTIME to the path of libonnxruntime");
    // A library, but another one.
    case.world.install("bad_missing_symbol");
    let other = fs::read_dir(case.world.path("plugins")).unwrap().map(|entry| entry.unwrap().path());
    let other = other.into_iter().find(|path| path.to_string_lossy().contains("bad_missing_symbol")).unwrap();
    assert_snapshot!(with_runtime(other.to_str().unwrap()), @"plugin onnx: [world]/plugins/libkipos_plugin_bad_missing_symbol.so is not an ONNX Runtime library; install one with `pip install 'onnxruntime>=1.24'`, or set KIPOS_ONNXRUNTIME to the path of libonnxruntime");
}

#[test]
fn no_onnx_runtime_anywhere() {
    let case = Case::onnx();
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let plugin = format!("{prefix}kipos_plugin_onnx{suffix}");
    fs::copy(built(&plugin), case.world.path(&format!("plugins/{plugin}"))).unwrap();
    let without_python = |command: &mut Command| case.refused(command.env("PATH", case.world.path("empty")));
    assert_snapshot!(without_python(&mut case.command()), @"plugin onnx: no ONNX Runtime was found in [world]/plugins, [world]/native/onnxruntime, [world]/data/kipos/native/onnxruntime, Python or the system; install one with `pip install 'onnxruntime>=1.24'`, or set KIPOS_ONNXRUNTIME to the path of libonnxruntime");
}

#[test]
fn a_graph_that_is_absent() {
    let case = Case::onnx();
    fs::remove_file(case.world.path("model/model.onnx")).unwrap();
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:2: `args.file` names model/model.onnx, which is not there; paths start from the directory of model.yaml");
}

#[test]
fn a_graph_that_is_broken() {
    let case = Case::onnx();
    case.world.write("model/model.onnx", "not a graph\n");
    assert_snapshot!(case.refused(&[]), @"plugin onnx: model/model.onnx is a text file, not an ONNX file; export the model as ONNX");
}

#[test]
fn a_graph_without_a_file_argument() {
    let case = Case::onnx();
    case.spoil("model/model.yaml", "{file: model.onnx}", "{weights: model.h5}");
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:2: `args.weights` must be an argument that the backend onnx takes (known: file, runtime, layers, inputs, outputs)");
}

#[test]
fn a_graph_of_another_shape_than_the_loader() {
    let case = Case::onnx();
    case.spoil("model/model.yaml", "(4, 10)", "(10, 4)");
    case.spoil("model/dataloader.yaml", ", alphabet_axis: 0", "");
    assert_snapshot!(case.refused(&[]), @"input `seq`: the dataloader gives shape (10, 4), but the graph says (4, None); correct the loader's arguments");
}

#[test]
fn a_graph_with_other_inputs_than_described() {
    let case = Case::onnx();
    fs::copy(project().join("tests/models/double_input.onnx"), case.world.path("model/model.onnx")).unwrap();
    assert_snapshot!(case.refused(&[]), @"plugin onnx: the graph has 2 inputs (a, b), but model.yaml describes 1 (seq); give them the same names");
}
