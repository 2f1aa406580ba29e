//! The layout of everything that crosses the boundary, held against a golden file.
//!
//! If this fails, the ABI changed: move `ABI_VERSION`, add a heading to CHANGELOG.md, then run the tests once with
//! `KIPOS_BLESS=1` to write the golden file anew.
#![cfg(target_pointer_width = "64")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::path::Path;
use std::{env, fs};

use kipos_plugin_api::ABI_VERSION;
use kipos_plugin_api::abi::{PluginModule_Ref, Probe};
use kipos_plugin_api::abi_stable::StableAbi;
use kipos_plugin_api::abi_stable::type_layout::TypeLayout;

/// A type's name with the types that it mentions: abi_stable leaves type parameters out of names.
fn name_of(layout: &'static TypeLayout) -> String {
    let mentioned = layout.shared_vars().type_layouts().iter().map(|get| get().full_type().to_string());
    format!("{} [{}]", layout.full_type(), mentioned.collect::<Vec<_>>().join(", "))
}

/// One line per type and one per field of it, types sorted by name.
fn describe(root: &'static TypeLayout) -> String {
    let mut types = BTreeMap::new();
    let mut waiting = vec![root];
    while let Some(layout) = waiting.pop() {
        let name = name_of(layout);
        if types.contains_key(&name) {
            continue;
        }
        let mut text = format!("{name}: size {} align {}\n", layout.size(), layout.alignment());
        for field in layout.get_fields().into_iter().flatten() {
            let _ = writeln!(text, "    {}: {}", field.name(), name_of(field.layout()));
            waiting.push(field.layout());
            for function in field.function_range().iter() {
                // `fn name(parameter: type, ...) -> type`, over several lines.
                let signature = function.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
                let _ = writeln!(text, "        {signature}");
            }
        }
        // Everything that fields and functions mention.
        waiting.extend(layout.shared_vars().type_layouts().iter().map(|get| get()));
        types.insert(name, text);
    }
    types.into_values().collect()
}

/// The methods of the trait objects, as the source declares them: layouts do not reach behind their tables.
fn trait_objects() -> String {
    let mut text = String::new();
    for source in [include_str!("../src/abi/backend.rs"), include_str!("../src/abi/scorer.rs")] {
        let declarations = source.lines().skip_while(|line| *line != "#[sabi_trait]");
        for line in declarations.take_while(|line| *line != "}") {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_layout_is_the_golden_one() {
    let (major, minor) = ABI_VERSION;
    let found = format!("abi {major}.{minor}\n\n{}\n{}", trait_objects(), describe(PluginModule_Ref::LAYOUT));
    let golden = file("tests/abi_layout.txt");
    if env::var_os("KIPOS_BLESS").is_some() {
        fs::write(&golden, &found).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    let difference = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "the ABI changed, first at {difference:?}: move ABI_VERSION, add a heading to CHANGELOG.md, then bless the \
         golden file with KIPOS_BLESS=1"
    );
}

#[test]
fn version_golden_file_and_changelog_move_together() {
    let (major, minor) = ABI_VERSION;
    let version = format!("abi {major}.{minor}");
    let golden = fs::read_to_string(file("tests/abi_layout.txt")).unwrap();
    assert_eq!(golden.lines().next(), Some(version.as_str()));
    let changelog = fs::read_to_string(file("CHANGELOG.md")).unwrap();
    let newest = changelog.lines().find_map(|line| line.strip_prefix("## "));
    assert_eq!(newest, Some(version.as_str()));
}

#[test]
fn the_probe_never_changes() {
    assert_eq!(size_of::<Probe>(), 48);
    let offsets = [
        offset_of!(Probe, magic),
        offset_of!(Probe, abi_major),
        offset_of!(Probe, abi_minor),
        offset_of!(Probe, name),
        offset_of!(Probe, version),
        offset_of!(Probe, rustc),
        offset_of!(Probe, target),
    ];
    assert_eq!(offsets, [0, 8, 12, 16, 24, 32, 40]);
}
