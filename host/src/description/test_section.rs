//! The section `test` of a `model.yaml`: what the model should predict.

use std::path::PathBuf;

use super::error::{SpecError, SpecWarning};
use super::node::{Fields, Node};
use super::remote::{Address, RemoteFile, read_address};

/// Decimals to which predictions must agree, if the description does not say.
const DECIMALS: u32 = 7;
/// Kipoi's name for a copy of expected predictions.
const COPY: &str = "test.expect.h5";
/// More decimals than any number has.
const MOST_DECIMALS: u64 = 300;

/// What a model should predict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestSpec {
    /// The file of expected predictions, if there is one.
    pub expect: Option<ExpectedFile>,
    /// Predictions must differ by less than 1.5 units of this decimal.
    pub precision_decimal: u32,
}

/// Where expected predictions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedFile {
    /// In a file. Relative paths start from the directory of the description.
    Path(PathBuf),
    /// At an address.
    Remote(RemoteFile),
}

/// Reads the section; one that is absent or empty expects nothing.
pub(super) fn read_test(fields: &Fields<'_>, warnings: &mut Vec<SpecWarning>) -> Result<TestSpec, SpecError> {
    let nothing = TestSpec { expect: None, precision_decimal: DECIMALS };
    let Some(section) = fields.optional("test") else { return Ok(nothing) };
    let section = section.clone().fields(&["expect", "precision_decimal"], warnings)?;
    let expect = section.optional("expect").map(|node| read_file(node, warnings)).transpose()?;
    let precision_decimal = section.optional("precision_decimal").map_or(Ok(DECIMALS), read_decimals)?;
    Ok(TestSpec { expect, precision_decimal })
}

fn read_file(node: &Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<ExpectedFile, SpecError> {
    if !node.is_map() {
        let path = node.text().map_err(|_| node.unexpected("a path, or a map with `url` and `md5`"))?;
        return Ok(ExpectedFile::Path(path.into()));
    }
    let Address { url, md5, .. } = read_address(node, warnings)?;
    let document = node.document();
    let file = document.directory().join(document.downloads("model_files")).join(COPY);
    Ok(ExpectedFile::Remote(RemoteFile::new(node.place(), url, md5, file)))
}

fn read_decimals(node: &Node<'_>) -> Result<u32, SpecError> {
    let decimals = node.yaml().as_u64().filter(|decimals| *decimals <= MOST_DECIMALS);
    let decimals = decimals.and_then(|decimals| u32::try_from(decimals).ok());
    decimals.ok_or_else(|| node.unexpected(format!("a number of decimals from 0 to {MOST_DECIMALS}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::description::document::Document;

    fn read(section: &str) -> Result<TestSpec, String> {
        let document = Document::parse(Path::new("model.yaml"), format!("type: onnx\n{section}").into()).unwrap();
        let fields = document.root().fields(&["type", "test"], &mut Vec::new()).unwrap();
        read_test(&fields, &mut Vec::new()).map_err(|error| error.to_string())
    }

    #[test]
    fn files_and_addresses_are_read() {
        let nothing = TestSpec { expect: None, precision_decimal: 7 };
        assert_eq!(
            (read(""), read("test:"), read("test: {}")),
            (Ok(nothing.clone()), Ok(nothing.clone()), Ok(nothing))
        );
        let file = ExpectedFile::Path("a/b.h5".into());
        assert_eq!(
            read("test: {expect: a/b.h5, precision_decimal: 4}"),
            Ok(TestSpec { expect: Some(file), precision_decimal: 4 })
        );
        let Some(ExpectedFile::Remote(remote)) = read("test: {expect: {url: https://x/y.h5, md5: ''}}").unwrap().expect
        else {
            panic!()
        };
        assert_eq!((remote.url.as_str(), remote.md5), ("https://x/y.h5", None));
        assert_eq!(remote.file, Path::new("./downloaded/model_files/test.expect.h5"));
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |section: &str| read(section).unwrap_err();
        insta::assert_snapshot!(message("test: x.h5"), @r#"model.yaml:2: `test` must be a map, found "x.h5""#);
        insta::assert_snapshot!(message("test:\n  expect: [x.h5]"), @"model.yaml:3: `test.expect` must be a path, or a map with `url` and `md5`, found a list of 1 item");
        insta::assert_snapshot!(message("test:\n  expect: {md5: ab}"), @"model.yaml:3: missing key `url` in `test.expect` (found `md5`)");
        insta::assert_snapshot!(message("test:\n  precision_decimal: -1"), @"model.yaml:3: `test.precision_decimal` must be a number of decimals from 0 to 300, found -1");
    }
}
