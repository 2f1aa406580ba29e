//! The layout of everything that crosses the boundary, held against a golden file.
//!
//! If this fails, the ABI changed: bump `ABI_VERSION`, add a heading to CHANGELOG.md, then run the tests once with
//! `KIPOS_BLESS=1` to write the golden file anew.
#![cfg(target_pointer_width = "64")]
#![allow(clippy::unwrap_used)] // everything here is a test, also outside functions marked as one

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs};

use kipos_plugin_api::ABI_VERSION;
use kipos_plugin_api::abi::{KIND_RUST, PluginModule_Ref, Probe, ProbeHead};
use kipos_plugin_api::abi_stable::StableAbi;
use kipos_plugin_api::abi_stable::std_types::UTypeId;
use kipos_plugin_api::abi_stable::type_layout::{TLData, TypeLayout};

/// Every type that `root` reaches, in the order of the declarations.
fn reach(root: &'static TypeLayout) -> Vec<&'static TypeLayout> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut waiting = vec![root];
    while let Some(layout) = waiting.pop() {
        if seen.insert(layout.get_utypeid()) {
            found.push(layout);
            // All that its fields, their functions and its type parameters mention.
            waiting.extend(layout.shared_vars().type_layouts().iter().rev().map(|get| get()));
        }
    }
    found
}

/// abi_stable leaves most type parameters out of names: types that share one are numbered in the order of `found`.
fn name_all(found: &[&'static TypeLayout]) -> HashMap<UTypeId, String> {
    let name = |layout: &TypeLayout| layout.full_type().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut same_name = BTreeMap::<_, Vec<_>>::new();
    for layout in found {
        same_name.entry(name(layout)).or_default().push(layout.get_utypeid());
    }
    let mut names = HashMap::new();
    for (name, ids) in same_name {
        let alone = ids.len() == 1;
        let numbered = |i| if alone { name.clone() } else { format!("{name}#{i}") };
        names.extend(ids.into_iter().enumerate().map(|(i, id)| (id, numbered(i))));
    }
    names
}

/// A paragraph per type: size, alignment, then its variants, fields and the functions behind them. Fields show names
/// of types, so that one that changes its type parameters only is seen as well.
fn describe(root: &'static TypeLayout) -> String {
    let found = reach(root);
    let names = name_all(&found);
    let name = |layout: &TypeLayout| names[&layout.get_utypeid()].as_str();
    let mut types = BTreeMap::new();
    for layout in &found {
        let mut text = format!("{}: size {} align {}", name(layout), layout.size(), layout.alignment());
        let _ = writeln!(text, " repr {:?}", layout.repr_attr());
        match layout.data() {
            TLData::Enum(variants) => {
                for (variant, fields) in variants.variant_names_iter().zip(variants.field_count.iter()) {
                    let _ = writeln!(text, "    | {variant} with {fields} fields");
                }
                let _ = writeln!(text, "    | are {:?}", variants.discriminants);
            }
            TLData::PrefixType(prefix) => {
                let _ = writeln!(text, "    prefix of {} fields", prefix.first_suffix_field);
            }
            _ => {}
        }
        let fields = layout.get_fields().into_iter().flatten();
        if fields.clone().next().is_none() && !layout.shared_vars().type_layouts().is_empty() {
            // Pointers and markers have no fields: what they point to or mark tells them apart.
            let mentioned = layout.shared_vars().type_layouts().iter().map(|get| name(get())).collect::<Vec<_>>();
            let _ = writeln!(text, "    of {}", mentioned.join(", "));
        }
        for field in fields {
            let _ = writeln!(text, "    {}: {}", field.name(), name(field.layout()));
            for function in field.function_range().iter() {
                let parameters = function.param_type_layouts.iter().map(|get| name(get())).collect::<Vec<_>>();
                let returned = function.return_type_layout().map_or("()", |get| name(get()));
                let _ = writeln!(text, "        fn({}) -> {returned}", parameters.join(", "));
            }
        }
        if let Some(checks) = layout.extra_checks() {
            let checks = checks.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "    checks {checks}");
        }
        types.insert(name(layout), text);
    }
    types.into_values().collect()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn version() -> String {
    let (major, minor) = ABI_VERSION;
    format!("abi {major}.{minor}")
}

static FOUND: LazyLock<String> = LazyLock::new(|| format!("{}\n\n{}", version(), describe(PluginModule_Ref::LAYOUT)));

/// The golden file, written anew first if that is asked for.
static GOLDEN: LazyLock<String> = LazyLock::new(|| {
    let golden = file("tests/abi_layout.txt");
    if env::var_os("KIPOS_BLESS").is_some() {
        fs::write(&golden, FOUND.as_str()).unwrap();
    }
    fs::read_to_string(&golden).unwrap()
});

#[test]
fn the_layout_is_the_golden_one() {
    let difference = FOUND.lines().zip(GOLDEN.lines()).find(|(found, golden)| found != golden);
    assert!(
        *FOUND == *GOLDEN,
        "the ABI changed, first at {difference:?}: bump ABI_VERSION, add a CHANGELOG heading, then regenerate with \
         KIPOS_BLESS=1"
    );
}

#[test]
fn version_golden_file_and_changelog_move_together() {
    assert_eq!(GOLDEN.lines().next(), Some(version().as_str()));
    let changelog = fs::read_to_string(file("CHANGELOG.md")).unwrap();
    let newest = changelog.lines().find_map(|line| line.strip_prefix("## "));
    assert_eq!(newest, Some(version().as_str()));
}

/// Scorers and backends call through these tables: the walk must not stop before them.
#[test]
fn the_layout_reaches_the_methods_of_trait_objects() {
    for method in ["predict_edits: AFunctionPointer", "prepare: AFunctionPointer"] {
        assert!(FOUND.contains(method), "{method} is not described");
    }
}

#[test]
fn the_head_of_the_probe_never_changes() {
    assert_eq!(size_of::<ProbeHead>(), 48);
    let offsets = [
        offset_of!(ProbeHead, magic),
        offset_of!(ProbeHead, abi_major),
        offset_of!(ProbeHead, abi_minor),
        offset_of!(ProbeHead, name),
        offset_of!(ProbeHead, version),
        offset_of!(ProbeHead, rustc),
        offset_of!(ProbeHead, target),
    ];
    assert_eq!(offsets, [0, 8, 12, 16, 24, 32, 40]);
    assert_eq!(offset_of!(Probe, head), 0);
    let after = [offset_of!(Probe, size), offset_of!(Probe, kind), size_of::<Probe>()];
    assert_eq!(after, [48, 52, 56]);
    let probe = Probe::new(c"example", c"1.2.3");
    assert_eq!((probe.size, probe.kind), (56, KIND_RUST));
}
