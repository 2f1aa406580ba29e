//! What the user should know of a run that goes on all the same.

use std::fmt;

/// A sentence, with a code that stays the same when the sentence is worded anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The kind of the warning.
    pub code: WarningCode,
    /// One sentence.
    pub text: String,
}

impl Warning {
    /// A warning of this kind.
    pub fn new(code: WarningCode, text: impl ToString) -> Self {
        Self { code, text: text.to_string() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

macro_rules! define_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal),+ $(,)?) => {
        /// The kinds of warnings. Programs that read them go by [`as_str`](Self::as_str), which never changes;
        /// `host/docs/messages.md` lists all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum WarningCode { $($(#[doc = $doc])+ $variant,)+ }

        impl WarningCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name as messages and summaries spell it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

define_codes! {
    /// A description has something that is not read, or that does not fit.
    Description = "description",
    /// The backend says something of the model.
    ModelNote = "model_note",
    /// A score's name is that of several plugins.
    ScorerName = "scorer_name",
    /// Outputs may have other positions or strands on the reverse complement than the description says.
    StrandsDoubtful = "strands_doubtful",
    /// The description does not say what of the outputs changes places on the reverse complement.
    StrandsUnstated = "strands_unstated",
    /// The dataloader's intervals are given, but windows are placed elsewhere.
    IntervalsNotUsed = "intervals_not_used",
    /// Intervals are on contigs that the genome does not have.
    IntervalsElsewhere = "intervals_elsewhere",
    /// The genome is of another assembly than the description names.
    Assembly = "assembly",
    /// The VCF and the genome do not agree on the lengths of contigs.
    ContigLengths = "contig_lengths",
    /// A region begins behind the end of its contig.
    RegionBeyondContig = "region_beyond_contig",
    /// The lengths of contigs are unknown, so lines past their ends are kept.
    ContigLengthsUnknown = "contig_lengths_unknown",
    /// Ranges beyond their contigs were cut off or left out.
    BeyondContig = "beyond_contig",
    /// Regions were asked for, and there is no index that leads to them.
    NoIndex = "no_index",
    /// An index is older than its file.
    StaleIndex = "stale_index",
    /// An output gets no index.
    IndexNotWritten = "index_not_written",
    /// The input holds scores of an earlier run.
    EarlierScores = "earlier_scores",
    /// Every allele of a VCF gets very many values.
    ManyValues = "many_values",
    /// Alleles were tried, and none was scored.
    NothingScored = "nothing_scored",
    /// Windows were asked for, and none was mapped.
    NothingMapped = "nothing_mapped",
    /// Samples were read, and none was predicted.
    NothingPredicted = "nothing_predicted",
    /// What is differentiated does not depend on an input.
    Unconnected = "unconnected",
    /// All gradients are zero.
    ZeroGradients = "zero_gradients",
    /// A gradient differs from finite differences.
    GradientCheck = "gradient_check",
    /// A picture shows nothing.
    EmptyPicture = "empty_picture",
    /// Shapes of layers are unknown without the length of the input.
    LayerShapes = "layer_shapes",
    /// Edited rows are run as a whole, although the backend meant to evaluate edits.
    EditsNotEvaluated = "edits_not_evaluated",
    /// What is combined was made by runs that differ.
    RunsDiffer = "runs_differ",
    /// A plugin library, or a directory of such, cannot be used.
    PluginLibrary = "plugin_library",
    /// What runs that were killed had left was removed.
    PartialFiles = "partial_files",
    /// What an output follows from is not written beside it.
    ProvenanceNotWritten = "provenance_not_written",
}

impl fmt::Display for WarningCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented_once() {
        let page = include_str!("../docs/messages.md");
        let rows: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        for code in WarningCode::ALL {
            let count = rows.iter().filter(|row| **row == code.as_str()).count();
            assert_eq!(count, 1, "{code} has {count} rows in host/docs/messages.md");
        }
    }

    #[test]
    fn codes_are_words_of_one_spelling_and_all_different() {
        let mut names: Vec<_> = WarningCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), WarningCode::ALL.len());
    }
}
