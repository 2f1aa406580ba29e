//! Damaged plugin libraries in a plugin directory, through the command.

use std::fs;
use std::path::Path;

use super::place;
use crate::command;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "library",
    about: "damaged plugin libraries, through the command",
    place: Place::Command,
    seeds,
    words: &[b"\x7fELF\x02\x01\x01", b"KIPOS_PLUGIN_PROBE", b"kiposplg", b"\0\0\0\0\0\0\0\0", b"\xff\xff\xff\xff"],
    own_mutation: Some(cut),
    run,
};

const PART: &str = "libkipos_plugin_damaged.so";

/// A plugin that the build has left beside the command.
fn seeds() -> Result<Vec<Input>, String> {
    let library = command::kipos()?.with_file_name("libkipos_plugin_scorers.so");
    let bytes = fs::read(&library).map_err(|error| format!("cannot read {}: {error}", library.display()))?;
    Ok(vec![Input::one(PART, bytes)])
}

/// What an interrupted copy leaves; and damage to the tables at either end, where a loader looks.
fn cut(input: &mut Input, random: &mut crate::random::Random) {
    let Some(part) = input.0.first_mut() else { return };
    let length = part.bytes.len();
    if random.one_in(2) {
        part.bytes.truncate(random.below(length + 1));
        return;
    }
    for _ in 0..1 + random.below(8) {
        let at = random.below(4096);
        let at = if random.one_in(2) { at } else { length.saturating_sub(1 + at) };
        if let Some(byte) = part.bytes.get_mut(at) {
            *byte = random.bits() as u8;
        }
    }
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    let plugins = scratch.join("plugins");
    fs::create_dir_all(&plugins).ok();
    place(&plugins, PART, input.bytes(PART).unwrap_or_default())?;
    command::run(&["--plugin-dir", "plugins", "plugin", "list"], scratch)
}
