//! Arguments of native loaders.

use std::path::PathBuf;

use kipos_plugin_api::{DType, Value};
use thiserror::Error;

use crate::description::{NativeLoader, parse_dtype};
use crate::sequence::{AlphabetError, LayoutError};

/// An argument of the loader that makes no sense.
#[derive(Debug, Error)]
pub enum LoaderArgError {
    /// No such argument.
    #[error("unknown dataloader argument `{name}` (known: {})", known.join(", "))]
    Unknown {
        /// The argument.
        name: String,
        /// Those that the loader has.
        known: &'static [&'static str],
    },
    /// The genome is not named.
    #[error(
        "the dataloader argument `fasta_file` is missing; give it with --fasta FILE or --dataloader-args fasta_file=FILE"
    )]
    NoFasta,
    /// The table of intervals is not named.
    #[error("the dataloader argument `tsv_file` is missing; give it with --dataloader-args tsv_file=FILE")]
    NoTable,
    /// The intervals are not named.
    #[error(
        "the dataloader argument `intervals_file` is missing; give it with --intervals FILE or --dataloader-args \
         intervals_file=FILE, or name --regions"
    )]
    NoIntervals,
    /// A value of the wrong type.
    #[error("dataloader argument `{name}` must be {expected}, found {found}")]
    Type {
        /// The argument.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Axes that do not go together.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// Not an order of A, C, G and T.
    #[error(transparent)]
    Alphabet(#[from] AlphabetError),
    /// A type that one-hot arrays cannot have.
    #[error("one-hot DNA cannot be of type {0}; use a float or integer type")]
    DType(DType),
}

/// Merged arguments, the later list winning.
pub(super) struct Arguments<'a>(Vec<&'a [(String, Value)]>);

impl<'a> Arguments<'a> {
    /// The arguments of `loader`.
    ///
    /// # Errors
    /// One that it does not have.
    pub(super) fn of(
        loader: NativeLoader,
        defaults: &'a [(String, Value)],
        given: &'a [(String, Value)],
    ) -> Result<Self, LoaderArgError> {
        let known = loader.argument_names();
        let unknown = defaults.iter().chain(given).find(|(name, _)| !known.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err(LoaderArgError::Unknown { name: name.clone(), known }),
            None => Ok(Self(vec![defaults, given])),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let value = self.0.iter().rev().find_map(|list| list.iter().find(|(key, _)| key == name).map(|(_, v)| v));
        value.filter(|value| **value != Value::Null)
    }

    /// The value of an argument, as `convert` understands it; `None` if it is not given or null.
    ///
    /// # Errors
    /// A value that `convert` does not understand.
    pub(super) fn read<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        convert: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, LoaderArgError> {
        let wrong = |value: &Value| LoaderArgError::Type { name, expected, found: value.to_string() };
        self.get(name).map(|value| convert(value).ok_or_else(|| wrong(value))).transpose()
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<Option<bool>, LoaderArgError> {
        self.read(name, "true or false", |value| match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        })
    }

    pub(super) fn path(&self, name: &'static str) -> Result<Option<PathBuf>, LoaderArgError> {
        self.read(name, "a path", |value| value.as_str().map(PathBuf::from))
    }

    pub(super) fn dtype(&self, name: &'static str, expected: &'static str) -> Result<Option<DType>, LoaderArgError> {
        self.read(name, expected, |value| value.as_str().and_then(|text| parse_dtype(text).ok()))
    }
}

/// A number from 0 on.
pub(super) fn whole_number(value: &Value) -> Option<usize> {
    match value {
        Value::Int(value) => usize::try_from(*value).ok(),
        _ => None,
    }
}
