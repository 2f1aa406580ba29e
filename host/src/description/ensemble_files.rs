//! `args.files`: the members of an ensemble.

use super::error::SpecError;
use super::kipos_section::UnsupportedKey;
use super::model::CUSTOM;
use super::node::Fields;

/// The files, if a backend is given some; this version runs one. What the arguments of a class of its own mean is not
/// known.
pub(super) fn unsupported_files(fields: &Fields<'_>, type_: &str) -> Result<Option<UnsupportedKey>, SpecError> {
    let args = fields.required("args")?;
    if type_ == CUSTOM || !args.is_map() {
        return Ok(None);
    }
    let args = args.entries()?;
    let find = |key: &str| args.iter().find(|(name, node)| name == key && !node.is_null()).map(|(_, node)| node);
    let Some(files) = find("files") else { return Ok(None) };
    let expected = || files.unexpected("a list of the paths of the members of an ensemble");
    let items = files.items().map_err(|_| expected())?;
    if items.is_empty() || items.iter().any(|item| !item.is_map() && item.text().is_err()) {
        return Err(expected());
    }
    match find("file") {
        Some(_) => Err(files.unexpected("absent where `file` is given")),
        None => Ok(Some(UnsupportedKey::new(files))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use std::path::Path;

    fn files(text: &str, type_: &str) -> String {
        let document = Document::parse(Path::new("model.yaml"), format!("args:\n  {text}\n").into()).unwrap();
        let fields = document.root().fields(&["args"], &mut Vec::new()).unwrap();
        match unsupported_files(&fields, type_) {
            Ok(None) => String::new(),
            Ok(Some(key)) => key.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn several_files_are_not_supported() {
        insta::assert_snapshot!(files("{files: [a.onnx, {url: u, md5: m}]}", "onnx"), @"model.yaml:1: `args.files` is not supported by this version of kipos");
        for (text, type_) in
            [("{file: a}", "onnx"), ("", "onnx"), ("{file: a, files: }", "onnx"), ("{files: 5}", "custom")]
        {
            assert_eq!(files(text, type_), "", "{text}");
        }
    }

    #[test]
    fn errors_name_line_and_key() {
        insta::assert_snapshot!(files("files: a.onnx", "onnx"), @r#"model.yaml:2: `args.files` must be a list of the paths of the members of an ensemble, found "a.onnx""#);
        insta::assert_snapshot!(files("files: []", "onnx"), @"model.yaml:2: `args.files` must be a list of the paths of the members of an ensemble, found an empty list");
        insta::assert_snapshot!(files("files: [a.onnx, 5]", "onnx"), @"model.yaml:2: `args.files` must be a list of the paths of the members of an ensemble, found a list of 2 items");
        insta::assert_snapshot!(files("{file: a.onnx, files: [b.onnx]}", "onnx"), @"model.yaml:1: `args.files` must be absent where `file` is given, found a list of 1 item");
    }
}
