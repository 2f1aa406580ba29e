//! What surrounds the panels of a picture: titles and axes.

use super::color::Color;
use super::columns::{Columns, Coordinates};
use super::font::Font;
use super::scale::Scale;
use super::scene::{Anchor, Area, Layer, Shape};
use super::ticks::{grouped, position_ticks, value_ticks};
use crate::internal::OrInternal;

/// Size of the title.
pub(super) const LARGE: f64 = 15.0;

/// Size of all other text.
pub(super) const SMALL: f64 = 11.0;

/// Length of a tick.
pub(super) const TICK: f64 = 4.0;

/// What is left free around the picture.
pub(super) const MARGIN: f64 = 14.0;

/// Height of title and subtitle.
pub(super) const TITLE_ROOM: f64 = 52.0;

/// Height of the axis of positions.
pub(super) const AXIS_ROOM: f64 = 46.0;

/// Room left of the columns: an axis of values and its name.
pub(super) const LEFT_ROOM: f64 = 74.0;

/// Base line of the names of vertical axes, left of the longest labels of their ticks.
const NAME_X: f64 = 13.0;

/// Width of the columns where the user does not choose the picture's: room for letters while there are few, no wider than
/// a screen.
pub(super) fn columns_width(count: usize, width: Option<f64>, rooms: f64) -> f64 {
    match width {
        Some(width) => (width - rooms).max(40.0),
        None => (count as f64 * 22.0).clamp((count as f64 * 40.0).clamp(40.0, 440.0), 1440.0),
    }
}

/// Width of the page whose picture ends at `right`: titles have some room even above few columns.
pub(super) fn page_width(right: f64, width: Option<f64>) -> f64 {
    if width.is_some() { right } else { right.max(480.0) }
}

/// A stretch of a contig as people write it: both ends inside, counted from 1. Of a stretch that leaves the contig, what
/// is there, and how much is not.
pub(super) fn place_name(contig: &str, length: Option<i64>, start: i64, end: i64) -> String {
    let (first, last) = (start.max(0), end.min(length.unwrap_or(i64::MAX)));
    match (end - start) - (last - first).max(0) {
        0 => format!("{contig}:{}-{}", grouped(start + 1), grouped(end)),
        padding if first < last => {
            format!("{contig}:{}-{} and padding of {}", grouped(first + 1), grouped(last), grouped(padding))
        }
        padding => format!("{contig}, padding of {}", grouped(padding)),
    }
}

/// What stands in a picture that has no finite value to show, beside its subtitle.
const NO_VALUES: &str = "no finite values";

/// The subtitle of a picture with or without finite values, and what there is to say of the picture.
pub(super) fn said_of_values(subtitle: &str, has_values: bool) -> (String, Option<String>) {
    if has_values {
        return (subtitle.to_owned(), None);
    }
    let warning = "the picture is empty: none of its values is a finite number".to_owned();
    // In front, where it is seen even if the rest does not fit.
    let subtitle = if subtitle.is_empty() { NO_VALUES.to_owned() } else { format!("{NO_VALUES}: {subtitle}") };
    (subtitle, Some(warning))
}

/// The title and what stands below it, no wider than `width`.
pub(super) fn titles(title: &str, subtitle: &str, x: f64, width: f64) -> Layer {
    let font = Font::new();
    let mut layer = Layer::smooth("titles");
    let title = font.fitted(title, LARGE, width);
    layer.shapes.push(Shape::text(title, (x, MARGIN + LARGE), Anchor::Start, LARGE, Color::INK));
    let subtitle = font.fitted(subtitle, SMALL, width);
    let at = (x, MARGIN + LARGE + SMALL + 6.0);
    layer.shapes.push(Shape::text(subtitle, at, Anchor::Start, SMALL, Color::GREY));
    layer
}

/// The axis of positions below the columns, the upper edge of which is `y`.
pub(super) fn position_axis(coordinates: &Coordinates, columns: &Columns, y: f64) -> Layer {
    let font = Font::new();
    let mut layer = Layer::smooth("positions");
    let Coordinates { contig, start, end, descending, .. } = coordinates;
    let bases = coordinates.bases();
    // Bases are counted from 1, as VCF files and genome browsers do; places of arrays from 0.
    let first = if contig.is_some() { 1 } else { 0 };
    let widest = font.width(&grouped(end.saturating_add(first)), SMALL);
    let most = (columns.width / (widest + 26.0)).floor().max(1.0) as usize;
    layer.shapes.push(Shape::hairline((columns.left, y), (columns.right(), y), Color::GREY));
    // What is padding has no position.
    for position in position_ticks(bases.start + first - 1, bases.end.max(bases.start) + first - 1, most) {
        let column = if *descending { end - 1 - (position - first) } else { position - first - start };
        let x = columns.middle(usize::try_from(column).or_internal("ticks are among the columns"));
        layer.shapes.push(Shape::hairline((x, y), (x, y + TICK), Color::GREY));
        let at = (x, y + TICK + SMALL + 2.0);
        layer.shapes.push(Shape::text(grouped(position), at, Anchor::Middle, SMALL, Color::INK));
    }
    let direction = if *descending { ", read on the reverse strand" } else { "" };
    let name = match contig {
        Some(contig) => format!("position on {contig}, counted from 1{direction}"),
        None => format!("column, counted from 0{}", if *descending { ", reversed" } else { "" }),
    };
    let at = (columns.left + columns.width / 2.0, y + TICK + 2.0 * SMALL + 10.0);
    let name = font.fitted(&name, SMALL, columns.width);
    layer.shapes.push(Shape::text(name, at, Anchor::Middle, SMALL, Color::GREY));
    layer
}

