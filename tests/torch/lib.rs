//! The PyTorch plugin for end-to-end tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use kipos_tests::{Outcome, World, built, project};

/// The file name of the plugin as the build makes it.
fn library() -> String {
    format!("{}kipos_torch{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// A directory that holds the plugin under a name that kipos looks at, where it finds LibTorch.
///
/// # Panics
/// If the plugin was not built: `cargo xtask test` builds all.
pub fn plugins() -> PathBuf {
    static PLUGINS: LazyLock<PathBuf> = LazyLock::new(|| {
        // Beside target/release, as target/native is.
        let directory = built("").join("../torch-tests");
        fs::create_dir_all(&directory).expect("a directory for the plugin");
        let partial = directory.join(format!("partial.{}", std::process::id()));
        let source = built(&library());
        fs::copy(&source, &partial)
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask test`", source.display()));
        fs::rename(&partial, directory.join(library().replace("kipos_torch", "kipos_plugin_torch"))).expect("a plugin");
        directory.canonicalize().expect("the path of the plugin")
    });
    PLUGINS.clone()
}

/// The command `kipos` in a world, with the plugin.
pub fn kipos(world: &World) -> Command {
    let mut command = world.kipos();
    command.env("KIPOS_PLUGIN_PATH", plugins());
    command
}

/// Runs `kipos`, with the plugin, with arguments separated by spaces.
///
/// # Panics
/// If the binary was not built.
pub fn run(world: &World, args: &str) -> Outcome {
    kipos(world).args(args.split_whitespace()).output().expect("the binary; run `cargo xtask test`").into()
}

/// A world with the examples `pytorch` and `motif-cnn`, which are the same network, and 20 intervals on the genome of the
/// latter.
///
/// # Panics
/// If a file cannot be copied.
pub fn examples() -> World {
    let world = World::new();
    for example in ["pytorch", "motif-cnn"] {
        for entry in fs::read_dir(project().join("examples").join(example)).expect("the example") {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            // A run of kipos in the project may have left an index there.
            if path.is_file() && !name.ends_with(".fai") {
                world.write(&format!("{example}/{name}"), fs::read(&path).expect("a file"));
            }
        }
    }
    let intervals = (1..=20).map(|i| format!("synth1\t{}\t{}\n", 300 * i, 300 * i + 200));
    world.write("intervals.bed", intervals.collect::<String>());
    world
}

/// The columns of a table whose names begin so, as numbers, row by row.
///
/// # Panics
/// If there is no such column, or a cell is no number.
pub fn columns(table: &str, prefix: &str) -> Vec<Vec<f64>> {
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("a row of names");
    let places: Vec<usize> = (0..header.len()).filter(|&place| header[place].starts_with(prefix)).collect();
    assert!(!places.is_empty(), "no column {prefix} in {header:?}");
    let number = |cell: &str| cell.parse().unwrap_or_else(|_| panic!("{cell} is no number"));
    lines.map(|row| places.iter().map(|&place| number(row[place])).collect()).collect()
}
