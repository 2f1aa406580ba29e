//! Where plugins are looked for, and which of two counts.

use std::fs;
use std::path::Path;
use std::process::Command;

use kipos_tests::{Outcome, World};
use serde_json::Value as Json;

/// Puts the stub into a directory of the world, under a file name that kipos looks at.
fn install_stub(world: &World, directory: &str) {
    let installed = world.install("test_stub");
    let target = world.path(directory);
    fs::create_dir_all(&target).unwrap();
    fs::rename(&installed, target.join(installed.file_name().unwrap())).unwrap();
}

/// The directories of the world in which the stub was found, in the order of the list, each with its status.
fn stubs(world: &World, command: &mut Command) -> Vec<(String, String)> {
    let outcome = Outcome::from(command.args(["plugin", "list", "--json"]).output().unwrap());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let list: Json = serde_json::from_str(&outcome.stdout).unwrap();
    let libraries = list["libraries"].as_array().unwrap().iter().filter(|library| library["name"] == "stub");
    let root = world.path("").canonicalize().unwrap();
    let directory = |library: &Json| {
        let directory = Path::new(library["path"].as_str().unwrap()).parent().unwrap().canonicalize().unwrap();
        directory.strip_prefix(&root).unwrap().to_str().unwrap().to_owned()
    };
    let status = |library: &Json| library["status"].as_str().unwrap().split(' ').next().unwrap().to_owned();
    libraries.map(|library| (directory(library), status(library))).collect()
}

#[test]
fn a_directory_that_is_typed_must_exist() {
    let outcome = World::new().run("--plugin-dir nowhere plugin list", &[]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (2, "error: --plugin-dir nowhere is not a directory\n"));
}

#[test]
fn directories_are_searched_in_order_and_the_first_counts() {
    let world = World::new();
    let binary = world.kipos().get_program().to_owned();
    fs::create_dir(world.path("bin")).unwrap();
    fs::copy(&binary, world.path("bin/kipos")).unwrap();
    let order = ["typed", "typed-too", "named", "bin", "lib/kipos/plugins", "data/kipos/plugins"];
    for directory in order {
        install_stub(&world, directory);
    }
    let mut command = Command::new(world.path("bin/kipos"));
    let own = world.kipos();
    command.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?))));
    command.env("KIPOS_PLUGIN_PATH", world.path("named"));
    command.arg("--plugin-dir").arg(world.path("typed")).arg("--plugin-dir").arg(world.path("typed-too"));
    let expected = order
        .map(|directory| (directory.to_owned(), if directory == "typed" { "loaded" } else { "shadowed" }.to_owned()));
    assert_eq!(stubs(&world, &mut command), expected);
}

#[test]
fn a_list_of_directories_may_be_named() {
    let world = World::new();
    install_stub(&world, "second");
    install_stub(&world, "first");
    let paths = std::env::join_paths(["absent", "first", "second"].map(|name| world.path(name))).unwrap();
    let found = stubs(&world, world.kipos().env("KIPOS_PLUGIN_PATH", paths));
    assert_eq!(found, [("first".into(), "loaded".into()), ("second".into(), "shadowed".into())]);
}

#[test]
fn a_shadowed_library_names_the_other() {
    let world = World::new();
    install_stub(&world, "typed");
    world.install("test_stub");
    let outcome = world.run("--plugin-dir typed plugin list", &[]);
    let shadowed: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains("shadowed by ")).collect();
    assert!(matches!(shadowed[..], [line] if line.contains("typed")), "{}", outcome.stdout);
}

#[test]
fn libraries_of_other_names_are_not_opened() {
    let world = World::new();
    let crashing = world.install("aborts_on_load");
    for name in ["libaborts.so", "libkipos_plugin_.so", "libkipos_plugin_aborts.so.1", "kipos_plugin_aborts.so"] {
        fs::copy(&crashing, world.path("plugins").join(name)).unwrap();
    }
    fs::remove_file(crashing).unwrap();
    let outcome = world.run("plugin list", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let root = world.path("plugins");
    let of_world: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains(root.to_str().unwrap())).collect();
    let expected = ["kipos_plugin_aborts.so", "libaborts.so", "libkipos_plugin_.so"].map(|name| {
        let path = root.join(name);
        let why = "as it is not named libkipos_plugin_NAME with the suffix of a shared library";
        format!("passed over: {}, {why}", path.display())
    });
    assert_eq!(of_world, expected);
    let list: Json = serde_json::from_str(&world.run("plugin list --json", &[]).stdout).unwrap();
    let passed_over = list["passed_over"].as_array().unwrap();
    assert!(passed_over.contains(&Json::from(root.join("libaborts.so").to_str().unwrap())), "{list:#}");
}

#[test]
#[cfg(unix)]
fn a_directory_that_everybody_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let case = crate::case::Case::new();
    let plugins = case.world.path("plugins");
    fs::set_permissions(&plugins, fs::Permissions::from_mode(0o777)).unwrap();
    let outcome = case.world.run("plugin list", &[]);
    let problems: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with("problem: ")).collect();
    insta::assert_snapshot!(case.redacted(&problems.join("\n")), @"problem: plugin directory [world]/plugins: not used, because every user may write to it; remove that permission with `chmod o-w` or use another directory");
    let sentence = case.refused(&[]);
    let (_, why) = sentence.split_once("; plugin directory ").unwrap();
    insta::assert_snapshot!(why, @"[world]/plugins: not used, because every user may write to it; remove that permission with `chmod o-w` or use another directory");
}
