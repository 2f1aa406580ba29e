//! `kipos version`.

use kipos_tests::World;
use serde_json::Value as Json;

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

    let text = printed("version");
    assert!(text.starts_with(&format!("kipos {}\n", env!("CARGO_PKG_VERSION"))), "{text}");
    for plugin in plugins {
        let line = format!("  plugin {} {}, ", plugin["name"].as_str().unwrap(), plugin["version"].as_str().unwrap());
        assert!(text.contains(&line), "{text}");
    }
}
