//! `model test --all`, and reports in files.

use insta::assert_snapshot;

use super::{case, misused, run};
use crate::case::Case;

/// A case with a tree of three models: one that passes, one whose graph has other tasks, and a group without table.
fn tree() -> Case {
    let case = case();
    for name in ["zoo/good", "zoo/deep/bad"] {
        for file in ["model.yaml", "in.bed"] {
            case.world.write(&format!("{name}/{file}"), case.world.read(&format!("model/{file}")));
        }
        let up = "../".repeat(name.split('/').count());
        let loader = case.world.read("model/dataloader.yaml").replace("../genome.fa", &format!("{up}genome.fa"));
        case.world.write(&format!("{name}/dataloader.yaml"), loader);
    }
    case.spoil("zoo/deep/bad/model.yaml", "{tasks: 1}", "{tasks: 3}");
    case
}

fn all(case: &Case, more: &[&str]) -> kipos_tests::Outcome {
    case.world.run("model test --all zoo --threads 1", more)
}

#[test]
fn a_tree_of_models_has_one_exit_code() {
    let case = tree();
    let outcome = all(&case, &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(case.redacted(&outcome.stdout), @r"
    ✗ deep/bad  schema: output `out`: model.yaml says shape (1,), but the graph gives (3,); correct `schema.targets` in model.yaml
    ✓ good      7 steps passed; skipped: expect, edits
    ");
    assert_snapshot!(outcome.stderr, @"error: 1 of 2 models failed below zoo");
    case.spoil("zoo/deep/bad/model.yaml", "{tasks: 3}", "{tasks: 1}");
    let outcome = all(&case, &[]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    // A table with a row that is too short.
    case.world.write("zoo/group/model-template.yaml", "type: stub\n");
    case.world.write("zoo/group/models.tsv", "model\tn\nx\n");
    let outcome = all(&case, &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stdout.lines().any(|line| line.starts_with("✗ group ")), "{outcome:?}");
}

#[test]
fn a_tree_as_json_is_what_a_report_holds() {
    let case = tree();
    let outcome = all(&case, &["--json", "--report", "out/report.json"]);
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let (printed, written) = (parse(&outcome.stdout), parse(&case.world.read("out/report.json")));
    assert_eq!(printed, written);
    assert_eq!((&printed["passed"], &printed["directory"]), (&false.into(), &"zoo".into()));
    let models = printed["models"].as_array().unwrap();
    let told: Vec<_> = models.iter().map(|model| (model["model"].as_str().unwrap(), &model["passed"])).collect();
    assert_eq!(told, [("deep/bad", &false.into()), ("good", &true.into())]);
    let good = &models[1]["provenance"];
    let digest = |text: &serde_json::Value| text.as_str().is_some_and(|text| text.len() == 64);
    assert!(digest(&good["genome"]["sha256"]), "{good}");
    assert_eq!(good["kipos"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(models[0]["provenance"], serde_json::json!({}));
    assert!(models[1]["steps"].as_array().unwrap().iter().all(|step| step["seconds"].is_f64()));
}

#[test]
fn reports_are_for_people_too() {
    let case = tree();
    // Times and digests differ from run to run, or machine to machine.
    let settled = |text: &str| {
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.contains("sha256") && !line.contains("version")) {
            let cells: Vec<&str> = line.split(" | ").collect();
            let is_time =
                |cell: &str| cell.len() >= 4 && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            lines.push(
                cells.iter().map(|cell| if is_time(cell) { "0.00" } else { cell }).collect::<Vec<_>>().join(" | "),
            );
        }
        case.redacted(&lines.join("\n")).replace(env!("CARGO_PKG_VERSION"), "VERSION")
    };
    assert_eq!(all(&case, &["--report", "out/report.md"]).code, 1);
    assert_snapshot!(settled(&case.world.read("out/report.md")), @r#"
    # Test of zoo

    kipos VERSION; 1 of 2 models passed.

    | model | result | found |
    |---|---|---|
    | deep/bad | failed | schema: output \`out\`: model.yaml says shape (1,), but the graph gives (3,); correct \`schema.targets\` in model.yaml |
    | good | passed | 7 steps passed; skipped: expect, edits |

    ## deep/bad: failed

    | step | result | seconds | found |
    |---|---|---|---|
    | lint | passed | 0.00 | no errors, no warnings |
    | loader | passed | 0.00 | SeqIntervalDl with fasta\_file="zoo/deep/bad/../../../genome.fa", intervals\_file="zoo/deep/bad/in.bed" |
    | model | passed | 0.00 | backend stub of plugin stub, 1 thread, on cpu |
    | schema | failed | 0.00 | output \`out\`: model.yaml says shape (1,), but the graph gives (3,); correct \`schema.targets\` in model.yaml |
    | predict | skipped | 0.00 | not run, as it needs \`schema\` |
    | expect | skipped | 0.00 | not run, as it needs \`schema\` |
    | batch size | skipped | 0.00 | not run, as it needs \`predict\` |
    | edits | skipped | 0.00 | not run, as it needs \`schema\` |
    | variants | skipped | 0.00 | not run, as it needs \`predict\` |

    ## good: passed

    | step | result | seconds | found |
    |---|---|---|---|
    | lint | passed | 0.00 | no errors, no warnings |
    | loader | passed | 0.00 | SeqIntervalDl with fasta\_file="zoo/good/../../genome.fa", intervals\_file="zoo/good/in.bed" |
    | model | passed | 0.00 | backend stub of plugin stub, 1 thread, on cpu |
    | schema | passed | 0.00 | 1 input and 1 output as in the graph by name, any number of samples per call |
    | predict | passed | 0.00 | 5 samples predicted |
    | expect | skipped | 0.00 | model.yaml names no \`test.expect\`; write one with \`-o FILE.h5\` |
    | batch size | passed | 0.00 | the same in batches of 1, 5, to the last bit |
    | edits | skipped | 0.00 | run as whole rows: this backend does not evaluate edits |
    | variants | passed | 0.00 | 5 variants at chr1:25 on the forward strand by diff, ref, alt |

    | follows from |  |
    |---|---|
    | kipos abi | 0.3 |
    | model name | good |
    | model backend | stub |
    | plugin name | stub |
    | dataloader class | kipoiseq.dataloaders.SeqIntervalDl |
    | genome contigs | 1 |
    | genome bases | 400 |
    | samples source | genome |
    | samples edge | error |
    "#);
    assert_eq!(run(&case, &["--report", "out/report.html"]).code, 0);
    let page = case.world.read("out/report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    assert!(page.contains("<tr><td>predict</td><td>passed</td><td>"), "{page}");
    assert!(page.contains("<p>kipos ") && page.contains("1 of 1 models passed.</p>"), "{page}");
}

#[test]
fn what_cannot_be_written_or_tested_is_told_first() {
    let case = tree();
    assert_snapshot!(misused(&case, &["--report", "out/report.txt"]), @"error: --report out/report.txt: the name must end in .json, .md or .html");
    let refused = |args: &str, code: i32| {
        let outcome = case.world.run(args, &[]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{outcome:?}");
        case.redacted(outcome.stderr.trim_end())
    };
    assert_snapshot!(refused("model test --all zoo --report nowhere/report.md", 1), @"error: cannot write nowhere/report.md: the directory nowhere does not exist; create it first");
    assert_snapshot!(refused("model test --all out", 2), @"error: there is no model below out; name a directory that holds some");
    assert_snapshot!(refused("model test --all genome.fa", 2), @"error: genome.fa is not a directory; --all tests the models below one");
}
