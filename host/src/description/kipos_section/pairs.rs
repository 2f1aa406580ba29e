//! Tasks and outputs that change places on the reverse complement.

use super::{OutputKeys, find_output};
use crate::description::array::{ArraySpec, Arrays};
use crate::description::error::SpecError;
use crate::description::node::Node;

/// The number of a task that is given by its column label or its number. Whether there are as many tasks is known only
/// once the axis of positions is.
pub(super) fn find_task(node: &Node<'_>, target: &ArraySpec) -> Result<usize, SpecError> {
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

pub(super) fn read_swapped_outputs(
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
pub(super) fn read_pairs(
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
