//! HDF5 files: batch files, maps and gradients, through the command.

use std::path::Path;

use super::{files, place};
use crate::command;
use crate::input::Input;
use crate::target::{Finding, Place, Target, project};

pub(crate) const TARGET: Target = Target {
    name: "hdf5",
    about: "HDF5 batch files, maps and gradients, through the command",
    place: Place::Command,
    seeds,
    words: &[
        b"OHDR",
        b"TREE",
        b"HEAP",
        b"SNOD",
        b"GCOL",
        b"FRHP",
        b"BTHD",
        b"OCHK",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0\0\0\0\0\0\0",
    ],
    own_mutation: None,
    run,
};

/// Prepared samples, maps and gradients: the name of the file says which.
const BATCHES: &str = "batches.h5";
const MAPS: &str = "maps.h5";
const GRADIENTS: &str = "gradients.h5";

fn seeds() -> Result<Vec<Input>, String> {
    let batches =
        ["examples/two-inputs/batches.h5", "examples/two-inputs/predictions.h5", "tests/fixtures/batches/batches.h5"];
    let stored = |name| files(name, &[&format!("tests/fixtures/stored/{name}")]);
    Ok([files(BATCHES, &batches)?, stored(MAPS)?, stored(GRADIENTS)?].concat())
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    let Some(name) = [BATCHES, MAPS, GRADIENTS].into_iter().find(|name| input.bytes(name).is_some()) else {
        return Ok(());
    };
    place(scratch, name, input.bytes(name).unwrap_or_default())?;
    let model = project().join("examples/two-inputs");
    let model = model.to_string_lossy();
    let picture = ["-o", "picture.svg"];
    // What is asked of a file follows from the bytes, so that an input always does the same.
    let arguments = match (name, input.length() % 3) {
        (BATCHES, 0) => vec!["plot", "gradient", name, picture[0], picture[1]],
        (BATCHES, _) => vec!["predict", &model, "--batch-file", name, "-o", "predictions.tsv"],
        (MAPS, 0) => vec!["track", name, "--scoring-key", "diff", "--model-output", "CTCF", "-o", "track.bedgraph"],
        (MAPS, _) => {
            let map =
                ["plot", "mutation-map", name, "--input-entry", "0", "--scoring-key", "diff", "--model-output", "CTCF"];
            [&map[..], &picture].concat()
        }
        (_, 0) => vec!["track", name, "-o", "track.bedgraph"],
        (_, 1) => vec!["provenance", name],
        (_, _) => [&["plot", "gradient", name][..], &picture].concat(),
    };
    command::run(&arguments, scratch)
}
