//! A library that ends the process while it is loaded.
#![cfg(target_os = "linux")]

use std::fs;

use insta::assert_snapshot;

use crate::case::Case;

#[test]
fn a_library_that_crashed_is_left_alone_until_it_is_cleared_or_changed() {
    let case = Case::new();
    let library = case.world.install("aborts_on_load");
    let first = case.run(&[]);
    assert_eq!((first.code, first.stdout.as_str()), (-1, ""), "the first run dies: {first:?}");
    assert_eq!(case.outputs(), [""; 0]);

    let second = case.scored(&[]);
    assert!(second.contains("KV_model_DIFF="), "{second}");
    let list = case.world.run("plugin list", &[]).stdout;
    let line = list.lines().find(|line| line.contains("crashed")).unwrap_or_else(|| panic!("{list}"));
    let (before, sentinel) = line.split_once("remove ").unwrap();
    let (sentinel, after) = sentinel.split_once(" to ").unwrap();
    assert_snapshot!(format!("{before}remove [sentinel] to {after}"), @"    quarantined: crashed while loading last time; remove [sentinel] to try again");

    // What the sentence tells to do has the library tried again.
    fs::remove_file(sentinel).unwrap();
    assert_eq!(case.run(&[]).code, -1);

    // So has another file in its place.
    fs::copy(kipos_tests::built("libbad_scorers.so"), library).unwrap();
    let list = case.world.run("plugin list", &[]);
    assert!(list.code == 0 && list.stdout.contains("score failing"), "{list:?}");
}

#[test]
fn a_crash_is_named_where_its_plugin_is_missed() {
    let case = Case::new();
    case.world.install("aborts_on_load");
    assert_eq!(case.run(&[]).code, -1);
    case.spoil("model/model.yaml", "type: stub", "type: other");
    let sentence = case.refused(&[]);
    assert!(
        sentence.contains("no plugin provides the backend `other` (found: keras, onnx, stub, tensorflow, tensorflow2)"),
        "{sentence}"
    );
    assert!(sentence.contains("libkipos_plugin_aborts_on_load.so was not loaded: crashed while loading last time"));
}
