//! The picture of a gradient: a sequence logo of one-hot DNA, a heat map of anything else.

use super::color::{Color, Palette};
use super::color_bar::{BAR_ROOM, color_bar};
use super::columns::{Columns, Coordinates, PlotLimit};
use super::error::PlotError;
use super::heat_map::{Grid, HeatMapPlace, heat_map};
use super::letters::Letter;
use super::logo::{logo, stack};
use super::padding::padding;
use super::page::{
    AXIS_ROOM, LEFT_ROOM, MARGIN, TITLE_ROOM, columns_width, page_width, position_axis, row_axis, said_of_values,
    titles, value_axis,
};
use super::scale::{Scale, range_with_zero};
use super::scene::{Layer, Scene, Shape};
use crate::internal::caught;
use std::ops::Range;

/// Height of the logo.
const LOGO: f64 = 190.0;

/// A stretch of the genome that values belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradientStretch {
    /// The contig.
    pub contig: String,
    /// Bases of the contig, if that is known: columns beyond are marked as padding.
    pub contig_length: Option<i64>,
    /// First base, 0-based.
    pub start: i64,
    /// The first value belongs to the last base: the sequence was read on the reverse strand.
    pub is_reverse: bool,
}

/// Values along a sequence.
#[derive(Debug, Clone, PartialEq)]
pub enum GradientValues {
    /// For every base the values of A, C, G and T.
    Letters(Vec<[f64; 4]>),
    /// Rows of values, one per place.
    Rows(Vec<Vec<f64>>),
}

impl GradientValues {
    /// How many places they have.
    pub fn columns(&self) -> usize {
        match self {
            Self::Letters(bases) => bases.len(),
            Self::Rows(rows) => rows.iter().map(Vec::len).min().unwrap_or(0),
        }
    }

    /// Whether any value is a finite number; of no values, none has to be.
    fn has_finite(&self) -> bool {
        let all: Vec<&f64> = match self {
            Self::Letters(bases) => bases.iter().flatten().collect(),
            Self::Rows(rows) => rows.iter().flatten().collect(),
        };
        all.is_empty() || all.iter().any(|value| value.is_finite())
    }

    /// The values of some columns, as they are or as the reverse complement shows them.
    fn part(&self, range: Range<usize>, reverse_complement: bool) -> Self {
        match self {
            Self::Letters(bases) => {
                let mut bases = bases[range].to_vec();
                if reverse_complement {
                    bases.reverse();
                    // A, C, G, T from behind are their complements.
                    bases.iter_mut().for_each(|base| base.reverse());
                }
                Self::Letters(bases)
            }
            Self::Rows(rows) => {
                let mut rows: Vec<_> = rows.iter().map(|row| row[range.clone()].to_vec()).collect();
                if reverse_complement {
                    rows.iter_mut().for_each(|row| row.reverse());
                }
                Self::Rows(rows)
            }
        }
    }
}

/// The gradient of one sample and input.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientPicture {
    /// What is drawn.
    pub values: GradientValues,
    /// Where it lies in the genome, with one base per column, if that is known.
    pub stretch: Option<GradientStretch>,
    /// What the values are, such as `gradient`.
    pub value_name: String,
    /// What stands above.
    pub title: String,
    /// What stands below the title.
    pub subtitle: String,
}

/// How a gradient is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientOptions {
    /// Which columns. [`PlotLimit::Genomic`] counts columns where no stretch is known.
    pub limit: PlotLimit,
    /// From the last column to the first, with all bases complemented.
    pub reverse_complement: bool,
    /// A scale of the colours stands beside a heat map.
    pub color_bar: bool,
    /// The colours.
    pub palette: Palette,
    /// Width of the picture in pixels; by the number of columns if `None`.
    pub width: Option<f64>,
}

impl Default for GradientOptions {
    /// All columns, as they are, with a colour bar.
    fn default() -> Self {
        Self {
            limit: PlotLimit::All,
            reverse_complement: false,
            color_bar: true,
            palette: Palette::Classic,
            width: None,
        }
    }
}

impl GradientPicture {
    /// Draws the gradient.
    ///
    /// # Errors
    /// [`PlotError::Limit`].
    pub fn draw(&self, options: &GradientOptions) -> Result<Scene, PlotError> {
        caught(|| self.scene(options))?
    }

