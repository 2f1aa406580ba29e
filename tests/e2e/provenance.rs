//! What outputs say of how they were made, and `kipos provenance`, which prints it.

mod genome;
mod license;
mod meeting;
mod predictions;
mod scores;

use std::io::Write as _;
use std::process::{Command, Stdio};

use kipos_tests::World;
use serde_json::Value as Json;

use crate::case::Case;

/// What a file of a single run says.
fn told(world: &World, file: &str) -> Json {
    let mut runs = all_told(world, file);
    assert_eq!(runs.len(), 1, "{file}: {runs:?}");
    runs.remove(0)
}

/// What a file says, run by run.
fn all_told(world: &World, file: &str) -> Vec<Json> {
    let outcome = world.run("provenance --json", &[file]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{file}: {outcome:?}");
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// What `sha256sum`, which is not ours, makes of some bytes.
fn sha256sum(bytes: impl AsRef<[u8]>) -> String {
    let mut child = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes.as_ref()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// A case with two variants in each of two files.
fn in_two_parts() -> Case {
    let case = Case::new();
    for (name, positions) in [("first.vcf", [50, 60]), ("second.vcf", [70, 80])] {
        case.world.write(name, crate::case::vcf("", &positions.map(crate::case::snv).concat()));
    }
    case
}
