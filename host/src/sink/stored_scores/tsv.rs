//! Scores of tables of text.

use std::path::Path;

use super::{ALLELE, StoredScoresError, StrongestTask, Visit, chosen, table_scores};
use crate::genome::TextLines;
use crate::sink::RowColumn;
use crate::sink::strongest_value::strongest;

pub(super) fn read(path: &Path, score: Option<&str>, visit: &mut Visit<'_>) -> Result<String, StoredScoresError> {
    let unread = |source| StoredScoresError::Text { path: path.to_owned(), source };
    let mut lines = TextLines::open(path).map_err(unread)?;
    lines.advance().map_err(unread)?;
    let header = without_end(lines.text()).to_owned();
    let names: Vec<&str> = header.split('\t').collect();
    let scores = table_scores(names.iter().copied().enumerate());
    let (score, tasks) = &scores[chosen(path, scores.iter().map(|(name, _)| *name), score)?];
    let allele = ALLELE.map(|column| names.iter().position(|known| *known == column.name()));
    while lines.advance().map_err(unread)? {
        let cells: Vec<&str> = without_end(lines.text()).split('\t').collect();
        let wrong = |column: &str, text: &str, expected| StoredScoresError::Cell {
            path: path.to_owned(),
            line: lines.line(),
            column: column.to_owned(),
            text: text.to_owned(),
            expected,
        };
        if cells.len() != names.len() {
            return Err(StoredScoresError::read(
                path,
                format!("line {} has {} cells, and there are {} columns", lines.line(), cells.len(), names.len()),
            ));
        }
        let [chrom, pos, id, reference, alternate] = allele.map(|column| column.map_or(".", |column| cells[column]));
        let mut values = Vec::with_capacity(tasks.len());
        // A score that failed, or that its row does not have, is empty.
        for &(column, task) in tasks.iter().filter(|(column, _)| !cells[*column].is_empty()) {
            let value = cells[column].parse().map_err(|_| wrong(names[column], cells[column], "a number"))?;
            values.push((task, value));
        }
        if let Some((task, value)) = strongest(values.into_iter()) {
            let pos = pos.parse().map_err(|_| wrong(RowColumn::Pos.name(), pos, "a position"))?;
            visit(StrongestTask { chrom, pos, id, reference, alternate, task, value })?;
        }
    }
    Ok((*score).to_owned())
}

fn without_end(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}
