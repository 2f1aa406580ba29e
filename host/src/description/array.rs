//! The arrays that a model takes and gives: always a named list, however they are nested in the file.

use std::collections::HashSet;

use serde_yaml::Value as Yaml;

pub use kipos_plugin_api::Structure;

use super::error::{SpecError, SpecPlace, SpecWarning, UnreadLabels};
use super::labels::read_labels;
use super::node::Node;
use super::shape::ArrayShape;

const KEYS: &[&str] = &["shape", "doc", "name", "special_type", "associated_metadata", "column_labels"];
const DESCRIPTION: &str = "an array description with a `shape`, or a map or list of them";

/// One input or target.
#[derive(Debug, Clone, PartialEq)]
pub struct ArraySpec {
    /// The name: the one that is written, else the key or the index in a list; nested ones are joined by `/`. A single
    /// array without a name is `input` or `output`.
    pub name: String,
    /// The shape of one row, without the batch axis.
    pub shape: ArrayShape,
    /// What it is; empty if nothing is said.
    pub doc: String,
    /// What its values are, if it is said.
    pub special_type: Option<SpecialType>,
    /// Names of the metadata that belong to it, such as `ranges`.
    pub associated_metadata: Vec<String>,
    /// The names of its columns (tasks), read from their file where the description names one.
    pub column_labels: Vec<String>,
    /// The file of column labels that could not be read, if one is named.
    pub unread_labels: Option<UnreadLabels>,
    /// Where it is described.
    pub at: SpecPlace,
}

/// What the values of an array are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialType {
    /// One-hot encoded DNA.
    DnaSeq,
    /// DNA as text.
    DnaStringSeq,
    /// A signal along the genome.
    Bigwig,
    /// Fragment lengths by position.
    VPlot,
    /// Anything else.
    Array,
}

impl SpecialType {
    const ALL: [Self; 5] = [Self::DnaSeq, Self::DnaStringSeq, Self::Bigwig, Self::VPlot, Self::Array];

    /// The type that descriptions give this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The word that descriptions use.
    pub fn name(self) -> &'static str {
        match self {
            Self::DnaSeq => "DNASeq",
            Self::DnaStringSeq => "DNAStringSeq",
            Self::Bigwig => "bigwig",
            Self::VPlot => "v-plot",
            Self::Array => "Array",
        }
    }

    fn read(node: &Node<'_>) -> Result<Self, SpecError> {
        let name = node.text()?;
        let known = Self::ALL.into_iter();
        let found = known.clone().find(|special| special.name() == name);
        found.ok_or_else(|| node.unknown_name(name, known.map(Self::name)))
    }
}

impl ArraySpec {
    /// Labels of inputs name nothing that is written, so that a file of them may be absent.
    pub(super) fn unread_labels_warning(&self) -> Option<SpecWarning> {
        self.unread_labels.clone().map(SpecWarning::UnreadLabels)
    }
}

/// The arrays of `schema.inputs` or `schema.targets`.
pub(super) struct Arrays {
    pub(super) specs: Vec<ArraySpec>,
    pub(super) structure: Structure,
    /// A single array to which the description gives no name.
    pub(super) is_unnamed: bool,
}

/// What is around an array decides its name.
enum Parent {
    Nothing,
    Map { path: String, key: String },
    List { path: String, index: usize },
}

impl Parent {
    fn path_to(&self, name: &str) -> String {
        match self {
            Self::Map { path, .. } | Self::List { path, .. } if !path.is_empty() => format!("{path}/{name}"),
            _ => name.into(),
        }
    }

    /// The path of what stands here, if it is not an array but a map or list.
    fn path(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Map { key, .. } => self.path_to(key),
            Self::List { index, .. } => self.path_to(&index.to_string()),
        }
    }
}

/// Reads one array, or a list or map of arrays nested to any depth. `default_name` is that of a single unnamed one.
pub(super) fn read_arrays(
    node: &Node<'_>,
    default_name: &str,
    warnings: &mut Vec<SpecWarning>,
) -> Result<Arrays, SpecError> {
    let structure = match () {
        () if node.is_list() => Structure::List,
        () if is_array(node)? => Structure::One,
        () => Structure::Map,
    };
    let mut specs = Vec::new();
    read_into(&mut specs, node.clone(), &Parent::Nothing, warnings)?;
    let is_unnamed = structure == Structure::One && specs[0].name.is_empty();
    if is_unnamed {
        specs[0].name = default_name.into();
    }
    let mut names = HashSet::new();
    match specs.iter().find(|spec| !names.insert(&spec.name)) {
        Some(twin) => Err(SpecError::DuplicateName { at: twin.at.clone(), name: twin.name.clone() }),
        None => Ok(Arrays { specs, structure, is_unnamed }),
    }
}

