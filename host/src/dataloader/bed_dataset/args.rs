//! The arguments of a BedDataset.

use std::path::PathBuf;

use kipos_plugin_api::{DType, Value};

use super::{BedError, Naming};
use crate::dataloader::arguments::{Arguments, LoaderArgError, whole_number};
use crate::description::NativeLoader;

/// The arguments of a loader that gives intervals and their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct BedArgs {
    /// The BED file, plain or bgzipped.
    pub tsv_file: PathBuf,
    /// The type of the labels; `None` is float64.
    pub label_dtype: Option<DType>,
    /// How many columns belong to the interval, at least 3; with 6 or more it has a strand.
    pub bed_columns: usize,
    /// Whether contigs shall be named without `chr`, which the first row decides for all; `None` leaves names alone.
    pub num_chr: Option<bool>,
    /// Rows all of whose labels are this are left out.
    pub ambiguous_mask: Option<f64>,
    /// Only rows on these contigs are read; `None` is all.
    pub incl_chromosomes: Option<Vec<String>>,
    /// Rows on these contigs are left out.
    pub excl_chromosomes: Vec<String>,
    /// Whether the labels are passed over.
    pub ignore_targets: bool,
}

impl BedArgs {
    /// All intervals of a file, whose contigs keep their names.
    pub fn new(tsv_file: PathBuf) -> Self {
        Self {
            tsv_file,
            label_dtype: None,
            bed_columns: 3,
            num_chr: None,
            ambiguous_mask: None,
            incl_chromosomes: None,
            excl_chromosomes: Vec::new(),
            ignore_targets: false,
        }
    }

    /// The arguments of a BedDataset: `defaults` of a description, overridden by those `given` by the user.
    ///
    /// # Errors
    /// An unknown argument, a missing file, a value of the wrong type.
    pub fn from_args(defaults: &[(String, Value)], given: &[(String, Value)]) -> Result<Self, LoaderArgError> {
        let args = Arguments::of(NativeLoader::Bed, defaults, given)?;
        let number = |value: &Value| match value {
            Value::Int(value) => Some(*value as f64),
            Value::Float(value) => Some(*value),
            _ => None,
        };
        let names = |value: &Value| match value {
            Value::List(names) => names.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let columns = |value: &Value| whole_number(value).filter(|&columns| columns >= 3);
        Ok(Self {
            tsv_file: args.path("tsv_file")?.ok_or(LoaderArgError::NoTable)?,
            label_dtype: args.dtype("label_dtype", LABEL_TYPES)?,
            bed_columns: args.read("bed_columns", "a number of columns from 3 on", columns)?.unwrap_or(3),
            num_chr: Some(args.flag("num_chr")?.unwrap_or(false)),
            ambiguous_mask: args.read("ambiguous_mask", "a number", number)?,
            incl_chromosomes: args.read("incl_chromosomes", "a list of names", names)?,
            excl_chromosomes: args.read("excl_chromosomes", "a list of names", names)?.unwrap_or_default(),
            ignore_targets: args.flag("ignore_targets")?.unwrap_or(false),
        })
    }

    /// What the names of contigs become if the first row has this one.
    pub(super) fn naming(&self, contig: &str) -> Naming {
        match (self.num_chr, contig.starts_with("chr")) {
            (Some(true), true) => Naming::WithoutChr,
            (Some(false), false) => Naming::WithChr,
            _ => Naming::AsTheyAre,
        }
    }

    /// Whether a row on this contig, with these labels, is read.
    pub(super) fn wants(&self, contig: &str, labels: &[&str]) -> bool {
        let named = |names: &Vec<String>| names.iter().any(|name| name == contig);
        let is_ambiguous = |mask: f64| !labels.is_empty() && labels.iter().all(|label| label.parse() == Ok(mask));
        self.incl_chromosomes.as_ref().is_none_or(named)
            && !named(&self.excl_chromosomes)
            && !self.ambiguous_mask.is_some_and(is_ambiguous)
    }

    pub(super) fn too_few_columns(&self, line: u64, found: usize) -> BedError {
        BedError::TooFewColumns { path: self.tsv_file.clone(), line, found, expected: self.bed_columns }
    }

    pub(super) fn no_strand(&self, line: u64, found: &str) -> BedError {
        BedError::Strand { path: self.tsv_file.clone(), line, found: found.to_owned() }
    }
}

/// What `label_dtype` may be, for messages.
pub(crate) const LABEL_TYPES: &str = "a type such as np.float32, int or str";
