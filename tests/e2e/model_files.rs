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
