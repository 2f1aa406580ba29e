//! Variants on a map: a box around what they write, and a label above.

use super::color::Color;
use super::columns::Columns;
use super::font::Font;
use super::heat_map::HeatMapPlace;
use super::letters::Letter;
use super::page::SMALL;
use super::scene::{Anchor, Area, Layer, Shape, Stroke};
use super::ticks::grouped;

/// A variant that is shown on a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedVariant {
    /// First base of REF, 0-based.
    pub start: i64,
    /// What the genome holds, upper case.
    pub reference: String,
    /// What it becomes, upper case.
    pub alternate: String,
    /// What it is called; empty or `.` for nothing but its place and alleles.
    pub id: String,
}

impl MarkedVariant {
    /// Its name, or `1,000 A>T`, where positions count from 1.
    fn label(&self) -> String {
        if self.id.is_empty() || self.id == "." {
            return format!("{} {}>{}", grouped(self.start + 1), self.reference, self.alternate);
        }
        self.id.clone()
    }
}

/// Height of a label.
const HEIGHT: f64 = 17.0;

/// From one lane of labels to the next.
pub(super) const LANE: f64 = 21.0;

/// Labels that would need more lanes are left out.
const MOST_LANES: usize = 6;

/// Room between two labels of a lane.
const GAP: f64 = 6.0;

/// A variant's place among the drawn columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First column.
    pub(super) column: usize,
    /// Columns of REF that are drawn, at least one.
    pub(super) columns: usize,
    /// Row of what it writes; `None` if that is no single base in the place of another.
    pub(super) row: Option<usize>,
}

/// The row of a base in a map.
pub(super) fn row_of(base: Letter) -> Option<usize> {
    Letter::BASES.iter().position(|letter| *letter == base)
}

/// A label on the page.
#[derive(Debug, Clone, PartialEq)]
struct Label {
    text: String,
    x: f64,
    width: f64,
    lane: usize,
}

/// Labels of variants, and how many lanes they take.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels {
    labels: Vec<Option<Label>>,
    /// Lanes.
    pub(super) lanes: usize,
}

impl Labels {
    /// Places the labels of variants, each above its own, where none covers another.
    pub(super) fn place(variants: &[(MarkedVariant, Span)], columns: &Columns, right: f64) -> Self {
        let font = Font::new();
        let mut order: Vec<usize> = (0..variants.len()).collect();
        order.sort_by_key(|&index| variants[index].1.column);
        let mut ends: Vec<f64> = Vec::new();
        let mut labels = vec![None; variants.len()];
        for index in order {
            let (variant, span) = &variants[index];
            let text = font.fitted(&variant.label(), SMALL, 220.0);
            let width = font.width(&text, SMALL) + 12.0;
            let middle = (columns.x(span.column) + columns.x(span.column + span.columns)) / 2.0;
            let x = (middle - width / 2.0).min(right - width).max(columns.left);
            let free = ends.iter().position(|end| end + GAP <= x);
            let lane = free.unwrap_or(ends.len());
            if lane >= MOST_LANES {
                continue;
            }
            match ends.get_mut(lane) {
                Some(end) => *end = x + width,
                None => ends.push(x + width),
            }
            labels[index] = Some(Label { text, x, width, lane });
        }
        Self { labels, lanes: ends.len() }
    }

    /// No labels at all.
    pub(super) fn none(variants: &[(MarkedVariant, Span)]) -> Self {
        Self { labels: vec![None; variants.len()], lanes: 0 }
    }
}

