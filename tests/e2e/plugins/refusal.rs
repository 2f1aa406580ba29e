//! Libraries that cannot be used: each is a sentence, and all others go on working.

use insta::assert_snapshot;

use crate::case::Case;

/// What `kipos plugin list` says of the library `name`, with the stub and the default plugins beside it, which still
/// score variants.
fn listed(case: &Case, name: &str) -> String {
    let outcome = case.world.run("plugin list", &[]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    assert!(case.scored(&[]).contains("KV_model_DIFF="), "the other plugins work");
    let mut lines = outcome.stdout.lines().skip_while(|line| !line.starts_with(&format!("{name} ")));
    let of_library = [lines.next().expect(name)].into_iter().chain(lines.take_while(|line| line.starts_with(' ')));
    case.redacted(&of_library.collect::<Vec<_>>().join("\n"))
}

fn installed(library: &str) -> String {
    let case = Case::new();
    case.world.install(library);
    listed(&case, library)
}

#[test]
fn another_version_of_the_contract() {
    assert_snapshot!(installed("bad_version"), @r#"
bad_version 0.1.0  [world]/plugins/libkipos_plugin_bad_version.so
    refused: built for plugin ABI 9.9, this kipos has 0.3: rebuild it against kipos-plugin-api 0.3
"#);
}

#[test]
fn the_first_version_of_the_contract() {
    assert_snapshot!(installed("old_version"), @r#"
old_version 0.1.0  [world]/plugins/libkipos_plugin_old_version.so
    refused: built for plugin ABI 0.1, this kipos has 0.3: rebuild it against kipos-plugin-api 0.3
"#);
}

#[test]
fn a_library_that_is_no_plugin() {
    assert_snapshot!(installed("bad_missing_symbol"), @r#"
bad_missing_symbol unknown  [world]/plugins/libkipos_plugin_bad_missing_symbol.so
    refused: not a kipos plugin: it does not export KIPOS_PLUGIN_PROBE
"#);
}

#[test]
fn a_description_with_nothing_behind_it() {
    assert_snapshot!(installed("bad_missing_root"), @r#"
bad_missing_root 0.1.0  [world]/plugins/libkipos_plugin_bad_missing_root.so
    refused: it exports KIPOS_PLUGIN_PROBE but no plugin behind it: export both with the export_plugin! macro
"#);
}

#[test]
fn types_that_are_laid_out_differently() {
    assert_snapshot!(installed("bad_layout"), @r#"
bad_layout 0.1.0  [world]/plugins/libkipos_plugin_bad_layout.so
    refused: its types are laid out differently although both sides say plugin ABI 0.3 (mismatched package): rebuild it against the kipos-plugin-api of this kipos
"#);
}

#[test]
fn a_file_that_is_no_library() {
    let case = Case::new();
    let library = case.world.install("bad_version");
    std::fs::write(&library, "not a library\n").unwrap();
    let text = listed(&case, "bad_version");
    let (before, _) = text.split_once("can load: ").expect(&text);
    assert_snapshot!(before, @r#"
bad_version unknown  [world]/plugins/libkipos_plugin_bad_version.so
    refused: not a library that this system
"#);
}

#[test]
fn a_score_that_is_missing_may_be_in_a_library_that_was_refused() {
    let case = Case::new();
    case.world.install("bad_version");
    let custom = "[{type: custom, name: mine, defined_as: 'bad_version::mine'}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    assert_snapshot!(case.refused(&[]), @"score `mine`: unknown plugin `bad_version` (found: stub, onnx, scorers); see `kipos plugin list`; [world]/plugins/libkipos_plugin_bad_version.so was not loaded: built for plugin ABI 9.9, this kipos has 0.3: rebuild it against kipos-plugin-api 0.3");
}
