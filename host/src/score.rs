//! Which scorers run, and running them: predictions of both alleles become scores.

mod arguments;
mod described;
mod labels;
mod members;
mod read_scales;

use kipos_plugin_api::abi::{ScoreRequest, ScoreTable};
use kipos_plugin_api::{ColumnType, Needs, Orientation, Rows, Scale, Value};
use thiserror::Error;

use crate::description::{ArrayShape, MemberCombination};
use crate::edits::EditBatch;
use crate::internal::OrInternal;
use crate::output_selection::{OutputSelection, Reduction};
use crate::plugin::{BUILT_IN_PLUGIN, PluginCallError, PluginRegistry, PluginScorer};
use crate::predict::{AllelePredictions, BatchPredictions, Passes};
use crate::provenance::Provenance;
use crate::scored::{ScoreLabel, ScoreMatrix, ScoreOrigin};
use arguments::used_arguments;
pub use described::{DescribedScores, described_argument};
pub use labels::{LabelError, ModelScore, ModelScores};
pub use members::MemberPlan;
use read_scales::ReadScales;

/// What the user asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreSelection {
    /// Which labels.
    pub labels: LabelSelection,
    /// Arguments per label, merged over its defaults.
    pub kwargs: Vec<(String, Value)>,
    /// What is reported of the members of a family besides.
    pub members: MemberScores,
}

/// What is reported of the members of a family, beside the scores of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MemberScores {
    /// The standard deviation of the members' scores (of a sample, over n - 1): a score `<label>_sd`. Default: no.
    pub spread: bool,
    /// The score of each member: `<label>_m1` and so on, in the order of the description. Default: no.
    pub each: bool,
}

/// Which labels the user asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LabelSelection {
    /// The model's own default list.
    #[default]
    ModelDefault,
    /// Every label that the model offers.
    All,
    /// These, in this order.
    Only(Vec<String>),
}

/// Why scorers cannot be chosen or run.
#[derive(Debug, Error)]
pub enum ScoreError {
    /// A label or its arguments.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A scorer refused its arguments or failed as a whole.
    #[error("score `{label}`: {source}")]
    Scorer {
        /// The label.
        label: String,
        /// What the plugin said.
        source: PluginCallError,
    },
    /// The model's outputs have a position axis.
    #[error(
        "score `{label}` works task by task, but output `{output}` of shape {shape} also has a position axis; make \
         tasks of it with --reduce {output}=mean (or sum, max, center:N), or choose a score that reads whole outputs"
    )]
    Profile {
        /// The label.
        label: String,
        /// The output.
        output: String,
        /// Its shape without the batch axis.
        shape: ArrayShape,
    },
    /// What the contract has, and this version does not.
    #[error("score `{label}` {needs}, which this version of kipos does not {verb}")]
    NotYet {
        /// The label.
        label: String,
        /// What it needs or gives: `needs masks`.
        needs: String,
        /// What kipos does not do with it: `give` or `write`.
        verb: &'static str,
    },
    /// The spread or the scores of members of a model that has a single one.
    #[error("{flag} is for families, and the model is a single file; leave it out")]
    NoMembers {
        /// What was asked for.
        flag: &'static str,
    },
    /// A score whose name is that of what is reported of the members for another one.
    #[error("score `{label}` has the name of what is reported of the members for `{score}`; leave out one of them")]
    MemberName {
        /// The score.
        label: String,
        /// The other one.
        score: String,
    },
    /// Numbers on a scale that a score does not read, and that have no exact conversion to one that it does.
    #[error("{}", unreadable(label, output, *scale, *reduction, reads))]
    Scale {
        /// The label.
        label: String,
        /// The output.
        output: String,
        /// The scale that the description says of it.
        scale: Scale,
        /// What becomes of its positions, if that is on no scale.
        reduction: Option<Reduction>,
        /// The scales that the score reads, as they are listed.
        reads: String,
    },
    /// Single tasks for a score that has no use for them.
    #[error("score `{label}` reads whole outputs, so --tasks cannot choose tasks for it; leave out one of them")]
    WholeOutputs {
        /// The label.
        label: String,
    },
}

