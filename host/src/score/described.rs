//! What a model's description says of its scores.

use kipos_plugin_api::Value;
use kipos_plugin_api::abi::OwnedArgSpec;

use super::{LabelError, LabelSelection, ModelScore, ModelScores, ScoreError, ScoreSelection, create};
use crate::description::{MergedOn, ModelSpec, ScoringEntry};
use crate::plugin::PluginRegistry;

/// The argument that says where strands are merged, and its words.
const RC_ON: (&str, &str) = ("rc_on", "score|prediction");

/// What a model's description says of its scores.
#[derive(Debug, Clone, Copy, Default)]
pub struct DescribedScores<'a> {
    entries: &'a [ScoringEntry],
    strands: Option<MergedOn>,
}

impl<'a> DescribedScores<'a> {
    /// What this description says.
    pub fn of(spec: &'a ModelSpec) -> Self {
        let effects = spec.variant_effects.as_ref();
        let entries = effects.map(|effects| effects.scoring_functions.as_slice()).unwrap_or_default();
        Self { entries, strands: spec.kipos.merge.strands }
    }

    /// The chosen labels with their arguments: those of the user over those of the model.
    pub(super) fn choose(
        &self,
        registry: &PluginRegistry,
        selection: &ScoreSelection,
    ) -> Result<Vec<(ModelScore, Value)>, LabelError> {
        let mut chosen = ModelScores::of_model(self.entries, &registry.scorer_names())?.select(selection)?;
        for (label, kwargs) in &mut chosen {
            let Value::Map(given) = kwargs else { continue };
            let scorer = registry.scorer_info(&label.scorer, label.plugin.as_deref());
            for arg in scorer.iter().flat_map(|scorer| &scorer.args) {
                let said = described_argument(arg, self.strands);
                if let Some(value) = said.filter(|_| !given.iter().any(|(name, _)| *name == arg.name)) {
                    given.push((arg.name.clone(), value));
                }
            }
        }
        Ok(chosen)
    }

    /// Every score that the model offers.
    ///
    /// # Errors
    /// Scores of the description that make no sense.
    pub fn offered(&self, registry: &PluginRegistry) -> Result<Vec<ModelScore>, LabelError> {
        Ok(ModelScores::of_model(self.entries, &registry.scorer_names())?.iter().cloned().collect())
    }

    /// Everything that is wrong with the scores of the description: names, arguments, scorers that no plugin has. A score
    /// whose arguments only the user knows is right.
    pub fn check(&self, registry: &PluginRegistry) -> Vec<ScoreError> {
        let offered = match self.offered(registry) {
            Ok(offered) => offered,
            Err(error) => return vec![error.into()],
        };
        let can_be_made = |score: &ModelScore| {
            let only =
                ScoreSelection { labels: LabelSelection::Only(vec![score.label.clone()]), ..ScoreSelection::default() };
            self.read_whole_outputs(registry, &only)
        };
        // Those of the description come first; what they bring along has their arguments.
        let own = offered.iter().take(self.entries.len()).filter(|score| score.kwargs.is_some());
        own.filter_map(|score| can_be_made(score).err()).collect()
    }

    /// Whether some chosen score reads whole outputs.
    ///
    /// # Errors
    /// Unknown labels, or arguments that a scorer refuses.
    pub fn read_whole_outputs(
        &self,
        registry: &PluginRegistry,
        selection: &ScoreSelection,
    ) -> Result<bool, ScoreError> {
        for (label, kwargs) in self.choose(registry, selection)? {
            let needs = create(registry, &label, &kwargs)?.needs();
            let needs = needs.map_err(|source| ScoreError::Scorer { label: label.label.clone(), source })?;
            if needs.whole_outputs {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What `kipos.merge.strands` says of an argument of a score that is not given.
pub fn described_argument(arg: &OwnedArgSpec, strands: Option<MergedOn>) -> Option<Value> {
    let is_rc_on = (arg.name.as_str(), arg.kind.as_str()) == RC_ON;
    strands.filter(|_| is_rc_on).map(|strands| Value::String(strands.word().into()))
}
