//! Column labels: written out, or one to a line in a file.

use std::path::Path;

use super::error::{SpecError, SpecPlace, UnreadLabels};
use super::node::Node;
use crate::byte_order_mark;

/// The labels that a description gives, or the file of labels that is not there.
pub(super) type Labels = Result<Vec<String>, UnreadLabels>;

/// Reads the labels of the array at `at`. A single label that names a file in `directory` stands for its lines.
pub(super) fn read_labels(node: &Node<'_>, at: &SpecPlace, directory: &Path) -> Result<Labels, SpecError> {
    let labels = node.texts()?;
    let [only] = labels.as_slice() else {
        return Ok(Ok(labels));
    };
    let file = directory.join(only);
    // A missing file would otherwise be taken for a label, and found out only by the number of tasks.
    if !file.is_file() && !only.ends_with(".txt") {
        return Ok(Ok(labels));
    }
    Ok(match byte_order_mark::read_text(&file) {
        Ok(text) => Ok(text.lines().map(|line| line.trim_end().to_owned()).collect()),
        Err(error) => {
            let at = SpecPlace { line: node.place().line, ..at.clone() };
            Err(UnreadLabels { at, file, reason: error.to_string() })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use crate::description::document::Document;

    fn read(directory: &Path, labels: &str) -> Result<Vec<String>, String> {
        let document = Document::parse(&directory.join("model.yaml"), labels.into()).unwrap();
        let root = document.root();
        read_labels(&root, &root.place(), directory).unwrap().map_err(|unread| unread.to_string())
    }

    #[test]
    fn a_file_stands_for_its_lines() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("names.txt"), "a \nb|c\r\n\nd\n").unwrap();
        assert_eq!(read(directory.path(), "names.txt").unwrap(), ["a", "b|c", "", "d"]);
        assert_eq!(read(directory.path(), "[names.txt]").unwrap(), ["a", "b|c", "", "d"]);
        assert_eq!(read(directory.path(), "[names.txt, x]").unwrap(), ["names.txt", "x"]);
        assert_eq!(read(directory.path(), "[0, 1.5]").unwrap(), ["0", "1.5"]);
        assert_eq!(read(directory.path(), "rbp_prb").unwrap(), ["rbp_prb"]);
        assert!(read(directory.path(), "[]").unwrap().is_empty());
        fs::write(directory.path().join("names.txt"), "\u{feff}CTCF\r\n").unwrap();
        assert_eq!(read(directory.path(), "names.txt").unwrap(), ["CTCF"]);
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let message = read(Path::new("no-such-model"), "names.txt").unwrap_err();
        insta::assert_snapshot!(message, @"no-such-model/model.yaml:1: cannot read the column labels no-such-model/names.txt of the file: No such file or directory (os error 2)");
    }
}
