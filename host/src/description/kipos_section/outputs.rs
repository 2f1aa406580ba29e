//! `kipos.outputs`: what the numbers of a model's outputs are, and how they are read.

use std::path::PathBuf;

use kipos_plugin_api::{Crop, Scale};

use super::pairs::{find_task, read_pairs};
use crate::description::array::ArraySpec;
use crate::description::error::{SpecError, SpecPlace};
use crate::description::node::{Fields, Node};
use crate::description::reduction::Reduction;

/// No window has more bases.
const MOST_BASES: usize = 1 << 26;

const KEYS: &[&str] = &["position_axis", "crop", "bin", "strands", "scale", "reduce", "background", "task_table"];

/// What the section says of one target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutputKeys {
    /// The axis of its positions, without the batch axis.
    pub position_axis: Option<usize>,
    /// Which bases of the window its positions leave out.
    pub crop: Option<Crop>,
    /// How many bases a position stands for, at least 1.
    pub bin: Option<usize>,
    /// The pairs of tasks that change places on the reverse complement, by number; `None` if nothing is said.
    pub swapped_tasks: Option<Vec<(usize, usize)>>,
    /// What its numbers are.
    pub scale: Option<Scale>,
    /// What becomes of its positions if the user says nothing.
    pub reduce: Option<DefaultReduction>,
    /// The tasks that are no signal, by number.
    pub background: Vec<usize>,
    /// A table with a row for each of its tasks, whose names are its column labels.
    pub task_table: Option<PathBuf>,
}

/// What becomes of an output's positions if the user says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultReduction {
    /// What becomes of them.
    pub reduction: Reduction,
    /// Where it is said.
    pub at: SpecPlace,
}

