//! The native SeqIntervalDl and StringSeqIntervalDl: DNA of intervals, one-hot or as text.

use std::path::PathBuf;

use kipos_plugin_api::{DType, Value};

use super::arguments::{Arguments, LoaderArgError, whole_number};
use super::bed_dataset::{BedArgs, LABEL_TYPES};
use crate::description::NativeLoader;
use crate::sequence::{DnaRows, OneHotLayout};

/// The arguments of a loader that gives the DNA of intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct SeqInterval {
    /// The genome, plain or bgzipped FASTA.
    pub fasta_file: PathBuf,
    /// Its own intervals, a BED file; nothing where windows are put around variants.
    pub intervals_file: Option<PathBuf>,
    /// Every interval is resized to this length; `None` keeps its own.
    pub auto_resize_len: Option<usize>,
    /// Whether intervals on the reverse strand are read on it.
    pub use_strand: bool,
    /// How DNA is written.
    pub encoding: SequenceEncoding,
    /// The type of the labels in its intervals file; `None` is float64.
    pub label_dtype: Option<DType>,
    /// Whether the labels are passed over.
    pub ignore_targets: bool,
}

/// How a loader writes DNA.
#[derive(Debug, Clone, PartialEq)]
pub enum SequenceEncoding {
    /// A column of numbers per base.
    OneHot(OneHotArgs),
    /// The letters.
    Text {
        /// Whether lower case becomes upper case.
        force_upper: bool,
    },
}

/// How one-hot DNA lies in an array.
#[derive(Debug, Clone, PartialEq)]
pub struct OneHotArgs {
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

/// The letters of an alphabet, written as text or as a list.
pub fn alphabet_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::List(letters) => letters.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|l| l.concat()),
        _ => None,
    }
}

/// The most bases of a window. No model reads as many, and memory is asked for by their number.
pub const LONGEST_WINDOW: usize = 1 << 26;

/// What `auto_resize_len` may be, for messages.
const LENGTH: &str = "a length in bases, at most 67108864";

fn length(value: &Value) -> Option<usize> {
    whole_number(value).filter(|&length| length <= LONGEST_WINDOW)
}

impl SeqInterval {
    /// The arguments of `loader`: `defaults` of the model's description, overridden by those `given` by the user. What
    /// they say about contig names has no meaning here: contigs are matched whatever their spelling.
    ///
    /// # Errors
    /// An unknown argument, a missing genome, a value of the wrong type.
    pub fn from_args(
        loader: NativeLoader,
        defaults: &[(String, Value)],
        given: &[(String, Value)],
    ) -> Result<Self, LoaderArgError> {
        let args = Arguments::of(loader, defaults, given)?;
        args.flag("num_chr_fasta")?;
        let encoding = match loader {
            NativeLoader::StringSeqInterval => {
                SequenceEncoding::Text { force_upper: args.flag("force_upper")?.unwrap_or(true) }
            }
            NativeLoader::SeqInterval | NativeLoader::Bed => SequenceEncoding::OneHot(OneHotArgs::read(&args)?),
        };
        Ok(Self {
            fasta_file: args.path("fasta_file")?.ok_or(LoaderArgError::NoFasta)?,
            intervals_file: args.path("intervals_file")?,
            // 0 means "keep", as in the reference.
            auto_resize_len: args.read("auto_resize_len", LENGTH, length)?.filter(|&len| len > 0),
            use_strand: args.flag("use_strand")?.unwrap_or(false),
            encoding,
            label_dtype: args.dtype("label_dtype", LABEL_TYPES)?,
            ignore_targets: args.flag("ignore_targets")?.unwrap_or(false),
        })
    }
}

impl SeqInterval {
    /// The intervals that it reads and their labels; `with_labels` says whether those are wanted at all.
    ///
    /// # Errors
    /// If they are not named.
    pub fn intervals(&self, with_labels: bool) -> Result<BedArgs, LoaderArgError> {
        let mut args = BedArgs::new(self.intervals_file.clone().ok_or(LoaderArgError::NoIntervals)?);
        args.bed_columns = if self.use_strand { 6 } else { 3 };
        args.label_dtype = self.label_dtype;
        args.ignore_targets = self.ignore_targets || !with_labels;
        Ok(args)
    }
}

