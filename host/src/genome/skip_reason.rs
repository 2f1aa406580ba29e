//! Why an allele has no score.

use std::fmt;

/// The fixed list of reasons for which an allele stays unscored.
///
/// The names are part of the output format: they stand in annotated VCFs, tables and summaries.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SkipReason {
    /// The record has no alternate allele (ALT is `.`).
    NoAlt,
    /// The alternate allele is symbolic, such as `<DEL>`.
    Symbolic,
    /// The alternate allele is a breakend, such as `G]17:198982]` or `.TGCA`.
    Breakend,
    /// The alternate allele is `*`: a deletion that an earlier record describes.
    SpanningDeletion,
    /// The alternate holds a letter outside ACGT, or the reference one that is no nucleotide.
    NonAcgt,
    /// The reference or alternate allele is longer than half the model's window.
    AlleleTooLong,
    /// The record replaces no single base at POS, so that it has no column in a mutation map.
    NotASubstitution,
    /// The reference allele disagrees with the genome.
    RefMismatch,
    /// The genome has no contig of that name.
    UnknownContig,
    /// The position lies before the first or beyond the last base of the contig.
    OutsideContig,
    /// The model's window leaves the contig.
    WindowOutsideContig,
    /// The variant changes none of the regions the run is restricted to.
    OutsideRegions,
    /// The variant changes none of the loader's ranges.
    NoRange,
    /// Scoring an insertion or deletion needs the genome, and the run has none.
    IndelWithoutGenome,
    /// The window holds more N and other ambiguous letters than allowed.
    TooManyN,
    /// Every score failed for this row: the scorer plugins reported errors.
    PluginError,
}

impl SkipReason {
    /// Every reason, in the order summaries list them.
    pub const ALL: [Self; 16] = [
        Self::NoAlt,
        Self::Symbolic,
        Self::Breakend,
        Self::SpanningDeletion,
        Self::NonAcgt,
        Self::AlleleTooLong,
        Self::NotASubstitution,
        Self::RefMismatch,
        Self::UnknownContig,
        Self::OutsideContig,
        Self::WindowOutsideContig,
        Self::OutsideRegions,
        Self::NoRange,
        Self::IndelWithoutGenome,
        Self::TooManyN,
        Self::PluginError,
    ];

    /// The name as outputs spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAlt => "no_alt",
            Self::Symbolic => "symbolic",
            Self::Breakend => "breakend",
            Self::SpanningDeletion => "spanning_deletion",
            Self::NonAcgt => "non_acgt",
            Self::AlleleTooLong => "allele_too_long",
            Self::NotASubstitution => "not_a_substitution",
            Self::RefMismatch => "ref_mismatch",
            Self::UnknownContig => "unknown_contig",
            Self::OutsideContig => "outside_contig",
            Self::WindowOutsideContig => "window_outside_contig",
            Self::OutsideRegions => "outside_regions",
            Self::NoRange => "no_range",
            Self::IndelWithoutGenome => "indel_without_genome",
            Self::TooManyN => "too_many_n",
            Self::PluginError => "plugin_error",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_documented_one() {
        let names: Vec<_> = SkipReason::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(
            names.join(" "),
            "no_alt symbolic breakend spanning_deletion non_acgt allele_too_long not_a_substitution \
             ref_mismatch unknown_contig outside_contig window_outside_contig outside_regions no_range \
             indel_without_genome too_many_n plugin_error"
        );
    }

    #[test]
    fn all_is_in_declaration_order_and_complete() {
        for (index, reason) in SkipReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
        }
    }
}
