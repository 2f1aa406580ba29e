//! Several sets of weights of one network.

use super::{case, names, run, said};
use crate::case::Case;

/// A case with the weights of two folds, and the code of their layers.
fn folds() -> Case {
    let case = case();
    case.world.write("fold_1.h5", "other weights");
    case.world.write("layers.py", "OBJECTS = {}");
    case
}

const CONVERT: &str = "model convert weights.h5 fold_1.h5 layers.py --trust-model -o family";

#[test]
fn members_are_described_as_one_model() {
    let case = folds();
    insta::assert_snapshot!(said(&case, CONVERT), @r"
    no licence lies beside the source; ask its authors before you use it
    member 1 of 2
    load the model
    note: the graph has a switch, which stays off
    note: layers without a name in the converted file: batch_norm_1
    compare with the original
    member 2 of 2
    load the model
    note: the graph has a switch, which stays off
    note: layers without a name in the converted file: batch_norm_1
    compare with the original
    converted by tf2onnx, opset 17; predictions differ from the original by at most 0.0e0 of the largest, gradients by 0.0e0
    wrote family/1/model.onnx, family/2/model.onnx, family/model.yaml, family/dataloader.yaml, family/example/made_up.fa, family/example/made_up.bed, family/kipos.lock
    ");
    assert_eq!(names(&case, "family"), ["1", "2", "dataloader.yaml", "example", "kipos.lock", "model.yaml"]);
    assert_eq!(
        (names(&case, "family/1"), names(&case, "family/2")),
        (vec!["model.onnx".into()], vec!["model.onnx".into()])
    );
    let model = case.world.read("family/model.yaml");
    assert!(model.contains("args:\n  files: [\"1/model.onnx\", \"2/model.onnx\"]\n"), "{model}");
    let request: serde_json::Value = serde_json::from_str(&case.world.read("request.json")).unwrap();
    let sources = request["sources"].as_array().unwrap();
    let sources: Vec<&str> = sources.iter().map(|path| path.as_str().unwrap().rsplit('/').next().unwrap()).collect();
    assert_eq!(sources, ["fold_1.h5", "layers.py"]);
    let lock: serde_json::Value = serde_json::from_str(&case.world.read("family/kipos.lock")).unwrap();
    assert_eq!(lock["sources"].as_object().unwrap().len(), 3);
    assert_eq!(lock["files"].as_object().unwrap().len(), 2);
    assert!(lock["differences"]["outputs"]["y"].as_f64().unwrap() < 1e-5);
    assert!(said(&case, CONVERT).contains("family is converted already"));
}

#[test]
fn members_of_other_arrays_are_refused() {
    let case = folds();
    let refused = run(&case, CONVERT, "another member");
    assert_eq!(refused.code, 2, "{refused:?}");
    insta::assert_snapshot!(refused.stderr.lines().last().unwrap(), @"error: fold_1.h5 is of another model than the first source: its outputs are z (1,), those of the first y (1,); convert it by itself");
    assert!(!case.world.path("family").exists());
}
