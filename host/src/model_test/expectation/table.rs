//! Expectations as tables: what `kipos predict` writes as TSV.

use std::path::Path;

use super::{ExpectationError, by_place, unreadable};
use crate::byte_order_mark;
use crate::sink::{OutputArray, prediction_columns};

/// Reads the columns of all outputs; columns of inputs, targets and metadata are passed over.
///
/// # Errors
/// A file that cannot be read, other columns or another number of rows, or a cell that is no number.
pub(super) fn read(
    path: &Path,
    outputs: &[OutputArray],
    list: bool,
    samples: usize,
) -> Result<Vec<Vec<f64>>, ExpectationError> {
    let text = byte_order_mark::read_text(path).map_err(|error| unreadable(path, &error))?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let is_prediction = |name: &str| name == "preds" || name.starts_with("preds/");
    let has_all =
        |leaves: &[OutputArray]| prediction_columns(leaves).iter().flatten().all(|name| header.contains(&&**name));
    // Tasks may be named, or numbered as by Kipoi; so may the outputs of a list.
    let placed = if list { by_place(outputs) } else { outputs.to_vec() };
    let spellings = [outputs.to_vec(), numbered(outputs), numbered(&placed), placed];
    let names = prediction_columns(spellings.iter().find(|leaves| has_all(leaves)).map_or(outputs, Vec::as_slice));
    if let Some(unknown) =
        header.iter().find(|known| is_prediction(known) && !names.iter().flatten().any(|name| name == *known))
    {
        return Err(ExpectationError::Unknown { path: path.to_owned(), name: (*unknown).to_owned() });
    }
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let place = |name: &String| {
        header.iter().position(|known| known == name).ok_or_else(|| ExpectationError::Missing {
            path: path.to_owned(),
            name: name.clone(),
            known: header.iter().filter(|name| is_prediction(name)).map(ToString::to_string).collect(),
        })
    };
    let read_output = |names: &Vec<String>| {
        let columns =
            names.iter().map(|name| Ok((name, place(name)?))).collect::<Result<Vec<_>, ExpectationError>>()?;
        let mut values = Vec::with_capacity(rows.len() * columns.len());
        for (row, cells) in rows.iter().enumerate() {
            for &(name, column) in &columns {
                let text = cells.get(column).copied().unwrap_or_default();
                // NaN is an empty cell.
                let value = if text.is_empty() && cells.len() > column { Ok(f64::NAN) } else { text.parse() };
                values.push(value.map_err(|_| ExpectationError::Cell {
                    path: path.to_owned(),
                    line: row + 2,
                    name: name.clone(),
                    text: text.to_owned(),
                })?);
            }
        }
        Ok(values)
    };
    let values = names.iter().map(read_output).collect::<Result<Vec<_>, ExpectationError>>()?;
    match names.iter().flatten().next() {
        Some(name) if rows.len() != samples => Err(ExpectationError::Samples {
            path: path.to_owned(),
            name: name.clone(),
            found: rows.len(),
            expected: samples,
        }),
        _ => Ok(values),
    }
}

/// The outputs without names of their tasks.
fn numbered(outputs: &[OutputArray]) -> Vec<OutputArray> {
    outputs.iter().map(|output| OutputArray { tasks: None, ..output.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kipos_plugin_api::DType;

    use super::*;
    use crate::sink::LeafKind;

    fn leaf(name: &str, shape: &[usize]) -> OutputArray {
        OutputArray {
            kind: LeafKind::Predictions,
            name: name.into(),
            dtype: DType::F32,
            shape: shape.to_vec(),
            special_type: None,
            positions: None,
            tasks: None,
        }
    }

    /// What is read of a table for the outputs `a` of two values and `b` of one.
    fn read_text(text: &str, list: bool) -> Result<Vec<Vec<f64>>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.tsv");
        fs::write(&path, text).unwrap();
        let read = read(&path, &[leaf("a", &[2]), leaf("b", &[])], list, 2);
        read.map_err(|error| error.to_string().replace(&directory.path().display().to_string(), "DIR"))
    }

    #[test]
    fn columns_are_found_by_name_or_place() {
        let expected = Ok(vec![vec![1.0, 2.5, 3.0, 4.0], vec![5.0, 6.0]]);
        let named = "metadata/ranges/chr\tpreds/b\tpreds/a/0\tpreds/a/1\nchr1\t5\t1\t2.5\nchr1\t6.0\t3e0\t4\n";
        assert_eq!(read_text(named, false), expected);
        assert_eq!(read_text(named, true), expected);
        let placed = "preds/0/0\tpreds/0/1\tpreds/1\n1\t2.5\t5\n3\t4\t6\n";
        assert_eq!(read_text(placed, true), expected);
        let empty = read_text("preds/a/0\tpreds/a/1\tpreds/b\n\t1\t\n2\tnan\t-inf\n", false).unwrap();
        assert!(empty[0][0].is_nan() && empty[0][3].is_nan() && empty[1][0].is_nan());
        assert_eq!((empty[0][1], empty[1][1]), (1.0, f64::NEG_INFINITY));
    }

    #[test]
    fn tasks_are_found_by_name_or_number() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.tsv");
        let tasks = Some((0, ["CTCF", "DNASE"].map(str::to_owned).into_iter().collect()));
        let output = OutputArray { tasks, ..leaf("a", &[2]) };
        for header in ["preds/a/CTCF\tpreds/a/DNASE", "preds/a/0\tpreds/a/1", "preds/0/0\tpreds/0/1"] {
            fs::write(&path, format!("{header}\n1\t2.5\n")).unwrap();
            assert_eq!(read(&path, std::slice::from_ref(&output), true, 1).unwrap(), [[1.0, 2.5]], "{header}");
        }
    }

    #[test]
    fn tables_of_something_else_are_refused() {
        let message = |text: &str| read_text(text, false).unwrap_err();
        insta::assert_snapshot!(message("preds/0/0\tpreds/0/1\tpreds/1\n1\t2\t5\n"), @"DIR/x.tsv has `preds/0/0`, which the model does not give");
        insta::assert_snapshot!(message("preds/a/0\tpreds/b\n1\t2\n"), @"DIR/x.tsv has no `preds/a/1`, which the model gives; it has preds/a/0, preds/b");
        insta::assert_snapshot!(message(""), @"DIR/x.tsv has no `preds/a/0`, which the model gives; it has no predictions");
        insta::assert_snapshot!(message("preds/a/0\tpreds/a/1\tpreds/b\n1\t2\t3\n"), @"DIR/x.tsv has 1 samples of `preds/a/0`, but 2 were predicted; it belongs to other samples");
        insta::assert_snapshot!(message("preds/a/0\tpreds/a/1\tpreds/b\n1\tx\t3\n"), @r#"DIR/x.tsv:2: `preds/a/1` is "x", expected a number"#);
        insta::assert_snapshot!(message("preds/a/0\tpreds/a/1\tpreds/b\n1\t2\n"), @r#"DIR/x.tsv:2: `preds/b` is "", expected a number"#);
    }
}
