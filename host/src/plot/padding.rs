//! Columns that no contig has: what was filled up beyond its ends.

use super::color::Color;
use super::columns::{Columns, Coordinates};
use super::font::Font;
use super::page::SMALL;
use super::scene::{Anchor, Area, Layer, Shape};
use crate::internal::OrInternal;
use std::ops::Range;

/// What padding is called in pictures.
const NAME: &str = "padding";

/// A layer that marks the padding among the columns, from `top` to `bottom`; `None` if all columns are bases or places of
/// an array.
pub(super) fn padding(coordinates: &Coordinates, columns: &Columns, top: f64, bottom: f64) -> Option<Layer> {
    let mut layer = Layer::smooth("padding");
    let font = Font::new();
    for Range { start, end } in padded(coordinates) {
        let (x, right) = (columns.x(start), columns.x(end));
        let area = Area { x, y: top, width: right - x, height: bottom - top };
        layer.shapes.push(Shape::fill(area, Color::LABEL));
        if font.width(NAME, SMALL) < area.width {
            let at = (area.x + area.width / 2.0, top + SMALL + 2.0);
            layer.shapes.push(Shape::text(NAME, at, Anchor::Middle, SMALL, Color::GREY));
        }
    }
    (!layer.shapes.is_empty()).then_some(layer)
}

/// The drawn columns that are padding: some at either end, or all.
fn padded(coordinates: &Coordinates) -> Vec<Range<usize>> {
    let bases = coordinates.bases();
    let columns = |count: i64| usize::try_from(count).or_internal("positions are in order");
    let count = columns(coordinates.end - coordinates.start);
    let column = |position: i64| {
        let column = columns(position - coordinates.start);
        if coordinates.descending { count - column } else { column }
    };
    let ends = if bases.is_empty() {
        vec![(coordinates.start, coordinates.end)]
    } else {
        vec![(coordinates.start, bases.start), (bases.end, coordinates.end)]
    };
    let drawn = ends.into_iter().map(|(from, to)| (column(from), column(to)));
    drawn.map(|(from, to)| from.min(to)..from.max(to)).filter(|columns| !columns.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coordinates(start: i64, end: i64, descending: bool) -> Coordinates {
        Coordinates { contig: Some("chr1".into()), contig_length: Some(100), start, end, descending }
    }

    /// First and last column of each stretch of padding, the last not inside.
    fn columns(coordinates: &Coordinates) -> Vec<(usize, usize)> {
        padded(coordinates).into_iter().map(|columns| (columns.start, columns.end)).collect()
    }

    #[test]
    fn columns_beyond_either_end_are_padding() {
        assert_eq!(columns(&coordinates(0, 100, false)), []);
        assert_eq!(columns(&coordinates(-3, 5, false)), [(0, 3)]);
        assert_eq!(columns(&coordinates(-3, 5, true)), [(5, 8)]);
        assert_eq!(columns(&coordinates(98, 104, false)), [(2, 6)]);
        assert_eq!(columns(&coordinates(-1, 102, true)), [(102, 103), (0, 2)]);
        assert_eq!(columns(&coordinates(100, 103, false)), [(0, 3)]);
        assert_eq!(columns(&coordinates(-4, 0, true)), [(0, 4)]);
        // Where the length is not known, only what lies before the contig; places of arrays are no bases.
        assert_eq!(columns(&Coordinates { contig_length: None, ..coordinates(-2, 900, false) }), [(0, 2)]);
        assert_eq!(columns(&Coordinates { contig: None, ..coordinates(0, 200, false) }), []);
    }

    #[test]
    fn the_mark_has_its_name_where_there_is_room() {
        let columns = Columns { count: 10, left: 0.0, width: 200.0 };
        let shapes =
            |start| padding(&coordinates(start, start + 10, false), &columns, 5.0, 25.0).map(|layer| layer.shapes);
        assert_eq!(shapes(0), None);
        let area = Area { x: 0.0, y: 5.0, width: 20.0, height: 20.0 };
        assert_eq!(shapes(-1), Some(vec![Shape::fill(area, Color::LABEL)]));
        assert_eq!(shapes(-5).unwrap()[1], Shape::text("padding", (50.0, 18.0), Anchor::Middle, SMALL, Color::GREY));
    }
}