fn unreadable(label: &str, output: &str, scale: Scale, reduction: Option<Reduction>, reads: &str) -> String {
    let said = format!("as `kipos.outputs.{output}.scale` in model.yaml says");
    let reads = format!("score `{label}` reads numbers on the scale {reads}");
    match reduction {
        None => format!(
            "{reads}, but those of output `{output}` are {scale}, {said}, and there is no exact conversion; choose another \
             score, such as diff, or other tasks with --tasks"
        ),
        Some(reduction) => format!(
            "{reads}, but the numbers of output `{output}` are {scale}, {said}, and what `{reduction}` makes of its positions \
             is on no scale; choose another score, such as diff, or --reduce {output}=max"
        ),
    }
}

/// Built-in scores that are no comparison.
const NO_COMPARISON: [&str; 4] = ["ref", "alt", "logit_ref", "logit_alt"];

struct SelectedScorer {
    label: String,
    /// Whether it tells two alleles from one another; a plugin's own is taken to.
    compares: bool,
    scorer: PluginScorer,
    needs: Needs,
    columns: Vec<String>,
    /// The columns of tasks that are no signal.
    background: Vec<usize>,
    scales: ReadScales,
    origin: ScoreOrigin,
    /// The arguments that it was made with, defaults among them.
    arguments: Provenance,
}

/// The scorers of one run.
pub struct ScorerSet {
    scorers: Vec<SelectedScorer>,
    /// What is made of the scores of members; `None` if the model is no family.
    members: Option<MemberPlan>,
}

/// The rows, if this scorer asked for them.
fn pick(asked: bool, rows: &Option<Vec<f32>>) -> Option<&[f32]> {
    rows.as_deref().filter(|_| asked)
}

/// The forward rows; none if this scorer did not ask for them.
fn forward(asked: bool, rows: &Option<Vec<f32>>) -> &[f32] {
    if asked { rows.as_deref().or_internal("what a scorer reads is predicted") } else { &[] }
}

/// Refuses what a scorer needs and is not given.
fn refuse_needs(label: &str, needs: &Needs) -> Result<(), ScoreError> {
    let is_raw = needs.reverse_complement && needs.orientation != Orientation::Forward;
    let missing = [
        (!needs.masks.is_empty(), "masks"),
        (!needs.layers.is_empty(), "values of layers"),
        (is_raw, "outputs for the reverse complement that are not turned"),
    ];
    missing.into_iter().find(|(is_needed, _)| *is_needed).map_or(Ok(()), |(_, what)| {
        Err(ScoreError::NotYet { label: label.to_owned(), needs: format!("needs {what}"), verb: "give" })
    })
}

/// The names of the columns, all of which must be numbers, in one row per allele.
fn names_of_columns(label: &str, table: ScoreTable) -> Result<Vec<String>, ScoreError> {
    let refuse = |needs: String| Err(ScoreError::NotYet { label: label.to_owned(), needs, verb: "write" });
    match table.rows {
        Rows::PerAllele(1) => {}
        Rows::PerAllele(rows) => return refuse(format!("gives {rows} rows for an allele")),
        Rows::PerGene => return refuse("gives a row for every gene".into()),
        _ => return refuse("gives rows of an unknown kind".into()),
    }
    if let Some(column) = table.columns.iter().find(|column| column.kind != ColumnType::Float) {
        return refuse(format!("gives the {} column `{}`", column.kind, column.name));
    }
    Ok(table.columns.into_iter().map(|column| column.name).collect())
}

/// Makes the scorer of a label.
fn create(registry: &PluginRegistry, label: &ModelScore, kwargs: &Value) -> Result<PluginScorer, ScoreError> {
    let scorer = match &label.plugin {
        Some(plugin) => registry.create_scorer_from(plugin, &label.scorer, kwargs),
        None => registry.create_scorer(&label.scorer, kwargs),
    };
    scorer.map_err(|source| ScoreError::Scorer { label: label.label.clone(), source })
}

