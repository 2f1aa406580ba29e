//! Scoring a few variants: whether a model can do what it is for.

use std::collections::BTreeMap;
use std::sync::Arc;

use kipos_plugin_api::Value;

use super::ModelTestError;
use super::example_variants::ExampleVariants;
use super::model::Model;
use super::run::{Done, Run};
use crate::counted::Counted;
use crate::genome::{Fasta, VariantInput};
use crate::model::{described_rc, lacks_length};
use crate::pipeline::{ScoreSummary, ScoreVariants, ScoreVariantsError};
use crate::plugin::PluginModel;
use crate::prediction::{Predict, PredictionError};
use crate::request::WindowChoice;
use crate::run::Event;
use crate::samples::{Block, EdgeRule};
use crate::score::{DescribedScores, LabelSelection, ModelScore, ScoreError, ScoreSelection};
use crate::setup::SetupError;
use crate::sink::{Output, ScoreTables};
use crate::warning::WarningCode;

/// The score that tells two alleles apart whatever the model is.
const DIFFERENCE: &str = "diff";

/// The argument of the dataloader that says how long windows are.
const LENGTH: &str = "auto_resize_len";

/// What the user is told of a run that scores variants, and of no other step.
const TOLD: [WarningCode; 3] = [WarningCode::StrandsDoubtful, WarningCode::Assembly, WarningCode::ScorerName];

/// What is scored.
struct Example {
    variants: ExampleVariants,
    /// The length of the windows, where nothing but the intervals says it.
    length: Option<usize>,
}

/// What is scored, or why nothing is.
type Found = Result<Example, String>;

/// What comes of scoring.
#[derive(Default)]
struct Scored {
    /// The labels that were scored.
    labels: Vec<String>,
    notes: Vec<String>,
    /// Whether some prediction differs between the alleles; unknown if nothing tells.
    differs: Option<bool>,
}

impl Run<'_> {
    /// Scores SNVs, an insertion and a deletion in the window of the first sample, by every score that the model offers.
    pub(super) fn variants(
        &self,
        model: &Model<'_>,
        samples: &Predict,
        graph: &Arc<PluginModel>,
    ) -> Result<Done<()>, ModelTestError> {
        let example = match self.example_variants(model, samples)? {
            Ok(example) => example,
            Err(reason) => return Ok(Done::Skipped(None, reason)),
        };
        let spec = model.directory.model();
        let described = DescribedScores::of(spec);
        let mut done = Scored::default();
        // Scores of single tasks want positions reduced, those of whole outputs do not.
        let (mut of_tasks, mut of_outputs) = (Vec::new(), Vec::new());
        for score in described.offered(self.registry).map_err(|error| failed(ScoreError::from(error)))? {
            let only = selection(std::slice::from_ref(&score));
            match described.read_whole_outputs(self.registry, &only) {
                Ok(true) => of_outputs.push(score),
                Ok(false) => of_tasks.push(score),
                Err(error) if score.default => return Err(failed(error)),
                Err(error) => done.notes.push(error.to_string()),
            }
        }
        let mut without_tasks = None;
        for mut scores in [of_tasks, of_outputs] {
            while !scores.is_empty() {
                let request = self.scoring(samples, graph, &example, &scores);
                let error = match self.score(&request, &mut done) {
                    Ok(()) => break,
                    Err(error) => error,
                };
                let refused = refused_score(&error).and_then(|(label, is_profile)| {
                    Some((scores.iter().position(|score| score.label == label)?, is_profile))
                });
                match refused {
                    // What becomes of positions may be said when scores are asked for.
                    Some((_, true)) => {
                        without_tasks = Some(error.to_string());
                        break;
                    }
                    Some((at, false)) if !scores[at].default => {
                        scores.remove(at);
                        done.notes.push(error.to_string());
                    }
                    _ => return Err(ModelTestError::Variants(Box::new(error))),
                }
            }
        }
        if done.labels.is_empty() {
            let reason = without_tasks.unwrap_or_else(|| "the model offers no score that can be computed".to_owned());
            return Ok(Done::Skipped(None, format!("not scored: {reason}")));
        }
        done.notes.extend(without_tasks);
        if done.differs == Some(false) {
            let place = &example.variants.place;
            let text = format!(
                "no variant at {place} changes any predicted value: the model looks for something else, or does not read \
                 the bases there"
            );
            done.notes.insert(0, text);
        }
        let strands = if described_rc(spec) { "both strands" } else { "the forward strand" };
        let count = Counted(example.variants.variants.len(), "variant");
        let message = format!("{count} at {} on {strands} by {}", example.variants.place, done.labels.join(", "));
        Ok(Done::Passed((), message, done.notes))
    }

    /// Variants in the window of the first sample.
    fn example_variants(&self, model: &Model<'_>, samples: &Predict) -> Result<Found, ModelTestError> {
        let (mut rows, genome) = samples.in_full().open(model.directory, self.registry)?;
        let Some((loader, contigs)) = genome else {
            return Ok(Err("the samples are prepared: there is no genome to take variants from".to_owned()));
        };
        let inputs = model.arrays(rows.loader())?.inputs;
        let Some(length) = inputs.window_length else {
            return Ok(Err("the length of the window is unknown".to_owned()));
        };
        rows.fit(&inputs).map_err(PredictionError::from)?;
        let mut block =
            Block { rows: inputs.rows.empty_like(), about: Vec::new(), skipped: BTreeMap::new(), position: None };
        rows.next_sample(&mut block).map_err(PredictionError::from)?;
        let Some(first) = rows.position() else { return Err(ModelTestError::NoSamples) };
        let setup = |error: SetupError| ModelTestError::from(PredictionError::from(error));
        let fasta = Fasta::open_until(&loader.fasta_file, &self.request.stop);
        let mut fasta = fasta.map_err(|error| setup(error.into()))?;
        let start = first.position - 1;
        let contig = contigs.iter().enumerate().find(|(_, contig)| contig.name == first.contig);
        let Some((contig, end)) = contig.map(|(at, contig)| (at, contig.length.min(start + length as u64))) else {
            return Ok(Err(format!("contig {} is gone from the genome", first.contig)));
        };
        let mut letters = Vec::new();
        fasta.fetch(contig, start, end, &mut letters).map_err(|error| setup(error.into()))?;
        let centering = WindowChoice::default().centering(model.directory.model(), Some(length));
        let index = centering.map_err(|error| setup(error.into()))?.index(length).unwrap_or(length / 2);
        let found = ExampleVariants::near(&first.contig, start, &letters, index);
        let Some(variants) = found else {
            return Ok(Err(format!("the window at {}:{} has no three known bases in a row", first.contig, start + 1)));
        };
        let is_free = lacks_length(model.directory, &self.request.model.seq_input, &loader);
        Ok(Ok(Example { variants, length: is_free.then_some(length) }))
    }

    /// The request that scores the variants.
    fn scoring(
        &self,
        samples: &Predict,
        graph: &Arc<PluginModel>,
        example: &Example,
        scores: &[ModelScore],
    ) -> ScoreVariants {
        let outputs: Vec<Output> = Vec::new();
        let directory = &self.request.model.directory;
        let mut request =
            ScoreVariants::new(directory, VariantInput::Named(example.variants.variants.clone()), outputs);
        (request.model, request.graph) = (samples.model.clone(), Some(Arc::clone(graph)));
        request.samples = samples.samples.clone();
        (request.samples.contig_map, request.samples.regions) = (None, Vec::new());
        if request.samples.edge == EdgeRule::Error {
            // A window around an insertion or deletion may leave a contig that the sample's own does not.
            request.samples.edge = EdgeRule::Skip;
        }
        let length = example.length.and_then(|length| i64::try_from(length).ok());
        request.samples.loader_args.extend(length.map(|length| (LENGTH.to_owned(), Value::Int(length))));
        request.scores.scores = selection(scores);
        request.stop = self.request.stop.clone();
        request
    }

    /// Scores the variants; `done` gets what there is to say.
    fn score(&self, request: &ScoreVariants, done: &mut Scored) -> Result<(), ScoreVariantsError> {
        let mut warnings = Vec::new();
        let (summary, tables) = request.run_and_return(self.registry, &mut |event| match event {
            Event::Warning(warning) if TOLD.contains(&warning.code) => warnings.push(warning.text),
            _ => {}
        })?;
        done.notes.extend(warnings.into_iter().filter(|text| !done.notes.contains(text)).collect::<Vec<_>>());
        done.labels.extend(tables.tables().iter().map(|table| table.label().to_owned()));
        done.notes.extend(incomplete(&summary));
        if let Some(table) = tables.table(DIFFERENCE) {
            done.differs = Some(differs(&tables, table.columns().len()));
        }
        Ok(())
    }
}