/// A map is an array as soon as it has a `shape`. One with a scalar in it can be nothing else: its shape is missing.
fn is_array(node: &Node<'_>) -> Result<bool, SpecError> {
    if !node.is_map() {
        return Ok(false);
    }
    Ok(node.entries()?.iter().any(|(key, child)| key == "shape" || child.is_scalar()))
}

fn read_into(
    specs: &mut Vec<ArraySpec>,
    node: Node<'_>,
    parent: &Parent,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(), SpecError> {
    if is_array(&node)? {
        specs.push(read_array(node, parent, warnings)?);
        return Ok(());
    }
    let path = parent.path();
    let before = specs.len();
    if node.is_list() {
        for (index, item) in node.items()?.into_iter().enumerate() {
            read_into(specs, item, &Parent::List { path: path.clone(), index }, warnings)?;
        }
    } else if node.is_map() {
        for (key, child) in node.entries()? {
            read_into(specs, child, &Parent::Map { path: path.clone(), key }, warnings)?;
        }
    }
    if specs.len() == before { Err(node.unexpected(DESCRIPTION)) } else { Ok(()) }
}

fn read_array(node: Node<'_>, parent: &Parent, warnings: &mut Vec<SpecWarning>) -> Result<ArraySpec, SpecError> {
    let at = node.place();
    let fields = node.fields(KEYS, warnings)?;
    let shape = read_shape(fields.required("shape")?)?;
    let written = fields.text("name")?;
    let name = match (parent, written) {
        (Parent::Nothing, written) => written.unwrap_or_default(),
        (Parent::List { index, .. }, written) => parent.path_to(&written.unwrap_or_else(|| index.to_string())),
        (Parent::Map { key, .. }, Some(written)) if written != *key => {
            let expected = format!("`{key}`, the key of the array");
            return Err(fields.required("name")?.unexpected(expected));
        }
        (Parent::Map { key, .. }, _) => parent.path_to(key),
    };
    let labels = fields.optional("column_labels").map(|labels| read_labels(labels, &at)).transpose()?;
    let (column_labels, unread_labels) = match labels {
        Some(Ok(labels)) => (labels, None),
        Some(Err(unread)) => (Vec::new(), Some(unread)),
        None => (Vec::new(), None),
    };
    if let [Some(length)] = shape[..]
        && !column_labels.is_empty()
        && column_labels.len() != length
    {
        warnings.push(SpecWarning::LabelCount { at: at.clone(), labels: column_labels.len(), length });
    }
    let mut seen = HashSet::new();
    if let Some(label) = column_labels.iter().find(|label| !seen.insert(label.as_str())) {
        warnings.push(SpecWarning::RepeatedLabel { at: at.clone(), label: label.clone() });
    }
    Ok(ArraySpec {
        name,
        shape,
        doc: fields.text("doc")?.unwrap_or_default(),
        special_type: fields.optional("special_type").map(SpecialType::read).transpose()?,
        associated_metadata: read_names(&fields.texts("associated_metadata")?),
        column_labels,
        unread_labels,
        at,
    })
}

/// Several names may also stand in one text, parted by commas.
fn read_names(texts: &[String]) -> Vec<String> {
    texts.iter().flat_map(|text| text.split(',')).map(|name| name.trim().to_owned()).collect()
}

fn read_shape(node: &Node<'_>) -> Result<ArrayShape, SpecError> {
    // Numbers and lists are no shapes, but the error can say which shape they stand for.
    let typed = match node.yaml() {
        Yaml::String(text) => text.clone(),
        Yaml::Number(number) => number.to_string(),
        Yaml::Sequence(_) => node.value()?.to_string(),
        _ => String::new(),
    };
    typed.parse().map_err(|error: super::shape::ShapeError| {
        let meant = error.meant.map_or_else(String::new, |shape| format!(" (did you mean `{shape}`?)"));
        node.unexpected(format!("a shape such as `(1000, 4)`, `(None, 4)` or `(1,)`{meant}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use std::path::Path;

    fn read(text: &str) -> Result<(Vec<String>, Structure), String> {
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        read_arrays(&document.root(), "input", &mut Vec::new())
            .map(|arrays| (arrays.specs.into_iter().map(|spec| spec.name).collect(), arrays.structure))
            .map_err(|error| error.to_string())
    }

    fn names(text: &str) -> (String, Structure) {
        let (names, structure) = read(text).unwrap();
        (names.join(" "), structure)
    }

    fn message(text: &str) -> String {
        read(text).unwrap_err()
    }

    #[test]
    fn names_come_from_where_they_are_written() {
        assert_eq!(names("shape: (1,)"), ("input".into(), Structure::One));
        assert_eq!(names("{shape: '(1,)', name: seq}"), ("seq".into(), Structure::One));
        assert_eq!(names("[{shape: (), name: a}, {shape: ()}]"), ("a 1".into(), Structure::List));
        assert_eq!(names("b: {shape: ()}\na: {shape: (), name: a}"), ("b a".into(), Structure::Map));
        assert_eq!(names("a: {b: {shape: ()}, c: [{shape: ()}]}"), ("a/b a/c/0".into(), Structure::Map));
        assert_eq!(names("[[{shape: ()}], {x: {shape: ()}}]"), ("0/0 1/x".into(), Structure::List));
    }

    #[test]
    fn errors_name_the_array() {
        insta::assert_snapshot!(message("doc: x\nshpae: (1,)"), @"model.yaml:2: missing key `shape` at the top level (found `shpae`, did you mean `shape`?)");
        insta::assert_snapshot!(message("a:\n  doc: x"), @"model.yaml:1: missing key `shape` in `a` (found `doc`)");
        insta::assert_snapshot!(message("a:\n  shape: 100"), @"model.yaml:2: `a.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)` (did you mean `(100,)`?), found 100");
        insta::assert_snapshot!(message("a:\n  shape: (10)"), @r#"model.yaml:2: `a.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)` (did you mean `(10,)`?), found "(10)""#);
        insta::assert_snapshot!(message("a:\n  shape: [200, 4]"), @"model.yaml:2: `a.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)` (did you mean `(200, 4)`?), found a list of 2 items");
        insta::assert_snapshot!(message("a:\n  shape:"), @"model.yaml:2: `a.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)`, found nothing");
        insta::assert_snapshot!(message("a:\n  shape: (1,)\n  name: b"), @r#"model.yaml:3: `a.name` must be `a`, the key of the array, found "b""#);
        insta::assert_snapshot!(message("a:\n  shape: (1,)\n  special_type: DNA"), @"model.yaml:3: unknown name `DNA` in `a.special_type` (known: DNASeq, DNAStringSeq, bigwig, v-plot, Array)");
        insta::assert_snapshot!(message("a:\n  shape: (1,)\n  associated_metadata: {}"), @"model.yaml:3: `a.associated_metadata` must be a string or a list of strings, found an empty map");
        insta::assert_snapshot!(message("a:\n- shape: (1,)\n- name: '0'\n  shape: (1,)"), @"model.yaml:3: the name `a/0` is given twice in `a[1]`; names must differ");
        insta::assert_snapshot!(message("{}"), @"model.yaml:1: the file must be an array description with a `shape`, or a map or list of them, found an empty map");
        insta::assert_snapshot!(message("a:\n  b: []"), @"model.yaml:2: `a.b` must be an array description with a `shape`, or a map or list of them, found an empty list");
        insta::assert_snapshot!(message("a:\n  b: {shape: ()}\n  c:"), @"model.yaml:3: `a.c` must be an array description with a `shape`, or a map or list of them, found nothing");
        insta::assert_snapshot!(message("text"), @r#"model.yaml:1: the file must be an array description with a `shape`, or a map or list of them, found "text""#);
    }

    #[test]
    fn strange_keys_and_labels_are_warned_about() {
        let text = "shape: (3,)\ndocs: x\ncolumn_labels: [a, a]";
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let mut warnings = Vec::new();
        read_arrays(&document.root(), "input", &mut warnings).unwrap();
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(warnings.join("\n"), @r#"
        model.yaml:2: unknown key `docs` is ignored (did you mean `doc`?)
        model.yaml:1: the file has 2 column labels for an axis of length 3
        model.yaml:1: the file has the column label `a` more than once; repeated labels get numbers (`a_2`)
        "#);
    }
}
