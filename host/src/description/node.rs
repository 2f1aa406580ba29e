//! Reading typed values out of a parsed file, each knowing where it stands.

use kipos_plugin_api::Value;
use serde_yaml::Value as Yaml;

use super::document::Document;
use super::error::{SpecError, SpecPlace, SpecWarning};
use super::locate::Step;
use super::near_miss::near_miss;
use crate::name_list::any_of;

/// Messages quote at most this many characters of a text.
const QUOTED: usize = 60;

/// A value and its place.
#[derive(Clone)]
pub(super) struct Node<'d> {
    document: &'d Document,
    steps: Vec<Step>,
    value: &'d Yaml,
}

impl<'d> Node<'d> {
    pub(super) fn new(document: &'d Document, steps: Vec<Step>, value: &'d Yaml) -> Self {
        Self { document, steps, value }
    }

    fn child(&self, step: Step, value: &'d Yaml) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { document: self.document, steps, value }
    }

    pub(super) fn document(&self) -> &'d Document {
        self.document
    }

    pub(super) fn place(&self) -> SpecPlace {
        self.document.place(&self.steps)
    }

    pub(super) fn yaml(&self) -> &'d Yaml {
        self.value
    }

    /// The error that this value is not `expected`.
    pub(super) fn unexpected(&self, expected: impl Into<String>) -> SpecError {
        SpecError::Unexpected { at: self.place(), expected: expected.into(), found: describe(self.value) }
    }

    /// The error that `name`, which this value gives, is not one of `known`.
    pub(super) fn unknown_name<'a>(&self, name: &str, known: impl IntoIterator<Item = &'a str>) -> SpecError {
        SpecError::unknown_name(self.place(), name, known)
    }

    pub(super) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub(super) fn is_map(&self) -> bool {
        self.value.is_mapping()
    }

    pub(super) fn is_list(&self) -> bool {
        self.value.is_sequence()
    }

    /// Whether this is a question that is still open: the text `?`, which drafts of descriptions have in place of what
    /// only a person knows.
    pub(super) fn is_question(&self) -> bool {
        is_question(self.value)
    }

    /// Whether this is a text, a number or a truth value.
    pub(super) fn is_scalar(&self) -> bool {
        !self.is_map() && !self.is_list() && !self.is_null()
    }

    /// A map whose keys are `known`; all others are warned about.
    pub(super) fn fields(
        self,
        known: &[&'static str],
        warnings: &mut Vec<SpecWarning>,
    ) -> Result<Fields<'d>, SpecError> {
        let entries = self.entries()?;
        for (key, child) in &entries {
            if !known.contains(&key.as_str()) {
                let near = near_miss(key, known.iter().copied()).map(str::to_owned);
                warnings.push(SpecWarning::UnknownKey { at: child.place(), near });
            }
        }
        Ok(Fields { node: self, entries })
    }

    /// A map whose keys are `known`; any other is an error.
    pub(super) fn only_fields(self, known: &[&'static str]) -> Result<Fields<'d>, SpecError> {
        let entries = self.entries()?;
        match entries.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, child)) => {
                let hint = match near_miss(key, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known: {}", known.join(", ")),
                };
                Err(SpecError::UnknownKey { at: child.place(), hint })
            }
            None => Ok(Fields { node: self, entries }),
        }
    }

    /// The entries of a map, in their order.
    pub(super) fn entries(&self) -> Result<Vec<(String, Node<'d>)>, SpecError> {
        let map = self.value.as_mapping().ok_or_else(|| self.unexpected("a map"))?;
        map.iter()
            .map(|(key, value)| {
                let key = scalar_text(key).ok_or_else(|| {
                    let found = format!("the key {}", describe(key));
                    SpecError::Unexpected { at: self.place(), expected: "a map with strings as keys".into(), found }
                })?;
                let child = self.child(Step::Key(key.clone()), value);
                Ok((key, child))
            })
            .collect()
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Result<Vec<Node<'d>>, SpecError> {
        let items = self.value.as_sequence().ok_or_else(|| self.unexpected("a list"))?;
        Ok(items.iter().enumerate().map(|(i, value)| self.child(Step::Index(i), value)).collect())
    }

    /// A text.
    pub(super) fn text(&self) -> Result<&'d str, SpecError> {
        self.value.as_str().ok_or_else(|| self.unexpected("a string"))
    }

    /// A text, or a number taken for one.
    pub(super) fn text_or_number(&self) -> Result<String, SpecError> {
        match self.value {
            Yaml::String(_) | Yaml::Number(_) => scalar_text(self.value),
            _ => None,
        }
        .ok_or_else(|| self.unexpected("a string"))
    }

    /// One of these values, each spelled as `word` says.
    pub(super) fn one_of<T: Copy>(&self, values: &[T], word: impl Fn(T) -> &'static str) -> Result<T, SpecError> {
        let meant = self.value.as_str().and_then(|text| values.iter().find(|value| word(**value) == text));
        meant.copied().ok_or_else(|| self.unexpected(any_of(values.iter().map(|value| word(*value)))))
    }

    /// A whole number from 0.
    pub(super) fn whole_number(&self) -> Option<usize> {
        self.value.as_u64().and_then(|number| usize::try_from(number).ok())
    }

    /// A list of texts or numbers, or one alone.
    pub(super) fn texts(&self) -> Result<Vec<String>, SpecError> {
        if self.is_list() {
            self.items()?.iter().map(Self::text_or_number).collect()
        } else {
            self.text_or_number().map(|text| vec![text]).map_err(|_| self.unexpected("a string or a list of strings"))
        }
    }

    /// `true` or `false`, or the `yes` and `no` of older YAML, which Kipoi reads.
    pub(super) fn flag(&self) -> Result<bool, SpecError> {
        match self.value.as_str() {
            Some("yes" | "Yes" | "YES" | "on" | "On" | "ON") => Some(true),
            Some("no" | "No" | "NO" | "off" | "Off" | "OFF") => Some(false),
            _ => self.value.as_bool(),
        }
        .ok_or_else(|| self.unexpected("true or false"))
    }

    /// The value as plugins see it.
    pub(super) fn value(&self) -> Result<Value, SpecError> {
        Ok(match self.value {
            Yaml::Null => Value::Null,
            Yaml::Bool(value) => Value::Bool(*value),
            Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::Int(whole),
                (None, Some(number)) if !self.value.is_u64() => Value::Float(number),
                _ => return Err(self.unexpected("a number below 2^63")),
            },
            Yaml::String(text) => Value::String(text.clone()),
            Yaml::Sequence(_) => Value::List(self.items()?.iter().map(Self::value).collect::<Result<_, _>>()?),
            Yaml::Mapping(_) => Value::Map(
                self.entries()?
                    .into_iter()
                    .map(|(key, child)| child.value().map(|value| (key, value)))
                    .collect::<Result<_, _>>()?,
            ),
            Yaml::Tagged(_) => return Err(self.unexpected("a plain value without a tag")),
        })
    }

    /// A map as plugins see it; null is an empty one.
    pub(super) fn value_map(&self) -> Result<Value, SpecError> {
        match self.value {
            Yaml::Null => Ok(Value::Map(Vec::new())),
            Yaml::Mapping(_) => self.value(),
            _ => Err(self.unexpected("a map of names to values")),
        }
    }
}

