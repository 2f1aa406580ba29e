//! Everything that is wrong or strange in the descriptions of a model, all at once.

use std::path::Path;

use super::agreement::check_agreement;
use super::error::{SpecError, SpecWarning};
use super::kipos_section::UnsupportedKey;
use super::lock::ConversionSources;
use super::model::{find_errors, read_loader_ref_of, read_model};
use super::model_source::ModelSource;
use crate::internal::caught;

/// What there is to say about the descriptions of a model.
#[derive(Debug, Clone, Default)]
pub struct LintReport {
    /// What must be mended before the model can be used.
    pub errors: Vec<SpecError>,
    /// What is strange.
    pub warnings: Vec<SpecWarning>,
    /// Keys that are right, and that this version does not obey: it runs no model that has some.
    pub notes: Vec<UnsupportedKey>,
}

/// Reads the descriptions of the model at `path`, and nothing else: sections that do not depend on one another are
/// read on after an error. `path` is what [`ModelDir::open`](super::ModelDir::open) takes.
pub fn lint_model(path: impl AsRef<Path>) -> LintReport {
    let path = path.as_ref();
    let failed = |error| LintReport { errors: vec![SpecError::Internal(error)], ..LintReport::default() };
    caught(|| lint(path)).unwrap_or_else(failed)
}

fn lint(path: &Path) -> LintReport {
    let mut lint = LintReport::default();
    let source = match ModelSource::find(path) {
        Ok(source) => source,
        Err(error) => return LintReport { errors: vec![error], ..lint },
    };
    let sources = ConversionSources::read(source.document.directory());
    let unchanged = sources.and_then(|sources| sources.map_or(Ok(()), |sources| sources.check_beside()));
    let model = match read_model(&source.document, &mut lint.warnings) {
        Ok(model) => {
            lint.errors.extend(model.target_tasks().err());
            lint.notes.clone_from(&model.kipos.unsupported);
            Some(model)
        }
        Err(first) => {
            lint.warnings.clear();
            lint.errors = find_errors(&source.document, &mut lint.warnings);
            if lint.errors.is_empty() {
                lint.errors.push(first);
            }
            None
        }
    };
    lint.errors.extend(unchanged.err());
    // A model with errors elsewhere may still say which dataloader it has.
    let named = match &model {
        Some(model) => Some((model.default_dataloader.clone(), model.dataloader_at.clone())),
        None => read_loader_ref_of(&source.document),
    };
    if let Some((named, at)) = named {
        let loader = source.loader_document(&named, &at).and_then(|loader| loader.read(&mut lint.warnings));
        match (loader, &model) {
            (Ok(loader), Some(model)) => lint.errors.extend(check_agreement(model, &loader).err()),
            (Ok(_), None) => {}
            (Err(error), _) => lint.errors.push(error),
        }
    }
    lint
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn report(model: &str, loader: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("model.yaml"), model).unwrap();
        fs::write(directory.path().join("dataloader.yaml"), loader).unwrap();
        let lint = lint_model(directory.path());
        let errors = lint.errors.iter().map(|error| format!("error: {error}"));
        let lines: Vec<String> = errors.chain(lint.warnings.iter().map(|w| format!("warning: {w}"))).collect();
        lines.join("\n").replace(&directory.path().display().to_string(), "DIR")
    }

    #[test]
    fn every_section_is_read() {
        let model = "typ: onnx\nargs: 5\ninfo: {authors: x}\nextra: 1\nschema:\n  inputs: {shape: 4}\n  targets: {}\n";
        insta::assert_snapshot!(report(model, "args:\nmore: 1\n"), @r#"
        error: DIR/model.yaml:1: missing key `type` at the top level (found `typ`, did you mean `type`?)
        error: DIR/model.yaml:2: `args` must be a map of names to values, found 5
        error: DIR/model.yaml:3: `info.authors` must be a list, found "x"
        error: DIR/model.yaml:6: `schema.inputs.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)` (did you mean `(4,)`?), found 4
        error: DIR/model.yaml:7: `schema.targets` must be an array description with a `shape`, or a map or list of them, found an empty map
        error: DIR/dataloader.yaml:1: missing key `defined_as` at the top level (found `args`, `more`)
        warning: DIR/model.yaml:1: unknown key `typ` is ignored (did you mean `type`?)
        warning: DIR/model.yaml:4: unknown key `extra` is ignored
        warning: DIR/dataloader.yaml:2: unknown key `more` is ignored
        "#);
    }

    #[test]
    fn open_questions_count_as_absent_and_are_told() {
        let model = "type: onnx\nargs: {}\ninfo: {license: '?', authors: '?', doc: why?}\nschema:\n  inputs: {shape: '(4, \
                     4)'}\n  targets: {shape: '(1,)', name: y}\nkipos:\n  outputs: {y: {scale: '?'}}\n";
        let loader = "defined_as: kipoiseq.dataloaders.SeqIntervalDl\ndefault_args:\n  auto_resize_len: 4\n  \
                      neutral_value: '?'\n";
        insta::assert_snapshot!(report(model, loader), @"
        warning: DIR/model.yaml:3: `info.license` is an open question (`?`) and counts as absent; write the answer
        warning: DIR/model.yaml:3: `info.authors` is an open question (`?`) and counts as absent; write the answer
        warning: DIR/model.yaml:8: `kipos.outputs.y.scale` is an open question (`?`) and counts as absent; write the answer
        warning: DIR/dataloader.yaml:4: `default_args.neutral_value` is an open question (`?`) and counts as absent; write the answer
        ");
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("model.yaml"), model).unwrap();
        fs::write(directory.path().join("dataloader.yaml"), loader).unwrap();
        let opened = crate::description::ModelDir::open(directory.path()).unwrap();
        let info = &opened.model().info;
        assert_eq!((info.license.as_deref(), info.authors.len(), info.doc.as_str()), (None, 0, "why?"));
        assert_eq!(opened.loader().unwrap().default_args.to_string(), "{auto_resize_len: 4}");
    }

    #[test]
    fn the_two_descriptions_must_agree() {
        let model =
            "type: onnx\nargs: {}\ninfo: {}\nschema:\n  inputs: {shape: '(4, 4)'}\n  targets: {shape: '(1,)'}\n";
        let loader = "defined_as: own.Own\nargs:\noutput_schema:\n  inputs: {shape: '(5, 4)'}\n";
        insta::assert_snapshot!(report(model, loader), @"error: DIR/model.yaml:5: `schema.inputs` has shape (4, 4), but the dataloader gives (5, 4) (DIR/dataloader.yaml:4)");
        assert_eq!(report(model, &loader.replace('5', "4")), "");
    }
}
