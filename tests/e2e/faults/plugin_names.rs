//! Plugins whose scores have the names of others.

use std::fs;
use std::process::Command;

use hdf5::types::VarLenUnicode;
use kipos_tests::Outcome;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value as Json, json};

use crate::case::Case;

/// Every plugin of this repository has this version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is said at every run with the plugin `namesakes`.
const WARNING: &str = "warning: plugin namesakes uses names of built-in scores: diff; these names mean the built-in \
                       scores, and the plugin's are chosen as namesakes::diff\n";

/// A case with a plugin that calls a score `diff`, which is found before the built-in scores.
fn with_namesakes() -> Case {
    let case = Case::new();
    case.world.install("namesake_scorers");
    case
}

fn info(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).map(|record| record.split('\t').nth(7).unwrap()).collect()
}

#[test]
fn a_built_in_name_means_the_built_in_score() {
    let expected = Case::new().scored(&[]);
    let case = with_namesakes();
    for more in [&[][..], &["--scores", "diff"]] {
        let outcome = case.run(more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.contains(WARNING), "{}", outcome.stderr);
        assert_eq!(case.world.read("out/scored.vcf"), expected);
    }
    // Also in maps, and for scores that the plugin does not have.
    let outcome =
        case.world.run("mutation-map model --fasta genome.fa --regions chr1:50-59 -o out/map.h5 --scores alt", &[]);
    assert!(outcome.code == 0 && outcome.stderr.contains(WARNING), "{outcome:?}");
    let list = case.world.run("plugin list", &[]).stdout;
    assert!(list.contains("\n    score namesakes::diff: 42 for every task\n"), "{list}");
    assert!(list.contains("\n    score diff: alt - ref\n"), "{list}");
}

#[test]
fn the_plugins_score_has_the_plugins_name_in_front() {
    let case = with_namesakes();
    let vcf = case.scored(&["--scores", "namesakes::diff", "diff"]);
    let built_in = Case::new().scored(&[]);
    let expected: Vec<String> =
        info(&built_in).iter().map(|info| format!("KV_model_NAMESAKES__DIFF=42;{info}")).collect();
    assert_eq!(info(&vcf), expected);
    let header: Vec<&str> = vcf.lines().filter(|line| line.contains("_DIFF,")).collect();
    insta::assert_snapshot!(header.join("\n").replace(VERSION, "[version]"), @r#"
    ##INFO=<ID=KV_model_NAMESAKES__DIFF,Number=A,Type=Float,Description="Score namesakes::diff of model model for 0 (diff of plugin namesakes [version])">
    ##INFO=<ID=KV_model_DIFF,Number=A,Type=Float,Description="Score diff of model model for 0 (diff of plugin scorers [version])">
    "#);
    // The built-in score may be spelled out, too; and a model may ask for the plugin's.
    let spelled = case.scored(&["--scores", "scorers::diff"]);
    assert_eq!(info(&spelled).join(" ").replace("SCORERS__", ""), info(&built_in).join(" "));
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: custom, name: mine, defined_as: 'namesakes::diff'}]");
    assert_eq!(info(&case.scored(&[])), ["KV_model_MINE=42"; 3]);
}

#[test]
fn no_other_plugin_stands_in_for_a_built_in_score() {
    let case = with_namesakes();
    fs::create_dir(case.world.path("bin")).unwrap();
    fs::copy(case.world.kipos().get_program(), case.world.path("bin/kipos")).unwrap();
    let mut command = Command::new(case.world.path("bin/kipos"));
    let own = case.command();
    command.current_dir(case.world.path("")).args(own.get_args());
    command.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?))));
    insta::assert_snapshot!(case.refused(&mut command), @"score `diff`: unknown scorer `diff` (known: failing, namesakes::diff); see `kipos plugin list`");
}

#[test]
fn a_name_that_several_plugins_use_is_refused() {
    let case = with_namesakes();
    case.world.install("bad_scorers");
    let outcome = case.run(&["--scores", "failing"]);
    assert_eq!((outcome.code, case.outputs()), (1, Vec::new()), "{outcome:?}");
    insta::assert_snapshot!(outcome.stderr.trim_end(), @"error: score `failing`: several plugins have a scorer `failing`; choose one of bad_scorers::failing, namesakes::failing");
    assert_eq!(info(&case.scored(&["--scores", "namesakes::failing"])), ["KV_model_NAMESAKES__FAILING=43"; 3]);
    assert!(info(&case.scored(&["--scores", "bad_scorers::failing"]))[0].starts_with("KV_model_"));
    let known = case.run(&["--scores", "fail"]).stderr;
    assert!(known.contains("bad_scorers::failing, ") && known.contains(", namesakes::failing"), "{known}");
}

#[test]
fn another_library_of_built_in_scores_is_told() {
    let case = Case::new();
    let name = format!("{}kipos_plugin_scorers{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let mut library = fs::read(kipos_tests::built(&name)).unwrap();
    case.world.write(&format!("plugins/{name}"), &library);
    assert!(!case.run(&[]).stderr.contains("warning"), "equal libraries give equal scores");
    library.push(0);
    case.world.write(&format!("plugins/{name}"), &library);
    let said = case.redacted(&case.run(&[]).stderr);
    assert!(said.contains("warning: the built-in scores come from [world]/plugins/"), "{said}");
}

#[test]
fn tables_and_maps_say_which_plugin_gave_each_score() {
    let case = with_namesakes();
    let command = "score-variants model --vcf variants.vcf --fasta genome.fa -o out/a.parquet -o out/a.h5 --scores";
    let run = |outcome: Outcome| assert_eq!(outcome.code, 0, "{outcome:?}");
    run(case.world.run(command, &["namesakes::diff", "diff"]));
    run(case.world.run(
        "mutation-map model --fasta genome.fa --regions chr1:50-59 -o out/map.h5 --scores",
        &["namesakes::diff", "diff"],
    ));
    let origin = |plugin: &str| json!({ "plugin": plugin, "version": VERSION, "scorer": "diff" });
    let expected = json!({ "namesakes::diff": origin("namesakes"), "diff": origin("scorers") });
    let parquet = SerializedFileReader::new(fs::File::open(case.world.path("out/a.parquet")).unwrap()).unwrap();
    let metadata = parquet.metadata().file_metadata().key_value_metadata().unwrap();
    let found = metadata.iter().find(|pair| pair.key == "kipos_scores").unwrap().value.clone().unwrap();
    assert_eq!(serde_json::from_str::<Json>(&found).unwrap(), expected);
    for name in ["out/a.h5", "out/map.h5"] {
        let file = hdf5::File::open(case.world.path(name)).unwrap();
        let found = file.attr("kipos_scores").unwrap().read_scalar::<VarLenUnicode>().unwrap();
        assert_eq!(serde_json::from_str::<Json>(&found).unwrap(), expected, "{name}");
    }
}
