//! Tasks and outputs that look like the two strands by their names, of which a description does not say whether they
//! change places on the reverse complement.

use std::collections::HashMap;

use super::model::ModelSpec;

/// What the forward strand is called, and the other one.
const WORDS: [(&str, &str); 6] =
    [("plus", "minus"), ("pos", "neg"), ("positive", "negative"), ("fwd", "rev"), ("forward", "reverse"), ("+", "-")];

/// Pairs that a line to add shows before it is cut.
const SHOWN: usize = 6;

/// What to say of a model that is run on both strands: for every output whose labels differ only by a word for the
/// strand, and for outputs whose names do, the line to add, unless the description says already what changes places.
pub fn unstated_strands(spec: &ModelSpec) -> Vec<String> {
    let mut warnings = Vec::new();
    for (target, keys) in spec.targets.iter().zip(&spec.kipos.outputs) {
        let pairs = stranded_pairs(&target.column_labels);
        if keys.swapped_tasks.is_some() || pairs.is_empty() {
            continue;
        }
        let what = format!("tasks {} of output `{}` look", listed(&pairs), target.name);
        let swap = format!("strands: {{swap: {}}}", as_yaml(&pairs));
        let line = format!("kipos: {{outputs: {{{}: {{{swap}}}}}}}", yaml_scalar(&target.name));
        warnings.push(warning(&what, &line, "swap: []"));
    }
    let names: Vec<String> = spec.targets.iter().map(|target| target.name.clone()).collect();
    let shape = |name: &str| spec.targets.iter().find(|target| target.name == name).map(|target| &target.shape);
    let mut pairs = stranded_pairs(&names);
    pairs.retain(|(one, other)| shape(one) == shape(other));
    if spec.kipos.swap_outputs.is_none() && !pairs.is_empty() {
        let what = format!("outputs {} look", listed(&pairs));
        warnings.push(warning(&what, &format!("kipos: {{swap_outputs: {}}}", as_yaml(&pairs)), "swap_outputs: []"));
    }
    warnings
}

fn warning(what: &str, line: &str, otherwise: &str) -> String {
    format!(
        "{what} like the two strands, which change places on the reverse complement, but model.yaml does not say so; add \
         `{line}`, or `{otherwise}` there if they keep their places"
    )
}

/// The pairs of names that differ only by a word for the strand, in their order; a name stands in one pair at most.
fn stranded_pairs(names: &[String]) -> Vec<(&str, &str)> {
    let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut index_of = HashMap::new();
    for (index, name) in lower.iter().enumerate() {
        index_of.entry(name.as_str()).or_insert(index);
    }
    let mut taken = vec![false; names.len()];
    let mut pairs = Vec::new();
    for (index, name) in lower.iter().enumerate() {
        let mut partners = WORDS.iter().flat_map(|(forward, reverse)| renamed(name, forward, reverse));
        let Some(partner) = partners.find_map(|partner| index_of.get(partner.as_str()).copied()) else { continue };
        if partner != index && !taken[index] && !taken[partner] {
            (taken[index], taken[partner]) = (true, true);
            pairs.push((names[index].as_str(), names[partner].as_str()));
        }
    }
    pairs
}

/// A name with one `forward` in it, or all of them, replaced by `reverse`.
fn renamed(name: &str, forward: &str, reverse: &str) -> Vec<String> {
    let one = name.match_indices(forward).map(|(at, _)| [&name[..at], reverse, &name[at + forward.len()..]].concat());
    let mut renamed: Vec<String> = one.collect();
    if renamed.len() > 1 {
        renamed.push(name.replace(forward, reverse));
    }
    renamed
}

/// The first pair, and how many others there are.
fn listed(pairs: &[(&str, &str)]) -> String {
    let (one, other) = pairs[0];
    match pairs.len() {
        1 => format!("`{one}` and `{other}`"),
        2 => format!("`{one}` and `{other}` (and another pair)"),
        count => format!("`{one}` and `{other}` (and {} other pairs)", count - 1),
    }
}

fn as_yaml(pairs: &[(&str, &str)]) -> String {
    let pair = |(one, other): &(&str, &str)| format!("[{}, {}]", yaml_scalar(one), yaml_scalar(other));
    let mut shown: Vec<String> = pairs.iter().take(SHOWN).map(pair).collect();
    if pairs.len() > SHOWN {
        shown.push("...".into());
    }
    format!("[{}]", shown.join(", "))
}