/// These scores, as a request names them.
fn selection(scores: &[ModelScore]) -> ScoreSelection {
    let labels = scores.iter().map(|score| score.label.clone()).collect();
    ScoreSelection { labels: LabelSelection::Only(labels), ..ScoreSelection::default() }
}

fn failed(error: ScoreError) -> ModelTestError {
    ModelTestError::Variants(Box::new(SetupError::from(error).into()))
}

/// The score that does not go with the model, if that is what is wrong, and whether positions are in its way.
fn refused_score(error: &ScoreVariantsError) -> Option<(&str, bool)> {
    let ScoreVariantsError::Setup(error) = error else { return None };
    let SetupError::Score(error) = &**error else { return None };
    match error {
        ScoreError::Profile { label, .. } => Some((label, true)),
        ScoreError::Scorer { label, .. }
        | ScoreError::NotYet { label, .. }
        | ScoreError::Scale { label, .. }
        | ScoreError::WholeOutputs { label } => Some((label, false)),
        ScoreError::Label(_) | ScoreError::NoMembers { .. } | ScoreError::MemberName { .. } => None,
    }
}

/// Whether any difference is not 0.
fn differs(tables: &ScoreTables, columns: usize) -> bool {
    let table = tables.table(DIFFERENCE);
    table.is_some_and(|table| (0..columns).any(|column| table.scores(column).iter().any(|score| *score != 0.0)))
}

/// What is not as it should be: skipped variants, scores that failed or are no numbers.
fn incomplete(summary: &ScoreSummary) -> Vec<String> {
    let skipped =
        summary.skipped.iter().map(|(reason, count)| format!("skipped {}: {reason}", Counted(*count, "variant")));
    let of_scores = summary.scores.iter().flat_map(|score| {
        let label = &score.label;
        let failures = score.failures.iter();
        let failures = failures
            .map(move |(text, count)| format!("score `{label}` failed for {}: {text}", Counted(*count, "variant")));
        let strange = (score.not_finite > 0)
            .then(|| format!("{} of {} values of score `{label}` are not finite", score.not_finite, score.values));
        failures.chain(strange).collect::<Vec<_>>()
    });
    skipped.chain(of_scores).collect()
}
