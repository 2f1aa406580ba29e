//! Where rows lie in the tables of tensors: each alone, or several on a line, where one begins some positions behind another
//! and both have the same cells where they overlap.

use std::ops::Range;

/// The numbers of cells, `cell` in each.
pub fn numbers(cells: &Range<usize>, cell: usize) -> Range<usize> {
    cells.start * cell..cells.end * cell
}

/// Rows on lines, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    rows: Vec<Row>,
    /// For each line, how many positions all lines before it have beyond those of a row, and it, too.
    more: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    line: usize,
    /// How far it begins behind the first row of the first line, if each line began where a row ends.
    behind: usize,
    /// How far it begins behind the row before on its line.
    step: Option<usize>,
}

/// A line of a tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Its positions, as the first row on the line counts them.
    pub positions: Range<usize>,
    /// The cells of these.
    pub cells: Range<usize>,
}

impl Lines {
    /// Adds a row: so many positions behind the last on the same line, or on a line of its own.
    pub fn push(&mut self, step: Option<usize>) {
        let end = self.more.last().map_or(0, |more| more.end);
        match (step, self.more.last_mut()) {
            (Some(step), Some(more)) => {
                more.end += step;
                self.rows.push(Row { line: self.more.len() - 1, behind: end + step, step: Some(step) });
            }
            _ => {
                self.rows.push(Row { line: self.more.len(), behind: end, step: None });
                self.more.push(end..end);
            }
        }
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.more.len()
    }

    /// The cells of all lines of a tensor of which `width` positions are needed of a row.
    pub fn cells(&self, width: usize) -> usize {
        self.more.len() * width + self.more.last().map_or(0, |more| more.end)
    }

    /// The cell of the first of these positions of a row.
    pub fn first(&self, row: usize, width: usize) -> usize {
        let Row { line, behind, .. } = self.rows[row];
        line * width + behind
    }

    /// Those of the positions `span` of a row that rows before it do not have.
    pub fn new_positions(&self, row: usize, span: &Range<usize>) -> Range<usize> {
        let new = self.rows[row].step.map_or(span.len(), |step| step.min(span.len()));
        span.end - new..span.end
    }

    /// A line of a tensor of which the positions `span` are needed of every row.
    pub fn stretch(&self, line: usize, span: &Range<usize>) -> Stretch {
        let more = &self.more[line];
        let first = line * span.len() + more.start;
        // Without any position of a row, there is none of the line.
        let width = if span.is_empty() { 0 } else { span.len() + more.len() };
        Stretch { positions: span.start..span.start + width, cells: first..first + width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_line_share_cells() {
        let mut lines = Lines::default();
        [None, Some(2), Some(0), None, None, Some(7)].into_iter().for_each(|step| lines.push(step));
        assert_eq!(lines.count(), 3);
        // Of a row, the positions 3 to 7 are needed.
        let span = 3..8;
        let first: Vec<usize> = (0..6).map(|row| lines.first(row, 5)).collect();
        assert_eq!(first, [0, 2, 2, 7, 12, 19]);
        assert_eq!(lines.cells(5), 24);
        let stretches: Vec<Stretch> = (0..3).map(|line| lines.stretch(line, &span)).collect();
        assert_eq!(stretches[0], Stretch { positions: 3..10, cells: 0..7 });
        assert_eq!(stretches[1], Stretch { positions: 3..8, cells: 7..12 });
        assert_eq!(stretches[2], Stretch { positions: 3..15, cells: 12..24 });
        let new: Vec<Range<usize>> = (0..6).map(|row| lines.new_positions(row, &span)).collect();
        assert_eq!(new, [3..8, 6..8, 8..8, 3..8, 3..8, 3..8]);
    }

    #[test]
    fn what_is_not_needed_has_no_cells() {
        let mut lines = Lines::default();
        [None, None, Some(4)].into_iter().for_each(|step| lines.push(step));
        assert!(lines.stretch(0, &(0..0)).cells.is_empty() && lines.stretch(1, &(0..0)).cells.is_empty());
    }
}