impl ScorerSet {
    /// Chooses and makes the scorers, and tells them the model's outputs as they are read.
    ///
    /// # Errors
    /// Unknown labels (the known are listed), arguments that a scorer refuses, outputs that it cannot read.
    pub fn select(
        registry: &PluginRegistry,
        described: &DescribedScores<'_>,
        selection: &ScoreSelection,
        output_selection: &OutputSelection,
    ) -> Result<Self, ScoreError> {
        let chosen = described.choose(registry, selection)?;
        let outputs = output_selection.outputs();
        let scorers = chosen.into_iter().map(|(label, kwargs)| {
            let fail = |source| ScoreError::Scorer { label: label.label.clone(), source };
            let mut scorer = create(registry, &label, &kwargs)?;
            let needs = scorer.needs().map_err(fail)?;
            refuse_needs(&label.label, &needs)?;
            if needs.whole_outputs && output_selection.picks_tasks() {
                return Err(ScoreError::WholeOutputs { label: label.label.clone() });
            }
            if let Some(profile) = outputs.0.iter().find(|output| !needs.whole_outputs && output.tasks.is_empty()) {
                return Err(ScoreError::Profile {
                    label: label.label.clone(),
                    output: profile.name.clone(),
                    shape: ArrayShape::from(profile.shape.iter().copied().map(Some).collect::<Vec<_>>()),
                });
            }
            let (told, scales) = ReadScales::of(&label.label, &needs.scales, output_selection)?;
            let columns = names_of_columns(&label.label, scorer.prepare_for(&told).map_err(fail)?)?;
            let background = output_selection.background_columns(&columns);
            let origin = ScoreOrigin {
                plugin: scorer.plugin().to_owned(),
                version: registry.plugin_version(scorer.plugin()).to_owned(),
                scorer: label.scorer.clone(),
            };
            let compares = origin.plugin != BUILT_IN_PLUGIN || !NO_COMPARISON.contains(&label.scorer.as_str());
            let arguments = used_arguments(registry, &label, &origin.plugin, &kwargs);
            let label = label.label;
            Ok(SelectedScorer { label, compares, scorer, needs, columns, background, scales, origin, arguments })
        });
        Ok(Self { scorers: scorers.collect::<Result<_, _>>()?, members: None })
    }

    /// The same for a model of `count` members, whose scores are merged by `merge` if that is said, with what the user wants to
    /// know of them.
    ///
    /// # Errors
    /// [`ScoreError::NoMembers`] or [`ScoreError::MemberName`].
    pub fn of_members(
        self,
        count: usize,
        merge: Option<MemberCombination>,
        report: MemberScores,
    ) -> Result<Self, ScoreError> {
        if count < 2 {
            let flags = [(report.spread, "--spread"), (report.each, "--members")];
            let asked = flags.into_iter().find(|(is_asked, _)| *is_asked);
            return asked.map_or(Ok(self), |(_, flag)| Err(ScoreError::NoMembers { flag }));
        }
        let plan = MemberPlan { count, merge, report };
        let suffixes = plan.suffixes();
        for scorer in &self.scorers {
            if let Some(other) = self.scorers.iter().find(|other| scorer.clashes(&suffixes, other)) {
                return Err(ScoreError::MemberName { label: other.label.clone(), score: scorer.label.clone() });
            }
        }
        Ok(Self { members: Some(plan), ..self })
    }

    /// What is made of the scores of members, if they are read one by one.
    pub fn member_plan(&self) -> Option<MemberPlan> {
        self.members.filter(MemberPlan::reads_members)
    }

    /// The labels and their columns, in the order of the scores.
    pub fn labels(&self) -> Vec<ScoreLabel> {
        let label = |s: &SelectedScorer| ScoreLabel {
            label: s.label.clone(),
            columns: s.columns.clone(),
            background: s.background.clone(),
            origin: s.origin.clone(),
        };
        let labels = self.scorers.iter().map(label);
        match &self.members {
            Some(plan) => labels.flat_map(|label| plan.labels(label)).collect(),
            None => labels.collect(),
        }
    }