/// The axis of values left of `x`, and its name.
pub(super) fn value_axis((low, high): (f64, f64), scale: &Scale, x: f64, name: &str) -> Layer {
    let font = Font::new();
    let mut layer = Layer::smooth("values");
    let (bottom, top) = (scale.at(low), scale.at(high));
    let x = x - 6.0;
    layer.shapes.push(Shape::hairline((x, top), (x, bottom), Color::GREY));
    let most = ((bottom - top) / 26.0).floor().max(2.0) as usize;
    for tick in value_ticks(low, high, most) {
        let y = scale.at(tick.value);
        layer.shapes.push(Shape::hairline((x - TICK, y), (x, y), Color::GREY));
        let at = (x - TICK - 4.0, y + SMALL * 0.36);
        layer.shapes.push(Shape::text(tick.label, at, Anchor::End, SMALL, Color::INK));
    }
    layer.shapes.push(Shape::Text {
        text: font.fitted(name, SMALL, (bottom - top).max(80.0)),
        at: (NAME_X, (top + bottom) / 2.0),
        anchor: Anchor::Middle,
        size: SMALL,
        color: Color::GREY,
        upright: true,
    });
    layer
}

/// The numbers of the rows of a heat map, from 0, left of it.
pub(super) fn row_axis(rows: usize, area: Area) -> Layer {
    let mut layer = Layer::smooth("rows");
    let height = area.height / rows.max(1) as f64;
    let most = (area.height / (SMALL + 5.0)).floor().max(1.0) as usize;
    let x = area.x - 6.0;
    for row in position_ticks(-1, rows as i64 - 1, most) {
        let at = (x, area.y + (row as f64 + 0.5) * height + SMALL * 0.36);
        layer.shapes.push(Shape::text(row.to_string(), at, Anchor::End, SMALL, Color::INK));
    }
    if rows > 1 {
        layer.shapes.push(Shape::Text {
            text: "channel".to_owned(),
            at: (NAME_X, area.y + area.height / 2.0),
            anchor: Anchor::Middle,
            size: SMALL,
            color: Color::GREY,
            upright: true,
        });
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(coordinates: &Coordinates, columns: &Columns) -> Vec<(f64, String)> {
        let layer = position_axis(coordinates, columns, 0.0);
        let text = |shape: &Shape| match shape {
            Shape::Text { text, at, .. } => Some((at.0, text.clone())),
            _ => None,
        };
        layer.shapes.iter().filter_map(text).collect()
    }

    #[test]
    fn positions_stand_below_the_middle_of_their_base() {
        let columns = Columns { count: 20, left: 0.0, width: 400.0 };
        let mut coordinates =
            Coordinates { contig: Some("chr1".into()), contig_length: None, start: 100, end: 120, descending: false };
        let expected = [
            (90.0, "105"),
            (190.0, "110"),
            (290.0, "115"),
            (390.0, "120"),
            (200.0, "position on chr1, counted from 1"),
        ];
        let expected = expected.map(|(x, text)| (x, text.to_owned()));
        assert_eq!(ticks(&coordinates, &columns), expected);
        coordinates.descending = true;
        let descending = ticks(&coordinates, &columns);
        assert_eq!(descending[0], (310.0, "105".to_owned()));
        assert_eq!(descending[3], (10.0, "120".to_owned()));
    }

    #[test]
    fn padding_has_no_positions() {
        let columns = Columns { count: 20, left: 0.0, width: 400.0 };
        let coordinates =
            Coordinates { contig: Some("chr1".into()), contig_length: Some(12), start: -4, end: 16, descending: false };
        // Column 4 shows position 1, column 15 position 12.
        let expected = [
            (110.0, "2"),
            (150.0, "4"),
            (190.0, "6"),
            (230.0, "8"),
            (270.0, "10"),
            (310.0, "12"),
            (200.0, "position on chr1, counted from 1"),
        ];
        assert_eq!(ticks(&coordinates, &columns), expected.map(|(x, text)| (x, text.to_owned())));
        assert_eq!(place_name("chr1", Some(12), -4, 16), "chr1:1-12 and padding of 8");
        assert_eq!(place_name("chr1", None, -4, 16), "chr1:1-16 and padding of 4");
        assert_eq!(place_name("chr1", Some(12), 12, 16), "chr1, padding of 4");
        assert_eq!(place_name("chr1", Some(2_000), 999, 1_016), "chr1:1,000-1,016");
    }

    #[test]
    fn places_of_arrays_count_from_zero() {
        let columns = Columns { count: 3, left: 0.0, width: 300.0 };
        let coordinates = Coordinates { contig: None, contig_length: None, start: 0, end: 3, descending: false };
        let expected = [(50.0, "0"), (150.0, "1"), (250.0, "2"), (150.0, "column, counted from 0")];
        assert_eq!(ticks(&coordinates, &columns), expected.map(|(x, text)| (x, text.to_owned())));
    }

    #[test]
    fn long_titles_are_cut() {
        let layer = titles(&"wide ".repeat(50), "narrow", 0.0, 200.0);
        let Shape::Text { text, .. } = &layer.shapes[0] else { panic!("{layer:?}") };
        assert!(text.ends_with('\u{2026}') && Font::new().width(text, LARGE) <= 200.0);
    }
}
