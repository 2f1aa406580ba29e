//! Declared arguments: what a scorer or backend accepts, and the checked values that it gets.

use crate::{PluginError, Result, Value};

/// The type of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgKind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number; whole numbers are accepted.
    Float,
    /// Text.
    String,
    /// One of a fixed set of words.
    Choice(&'static [&'static str]),
    /// A list of anything.
    List,
    /// A map of anything.
    Map,
    /// Anything; what takes it checks it.
    Any,
}

/// The value of an argument that is not given.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ArgDefault {
    /// None: the argument must be given.
    Required,
    /// None: the argument may be absent.
    Absent,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    String(&'static str),
}

/// The declaration of one argument.
///
/// ```
/// use kipos_plugin_api::{ArgDefault, ArgKind, ArgSpec};
/// const EPSILON: ArgSpec =
///     ArgSpec::new("epsilon", ArgKind::Float, ArgDefault::Absent, "keeps probabilities inside [e, 1 - e]");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ArgSpec {
    /// The name by which it is given.
    pub name: &'static str,
    /// Its type.
    pub kind: ArgKind,
    /// Its value when it is not given.
    pub default: ArgDefault,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

impl ArgSpec {
    /// Declares an argument.
    pub const fn new(name: &'static str, kind: ArgKind, default: ArgDefault, doc: &'static str) -> Self {
        Self { name, kind, default, doc }
    }

    fn accepts(&self, value: &Value) -> bool {
        match (self.kind, value) {
            (ArgKind::Bool, Value::Bool(_))
            | (ArgKind::Int, Value::Int(_))
            | (ArgKind::Float, Value::Int(_) | Value::Float(_))
            | (ArgKind::String, Value::String(_))
            | (ArgKind::List, Value::List(_))
            | (ArgKind::Map, Value::Map(_))
            | (ArgKind::Any, _) => true,
            (ArgKind::Choice(words), Value::String(text)) => words.contains(&text.as_str()),
            _ => false,
        }
    }

    fn expectation(&self) -> String {
        match self.kind {
            ArgKind::Bool => "true or false".into(),
            ArgKind::Int => "a whole number".into(),
            ArgKind::Float => "a number".into(),
            ArgKind::String => "a string".into(),
            ArgKind::Choice(words) => format!("one of {}", words.join(", ")),
            ArgKind::List => "a list".into(),
            ArgKind::Map => "a map".into(),
            ArgKind::Any => "anything".into(),
        }
    }
}

/// Arguments that were checked against their declaration, with defaults filled in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Args(Vec<(String, Value)>);

impl Args {
    /// Checks `given` (a map, or null for none) against `specs`. A null value counts as not given.
    ///
    /// # Errors
    /// [`ErrorKind::INVALID_ARGUMENT`](crate::ErrorKind::INVALID_ARGUMENT): an unknown argument (the known are
    /// listed), a required one that is missing, or a value of the wrong type.
    pub fn check(given: &Value, specs: &[ArgSpec]) -> Result<Self> {
        let given = match given {
            Value::Null => &[][..],
            Value::Map(entries) => entries,
            other => {
                return Err(PluginError::invalid_argument(format!(
                    "arguments must be a map of names to values, found {} {other}",
                    other.kind()
                )));
            }
        };
        if let Some((name, _)) = given.iter().find(|(name, _)| !specs.iter().any(|spec| spec.name == name)) {
            let known = match specs {
                [] => "it takes none".into(),
                _ => format!("known: {}", specs.iter().map(|s| s.name).collect::<Vec<_>>().join(", ")),
            };
            return Err(PluginError::invalid_argument(format!("unknown argument `{name}` ({known})")));
        }
        let mut checked = Vec::with_capacity(specs.len());
        for spec in specs {
            let value = given.iter().find(|(name, value)| name == spec.name && *value != Value::Null);
            let value = match (value, spec.default) {
                (Some((_, value)), _) if spec.accepts(value) => value.clone(),
                (Some((_, value)), _) => {
                    return Err(PluginError::invalid_argument(format!(
                        "argument `{}` must be {}, found {value}",
                        spec.name,
                        spec.expectation()
                    )));
                }
                (None, ArgDefault::Required) => {
                    return Err(PluginError::invalid_argument(format!(
                        "argument `{}` is required: {}",
                        spec.name, spec.doc
                    )));
                }
                (None, ArgDefault::Absent) => continue,
                (None, ArgDefault::Bool(value)) => Value::Bool(value),
                (None, ArgDefault::Int(value)) => Value::Int(value),
                (None, ArgDefault::Float(value)) => Value::Float(value),
                (None, ArgDefault::String(text)) => Value::String(text.into()),
            };
            checked.push((spec.name.to_owned(), value));
        }
        Ok(Self(checked))
    }

    /// The value of an argument; `None` if it was declared [`ArgDefault::Absent`] and not given.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A text or a choice.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A number.
    pub fn float(&self, name: &str) -> Option<f64> {
        match self.get(name)? {
            Value::Float(value) => Some(*value),
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// A truth value.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[ArgSpec] = &[
        ArgSpec::new("mode", ArgKind::Choice(&["min", "max"]), ArgDefault::String("min"), "how"),
        ArgSpec::new("scale", ArgKind::Float, ArgDefault::Absent, "how much"),
        ArgSpec::new("file", ArgKind::String, ArgDefault::Required, "the model file"),
    ];

    fn check(entries: &[(&str, Value)]) -> Result<Args, String> {
        let map = entries.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
        Args::check(&Value::Map(map), SPECS).map_err(|error| error.message)
    }

    #[test]
    fn defaults_are_filled_in_and_whole_numbers_widen() {
        let args = check(&[("file", Value::String("m".into())), ("scale", Value::Int(2))]).unwrap();
        assert_eq!(args.text("mode"), Some("min"));
        assert_eq!(args.float("scale"), Some(2.0));
        assert_eq!(args.text("file"), Some("m"));
    }

    #[test]
    fn null_means_not_given() {
        let args = check(&[("file", Value::String("m".into())), ("mode", Value::Null)]).unwrap();
        assert_eq!(args.text("mode"), Some("min"));
        assert_eq!(args.get("scale"), None);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        assert_eq!(check(&[]).unwrap_err(), "argument `file` is required: the model file");
        assert_eq!(check(&[("fiel", Value::Null)]).unwrap_err(), "unknown argument `fiel` (known: mode, scale, file)");
        assert_eq!(
            check(&[("file", Value::String("m".into())), ("mode", Value::String("mean".into()))]).unwrap_err(),
            "argument `mode` must be one of min, max, found \"mean\""
        );
        assert_eq!(
            Args::check(&Value::Int(1), SPECS).unwrap_err().message,
            "arguments must be a map of names to values, found int 1"
        );
    }
}
