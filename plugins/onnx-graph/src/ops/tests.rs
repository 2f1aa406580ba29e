//! The tables held to themselves, and to the README.

use std::collections::{BTreeSet, HashSet};

use super::*;
use crate::tests::node;

fn all() -> impl Iterator<Item = &'static Operator> {
    FAMILIES.iter().copied().flatten()
}

#[test]
fn every_operator_has_one_entry() {
    let mut seen = HashSet::new();
    let twice: Vec<&str> = all().map(|operator| operator.name).filter(|name| !seen.insert(*name)).collect();
    assert_eq!(twice, [""; 0]);
    assert_eq!(BY_NAME.len(), seen.len());
    for prefix in PREFIXES {
        assert!(!seen.contains(prefix.name), "{}", prefix.name);
    }
}

/// An entry that says nothing may go: what is not in the tables is not known.
#[test]
fn every_entry_tells_something() {
    let silent = |operator: &&Operator| {
        operator.role == Role::Computes
            && matches!(operator.gradient, Gradient::Refused(_))
            && matches!(operator.raise, Raise::Same)
            && operator.axes == Axes::Widest
            && matches!(operator.rows, RowRule::Unknown)
            && !operator.random
    };
    let names: Vec<&str> = all().filter(silent).map(|operator| operator.name).collect();
    assert_eq!(names, [""; 0]);
}

#[test]
fn the_readme_names_the_operators_with_a_gradient() {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("| operators | what is covered |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let cells = rows.map(|line| line.split('|').nth(1).unwrap());
    // The last row is of those through which no gradient passes.
    let listed: BTreeSet<&str> =
        cells.filter(|cell| !cell.contains("comparisons")).flat_map(str::split_whitespace).collect();
    let ruled = all().filter(|operator| matches!(operator.gradient, Gradient::First(_) | Gradient::All(_)));
    assert_eq!(listed, ruled.map(|operator| operator.name).collect());
}

#[test]
fn what_works_element_by_element_keeps_elements() {
    for operator in all().filter(|operator| matches!(operator.in_2d, In2d::FirstInput | In2d::Operands)) {
        assert!(operator.keeps_elements, "{}", operator.name);
    }
}

#[test]
fn operators_of_engines_are_known_by_the_names_of_standard_ones() {
    let of = |domain: &str, op: &str| {
        let mut node = node(op, "", &["x"], "y", vec![]);
        node.domain = domain.into();
        (named(&node).name, standard(&node).name)
    };
    assert_eq!(of("", "Gelu"), ("Gelu", "Gelu"));
    assert_eq!(of("com.microsoft", "Gelu"), ("Gelu", ""));
    assert_eq!(of("com.microsoft", "ReduceSumInteger"), ("Reduce", ""));
    assert_eq!(of("", "RandomNormalLike"), ("Random", "Random"));
    assert_eq!(of("", "Conv1000"), ("", ""));
}
