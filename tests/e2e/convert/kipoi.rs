//! Directories of Kipoi, into which the converted file is put.

use super::{case, names, run, said};
use crate::case::Case;

/// The same with a directory `zoo` of a Keras model.
fn kipoi() -> Case {
    let case = case();
    let model = case
        .world
        .read("model/model.yaml")
        .replace("type: stub\nargs: {tasks: 1}", "type: keras\nargs: {weights: w.h5}");
    let model = model.replace("info: {doc: closed-form answers}", "info: {license: MIT, cite_as: 'doi:1'}");
    case.world.write("zoo/model.yaml", model.replace("(10, 4)", "(4, 10)"));
    let loader = case.world.read("model/dataloader.yaml");
    case.world.write(
        "zoo/dataloader.yaml",
        loader.replace("{auto_resize_len: 10}", "{auto_resize_len: 10, alphabet_axis: 0}"),
    );
    case.world.write("zoo/w.h5", "weights");
    case
}

const PREDICT: &str = "predict zoo --fasta genome.fa --intervals in.bed -o out/p.tsv";

#[test]
fn the_directory_runs_as_it_is() {
    let case = kipoi();
    let before = case.world.run(PREDICT, &[]);
    assert_eq!(before.code, 1, "{before:?}");
    insta::assert_snapshot!(said(&case, "model convert zoo"), @r#"
    licence of the model: MIT; cite doi:1
    load the model
    note: the graph has a switch, which stays off
    note: layers without a name in the converted file: batch_norm_1
    compare with the original
    converted by tf2onnx, opset 17; predictions differ from the original by at most 0.0e0 of the largest, gradients by 0.0e0
    wrote zoo/model.onnx, zoo/kipos.lock
    "#);
    assert_eq!(names(&case, "zoo"), ["dataloader.yaml", "kipos.lock", "model.onnx", "model.yaml", "w.h5"]);
    let request: serde_json::Value = serde_json::from_str(&case.world.read("request.json")).unwrap();
    assert_eq!((&request["kind"], &request["to"]), (&"keras".into(), &"onnx".into()));
    assert_eq!(request["shapes"], serde_json::json!([[4, 10]]));
    let weights = case.world.path("zoo/w.h5");
    assert!(request["arguments"]["weights"].as_str().unwrap().ends_with("zoo/w.h5") && weights.exists());
    let after = case.world.run(PREDICT, &[]);
    assert_eq!(after.code, 0, "{after:?}");
}

#[test]
fn a_source_that_changes_asks_for_another_conversion() {
    let case = kipoi();
    said(&case, "model convert zoo");
    assert!(said(&case, "model convert zoo").contains("zoo is converted already"));
    case.world.write("zoo/w.h5", "newer weights");
    let refused = case.world.run(PREDICT, &[]);
    assert_eq!(refused.code, 1, "{refused:?}");
    insta::assert_snapshot!(refused.stderr, @"error: zoo/w.h5 has changed since the model was converted (zoo/kipos.lock); convert again with `kipos model convert`");
    let lint = case.world.run("model lint zoo", &[]);
    assert_eq!(lint.code, 1, "{lint:?}");
    assert!(lint.stdout.contains("zoo/w.h5 has changed since the model was converted"), "{lint:?}");
    assert!(said(&case, "model convert zoo").contains("wrote zoo/model.onnx"));
    let again = case.world.run(PREDICT, &[]);
    assert_eq!(again.code, 0, "{again:?}");
}

#[test]
fn what_makes_no_sense_for_a_directory_is_refused() {
    let case = kipoi();
    let refused = |args: &str| {
        let outcome = run(&case, args, "");
        assert_eq!(outcome.code, 2, "{outcome:?}");
        outcome.stderr
    };
    insta::assert_snapshot!(refused("model convert zoo -o other"), @"error: zoo: the converted file is put into this directory; leave out --output");
    insta::assert_snapshot!(refused("model convert zoo --class a:B"), @"error: zoo: class and shapes are those of model.yaml; leave out --class and --shape");
    insta::assert_snapshot!(refused("model convert zoo weights.h5"), @"error: a directory with a model.yaml is converted alone; name it as the only SOURCE");
    insta::assert_snapshot!(refused("model convert model"), @"error: model: a model of type `stub` is not of Keras, TensorFlow or PyTorch");
    case.world.write("zoo/model.onnx", "mine");
    insta::assert_snapshot!(refused("model convert zoo"), @r#"
    licence of the model: MIT; cite doi:1
    error: zoo/model.onnx exists, and would be replaced; move it away first
    "#);
    case.spoil("zoo/model.yaml", "{weights: w.h5}", "{weights: w.h5, file: model.onnx}");
    insta::assert_snapshot!(refused("model convert zoo"), @"error: zoo: `args.file` names the file to run, so there is nothing to convert");
}