impl OneHotArgs {
    fn read(args: &Arguments<'_>) -> Result<Self, LoaderArgError> {
        let number = |value: &Value| match value {
            Value::Int(value) => Some(*value as f32),
            Value::Float(value) => Some(*value as f32),
            _ => None,
        };
        Ok(Self {
            alphabet: args.read("alphabet", "the bases in channel order", alphabet_of)?.unwrap_or("ACGT".into()),
            alphabet_axis: args.read("alphabet_axis", "an axis: 0, 1 or 2", whole_number)?.unwrap_or(1),
            dummy_axis: args.read("dummy_axis", "an axis: 0, 1 or 2", whole_number)?,
            dtype: args.dtype("dtype", "a number type such as np.float32")?,
            neutral_value: args.read("neutral_value", "a number", number)?.unwrap_or(0.25),
        })
    }

    /// An empty block of rows of windows of `length` and of type `dtype`.
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
        let loader = NativeLoader::SeqInterval;
        SeqInterval::from_args(loader, &own(defaults), &own(given)).map_err(|error| error.to_string())
    }

    fn one_hot(loader: SeqInterval) -> OneHotArgs {
        let SequenceEncoding::OneHot(args) = loader.encoding else { panic!() };
        args
    }

    fn text(text: &str) -> Value {
        Value::String(text.into())
    }

    #[test]
    fn given_arguments_win_over_defaults() {
        let defaults = [("auto_resize_len", Value::Int(200)), ("dtype", text("np.float32"))];
        let loader = read(&defaults, &[("fasta_file", text("g.fa")), ("auto_resize_len", Value::Int(100))]).unwrap();
        assert_eq!(loader.auto_resize_len, Some(100));
        assert!(!loader.use_strand && loader.intervals_file.is_none());
        let args = one_hot(loader);
        assert_eq!(args.dtype, Some(DType::F32));
        assert_eq!((args.alphabet.as_str(), args.alphabet_axis, args.dummy_axis), ("ACGT", 1, None));
        assert_eq!(args.neutral_value, 0.25);
    }

    #[test]
    fn alphabets_may_be_lists() {
        let letters = Value::List(["A", "G", "C", "T"].map(text).to_vec());
        let loader = read(&[("alphabet", letters)], &[("fasta_file", text("g.fa"))]).unwrap();
        assert_eq!(one_hot(loader).alphabet, "AGCT");
    }

    #[test]
    fn text_has_arguments_of_its_own() {
        let given = |name: &str, value| [("fasta_file".into(), text("g.fa")), (name.into(), value)];
        let read = |name, value| SeqInterval::from_args(NativeLoader::StringSeqInterval, &[], &given(name, value));
        let loader = read("force_upper", Value::Bool(false)).unwrap();
        assert_eq!(loader.encoding, SequenceEncoding::Text { force_upper: false });
        assert!(read("use_strand", Value::Bool(true)).unwrap().use_strand);
        insta::assert_snapshot!(read("alphabet", text("ACGT")).unwrap_err(), @"unknown dataloader argument `alphabet` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, force_upper, ignore_targets)");
    }

    #[test]
    fn errors_say_what_to_do() {
        insta::assert_snapshot!(read(&[], &[]).unwrap_err(), @"the dataloader argument `fasta_file` is missing; give it with --fasta FILE or --dataloader-args fasta_file=FILE");
        insta::assert_snapshot!(read(&[], &[("fasta", text("g.fa"))]).unwrap_err(), @"unknown dataloader argument `fasta` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)");
        insta::assert_snapshot!(read(&[], &[("fasta_file", text("g")), ("alphabet_axis", Value::Int(-1))]).unwrap_err(), @"dataloader argument `alphabet_axis` must be an axis: 0, 1 or 2, found -1");
        insta::assert_snapshot!(read(&[], &[("fasta_file", text("g")), ("dtype", text("np.complex"))]).unwrap_err(), @r#"dataloader argument `dtype` must be a number type such as np.float32, found "np.complex""#);
    }

    /// kipoiseq's table of axes, whole: for each pair of arguments the shape, and which axes run along the sequence and
    /// over the letters.
    #[test]
    fn every_combination_of_axes_puts_ones_and_quarters_where_it_says() {
        type Found = Option<(&'static [usize], usize, usize)>;
        let table: [(Value, [Found; 3]); 4] = [
            (Value::Null, [Some((&[4, 5], 1, 0)), Some((&[5, 4], 0, 1)), None]),
            (Value::Int(0), [None, Some((&[1, 4, 5], 2, 1)), Some((&[1, 5, 4], 1, 2))]),
            (Value::Int(1), [Some((&[4, 1, 5], 2, 0)), None, Some((&[5, 1, 4], 0, 2))]),
            (Value::Int(2), [Some((&[4, 5, 1], 1, 0)), Some((&[5, 4, 1], 0, 1)), None]),
        ];
        for (dummy, expected) in table {
            for (alphabet_axis, expected) in expected.into_iter().enumerate() {
                let axes = [("alphabet_axis", Value::Int(alphabet_axis as i64)), ("dummy_axis", dummy.clone())];
                let args = one_hot(read(&axes, &[("fasta_file", text("g.fa"))]).unwrap());
                let rows = args.rows(5, DType::F32);
                let Some((shape, along, over)) = expected else {
                    let message = rows.unwrap_err().to_string();
                    assert!(message.starts_with("`alphabet_axis: "), "{message}");
                    continue;
                };
                let mut rows = rows.unwrap();
                rows.push(b"ACNtR");
                let of_block = rows.shape();
                assert_eq!(of_block[1..], *shape, "{axes:?}");
                let view = rows.view(&of_block).unwrap();
                let kipos_plugin_api::DataView::F32(elements) = view.data() else { panic!() };
                for (index, element) in elements.iter().enumerate() {
                    let mut rest = index;
                    let mut indices = vec![0; shape.len()];
                    for (axis, length) in shape.iter().enumerate().rev() {
                        (indices[axis], rest) = (rest % length, rest / length);
                    }
                    let column = [[1., 0., 0., 0.], [0., 1., 0., 0.], [0.25; 4], [0., 0., 0., 1.], [0.25; 4]];
                    assert_eq!(*element, column[indices[along]][indices[over]], "{axes:?} at {indices:?}");
                }
            }
        }
    }

    #[test]
    fn every_argument_is_understood_in_its_place() {
        let bool_true = Value::Bool(true);
        let given = [
            ("fasta_file", text("g.fa")),
            ("intervals_file", text("i.bed")),
            ("num_chr_fasta", bool_true.clone()),
            ("label_dtype", text("np.float32")),
            ("auto_resize_len", Value::Int(0)),
            ("use_strand", bool_true.clone()),
            ("ignore_targets", bool_true),
            ("dtype", Value::Null),
        ];
        let loader = read(&[("auto_resize_len", Value::Int(101))], &given).unwrap();
        assert_eq!((loader.auto_resize_len, loader.label_dtype), (None, Some(DType::F32)));
        let intervals = loader.intervals(true).unwrap();
        assert_eq!((intervals.bed_columns, intervals.label_dtype), (6, Some(DType::F32)));
        assert!(intervals.ignore_targets && loader.use_strand);
        for (name, value, expected) in [
            ("num_chr_fasta", text("yes"), "true or false"),
            ("use_strand", Value::Int(1), "true or false"),
            ("auto_resize_len", Value::Int(-4), LENGTH),
            ("auto_resize_len", Value::Int(67_108_865), LENGTH),
            ("auto_resize_len", Value::Float(4.0), LENGTH),
            ("alphabet", Value::Int(4), "the bases in channel order"),
            ("fasta_file", Value::Int(0), "a path"),
            ("label_dtype", text("open('x')"), "a type such as np.float32, int or str"),
        ] {
            let message = read(&[("fasta_file", text("g.fa"))], &[(name, value)]).unwrap_err();
            assert!(
                message.starts_with(&format!("dataloader argument `{name}` must be {expected}, found ")),
                "{message}"
            );
        }
    }
}
