//! What a model says about the effects of variants: `postprocessing.variant_effects`.

use kipos_plugin_api::Value;
use serde_yaml::Value as Yaml;

use super::array::{Arrays, SpecialType, Structure};
use super::error::{SpecError, SpecWarning};
use super::node::{Fields, Node};

const TRUTH_WORDS: &str = "`seq_only`, `none`, true or false";

/// The `postprocessing.variant_effects` section of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantEffects {
    /// The inputs that hold the DNA in which variants are placed, at least one; all exist.
    pub seq_input: Vec<String>,
    /// Whether the reverse complement is predicted too.
    pub use_rc: bool,
    /// The scores that the model offers, in their order.
    pub scoring_functions: Vec<ScoringEntry>,
}

/// One entry of `scoring_functions`.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoringEntry {
    /// The kind of score, such as `diff`, or `custom`.
    pub type_: String,
    /// The label that it is asked for by, if it is given one.
    pub name: Option<String>,
    /// The scorer that a `custom` entry means, as `<plugin>::<scorer>`.
    pub defined_as: Option<String>,
    /// The arguments of a `custom` entry, in their order.
    pub args: Vec<ScoringArg>,
    /// Whether it belongs to the scores that are computed when none are asked for.
    pub default: bool,
}

/// A declared argument of a scoring function.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoringArg {
    /// Its name.
    pub name: String,
    /// What it does; empty if nothing is said.
    pub doc: String,
    /// The declared type, such as `str`, `int` or `float`.
    pub type_: Option<String>,
    /// The value if none is given, converted to the declared type.
    pub default: Option<Value>,
    /// Whether it may be left out although it has no default.
    pub optional: bool,
}

/// The section `variant_effects` inside `postprocessing`, if both are there and not empty.
pub(super) fn find_section<'d>(
    file: &Fields<'d>,
    warnings: &mut Vec<SpecWarning>,
) -> Result<Option<Node<'d>>, SpecError> {
    let Some(postprocessing) = file.optional("postprocessing") else {
        return Ok(None);
    };
    let fields = postprocessing.clone().fields(&["variant_effects"], warnings)?;
    Ok(fields.optional("variant_effects").cloned())
}

