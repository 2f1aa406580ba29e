//! What kipos reads of a plugin without opening it: the tables of the library, and what is kept or said of it.

use std::fs;
use std::path::Path;

use kipos::for_fuzzing::{library_problem, read_plugin_finding};

use super::{check_sentence, place};
use crate::command;
use crate::input::Input;
use crate::random::Random;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "plugin-file",
    about: "plugin libraries and verdicts on them, before anything is opened",
    place: Place::InProcess,
    seeds,
    words: &[
        b"\x7fELF\x02\x01\x01",
        b"\x7fELF\x01\x02\x01",
        b"\x38\0",
        b"\x40\0\0\0\0\0\0\0",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
        b"{\"opens\": ",
        b"{\"refused\": ",
        b"\"abi\": [0, 4294967296]",
        b"\"lasts\": ",
        b"null",
        b"\"died\": ",
    ],
    own_mutation: Some(tables),
    run,
};

const LIBRARY: &str = "library.so";
const SAID: &str = "said.json";

/// The head of a library, where its tables are, and what a child says of one.
fn seeds() -> Result<Vec<Input>, String> {
    let library = command::kipos()?.with_file_name("libkipos_plugin_scorers.so");
    let bytes = fs::read(&library).map_err(|error| format!("cannot read {}: {error}", library.display()))?;
    let head = bytes[..bytes.len().min(1 << 13)].to_vec();
    let said = [
        r#"{"opens": {"name": "a", "version": "1", "rustc": "r", "target": "t", "abi": [0, 2]}}"#,
        r#"{"refused": "so", "lasts": true, "plugin": null}"#,
        r#"{"died": "died of SIGSEGV", "times": 2}"#,
    ];
    let said = said.map(|text| Input::one(SAID, text));
    Ok([vec![Input::one(LIBRARY, head)], said.to_vec()].concat())
}

/// Damage to the numbers of the head and of the table of segments, which is where the head says.
fn tables(input: &mut Input, random: &mut Random) {
    let Some(part) = input.0.first_mut() else { return };
    for _ in 0..1 + random.below(4) {
        let at = random.below(0x400.min(part.bytes.len()));
        let number = match random.below(4) {
            0 => random.bits(),
            1 => u64::MAX - random.below(64) as u64,
            2 => 1 << random.below(64),
            _ => random.below(1 << 13) as u64,
        };
        let length = 1 << random.below(4);
        for (byte, new) in part.bytes.iter_mut().skip(at).zip(&number.to_le_bytes()[..length]) {
            *byte = *new;
        }
    }
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    if let Some(said) = input.bytes(SAID) {
        read_plugin_finding(said);
    }
    if let Some(library) = input.bytes(LIBRARY) {
        place(scratch, LIBRARY, library)?;
        library_problem(&scratch.join(LIBRARY)).map_or(Ok(()), |problem| check_sentence(&problem))?;
    }
    Ok(())
}
