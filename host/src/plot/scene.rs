//! A picture as plain shapes: what the writers of SVG and PNG get.

use super::color::Color;
use super::letters::Letter;

/// A picture. All numbers are in pixels at the picture's own size, x to the right, y downwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width of the page.
    pub width: f64,
    /// Height of the page.
    pub height: f64,
    /// What the picture shows, for those who cannot see it.
    pub title: String,
    /// What makes the picture worth less than it seems, if something does: a sentence.
    pub warning: Option<String>,
    /// From the lowest to the uppermost.
    pub(super) layers: Vec<Layer>,
}

/// Shapes that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What they are: the class of the group in SVG.
    pub name: &'static str,
    /// Edges lie on whole pixels, so that cells that touch have no seam.
    pub crisp: bool,
    /// From the lowest to the uppermost.
    pub shapes: Vec<Shape>,
}

impl Layer {
    /// An empty layer with smooth edges.
    pub fn smooth(name: &'static str) -> Self {
        Self { name, crisp: false, shapes: Vec::new() }
    }

    /// An empty layer whose edges lie on whole pixels.
    pub fn crisp(name: &'static str) -> Self {
        Self { name, crisp: true, shapes: Vec::new() }
    }
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: f64,
}

/// Which point of a text lies at its x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A rectangle that is parallel to the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width, not negative.
    pub width: f64,
    /// Height, not negative.
    pub height: f64,
}

impl Area {
    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A filled area.
    Fill {
        /// Where.
        area: Area,
        /// Its colour.
        color: Color,
        /// Radius of its corners.
        radius: f64,
    },
    /// The edge of an area.
    Outline {
        /// Where.
        area: Area,
        /// Its look.
        stroke: Stroke,
    },
    /// A straight line.
    Line {
        /// One end, x and y.
        from: (f64, f64),
        /// The other.
        to: (f64, f64),
        /// Its look.
        stroke: Stroke,
    },
    /// A letter that fills an area.
    Letter {
        /// Which.
        letter: Letter,
        /// Where.
        area: Area,
        /// It stands on its head.
        flipped: bool,
        /// Its colour.
        color: Color,
    },
    /// A line of text.
    Text {
        /// What it says.
        text: String,
        /// Where its anchor lies; y is that of the base line.
        at: (f64, f64),
        /// Which point of it lies there.
        anchor: Anchor,
        /// Size of the font.
        size: f64,
        /// Its colour.
        color: Color,
        /// It runs upwards.
        upright: bool,
    },
}

impl Shape {
    /// A filled area with sharp corners.
    pub fn fill(area: Area, color: Color) -> Self {
        Self::Fill { area, color, radius: 0.0 }
    }

    /// A line of one pixel's width.
    pub fn hairline(from: (f64, f64), to: (f64, f64), color: Color) -> Self {
        Self::Line { from, to, stroke: Stroke { color, width: 1.0 } }
    }

    /// A horizontal line of text.
    pub fn text(text: impl Into<String>, at: (f64, f64), anchor: Anchor, size: f64, color: Color) -> Self {
        Self::Text { text: text.into(), at, anchor, size, color, upright: false }
    }
}