/// Reads the section of a model. A single input without a name takes the one by which `seq_input` calls it.
pub(super) fn read_variant_effects(
    node: Node<'_>,
    inputs: &mut Arrays,
    warnings: &mut Vec<SpecWarning>,
) -> Result<VariantEffects, SpecError> {
    let fields = node.fields(&["seq_input", "use_rc", "scoring_functions"], warnings)?;
    let seq_input = read_seq_input(fields.required("seq_input")?, inputs)?;
    let use_rc = fields.optional("use_rc").map_or(Ok(false), read_use_rc)?;
    let scoring_functions = match fields.optional("scoring_functions") {
        Some(list) => list.items()?.into_iter().map(|entry| read_entry(entry, warnings)).collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    Ok(VariantEffects { seq_input, use_rc, scoring_functions })
}

fn read_seq_input(node: &Node<'_>, inputs: &mut Arrays) -> Result<Vec<String>, SpecError> {
    let names = node.texts()?;
    match names.as_slice() {
        [] => return Err(node.unexpected("the names of one or more inputs")),
        [only] if inputs.is_unnamed && inputs.structure == Structure::One => {
            inputs.specs[0].name.clone_from(only);
            inputs.is_unnamed = false;
        }
        _ => {}
    }
    for (i, name) in names.iter().enumerate() {
        let Some(input) = inputs.specs.iter().find(|input| input.name == *name) else {
            return Err(node.unknown_name(name, inputs.specs.iter().map(|input| input.name.as_str())));
        };
        if names[..i].contains(name) {
            return Err(SpecError::DuplicateName { at: node.place(), name: name.clone() });
        }
        if let Some(other) = input.special_type
            && !matches!(other, SpecialType::DnaSeq | SpecialType::DnaStringSeq)
        {
            return Err(SpecError::Unexpected {
                at: node.place(),
                expected: "inputs of special_type DNASeq or DNAStringSeq".into(),
                found: format!("`{name}` of special_type {}", other.name()),
            });
        }
    }
    Ok(names)
}

fn read_use_rc(node: &Node<'_>) -> Result<bool, SpecError> {
    match node.yaml() {
        Yaml::Bool(value) => Ok(*value),
        Yaml::String(word) if word == "seq_only" => Ok(true),
        Yaml::String(word) if word == "none" => Ok(false),
        _ => Err(node.unexpected(TRUTH_WORDS)),
    }
}

fn read_entry(node: Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<ScoringEntry, SpecError> {
    let fields = node.fields(&["type", "name", "defined_as", "args", "default"], warnings)?;
    let type_ = fields.required("type")?.text()?.to_owned();
    let not_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    let defined_as = not_empty(fields.text("defined_as")?);
    if type_ == "custom" && defined_as.is_none() {
        return Err(fields.missing("defined_as"));
    }
    let args = match fields.optional("args") {
        Some(args) => {
            args.entries()?.into_iter().map(|(name, arg)| read_arg(name, arg, warnings)).collect::<Result<_, _>>()?
        }
        None => Vec::new(),
    };
    Ok(ScoringEntry {
        type_,
        name: not_empty(fields.text("name")?),
        defined_as,
        args,
        default: fields.flag("default")?,
    })
}

fn read_arg(name: String, node: Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<ScoringArg, SpecError> {
    if node.is_null() {
        return Ok(ScoringArg { name, doc: String::new(), type_: None, default: None, optional: false });
    }
    let fields = node.fields(&["doc", "name", "type", "default", "optional", "tags"], warnings)?;
    let type_ = fields.text("type")?;
    let default = fields.optional("default").map(|default| convert(default, type_.as_deref())).transpose()?;
    Ok(ScoringArg {
        name,
        doc: fields.text("doc")?.unwrap_or_default(),
        type_,
        default,
        optional: fields.flag("optional")?,
    })
}

/// Converts a default to the declared type: descriptions quote numbers as often as not.
fn convert(node: &Node<'_>, type_: Option<&str>) -> Result<Value, SpecError> {
    let value = node.value()?;
    let converted = match (type_, &value) {
        (Some("int"), Value::String(text)) => text.trim().parse().ok().map(Value::Int),
        (Some("int"), Value::Int(_)) => Some(value),
        (Some("float"), Value::String(text)) => text.trim().parse().ok().map(Value::Float),
        (Some("float"), Value::Int(whole)) => Some(Value::Float(*whole as f64)),
        (Some("float"), Value::Float(_)) => Some(value),
        (Some("bool"), Value::String(text)) => text.trim().to_lowercase().parse().ok().map(Value::Bool),
        (Some("bool"), Value::Bool(_)) => Some(value),
        (Some("str"), Value::Int(_) | Value::Float(_)) => node.text_or_number().ok().map(Value::String),
        (Some("str"), Value::String(_)) => Some(value),
        (Some("int" | "float" | "bool" | "str"), _) => None,
        _ => Some(value),
    };
    converted.ok_or_else(|| node.unexpected(format!("of the declared type `{}`", type_.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use crate::description::model::read_model;
    use std::path::Path;

    const HEAD: &str = "\
type: onnx
args: {}
info: {}
schema:
  inputs:
    seq: {shape: '(200, 4)', special_type: DNASeq}
    track: {shape: '(200, 1)', special_type: bigwig}
  targets: {shape: '(1,)'}
postprocessing:
  variant_effects:
";

    fn read(section: &str) -> Result<VariantEffects, String> {
        let indented: String = section.lines().map(|line| format!("    {line}\n")).collect();
        let document = Document::parse(Path::new("model.yaml"), format!("{HEAD}{indented}").into()).unwrap();
        read_model(&document, &mut Vec::new())
            .map(|model| model.variant_effects.unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_field_is_read() {
        let section = "\
seq_input: [seq]
use_rc: seq_only
scoring_functions:
- type: diff
- type: custom
  name: mine
  defined_as: my_plugin::my_score
  default: true
  args:
    a: {doc: first, type: int, default: '2'}
    b: {type: float, default: 1, optional: true}
    c: {default: 1}
    d:
    e: {type: str, default: 1.5}
";
        let effects = read(section).unwrap();
        assert_eq!((effects.seq_input.as_slice(), effects.use_rc), (&["seq".to_owned()][..], true));
        let [diff, custom] = effects.scoring_functions.as_slice() else { panic!() };
        assert_eq!((diff.type_.as_str(), diff.default, diff.name.as_deref()), ("diff", false, None));
        assert_eq!(custom.defined_as.as_deref(), Some("my_plugin::my_score"));
        assert!(custom.default);
        let defaults: Vec<_> = custom.args.iter().map(|arg| (arg.name.as_str(), arg.default.clone())).collect();
        assert_eq!(
            defaults,
            [
                ("a", Some(Value::Int(2))),
                ("b", Some(Value::Float(1.0))),
                ("c", Some(Value::Int(1))),
                ("d", None),
                ("e", Some(Value::String("1.5".into()))),
            ]
        );
        assert_eq!((custom.args[0].doc.as_str(), custom.args[1].optional), ("first", true));
    }

    #[test]
    fn use_rc_is_a_word_or_a_truth_value() {
        for (word, expected) in [("true", true), ("seq_only", true), ("none", false), ("false", false), ("", false)] {
            assert_eq!(read(&format!("seq_input: seq\nuse_rc: {word}")).unwrap().use_rc, expected, "{word}");
        }
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |section: &str| read(section).unwrap_err();
        insta::assert_snapshot!(message("{}"), @"model.yaml:10: missing key `seq_input` in `postprocessing.variant_effects` (found no keys)");
        insta::assert_snapshot!(message("use_rc: true\nseq_inptu: [seq]"), @"model.yaml:12: missing key `seq_input` in `postprocessing.variant_effects` (found `seq_inptu`, did you mean `seq_input`?)");
        insta::assert_snapshot!(message("seq_input: []"), @"model.yaml:11: `postprocessing.variant_effects.seq_input` must be the names of one or more inputs, found an empty list");
        insta::assert_snapshot!(message("seq_input:\n- dna"), @"model.yaml:11: unknown name `dna` in `postprocessing.variant_effects.seq_input` (known: seq, track)");
        insta::assert_snapshot!(message("seq_input: [seq, seq]"), @"model.yaml:11: the name `seq` is given twice in `postprocessing.variant_effects.seq_input`; names must differ");
        insta::assert_snapshot!(message("seq_input: track"), @"model.yaml:11: `postprocessing.variant_effects.seq_input` must be inputs of special_type DNASeq or DNAStringSeq, found `track` of special_type bigwig");
        insta::assert_snapshot!(message("seq_input: seq\nuse_rc: 'yes'"), @r#"model.yaml:12: `postprocessing.variant_effects.use_rc` must be `seq_only`, `none`, true or false, found "yes""#);
        insta::assert_snapshot!(message("seq_input: seq\nscoring_functions: diff"), @r#"model.yaml:12: `postprocessing.variant_effects.scoring_functions` must be a list, found "diff""#);
        insta::assert_snapshot!(message("seq_input: seq\nscoring_functions:\n- name: x"), @"model.yaml:13: missing key `type` in `postprocessing.variant_effects.scoring_functions[0]` (found `name`)");
        insta::assert_snapshot!(message("seq_input: seq\nscoring_functions:\n- type: diff\n- type: custom\n  name: x"), @"model.yaml:14: missing key `defined_as` in `postprocessing.variant_effects.scoring_functions[1]` (found `type`, `name`)");
        insta::assert_snapshot!(message("seq_input: seq\nscoring_functions:\n- type: diff\n  default: maybe"), @r#"model.yaml:14: `postprocessing.variant_effects.scoring_functions[0].default` must be true or false, found "maybe""#);
        insta::assert_snapshot!(message("seq_input: seq\nscoring_functions:\n- type: diff\n  args:\n    e: 1"), @"model.yaml:15: `postprocessing.variant_effects.scoring_functions[0].args.e` must be a map, found 1");
        insta::assert_snapshot!(
            message("seq_input: seq\nscoring_functions:\n- type: diff\n  args:\n    e: {type: int, default: x}"),
            @r#"model.yaml:15: `postprocessing.variant_effects.scoring_functions[0].args.e.default` must be of the declared type `int`, found "x""#
        );
    }
}
