//! The picture of a mutation map: what every base would change, as a logo above a heat map.

use super::color::{Color, Palette};
use super::color_bar::{BAR_ROOM, color_bar};
use super::columns::{Columns, Coordinates, PlotLimit};
use super::error::PlotError;
use super::heat_map::{Grid, HeatMapPlace, heat_map};
use super::letters::Letter;
use super::logo::{Block, logo, sequence_strip, stack, strip_fits};
use super::padding::padding;
use super::page::{
    AXIS_ROOM, LEFT_ROOM, MARGIN, TITLE_ROOM, columns_width, page_width, position_axis, said_of_values, titles,
    value_axis,
};
use super::scale::{Scale, range_with_zero};
use super::scene::{Area, Layer, Scene, Shape};
use super::variant_marks::{LANE, Labels, MarkedVariant, Span, marks, row_of};
use crate::internal::{OrInternal, caught};
use std::ops::Range;

/// Rows of a map: A, C, G and T.
const ROWS: usize = Letter::BASES.len();

/// Height of the logo.
const LOGO: f64 = 128.0;

/// Height of a row of the heat map.
const ROW: f64 = 22.0;

/// Height of the letters of the sequence.
const STRIP: f64 = 12.0;

/// A map of one sequence, score and task.
#[derive(Debug, Clone, PartialEq)]
pub struct MutationMapPicture {
    /// The contig of the sequence.
    pub contig: String,
    /// Bases of the contig, if that is known: columns beyond are marked as padding.
    pub contig_length: Option<i64>,
    /// Its first base, 0-based.
    pub start: i64,
    /// The sequence as the genome holds it, forward.
    pub sequence: String,
    /// Row after row (A, C, G, T), in each a value per base of the sequence. NaN where there is none.
    pub values: Vec<f32>,
    /// The variants to mark; those outside what is drawn are left out.
    pub variants: Vec<MarkedVariant>,
    /// What the values are, such as the score's label.
    pub score: String,
    /// What stands above.
    pub title: String,
    /// What stands below the title.
    pub subtitle: String,
}

/// How a map is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct MutationMapOptions {
    /// Which bases.
    pub limit: PlotLimit,
    /// Read on the reverse strand: from the last base to the first, all bases complemented.
    pub reverse_complement: bool,
    /// The least height of a letter as a part of the largest, 0 to 1.
    pub minimum_letter_height: Option<f64>,
    /// Letters show minus the signed mean of a column in the place of the mean magnitude: upwards where changes lower
    /// the score.
    pub signed_letters: bool,
    /// Names of variants stand above them.
    pub variant_labels: bool,
    /// A scale of the colours stands beside the map.
    pub color_bar: bool,
    /// The colours.
    pub palette: Palette,
    /// Width of the picture in pixels; by the number of bases if `None`.
    pub width: Option<f64>,
}

impl Default for MutationMapOptions {
    /// All bases, forward, everything that helps.
    fn default() -> Self {
        Self {
            limit: PlotLimit::All,
            reverse_complement: false,
            minimum_letter_height: None,
            signed_letters: false,
            variant_labels: true,
            color_bar: true,
            palette: Palette::Classic,
            width: None,
        }
    }
}

impl MutationMapPicture {
    /// Draws the map.
    ///
    /// # Errors
    /// The limit leaves the sequence, the minimum height is no fraction, or the values do not fit the sequence.
    pub fn draw(&self, options: &MutationMapOptions) -> Result<Scene, PlotError> {
        caught(|| self.scene(options))?
    }

    fn scene(&self, options: &MutationMapOptions) -> Result<Scene, PlotError> {
        if let Some(value) = options.minimum_letter_height.filter(|height| !(0.0..=1.0).contains(height)) {
            let what = "the minimum letter height";
            return Err(PlotError::OutOfRange { what, value, least: 0.0, most: 1.0 });
        }
        let count = self.sequence.len();
        if self.values.len() != ROWS * count {
            return Err(PlotError::MapShape { columns: count, expected: ROWS * count, found: self.values.len() });
        }
        let drawn = Drawn::of(self, options.limit.range(count, self.start)?, options.reverse_complement);
        Ok(drawn.scene(self, options))
    }
}

