//! Text as outlines, so that pictures look the same on machines without fonts.

use crate::internal::OrInternal;
use std::fmt::Write;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// DejaVu Sans, which is part of the binary.
pub(super) struct Font {
    face: Face<'static>,
}

/// A glyph of a line of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PlacedGlyph {
    /// Which.
    pub(super) id: u16,
    /// Its left end in units of the font.
    pub(super) x: u32,
}

impl Font {
    pub(super) fn new() -> Self {
        Self { face: Face::parse(dejavu::sans::regular(), 0).or_internal("the built-in font is one") }
    }

    /// Units of the font in its size.
    pub(super) fn units(&self) -> f64 {
        f64::from(self.face.units_per_em())
    }

    /// Where the glyphs of a line of text lie, and how wide it is, in units of the font. A character that the font does
    /// not have is an empty box.
    pub(super) fn line(&self, text: &str) -> (Vec<PlacedGlyph>, u32) {
        let mut glyphs = Vec::new();
        let mut x = 0;
        for character in text.chars() {
            let id = self.face.glyph_index(character).unwrap_or(GlyphId(0));
            if !character.is_whitespace() {
                glyphs.push(PlacedGlyph { id: id.0, x });
            }
            x += u32::from(self.face.glyph_hor_advance(id).unwrap_or(0));
        }
        (glyphs, x)
    }

    /// Width of a line of text at a size, in pixels.
    pub(super) fn width(&self, text: &str, size: f64) -> f64 {
        f64::from(self.line(text).1) * size / self.units()
    }

    /// The text, or as much of it as is no wider than `width` pixels, with an ellipsis.
    pub(super) fn fitted(&self, text: &str, size: f64, width: f64) -> String {
        if self.width(text, size) <= width {
            return text.to_owned();
        }
        let ends = text.char_indices().map(|(end, _)| end).rev();
        let mut parts = ends.map(|end| format!("{}\u{2026}", text[..end].trim_end()));
        parts.find(|part| self.width(part, size) <= width).unwrap_or_default()
    }

    /// The outline of a glyph as SVG writes paths, in units of the font, y upwards.
    pub(super) fn outline(&self, id: u16) -> String {
        let mut path = Path(String::new());
        // A blank has no outline.
        self.face.outline_glyph(GlyphId(id), &mut path);
        path.0
    }
}

/// A path in SVG's words. All numbers of the font are whole, but for the middles between two of them.
struct Path(String);

impl Path {
    fn add(&mut self, command: char, numbers: &[f32]) {
        self.0.push(command);
        for (index, number) in numbers.iter().enumerate() {
            if index > 0 && *number >= 0.0 {
                self.0.push(' ');
            }
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{number}");
        }
    }
}

impl OutlineBuilder for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add('M', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add('L', &[x, y]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.add('Q', &[x1, y1, x, y]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.add('C', &[x1, y1, x2, y2, x, y]);
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_is_there_and_has_outlines() {
        let font = Font::new();
        assert_eq!(font.units(), 2048.0);
        let (glyphs, width) = font.line("a b");
        assert_eq!(glyphs.len(), 2);
        assert!(glyphs[1].x > glyphs[0].x && width > glyphs[1].x);
        assert!(font.outline(glyphs[0].id).starts_with('M'));
        assert!(font.width("chr1", 12.0) > 20.0 && font.width("chr1", 12.0) < 40.0);
        assert_eq!(font.width("", 12.0), 0.0);
    }

    #[test]
    fn unknown_characters_are_a_box() {
        let font = Font::new();
        assert_eq!(font.line("\u{f8ff}").0[0].id, 0);
    }

    #[test]
    fn paths_are_written_tightly() {
        let mut path = Path(String::new());
        path.move_to(1.0, -2.5);
        path.quad_to(0.0, 1.0, -3.0, 4.0);
        path.close();
        assert_eq!(path.0, "M1-2.5Q0 1-3 4Z");
    }
}
