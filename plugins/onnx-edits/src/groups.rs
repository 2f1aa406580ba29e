//! Which rows are computed together, and where they lie: rows that show the same stretch share what they have in common.

use kipos_plugin_api::RowPlace;

use crate::plan::Plan;
use crate::plan::cone::Cone;
use crate::step::lines::Lines;

/// Rows that are computed together.
#[derive(Debug, Default)]
pub struct Group {
    /// The rows, by their place among all.
    pub rows: Vec<usize>,
    /// Where they lie.
    pub lines: Lines,
}

/// How much may be computed together, and what is worth to be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most rows.
    pub rows: usize,
    /// The most lines.
    pub lines: usize,
    /// The most numbers that are kept.
    pub numbers: usize,
    /// The numbers that are kept of a row.
    pub of_row: usize,
    /// The numbers that a position more of a line adds.
    pub of_position: usize,
    /// Rows that begin so many positions behind the last share its line: what lies between costs less than a row.
    pub within: usize,
}

/// The groups of so many rows, of which `places` are known. Rows on the same line follow each other.
pub fn groups(rows: usize, places: &[Option<RowPlace>], limits: &Limits) -> Vec<Group> {
    let place = |row: usize| places.get(row).copied().flatten();
    let mut order: Vec<usize> = (0..rows).collect();
    if limits.within > 0 {
        order.sort_by_key(|&row| place(row).map(|place| (place.line, place.start)));
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers = 0;
    let mut last: Option<RowPlace> = None;
    for row in order {
        let own = place(row).filter(|_| limits.within > 0);
        let mut step = last.zip(own).and_then(|(last, own)| {
            let behind = usize::try_from(own.start.checked_sub(last.start)?).ok()?;
            (own.line == last.line && behind <= limits.within).then_some(behind)
        });
        let more = step.map_or(limits.of_row, |step| step * limits.of_position);
        let has_room = groups.last().is_some_and(|group| {
            let lines = group.lines.count() + usize::from(step.is_none());
            group.rows.len() < limits.rows && lines <= limits.lines && numbers + more <= limits.numbers
        });
        if !has_room {
            groups.push(Group::default());
            (numbers, step) = (0, None);
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row);
            group.lines.push(step);
        }
        numbers += step.map_or(limits.of_row, |step| step * limits.of_position);
        last = own;
    }
    groups
}

/// How many positions of a line cost as much as a row of its own; 0 if rows cannot share cells.
pub fn worth_sharing(plan: &Plan, cone: &Cone) -> usize {
    if plan.is_the_same_elsewhere(cone) { plan.positions_of_a_row(cone) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { rows: 9, lines: 2, numbers: 1000, of_row: 100, of_position: 10, within: 50 };

    /// The rows of each group, with the steps between those that share a line.
    fn grouped(places: &[Option<(usize, i64)>], limits: &Limits) -> Vec<String> {
        let places: Vec<Option<RowPlace>> =
            places.iter().map(|place| place.map(|(line, start)| RowPlace { line, start })).collect();
        let text = |group: Group| {
            let at = |local: usize| format!("{}@{}", group.rows[local], group.lines.first(local, 100));
            (0..group.rows.len()).map(at).collect::<Vec<_>>().join(" ")
        };
        groups(places.len(), &places, limits).into_iter().map(text).collect()
    }

    #[test]
    fn rows_close_together_share_a_line() {
        let places = [Some((0, 40)), Some((0, 10)), None, Some((1, 45)), Some((0, 200)), Some((0, 41))];
        assert_eq!(grouped(&places, &LIMITS), ["2@0 1@100 0@130 5@131", "4@0 3@100"]);
        // Where rows cannot share, their order is that in which they came.
        assert_eq!(grouped(&places, &Limits { within: 0, ..LIMITS }), ["0@0 1@100", "2@0 3@100", "4@0 5@100"]);
    }

    #[test]
    fn limits_hold() {
        let places = [0, 20, 40, 60, 80].map(|start| Some((3, start)));
        assert_eq!(grouped(&places, &LIMITS), ["0@0 1@20 2@40 3@60 4@80"]);
        assert_eq!(grouped(&places, &Limits { rows: 2, ..LIMITS }), ["0@0 1@20", "2@0 3@20", "4@0"]);
        assert_eq!(grouped(&places, &Limits { numbers: 500, ..LIMITS }), ["0@0 1@20 2@40", "3@0 4@20"]);
        // A row is computed, however much it is.
        assert_eq!(grouped(&places, &Limits { numbers: 5, ..LIMITS }), ["0@0", "1@0", "2@0", "3@0", "4@0"]);
    }
}
