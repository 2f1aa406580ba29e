//! The example model directories.

mod goldens;
mod tables;

use std::fs;
use std::path::PathBuf;

use kipos_tests::{World, project};

/// The directories of the examples that have golden scores.
const WITH_GOLDEN_SCORES: [&str; 4] = ["channels-first", "text-input", "two-inputs", "any-length"];

/// A world in which the examples lie where they do in the project.
pub fn world() -> World {
    let world = World::new();
    for directory in entries("examples").into_iter().filter(|path| path.is_dir()) {
        let example = name(&directory);
        for file in entries(&format!("examples/{example}")) {
            // A run of kipos in the project may have left an index there.
            if file.is_file() && file.extension().is_none_or(|extension| extension != "fai") {
                world.write(&format!("examples/{example}/{}", name(&file)), fs::read(&file).unwrap());
            }
        }
    }
    world
}

/// The entries of a directory of the project, by name.
fn entries(directory: &str) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        fs::read_dir(project().join(directory)).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn name(path: &std::path::Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}
