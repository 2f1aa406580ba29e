//! The dataloaders that are built in, as far as descriptions depend on them.

use kipos_plugin_api::Value;

use super::array::SpecialType;
use super::dtype::parse_dtype;
use super::near_miss::near_miss;

/// A built-in dataloader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NativeLoader {
    /// One-hot encoded DNA of the intervals of a BED file.
    SeqInterval,
    /// DNA of the intervals of a BED file as text.
    StringSeqInterval,
    /// The intervals of a BED file and their labels.
    Bed,
}

impl NativeLoader {
    const ALL: [Self; 3] = [Self::SeqInterval, Self::StringSeqInterval, Self::Bed];

    /// The built-in dataloader that `defined_as` names, as in `kipoiseq.dataloaders.SeqIntervalDl`.
    pub fn from_defined_as(defined_as: &str) -> Option<Self> {
        let class = kipoiseq_class(defined_as)?;
        Self::ALL.into_iter().find(|loader| loader.class_name() == class)
    }

    /// The class of the built-in dataloader whose name is nearly the one that `defined_as` names.
    pub(super) fn near_miss(defined_as: &str) -> Option<&'static str> {
        near_miss(kipoiseq_class(defined_as)?, Self::ALL.map(Self::class_name))
    }

    /// The name of its class.
    pub fn class_name(self) -> &'static str {
        match self {
            Self::SeqInterval => "SeqIntervalDl",
            Self::StringSeqInterval => "StringSeqIntervalDl",
            Self::Bed => "BedDataset",
        }
    }

    /// The arguments that it takes.
    pub fn argument_names(self) -> &'static [&'static str] {
        match self {
            Self::SeqInterval => &[
                "intervals_file",
                "fasta_file",
                "num_chr_fasta",
                "label_dtype",
                "auto_resize_len",
                "use_strand",
                "ignore_targets",
                "alphabet_axis",
                "dummy_axis",
                "alphabet",
                "dtype",
                "neutral_value",
            ],
            Self::StringSeqInterval => &[
                "intervals_file",
                "fasta_file",
                "num_chr_fasta",
                "label_dtype",
                "auto_resize_len",
                "use_strand",
                "force_upper",
                "ignore_targets",
            ],
            Self::Bed => &[
                "tsv_file",
                "label_dtype",
                "bed_columns",
                "num_chr",
                "ambiguous_mask",
                "incl_chromosomes",
                "excl_chromosomes",
                "ignore_targets",
            ],
        }
    }

    /// What an argument must be, if `value` is not that. Null, as no value at all, is always right.
    pub(super) fn unfit(self, argument: &str, value: &Value) -> Option<&'static str> {
        let whole = |least: i64| matches!(value, Value::Int(number) if *number >= least);
        let texts = || matches!(value, Value::List(items) if items.iter().all(|item| item.as_str().is_some()));
        let is_text = value.as_str().is_some();
        let (fits, expected) = match argument {
            "intervals_file" | "fasta_file" | "tsv_file" => (is_text, "a path"),
            "num_chr_fasta" | "num_chr" | "use_strand" | "force_upper" | "ignore_targets" => {
                (matches!(value, Value::Bool(_)), "true or false")
            }
            "label_dtype" | "dtype" => {
                let known = value.as_str().is_some_and(|name| parse_dtype(name).is_ok());
                (known, "a type such as np.float32")
            }
            "auto_resize_len" => (whole(0), "a length in bases"),
            "alphabet_axis" | "dummy_axis" => (whole(0) && !whole(3), "an axis: 0, 1 or 2"),
            "bed_columns" => (whole(3), "a number of columns from 3 on"),
            "alphabet" => (is_text || texts(), "the bases in channel order"),
            "neutral_value" | "ambiguous_mask" => (matches!(value, Value::Int(_) | Value::Float(_)), "a number"),
            "incl_chromosomes" | "excl_chromosomes" => (texts(), "a list of names"),
            _ => (true, ""),
        };
        (!fits && *value != Value::Null).then_some(expected)
    }

    /// The arguments that take a BED file of the user's choice.
    pub fn bed_input(self) -> &'static [&'static str] {
        match self {
            Self::SeqInterval | Self::StringSeqInterval => &["intervals_file"],
            Self::Bed => &[],
        }
    }

    /// What its single array holds, if it is DNA.
    pub fn special_type(self) -> Option<SpecialType> {
        match self {
            Self::SeqInterval => Some(SpecialType::DnaSeq),
            Self::StringSeqInterval => Some(SpecialType::DnaStringSeq),
            Self::Bed => None,
        }
    }
}

/// The class that an import path of kipoiseq names.
fn kipoiseq_class(defined_as: &str) -> Option<&str> {
    let (module, class) = defined_as.rsplit_once('.')?;
    (module == "kipoiseq" || module.starts_with("kipoiseq.")).then_some(class)
}

#[cfg(test)]
mod tests {
    use super::{NativeLoader, Value};

    #[test]
    fn misspelt_classes_are_recognised() {
        let near = NativeLoader::near_miss;
        assert_eq!(near("kipoiseq.dataloaders.SeqIntervalDL"), Some("SeqIntervalDl"));
        assert_eq!(near("kipoiseq.dataloaders.StringSeqIntervalsDl"), Some("StringSeqIntervalDl"));
        assert_eq!(near("kipoiseq.dataloaders.MMSpliceDl"), None);
        assert_eq!(near("dataloader.SeqIntervalDL"), None);
    }

    #[test]
    fn classes_are_recognised_by_their_import_path() {
        let native = NativeLoader::from_defined_as;
        assert_eq!(native("kipoiseq.dataloaders.SeqIntervalDl"), Some(NativeLoader::SeqInterval));
        assert_eq!(native("kipoiseq.dataloaders.sequence.StringSeqIntervalDl"), Some(NativeLoader::StringSeqInterval));
        assert_eq!(native("kipoiseq.dataloaders.BedDataset"), Some(NativeLoader::Bed));
        assert_eq!(native("dataloader.SeqIntervalDl"), None);
        assert_eq!(native("kipoiseq.dataloaders.MMSpliceDl"), None);
        assert_eq!(native("SeqIntervalDl"), None);
    }

    #[test]
    fn no_argument_takes_a_map() {
        let map = Value::Map(Vec::new());
        for loader in NativeLoader::ALL {
            for name in loader.argument_names() {
                assert!(loader.unfit(name, &map).is_some(), "{name}");
                assert_eq!(loader.unfit(name, &Value::Null), None);
            }
        }
    }

    #[test]
    fn bed_arguments_are_arguments() {
        for loader in NativeLoader::ALL {
            assert!(loader.bed_input().iter().all(|name| loader.argument_names().contains(name)));
        }
    }
}