/// A map of which some keys are known.
pub(super) struct Fields<'d> {
    node: Node<'d>,
    entries: Vec<(String, Node<'d>)>,
}

impl<'d> Fields<'d> {
    /// The value of a key; `None` if it is absent, empty or an open question.
    pub(super) fn optional(&self, key: &str) -> Option<&Node<'d>> {
        self.present(key).filter(|child| !child.is_null() && !child.is_question())
    }

    /// The value of a key, which may be null.
    pub(super) fn present(&self, key: &str) -> Option<&Node<'d>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, child)| child)
    }

    /// The value of a key.
    pub(super) fn required(&self, key: &str) -> Result<&Node<'d>, SpecError> {
        self.present(key).ok_or_else(|| self.missing(key))
    }

    /// The error that a key is absent.
    pub(super) fn missing(&self, key: &str) -> SpecError {
        let names: Vec<&str> = self.entries.iter().map(|(name, _)| name.as_str()).collect();
        let mut at = self.node.place();
        let hint = match near_miss(key, names.iter().copied()) {
            Some(near) => {
                at.line = self.present(near).map_or(at.line, |child| child.place().line);
                format!("found `{near}`, did you mean `{key}`?")
            }
            None if names.is_empty() => "found no keys".into(),
            None => format!("found {}", list(&names)),
        };
        SpecError::MissingKey { at, missing: key.into(), hint }
    }

    /// A text that may be absent.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, SpecError> {
        self.optional(key).map(Node::text_or_number).transpose()
    }

    /// Texts, one or several, that may be absent.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, SpecError> {
        self.optional(key).map_or(Ok(Vec::new()), Node::texts)
    }

    /// A truth value that may be absent, and then is `false`.
    pub(super) fn flag(&self, key: &str) -> Result<bool, SpecError> {
        self.optional(key).map_or(Ok(false), Node::flag)
    }
}

