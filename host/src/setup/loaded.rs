//! The model of a run, and what becomes of its predictions.

use super::choices::Choices;
use super::edit_path::evaluates_edits;
use super::length_trial::LengthTrial;
use super::{Opened, SetupError};
use crate::description::{MergedOn, ModelSpec, unstated_strands};
use crate::model::{LoadedModel, described_rc};
use crate::output_selection::{Lengths, OutputSelection};
use crate::plugin::PluginRegistry;
use crate::predict::{Passes, PredictError, Predictor};
use crate::provenance::{MEMBERS, Provenance};
use crate::request::ModelChoice;
use crate::run::{Event, warn};
use crate::score::{DescribedScores, MemberPlan, ScorerSet};
use crate::warning::WarningCode;

/// Whether a description says how outputs are read if the user does not.
fn has_defaults(spec: &ModelSpec) -> bool {
    spec.kipos.default_tasks.is_some() || spec.kipos.outputs.iter().any(|output| output.reduce.is_some())
}

/// A loaded model and the chosen scores.
pub(crate) struct LoadedScoring {
    pub(crate) model: LoadedModel,
    pub(crate) scorers: ScorerSet,
    output_selection: OutputSelection,
    passes: Passes,
    /// Whether the backend computes edited rows.
    pub(crate) evaluates_edits: bool,
    /// Whether both strands are predicted, where scores read them.
    use_rc: bool,
}

impl LoadedScoring {
    /// Loads the model and chooses tasks, scores and strands.
    pub(super) fn load(
        choices: &Choices<'_>,
        opened: &Opened,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Self, SetupError> {
        let directory = &opened.directory;
        let options = choices.model.options();
        let model = match choices.graph {
            Some(graph) => LoadedModel::of_graph(directory, opened.loader(), registry, options.seq_input, graph)?,
            None => LoadedModel::load(directory, opened.loader(), registry, &options)?,
        };
        warn(observe, WarningCode::ModelNote, &model.notes()?);
        let mut lengths = LengthTrial::new(&model, opened.loader());
        let described = DescribedScores::of(directory.model());
        // A score of whole outputs would lose what it reads, and nobody could say otherwise.
        let with_defaults =
            has_defaults(directory.model()) && !described.read_whole_outputs(registry, &choices.scores.scores)?;
        let request = choices.scores.outputs(with_defaults);
        let output_selection = OutputSelection::new(directory.model(), model.outputs(), &request, &mut lengths)?;
        let window = lengths.window();
        let scorers = ScorerSet::select(registry, &described, &choices.scores.scores, &output_selection)?;
        let merge = directory.model().kipos.merge;
        let merge = (merge.members == Some(MergedOn::Score)).then(|| choices.model.combine.or(merge.combine));
        let merge = merge.map(Option::unwrap_or_default);
        let scorers = scorers.of_members(model.plugin().member_count(), merge, choices.scores.scores.members)?;
        warn(observe, WarningCode::ScorerName, &registry.scorer_warnings());
        let use_rc = choices.scores.use_rc.unwrap_or_else(|| described_rc(directory.model()));
        let passes = scorers.passes(use_rc);
        if passes.reference_rc || passes.alternate_rc {
            output_selection.check_reverse_complement()?;
            warn(observe, WarningCode::StrandsDoubtful, &output_selection.doubtful_on_both_strands(window));
            warn(observe, WarningCode::StrandsUnstated, &unstated_strands(directory.model()));
        }
        let evaluates_edits = evaluates_edits(&model, choices.model.edits, observe)?;
        Ok(Self { model, scorers, output_selection, passes, use_rc, evaluates_edits })
    }

    /// The memory of the predictions and scores of an allele, in bytes.
    pub(crate) fn allele_bytes(&self) -> usize {
        let Passes { reference, alternate, reference_rc, alternate_rc } = self.passes;
        let passes = [reference, alternate, reference_rc, alternate_rc].into_iter().filter(|wanted| *wanted).count();
        let passes = passes * (1 + self.scorers.member_plan().map_or(0, |plan| plan.count));
        let scores: usize = self.scorers.labels().iter().map(|label| label.columns.len()).sum();
        self.output_selection.width().saturating_mul(passes).saturating_add(scores).saturating_mul(size_of::<f32>())
    }

    /// What the scores of these choices follow from. `name` is the model's in the outputs.
    ///
    /// # Errors
    /// A genome that cannot be read.
    pub(crate) fn provenance(
        &self,
        choices: Choices<'_>,
        opened: &Opened,
        name: &str,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Provenance, SetupError> {
        let length = self.model.inputs().window_length;
        let running = Some((self.model.plugin(), registry));
        let about = opened.provenance(choices, name, running, length, observe)?;
        let scores = self.scorers.provenance(self.use_rc);
        let edits = if self.evaluates_edits { "evaluated" } else { "whole rows" };
        Ok(about
            .with_group(MEMBERS, self.about_members())
            .with_group("outputs", self.output_selection.provenance())
            .with_group("scores", scores)
            .with("edits", edits))
    }

    /// How members become one, and what is reported of them.
    fn about_members(&self) -> Provenance {
        let about = self.model.plugin().about_members();
        let Some(MemberPlan { merge, report, .. }) = self.scorers.member_plan() else { return about };
        let merged = merge.map(|by| {
            Provenance::new()
                .with("count", self.model.plugin().member_count())
                .with("combined", format_args!("{} of their scores", by.word()))
        });
        let reported = [(report.spread, "sd"), (report.each, "each")];
        let reported: Vec<&str> = reported.into_iter().filter(|(is_told, _)| *is_told).map(|(_, word)| word).collect();
        let reported = (!reported.is_empty()).then(|| reported.join(", "));
        merged.unwrap_or(about).with_known("reported", reported)
    }

    /// What runs the model, which is `choice`, on edited rows.
    pub(crate) fn predictor(&self, choice: &ModelChoice) -> Result<Predictor<'_>, PredictError> {
        let rows = &self.model.inputs().rows;
        let batch_size = choice.rows_per_call(rows);
        let (selection, passes) = (&self.output_selection, self.passes);
        let predictor = Predictor::new(self.model.plugin(), selection, rows, batch_size, passes, self.evaluates_edits)?;
        Ok(predictor.keeping_members(self.scorers.member_plan().is_some()))
    }
}
