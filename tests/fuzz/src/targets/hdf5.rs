//! HDF5 files: batch files, and predictions that a test compares with, through the command.

use std::path::Path;

use super::{files, place};
use crate::command;
use crate::input::Input;
use crate::target::{Finding, Place, Target, project};

pub(crate) const TARGET: Target = Target {
    name: "hdf5",
    about: "HDF5 batch files and gradients, through the command",
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

const PART: &str = "batches.h5";

fn seeds() -> Result<Vec<Input>, String> {
    files(
        PART,
        &["examples/two-inputs/batches.h5", "examples/two-inputs/predictions.h5", "tests/fixtures/batches/batches.h5"],
    )
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    place(scratch, PART, input.bytes(PART).unwrap_or_default())?;
    let model = project().join("examples/two-inputs");
    let model = model.to_string_lossy();
    // Who reads an HDF5 file of which kind follows from the bytes, so that an input always does the same.
    match input.length() % 3 {
        0 => command::run(&["plot", "gradient", PART, "-o", "picture.svg"], scratch),
        _ => command::run(&["predict", &model, "--batch-file", PART, "-o", "predictions.tsv"], scratch),
    }
}
