//! The section `kipos` of a `model.yaml`: what Kipoi's own keys cannot say of a model.
//!
//! Keys that this version knows but does not obey are read like all others, and listed: see [`UnsupportedKey`].

mod default_tasks;
mod flanks;
mod inputs;
mod mask;
mod merge;
mod outputs;
mod pairs;
mod task_table;
mod unsupported;

use super::array::{ArraySpec, Arrays, Structure};
use super::centering::Centering;
use super::error::SpecError;
use super::node::{Fields, Node};
use super::variant_effects::VariantEffects;
pub use default_tasks::DefaultTasks;
pub use flanks::{FlanksRc, WindowFlanks};
pub use inputs::InputKeys;
pub use mask::WindowMask;
pub use merge::{MemberCombination, MergeKeys, MergeSpace, MergedOn};
pub use outputs::{DefaultReduction, OutputKeys};
pub(super) use task_table::label_by_tables;
pub use unsupported::UnsupportedKey;

/// The name of a single target to which the description gives none.
pub(super) const DEFAULT_OUTPUT: &str = "output";

const KEYS: &[&str] = &["outputs", "tasks", "inputs", "variant_index", "flanks", "mask", "swap_outputs", "merge"];

/// The section `kipos` of a model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KiposSection {
    /// What it says of each target, in their order.
    pub outputs: Vec<OutputKeys>,
    /// The pairs of targets that change places on the reverse complement, by number; `None` if nothing is said.
    pub swap_outputs: Option<Vec<(usize, usize)>>,
    /// The tasks that are scored if the user names none; all if nothing is said.
    pub default_tasks: Option<DefaultTasks>,
    /// What it says of each input, in their order.
    pub inputs: Vec<InputKeys>,
    /// Where a variant lies in a window of its own, if it is said.
    pub variant_index: Option<Centering>,
    /// Sequences that stand before and behind each window.
    pub flanks: Option<WindowFlanks>,
    /// What of a window the model is shown, if it is not all.
    pub mask: Option<WindowMask>,
    /// How several predictions become one.
    pub merge: MergeKeys,
    /// The keys, here and in `args`, that this version knows but does not obey, in the order of the tables of keys.
    pub unsupported: Vec<UnsupportedKey>,
}

/// What the section speaks of. What could not be read is absent, and then not compared.
pub(super) struct Described<'a> {
    pub(super) inputs: Option<&'a [ArraySpec]>,
    pub(super) targets: &'a Arrays,
    pub(super) effects: Option<&'a VariantEffects>,
}

/// Reads the section; one that is absent or empty says nothing. A key that is not known is an error: whoever writes one
/// here speaks to kipos alone, and would otherwise believe to be heard.
pub(super) fn read_kipos(fields: &Fields<'_>, described: &Described<'_>) -> Result<KiposSection, SpecError> {
    let targets = described.targets;
    let mut said = KiposSection {
        outputs: vec![OutputKeys::default(); targets.specs.len()],
        inputs: vec![InputKeys::default(); described.inputs.map_or(0, <[ArraySpec]>::len)],
        ..KiposSection::default()
    };
    let Some(section) = fields.optional("kipos") else { return Ok(said) };
    let section = section.clone().only_fields(KEYS)?;
    let mut unsupported = Vec::new();
    if let Some(node) = section.optional("outputs") {
        let mut given = vec![false; targets.specs.len()];
        for (name, keys) in node.entries()? {
            let index = find_output(node, &name, targets)?;
            if std::mem::replace(&mut given[index], true) {
                return Err(SpecError::DuplicateName { at: node.place(), name });
            }
            said.outputs[index] = outputs::read_output(keys, &targets.specs[index])?;
        }
    }
    said.default_tasks = section.optional("tasks").map(default_tasks::read_tasks).transpose()?.flatten();
    if let (Some(node), Some(inputs)) = (section.optional("inputs"), described.inputs) {
        said.inputs = inputs::read_inputs(node, inputs, &mut unsupported)?;
    }
    said.variant_index = section.optional("variant_index").map(read_variant_index).transpose()?;
    if let Some(node) = section.optional("flanks") {
        said.flanks = flanks::read_flanks(node, &mut unsupported)?;
    }
    said.mask = section.optional("mask").map(|node| mask::read_mask(node, &mut unsupported)).transpose()?;
    let swap_outputs = section.optional("swap_outputs");
    said.swap_outputs =
        swap_outputs.map(|node| pairs::read_swapped_outputs(node, targets, &said.outputs)).transpose()?;
    if let Some(node) = section.optional("merge") {
        said.merge = merge::read_merge(node, described.effects)?;
    }
    said.unsupported = unsupported;
    Ok(said)
}