/// What is drawn of a map, in the order in which it is drawn.
struct Drawn {
    letters: Vec<Letter>,
    grid: Grid,
    variants: Vec<(MarkedVariant, Span)>,
    coordinates: Coordinates,
}

impl Drawn {
    fn of(map: &MutationMapPicture, range: Range<usize>, reverse_complement: bool) -> Self {
        let total = map.sequence.len();
        let mut letters: Vec<_> = map.sequence.as_bytes()[range.clone()].iter().copied().map(Letter::of).collect();
        let rows = map.values.chunks(total.max(1)).flat_map(|row| &row[range.clone()]);
        let mut values: Vec<f64> = rows.copied().map(f64::from).collect();
        let (start, columns) = (map.start + range.start as i64, range.len());
        let mut variants: Vec<_> =
            map.variants.iter().filter_map(|variant| Some((variant.clone(), span(variant, start, columns)?))).collect();
        if reverse_complement {
            letters.reverse();
            letters.iter_mut().for_each(|letter| *letter = letter.complement());
            // Rows A, C, G, T from behind are T, G, C, A: their complements.
            values.reverse();
            for (_, span) in &mut variants {
                span.column = columns - span.column - span.columns;
                span.row = span.row.map(|row| ROWS - 1 - row);
            }
        }
        let coordinates = Coordinates {
            contig: Some(map.contig.clone()),
            contig_length: map.contig_length,
            start,
            end: start + columns as i64,
            descending: reverse_complement,
        };
        Self { letters, grid: Grid { values, columns }, variants, coordinates }
    }

    fn scene(&self, map: &MutationMapPicture, options: &MutationMapOptions) -> Scene {
        let right_room = if options.color_bar { BAR_ROOM } else { MARGIN };
        let count = self.letters.len();
        let width = columns_width(count, options.width, LEFT_ROOM + right_room);
        let columns = Columns { count, left: LEFT_ROOM, width };
        let page_width = page_width(columns.right() + right_room, options.width);
        let labels = if options.variant_labels {
            Labels::place(&self.variants, &columns, page_width - MARGIN)
        } else {
            Labels::none(&self.variants)
        };
        let lanes_end = TITLE_ROOM + LANE * labels.lanes as f64;
        let logo_top = lanes_end + 6.0;
        let strip_top = logo_top + LOGO + 6.0;
        let map_top = if strip_fits(&columns) { strip_top + STRIP + 6.0 } else { strip_top };
        let place = HeatMapPlace { columns, top: map_top, row: ROW, palette: options.palette };
        let axis_top = place.area(ROWS).bottom() + 8.0;

        let (lines, boxes) = marks(&self.variants, &labels, &place, lanes_end);
        let (subtitle, warning) = said_of_values(&map.subtitle, self.has_values());
        let mut layers = vec![titles(&map.title, &subtitle, MARGIN, page_width - 2.0 * MARGIN), lines];
        layers.extend(self.logo(&columns, logo_top, options, &map.score));
        layers.push(sequence_strip(&self.letters, &columns, strip_top, STRIP, options.palette));
        layers.extend(heat_map(&self.grid, &place));
        layers.extend([self.reference_dots(&place), row_letters(&place), boxes]);
        // Above the title, below what is drawn in the columns; the heat map has no values there.
        layers.splice(1..1, padding(&self.coordinates, &columns, logo_top, place.area(ROWS).bottom()));
        layers.push(position_axis(&self.coordinates, &columns, axis_top));
        if options.color_bar {
            layers.extend(color_bar(&self.grid, place.area(ROWS), options.palette, &map.score));
        }
        let title = format!("{} ({subtitle})", map.title);
        Scene { width: page_width, height: axis_top + AXIS_ROOM, title, warning, layers }
    }

    /// Whether any change of a base has a finite value. What stands for the bases that are there already says nothing:
    /// it is 0 for scores that compare.
    fn has_values(&self) -> bool {
        let columns = self.grid.columns;
        self.grid
            .values
            .iter()
            .enumerate()
            .any(|(cell, value)| value.is_finite() && row_of(self.letters[cell % columns]) != Some(cell / columns))
    }