    fn scene(&self, options: &GradientOptions) -> Result<Scene, PlotError> {
        let (range, coordinates) = self.drawn(options)?;
        let values = self.values.part(range, options.reverse_complement);
        let is_map = matches!(values, GradientValues::Rows(_));
        let right_room = if is_map && options.color_bar { BAR_ROOM } else { MARGIN + 6.0 };
        let count = values.columns();
        let width = columns_width(count, options.width, LEFT_ROOM + right_room);
        let columns = Columns { count, left: LEFT_ROOM, width };
        let page_width = page_width(columns.right() + right_room, options.width);
        let (subtitle, warning) = said_of_values(&self.subtitle, values.has_finite());
        let mut layers = vec![titles(&self.title, &subtitle, MARGIN, page_width - 2.0 * MARGIN)];
        let bottom = match values {
            GradientValues::Letters(bases) => {
                layers.extend(self.logo(&bases, &columns, options.palette));
                TITLE_ROOM + 8.0 + LOGO
            }
            GradientValues::Rows(rows) => {
                let (map, bottom) = self.map(rows, columns, options);
                layers.extend(map);
                bottom
            }
        };
        // Above the title, below what is drawn in the columns.
        layers.splice(1..1, padding(&coordinates, &columns, TITLE_ROOM + 4.0, bottom));
        let axis_top = bottom + 8.0;
        layers.push(position_axis(&coordinates, &columns, axis_top));
        let title = format!("{} ({subtitle})", self.title);
        Ok(Scene { width: page_width, height: axis_top + AXIS_ROOM, title, warning, layers })
    }

    /// Which columns of the values are drawn, and what these are.
    fn drawn(&self, options: &GradientOptions) -> Result<(Range<usize>, Coordinates), PlotError> {
        let count = self.values.columns();
        let start = self.stretch.as_ref().map_or(0, |stretch| stretch.start);
        let is_reverse = self.stretch.as_ref().is_some_and(|stretch| stretch.is_reverse);
        let turned = |range: Range<usize>| if is_reverse { count - range.end..count - range.start } else { range };
        let range = options.limit.range(count, start)?;
        let range = if matches!(options.limit, PlotLimit::Genomic(..)) { turned(range) } else { range };
        let bases = turned(range.clone());
        let coordinates = Coordinates {
            contig: self.stretch.as_ref().map(|stretch| stretch.contig.clone()),
            contig_length: self.stretch.as_ref().and_then(|stretch| stretch.contig_length),
            start: start + bases.start as i64,
            end: start + bases.end as i64,
            descending: is_reverse != options.reverse_complement,
        };
        Ok((range, coordinates))
    }

    fn logo(&self, bases: &[[f64; 4]], columns: &Columns, palette: Palette) -> Vec<Layer> {
        let top = TITLE_ROOM + 8.0;
        let stacks: Vec<_> = bases.iter().map(|heights| stack(Letter::BASES.into_iter().zip(*heights))).collect();
        let range = range_with_zero(stacks.iter().flatten().flat_map(|block| [block.low, block.high]));
        let (low, high) = if range.0 < range.1 { range } else { (0.0, 1.0) };
        let scale = Scale::new((low, high), (top + LOGO, top));
        let mut base_line = Layer::smooth("base-line");
        let y = scale.at(0.0);
        base_line.shapes.push(Shape::hairline((columns.left, y), (columns.right(), y), Color::PALE));
        let axis = value_axis((low, high), &scale, columns.left, &self.value_name);
        vec![base_line, logo(&stacks, columns, &scale, palette), axis]
    }

    /// The heat map, and where it ends.
    fn map(&self, rows: Vec<Vec<f64>>, columns: Columns, options: &GradientOptions) -> (Vec<Layer>, f64) {
        // Above the map is room for what a cell without a value means.
        let top = TITLE_ROOM + 20.0;
        let height = match rows.len() {
            0 | 1 => 48.0,
            rows => (360.0 / rows as f64).clamp(1.0, 26.0),
        };
        let place = HeatMapPlace { columns, top, row: height, palette: options.palette };
        let count = rows.len();
        let grid = Grid { values: rows.concat(), columns: columns.count };
        let area = place.area(count);
        let mut layers = heat_map(&grid, &place);
        layers.push(row_axis(count, area));
        if options.color_bar {
            layers.extend(color_bar(&grid, area, options.palette, &self.value_name));
        }
        (layers, area.bottom())
    }
}

#[cfg(test)]
mod tests;
