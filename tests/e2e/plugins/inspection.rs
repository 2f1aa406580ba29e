//! `kipos plugin list` and `kipos plugin inspect`.

use insta::assert_snapshot;
use kipos_tests::World;
use serde_json::Value as Json;

use crate::case::Case;

/// What a command prints, which must succeed without a word on stderr.
fn printed(world: &World, args: &str) -> String {
    let outcome = world.run(args, &[]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    outcome.stdout
}

/// The entry of a list whose `name` is this.
fn named<'a>(list: &'a Json, name: &str) -> &'a Json {
    let found = list.as_array().and_then(|list| list.iter().find(|entry| entry["name"] == name));
    found.unwrap_or_else(|| panic!("no {name} in {list:#}"))
}

#[test]
fn the_default_plugins_are_listed() {
    let text = printed(&World::new(), "plugin list");
    let without_paths: Vec<&str> = text.lines().filter(|line| line.starts_with("    ")).collect();
    assert_snapshot!(without_paths.join("\n"), @r#"
backend onnx: ONNX graphs, run by ONNX Runtime
backend keras: Keras models as ONNX graphs, run by ONNX Runtime
backend tensorflow: graphs of TensorFlow as ONNX graphs, run by ONNX Runtime
backend tensorflow2: saved models of TensorFlow 2 as ONNX graphs, run by ONNX Runtime
score ref: the prediction for the reference allele
score alt: the prediction for the alternate allele
score diff: alt - ref
score logit: logit(alt) - logit(ref), the log odds ratio of the predictions
score logit_ref: ln(ref / (1 - ref)), the log odds of the reference allele's prediction
score logit_alt: ln(alt / (1 - alt)), the log odds of the alternate allele's prediction
score deepsea_effect: |logit(alt) - logit(ref)| * |alt - ref|, the effect size of DeepSEA
score log2fc: log2(alt + pseudocount) - log2(ref + pseudocount), the fold change in doublings; NaN where a sum is negative
"#);
}

#[test]
fn the_list_is_also_json() {
    let world = World::new();
    let list: Json = serde_json::from_str(&printed(&world, "plugin list --json")).unwrap();
    assert_eq!(list["problems"], Json::Array(Vec::new()));
    let scorers = named(&list["libraries"], "scorers");
    assert_eq!((scorers["status"].as_str(), scorers["abi"].as_str()), (Some("loaded"), Some("0.3")));
    assert!(scorers["rustc"].as_str().unwrap().starts_with("rustc "), "{scorers:#}");
    let diff = named(&scorers["scorers"], "diff");
    assert_snapshot!(named(&diff["args"], "rc_merging"), @r#"{"default":"mean","doc":"how the values of the two strands become one","name":"rc_merging","required":false,"type":"min|max|mean|median|absmax"}"#);
    let onnx = named(&list["libraries"], "onnx");
    assert_eq!(onnx["status"], "loaded");
    assert_eq!(named(&named(&onnx["backends"], "onnx")["args"], "file")["required"], true);
}

#[test]
fn a_plugin_is_inspected() {
    let case = Case::new();
    let text = printed(&case.world, "plugin inspect stub");
    let is_of_the_machine = |line: &&str| ["  rustc ", "  target "].iter().any(|start| line.starts_with(start));
    let lines: Vec<&str> = text.lines().filter(|line| !is_of_the_machine(line)).collect();
    assert_eq!(lines.len() + 2, text.lines().count(), "{text}");
    assert_snapshot!(case.redacted(&lines.join("\n")), @r#"
    stub 0.1.0
      file    [world]/plugins/libkipos_plugin_test_stub.so
      ABI     0.3
      status  loaded
      backend stub: closed-form answers, without a model file
          tasks (int, default 1): values per row of every output
          mode (weighted|probe|nan|rows|neighbours|short|extra_output|panic|load_panic, default "weighted"): the formula, or the way in which the model misbehaves
          sigmoid (bool, default false): whether answers are squeezed into (0, 1)
          alphabet_axis (int): the axis of the channels, counted without the batch axis; the last if not given
          fixed (int): the only number of rows that a batch may have
          most_rows (int): the most rows that a batch may have
          as_described (bool, default false): whether outputs have the shapes of the targets instead of `tasks` values
          bin (int): bases of a position, which sees no others
          crop_left (int, default 0): bases before the first position, with `bin`
          crop_right (int, default 0): bases after the last position, with `bin`
          edits (bool, default false): whether the model evaluates edits itself
          regrets (bool, default false): whether it says so and then refuses to
          layers (bool, default false): whether the model shows layers and gradients
          rows (independent|dependent|unknown, default "independent"): what the model says of the rows of a batch
          file (string): a file of weights, as the module of that name says
          gate (string): a file that every call of the model waits for
          load_gate (string): a file that loading the model waits for
    "#);
}

#[test]
fn the_default_scores_are_inspected_with_their_arguments() {
    let text = printed(&World::new(), "plugin inspect scorers");
    let diff: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("  score diff")).take(5).collect();
    assert_snapshot!(diff.join("\n"), @r#"
score diff: alt - ref
    reads: both alleles, both strands, tasks
    always: 0 if the alleles are equal, of the other sign if they change places
    rc_merging (min|max|mean|median|absmax, default "mean"): how the values of the two strands become one
    rc_on (score|prediction, default "score"): whether each strand is scored before merging, or the predictions are merged before scoring
"#);
}

#[test]
fn what_scores_read_and_promise_is_also_json() {
    let json: Json = serde_json::from_str(&printed(&World::new(), "plugin inspect scorers --json")).unwrap();
    let scorers = &named(&json, "scorers")["scorers"];
    assert_snapshot!(named(scorers, "ref")["needs"], @r#"{"alternate":false,"layers":[],"masks":[],"orientation":"forward","reference":true,"reverse_complement":true,"scales":[],"whole_outputs":false}"#);
    assert_snapshot!(named(scorers, "logit")["needs"]["scales"], @r#"["probability","logit"]"#);
    assert_snapshot!(named(scorers, "deepsea_effect")["properties"], @r#"{"antisymmetric":false,"zero_if_equal":true}"#);
    let case = Case::new();
    case.world.install("future_scorers");
    let text = printed(&case.world, "plugin inspect future_scorers");
    let reads = text.lines().find(|line| line.contains("reads: ")).expect(&text);
    assert_snapshot!(reads, @"      reads: unknown, as it cannot be made without arguments");
}

#[test]
fn a_plugin_is_inspected_as_json_by_its_path() {
    let case = Case::new();
    let path = case.world.path("plugins").join(stub_file());
    let outcome = case.world.run("plugin inspect --json", &[path.to_str().unwrap()]);
    let stub: Json = serde_json::from_str(&outcome.stdout).unwrap();
    let tasks = named(&named(&named(&stub, "stub")["backends"], "stub")["args"], "tasks");
    assert_snapshot!(tasks, @r#"{"default":1,"doc":"values per row of every output","name":"tasks","required":false,"type":"int"}"#);
}

#[test]
fn an_unknown_plugin() {
    let case = Case::new();
    let mut command = case.world.kipos();
    assert_snapshot!(case.misused(command.args(["plugin", "inspect", "stab"])), @"unknown plugin `stab` (found: stub, onnx, scorers); see `kipos plugin list`");
}

/// The file name under which a case holds the stub.
fn stub_file() -> String {
    format!("{}kipos_plugin_test_stub{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

#[test]
fn a_library_is_inspected_wherever_it_lies() {
    let world = World::new();
    let library = world.install("test_stub");
    let elsewhere = world.write("elsewhere/libkipos_plugin_mine.so", std::fs::read(library).unwrap());
    std::fs::copy(&elsewhere, world.path("elsewhere/libkipos_plugin_neighbour.so")).unwrap();
    let text = printed(&world, "plugin inspect elsewhere/libkipos_plugin_mine.so");
    assert!(text.starts_with("stub 0.1.0\n") && text.contains("  status  loaded\n"), "{text}");
    assert!(text.contains(elsewhere.file_name().unwrap().to_str().unwrap()), "{text}");
    // Its neighbours are not opened, nor any other library.
    let kept = std::fs::read_dir(world.path("state/kipos/plugins")).unwrap().count();
    assert_eq!(kept, 2, "the digest of this library and the verdict on it");
    world.write("model.onnx", "no library");
    let outcome = world.run("plugin inspect model.onnx", &[]);
    assert_eq!(outcome.code, 2);
    assert_snapshot!(outcome.stderr, @"error: model.onnx is not named like a plugin; expected libkipos_plugin_NAME with the suffix of a shared library");
}

#[test]
#[cfg(target_os = "linux")]
fn no_other_library_is_opened_for_one_that_is_named_by_its_path() {
    let world = World::new();
    world.install("on_load");
    let elsewhere = world
        .write("elsewhere/libkipos_plugin_mine.so", std::fs::read(kipos_tests::built("libbad_scorers.so")).unwrap());
    let log = world.path("log");
    let run = |plugin: &str| {
        let mut command = world.kipos();
        command.args(["plugin", "inspect", plugin]).env("KIPOS_TEST_ON_LOAD", format!("log:{}", log.display()));
        let outcome = kipos_tests::Outcome::from(command.output().unwrap());
        assert_eq!(outcome.code, 0, "{outcome:?}");
    };
    run(elsewhere.to_str().unwrap());
    assert!(!log.exists(), "the neighbour was opened");
    // By a name it may be any of them.
    run("scorers");
    assert!(log.exists());
}
