//! Which backend runs a model.

use super::document::Document;
use super::error::{SpecError, SpecPlace};
use super::node::{Fields, Node};

/// The type of a model whose class is its own code.
pub const CUSTOM: &str = "custom";

/// `type` wins over `defined_as`.
pub(super) fn read_type(fields: &Fields<'_>) -> Result<(String, Option<String>), SpecError> {
    let defined_as = fields.optional("defined_as");
    let class = defined_as.map(|node| node.text().map(str::to_owned)).transpose()?;
    if let Some(type_) = fields.optional("type") {
        return Ok((type_.text()?.to_owned(), class));
    }
    let (Some(node), Some(class)) = (defined_as, class) else {
        return Err(fields.missing("type"));
    };
    let type_ = match class.strip_prefix("kipoi.model.") {
        Some(name) => match name.strip_suffix("Model") {
            Some(backend) if !backend.is_empty() => backend.to_lowercase(),
            _ => return Err(node.unexpected("a class such as `kipoi.model.PyTorchModel`")),
        },
        None => CUSTOM.into(),
    };
    Ok((type_, Some(class)))
}

/// Where that is said.
pub(super) fn type_place(fields: &Fields<'_>, document: &Document) -> SpecPlace {
    let said = fields.optional("type").or(fields.optional("defined_as"));
    said.map_or_else(|| document.place(&[]), Node::place)
}
