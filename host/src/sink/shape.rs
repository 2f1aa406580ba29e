//! Whether a chunk is what was agreed.

use super::SinkError;
use crate::scored::{Fate, ScoreLabel, ScoredChunk};
use std::path::Path;

/// Refuses a chunk whose matrices are not those of `labels`, or that lacks rows or windows of scored alleles.
pub(super) fn check_shape(path: &Path, labels: &[ScoreLabel], chunk: &ScoredChunk) -> Result<(), SinkError> {
    let error = |message| Err(SinkError::Shape { path: path.to_owned(), message });
    if chunk.scores.len() != labels.len() {
        return error(format!("{} score matrices, {} labels", chunk.scores.len(), labels.len()));
    }
    let fates = chunk.records.iter().flat_map(|scored| &scored.fates);
    let rows = fates.map(|fate| if let Fate::Scored(row) = fate { row + 1 } else { 0 }).max().unwrap_or(0);
    for (ScoreLabel { label, columns }, matrix) in labels.iter().zip(&chunk.scores) {
        let (width, held) = (columns.len(), matrix.values.len());
        if matrix.width != width {
            return error(format!("{} columns of score `{label}`, {width} names", matrix.width));
        }
        if held < rows * width {
            return error(format!("{held} values of score `{label}`, {rows} rows of {width}"));
        }
    }
    if chunk.windows.len() < rows {
        return error(format!("{} windows, {rows} rows", chunk.windows.len()));
    }
    Ok(())
}
