//! Arrays as columns of tables.

use crate::{description::make_distinct, sink::info_key::one_line};

use super::{LeafKind, OutputArray};

/// The order of the columns of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnOrder {
    /// Metadata, targets, inputs, predictions; each as the model and its loader have them. Tasks by their names, other
    /// elements by number.
    #[default]
    Natural,
    /// By number, sorted letter by letter, so that `preds/10` comes before `preds/2`: as Kipoi has them.
    Kipoi,
}

/// A column of a table: one element of the rows of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// The path of the array and the element's indices, parted by `/`.
    pub(super) name: String,
    /// The array, by its place among the leaves.
    pub(super) leaf: usize,
    /// The element's place in a row of it.
    pub(super) element: usize,
    /// Elements of a row of it.
    pub(super) width: usize,
}

/// The columns of the arrays that are `wanted`.
pub(super) fn columns(leaves: &[OutputArray], wanted: impl Fn(LeafKind) -> bool, order: ColumnOrder) -> Vec<Column> {
    let mut columns = Vec::new();
    for (index, leaf) in leaves.iter().enumerate().filter(|(_, leaf)| wanted(leaf.kind)) {
        let path = leaf.path().collect::<Vec<_>>().join("/");
        for element in 0..leaf.width() {
            let name = one_line(&format!("{path}{}", indices(leaf, element, order)));
            columns.push(Column { name, leaf: index, element, width: leaf.width() });
        }
    }
    if order == ColumnOrder::Kipoi {
        columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    make_distinct(columns.iter_mut().map(|column| &mut column.name));
    columns
}

/// The names of the columns of each of these arrays, as tables have them in their natural order.
pub(crate) fn prediction_columns(leaves: &[OutputArray]) -> Vec<Vec<String>> {
    let mut names = vec![Vec::new(); leaves.len()];
    for column in columns(leaves, |_| true, ColumnOrder::Natural) {
        names[column.leaf].push(column.name);
    }
    names
}

/// `/1/0` for the element 1, 0 of a row of two axes. A position is named by the bases of the window that it stands for, if
/// they are known, and a task by its name, except in Kipoi's order: `/557-589/CTCF`.
fn indices(leaf: &OutputArray, element: usize, order: ColumnOrder) -> String {
    let tasks = leaf.tasks.as_ref().filter(|_| order == ColumnOrder::Natural);
    let mut rest = element;
    let mut indices: Vec<String> = Vec::with_capacity(leaf.shape.len());
    for (axis, &length) in leaf.shape.iter().enumerate().rev() {
        let index = rest % length;
        indices.push(match leaf.positions {
            Some((positions, geometry)) if positions == axis => {
                let bases = geometry.bases(index);
                format!("/{}-{}", bases.start, bases.end)
            }
            _ => match tasks.filter(|(tasks, _)| *tasks == axis).and_then(|(_, names)| names.get(index)) {
                Some(name) => format!("/{name}"),
                None => format!("/{index}"),
            },
        });
        rest /= length;
    }
    indices.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output_selection::OutputGeometry;
    use kipos_plugin_api::{Crop, DType, OutputSpec};

    fn names(leaves: &[(&str, &[usize])], order: ColumnOrder) -> Vec<String> {
        let leaf = |(name, shape): &(&str, &[usize])| OutputArray {
            kind: LeafKind::Predictions,
            name: (*name).into(),
            dtype: DType::F32,
            shape: shape.to_vec(),
            special_type: None,
            positions: None,
            tasks: None,
        };
        let leaves: Vec<OutputArray> = leaves.iter().map(leaf).collect();
        columns(&leaves, |_| true, order).into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn every_axis_but_the_rows_is_split() {
        let expected = ["preds/0/0", "preds/0/1", "preds/1/0", "preds/1/1", "preds/2/0", "preds/2/1"];
        assert_eq!(names(&[("", &[3, 2])], ColumnOrder::Natural), expected);
        assert_eq!(names(&[("", &[])], ColumnOrder::Natural), ["preds"]);
        assert_eq!(names(&[("b", &[1]), ("a/x", &[])], ColumnOrder::Natural), ["preds/b/0", "preds/a/x"]);
    }

    #[test]
    fn positions_are_named_by_their_bases() {
        let output = OutputSpec::new("y", vec![2, 3]).with_crop(Some(Crop { left: 10, right: 0 })).with_bin(Some(32));
        let leaf = OutputArray {
            shape: vec![2, 3],
            positions: OutputGeometry::of(&output).map(|geometry| (1, geometry)),
            ..OutputArray::column(LeafKind::Predictions, "", DType::F32)
        };
        let expected = ["0/10-42", "0/42-74", "0/74-106", "1/10-42", "1/42-74", "1/74-106"];
        let names = columns(&[leaf], |_| true, ColumnOrder::Natural).into_iter().map(|column| column.name);
        assert_eq!(names.collect::<Vec<_>>(), expected.map(|name| format!("preds/{name}")));
    }

    #[test]
    fn tasks_are_named() {
        let leaf = |shape: &[usize], axis: usize, names: &[&str]| OutputArray {
            shape: shape.to_vec(),
            tasks: Some((axis, names.iter().map(|name| (*name).to_owned()).collect())),
            ..OutputArray::column(LeafKind::Predictions, "", DType::F32)
        };
        let names = |leaf: OutputArray, order: ColumnOrder| -> Vec<String> {
            columns(&[leaf], |_| true, order).into_iter().map(|column| column.name).collect()
        };
        let labels = ["CTCF", "a/b", "CTCF", "x\ty"];
        let natural = names(leaf(&[4], 0, &labels), ColumnOrder::Natural);
        assert_eq!(natural, ["preds/CTCF", "preds/a/b", "preds/CTCF_2", "preds/x y"]);
        let kipoi = names(leaf(&[4], 0, &labels), ColumnOrder::Kipoi);
        assert_eq!(kipoi, ["preds/0", "preds/1", "preds/2", "preds/3"]);
        let profile = names(leaf(&[2, 2], 1, &["plus", "minus"]), ColumnOrder::Natural);
        assert_eq!(profile, ["preds/0/plus", "preds/0/minus", "preds/1/plus", "preds/1/minus"]);
    }

    #[test]
    fn kipoi_sorts_by_letters() {
        let natural = names(&[("b", &[]), ("", &[12])], ColumnOrder::Natural);
        assert_eq!(natural[..4], ["preds/b", "preds/0", "preds/1", "preds/2"]);
        let sorted = names(&[("b", &[]), ("", &[12])], ColumnOrder::Kipoi);
        assert_eq!(sorted[..5], ["preds/0", "preds/1", "preds/10", "preds/11", "preds/2"]);
        assert_eq!(sorted.last().unwrap(), "preds/b");
    }
}
