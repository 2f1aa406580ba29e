//! `task_table`: a table with a row for each task of an output.

use super::find_output;
use crate::description::array::Arrays;
use crate::description::error::{SpecError, SpecWarning};
use crate::description::labels::read_beside;
use crate::description::node::{Fields, Node};

/// The column of the names, if there is one of that name; else it is the first.
const NAME: &str = "name";

/// Gives the outputs that have a table the names of its rows, in the place of column labels.
pub(in crate::description) fn label_by_tables(
    fields: &Fields<'_>,
    targets: &mut Arrays,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(), SpecError> {
    // What does not have this form is told when the section is read.
    let Some(Ok(section)) = fields.optional("kipos").map(Node::entries) else { return Ok(()) };
    let Some((_, outputs)) = section.iter().find(|(key, _)| key == "outputs") else { return Ok(()) };
    for (name, keys) in outputs.entries().unwrap_or_default() {
        let Ok(keys) = keys.entries() else { continue };
        let Some((_, node)) = keys.iter().find(|(key, _)| key == "task_table") else { continue };
        let index = find_output(outputs, &name, targets)?;
        let names = read_names(node)?;
        let Some(target) = targets.specs.get_mut(index) else { continue };
        if !target.column_labels.is_empty() && target.column_labels != names {
            return Err(node
                .unexpected("the only list of tasks, as the output also has `column_labels`; leave out one of them"));
        }
        if let [Some(length)] = target.shape[..]
            && names.len() != length
        {
            warnings.push(SpecWarning::LabelCount { at: target.at.clone(), labels: names.len(), length });
        }
        (target.column_labels, target.unread_labels) = (names, None);
    }
    Ok(())
}

/// The names of the rows of a table.
fn read_names(node: &Node<'_>) -> Result<Vec<String>, SpecError> {
    let path = node.text().map_err(|_| node.unexpected("the path of a table"))?;
    let fail = |file: &std::path::Path, reason: String| SpecError::TaskTable {
        at: node.place(),
        file: file.to_owned(),
        reason,
    };
    let (file, text) = read_beside(node.document(), path).map_err(|(file, reason)| fail(&file, reason))?;
    let mut lines = text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line)).enumerate();
    let Some((_, header)) = lines.next() else { return Err(fail(&file, "it is empty".into())) };
    let columns: Vec<&str> = header.split('\t').collect();
    let column = columns.iter().position(|column| *column == NAME).unwrap_or(0);
    let name = |(line, row): (usize, &str)| {
        let cells: Vec<&str> = row.split('\t').collect();
        let problem = match cells.get(column) {
            Some(name) if cells.len() == columns.len() && !name.is_empty() => return Ok((*name).to_owned()),
            Some(_) if cells.len() == columns.len() => "the task has no name".to_owned(),
            _ => format!("there are {} columns, but {} in the first line", cells.len(), columns.len()),
        };
        Err(fail(&file, format!("line {}: {problem}", line + 1)))
    };
    let names = lines.filter(|(_, row)| !row.is_empty()).map(name).collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Err(fail(&file, "it has no rows".into()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::description::ModelDir;

    /// The tasks of a model whose output of this shape has this table.
    fn tasks(shape: &str, labels: &str, table: Option<&str>) -> Result<String, String> {
        let directory = tempfile::tempdir().unwrap();
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nschema: {{inputs: {{shape: '(10, 4)'}}, targets: {{name: y, shape: '{shape}'{labels}}}}}\n\
             kipos: {{outputs: {{y: {{task_table: tasks.tsv, background: [noise]}}}}}}\n"
        );
        fs::write(directory.path().join("model.yaml"), text).unwrap();
        if let Some(table) = table {
            fs::write(directory.path().join("tasks.tsv"), table).unwrap();
        }
        let short = |message: String| message.replace(directory.path().to_str().unwrap(), "DIR");
        let dir = ModelDir::open(directory.path()).map_err(|error| short(error.to_string()))?;
        assert_eq!(dir.model().kipos.unsupported, []);
        let (names, background) = (dir.model().task_names(0, 3), &dir.model().kipos.outputs[0].background);
        Ok(format!("{} {background:?}", names.join("|")))
    }

    #[test]
    fn rows_name_the_tasks() {
        let named = "index\tname\tkind\n0\tCTCF\tChIP\n1\tDNase 1\tDNase\r\n2\tnoise\t\n";
        assert_eq!(tasks("(3,)", "", Some(named)).as_deref(), Ok("CTCF|DNase 1|noise [2]"));
        assert_eq!(tasks("(10, 3)", "", Some(named)).as_deref(), Ok("CTCF|DNase 1|noise [2]"));
        // The first column, if none is called so.
        let first = "\u{feff}task\tkind\na\tx\nnoise\ty\nb\tz\n\n";
        assert_eq!(tasks("(3,)", "", Some(first)).as_deref(), Ok("a|noise|b [1]"));
        assert_eq!(tasks("(3,)", ", column_labels: [a, noise, b]", Some(first)).as_deref(), Ok("a|noise|b [1]"));
    }

    #[test]
    fn what_is_wrong_with_a_table_is_told_with_its_line() {
        let message = |table: Option<&str>| tasks("(3,)", "", table).unwrap_err();
        insta::assert_snapshot!(message(None), @"DIR/model.yaml:5: cannot read the table DIR/tasks.tsv of `kipos.outputs.y.task_table`: No such file or directory (os error 2)");
        insta::assert_snapshot!(message(Some("")), @"DIR/model.yaml:5: cannot read the table DIR/tasks.tsv of `kipos.outputs.y.task_table`: it is empty");
        insta::assert_snapshot!(message(Some("name\n")), @"DIR/model.yaml:5: cannot read the table DIR/tasks.tsv of `kipos.outputs.y.task_table`: it has no rows");
        insta::assert_snapshot!(message(Some("name\tx\na\n")), @"DIR/model.yaml:5: cannot read the table DIR/tasks.tsv of `kipos.outputs.y.task_table`: line 2: there are 1 columns, but 2 in the first line");
        insta::assert_snapshot!(message(Some("name\tx\na\tb\n\tc\n")), @"DIR/model.yaml:5: cannot read the table DIR/tasks.tsv of `kipos.outputs.y.task_table`: line 3: the task has no name");
        let both = tasks("(3,)", ", column_labels: [a, b, c]", Some("name\nnoise\n")).unwrap_err();
        insta::assert_snapshot!(both, @r#"DIR/model.yaml:5: `kipos.outputs.y.task_table` must be the only list of tasks, as the output also has `column_labels`; leave out one of them, found "tasks.tsv""#);
    }
}
