//! Column labels: written out, or one to a line in a file.

use std::path::{Path, PathBuf};

use super::document::Document;
use super::error::{SpecError, SpecPlace, UnreadLabels};
use super::node::Node;
use crate::byte_order_mark;
use crate::internal::OrInternal;

/// The labels that a description gives, or the file of labels that is not there.
pub(super) type Labels = Result<Vec<String>, UnreadLabels>;

/// Reads the labels of the array at `at`. A single label that names a file of the model stands for its lines.
pub(super) fn read_labels(node: &Node<'_>, at: &SpecPlace) -> Result<Labels, SpecError> {
    let labels = node.texts()?;
    let [only] = labels.as_slice() else {
        return Ok(Ok(labels));
    };
    let document = node.document();
    let file = place_of(document, only);
    // A missing file would otherwise be taken for a label, and found out only by the number of tasks.
    if !file.is_file() && !only.ends_with(".txt") {
        return Ok(Ok(labels));
    }
    let unread = |(file, reason)| {
        let at = SpecPlace { line: node.place().line, ..at.clone() };
        UnreadLabels { at, file, reason }
    };
    Ok(read_beside(document, only)
        .map(|(_, text)| text.lines().map(|line| line.trim_end().to_owned()).collect())
        .map_err(unread))
}

/// The file that a description names.
fn place_of(document: &Document, path: &str) -> PathBuf {
    let places = document.places_of(Path::new(path));
    let file = places.iter().find(|place| place.is_file()).or(places.last());
    file.or_internal("a path leads to some place").clone()
}

/// The text of a file that a description names, and where that lies.
///
/// # Errors
/// The file, and why it cannot be read, or must not.
pub(super) fn read_beside(document: &Document, path: &str) -> Result<(PathBuf, String), (PathBuf, String)> {
    let file = place_of(document, path);
    let text = check_inside(document.directory(), &file)
        .and_then(|()| byte_order_mark::read_text(&file).map_err(|error| error.to_string()));
    match text {
        Ok(text) => Ok((file, text)),
        Err(reason) => Err((file, reason)),
    }
}

/// Labels end up in every output, so a description must not name just any file of the user. Models that share labels keep
/// them in the directory above their own.
fn check_inside(directory: &Path, file: &Path) -> Result<(), String> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let (Ok(directory), Ok(found)) = (directory.canonicalize(), file.canonicalize()) else { return Ok(()) };
    if found.starts_with(&directory) || found.parent() == directory.parent() {
        return Ok(());
    }
    Err(format!(
        "it lies neither in the model's directory nor directly above it, but at {}; copy it into {}",
        found.display(),
        directory.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(directory: &Path, labels: &str) -> Result<Vec<String>, String> {
        let document = Document::parse(&directory.join("model.yaml"), labels.into()).unwrap();
        let root = document.root();
        read_labels(&root, &root.place()).unwrap().map_err(|unread| unread.to_string())
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
    fn a_file_outside_of_the_directory_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let model = directory.path().canonicalize().unwrap().join("group/model");
        fs::create_dir_all(model.join("inner")).unwrap();
        fs::write(model.join("inner/names.txt"), "a\n").unwrap();
        fs::write(model.with_file_name("shared.txt"), "b\n").unwrap();
        assert_eq!(read(&model, "../shared.txt").unwrap(), ["b"]);
        let secret = directory.path().canonicalize().unwrap().join("secret");
        fs::write(&secret, "root\n").unwrap();
        assert_eq!(read(&model, "inner/names.txt").unwrap(), ["a"]);
        assert_eq!(read(&model, "inner/../inner/names.txt").unwrap(), ["a"]);
        let mut named = vec!["../../secret".to_owned(), secret.display().to_string()];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&secret, model.join("names.txt")).unwrap();
            named.push("names.txt".into());
        }
        for name in named {
            let message = read(&model, &name).unwrap_err();
            let expected = format!(
                "it lies neither in the model's directory nor directly above it, but at {}; copy it into {}",
                secret.display(),
                model.display()
            );
            assert!(message.ends_with(&expected), "{message}");
        }
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let message = read(Path::new("no-such-model"), "names.txt").unwrap_err();
        insta::assert_snapshot!(message, @"no-such-model/model.yaml:1: cannot read the column labels no-such-model/names.txt of the file: No such file or directory (os error 2)");
    }
}
