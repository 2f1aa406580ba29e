//! The scores that kipos comes with. Their names mean them, whatever other plugins call their scores.

/// The plugin that has the built-in scores.
pub const BUILT_IN_PLUGIN: &str = "scorers";

/// Their names.
const BUILT_IN_SCORES: [&str; 8] =
    ["ref", "alt", "diff", "logit", "logit_ref", "logit_alt", "deepsea_effect", "log2fc"];

/// Whether a name is that of a built-in score.
pub(super) fn is_built_in(scorer: &str) -> bool {
    BUILT_IN_SCORES.contains(&scorer)
}
