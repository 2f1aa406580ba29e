//! Every step, as it passes and as it fails.

use insta::assert_snapshot;

use super::{case, failed, misused, passed, run};

/// What a case says in which one passage of the model's description is another one.
fn spoilt(file: &str, passage: &str, replacement: &str) -> String {
    let case = case();
    case.spoil(file, passage, replacement);
    failed(&case, &[])
}

#[test]
fn a_good_model_passes() {
    assert_snapshot!(passed(&case(), &["--batch-size", "2"]), @r#"
    ✓ lint        no errors, no warnings
    ✓ loader      SeqIntervalDl with fasta_file="model/../genome.fa", intervals_file="model/in.bed"
    ✓ model       backend stub of plugin stub, 1 thread, on cpu
    ✓ schema      1 input and 1 output as in the graph by name, any number of samples per call
    ✓ predict     5 samples predicted
    - expect      model.yaml names no `test.expect`; write one with `-o FILE.h5`
    ✓ batch size  the same in batches of 1, 2, 5, to the last bit
    - edits       run as whole rows: this backend does not evaluate edits
    ✓ variants    5 variants at chr1:25 on the forward strand by diff, ref, alt
    "#);
}

#[test]
fn kipois_command_is_the_same() {
    let case = case();
    let outcome = case.world.run("test model --source dir --batch_size 2 --threads 1 -s", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(case.redacted(&outcome.stdout), passed(&case, &["--batch-size", "2", "--skip-expect"]));
}

#[test]
fn the_descriptions_are_checked_first() {
    assert_snapshot!(spoilt("model/model.yaml", "  targets:", "  tragets:"), @r"
    ✗ lint        model/model.yaml:6: missing key `targets` in `schema` (found `tragets`, did you mean `targets`?)
    - loader      not run, as it needs `lint`
    - model       not run, as it needs `lint`
    - schema      not run, as it needs `model`
    - predict     not run, as it needs `loader`
    - expect      not run, as it needs `schema`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `loader`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    ");
}

#[test]
fn the_dataloader_needs_its_examples() {
    let without = case();
    without.spoil("model/dataloader.yaml", ", intervals_file: {example: in.bed}", "");
    assert_snapshot!(misused(&without, &[]), @r"
    ✗ loader      the dataloader cannot be tried without intervals_file; describe it with an `example` in `args` of model/dataloader.yaml, or give --dataloader-args
    - predict     not run, as it needs `loader`
    - expect      model.yaml names no `test.expect`; write one with `-o FILE.h5`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `loader`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    ");
    let said = spoilt("model/dataloader.yaml", "in.bed", "no.bed");
    let cause = "No such file or directory (os error 2)";
    assert!(said.starts_with(&format!("✗ loader      cannot open the regions file model/no.bed: {cause}\n")), "{said}");
}

#[test]
fn arguments_go_over_examples() {
    let case = case();
    case.spoil("model/dataloader.yaml", "in.bed", "no.bed");
    case.world.write("other.bed", "chr1\t70\t80\nchr1\t71\t81\n");
    for more in [["--intervals", "other.bed"], ["--dataloader-args", "intervals_file=other.bed"]] {
        assert!(passed(&case, &more).contains("\n✓ predict     2 samples predicted\n"));
    }
}

#[test]
fn the_backend_must_load_the_model() {
    assert_snapshot!(spoilt("model/model.yaml", "{tasks: 1}", "{tasks: -1}"), @r"
    ✗ model       plugin stub: argument `tasks` must not be negative
    - schema      not run, as it needs `model`
    - predict     not run, as it needs `schema`
    - expect      not run, as it needs `schema`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `schema`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    ");
}

#[test]
fn the_schema_must_fit_graph_and_dataloader() {
    assert_snapshot!(spoilt("model/model.yaml", "{tasks: 1}", "{tasks: 3}"), @r"
    ✗ schema      output `out`: model.yaml says shape (1,), but the graph gives (3,); correct `schema.targets` in model.yaml
    - predict     not run, as it needs `schema`
    - expect      not run, as it needs `schema`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `schema`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    ");
    assert_snapshot!(spoilt("model/dataloader.yaml", "auto_resize_len: 10", "auto_resize_len: 12"), @r"
    ✗ lint        input `seq`: the dataloader gives shape (12, 4), but model.yaml says (10, 4); correct the loader's arguments or `schema.inputs`
    - loader      not run, as it needs `lint`
    - model       not run, as it needs `lint`
    - schema      not run, as it needs `model`
    - predict     not run, as it needs `loader`
    - expect      not run, as it needs `schema`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `loader`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    ");
}

#[test]
fn the_model_must_predict() {
    let said = spoilt("model/model.yaml", "{tasks: 1}", "{mode: panic}");
    assert!(said.starts_with("✗ predict     plugin stub: "), "{said}");
    assert!(said.contains("this model panics when it predicts"), "{said}");
    assert!(
        said.ends_with("- batch size  not run, as it needs `predict`\n- edits       run as whole rows: this backend does not evaluate edits\n- variants    not run, as it needs `predict`\nerror: 1 of 9 steps failed for model\n"),
        "{said}"
    );
}

#[test]
fn predictions_must_not_depend_on_the_batch() {
    assert_snapshot!(spoilt("model/model.yaml", "{tasks: 1}", "{mode: rows}"), @r"
                  1 of 1 predicted values are the same for all 5 samples, though their inputs differ, the first 5 in task `0`; the model may not depend on its inputs
    - expect      model.yaml names no `test.expect`; write one with `-o FILE.h5`
    ✗ batch size  5 of 5 values change in batches of 1 instead of 5, the worst in sample 0, task `0`: found 1, expected 5, difference 4.000e0; something in the graph mixes the samples of a batch
    - edits       run as whole rows: this backend does not evaluate edits
                  no variant at chr1:25 changes any predicted value: the model looks for something else, or does not read the bases there
    error: 1 of 9 steps failed for model
    ");
}

#[test]
fn batches_of_one_size_cannot_be_compared() {
    let case = case();
    case.spoil("model/model.yaml", "{tasks: 1}", "{fixed: 2}");
    assert!(passed(&case, &[]).contains("\n- batch size  the graph takes batches of one size only\n"));
}

#[test]
fn machines_read_json() {
    let case = case();
    case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 3}");
    let outcome = run(&case, &["--json"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((&json["model"], &json["passed"], &json["written"]), (&"model".into(), &false.into(), &().into()));
    let steps = json["steps"].as_array().unwrap().iter();
    let steps: Vec<_> =
        steps.map(|step| format!("{} {}", step["step"].as_str().unwrap(), step["outcome"].as_str().unwrap())).collect();
    assert_eq!(
        steps,
        [
            "lint passed",
            "loader passed",
            "model passed",
            "schema failed",
            "predict skipped",
            "expect skipped",
            "batch size skipped",
            "edits skipped",
            "variants skipped"
        ]
    );
    assert!(json["steps"][3]["message"].as_str().unwrap().starts_with("output `out`: "), "{json}");
}

#[test]
fn what_is_read_where_nothing_is_typed_is_tried() {
    let case = case();
    let model = case.world.read("model/model.yaml");
    case.world.write("model/model.yaml", model + "kipos: {tasks: {default: [nowhere]}}\n");
    assert_snapshot!(failed(&case, &[]), @r"
    ✗ schema      model/model.yaml:11: `kipos.tasks.default`: unknown task `nowhere` (known: 0)
    - predict     not run, as it needs `schema`
    - expect      not run, as it needs `schema`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `schema`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    ");
}
