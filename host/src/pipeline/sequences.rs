//! Writing the sequences that a model would be given, instead of predicting.

use std::path::Path;

use super::{NothingScored, ScoreSummary, ScoreVariants, ScoreVariantsError, score_all};
use crate::edits::EditBatch;
use crate::internal::caught;
use crate::model::{ModelInputs, described_rc};
use crate::plugin::PluginRegistry;
use crate::predict::views;
use crate::provenance::Provenance;
use crate::run::{BusyTimes, Event, RunStage, StageClock, stoppable, warn_all};
use crate::scored::ScoredChunk;
use crate::sequence::SampleRows;
use crate::setup::SetupError;
use crate::sink::{PendingFiles, SequenceFile, SinkSet, sweep, table_rows};

/// The sequences of an allele.
#[derive(Debug, Clone, Copy)]
enum Set {
    Reference,
    Alternate,
    ReferenceRc,
    AlternateRc,
}

impl Set {
    const FORWARD: [Self; 2] = [Self::Reference, Self::Alternate];
    const BOTH_STRANDS: [Self; 4] = [Self::Reference, Self::Alternate, Self::ReferenceRc, Self::AlternateRc];

    /// Its name in the file.
    fn name(self) -> &'static str {
        match self {
            Self::Reference => "ref",
            Self::Alternate => "alt",
            Self::ReferenceRc => "ref_rc",
            Self::AlternateRc => "alt_rc",
        }
    }

    /// Appends the row of an allele.
    fn push(self, batch: &EditBatch, allele: usize, block: &mut SampleRows) {
        match self {
            Self::Reference | Self::ReferenceRc => block.push_copy(batch.rows(), batch.sources()[allele]),
            Self::Alternate | Self::AlternateRc => batch.materialise(allele, block),
        }
        if matches!(self, Self::ReferenceRc | Self::AlternateRc) {
            block.reverse_complement_last();
        }
    }
}

impl ScoreVariants {
    /// Writes what the model would be given to `path`, an HDF5 file, instead of predicting and scoring: a row for each
    /// allele and window that would be scored. The model itself is not loaded; rows have the loader's number type, else
    /// float32.
    ///
    /// There is a set of rows for either allele, on either strand where that is asked for: a dataset `/<set>` if the model
    /// has one input, else a group of datasets `/<set>/<input>`. Row `i` of every set belongs to row `i` of the datasets in
    /// `/variants`, which are the columns before the scores of tables.
    ///
    /// # Errors
    /// Anything that stops the run; `path` then holds what it held before.
    pub fn write_sequences(
        &self,
        path: &Path,
        observe: &mut dyn FnMut(Event),
    ) -> Result<ScoreSummary, ScoreVariantsError> {
        caught(|| self.sequences_into(path, observe))?
    }

    fn sequences_into(&self, path: &Path, observe: &mut dyn FnMut(Event)) -> Result<ScoreSummary, ScoreVariantsError> {
        let (mut clock, busy) = (StageClock::start(observe), BusyTimes::default());
        let complete = |observe: &mut dyn FnMut(Event)| self.sequences_completed(path, (&mut clock, &busy), observe);
        let (complete, mut summary) = stoppable(&self.stop, ("records", false), observe, complete)?;
        complete.commit()?;
        (summary.stages, summary.elapsed) = clock.finish(&busy);
        Ok(summary)
    }

    /// Everything but putting the file under its name.
    fn sequences_completed(
        &self,
        path: &Path,
        (clock, busy): (&mut StageClock, &BusyTimes),
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PendingFiles, ScoreSummary), ScoreVariantsError> {
        let outputs = [path.into()];
        // The model is not loaded, so no plugin is in use.
        let (reader, opened) = self.open(&outputs, &PluginRegistry::default(), observe)?;
        let spec = opened.directory.model();
        let inputs = ModelInputs::described(&opened.directory, &self.model.seq_input, opened.loader())
            .map_err(SetupError::from)?;
        let both_strands = self.scores.use_rc.unwrap_or_else(|| described_rc(spec));
        let sets = if both_strands { &Set::BOTH_STRANDS[..] } else { &Set::FORWARD };
        let names: Vec<&str> = sets.iter().map(|set| set.name()).collect();
        let input_names: Vec<String> = spec.inputs.iter().map(|input| input.name.clone()).collect();
        let name = self.model_name(&opened.directory);
        let about = opened.provenance(self.choices(), &name, None, inputs.window_length, observe)?;
        let strands = if both_strands { "both" } else { "forward" };
        let about = about.with_group("sequences", Provenance::new().with("strands", strands));
        let provenance = about.with_group("variants", self.variants.provenance());
        warn_all(observe, sweep(&outputs).as_slice());
        let mut file = SequenceFile::create(path, &names, &input_names, self.vcf.std_var_id, &provenance)?;
        let planner = self.planner(opened, reader, &inputs, 0)?;
        warn_all(observe, planner.warnings());
        clock.enter(RunStage::Run, observe);
        let mut block = inputs.rows.empty_like();
        let rows_per_call = self.model.rows_per_call(&block);
        let mut stage = |chunk: &mut ScoredChunk, batch: &EditBatch| {
            for (index, set) in sets.iter().enumerate() {
                for first in (0..batch.len()).step_by(rows_per_call) {
                    let last = batch.len().min(first + rows_per_call);
                    block.clear();
                    (first..last).for_each(|allele| set.push(batch, allele, &mut block));
                    let shaped = block.shaped();
                    file.append(index, &views(&shaped)?)?;
                }
            }
            Ok::<_, ScoreVariantsError>(file.append_variants(table_rows(chunk, true))?)
        };
        let mut summary = ScoreSummary { provenance, ..ScoreSummary::default() };
        let extent = planner.extent();
        let source = (planner, extent);
        score_all(&self.stop, source, &mut stage, SinkSet::default(), (&mut summary, busy), observe)?;
        NothingScored::check(&summary, self.variants.must_score(), observe)?;
        clock.enter(RunStage::Commit, observe);
        Ok((file.complete()?, summary))
    }
}
