//! How scored variants are written.

use crate::sink::{MultiRegion, OnExisting, VcfStyle};

/// How scored variants are written into annotated VCFs and tables.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct VcfChoice {
    /// How INFO keys and values are spelled. Default: kipos's own style, with 6 significant digits.
    pub style: VcfStyle,
    /// The model's name in INFO keys. Default: the name of its directory; in Kipoi style the path as given.
    pub model_name: Option<String>,
    /// Which window speaks for an allele that has several. Default: [`MultiRegion::Nearest`].
    pub multi_region: MultiRegion,
    /// Leave out records without a scored allele. Default: false.
    pub only_scored: bool,
    /// Write `CHROM:POS:REF:['ALT']` into the ID column. Default: false.
    pub std_var_id: bool,
    /// What happens to values of an earlier run. Default: [`OnExisting::Replace`].
    pub on_existing: OnExisting,
}
