//! Scores of tables of text.

use std::io::BufRead;
use std::path::Path;

use super::{StoredScoresError, StrongestTask, Visit, chosen, table_scores};
use crate::bounded_line::{LINE, read_line};
use crate::sink::strongest_value::strongest;

/// The columns that say which allele a row is about.
const ALLELE: [&str; 5] = ["chrom", "pos", "id", "ref", "alt"];

pub(super) fn read(
    path: &Path,
    mut input: Box<dyn BufRead>,
    score: Option<&str>,
    visit: &mut Visit<'_>,
) -> Result<String, StoredScoresError> {
    let mut line = Vec::new();
    let mut next = |line: &mut Vec<u8>| {
        line.clear();
        let count = read_line(&mut *input, line, LINE).map_err(|error| StoredScoresError::read(path, error))?;
        let text = std::str::from_utf8(line).map_err(|error| StoredScoresError::read(path, error))?;
        Ok::<_, StoredScoresError>((count > 0).then(|| text.trim_end_matches(['\n', '\r']).to_owned()))
    };
    let header = next(&mut line)?.unwrap_or_default();
    let names: Vec<&str> = header.split('\t').collect();
    let scores = table_scores(names.iter().copied().enumerate());
    let (score, tasks) = &scores[chosen(path, scores.iter().map(|(name, _)| *name), score)?];
    let allele = ALLELE.map(|name| names.iter().position(|known| *known == name));
    let mut number = 1;
    while let Some(row) = next(&mut line)? {
        number += 1;
        let cells: Vec<&str> = row.split('\t').collect();
        let wrong = |column: &str, text: &str, expected| StoredScoresError::Cell {
            path: path.to_owned(),
            line: number,
            column: column.to_owned(),
            text: text.to_owned(),
            expected,
        };
        if cells.len() != names.len() {
            return Err(StoredScoresError::read(
                path,
                format!("line {number} has {} cells, and there are {} columns", cells.len(), names.len()),
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
            let pos = pos.parse().map_err(|_| wrong("pos", pos, "a position"))?;
            visit(StrongestTask { chrom, pos, id, reference, alternate, task, value })?;
        }
    }
    Ok((*score).to_owned())
}
