//! `args.files`: the members of a family, networks of one kind that were trained apart and are combined to one model.

use kipos_plugin_api::Value;

use super::backend_type::CUSTOM;
use super::error::SpecError;
use super::model::ModelSpec;
use super::node::Fields;

/// The argument that lists the members.
pub(super) const FILES: &str = "files";
/// The argument of a backend that names the only file.
const FILE: &str = "file";

/// One of the files of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberFile {
    /// The file as the description names it; empty if the model is not a list of files.
    pub name: String,
    /// What the backend is given: a [`Value::Map`] in which `file` is this one.
    pub args: Value,
}

/// Checks the list of files, if a backend is given one. What the arguments of a class of its own mean is not known.
pub(super) fn check_files(fields: &Fields<'_>, type_: &str) -> Result<(), SpecError> {
    let args = fields.required("args")?;
    if type_ == CUSTOM || !args.is_map() {
        return Ok(());
    }
    let args = args.entries()?;
    let find = |key: &str| args.iter().find(|(name, node)| name == key && !node.is_null()).map(|(_, node)| node);
    let Some(files) = find(FILES) else { return Ok(()) };
    let expected = || files.unexpected("a list of the paths of the members of a family");
    let items = files.items().map_err(|_| expected())?;
    if items.is_empty() || items.iter().any(|item| !item.is_map() && item.text().is_err()) {
        return Err(expected());
    }
    match find(FILE) {
        Some(_) => Err(files.unexpected("absent where `file` is given")),
        None => Ok(()),
    }
}

impl ModelSpec {
    /// The files that are loaded, at least one: those of `args.files`, or else the model as its arguments describe it.
    pub fn member_files(&self) -> Vec<MemberFile> {
        let whole = || vec![MemberFile { name: String::new(), args: self.args.clone() }];
        let Value::Map(args) = &self.args else { return whole() };
        let files = args.iter().find(|(name, _)| name == FILES).map(|(_, files)| files);
        let (Some(Value::List(files)), true) = (files, self.type_ != CUSTOM) else { return whole() };
        let rest = || args.iter().filter(|(name, _)| name != FILES && name != FILE).cloned();
        let member = |file: &Value| MemberFile {
            name: file.as_str().unwrap_or_default().to_owned(),
            args: Value::Map([(FILE.to_owned(), file.clone())].into_iter().chain(rest()).collect()),
        };
        files.iter().map(member).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use crate::description::model::read_model;
    use std::path::Path;

    fn problem(text: &str, type_: &str) -> String {
        let document = Document::parse(Path::new("model.yaml"), format!("args:\n  {text}\n").into()).unwrap();
        let fields = document.root().fields(&["args"], &mut Vec::new()).unwrap();
        check_files(&fields, type_).map_or_else(|error| error.to_string(), |()| String::new())
    }

    fn members(args: &str, type_: &str) -> Vec<(String, String)> {
        let text = format!(
            "type: {type_}\nargs: {args}\ninfo: {{doc: a test}}\nschema: {{inputs: {{shape: '(4,)'}}, targets: {{shape: '(1,)'}}}}\n"
        );
        let document = Document::parse(Path::new("m/model.yaml"), text.into()).unwrap();
        let members = read_model(&document, &mut Vec::new()).unwrap().member_files();
        members.into_iter().map(|member| (member.name, member.args.to_string())).collect()
    }

    #[test]
    fn each_file_has_all_other_arguments() {
        let pair = |name: &str, args: &str| (name.to_owned(), args.to_owned());
        assert_eq!(
            members("{n: 1, files: [a.onnx, b.onnx]}", "onnx"),
            [pair("a.onnx", "{file: \"a.onnx\", n: 1}"), pair("b.onnx", "{file: \"b.onnx\", n: 1}")]
        );
        assert_eq!(members("{file: a, n: 1}", "onnx"), [pair("", "{file: \"a\", n: 1}")]);
        assert_eq!(members("{files: }", "onnx"), [pair("", "{files: null}")]);
        assert_eq!(members("{files: [a]}", "custom"), [pair("", "{files: [\"a\"]}")]);
    }

    #[test]
    fn files_at_addresses_are_those_of_their_copies() {
        let sum = "900150983cd24fb0d6963f7d28e17f72";
        let names: Vec<String> = members(&format!("{{files: [{{url: u, md5: {sum}}}, {{url: v}}, c]}}"), "onnx")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let copy = |name: &str| format!("downloaded/model_files/files/{name}");
        assert_eq!(names, [copy(sum), copy("1"), "c".to_owned()]);
    }

    #[test]
    fn what_is_no_list_of_files_is_an_error_with_line_and_key() {
        for (text, type_) in [
            ("{files: [a.onnx, {url: u, md5: m}]}", "onnx"),
            ("{file: a}", "onnx"),
            ("", "onnx"),
            ("{file: a, files: }", "onnx"),
            ("{files: 5}", "custom"),
        ] {
            assert_eq!(problem(text, type_), "", "{text}");
        }
        insta::assert_snapshot!(problem("files: a.onnx", "onnx"), @r#"model.yaml:2: `args.files` must be a list of the paths of the members of a family, found "a.onnx""#);
        insta::assert_snapshot!(problem("files: []", "onnx"), @"model.yaml:2: `args.files` must be a list of the paths of the members of a family, found an empty list");
        insta::assert_snapshot!(problem("files: [a.onnx, 5]", "onnx"), @"model.yaml:2: `args.files` must be a list of the paths of the members of a family, found a list of 2 items");
        insta::assert_snapshot!(problem("{file: a.onnx, files: [b.onnx]}", "onnx"), @"model.yaml:1: `args.files` must be absent where `file` is given, found a list of 1 item");
    }
}
