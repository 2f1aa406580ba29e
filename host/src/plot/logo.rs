//! Sequence logos: letters as high as their values.

use super::color::Palette;
use super::columns::Columns;
use super::letters::Letter;
use super::scale::Scale;
use super::scene::{Area, Layer, Shape};
use crate::internal::OrInternal;

/// Columns that are narrower show bars in the colours of their letters.
const NARROWEST_LETTER: f64 = 4.0;

/// What is left free on either side of a letter, as a part of its column.
const MARGIN: f64 = 0.03;

/// A letter on a stack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    pub(super) letter: Letter,
    /// Lower end, in values.
    pub(super) low: f64,
    /// Upper end, in values.
    pub(super) high: f64,
}

/// The stack of a column: positive letters stand on the base line, the largest on top; negative ones hang from it, the
/// most negative nearest to it. Letters without height, or whose height is no finite number, are left out.
pub(super) fn stack(heights: impl IntoIterator<Item = (Letter, f64)>) -> Vec<Block> {
    let mut heights: Vec<_> = heights.into_iter().filter(|(_, height)| height.is_finite() && *height != 0.0).collect();
    heights.sort_by(|(a, x), (b, y)| x.total_cmp(y).then(a.cmp(b)));
    let (mut above, mut below) = (0.0, 0.0);
    let block = |(letter, height): (Letter, f64)| {
        if height > 0.0 {
            let low = above;
            above += height;
            Block { letter, low, high: above }
        } else {
            let high = below;
            below += height;
            Block { letter, low: below, high }
        }
    };
    heights.into_iter().map(block).collect()
}

/// The letters of all stacks, one per column; where columns are too narrow for letters, bars in their colours. Of
/// columns that share a pixel, the one with the longest stack is shown.
pub(super) fn logo(stacks: &[Vec<Block>], columns: &Columns, scale: &Scale, palette: Palette) -> Layer {
    let are_letters = columns.cell() >= NARROWEST_LETTER;
    let mut layer = if are_letters { Layer::smooth("logo") } else { Layer::crisp("logo") };
    let length = |stack: &[Block]| stack.iter().map(|block| block.high - block.low).sum::<f64>();
    for bin in columns.bins() {
        let (x, right) = (columns.x(bin.start), columns.x(bin.end));
        let longest = stacks
            .get(bin)
            .or_internal("every column has a stack")
            .iter()
            .max_by(|a, b| length(a).total_cmp(&length(b)));
        for block in longest.into_iter().flatten() {
            let (top, bottom) = (scale.at(block.high), scale.at(block.low));
            let area = Area { x, y: top, width: right - x, height: bottom - top };
            let color = palette.letter(block.letter.ascii());
            layer.shapes.push(if are_letters {
                let margin = area.width * MARGIN;
                let area = Area { x: x + margin, width: area.width - 2.0 * margin, ..area };
                Shape::Letter { letter: block.letter, area, flipped: block.high <= 0.0, color }
            } else {
                Shape::fill(area, color)
            });
        }
    }
    layer
}

/// Letters of equal size, one per column: what stands in the sequence. Empty where columns are too narrow.
pub(super) fn sequence_strip(letters: &[Letter], columns: &Columns, y: f64, height: f64, palette: Palette) -> Layer {
    let mut layer = Layer::smooth("sequence");
    if !strip_fits(columns) {
        return layer;
    }
    let width = (columns.cell() * 0.72).min(height * 0.86);
    for (column, letter) in letters.iter().enumerate() {
        let area = Area { x: columns.middle(column) - width / 2.0, y, width, height };
        let color = palette.letter(letter.ascii());
        layer.shapes.push(Shape::Letter { letter: *letter, area, flipped: false, color });
    }
    layer
}

/// Whether letters of equal size can be read in the columns.
pub(super) fn strip_fits(columns: &Columns) -> bool {
    columns.cell() >= 7.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { count: 2, left: 0.0, width: 20.0 };

    #[test]
    fn the_largest_stands_on_top_and_the_most_negative_hangs_first() {
        let heights = [(Letter::A, 1.0), (Letter::C, -2.0), (Letter::G, 3.0), (Letter::T, -0.5)];
        let expected = [
            Block { letter: Letter::C, low: -2.0, high: 0.0 },
            Block { letter: Letter::T, low: -2.5, high: -2.0 },
            Block { letter: Letter::A, low: 0.0, high: 1.0 },
            Block { letter: Letter::G, low: 1.0, high: 4.0 },
        ];
        assert_eq!(stack(heights), expected);
    }

    #[test]
    fn equal_heights_are_in_the_order_of_their_letters() {
        let letters = |heights| stack(heights).into_iter().map(|block| block.letter).collect::<Vec<_>>();
        assert_eq!(letters([(Letter::T, 1.0), (Letter::A, 1.0), (Letter::G, 1.0)]), [Letter::A, Letter::G, Letter::T]);
    }

    #[test]
    fn letters_without_height_are_left_out() {
        assert!(
            stack([(Letter::A, 0.0), (Letter::C, -0.0), (Letter::G, f64::NAN), (Letter::T, f64::INFINITY)]).is_empty()
        );
    }

    #[test]
    fn letters_below_the_line_stand_on_their_heads() {
        let stacks = [stack([(Letter::A, 1.0)]), stack([(Letter::C, -1.0)])];
        let layer = logo(&stacks, &COLUMNS, &Scale::new((-1.0, 1.0), (40.0, 0.0)), Palette::Classic);
        let drawn: Vec<_> = layer
            .shapes
            .iter()
            .map(|shape| match shape {
                Shape::Letter { letter, area, flipped, .. } => (*letter, area.y, area.height, *flipped),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(drawn, [(Letter::A, 0.0, 20.0, false), (Letter::C, 20.0, 20.0, true)]);
    }

    #[test]
    fn narrow_columns_show_bars_and_the_longest_of_a_pixel() {
        let stacks: Vec<_> = [1.0, 5.0, 2.0, 3.0].map(|height| stack([(Letter::G, height)])).to_vec();
        let columns = Columns { count: 4, left: 0.0, width: 2.0 };
        let layer = logo(&stacks, &columns, &Scale::new((0.0, 5.0), (50.0, 0.0)), Palette::Classic);
        let color = Palette::Classic.letter(b'G');
        let bar = |x, height| Shape::fill(Area { x, y: 50.0 - height, width: 1.0, height }, color);
        assert_eq!(layer.shapes, [bar(0.0, 50.0), bar(1.0, 30.0)]);
        assert!(sequence_strip(&[Letter::A; 4], &columns, 0.0, 9.0, Palette::Classic).shapes.is_empty());
    }
}
