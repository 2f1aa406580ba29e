//! The section `kipos` of a `model.yaml`: what Kipoi's own keys cannot say of a model.

use super::array::{ArraySpec, Arrays, Structure};
use super::error::SpecError;
use super::node::{Fields, Node};

/// The name of a single target to which the description gives none.
pub(super) const DEFAULT_OUTPUT: &str = "output";

/// The section `kipos` of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KiposSection {
    /// What it says of each target, in their order.
    pub outputs: Vec<OutputKeys>,
    /// The pairs of targets that change places on the reverse complement, by number; `None` if nothing is said.
    pub swap_outputs: Option<Vec<(usize, usize)>>,
}

/// What the section says of one target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutputKeys {
    /// The axis of its positions, without the batch axis.
    pub position_axis: Option<usize>,
    /// The pairs of tasks that change places on the reverse complement, by number; `None` if nothing is said.
    pub swapped_tasks: Option<Vec<(usize, usize)>>,
}

/// Reads the section; one that is absent or empty says nothing. A key that is not known is an error: whoever writes one
/// here speaks to kipos alone, and would otherwise believe to be heard.
pub(super) fn read_kipos(fields: &Fields<'_>, targets: &Arrays) -> Result<KiposSection, SpecError> {
    let silent = KiposSection { outputs: vec![OutputKeys::default(); targets.specs.len()], swap_outputs: None };
    let Some(section) = fields.optional("kipos") else { return Ok(silent) };
    let section = section.clone().only_fields(&["outputs", "swap_outputs"])?;
    let mut outputs = silent.outputs;
    if let Some(node) = section.optional("outputs") {
        let mut given = vec![false; outputs.len()];
        for (name, keys) in node.entries()? {
            let index = find_output(node, &name, targets)?;
            if std::mem::replace(&mut given[index], true) {
                return Err(SpecError::DuplicateName { at: node.place(), name });
            }
            outputs[index] = read_output(keys, &targets.specs[index])?;
        }
    }
    let swap_outputs = section.optional("swap_outputs").map(|node| read_swapped_outputs(node, targets, &outputs));
    Ok(KiposSection { outputs, swap_outputs: swap_outputs.transpose()? })
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

fn read_output(node: Node<'_>, target: &ArraySpec) -> Result<OutputKeys, SpecError> {
    if node.is_null() {
        return Ok(OutputKeys::default());
    }
    let fields = node.only_fields(&["position_axis", "strands"])?;
    let position_axis = fields.optional("position_axis").map(|node| read_axis(node, target)).transpose()?;
    let strands = fields.optional("strands").map(|strands| strands.clone().only_fields(&["swap"])).transpose()?;
    let swap = strands.as_ref().and_then(|strands| strands.optional("swap"));
    let swapped_tasks = swap.map(|node| read_pairs(node, "tasks", |task| find_task(task, target))).transpose()?;
    Ok(OutputKeys { position_axis, swapped_tasks })
}

fn read_axis(node: &Node<'_>, target: &ArraySpec) -> Result<usize, SpecError> {
    let axis = node.yaml().as_u64().and_then(|axis| usize::try_from(axis).ok());
    axis.filter(|axis| *axis < target.shape.len()).ok_or_else(|| {
        let axes = match target.shape.len() {
            0 => "absent, as the output has no axes".to_owned(),
            1 => "0, the only axis of the output".to_owned(),
            axes => format!("the number of an axis, from 0 to {}, without the batch axis", axes - 1),
        };
        node.unexpected(axes)
    })
}

/// The number of a task that is given by its column label or its number. Whether there are as many tasks is known only
/// once the axis of positions is.
fn find_task(node: &Node<'_>, target: &ArraySpec) -> Result<usize, SpecError> {
    let name = node.text_or_number()?;
    if let Some(unread) = &target.unread_labels {
        return Err(SpecError::LabelFile(unread.clone()));
    }
    let mut of_name = target.column_labels.iter().enumerate().filter(|(_, label)| **label == name);
    match (of_name.next(), of_name.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => Err(node.unexpected("a label that only one task has, or the number of a task")),
        (None, _) => {
            name.parse().map_err(|_| node.unknown_name(&name, target.column_labels.iter().map(String::as_str)))
        }
    }
}

fn read_swapped_outputs(
    node: &Node<'_>,
    targets: &Arrays,
    keys: &[OutputKeys],
) -> Result<Vec<(usize, usize)>, SpecError> {
    let pairs = read_pairs(node, "outputs", |output| find_output(node, &output.text_or_number()?, targets))?;
    for &(one, other) in &pairs {
        let [a, b] = [one, other].map(|index| &targets.specs[index]);
        if a.shape != b.shape {
            return Err(SpecError::Unexpected {
                at: node.place(),
                expected: "pairs of outputs of one shape".into(),
                found: format!("`{}` of shape {} and `{}` of shape {}", a.name, a.shape, b.name, b.shape),
            });
        }
        let swapped = |index: usize| keys[index].swapped_tasks.as_deref().unwrap_or_default();
        if keys[one].position_axis != keys[other].position_axis || swapped(one) != swapped(other) {
            return Err(SpecError::Unexpected {
                at: node.place(),
                expected: "pairs of outputs with the same `position_axis` and the same `strands`".into(),
                found: format!("`{}` and `{}`, which `kipos.outputs` describes differently", a.name, b.name),
            });
        }
    }
    Ok(pairs)
}

/// A list of pairs, in which nothing stands twice.
fn read_pairs(
    node: &Node<'_>,
    what: &str,
    find: impl Fn(&Node<'_>) -> Result<usize, SpecError>,
) -> Result<Vec<(usize, usize)>, SpecError> {
    let of_pairs = || node.unexpected(format!("a list of pairs of {what}, such as [[plus, minus]]"));
    let mut taken = Vec::new();
    let mut pairs = Vec::new();
    for pair in node.items().map_err(|_| of_pairs())? {
        let items = pair.items().map_err(|_| of_pairs())?;
        let [one, other] = items.as_slice() else { return Err(of_pairs()) };
        for item in [one, other] {
            let index = find(item)?;
            if taken.contains(&index) {
                return Err(SpecError::DuplicateName { at: item.place(), name: item.text_or_number()? });
            }
            taken.push(index);
        }
        pairs.push((taken[taken.len() - 2], taken[taken.len() - 1]));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use crate::description::model::read_model;
    use std::path::Path;

    const ONE: &str = "{name: out, shape: '(12, 101)', column_labels: [plus, minus, c, c, '9']}";
    const TWO: &str = "{pos: {shape: '(9, 2)'}, neg: {shape: '(9, 2)'}, total: {shape: '(2,)'}}";

    fn read(targets: &str, section: &str) -> Result<KiposSection, String> {
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

    fn message(targets: &str, section: &str) -> String {
        read(targets, section).unwrap_err()
    }

    #[test]
    fn tasks_are_given_by_label_or_number() {
        let section =
            read(ONE, "{outputs: {out: {position_axis: 1, strands: {swap: [[plus, minus], [2, 9]]}}}}").unwrap();
        let expected = OutputKeys { position_axis: Some(1), swapped_tasks: Some(vec![(0, 1), (2, 4)]) };
        assert_eq!(section, KiposSection { outputs: vec![expected], swap_outputs: None });
    }

    #[test]
    fn what_is_not_said_is_told_from_an_empty_list() {
        let nothing = KiposSection { outputs: vec![OutputKeys::default()], swap_outputs: None };
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
    fn errors_name_line_and_key() {
        insta::assert_snapshot!(message(ONE, "{output: {}}"), @"model.yaml:7: unknown key `kipos.output` (did you mean `outputs`?)");
        insta::assert_snapshot!(message(ONE, "\n  outputs:\n    out:\n      positon_axis: 1"), @"model.yaml:10: unknown key `kipos.outputs.out.positon_axis` (did you mean `position_axis`?)");
        insta::assert_snapshot!(message(ONE, "{outputs: {out: {crop: 5}}}"), @"model.yaml:7: unknown key `kipos.outputs.out.crop` (known: position_axis, strands)");
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
