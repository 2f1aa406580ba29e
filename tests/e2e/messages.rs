//! What a command says of itself: messages, exit codes, and the summary of a run as a file.

mod exit_codes;
mod log;
mod summary_file;
mod version;

use kipos_tests::Outcome;
use serde_json::Value as Json;

use crate::case::{Case, bases};

/// A record at a 1-based position of `chr1` whose REF is not the genome's.
fn mismatched(position: usize) -> String {
    let (reference, alternate) = bases(position);
    format!("chr1\t{position}\t.\t{alternate}\t{reference}\t.\t.\t.\n")
}

/// Runs a command in the world of a case.
fn run(case: &Case, args: &str) -> Outcome {
    case.world.run(args, &[])
}

/// A JSON file of a case.
fn json(case: &Case, name: &str) -> Json {
    serde_json::from_str(&case.world.read(name)).unwrap()
}
