//! What a dataloader tells of its samples beside their values.

use super::error::{SpecError, SpecPlace, SpecWarning};
use super::node::Node;

/// One kind of metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataSpec {
    /// The name; nested ones are joined by `/`.
    pub name: String,
    /// What it is, if it is said.
    pub type_: Option<MetadataType>,
    /// What it means; empty if nothing is said.
    pub doc: String,
    /// Where it is described.
    pub at: SpecPlace,
}

/// What metadata is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataType {
    /// A place in the genome per sample: chr, start, end (0-based, half-open), id, strand.
    GenomicRanges,
    /// A text per sample.
    Str,
    /// A whole number per sample.
    Int,
    /// A number per sample.
    Float,
    /// An array per sample.
    Array,
}

impl MetadataType {
    const ALL: [Self; 5] = [Self::GenomicRanges, Self::Str, Self::Int, Self::Float, Self::Array];

    /// The word that descriptions use.
    pub fn name(self) -> &'static str {
        match self {
            Self::GenomicRanges => "GenomicRanges",
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Array => "array",
        }
    }

    fn read(node: &Node<'_>) -> Result<Self, SpecError> {
        let name = node.text()?;
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| node.unknown_name(name, Self::ALL.map(Self::name)))
    }
}

/// Reads the metadata of an `output_schema`: a map with a `doc` or a `type` is one of them, all others hold more.
pub(super) fn read_metadata(node: &Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<Vec<MetadataSpec>, SpecError> {
    let mut found = Vec::new();
    read_into(&mut found, node.clone(), "", warnings)?;
    Ok(found)
}

fn read_into(
    found: &mut Vec<MetadataSpec>,
    node: Node<'_>,
    name: &str,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(), SpecError> {
    let children = match node.is_list() {
        true => node.items()?.into_iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        false => node.entries()?,
    };
    let is_leaf = |(key, child): &(String, Node<'_>)| matches!(key.as_str(), "doc" | "type") && child.is_scalar();
    if !name.is_empty() && children.iter().any(is_leaf) {
        let at = node.place();
        let fields = node.fields(&["doc", "type", "name"], warnings)?;
        let type_ = fields.optional("type").map(MetadataType::read).transpose()?;
        found.push(MetadataSpec { name: name.into(), type_, doc: fields.text("doc")?.unwrap_or_default(), at });
        return Ok(());
    }
    for (key, child) in children {
        if child.is_null() {
            continue;
        }
        let below = if name.is_empty() { key } else { format!("{name}/{key}") };
        read_into(found, child, &below, warnings)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use std::path::Path;

    fn read(text: &str) -> Result<String, String> {
        let document = Document::parse(Path::new("dataloader.yaml"), text.into()).unwrap();
        let found = read_metadata(&document.root(), &mut Vec::new()).map_err(|error| error.to_string())?;
        let shown = found.iter().map(|one| format!("{} {:?} {}", one.name, one.type_, one.doc));
        Ok(shown.collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn metadata_may_be_nested() {
        assert_eq!(read("ranges: {type: GenomicRanges, doc: where}").unwrap(), "ranges Some(GenomicRanges) where");
        assert_eq!(
            read("a: {b: {doc: x}, c: [{type: int}, {doc: y}]}").unwrap(),
            "a/b None x; a/c/0 Some(Int) ; a/c/1 None y"
        );
        assert_eq!(read("{}").unwrap(), "");
        // Named like the keys of a description, but maps.
        assert_eq!(read("type: {doc: x}\ndoc: {doc: {doc: y}}").unwrap(), "type None x; doc/doc None y");
    }

    #[test]
    fn errors_name_the_metadata() {
        insta::assert_snapshot!(read("a: {type: range, doc: x}").unwrap_err(), @"dataloader.yaml:1: unknown name `range` in `a.type` (known: GenomicRanges, str, int, float, array)");
        insta::assert_snapshot!(read("a: 5").unwrap_err(), @"dataloader.yaml:1: `a` must be a map, found 5");
    }
}
