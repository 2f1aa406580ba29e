//! Native code that a model brings: it runs with `--trust-model` alone, whatever the command.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use kipos_tests::{Outcome, built};

use crate::case::Case;

/// A case whose model has a plugin of its own and needs it.
fn with_plugin() -> Case {
    let case = Case::new();
    let library = case.world.install("bad_scorers");
    fs::create_dir(case.world.path("model/plugins")).unwrap();
    fs::rename(&library, own_library(&case)).unwrap();
    let custom = "[{type: custom, name: mine, defined_as: 'bad_scorers::failing'}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    case
}

fn own_library(case: &Case) -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    case.world.path(&format!("model/plugins/{prefix}kipos_plugin_bad_scorers{suffix}"))
}

#[test]
fn a_score_that_only_the_model_has_needs_trust() {
    let case = with_plugin();
    assert_snapshot!(case.refused(&[]), @"score `mine`: unknown plugin `bad_scorers` (found: stub, onnx, scorers); see `kipos plugin list`; the model has libkipos_plugin_bad_scorers.so in model/plugins, native code that is loaded with --trust-model alone");
    assert!(case.scored(&["--trust-model"]).contains("KV_model_MINE="));
    assert!(case.scored(&["--allow-model-plugins"]).contains("KV_model_MINE="));
}

#[test]
fn a_backend_that_only_the_model_has_needs_trust() {
    let case = Case::new();
    let library = case.world.path("plugins").join(format!(
        "{}kipos_plugin_test_stub{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ));
    fs::create_dir(case.world.path("model/plugins")).unwrap();
    fs::rename(&library, case.world.path("model/plugins").join(library.file_name().unwrap())).unwrap();
    let said = case.refused(&[]);
    let (_, advice) = said.rsplit_once("; ").unwrap();
    assert_snapshot!(advice, @"the model has libkipos_plugin_test_stub.so in model/plugins, native code that is loaded with --trust-model alone");
    assert!(case.scored(&["--trust-model"]).contains("KV_model_DIFF="));
}

#[test]
fn a_model_without_plugins_may_be_trusted_but_has_none_to_allow() {
    let case = Case::new();
    assert!(case.scored(&["--trust-model"]).contains("KV_model_DIFF="));
    assert_snapshot!(case.misused(&["--allow-model-plugins"]), @"--allow-model-plugins: the model has no directory model/plugins");
}

#[test]
fn every_command_that_opens_a_model_takes_the_flag() {
    let case = with_plugin();
    case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 1, layers: true}");
    let maps = "--fasta genome.fa -o out/map.h5";
    for command in [
        "model info model",
        "model layers model",
        "model test model --fasta genome.fa --regions chr1:50-59",
        "test model --fasta genome.fa --regions chr1:50-59",
        "predict model --fasta genome.fa --regions chr1:50-59 -o out/p.tsv",
        "gradient model --fasta genome.fa --regions chr1:50-59 -o out/g.h5",
        "score-variants model --fasta genome.fa --vcf variants.vcf -o out/s.vcf",
        &format!("mutation-map model --regions chr1:50-59 {maps}"),
        "postproc score_variants model --dataloader_args fasta_file=genome.fa -i variants.vcf -o out/k.vcf -s mine",
        "postproc create_mutation_map model --dataloader_args fasta_file=genome.fa -r variants.vcf -o out/k.h5 -s mine",
        "postproc grad model --dataloader_args fasta_file=genome.fa --regions chr1:50-59 --final_layer -o out/kg.h5",
        "interpret grad model --dataloader_args fasta_file=genome.fa --regions chr1:50-59 --final_layer -o out/kg.h5",
    ] {
        let outcome = case.world.run(command, &["--trust-model"]);
        assert!(!outcome.stderr.contains("unexpected argument"), "{command}: {outcome:?}");
        assert!(!outcome.stderr.contains("bad_scorers"), "{command}: {outcome:?}");
    }
}

#[test]
#[cfg(unix)]
fn plugins_of_the_model_that_everybody_may_change_are_not_used() {
    use std::os::unix::fs::PermissionsExt as _;

    let set = |path: &PathBuf, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let warning = |case: &Case, more: &str| {
        let outcome = case.run(&["-s", "diff", more]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        case.redacted(outcome.stderr.lines().find(|line| line.starts_with("warning: ")).unwrap_or_default())
    };
    let case = with_plugin();
    case.spoil(
        "model/model.yaml",
        "[{type: custom, name: mine, defined_as: 'bad_scorers::failing'}]",
        "[{type: diff}]",
    );
    let (directory, library) = (case.world.path("model/plugins"), own_library(&case));
    set(&directory, 0o777);
    let said = warning(&case, "--trust-model");
    assert_snapshot!(said, @"warning: plugin directory model/plugins: not used, because every user may write to it; remove that permission with `chmod o-w` or use another directory");
    assert_eq!(warning(&case, "--allow-model-plugins"), said);
    set(&directory, 0o755);
    set(&library, 0o666);
    assert_snapshot!(warning(&case, "--trust-model"), @"warning: plugin library [world]/model/plugins/libkipos_plugin_bad_scorers.so: refused: not used, because every user may write to [world]/model/plugins/libkipos_plugin_bad_scorers.so; remove that permission with `chmod o-w`");
    set(&library, 0o644);
    set(&case.world.path("model"), 0o777);
    assert_snapshot!(warning(&case, "--trust-model"), @"warning: plugin directory model/plugins: not used, because every user may write to [world]/model; remove that permission with `chmod o-w` or use another directory");
    set(&case.world.path("model"), 0o755);
    assert_eq!(warning(&case, "--trust-model"), "");
}

/// A case with an ONNX graph whose description names a library of its own as engine, which would leave `log`.
fn with_engine() -> Case {
    let case = Case::onnx();
    let library = format!("{}on_load{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    fs::copy(built(&library), case.world.path("model/libevil.so")).unwrap();
    case.spoil("model/model.yaml", "{file: model.onnx}", "{file: model.onnx, runtime: libevil.so}");
    case
}

#[test]
fn a_model_does_not_name_its_engine() {
    let case = with_engine();
    let log = case.world.path("log");
    let refused = |command: &str| {
        let mut kipos = case.world.kipos();
        kipos.env("KIPOS_TEST_ON_LOAD", format!("log:{}", log.display())).args(command.split_whitespace());
        let outcome = Outcome::from(kipos.output().unwrap());
        assert!(!log.exists(), "{command} opened the library of the model");
        outcome
    };
    let said = refused("score-variants model --fasta genome.fa --vcf variants.vcf -o out/s.vcf --trust-model");
    assert_eq!(said.code, 1);
    assert_snapshot!(said.stderr, @"error: plugin onnx: `args.runtime` of model.yaml is refused, as the files of a model name no native code; remove it, and give `--engine-library FILE` or set KIPOS_ONNXRUNTIME");
    let sentence = said.stderr.strip_prefix("error: ").unwrap().trim_end();
    for command in ["model info model", "model layers model", "model test model --fasta genome.fa --regions chr1:50-59"]
    {
        let said = refused(command);
        assert!(said.stdout.contains(sentence) || said.stderr.contains(sentence), "{command}: {said:?}");
    }
}