/// What stands for an answer that only a person knows.
const QUESTION: &str = "?";

/// Whether this is the text `?`.
pub(super) fn is_question(value: &Yaml) -> bool {
    value.as_str() == Some(QUESTION)
}

/// The text of a text, number or truth value.
fn scalar_text(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Names in backquotes; the tail of a long list is left out.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{}`", shorten(name))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(", ...");
    }
    text
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into(),
    }
}

/// A value in a few words.
fn describe(value: &Yaml) -> String {
    match value {
        Yaml::Null => "nothing".into(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Number(number) => number.to_string(),
        Yaml::String(text) => format!("{:?}", shorten(text)),
        Yaml::Sequence(items) => match items.len() {
            0 => "an empty list".into(),
            1 => "a list of 1 item".into(),
            n => format!("a list of {n} items"),
        },
        Yaml::Mapping(map) if map.is_empty() => "an empty map".into(),
        Yaml::Mapping(map) => {
            let keys: Vec<String> = map.keys().filter_map(scalar_text).collect();
            format!("a map of {}", list(&keys.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        Yaml::Tagged(tagged) => format!("a value tagged {}", tagged.tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn value(text: &str) -> Result<String, String> {
        let document = Document::parse(Path::new("model.yaml"), text.into()).map_err(|error| error.to_string())?;
        document.root().value().map(|value| value.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn values_keep_their_types_and_order() {
        let text = "{b: 1, a: [1.5, x, true, ~, 0x10, '2', .inf], 3: {}}";
        insta::assert_snapshot!(value(text).unwrap(), @r#"{b: 1, a: [1.5, "x", true, null, 16, "2", inf], 3: {}}"#);
    }

    #[test]
    fn values_that_plugins_cannot_see_are_refused() {
        insta::assert_snapshot!(value("a:\n  b: !own [1]").unwrap_err(), @"model.yaml:2: `a.b` must be a plain value without a tag, found a value tagged !own");
        insta::assert_snapshot!(value("a: 1\nb: 18446744073709551615").unwrap_err(), @"model.yaml:2: `b` must be a number below 2^63, found 18446744073709551615");
        insta::assert_snapshot!(value("a:\n  [1, 2]: x").unwrap_err(), @"model.yaml:1: `a` must be a map with strings as keys, found the key a list of 2 items");
    }

    #[test]
    fn long_findings_are_cut() {
        let text = format!("\"{}\"", "é".repeat(100));
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let message = document.root().flag().unwrap_err().to_string();
        assert!(message.contains(&format!("{}...", "é".repeat(60))), "{message}");
        assert!(!message.contains(&"é".repeat(61)), "{message}");
    }
}
