//! Whether a chunk is what was agreed.

use super::SinkError;
use crate::scored::{Pair, ScoreLabel, ScoredChunk};
use std::path::Path;

/// Refuses a chunk whose matrices are not those of `labels`, or that lacks rows of scored pairs.
pub(super) fn check_shape(path: &Path, labels: &[ScoreLabel], chunk: &ScoredChunk) -> Result<(), SinkError> {
    let error = |message| Err(SinkError::Shape { path: path.to_owned(), message });
    if chunk.scores.len() != labels.len() {
        return error(format!("{} score matrices, {} labels", chunk.scores.len(), labels.len()));
    }
    let rows = chunk.pairs.iter().filter_map(Pair::row).max().map_or(0, |last| last + 1);
    for (ScoreLabel { label, columns, .. }, matrix) in labels.iter().zip(&chunk.scores) {
        let (width, held) = (columns.len(), matrix.values.len());
        if matrix.width != width {
            return error(format!("{} columns of score `{label}`, {width} names", matrix.width));
        }
        if held < rows * width {
            return error(format!("{held} values of score `{label}`, {rows} rows of {width}"));
        }
    }
    Ok(())
}