pub(super) fn read_output(node: Node<'_>, target: &ArraySpec) -> Result<OutputKeys, SpecError> {
    if node.is_null() {
        return Ok(OutputKeys::default());
    }
    let fields = node.only_fields(KEYS)?;
    let position_axis = fields.optional("position_axis").map(|node| read_axis(node, target)).transpose()?;
    let crop = fields.optional("crop").map(read_crop).transpose()?;
    let bin = fields.optional("bin").map(read_bin).transpose()?;
    let strands = fields.optional("strands").map(|strands| strands.clone().only_fields(&["swap"])).transpose()?;
    let swap = strands.as_ref().and_then(|strands| strands.optional("swap"));
    let swapped_tasks = swap.map(|node| read_pairs(node, "tasks", |task| find_task(task, target))).transpose()?;
    let scale = fields.optional("scale").map(|node| node.one_of(&Scale::ALL, Scale::word)).transpose()?;
    let reduce = fields.optional("reduce").map(read_reduction).transpose()?;
    let background = read_background(&fields, target)?;
    let task_table = fields.optional("task_table").map(read_table).transpose()?;
    Ok(OutputKeys { position_axis, crop, bin, swapped_tasks, scale, reduce, background, task_table })
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

fn read_crop(node: &Node<'_>) -> Result<Crop, SpecError> {
    let expected = || node.unexpected("two numbers of bases from 0, such as [557, 557]");
    let bases = |item: &Node<'_>| item.whole_number().filter(|bases| *bases <= MOST_BASES).ok_or_else(expected);
    let items = node.items().map_err(|_| expected())?;
    let [left, right] = items.as_slice() else { return Err(expected()) };
    Ok(Crop { left: bases(left)?, right: bases(right)? })
}

fn read_bin(node: &Node<'_>) -> Result<usize, SpecError> {
    let bin = node.whole_number().filter(|bin| (1..=MOST_BASES).contains(bin));
    bin.ok_or_else(|| node.unexpected("a number of bases from 1"))
}

fn read_reduction(node: &Node<'_>) -> Result<DefaultReduction, SpecError> {
    let expected = || node.unexpected("sum, mean, max or center:N, N a number of positions from 1");
    let reduction = node.text().map_err(|_| expected())?.parse().map_err(|_| expected())?;
    Ok(DefaultReduction { reduction, at: node.place() })
}

/// Tasks by label or number.
fn read_background(fields: &Fields<'_>, target: &ArraySpec) -> Result<Vec<usize>, SpecError> {
    let mut tasks = Vec::new();
    let Some(node) = fields.optional("background") else { return Ok(tasks) };
    for item in node.items().map_err(|_| node.unexpected("a list of tasks, by label or number"))? {
        let task = find_task(&item, target)?;
        if tasks.contains(&task) {
            return Err(SpecError::DuplicateName { at: item.place(), name: item.text_or_number()? });
        }
        tasks.push(task);
    }
    Ok(tasks)
}

fn read_table(node: &Node<'_>) -> Result<PathBuf, SpecError> {
    Ok(node.text().map_err(|_| node.unexpected("the path of a table"))?.into())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ONE, message, read};
    use super::*;

    /// What the section says of the only output.
    fn keys(keys: &str) -> OutputKeys {
        let said = read(ONE, &format!("{{outputs: {{out: {keys}}}}}")).unwrap();
        assert_eq!(said.unsupported, []);
        said.outputs[0].clone()
    }

    #[test]
    fn every_key_is_read() {
        let keys = keys(
            "{position_axis: 1, crop: [557, 0], bin: 32, scale: log1p, reduce: 'center:3', background: [minus, 9]}",
        );
        let reduce = keys.reduce.unwrap();
        assert_eq!((reduce.reduction, reduce.at.to_string()), (Reduction::Center(3), "model.yaml:7".into()));
        assert_eq!((keys.crop, keys.bin), (Some(Crop { left: 557, right: 0 }), Some(32)));
        assert_eq!((keys.scale, keys.background), (Some(Scale::Log1p), vec![1, 4]));
    }

    #[test]
    fn what_changes_nothing_is_supported() {
        let keys = keys("{crop: [0, 0], bin: 1, background: []}");
        assert_eq!((keys.crop, keys.bin), (Some(Crop { left: 0, right: 0 }), Some(1)));
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |keys: &str| message(ONE, &format!("{{outputs: {{out: {keys}}}}}"));
        for (keys, expected) in [
            ("{crop: 5}", "`kipos.outputs.out.crop` must be two numbers of bases from 0, such as [557, 557], found 5"),
            (
                "{crop: [5]}",
                "`kipos.outputs.out.crop` must be two numbers of bases from 0, such as [557, 557], found a list of 1 item",
            ),
            (
                "{crop: [5, -1]}",
                "`kipos.outputs.out.crop` must be two numbers of bases from 0, such as [557, 557], found a list of 2 items",
            ),
            ("{bin: 0}", "`kipos.outputs.out.bin` must be a number of bases from 1, found 0"),
            ("{bin: '1'}", "`kipos.outputs.out.bin` must be a number of bases from 1, found \"1\""),
            (
                "{scale: logits}",
                "`kipos.outputs.out.scale` must be probability, logit, counts, log, log1p, log2 or profile_logits, found \"logits\"",
            ),
            (
                "{reduce: median}",
                "`kipos.outputs.out.reduce` must be sum, mean, max or center:N, N a number of positions from 1, found \"median\"",
            ),
            (
                "{reduce: 'center:0'}",
                "`kipos.outputs.out.reduce` must be sum, mean, max or center:N, N a number of positions from 1, found \"center:0\"",
            ),
            (
                "{reduce: [sum]}",
                "`kipos.outputs.out.reduce` must be sum, mean, max or center:N, N a number of positions from 1, found a list of 1 item",
            ),
            ("{reduces: sum}", "unknown key `kipos.outputs.out.reduces` (did you mean `reduce`?)"),
            ("{backgrounds: []}", "unknown key `kipos.outputs.out.backgrounds` (did you mean `background`?)"),
            (
                "{background: plus}",
                "`kipos.outputs.out.background` must be a list of tasks, by label or number, found \"plus\"",
            ),
            (
                "{background: [plus, 0]}",
                "the name `0` is given twice in `kipos.outputs.out.background[1]`; names must differ",
            ),
            (
                "{background: [pluss]}",
                "unknown name `pluss` in `kipos.outputs.out.background[0]` (known: plus, minus, c, c, 9)",
            ),
            ("{task_table: [a]}", "`kipos.outputs.out.task_table` must be the path of a table, found a list of 1 item"),
        ] {
            assert_eq!(message(keys), format!("model.yaml:7: {expected}"), "{keys}");
        }
    }
}
