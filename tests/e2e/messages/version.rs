//! `kipos version`.

use std::path::Path;

use kipos_tests::{Outcome, World, onnxruntime};
use serde_json::{Value as Json, json};

#[test]
fn the_version_tells_what_kipos_is_and_finds() {
    let world = World::new();
    world.install("test_stub");
    let printed = |args: &str| {
        let outcome = world.run(args, &[]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
        outcome.stdout
    };
    let found: Json = serde_json::from_str(&printed("version --json")).unwrap();
    assert_eq!(found["kipos"], env!("CARGO_PKG_VERSION"));
    let (major, minor) = kipos_plugin_api::ABI_VERSION;
    assert_eq!(found["abi"], format!("{major}.{minor}"));
    assert_eq!(found["features"], serde_json::json!(["hdf5", "parquet", "png"]));
    assert!(found["rustc"].as_str().unwrap().starts_with("rustc "), "{found:#}");
    assert_eq!(found["target"], kipos_plugin_api::TARGET);
    let dirs: Vec<_> = found["plugin_dirs"].as_array().unwrap().iter().map(|dir| dir.as_str().unwrap()).collect();
    assert_eq!(dirs[0], world.path("plugins").to_str().unwrap());
    let plugins = found["plugins"].as_array().unwrap();
    assert!(plugins.iter().any(|plugin| plugin["name"] == "scorers" && plugin["status"] == "loaded"), "{found:#}");
    let library = onnxruntime();
    let (_, version) = library.to_str().unwrap().rsplit_once(".so.").unwrap();
    let engine = json!({
        "backends": ["keras", "onnx", "tensorflow", "tensorflow2"],
        "name": "ONNX Runtime",
        "version": version,
        "libraries": found["engines"][0]["libraries"],
        "error": null,
    });
    assert_eq!(found["engines"], json!([engine]));
    let opened = Path::new(found["engines"][0]["libraries"][0].as_str().unwrap()).canonicalize().unwrap();
    assert_eq!(opened, library);

    let text = printed("version");
    let line = format!("  engine ONNX Runtime {version} of keras, onnx, tensorflow, tensorflow2\n");
    assert!(text.contains(&line), "{text}");
    assert!(text.starts_with(&format!("kipos {}\n", env!("CARGO_PKG_VERSION"))), "{text}");
    for plugin in plugins {
        let line = format!("  plugin {} {}, ", plugin["name"].as_str().unwrap(), plugin["version"].as_str().unwrap());
        assert!(text.contains(&line), "{text}");
    }
}

#[test]
fn an_engine_that_is_missing_is_told_with_the_reason() {
    let world = World::new();
    let outcome: Outcome = world
        .kipos()
        .args(["version", "--json"])
        .env("KIPOS_ONNXRUNTIME", world.path("absent.so"))
        .output()
        .unwrap()
        .into();
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let found: Json = serde_json::from_str(&outcome.stdout).unwrap();
    let engine = &found["engines"][0];
    assert_eq!((&engine["name"], &engine["version"]), (&Json::Null, &Json::Null));
    let problem = engine["error"].as_str().unwrap();
    assert!(problem.contains("absent.so, which does not exist; install one with `pip install"), "{problem}");
}
