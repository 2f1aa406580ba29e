//! Who made a model and what it is.

use super::error::{SpecError, SpecWarning};
use super::node::Node;

const KEYS: &[&str] = &[
    "authors",
    "contributors",
    "doc",
    "name",
    "version",
    "license",
    "tags",
    "cite_as",
    "trained_on",
    "training_procedure",
    "assembly",
];

/// The `info` section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DescriptionInfo {
    /// The authors of the model.
    pub authors: Vec<Author>,
    /// Those who brought it into this form.
    pub contributors: Vec<Author>,
    /// What it does; empty if nothing is said.
    pub doc: String,
    /// A display name.
    pub name: Option<String>,
    /// The version of the model, if it has one.
    pub version: Option<String>,
    /// The licence of the model, if it is named.
    pub license: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The publication, often a DOI.
    pub cite_as: Option<String>,
    /// The data that it was trained on.
    pub trained_on: Option<String>,
    /// How it was trained.
    pub training_procedure: Option<String>,
    /// The assembly of the genome that it is for, such as hg38.
    pub assembly: Option<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The full name.
    pub name: String,
    /// The account on GitHub.
    pub github: Option<String>,
    /// The address.
    pub email: Option<String>,
}

/// Reads an `info` section.
pub(super) fn read_info(node: &Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<DescriptionInfo, SpecError> {
    let fields = node.clone().fields(KEYS, warnings)?;
    let mut people = |key: &str| match fields.optional(key) {
        Some(list) => list.items()?.into_iter().map(|item| read_author(item, warnings)).collect(),
        None => Ok(Vec::new()),
    };
    Ok(DescriptionInfo {
        authors: people("authors")?,
        contributors: people("contributors")?,
        doc: fields.text("doc")?.unwrap_or_default(),
        name: fields.text("name")?,
        version: fields.text("version")?,
        license: fields.text("license")?,
        tags: fields.texts("tags")?,
        cite_as: fields.text("cite_as")?,
        trained_on: fields.text("trained_on")?,
        training_procedure: fields.text("training_procedure")?,
        assembly: fields.text("assembly")?,
    })
}

fn read_author(node: Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<Author, SpecError> {
    let fields = node.fields(&["name", "github", "email"], warnings)?;
    Ok(Author {
        name: fields.required("name")?.text_or_number()?,
        github: fields.text("github")?,
        email: fields.text("email")?,
    })
}
