//! Merging what the shards of a run gave.

use super::{
    ShardError,
    matching::MergeInputs,
    plan_file::{Shard, ShardPlan},
};
use crate::genome::ShardStretches;
use crate::internal::caught;
use crate::run::refuse_inputs_as_outputs;
use crate::sink::{JoinFormat, Output, PendingFiles, SinkError, check_distinct, join, join_suffix, row_places};
use crate::stop::Stop;
use crate::warning::Warning;
use std::path::{Path, PathBuf};

/// Merges the files of shards to those that the whole run would have written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MergeShards {
    /// The directory of a plan, files of its shards, or both; files alone are merged in this order.
    pub inputs: Vec<PathBuf>,
    /// What is written. Each takes the inputs whose names end as its own does.
    pub outputs: Vec<PathBuf>,
    /// Accept another number of records than the plan has, as of runs that leave out records or repeat them.
    pub any_count: bool,
    /// What asks to stop.
    pub stop: Stop,
}

/// A file that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedFile {
    /// Its name.
    pub path: PathBuf,
    /// How many files it is made of.
    pub parts: usize,
    /// How many rows or records it has, if that could be told.
    pub rows: Option<u64>,
}

impl MergeShards {
    /// Merges `inputs` into `outputs`.
    pub fn new(inputs: Vec<PathBuf>, outputs: Vec<PathBuf>) -> Self {
        Self { inputs, outputs, any_count: false, stop: Stop::new() }
    }

    /// Merges, and puts all outputs under their names together. What should be said meanwhile goes to `warn`.
    ///
    /// # Errors
    /// A shard that is missing, doubled, incomplete or not of this run; outputs that cannot be written.
    pub fn run(&self, warn: &mut dyn FnMut(Warning)) -> Result<Vec<MergedFile>, ShardError> {
        caught(|| self.merge(warn))?
    }

    fn merge(&self, warn: &mut dyn FnMut(Warning)) -> Result<Vec<MergedFile>, ShardError> {
        let inputs = MergeInputs::open(&self.inputs)?;
        let outputs: Vec<Output> = self.outputs.iter().map(Output::from).collect();
        check_distinct(&outputs)?;
        // All of it is matched before anything is written.
        let mut matched = Vec::new();
        for output in &self.outputs {
            let known = || SinkError::UnknownFormat { path: output.clone(), known: JoinFormat::known_names() };
            let (suffix, format) = join_suffix(output).ok_or_else(known)?;
            let parts = inputs.parts(&suffix, output)?;
            if let Some(plan) = &inputs.plan {
                check_places(plan, format, &parts)?;
            }
            matched.push((output, format, parts));
        }
        let read: Vec<PathBuf> = matched.iter().flat_map(|(_, _, parts)| parts).cloned().collect();
        refuse_inputs_as_outputs(&outputs, &read)?;
        let mut pending = PendingFiles::default();
        let mut merged = Vec::new();
        for (output, format, parts) in matched {
            let joined = join(format, &parts, output, &self.stop)?;
            if let Some(plan) = inputs.plan.as_ref().filter(|_| format.holds_records(output) && !self.any_count) {
                check_counts(plan, output, &parts, &joined.rows)?;
            }
            pending.extend(joined.pending);
            let rows = joined.rows.iter().copied().sum();
            merged.push(MergedFile { path: output.clone(), parts: parts.len(), rows });
        }
        pending.warnings().iter().for_each(|warning| warn(warning.clone()));
        pending.commit()?;
        Ok(merged)
    }
}

/// Compares places of rows with the stretches of their shards.
fn check_places(plan: &ShardPlan, format: JoinFormat, parts: &[PathBuf]) -> Result<(), ShardError> {
    for (Shard { name, bed, .. }, part) in plan.shards.iter().zip(parts) {
        let places = row_places(format, part)?;
        if places.is_empty() {
            continue;
        }
        let stretches = ShardStretches::read(bed)?;
        let start = |pos: u64| i64::try_from(pos).unwrap_or(i64::MAX) - 1;
        if let Some(place) = places.into_iter().find(|place| !stretches.contains(&place.contig, start(place.pos))) {
            let (path, shard, bed) = (part.clone(), name.clone(), bed.clone());
            return Err(ShardError::Elsewhere { path, shard, bed, contig: place.contig, pos: place.pos });
        }
    }
    Ok(())
}

/// Compares numbers of records with those of the plan.
fn check_counts(plan: &ShardPlan, output: &Path, parts: &[PathBuf], rows: &[Option<u64>]) -> Result<(), ShardError> {
    for ((shard, part), found) in plan.shards.iter().zip(parts).zip(rows) {
        if let Some((found, planned)) = found.zip(shard.records).filter(|(found, planned)| found != planned) {
            return Err(ShardError::Count { path: part.clone(), shard: shard.name.clone(), found, planned });
        }
    }
    let found: Option<u64> = rows.iter().copied().sum();
    match found.zip(plan.records) {
        Some((found, planned)) if found != planned => {
            Err(ShardError::Total { output: output.to_owned(), found, planned })
        }
        _ => Ok(()),
    }
}