/// The target of a name; a single one is also called by the name that it has if none is given.
pub(super) fn output_index(name: &str, targets: &[ArraySpec], structure: Structure) -> Option<usize> {
    let by_name = targets.iter().position(|target| target.name == name);
    by_name.or_else(|| (structure == Structure::One && name == DEFAULT_OUTPUT).then_some(0))
}

fn find_output(node: &Node<'_>, name: &str, targets: &Arrays) -> Result<usize, SpecError> {
    output_index(name, &targets.specs, targets.structure)
        .ok_or_else(|| node.unknown_name(name, targets.specs.iter().map(|target| target.name.as_str())))
}

fn read_variant_index(node: &Node<'_>) -> Result<Centering, SpecError> {
    let expected = || node.unexpected("middle, kipoi, half, or the 0-based index of the variant in its window");
    node.text_or_number().map_err(|_| expected())?.parse().map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use crate::description::model::read_model;
    use std::path::Path;

    pub(super) const ONE: &str = "{name: out, shape: '(12, 101)', column_labels: [plus, minus, c, c, '9']}";
    const TWO: &str = "{pos: {shape: '(9, 2)'}, neg: {shape: '(9, 2)'}, total: {shape: '(2,)'}}";

    pub(super) fn read(targets: &str, section: &str) -> Result<KiposSection, String> {
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nschema:\n  inputs: {{shape: ()}}\n  targets: {targets}\nkipos: {section}\n"
        );
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let mut warnings = Vec::new();
        let section = read_model(&document, &mut warnings).map(|model| model.kipos).map_err(|error| error.to_string());
        let unknown = warnings.iter().any(|warning| warning.to_string().contains("kipos"));
        assert!(!unknown, "the section is known: {warnings:?}");
        section
    }

    pub(super) fn message(targets: &str, section: &str) -> String {
        read(targets, section).unwrap_err()
    }

    #[test]
    fn tasks_are_given_by_label_or_number() {
        let section =
            read(ONE, "{outputs: {out: {position_axis: 1, strands: {swap: [[plus, minus], [2, 9]]}}}}").unwrap();
        let swapped_tasks = Some(vec![(0, 1), (2, 4)]);
        let expected = OutputKeys { position_axis: Some(1), swapped_tasks, ..OutputKeys::default() };
        assert_eq!((section.outputs, section.swap_outputs), (vec![expected], None));
    }

    #[test]
    fn what_is_not_said_is_told_from_an_empty_list() {
        let nothing = KiposSection {
            outputs: vec![OutputKeys::default()],
            inputs: vec![InputKeys::default()],
            ..KiposSection::default()
        };
        for silent in ["", "{}", "{outputs: }", "{outputs: {out: }}", "{outputs: {out: {strands: {}}}}"] {
            assert_eq!(read(ONE, silent).as_ref(), Ok(&nothing), "{silent}");
        }
        let said = read(ONE, "{outputs: {out: {strands: {swap: []}}}, swap_outputs: []}").unwrap();
        assert_eq!(
            (said.outputs[0].swapped_tasks.as_deref(), said.swap_outputs.as_deref()),
            (Some(&[][..]), Some(&[][..]))
        );
    }

    #[test]
    fn a_single_output_is_also_called_by_the_name_of_an_unnamed_one() {
        for targets in ["{shape: '(3, 2)'}", "{name: out, shape: '(3, 2)'}"] {
            let section = read(targets, "{outputs: {output: {position_axis: 1}}}").unwrap();
            assert_eq!(section.outputs[0].position_axis, Some(1), "{targets}");
        }
        insta::assert_snapshot!(message(TWO, "{outputs: {output: {position_axis: 1}}}"), @"model.yaml:7: unknown name `output` in `kipos.outputs` (known: pos, neg, total)");
        insta::assert_snapshot!(message("{name: out, shape: '(3, 2)'}", "{outputs: {out: {}, output: {}}}"), @"model.yaml:7: the name `output` is given twice in `kipos.outputs`; names must differ");
        assert_eq!(
            read("[{shape: '(3, 2)'}]", "{outputs: {0: {position_axis: 0}}}").unwrap().outputs[0].position_axis,
            Some(0)
        );
    }

    #[test]
    fn outputs_that_change_places_are_alike() {
        assert_eq!(read(TWO, "{swap_outputs: [[neg, pos]]}").unwrap().swap_outputs, Some(vec![(1, 0)]));
        insta::assert_snapshot!(message(TWO, "{swap_outputs: [[pos, total]]}"), @"model.yaml:7: `kipos.swap_outputs` must be pairs of outputs of one shape, found `pos` of shape (9, 2) and `total` of shape (2,)");
        insta::assert_snapshot!(message(TWO, "{swap_outputs: [[pos, neg]], outputs: {pos: {position_axis: 0}}}"), @"model.yaml:7: `kipos.swap_outputs` must be pairs of outputs with the same `position_axis` and the same `strands`, found `pos` and `neg`, which `kipos.outputs` describes differently");
    }

    #[test]
    fn the_variants_index_is_a_word_or_a_number() {
        for (said, expected) in [
            ("middle", Centering::Middle),
            ("kipoi", Centering::Kipoi),
            ("half", Centering::Half),
            ("12", Centering::At(12)),
            ("'12'", Centering::At(12)),
        ] {
            let section = read(ONE, &format!("{{variant_index: {said}}}")).unwrap();
            assert_eq!(section.variant_index, Some(expected), "{said}");
        }
        for (said, found) in [("centre", "\"centre\""), ("-1", "-1"), ("0.5", "0.5"), ("[1]", "a list of 1 item")] {
            assert_eq!(
                message(ONE, &format!("{{variant_index: {said}}}")),
                format!(
                    "model.yaml:7: `kipos.variant_index` must be middle, kipoi, half, or the 0-based index of the variant \
                     in its window, found {found}"
                ),
            );
        }
        insta::assert_snapshot!(message(ONE, "{variant_idx: 5}"), @"model.yaml:7: unknown key `kipos.variant_idx` (did you mean `variant_index`?)");
    }

    #[test]
    fn errors_name_line_and_key() {
        insta::assert_snapshot!(message(ONE, "{output: {}}"), @"model.yaml:7: unknown key `kipos.output` (did you mean `outputs`?)");
        insta::assert_snapshot!(message(ONE, "\n  outputs:\n    out:\n      positon_axis: 1"), @"model.yaml:10: unknown key `kipos.outputs.out.positon_axis` (did you mean `position_axis`?)");
        insta::assert_snapshot!(message(ONE, "{outputs: {out: {pool: 5}}}"), @"model.yaml:7: unknown key `kipos.outputs.out.pool` (known: position_axis, crop, bin, strands, scale, reduce, background, task_table)");
        insta::assert_snapshot!(message(ONE, "{pool: 5}"), @"model.yaml:7: unknown key `kipos.pool` (known: outputs, tasks, inputs, variant_index, flanks, mask, swap_outputs, merge)");
        insta::assert_snapshot!(message(ONE, "{outputs: {out: {strands: {swaps: []}}}}"), @"model.yaml:7: unknown key `kipos.outputs.out.strands.swaps` (did you mean `swap`?)");
        insta::assert_snapshot!(message(ONE, "{outputs: {put: {}}}"), @"model.yaml:7: unknown name `put` in `kipos.outputs` (known: out)");
        insta::assert_snapshot!(message(ONE, "{outputs: {out: {position_axis: 2}}}"), @"model.yaml:7: `kipos.outputs.out.position_axis` must be the number of an axis, from 0 to 1, without the batch axis, found 2");
        insta::assert_snapshot!(message(ONE, "{outputs: {out: {position_axis: -1}}}"), @"model.yaml:7: `kipos.outputs.out.position_axis` must be the number of an axis, from 0 to 1, without the batch axis, found -1");
        insta::assert_snapshot!(message("{shape: '(5,)'}", "{outputs: {output: {position_axis: 1}}}"), @"model.yaml:7: `kipos.outputs.output.position_axis` must be 0, the only axis of the output, found 1");
        insta::assert_snapshot!(message("{shape: ()}", "{outputs: {output: {position_axis: 0}}}"), @"model.yaml:7: `kipos.outputs.output.position_axis` must be absent, as the output has no axes, found 0");
        let swap = |pairs: &str| message(ONE, &format!("{{outputs: {{out: {{strands: {{swap: {pairs}}}}}}}}}"));
        insta::assert_snapshot!(swap("[plus, minus]"), @"model.yaml:7: `kipos.outputs.out.strands.swap` must be a list of pairs of tasks, such as [[plus, minus]], found a list of 2 items");
        insta::assert_snapshot!(swap("[[plus, minus, c]]"), @"model.yaml:7: `kipos.outputs.out.strands.swap` must be a list of pairs of tasks, such as [[plus, minus]], found a list of 1 item");
        insta::assert_snapshot!(swap("[[plus, mins]]"), @"model.yaml:7: unknown name `mins` in `kipos.outputs.out.strands.swap[0][1]` (known: plus, minus, c, c, 9)");
        insta::assert_snapshot!(swap("[[plus, c]]"), @r#"model.yaml:7: `kipos.outputs.out.strands.swap[0][1]` must be a label that only one task has, or the number of a task, found "c""#);
        insta::assert_snapshot!(swap("[[plus, minus], [2, 0]]"), @"model.yaml:7: the name `0` is given twice in `kipos.outputs.out.strands.swap[1][1]`; names must differ");
    }
}
