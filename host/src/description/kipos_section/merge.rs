//! `kipos.merge`: how several predictions become one.

use kipos_plugin_api::Value;

use crate::description::error::SpecError;
use crate::description::node::Node;
use crate::description::variant_effects::VariantEffects;

/// The argument by which a score says where strands are merged, in Kipoi's spelling.
const RC_ON: &str = "rc_on";

/// How several predictions become one. What is absent is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MergeKeys {
    /// Where the two strands become one: what the argument `rc_on` of a score says if it is not given.
    pub strands: Option<MergedOn>,
    /// How the members of a family become one. Default: [`Mean`](MemberCombination::Mean).
    pub combine: Option<MemberCombination>,
    /// Where they do. Default: [`Prediction`](MergedOn::Prediction).
    pub members: Option<MergedOn>,
    /// In which numbers they do. Default: [`Natural`](MergeSpace::Natural).
    pub space: Option<MergeSpace>,
}

/// What is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergedOn {
    /// Predictions, which are then scored.
    Prediction,
    /// The scores of each.
    Score,
}

/// How the members of a family become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MemberCombination {
    /// By their mean.
    #[default]
    Mean,
    /// By their median; of an even number of members the mean of the middle two.
    Median,
}

/// In which numbers predictions are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeSpace {
    /// In those that the output's scale stands for, such as counts for logarithms of counts.
    Natural,
    /// As the model gives them.
    Raw,
}

impl MergedOn {
    const ALL: [Self; 2] = [Self::Prediction, Self::Score];

    /// How it is spelled.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prediction => "prediction",
            Self::Score => "score",
        }
    }
}

impl MemberCombination {
    const ALL: [Self; 2] = [Self::Mean, Self::Median];

    /// How it is spelled.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
        }
    }
}

impl MergeSpace {
    const ALL: [Self; 2] = [Self::Natural, Self::Raw];

    /// How it is spelled.
    pub fn word(self) -> &'static str {
        match self {
            Self::Natural => "natural",
            Self::Raw => "raw",
        }
    }
}

/// Reads `merge`. `effects` are the scores of the model, whose `rc_on` must not say otherwise.
pub(super) fn read_merge(node: &Node<'_>, effects: Option<&VariantEffects>) -> Result<MergeKeys, SpecError> {
    let fields = node.clone().only_fields(&["combine", "strands", "members", "space"])?;
    let mut said = MergeKeys::default();
    if let Some(node) = fields.optional("strands") {
        let strands = node.one_of(&MergedOn::ALL, MergedOn::word)?;
        check_rc_on(node, strands, effects)?;
        said.strands = Some(strands);
    }
    if let Some(node) = fields.optional("combine") {
        said.combine = Some(node.one_of(&MemberCombination::ALL, MemberCombination::word)?);
    }
    if let Some(node) = fields.optional("members") {
        said.members = Some(node.one_of(&MergedOn::ALL, MergedOn::word)?);
    }
    if let Some(node) = fields.optional("space") {
        said.space = Some(node.one_of(&MergeSpace::ALL, MergeSpace::word)?);
    }
    Ok(said)
}

/// Refuses a score of the model that says otherwise in Kipoi's spelling.
fn check_rc_on(node: &Node<'_>, strands: MergedOn, effects: Option<&VariantEffects>) -> Result<(), SpecError> {
    for score in effects.map_or(&[][..], |effects| &effects.scoring_functions) {
        let argument = score.args.iter().find(|arg| arg.name == RC_ON).and_then(|arg| arg.default.as_ref());
        if let Some(Value::String(word)) = argument
            && word != strands.word()
        {
            let label = score.name.as_ref().unwrap_or(&score.type_);
            return Err(node.unexpected(format!("`{word}`, as `{RC_ON}` of the score `{label}` says, or absent")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, read};
    use super::*;

    const TARGETS: &str = "{shape: '(3,)'}";

    fn with_rc_on(word: &str, strands: &str) -> String {
        format!(
            "{{merge: {{strands: {strands}}}}}\npostprocessing: {{variant_effects: {{seq_input: [input], scoring_functions: \
             [{{type: logit}}, {{type: diff, args: {{rc_on: {{default: {word}}}}}}}]}}}}"
        )
    }

    #[test]
    fn every_word_is_read() {
        let said = read(TARGETS, "{merge: {strands: prediction, combine: mean, members: prediction}}").unwrap();
        let expected = MergeKeys {
            strands: Some(MergedOn::Prediction),
            combine: Some(MemberCombination::Mean),
            members: Some(MergedOn::Prediction),
            space: None,
        };
        assert_eq!((said.merge, said.unsupported), (expected, vec![]));
        for silent in ["{merge: }", "{merge: {}}", "{merge: {strands: }}"] {
            assert_eq!(read(TARGETS, silent).unwrap().merge, MergeKeys::default(), "{silent}");
        }
    }

    #[test]
    fn every_value_is_obeyed() {
        let said = read(TARGETS, "{merge: {combine: median, members: score, space: raw, strands: score}}").unwrap();
        let expected = MergeKeys {
            strands: Some(MergedOn::Score),
            combine: Some(MemberCombination::Median),
            members: Some(MergedOn::Score),
            space: Some(MergeSpace::Raw),
        };
        assert_eq!((said.merge, said.unsupported), (expected, vec![]));
    }

    #[test]
    fn rc_on_may_say_the_same_only() {
        assert_eq!(read(TARGETS, &with_rc_on("score", "score")).unwrap().merge.strands, Some(MergedOn::Score));
        insta::assert_snapshot!(message(TARGETS, &with_rc_on("score", "prediction")), @r#"model.yaml:7: `kipos.merge.strands` must be `score`, as `rc_on` of the score `diff` says, or absent, found "prediction""#);
        insta::assert_snapshot!(message(TARGETS, &with_rc_on("prediction", "score")), @r#"model.yaml:7: `kipos.merge.strands` must be `prediction`, as `rc_on` of the score `diff` says, or absent, found "score""#);
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |section: &str| message(TARGETS, section);
        insta::assert_snapshot!(message("{merge: mean}"), @r#"model.yaml:7: `kipos.merge` must be a map, found "mean""#);
        insta::assert_snapshot!(message("{merge: {strand: score}}"), @"model.yaml:7: unknown key `kipos.merge.strand` (did you mean `strands`?)");
        insta::assert_snapshot!(message("{merge: {strands: scores}}"), @r#"model.yaml:7: `kipos.merge.strands` must be prediction or score, found "scores""#);
        insta::assert_snapshot!(message("{merge: {combine: max}}"), @r#"model.yaml:7: `kipos.merge.combine` must be mean or median, found "max""#);
        insta::assert_snapshot!(message("{merge: {members: 1}}"), @"model.yaml:7: `kipos.merge.members` must be prediction or score, found 1");
        insta::assert_snapshot!(message("{merge: {space: log}}"), @r#"model.yaml:7: `kipos.merge.space` must be natural or raw, found "log""#);
    }
}
