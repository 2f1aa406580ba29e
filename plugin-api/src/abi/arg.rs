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

wire_struct! { OwnedArgSpec => AbiArgSpec { name: String, kind: String, required: bool, default: Value, doc: String } }