/// The marks of variants, as a layer below the panels (lines) and one above (boxes and labels). The lanes of labels end
/// at `y`.
pub(super) fn marks(
    variants: &[(MarkedVariant, Span)],
    labels: &Labels,
    place: &HeatMapPlace,
    y: f64,
) -> (Layer, Layer) {
    let (mut lines, mut boxes) = (Layer::smooth("variant-lines"), Layer::smooth("variants"));
    for ((_, span), label) in variants.iter().zip(&labels.labels) {
        let first = place.cell(span.row.unwrap_or(0), span.column);
        let rows = if span.row.is_some() { 1.0 } else { Letter::BASES.len() as f64 };
        let right = place.columns.x(span.column + span.columns);
        // A box that is thinner than its own edge could not be seen.
        let width = (right - first.x).max(5.0);
        let middle = (first.x + right) / 2.0;
        let area = Area { x: middle - width / 2.0, y: first.y, width, height: first.height * rows };
        boxes.shapes.push(Shape::Outline { area, stroke: Stroke { color: Color::INK, width: 2.0 } });
        let Some(label) = label else { continue };
        let bottom = y - LANE * label.lane as f64 - (LANE - HEIGHT);
        let area = Area { x: label.x, y: bottom - HEIGHT, width: label.width, height: HEIGHT };
        lines.shapes.push(Shape::hairline((middle, bottom), (middle, first.y), Color::PALE));
        boxes.shapes.push(Shape::Fill { area, color: Color::LABEL, radius: 4.0 });
        let at = (label.x + label.width / 2.0, bottom - 5.0);
        boxes.shapes.push(Shape::text(label.text.clone(), at, Anchor::Middle, SMALL, Color::INK));
    }
    (lines, boxes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::color::Palette;

    const COLUMNS: Columns = Columns { count: 20, left: 0.0, width: 400.0 };

    fn variant(column: usize, id: &str, row: Option<usize>) -> (MarkedVariant, Span) {
        let variant = MarkedVariant {
            start: column as i64,
            reference: "A".to_owned(),
            alternate: "T".to_owned(),
            id: id.to_owned(),
        };
        (variant, Span { column, columns: if row.is_some() { 1 } else { 3 }, row })
    }

    #[test]
    fn labels_that_would_touch_lie_in_lanes() {
        let variants = [variant(10, "rs1", Some(1)), variant(0, "rs2", Some(1)), variant(9, ".", Some(3))];
        let labels = Labels::place(&variants, &COLUMNS, 400.0);
        let lanes: Vec<_> = labels.labels.iter().flatten().map(|label| (label.text.as_str(), label.lane)).collect();
        assert_eq!(lanes, [("rs1", 1), ("rs2", 0), ("10 A>T", 0)]);
        assert_eq!(labels.lanes, 2);
        assert_eq!(labels.labels[1].as_ref().unwrap().x, 0.0);
    }

    #[test]
    fn labels_beyond_the_last_lane_are_left_out_but_not_their_boxes() {
        let variants: Vec<_> = (0..9).map(|_| variant(5, "rs123456", Some(2))).collect();
        let labels = Labels::place(&variants, &COLUMNS, 400.0);
        assert_eq!((labels.lanes, labels.labels.iter().flatten().count()), (MOST_LANES, MOST_LANES));
        let place = HeatMapPlace { columns: COLUMNS, top: 200.0, row: 20.0, palette: Palette::Classic };
        let (lines, boxes) = marks(&variants, &labels, &place, 150.0);
        assert_eq!((lines.shapes.len(), boxes.shapes.len()), (MOST_LANES, 9 + 2 * MOST_LANES));
    }

    #[test]
    fn a_base_is_one_cell_and_anything_else_all_rows_of_its_columns() {
        let variants = [variant(4, "", Some(2)), variant(6, "", None)];
        let place = HeatMapPlace { columns: COLUMNS, top: 200.0, row: 20.0, palette: Palette::Classic };
        let (_, boxes) = marks(&variants, &Labels::none(&variants), &place, 150.0);
        let area = |shape: &Shape| match shape {
            Shape::Outline { area, .. } => (area.x, area.y, area.width, area.height),
            other => panic!("{other:?}"),
        };
        let areas: Vec<_> = boxes.shapes.iter().map(area).collect();
        assert_eq!(areas, [(80.0, 240.0, 20.0, 20.0), (120.0, 200.0, 60.0, 80.0)]);
    }
}
