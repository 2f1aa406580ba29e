//! `model lint`, `model ls`, and models of a zoo.

use insta::assert_snapshot;

use crate::case::Case;

const TABLE: &str = "model\tn\nTF/one\t10\nTF/two\t9\n";

fn zoo() -> Case {
    let case = Case::new();
    let spec = case.world.read("model/model.yaml");
    case.world.write("zoo/single/model.yaml", &spec);
    case.world.write("zoo/single/dataloader.yaml", case.world.read("model/dataloader.yaml"));
    case.world.write("zoo/group/model-template.yaml", spec.replace("(10, 4)", "({{ n }}, 4)"));
    case.world.write("zoo/group/dataloader-template.yaml", case.world.read("model/dataloader.yaml"));
    case.world.write("zoo/group/models.tsv", TABLE);
    case
}

fn stdout(case: &Case, args: &[&str]) -> String {
    let outcome = case.world.run("", args);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome.stdout
}

#[test]
fn a_tree_is_listed_with_its_groups_folded() {
    assert_eq!(stdout(&zoo(), &["model", "ls", "zoo"]), "group/ (2)\nsingle\n");
    assert_eq!(stdout(&zoo(), &["model", "ls", "zoo/group"]), "TF/one\nTF/two\n");
    let json: serde_json::Value = serde_json::from_str(&stdout(&zoo(), &["model", "ls", "zoo", "--json"])).unwrap();
    assert_eq!(json[0]["models"][1], "group/TF/two");
    assert_eq!(json[1]["model"], "single");
}

#[test]
fn a_broken_group_is_told_after_the_models_that_can_be_listed() {
    let case = zoo();
    case.spoil("zoo/group/models.tsv", "TF/one\t10", "TF/one");
    let outcome = case.world.run("", &["model", "ls", "zoo"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, "single\n"));
    assert_snapshot!(outcome.stderr.trim(), @"error: zoo/group/models.tsv:2: there are 1 cells for 2 columns");
}

