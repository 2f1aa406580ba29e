//! Whether a dataloader gives what a model takes, as far as their descriptions say.

use super::array::{ArraySpec, Structure};
use super::dataloader::DataloaderSpec;
use super::error::SpecError;
use super::model::ModelSpec;

/// Single arrays belong together whatever their names, two lists by position, all else by name.
/// A dataloader that does not describe its arrays agrees with every model.
pub(super) fn check_agreement(model: &ModelSpec, loader: &DataloaderSpec) -> Result<(), SpecError> {
    if loader.inputs.is_empty() {
        return Ok(());
    }
    let by_position = matches!((model.inputs.as_slice(), loader.inputs.as_slice()), ([_], [_]))
        || (model.inputs_structure, loader.inputs_structure) == (Structure::List, Structure::List);
    for (index, input) in model.inputs.iter().enumerate() {
        let given: Option<&ArraySpec> = match by_position {
            true => loader.inputs.get(index),
            false => loader.inputs.iter().find(|given| given.name == input.name),
        };
        let is_constant = model.kipos.inputs.get(index).is_some_and(|keys| keys.constant.is_some());
        let Some(given) = given else {
            if is_constant {
                continue;
            }
            let known: Vec<&str> = loader.inputs.iter().map(|given| given.name.as_str()).collect();
            return Err(SpecError::NotGiven {
                at: input.at.clone(),
                input: input.name.clone(),
                loader: Box::new(loader.inputs[0].at.clone()),
                given: known.join(", "),
            });
        };
        if !input.shape.is_compatible(&given.shape) {
            return Err(SpecError::ShapeMismatch {
                at: input.at.clone(),
                expected: input.shape.clone(),
                loader: Box::new(given.at.clone()),
                found: given.shape.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::dataloader::read_dataloader;
    use crate::description::document::Document;
    use crate::description::model::read_model;
    use std::path::Path;

    fn check(model_inputs: &str, loader_inputs: &str) -> Result<(), String> {
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nschema:\n  inputs: {model_inputs}\n  targets: {{shape: ()}}\n"
        );
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let model = read_model(&document, &mut Vec::new()).unwrap();
        let text = format!("defined_as: own.Own\nargs:\noutput_schema:\n  inputs: {loader_inputs}\n");
        let document = Document::parse(Path::new("dataloader.yaml"), text.into()).unwrap();
        let loader = read_dataloader(&document, &mut Vec::new()).unwrap();
        check_agreement(&model, &loader).map_err(|error| error.to_string())
    }

    const SEQ: &str = "{shape: '(200, 4)'}";

    #[test]
    fn arrays_are_matched_by_position_or_name() {
        assert_eq!(check(SEQ, "{seq: {shape: '(None, 4)'}}"), Ok(()));
        assert_eq!(check(&format!("[{SEQ}]"), &format!("[{SEQ}, {SEQ}]")), Ok(()));
        assert_eq!(check(&format!("{{b: {SEQ}}}"), &format!("{{a: {{shape: ()}}, b: {SEQ}}}")), Ok(()));
        assert_eq!(check("[{shape: (), name: b}]", &format!("{{a: {SEQ}, b: {{shape: ()}}}}")), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        insta::assert_snapshot!(check(SEQ, "{shape: '(4, 200)'}").unwrap_err(), @"model.yaml:5: `schema.inputs` has shape (200, 4), but the dataloader gives (4, 200) (dataloader.yaml:4)");
        insta::assert_snapshot!(check(&format!("[{SEQ}, {SEQ}]"), &format!("[{SEQ}]")).unwrap_err(), @"model.yaml:5: input `1` is not among the arrays that the dataloader gives (0; dataloader.yaml:4)");
        insta::assert_snapshot!(
            check(&format!("{{c: {SEQ}}}"), &format!("{{a: {SEQ}, b: {SEQ}}}")).unwrap_err(),
            @"model.yaml:5: input `c` is not among the arrays that the dataloader gives (a, b; dataloader.yaml:4)"
        );
    }
}
