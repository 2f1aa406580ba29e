//! Values and argument declarations on the wire.

use abi_stable::{
    StableAbi,
    std_types::{RString, RVec, Tuple2},
};

use super::Wire;
use super::wire::wire_struct;
use crate::{ArgDefault, ArgKind, ArgSpec, Value};

/// The twin of [`Value`].
#[repr(u8)]
#[derive(StableAbi, Debug, Clone)]
#[allow(missing_docs)]
pub enum AbiValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(RString),
    List(RVec<AbiValue>),
    Map(RVec<Tuple2<RString, AbiValue>>),
}

impl Wire for Value {
    type Abi = AbiValue;
    fn into_abi(self) -> AbiValue {
        match self {
            Self::Null => AbiValue::Null,
            Self::Bool(value) => AbiValue::Bool(value),
            Self::Int(value) => AbiValue::Int(value),
            Self::Float(value) => AbiValue::Float(value),
            Self::String(text) => AbiValue::String(text.into_abi()),
            Self::List(items) => AbiValue::List(items.into_abi()),
            Self::Map(entries) => AbiValue::Map(entries.into_abi()),
        }
    }
    fn from_abi(abi: AbiValue) -> Self {
        match abi {
            AbiValue::Null => Self::Null,
            AbiValue::Bool(value) => Self::Bool(value),
            AbiValue::Int(value) => Self::Int(value),
            AbiValue::Float(value) => Self::Float(value),
            AbiValue::String(text) => Self::String(text.into()),
            AbiValue::List(items) => Self::List(Wire::from_abi(items)),
            AbiValue::Map(entries) => Self::Map(Wire::from_abi(entries)),
        }
    }
}

/// The declaration of an argument as the host lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedArgSpec {
    /// Its name.
    pub name: String,
    /// Its type in words, for instance `float` or `min|max`.
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
    /// Its value when not given; null if none.
    pub default: Value,
    /// What it does.
    pub doc: String,
}

impl From<&ArgSpec> for OwnedArgSpec {
    fn from(spec: &ArgSpec) -> Self {
        let kind = match spec.kind {
            ArgKind::Bool => "bool".into(),
            ArgKind::Int => "int".into(),
            ArgKind::Float => "float".into(),
            ArgKind::String => "string".into(),
            ArgKind::Choice(words) => words.join("|"),
            ArgKind::List => "list".into(),
            ArgKind::Map => "map".into(),
            ArgKind::Any => "any".into(),
        };
        let default = match spec.default {
            ArgDefault::Required | ArgDefault::Absent => Value::Null,
            ArgDefault::Bool(value) => Value::Bool(value),
            ArgDefault::Int(value) => Value::Int(value),
            ArgDefault::Float(value) => Value::Float(value),
            ArgDefault::String(text) => Value::String(text.into()),
        };
        let required = spec.default == ArgDefault::Required;
        Self { name: spec.name.into(), kind, required, default, doc: spec.doc.into() }
    }
}

impl OwnedArgSpec {
    /// What a value must be and is not, as `a string`; `None` if it is that, or is null and so counts as not given. What a
    /// kind of a later version takes is not known here, so it takes everything.
    pub fn expectation(&self, value: &Value) -> Option<String> {
        let (fits, words) = match (self.kind.as_str(), value) {
            (_, Value::Null) => return None,
            ("bool", value) => (matches!(value, Value::Bool(_)), "true or false"),
            ("int", value) => (matches!(value, Value::Int(_)), "a whole number"),
            ("float", value) => (matches!(value, Value::Int(_) | Value::Float(_)), "a number"),
            ("string", value) => (matches!(value, Value::String(_)), "a string"),
            ("list", value) => (matches!(value, Value::List(_)), "a list"),
            ("map", value) => (matches!(value, Value::Map(_)), "a map"),
            (words, value) if words.contains('|') => {
                let is_listed = value.as_str().is_some_and(|text| words.split('|').any(|word| word == text));
                return (!is_listed).then(|| format!("one of {}", words.replace('|', ", ")));
            }
            _ => return None,
        };
        (!fits).then(|| words.to_owned())
    }
}

wire_struct! { OwnedArgSpec => AbiArgSpec { name: String, kind: String, required: bool, default: Value, doc: String } }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_types_are_told() {
        let expected = |kind: ArgKind, value: Value| {
            let spec = ArgSpec::new("a", kind, ArgDefault::Absent, "");
            OwnedArgSpec::from(&spec).expectation(&value)
        };
        let fits = [
            (ArgKind::Bool, Value::Bool(true)),
            (ArgKind::Int, Value::Int(1)),
            (ArgKind::Float, Value::Int(1)),
            (ArgKind::Float, Value::Float(1.5)),
            (ArgKind::String, Value::String("x".into())),
            (ArgKind::List, Value::List(Vec::new())),
            (ArgKind::Map, Value::Map(Vec::new())),
            (ArgKind::Choice(&["min", "max"]), Value::String("max".into())),
            (ArgKind::Any, Value::Int(1)),
            (ArgKind::String, Value::Null),
        ];
        for (kind, value) in fits {
            assert_eq!(expected(kind, value.clone()), None, "{value}");
        }
        let wrong = [
            (ArgKind::Bool, "true or false"),
            (ArgKind::Int, "a whole number"),
            (ArgKind::Float, "a number"),
            (ArgKind::List, "a list"),
            (ArgKind::Map, "a map"),
            (ArgKind::Choice(&["min", "max"]), "one of min, max"),
        ];
        for (kind, words) in wrong {
            assert_eq!(expected(kind, Value::String("x".into())).as_deref(), Some(words));
        }
        assert_eq!(expected(ArgKind::String, Value::Int(1)).as_deref(), Some("a string"));
    }
}
