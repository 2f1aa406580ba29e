//! The dataloaders that are built in, as far as descriptions depend on them.

use super::array::SpecialType;

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
        let (module, class) = defined_as.rsplit_once('.')?;
        let is_kipoiseq = module == "kipoiseq" || module.starts_with("kipoiseq.");
        Self::ALL.into_iter().find(|loader| is_kipoiseq && loader.class_name() == class)
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

#[cfg(test)]
mod tests {
    use super::NativeLoader;

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
    fn bed_arguments_are_arguments() {
        for loader in NativeLoader::ALL {
            assert!(loader.bed_input().iter().all(|name| loader.argument_names().contains(name)));
        }
    }
}