#[test]
fn a_model_without_its_label_file_is_shown_all_the_same() {
    let case = zoo();
    case.spoil("zoo/single/model.yaml", "  targets: {", "  targets: {column_labels: absent.txt, ");
    let shown = stdout(&case, &["model", "info", "single", "--zoo", "zoo"]);
    let tasks = shown.lines().find(|line| line.starts_with("  tasks")).unwrap_or_default();
    assert_snapshot!(tasks, @"  tasks   zoo/single/model.yaml:6: cannot read the column labels zoo/single/absent.txt of `schema.targets`: No such file or directory (os error 2)");
    assert!(shown.lines().any(|line| line.starts_with("loader ")), "{shown}");
    let json = stdout(&case, &["model", "info", "single", "--zoo", "zoo", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["outputs"][0]["tasks_error"].as_str().is_some_and(|error| error.contains("absent.txt")), "{json}");
}

#[test]
fn a_model_of_a_group_is_read_from_its_template() {
    let json = stdout(&zoo(), &["model", "info", "group/TF/two", "--zoo", "zoo", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["name"], &json["inputs"][0]["shape"][0]), (&"two".into(), &9.into()));
}

#[test]
fn an_unknown_model_has_near_misses() {
    let outcome = zoo().world.run("", &["model", "info", "group/TF/oen", "--zoo", "zoo"]);
    assert_eq!(outcome.code, 2);
    assert_snapshot!(outcome.stderr.trim(), @"error: no model `group/TF/oen` in zoo; did you mean group/TF/one?");
}

#[test]
fn lint_tells_all_errors_and_fails() {
    let case = zoo();
    assert_eq!(stdout(&case, &["model", "lint", "group/TF/one", "--zoo", "zoo"]), "");
    case.spoil("model/model.yaml", "  targets:", "  tragets:");
    case.spoil("model/dataloader.yaml", "defined_as", "defind_as");
    let outcome = case.world.run("", &["model", "lint", "model"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("error    model/model.yaml:6: missing key `targets`"), "{outcome:?}");
    assert!(outcome.stdout.contains("error    model/dataloader.yaml:1: missing key `defined_as`"), "{outcome:?}");
    assert_snapshot!(outcome.stderr.trim(), @"error: 2 errors in the descriptions of model");
    let json: serde_json::Value =
        serde_json::from_str(&case.world.run("", &["model", "lint", "model", "--json"]).stdout).unwrap();
    assert_eq!(json["errors"].as_array().unwrap().len(), 2);
    assert_eq!(case.world.run("", &["model", "lint", "nomodel"]).code, 2);
    assert_eq!(case.world.run("", &["model", "test", "nomodel"]).code, 2);
}

#[test]
fn lint_compares_the_arguments_of_a_built_in_loader_with_the_model() {
    let case = zoo();
    case.spoil("model/dataloader.yaml", "auto_resize_len: 10", "auto_resize_len: 12");
    let outcome = case.world.run("", &["model", "lint", "model"]);
    assert_eq!(outcome.code, 1);
    assert_snapshot!(outcome.stdout.trim(), @"error    input `seq`: the dataloader gives shape (12, 4), but model.yaml says (10, 4); correct the loader's arguments or `schema.inputs`");
}

/// What lint says of a case in which one passage of model.yaml is another one; `model test` and scoring say the first.
fn linted(case: &Case, passage: &str, replacement: &str) -> String {
    case.spoil("model/model.yaml", passage, replacement);
    let outcome = case.world.run("", &["model", "lint", "model"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let first = outcome.stdout.lines().next().unwrap().strip_prefix("error    ").unwrap().to_owned();
    let test = case.world.run("model test model", &[]);
    assert!(test.stdout.contains(&first), "{test:?}");
    case.redacted(outcome.stdout.trim_end())
}

#[test]
fn lint_knows_the_backends_and_their_arguments() {
    let onnx = |passage: &str, replacement: &str| linted(&Case::onnx(), passage, replacement);
    assert_snapshot!(onnx("type: onnx", "type: onxn"), @"error    model/model.yaml:1: `type` must be a backend that a plugin provides (did you mean `onnx`?), found `onxn`");
    assert_snapshot!(onnx("type: onnx", "type: tensorrt").split("; searched").next().unwrap(), @"error    no plugin provides the backend `tensorrt` (found: keras, onnx, stub, tensorflow, tensorflow2)");
    assert_snapshot!(onnx("{file: model.onnx}", "{fiel: model.onnx}"), @"error    model/model.yaml:2: `args.fiel` must be an argument that the backend onnx takes (did you mean `file`? known: file, runtime, layers, inputs, outputs)");
    assert_snapshot!(onnx("{file: model.onnx}", "{}"), @"error    model/model.yaml:2: `args` must hold `file`, which the backend onnx needs: the ONNX file, relative to the directory of model.yaml");
    assert_snapshot!(onnx("{file: model.onnx}", "{file: model.onnx, layers: 5, weights: x.h5}"), @r"
    error    model/model.yaml:2: `args.layers` must be a map, found 5
    error    model/model.yaml:2: `args.weights` must be an argument that the backend onnx takes (known: file, runtime, layers, inputs, outputs)
    ");
    assert_snapshot!(onnx("{file: model.onnx}", "{file: absent.onnx}"), @"error    model/model.yaml:2: `args.file` names model/absent.onnx, which is not there; paths start from the directory of model.yaml");
    assert_snapshot!(onnx("{file: model.onnx}", "{files: [model.onnx, absent.onnx]}"), @"error    model/model.yaml:2: `args.files` names model/absent.onnx, which is not there; paths start from the directory of model.yaml");
    // Scoring says the same, before it opens an engine.
    let case = Case::onnx();
    case.spoil("model/model.yaml", "{file: model.onnx}", "{fiel: model.onnx}");
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:2: `args.fiel` must be an argument that the backend onnx takes (did you mean `file`? known: file, runtime, layers, inputs, outputs)");
}

#[test]
fn lint_knows_the_scorers() {
    let scores = |replacement: &str| linted(&Case::new(), "[{type: diff}]", replacement);
    assert_snapshot!(scores("[{type: dif}]"), @"error    score `dif`: unknown scorer `dif` (known: alt, deepsea_effect, diff, log2fc, logit, logit_alt, logit_ref, ref); see `kipos plugin list`");
    assert_snapshot!(scores("[{type: diff, name: a}, {type: logit, name: a}]"), @"error    model.yaml: two entries of `scoring_functions` have the name `a`; give each its own `name`");
    assert_snapshot!(scores("[{type: diff, args: {rc_mergin: {default: max}}}]"), @"error    score `diff`: plugin scorers: unknown argument `rc_mergin` (known: rc_merging, rc_on)");
    assert_snapshot!(scores("[{type: custom, name: own, defined_as: 'post.py::own'}]"), @"error    model.yaml: the custom score `own` needs `defined_as: PLUGIN::SCORER`, found `post.py::own`; Python functions must be rewritten as a scorer plugin");
}

#[test]
fn lint_compares_files_at_addresses_with_their_sums() {
    let case = Case::onnx();
    let absent = "{file: {url: 'https://x.org/m.onnx', md5: 0123456789abcdef0123456789abcdef}}";
    case.spoil("model/model.yaml", "{file: model.onnx}", absent);
    // What is not here yet is no fault of the description.
    assert_snapshot!(stdout(&case, &["model", "lint", "model"]).trim_end(), @"warning  model/model.yaml:2: `args.file` is not on this machine: download https://x.org/m.onnx to model/downloaded/model_files/file/0123456789abcdef0123456789abcdef");
    let copy = "model/downloaded/model_files/file/0123456789abcdef0123456789abcdef";
    case.world.write(copy, "other bytes");
    assert_snapshot!(linted(&case, "type: onnx", "type: onnx"), @"error    model/model.yaml:2: model/downloaded/model_files/file/0123456789abcdef0123456789abcdef has the MD5 sum 6eff3450105497cc2ce22ea267f564ba instead of 0123456789abcdef0123456789abcdef: download https://x.org/m.onnx again");
}