/// A name as it can stand in YAML between brackets.
pub(crate) fn yaml_scalar(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/');
    let is_plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(plain);
    let is_word = matches!(name.to_lowercase().as_str(), "null" | "true" | "false" | "yes" | "no" | "on" | "off");
    if is_plain && !is_word { name.into() } else { format!("'{}'", name.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::description::document::Document;
    use crate::description::model::read_model;

    fn spec(targets: &str, kipos: &str) -> ModelSpec {
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nschema:\n  inputs: {{shape: ()}}\n  targets: {targets}\nkipos: {kipos}\n"
        );
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        read_model(&document, &mut Vec::new()).unwrap()
    }

    fn warnings(targets: &str, kipos: &str) -> String {
        unstated_strands(&spec(targets, kipos)).join("\n")
    }

    fn pairs(names: &[&str]) -> Vec<(String, String)> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        stranded_pairs(&names).into_iter().map(|(one, other)| (one.to_owned(), other.to_owned())).collect()
    }

    #[test]
    fn names_that_differ_by_a_word_for_the_strand_are_pairs() {
        for (names, expected) in [
            (["plus", "minus"], true),
            (["minus", "plus"], true),
            (["Oct4_pos", "Oct4_neg"], true),
            (["K562 (+)", "K562 (-)"], true),
            (["+", "-"], true),
            (["CAGE+:HepG2", "CAGE-:HepG2"], true),
            (["fwd.profile", "rev.profile"], true),
            (["countsForward", "countsReverse"], true),
            (["pos_a_pos", "neg_a_neg"], true),
            (["Plus strand", "minus strand"], true),
            (["plus", "plus"], false),
            (["Oct4_pos", "Sox2_neg"], false),
            (["position", "region"], false),
            (["plus", "neg"], false),
            (["CTCF", "AP1"], false),
        ] {
            assert_eq!(pairs(&names).len(), usize::from(expected), "{names:?}");
        }
        let found = pairs(&["a-", "b+", "x", "b-", "a+"]);
        assert_eq!(found, [("b+".to_owned(), "b-".to_owned()), ("a+".to_owned(), "a-".to_owned())]);
    }

    #[test]
    fn the_warning_holds_the_line_to_add() {
        insta::assert_snapshot!(warnings("{name: out, shape: '(9, 2)', column_labels: [plus, minus]}", ""), @"tasks `plus` and `minus` of output `out` look like the two strands, which change places on the reverse complement, but model.yaml does not say so; add `kipos: {outputs: {out: {strands: {swap: [[plus, minus]]}}}}`, or `swap: []` there if they keep their places");
        insta::assert_snapshot!(warnings("{a b: {shape: '(4,)', column_labels: ['x (+)', 'y (+)', 'x (-)', 'y (-)']}}", ""), @"tasks `x (+)` and `x (-)` (and another pair) of output `a b` look like the two strands, which change places on the reverse complement, but model.yaml does not say so; add `kipos: {outputs: {'a b': {strands: {swap: [['x (+)', 'x (-)'], ['y (+)', 'y (-)']]}}}}`, or `swap: []` there if they keep their places");
        insta::assert_snapshot!(warnings("{pos: {shape: '(9, 1)'}, neg: {shape: '(9, 1)'}}", ""), @"outputs `pos` and `neg` look like the two strands, which change places on the reverse complement, but model.yaml does not say so; add `kipos: {swap_outputs: [[pos, neg]]}`, or `swap_outputs: []` there if they keep their places");
    }

    /// What the warning tells to add is understood, and ends it.
    #[test]
    fn the_line_to_add_is_taken() {
        for targets in [
            "{name: out, shape: '(9, 2)', column_labels: [plus, minus]}",
            "{name: \"it's: {x}\", shape: '(2,)', column_labels: ['a: +', 'a: -']}",
            "[{shape: '(2,)', column_labels: ['+', '-']}]",
            "{pos: {shape: '(9, 1)'}, neg: {shape: '(9, 1)'}}",
        ] {
            let told = warnings(targets, "");
            let line = told.split('`').find(|part| part.starts_with("kipos: ")).unwrap();
            let said = spec(targets, line.strip_prefix("kipos: ").unwrap());
            assert_eq!(unstated_strands(&said), [""; 0], "{targets}");
            let swaps = said.kipos.swap_outputs.or(said.kipos.outputs[0].swapped_tasks.clone());
            assert_eq!(swaps, Some(vec![(0, 1)]), "{targets}");
        }
    }

    #[test]
    fn what_is_said_or_cannot_change_places_is_no_warning() {
        let labels = "{name: out, shape: '(2,)', column_labels: [plus, minus]}";
        assert_eq!(warnings(labels, "{outputs: {out: {strands: {swap: []}}}}"), "");
        assert_eq!(warnings("{pos: {shape: '(9, 1)'}, neg: {shape: '(9, 1)'}}", "{swap_outputs: []}"), "");
        assert_eq!(warnings("{pos: {shape: '(9, 1)'}, neg: {shape: '(8, 1)'}}", ""), "");
        assert_eq!(warnings("{name: out, shape: '(2,)', column_labels: [a, b]}", ""), "");
        // Saying something else of an output does not speak of its strands.
        assert_ne!(warnings(labels, "{outputs: {out: {position_axis: 0}}}"), "");
    }
}
