//! `model convert` and `model new`. A program of tests/convert speaks for Python and its frameworks; real ones convert in
//! `cargo xtask zoo` and where they are installed.

mod drafts;
mod failures;
mod families;
mod kipoi;

use std::fs;
use std::process::Command;

use kipos_tests::{Outcome, project};

use crate::case::Case;

/// A case with a file `weights.h5`, and a Python that converts it to the graph `channels_first.onnx`.
fn case() -> Case {
    let case = Case::new();
    case.world.write("weights.h5", "weights");
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\n");
    case
}

/// A command of a case, with that Python, in which something happens.
fn command(case: &Case, args: &str, scenario: &str) -> Command {
    let program = project().join("tests/convert/fake_python.py").canonicalize().unwrap();
    let script = case.world.write("python", format!("#!/bin/sh\nexec python3 {} \"$@\"\n", program.display()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = case.world.kipos();
    command.args(args.split_whitespace()).env("KIPOS_PYTHON", script).env("KIPOS_FAKE", scenario);
    command.env("XDG_CACHE_HOME", case.world.path("cache"));
    command.env("KIPOS_FAKE_MODEL", project().join("tests/models/channels_first.onnx").canonicalize().unwrap());
    command
}

fn run(case: &Case, args: &str, scenario: &str) -> Outcome {
    command(case, args, scenario).output().unwrap().into()
}

/// The same, which must succeed: what it says.
fn said(case: &Case, args: &str) -> String {
    let outcome = run(case, args, "");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    case.redacted(&outcome.stderr)
}

/// The names of what is in a directory of a case.
fn names(case: &Case, directory: &str) -> Vec<String> {
    let entries = fs::read_dir(case.world.path(directory)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_published_file_becomes_a_directory_that_runs() {
    let case = case();
    let said = said(&case, "model convert weights.h5");
    insta::assert_snapshot!(said, @r"
    no licence lies beside the source; ask its authors before you use it
    load the model
    note: the graph has a switch, which stays off
    note: layers without a name in the converted file: batch_norm_1
    compare with the original
    converted by tf2onnx, opset 17; predictions differ from the original by at most 0.0e0 of the largest, gradients by 0.0e0
    wrote weights/model.onnx, weights/model.yaml, weights/dataloader.yaml, weights/example/made_up.fa, weights/example/made_up.bed, weights/kipos.lock
    ");
    assert_eq!(names(&case, "weights"), ["dataloader.yaml", "example", "kipos.lock", "model.onnx", "model.yaml"]);
    assert!(names(&case, "").iter().all(|name| !name.starts_with(".kipos")), "nothing else stays");
    let request: serde_json::Value = serde_json::from_str(&case.world.read("request.json")).unwrap();
    assert_eq!((&request["trust"], &request["shapes"]), (&false.into(), &serde_json::Value::Null));
    let lock: serde_json::Value = serde_json::from_str(&case.world.read("weights/kipos.lock")).unwrap();
    assert_eq!(lock["layers_lost"][0], "batch_norm_1");
    assert_eq!(lock["versions"]["tensorflow"], "2.21.0");
    for kind in ["outputs", "gradients"] {
        let found = lock["differences"][kind].as_object().unwrap();
        assert_eq!(found.len(), 1);
        assert!(found.values().all(|difference| difference.as_f64().unwrap() < 1e-6), "{lock}");
    }
    assert!(!case.world.read("weights/kipos.lock").contains(".kipos-"), "no path of the work: {lock}");
    let lint = case.world.run("model lint weights", &[]);
    assert_eq!(lint.code, 0, "{lint:?}");
    insta::assert_snapshot!(lint.stdout, @r"
    warning  weights/model.yaml:7: `info.authors` is an open question (`?`) and counts as absent; write the answer
    warning  weights/model.yaml:8: `info.license` is an open question (`?`) and counts as absent; write the answer
    warning  weights/model.yaml:9: `info.doc` is an open question (`?`) and counts as absent; write the answer
    warning  weights/model.yaml:22: `kipos.outputs.y.scale` is an open question (`?`) and counts as absent; write the answer
    warning  weights/model.yaml:26: `postprocessing.variant_effects.use_rc` is an open question (`?`) and counts as absent; write the answer
    warning  weights/dataloader.yaml:11: `default_args.neutral_value` is an open question (`?`) and counts as absent; write the answer
    ");
    let test = case.world.run("model test weights --threads 1", &[]);
    assert_eq!(test.code, 0, "{test:?}");
    insta::assert_snapshot!(case.redacted(&test.stdout), @r#"
    ✓ lint        no errors, 6 warnings
                  weights/model.yaml:7: `info.authors` is an open question (`?`) and counts as absent; write the answer
                  weights/model.yaml:8: `info.license` is an open question (`?`) and counts as absent; write the answer
                  weights/model.yaml:9: `info.doc` is an open question (`?`) and counts as absent; write the answer
                  weights/model.yaml:22: `kipos.outputs.y.scale` is an open question (`?`) and counts as absent; write the answer
                  weights/model.yaml:26: `postprocessing.variant_effects.use_rc` is an open question (`?`) and counts as absent; write the answer
                  weights/dataloader.yaml:11: `default_args.neutral_value` is an open question (`?`) and counts as absent; write the answer
    ✓ loader      SeqIntervalDl with fasta_file="weights/example/made_up.fa", intervals_file="weights/example/made_up.bed"
    ✓ model       backend onnx of plugin onnx, 1 thread, on cpu
    ✓ schema      1 input and 1 output as in the graph by name, any number of samples per call
    ✓ predict     4 samples predicted
    - expect      model.yaml names no `test.expect`; write one with `-o FILE.h5`
    ✓ batch size  the same in batches of 1, 4, to the last bit
    ✓ edits       evaluated by the backend, 1639.0 times cheaper than whole rows
    ✓ variants    5 variants at made_up:26 on the forward strand by diff, ref, alt
    "#);
    let predicted = case.world.run("predict weights --fasta genome.fa --intervals in.bed -o out/p.tsv", &[]);
    assert_eq!(predicted.code, 0, "{predicted:?}");
    let first = case.world.read("out/p.tsv").lines().nth(1).unwrap().to_owned();
    let middle = &crate::case::genome()[95..115];
    let sum: usize = middle.bytes().map(|base| "ACGT".find(char::from(base)).unwrap() + 1).sum();
    let found: f64 = first.rsplit('\t').next().unwrap().parse().unwrap();
    assert!((found - sum as f64 / 20.0).abs() < 1e-6, "{first}");
}

#[test]
fn what_is_converted_already_is_said_and_a_changed_source_is_refused() {
    let case = case();
    said(&case, "model convert weights.h5 -o model-a");
    let lock = case.world.read("model-a/kipos.lock");
    insta::assert_snapshot!(said(&case, "model convert weights.h5 -o model-a"), @r#"
    no licence lies beside the source; ask its authors before you use it
    model-a is converted already, and its sources have not changed
    "#);
    assert_eq!(case.world.read("model-a/kipos.lock"), lock);
    case.world.write("weights.h5", "other weights");
    let refused = run(&case, "model convert weights.h5 -o model-a", "");
    assert_eq!(refused.code, 2, "{refused:?}");
    insta::assert_snapshot!(case.redacted(&refused.stderr), @r#"
    no licence lies beside the source; ask its authors before you use it
    error: [world]/weights.h5 has changed since model-a was converted from it; remove model-a and convert again, or name another directory with -o
    "#);
}

#[test]
fn a_directory_that_is_not_empty_is_refused_before_anything_runs() {
    let case = case();
    case.world.write("mine/notes.txt", "mine");
    let refused = run(&case, "model convert weights.h5 -o mine", "");
    assert_eq!(refused.code, 2, "{refused:?}");
    insta::assert_snapshot!(refused.stderr, @r#"
    no licence lies beside the source; ask its authors before you use it
    error: mine exists and is not empty; name another directory, or remove it
    "#);
    assert_eq!(names(&case, "mine"), ["notes.txt"]);
    assert!(!case.world.path("request.json").exists(), "Python was run");
}

#[test]
fn without_a_check_nothing_is_compared() {
    let case = case();
    let outcome = run(&case, "model convert weights.h5 --no-check", "wrong");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("converted by tf2onnx, opset 17; not compared with the original"), "{outcome:?}");
    let lock: serde_json::Value = serde_json::from_str(&case.world.read("weights/kipos.lock")).unwrap();
    assert_eq!(lock["differences"], serde_json::Value::Null);
}

#[test]
fn what_is_typed_reaches_python() {
    let case = case();
    case.world.write("net.py", "class Net: pass");
    let args =
        "model convert weights.h5 net.py --class net.py:Net(4) --shape None,4 --to torchscript --trust-model -o x";
    assert_eq!(run(&case, args, "").code, 0);
    let request: serde_json::Value = serde_json::from_str(&case.world.read("request.json")).unwrap();
    assert_eq!(request["class"], "net.py:Net(4)");
    assert_eq!(request["shapes"], serde_json::json!([[null, 4]]));
    assert_eq!((&request["to"], &request["trust"]), (&"torchscript".into(), &true.into()));
    let sources: Vec<&str> = request["sources"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert!(sources.iter().all(|path| path.starts_with('/')), "{sources:?}");
}