    /// Of each score, in their order, whether it compares two alleles, so that an allele has none against itself; `ref`,
    /// `alt`, `logit_ref` and `logit_alt` do not.
    pub fn compares(&self) -> impl Iterator<Item = bool> + '_ {
        let each = 1 + self.members.map_or(0, |plan| plan.suffixes().len());
        self.scorers.iter().flat_map(move |scorer| std::iter::repeat_n(scorer.compares, each))
    }

    /// Of each score where it is from, its arguments, and the strands that it reads, for a model that is (or is not) run
    /// on both.
    pub fn provenance(&self, use_rc: bool) -> Provenance {
        self.scorers.iter().fold(Provenance::new(), |all, scorer| {
            let ScoreOrigin { plugin, version, scorer: name } = &scorer.origin;
            let strands = if use_rc && scorer.needs.reverse_complement { "both" } else { "forward" };
            let about = Provenance::new().with("scorer", name).with("plugin", plugin).with("version", version);
            let about = about.with("strands", strands).with_group("arguments", scorer.arguments.clone());
            let about = about.with_group("scales", scorer.scales.provenance());
            all.with_group(scorer.label.as_str(), about)
        })
    }

    /// The predictions that some scorer reads, for a model that is (or is not) run on both strands.
    pub fn passes(&self, use_rc: bool) -> Passes {
        self.scorers.iter().fold(Passes::default(), |passes, scorer| {
            let rc = use_rc && scorer.needs.reverse_complement;
            Passes {
                reference: passes.reference || scorer.needs.reference,
                alternate: passes.alternate || scorer.needs.alternate,
                reference_rc: passes.reference_rc || (rc && scorer.needs.reference),
                alternate_rc: passes.alternate_rc || (rc && scorer.needs.alternate),
            }
        })
    }

    /// Scores every allele of a batch: one matrix per label, one row per allele. Where members are read, `predictions` hold them. What a scorer leaves unwritten is NaN.
    ///
    /// # Errors
    /// A scorer that fails as a whole; one that fails on single alleles is no error, and takes no other score away.
    pub fn score(&self, batch: &EditBatch, predictions: &BatchPredictions) -> Result<Vec<ScoreMatrix>, ScoreError> {
        let Some(plan) = self.member_plan() else { return self.score_one(batch, &predictions.combined) };
        // Of each member, the matrices of all scores.
        let members = predictions.members.iter().map(|predictions| self.score_one(batch, predictions));
        let mut members = members.map(|matrices| Ok(matrices?.into_iter())).collect::<Result<Vec<_>, ScoreError>>()?;
        let combined = match plan.merge {
            Some(_) => Vec::new(),
            None => self.score_one(batch, &predictions.combined)?,
        };
        let mut combined = combined.into_iter();
        let matrices = self.scorers.iter().flat_map(|_| {
            let of_members = members.iter_mut().filter_map(Iterator::next).collect();
            plan.matrices(combined.next(), of_members)
        });
        Ok(matrices.collect())
    }

    /// The same by one set of predictions: one matrix per scorer.
    fn score_one(&self, batch: &EditBatch, predictions: &AllelePredictions) -> Result<Vec<ScoreMatrix>, ScoreError> {
        let matrix = |SelectedScorer { label, scorer, needs, columns, scales, .. }: &SelectedScorer| {
            let rc = needs.reverse_complement;
            let convert = |rows| scales.convert(rows, predictions.width);
            let reference = convert(forward(needs.reference, &predictions.reference));
            let alternate = convert(forward(needs.alternate, &predictions.alternate));
            let reference_rc = pick(rc && needs.reference, &predictions.reference_rc).map(convert);
            let alternate_rc = pick(rc && needs.alternate, &predictions.alternate_rc).map(convert);
            let request = ScoreRequest {
                width: predictions.width,
                reference: &reference,
                alternate: &alternate,
                reference_rc: reference_rc.as_deref(),
                alternate_rc: alternate_rc.as_deref(),
                sources: batch.sources(),
                sites: batch.sites(),
                ..ScoreRequest::default()
            };
            let width = columns.len();
            let mut values = vec![f32::NAN; batch.len() * width];
            let failures = scorer
                .score_batch(&request, &mut values)
                .map_err(|source| ScoreError::Scorer { label: label.clone(), source })?;
            for (row, _) in &failures {
                // A scorer may have written some of them before it failed.
                values[row * width..][..width].fill(f32::NAN);
            }
            Ok(ScoreMatrix { width, values, failures: failures.into_iter().collect() })
        };
        self.scorers.iter().map(matrix).collect()
    }
}
