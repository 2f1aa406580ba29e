//! The scale of a heat map's colours.

use super::color::{Color, Palette};
use super::font::Font;
use super::heat_map::{Grid, missing_stroke};
use super::page::{SMALL, TICK};
use super::scale::{Scale, range_with_zero};
use super::scene::{Anchor, Area, Layer, Shape, Stroke};
use super::ticks::value_ticks;

/// Width of the bar.
const WIDTH: f64 = 12.0;

/// From the picture's right edge to the bar.
const GAP: f64 = 16.0;

/// The room that a colour bar takes right of its heat map.
pub(super) const BAR_ROOM: f64 = 104.0;

/// The bar beside a heat map that ends at `x`: from the least to the largest value, and 0. Above it, what a cell without
/// a value looks like, if there is one.
pub(super) fn color_bar(grid: &Grid, beside: Area, palette: Palette, label: &str) -> Vec<Layer> {
    let x = beside.right() + GAP;
    let (low, high) = range_with_zero(grid.values.iter().copied());
    let (low, high) = if low < high { (low, high) } else { (-1.0, 1.0) };
    let has_missing = grid.values.iter().any(|value| value.is_nan());
    let scale = Scale::new((low, high), (beside.bottom(), beside.y));
    let mut bar = Layer::crisp("color-bar");
    let steps = beside.height.round().max(1.0) as usize;
    for step in 0..steps {
        let part = (step as f64 + 0.5) / steps as f64;
        let value = high + (low - high) * part;
        let (y, height) = (beside.y + step as f64 * beside.height / steps as f64, beside.height / steps as f64);
        bar.shapes.push(Shape::fill(Area { x, y, width: WIDTH, height }, palette.value(value, grid.limit())));
    }
    let mut text = Layer::smooth("color-bar-axis");
    let stroke = Stroke { color: Color::PALE, width: 1.0 };
    text.shapes.push(Shape::Outline { area: Area { x, width: WIDTH, ..beside }, stroke });
    let font = Font::new();
    let mut widest: f64 = 0.0;
    let most = (beside.height / 14.0).floor().clamp(2.0, 7.0) as usize;
    for tick in value_ticks(low, high, most) {
        let y = scale.at(tick.value);
        widest = widest.max(font.width(&tick.label, SMALL));
        text.shapes.push(Shape::hairline((x + WIDTH, y), (x + WIDTH + TICK, y), Color::GREY));
        let at = (x + WIDTH + TICK + 4.0, y + SMALL * 0.36);
        text.shapes.push(Shape::text(tick.label, at, Anchor::Start, SMALL, Color::INK));
    }
    text.shapes.push(Shape::Text {
        text: font.fitted(label, SMALL, beside.height.max(100.0)),
        at: (x + WIDTH + TICK + 4.0 + widest + 6.0 + SMALL, beside.y + beside.height / 2.0),
        anchor: Anchor::Middle,
        size: SMALL,
        color: Color::GREY,
        upright: true,
    });
    if has_missing {
        let swatch = Area { x, y: beside.y - 24.0, width: WIDTH, height: WIDTH };
        text.shapes.push(Shape::fill(swatch, Color::MISSING));
        text.shapes.extend(missing_stroke(swatch));
        let at = (x + WIDTH + TICK + 4.0, swatch.bottom() - 2.0);
        text.shapes.push(Shape::text("no value", at, Anchor::Start, SMALL, Color::INK));
    }
    vec![bar, text]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: Vec<f64>) -> Vec<String> {
        let beside = Area { x: 0.0, y: 30.0, width: 10.0, height: 80.0 };
        let columns = values.len();
        let layers = color_bar(&Grid { values, columns }, beside, Palette::Classic, "diff");
        let text = |shape: &Shape| match shape {
            Shape::Text { text, .. } => Some(text.clone()),
            _ => None,
        };
        layers[1].shapes.iter().filter_map(text).collect()
    }

    #[test]
    fn the_bar_reaches_from_the_least_to_the_largest_value_and_zero() {
        assert_eq!(texts(vec![0.5, 2.0]), ["0", "0.5", "1.0", "1.5", "2.0", "diff"]);
        assert_eq!(texts(vec![-1.0, 0.5]), ["\u{2212}1.0", "\u{2212}0.5", "0", "0.5", "diff"]);
    }

    #[test]
    fn missing_values_are_explained() {
        assert_eq!(texts(vec![f64::NAN, 1.0]).last().map(String::as_str), Some("no value"));
    }

    #[test]
    fn a_map_of_zeros_has_a_bar() {
        assert_eq!(texts(vec![0.0]), ["\u{2212}1.0", "\u{2212}0.5", "0", "0.5", "1.0", "diff"]);
    }
}
