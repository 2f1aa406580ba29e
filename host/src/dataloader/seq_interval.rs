//! The native SeqIntervalDl: one-hot DNA of fixed-length intervals.

use std::path::PathBuf;

use kipos_plugin_api::{DType, Value};
use thiserror::Error;

use crate::sequence::{AlphabetError, DnaRows, LayoutError, OneHotLayout};
use crate::spec::{NativeLoader, parse_dtype};

/// The arguments of SeqIntervalDl that matter to a window of the genome.
#[derive(Debug, Clone, PartialEq)]
pub struct SeqInterval {
    /// The genome, plain or bgzipped FASTA.
    pub fasta_file: PathBuf,
    /// Every interval is resized to this length; `None` keeps its own.
    pub auto_resize_len: Option<usize>,
    /// The letters in the order of the channels.
    pub alphabet: String,
    /// The axis of the letters.
    pub alphabet_axis: usize,
    /// The axis of length 1, if any.
    pub dummy_axis: Option<usize>,
    /// The number type; `None` leaves it to the model.
    pub dtype: Option<DType>,
    /// What a letter outside the alphabet has in every channel.
    pub neutral_value: f32,
}

/// An argument of the loader that makes no sense.
#[derive(Debug, Error)]
pub enum LoaderArgError {
    /// No such argument.
    #[error("unknown dataloader argument `{name}` (known: {})", known().join(", "))]
    Unknown {
        /// The argument.
        name: String,
    },
    /// The genome is not named.
    #[error(
        "the dataloader argument `fasta_file` is missing; give it with --fasta FILE or --dataloader-args fasta_file=FILE"
    )]
    NoFasta,
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

/// Everything that the class understands. Arguments about targets and strands say nothing about a window around a
/// variant, which has neither; contig names are matched whatever their spelling.
fn known() -> &'static [&'static str] {
    NativeLoader::SeqInterval.argument_names()
}

/// Merged arguments, the later list winning.
struct Arguments<'a>(Vec<&'a [(String, Value)]>);

impl Arguments<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        let value = self.0.iter().rev().find_map(|list| list.iter().find(|(key, _)| key == name).map(|(_, v)| v));
        value.filter(|value| **value != Value::Null)
    }

    fn read<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        convert: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, LoaderArgError> {
        let wrong = |value: &Value| LoaderArgError::Type { name, expected, found: value.to_string() };
        self.get(name).map(|value| convert(value).ok_or_else(|| wrong(value))).transpose()
    }
}

fn whole_number(value: &Value) -> Option<usize> {
    match value {
        Value::Int(value) => usize::try_from(*value).ok(),
        _ => None,
    }
}

fn alphabet(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::List(letters) => letters.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|l| l.concat()),
        _ => None,
    }
}

impl SeqInterval {
    /// The loader's arguments: `defaults` of the model's description, overridden by those `given` by the user.
    ///
    /// # Errors
    /// An unknown argument, a missing genome, a value of the wrong type.
    pub fn from_args(defaults: &[(String, Value)], given: &[(String, Value)]) -> Result<Self, LoaderArgError> {
        let unknown = defaults.iter().chain(given).find(|(name, _)| !known().contains(&name.as_str()));
        if let Some((name, _)) = unknown {
            return Err(LoaderArgError::Unknown { name: name.clone() });
        }
        let args = Arguments(vec![defaults, given]);
        let path = |value: &Value| value.as_str().map(PathBuf::from);
        let number = |value: &Value| match value {
            Value::Int(value) => Some(*value as f32),
            Value::Float(value) => Some(*value as f32),
            _ => None,
        };
        let dtype = |value: &Value| value.as_str().and_then(|text| parse_dtype(text).ok());
        Ok(Self {
            fasta_file: args.read("fasta_file", "a path", path)?.ok_or(LoaderArgError::NoFasta)?,
            // 0 means "keep", as in the reference.
            auto_resize_len: args.read("auto_resize_len", "a length in bases", whole_number)?.filter(|&len| len > 0),
            alphabet: args.read("alphabet", "the letters in channel order", alphabet)?.unwrap_or("ACGT".into()),
            alphabet_axis: args.read("alphabet_axis", "an axis: 0, 1 or 2", whole_number)?.unwrap_or(1),
            dummy_axis: args.read("dummy_axis", "an axis: 0, 1 or 2", whole_number)?,
            dtype: args.read("dtype", "a number type such as np.float32", dtype)?,
            neutral_value: args.read("neutral_value", "a number", number)?.unwrap_or(0.25),
        })
    }

    /// An empty block of rows of windows of `length`, in the loader's own number type or else `fallback`.
    ///
    /// # Errors
    /// Axes, an alphabet or a number type that one-hot DNA cannot have.
    pub fn rows(&self, length: usize, dtype: DType) -> Result<DnaRows, LoaderArgError> {
        let layout = OneHotLayout::new(length, self.alphabet_axis, self.dummy_axis)?;
        DnaRows::new(dtype, layout, &self.alphabet, self.neutral_value)?.ok_or(LoaderArgError::DType(dtype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(defaults: &[(&str, Value)], given: &[(&str, Value)]) -> Result<SeqInterval, String> {
        let own = |list: &[(&str, Value)]| list.iter().map(|(k, v)| (k.to_string(), v.clone())).collect::<Vec<_>>();
        SeqInterval::from_args(&own(defaults), &own(given)).map_err(|error| error.to_string())
    }

    fn text(text: &str) -> Value {
        Value::String(text.into())
    }

    #[test]
    fn given_arguments_win_over_defaults() {
        let defaults = [("auto_resize_len", Value::Int(200)), ("dtype", text("np.float32"))];
        let loader = read(&defaults, &[("fasta_file", text("g.fa")), ("auto_resize_len", Value::Int(100))]).unwrap();
        assert_eq!(loader.auto_resize_len, Some(100));
        assert_eq!(loader.dtype, Some(DType::F32));
        assert_eq!((loader.alphabet.as_str(), loader.alphabet_axis, loader.dummy_axis), ("ACGT", 1, None));
        assert_eq!(loader.neutral_value, 0.25);
    }

    #[test]
    fn alphabets_may_be_lists() {
        let letters = Value::List(["A", "G", "C", "T"].map(text).to_vec());
        let loader = read(&[("alphabet", letters)], &[("fasta_file", text("g.fa"))]).unwrap();
        assert_eq!(loader.alphabet, "AGCT");
    }

    #[test]
    fn errors_say_what_to_do() {
        insta::assert_snapshot!(read(&[], &[]).unwrap_err(), @"the dataloader argument `fasta_file` is missing; give it with --fasta FILE or --dataloader-args fasta_file=FILE");
        insta::assert_snapshot!(read(&[], &[("fasta", text("g.fa"))]).unwrap_err(), @"unknown dataloader argument `fasta` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)");
        insta::assert_snapshot!(read(&[], &[("fasta_file", text("g")), ("alphabet_axis", Value::Int(-1))]).unwrap_err(), @"dataloader argument `alphabet_axis` must be an axis: 0, 1 or 2, found -1");
        insta::assert_snapshot!(read(&[], &[("fasta_file", text("g")), ("dtype", text("np.complex"))]).unwrap_err(), @r#"dataloader argument `dtype` must be a number type such as np.float32, found "np.complex""#);
    }
}
