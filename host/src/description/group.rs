//! A group of models: one template of a description, and a table with a row for each model.

use std::path::{Path, PathBuf};

use super::document::{Document, read_bytes};
use super::error::SpecError;
use super::near_miss::near_misses;
use super::template::render;
use crate::byte_order_mark;

/// The table beside a template.
const TABLE: &str = "models.tsv";

/// The column that names the members.
const NAMES: &str = "model";

/// The directory of a `model-template.yaml` and its `models.tsv`.
pub(super) struct Group {
    directory: PathBuf,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    names: usize,
}

impl Group {
    /// The group in `directory`, if there is a template and a table.
    pub(super) fn find(directory: &Path) -> Result<Option<Self>, SpecError> {
        let table = directory.join(TABLE);
        if find_template(directory, "model").is_none() || !table.is_file() {
            return Ok(None);
        }
        let bytes = read_bytes(&table)?;
        let wrong = |line, message: &str| SpecError::GroupTable { file: table.clone(), line, message: message.into() };
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            wrong(line, "the text is not UTF-8")
        })?;
        let text = &text[byte_order_mark::length(text.as_bytes())..];
        let mut lines = text.lines().enumerate().filter_map(|(index, line)| {
            let content = line.split('#').next().unwrap_or_default();
            let cells = || content.split('\t').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            (!content.trim().is_empty()).then(|| (index + 1, cells()))
        });
        let (first, columns) = lines.next().ok_or_else(|| wrong(1, "the line of column names is missing"))?;
        let names = columns.iter().position(|column| column == NAMES);
        let names = names.ok_or_else(|| wrong(first, "the column `model`, which names the models, is missing"))?;
        if let Some(twice) =
            columns.iter().enumerate().find_map(|(i, name)| columns[..i].contains(name).then_some(name))
        {
            return Err(wrong(first, &format!("the column `{twice}` occurs twice")));
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (line, cells) in lines {
            if cells.len() != columns.len() {
                let message = format!("there are {} cells for {} columns", cells.len(), columns.len());
                return Err(wrong(line, &message));
            }
            if cells[names].is_empty() {
                return Err(wrong(line, "the column `model` is empty"));
            }
            if !seen.insert(cells[names].clone()) {
                return Err(wrong(line, &format!("the model `{}` has a second row", cells[names])));
            }
            rows.push(cells);
        }
        Ok(Some(Self { directory: directory.into(), columns, rows, names }))
    }

    /// The table of the members.
    pub(super) fn table(&self) -> PathBuf {
        self.directory.join(TABLE)
    }

    /// The names of the members, without that of the group.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row[self.names].as_str())
    }

    /// The description of kind `kind` (`model`, `dataloader`) of a member; `None` if there is no template of it.
    pub(super) fn document(&self, member: &str, kind: &str) -> Result<Option<Document>, SpecError> {
        let row = self.rows.iter().find(|row| row[self.names] == member);
        let row = row.ok_or_else(|| SpecError::UnknownModel {
            zoo: self.directory.clone(),
            name: member.into(),
            near: near_misses(member, self.members()),
        })?;
        let Some(file) = find_template(&self.directory, kind) else {
            return Ok(None);
        };
        let columns: Vec<(&str, &str)> =
            self.columns.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect();
        let bytes = read_bytes(&file)?;
        let rendered = match std::str::from_utf8(&bytes) {
            Ok(text) => render(text, &columns)
                .map_err(|error| SpecError::Template { file: file.clone(), line: error.line, message: error.message })?
                .into_bytes(),
            // Parsing it says where the text is not UTF-8.
            Err(_) => bytes,
        };
        Ok(Some(Document::parse(&file, rendered)?.of_member(member)))
    }
}

fn find_template(directory: &Path, kind: &str) -> Option<PathBuf> {
    ["yaml", "yml"].iter().map(|end| directory.join(format!("{kind}-template.{end}"))).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;

    fn group(table: impl AsRef<[u8]>) -> (tempfile::TempDir, Result<Group, String>) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("model-template.yaml"), "a: {{ n }}\nb: {{ nn }}\n").unwrap();
        fs::write(directory.path().join(TABLE), table).unwrap();
        let group = Group::find(directory.path()).map(Option::unwrap);
        let group = group.map_err(|error| error.to_string().replace(&directory.path().display().to_string(), "DIR"));
        (directory, group)
    }

    fn message(table: &[u8]) -> String {
        group(table).1.err().unwrap()
    }

    #[test]
    fn rows_are_models() {
        let (_directory, group) = group("n\tmodel # which\n\n7\ta/b\n# none\n8\tc\r\n");
        assert_eq!(group.unwrap().members().collect::<Vec<_>>(), ["a/b", "c"]);
        let (_directory, marked) = self::group("\u{feff}model\na\n");
        assert_eq!(marked.unwrap().members().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn errors_of_the_table_name_the_line() {
        insta::assert_snapshot!(message(b""), @"DIR/models.tsv:1: the line of column names is missing");
        insta::assert_snapshot!(message(b"#\nname\tn\n"), @"DIR/models.tsv:2: the column `model`, which names the models, is missing");
        insta::assert_snapshot!(message(b"model\tn\tn\na\t1\t2\n"), @"DIR/models.tsv:1: the column `n` occurs twice");
        insta::assert_snapshot!(message(b"model\tn\na\n"), @"DIR/models.tsv:2: there are 1 cells for 2 columns");
        insta::assert_snapshot!(message(b"model\tn\n\t1\n"), @"DIR/models.tsv:2: the column `model` is empty");
        insta::assert_snapshot!(message(b"model\na\na\n"), @"DIR/models.tsv:3: the model `a` has a second row");
        insta::assert_snapshot!(message(b"model\n\xff\n"), @"DIR/models.tsv:2: the text is not UTF-8");
    }

    #[test]
    fn errors_of_a_member_name_the_template() {
        let (directory, group) = group("model\tn\nalpha\t1\n");
        let group = group.unwrap();
        let message = |member: &str| {
            let error = group.document(member, "model").err().unwrap().to_string();
            error.replace(&directory.path().display().to_string(), "DIR")
        };
        insta::assert_snapshot!(message("alpha"), @"DIR/model-template.yaml:2: unknown column `nn` of models.tsv (known: model, n)");
        insta::assert_snapshot!(message("alhpa"), @"no model `alhpa` in DIR; did you mean alpha?");
        insta::assert_snapshot!(message("x"), @"no model `x` in DIR; `kipos model ls` lists those that are there");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_table_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let table = [b"model\tn\n".as_slice(), &bytes].concat();
            if let (_directory, Ok(group)) = group(table) {
                for member in group.members() {
                    let error = group.document(member, "model").err();
                    prop_assert!(matches!(error, Some(SpecError::Template { line: 2, .. })), "{error:?}");
                }
            }
        }
    }
}
