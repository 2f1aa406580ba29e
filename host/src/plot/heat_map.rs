//! Heat maps: values as colours.

use super::color::{Color, Palette};
use super::columns::Columns;
use super::scene::{Area, Layer, Shape, Stroke};
use crate::internal::OrInternal;

/// Values in rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// Row after row, the upper one first; NaN where there is no value.
    pub(super) values: Vec<f64>,
    /// Values of a row.
    pub(super) columns: usize,
}

impl Grid {
    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The largest magnitude, 1 if there is no other than 0: values are coloured between it and its negative.
    pub(super) fn limit(&self) -> f64 {
        let finite = self.values.iter().filter(|value| value.is_finite());
        let limit = finite.fold(0.0_f64, |limit, value| limit.max(value.abs()));
        if limit > 0.0 { limit } else { 1.0 }
    }
}

/// Where a heat map lies, and how it looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeatMapPlace {
    /// Its columns on the page.
    pub(super) columns: Columns,
    /// Its upper edge.
    pub(super) top: f64,
    /// The height of each of its rows.
    pub(super) row: f64,
    /// The colours of its values.
    pub(super) palette: Palette,
}

impl HeatMapPlace {
    /// The area of a cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> Area {
        let x = self.columns.x(column);
        Area { x, y: self.top + row as f64 * self.row, width: self.columns.x(column + 1) - x, height: self.row }
    }

    /// The area of all `rows`.
    pub(super) fn area(&self, rows: usize) -> Area {
        Area { x: self.columns.left, y: self.top, width: self.columns.width, height: rows as f64 * self.row }
    }
}

/// The cells of a heat map. Of columns that share a pixel, the value of the largest magnitude is shown; a cell is without
/// a value if all of them are.
pub(super) fn heat_map(grid: &Grid, place: &HeatMapPlace) -> Vec<Layer> {
    let mut cells = Layer::crisp("heat-map");
    let mut strokes = Layer::smooth("missing");
    let limit = grid.limit();
    for (row, values) in grid.values.chunks(grid.columns.max(1)).enumerate() {
        let mut run: Option<(Area, Color)> = None;
        for bin in place.columns.bins() {
            let values = values.get(bin.clone()).or_internal("every column has a value");
            let numbers = values.iter().copied().filter(|value| !value.is_nan());
            let value = numbers.reduce(|a, b| if b.abs() > a.abs() { b } else { a }).unwrap_or(f64::NAN);
            let first = place.cell(row, bin.start);
            let area = Area { width: place.columns.x(bin.end) - first.x, ..first };
            if value.is_nan() {
                strokes.shapes.extend(missing_stroke(area));
            }
            let color = place.palette.value(value, limit);
            // Cells of one colour that touch are one shape.
            run = match run {
                Some((mut whole, same)) if same == color => {
                    whole.width = area.right() - whole.x;
                    Some((whole, same))
                }
                other => {
                    cells.shapes.extend(other.map(|(area, color)| Shape::fill(area, color)));
                    Some((area, color))
                }
            };
        }
        cells.shapes.extend(run.map(|(area, color)| Shape::fill(area, color)));
    }
    let mut frame = Layer::smooth("frame");
    let stroke = Stroke { color: Color::PALE, width: 1.0 };
    frame.shapes.push(Shape::Outline { area: place.area(grid.rows()), stroke });
    vec![cells, strokes, frame]
}

/// The stroke through a cell without a value, if it is large enough.
pub(super) fn missing_stroke(area: Area) -> Option<Shape> {
    (area.width >= 5.0 && area.height >= 5.0).then(|| {
        let inset = area.width.min(area.height) * 0.22;
        let (from, to) = ((area.x + inset, area.bottom() - inset), (area.right() - inset, area.y + inset));
        Shape::Line { from, to, stroke: Stroke { color: Color::WHITE, width: 1.2 } }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(columns: usize, width: f64) -> HeatMapPlace {
        let columns = Columns { count: columns, left: 0.0, width };
        HeatMapPlace { columns, top: 0.0, row: 10.0, palette: Palette::Classic }
    }

    fn cells(grid: &Grid, place: &HeatMapPlace) -> Vec<(f64, f64, f64, Color)> {
        let fill = |shape: &Shape| match shape {
            Shape::Fill { area, color, .. } => (area.x, area.y, area.width, *color),
            other => panic!("{other:?}"),
        };
        heat_map(grid, place)[0].shapes.iter().map(fill).collect()
    }

    #[test]
    fn cells_lie_row_by_row_and_equal_neighbours_are_one() {
        let grid = Grid { values: vec![0.0, 0.0, 2.0, f64::NAN, -2.0, 1.0], columns: 3 };
        let [white, red, blue, light] = [0.0, 2.0, -2.0, 1.0].map(|value| Palette::Classic.value(value, 2.0));
        let expected = [
            (0.0, 0.0, 20.0, white),
            (20.0, 0.0, 10.0, red),
            (0.0, 10.0, 10.0, Color::MISSING),
            (10.0, 10.0, 10.0, blue),
            (20.0, 10.0, 10.0, light),
        ];
        assert_eq!(cells(&grid, &place(3, 30.0)), expected);
        assert_eq!(heat_map(&grid, &place(3, 30.0))[1].shapes.len(), 1);
        assert!(heat_map(&grid, &place(3, 6.0))[1].shapes.is_empty());
    }

    #[test]
    fn a_pixel_shows_the_largest_of_its_values() {
        let nan = f64::NAN;
        let grid = Grid { values: vec![0.5, -2.0, nan, 1.0, nan, nan], columns: 6 };
        let [blue, light] = [-2.0, 1.0].map(|value| Palette::Classic.value(value, 2.0));
        assert_eq!(
            cells(&grid, &place(6, 3.0)),
            [(0.0, 0.0, 1.0, blue), (1.0, 0.0, 1.0, light), (2.0, 0.0, 1.0, Color::MISSING)]
        );
    }

    #[test]
    fn the_limit_is_never_zero() {
        assert_eq!(Grid { values: vec![f64::NAN, 0.0], columns: 2 }.limit(), 1.0);
        assert_eq!(Grid { values: vec![f64::INFINITY, -3.0], columns: 2 }.limit(), 3.0);
    }
}
