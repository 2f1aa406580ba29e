//! Who may name whom: rooms of the library import only rooms of layers below, and few rooms name an outside crate.

use super::finding;
use super::source::Source;

/// The rooms of `host/src`, from the ground up. A room may import rooms of the layers above its own line in this table
/// and no others, so there are no circles.
const LAYERS: &[&[&str]] = &[
    &["internal", "partial_file"],
    &[
        "bounded_line",
        "byte_order_mark",
        "columns",
        "counted",
        "error_chain",
        "extent",
        "hdf5_call",
        "name_list",
        "natural_scale",
        "number",
        "percent_code",
        "printable",
        "request_error",
        "sha256",
        "split_mix",
        "state_file",
        "stop",
        "warning",
    ],
    &["description", "genome", "not_finite"],
    &["genes", "provenance", "region", "sequence"],
    &["dataloader", "edits", "plugin", "output_selection", "scored"],
    &["model", "predict", "sink"],
    &["attribution", "run", "samples", "score", "strongest"],
    &["lint", "plot", "request", "shard"],
    &["setup"],
    &["pipeline", "track"],
    &["mutation_map", "prediction", "saturation"],
    &["conversion", "model_test"],
    &["error_class"],
];

/// Files of `host/src` that are no rooms: they say what the library offers.
const ROOTS: [&str; 3] = ["for_benches", "for_fuzzing", "lib"];

/// Outside crates, and the places that may name each.
const CRATES: &[(&str, &[&str])] = &[
    ("noodles", &["host/src/genome/", "host/src/sink/"]),
    ("hdf5", &["host/src/dataloader/", "host/src/model_test/", "host/src/sink/"]),
    ("parquet", &["host/src/sink/"]),
    ("serde_yaml", &["host/src/description/"]),
    ("md5", &["host/src/description/"]),
    ("sha2", &["host/src/sha256.rs"]),
    ("libloading", &["host/src/plugin/", "plugins/onnx/src/"]),
    ("abi_stable", &["host/src/plugin/", "plugin-api/src/"]),
    ("resvg", &["host/src/plot/"]),
    ("ttf_parser", &["host/src/plot/"]),
    ("dejavu", &["host/src/plot/"]),
    ("clap", &["host/cli/src/"]),
    ("chrono", &["host/cli/src/"]),
    ("indicatif", &["host/cli/src/"]),
    // Plugins never see the host.
    ("kipos", &["host/cli/src/"]),
];

/// Where [`CRATES`] holds.
const PLACES: [&str; 4] = ["host/src/", "host/cli/src/", "plugin-api/src/", "plugins/"];

/// Imports that do not point down.
pub(super) fn imports(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let Some(room) = room(&source.path).filter(|room| !ROOTS.contains(room)) else { continue };
        let Some(own) = layer(room) else {
            findings.push(finding(&source.path, 1, &format!("room `{room}` has no layer; add it to the table")));
            continue;
        };
        for (line, other) in named_rooms(source) {
            if other != room && layer(other).is_none_or(|layer| layer >= own) {
                findings.push(finding(&source.path, line, &format!("`{room}` may not import `{other}`")));
            }
        }
    }
    findings
}

/// Outside crates where they have no business.
pub(super) fn crates(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| PLACES.iter().any(|place| source.path.starts_with(place))) {
        for (line, code) in source.code_lines() {
            let strange = |(name, places): &&(&str, &[&str])| {
                names_crate(code, name) && !places.iter().any(|place| source.path.starts_with(place))
            };
            let report =
                |(name, _): &(&str, _)| finding(&source.path, line, &format!("`{name}` may not be named here"));
            findings.extend(CRATES.iter().filter(strange).map(report));
        }
    }
    findings
}

/// The room of a file of `host/src`.
fn room(path: &str) -> Option<&str> {
    let path = path.strip_prefix("host/src/")?;
    Some(path.split_once('/').map_or(path.trim_end_matches(".rs"), |(room, _)| room))
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

/// The rooms that a file names: `crate::room`, and all that stand in `crate::{...}`.
fn named_rooms(source: &Source) -> Vec<(usize, &str)> {
    let end = source.code_lines().map(|(_, line)| line.len() + 1).sum::<usize>().min(source.code.len());
    let code = &source.code[..end];
    let mut rooms = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        // Neither `$crate::` nor `super_crate::`.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(heads(list).into_iter().map(|head| (line, head))),
            None => rooms.extend(word(rest).map(|head| (line, head))),
        }
    }
    // What the root of the library offers by a name of its own is not a room.
    rooms.retain(|(_, room)| room.starts_with(|c: char| c.is_lowercase()));
    rooms
}

/// The first names of the items of a list in braces, whose opening one was passed.
fn heads(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut heads) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                heads.extend(word(list[from..at].trim_start()));
                from = at + 1;
                if c == '}' {
                    return heads;
                }
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|word| !word.is_empty())
}

/// Whether a line of code names a crate by a path, or brings it in.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].trim_end();
        let begins = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') && !before.ends_with("::");
        let after = &code[at + name.len()..];
        begins && (after.starts_with("::") || before.ends_with("use") && after.starts_with([';', ' ']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, code: &str, rule: fn(&[Source]) -> Vec<String>) -> Vec<String> {
        rule(&[Source::new(path, code)])
    }

    #[test]
    fn an_import_that_points_up_or_sideways_is_found() {
        let up = "use crate::genome::Fasta;\nuse crate::{\n    region::Region,\n    pipeline::{A, B},\n};\n";
        assert_eq!(
            found("host/src/sink/a.rs", up, imports),
            ["host/src/sink/a.rs:2: `sink` may not import `pipeline`"]
        );
        let sideways = "fn a() -> crate::model::Loaded {}\n";
        assert_eq!(
            found("host/src/predict.rs", sideways, imports),
            ["host/src/predict.rs:1: `predict` may not import `model`"]
        );
        assert_eq!(found("host/src/sink/a.rs", "use crate::sink::b;\n", imports), [""; 0]);
        let in_tests = "#[cfg(test)]\nmod tests {\n    use crate::pipeline::A;\n}\n";
        assert_eq!(found("host/src/sink/a.rs", in_tests, imports), [""; 0]);
    }

    #[test]
    fn a_room_without_a_layer_is_found() {
        let expected = ["host/src/attic/a.rs:1: room `attic` has no layer; add it to the table"];
        assert_eq!(found("host/src/attic/a.rs", "", imports), expected);
    }

    #[test]
    fn a_crate_in_a_room_that_may_not_name_it_is_found() {
        let clap = "use clap::Parser;\n";
        assert_eq!(found("host/src/run/a.rs", clap, crates), ["host/src/run/a.rs:1: `clap` may not be named here"]);
        assert_eq!(found("host/cli/src/a.rs", clap, crates), [""; 0]);
        let host = "use kipos_plugin_api::Backend;\nuse kipos::ScoreVariants;\n";
        assert_eq!(
            found("plugins/onnx/src/a.rs", host, crates),
            ["plugins/onnx/src/a.rs:2: `kipos` may not be named here"]
        );
        assert_eq!(found("host/src/genome/a.rs", "use super::noodles::A;\n", crates), [""; 0]);
    }

    #[test]
    fn no_room_has_two_layers() {
        let mut rooms: Vec<_> = LAYERS.concat();
        rooms.sort_unstable();
        let count = rooms.len();
        rooms.dedup();
        assert_eq!(rooms.len(), count);
    }
}