    fn logo(&self, columns: &Columns, top: f64, options: &MutationMapOptions, score: &str) -> Vec<Layer> {
        let heights = self.heights(options);
        let stacks: Vec<Vec<Block>> =
            self.letters.iter().zip(heights).map(|letter| stack([(*letter.0, letter.1)])).collect();
        let range = range_with_zero(stacks.iter().flatten().flat_map(|block| [block.low, block.high]));
        let (low, high) = if range.0 < range.1 { range } else { (0.0, 1.0) };
        let scale = Scale::new((low, high), (top + LOGO, top));
        let mut layers = vec![logo(&stacks, columns, &scale, options.palette)];
        let mut base_line = Layer::smooth("base-line");
        let y = scale.at(0.0);
        base_line.shapes.push(Shape::hairline((columns.left, y), (columns.right(), y), Color::PALE));
        layers.insert(0, base_line);
        // Letters that are higher than their values have no scale.
        if options.minimum_letter_height.is_none_or(|height| height == 0.0) {
            let name = if options.signed_letters { format!("\u{2212}mean {score}") } else { format!("mean |{score}|") };
            layers.push(value_axis((low, high), &scale, columns.left, &name));
        }
        layers
    }

    /// The heights of the letters: the mean of the four rows' magnitudes, or minus their signed mean. NaN where a cell has
    /// no value.
    fn heights(&self, options: &MutationMapOptions) -> Vec<f64> {
        let columns = self.grid.columns;
        let cells = |column: usize| (0..ROWS).map(move |row| self.grid.values[row * columns + column]);
        let height = |column| {
            let sum: f64 = cells(column).map(|value| if options.signed_letters { -value } else { value.abs() }).sum();
            sum / ROWS as f64
        };
        let mut heights: Vec<f64> = (0..columns).map(height).collect();
        if let Some(least) = options.minimum_letter_height.filter(|_| !options.signed_letters) {
            let (_, highest) = range_with_zero(heights.iter().copied());
            heights.iter_mut().for_each(|height| *height = *height * (1.0 - least) + least * highest);
        }
        heights
    }

    /// A dot in each cell of a base that is there already.
    fn reference_dots(&self, place: &HeatMapPlace) -> Layer {
        let mut layer = Layer::smooth("reference");
        if !strip_fits(&place.columns) {
            return layer;
        }
        for (column, letter) in self.letters.iter().enumerate() {
            let Some(row) = row_of(*letter) else { continue };
            let cell = place.cell(row, column);
            let size = (cell.width * 0.3).min(4.0);
            let (x, y) = (cell.x + (cell.width - size) / 2.0, cell.y + (cell.height - size) / 2.0);
            let area = Area { x, y, width: size, height: size };
            layer.shapes.push(Shape::Fill { area, color: Color::PALE, radius: size / 2.0 });
        }
        layer
    }
}

/// Where a variant lies among `columns`, the first of which is the base `start`; `None` if it lies outside.
fn span(variant: &MarkedVariant, start: i64, columns: usize) -> Option<Span> {
    let end = variant.start + variant.reference.len().max(1) as i64;
    let first = variant.start.max(start) - start;
    let last = end.min(start + columns as i64) - start;
    if first >= last {
        return None;
    }
    let base = match variant.alternate.as_bytes() {
        [base] if variant.reference.len() == 1 => row_of(Letter::of(*base)),
        _ => None,
    };
    let columns = |count: i64| usize::try_from(count).or_internal("the ends are in order");
    Some(Span { column: columns(first), columns: columns(last - first), row: base })
}

/// The letters of the rows, left of the map.
fn row_letters(place: &HeatMapPlace) -> Layer {
    let mut layer = Layer::smooth("rows");
    for (row, letter) in Letter::BASES.into_iter().enumerate() {
        let y = place.top + (row as f64 + 0.5) * place.row - 5.5;
        let area = Area { x: place.columns.left - 20.0, y, width: 9.5, height: 11.0 };
        let color = place.palette.letter(letter.ascii());
        layer.shapes.push(Shape::Letter { letter, area, flipped: false, color });
    }
    layer
}

#[cfg(test)]
mod tests;
