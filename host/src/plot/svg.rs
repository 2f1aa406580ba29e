//! Pictures as SVG: the same shapes give the same bytes.

use super::color::Color;
use super::font::Font;
use super::letters::Letter;
use super::scene::{Anchor, Area, Layer, Scene, Shape, Stroke};
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// A picture as the text of an SVG file. It names no font: all letters are outlines.
pub fn svg(scene: &Scene) -> String {
    let mut writer = SvgWriter { font: Font::new(), out: String::new() };
    // Writing to a string cannot fail.
    let _ = writer.scene(scene);
    writer.out
}

struct SvgWriter {
    font: Font,
    out: String,
}

impl SvgWriter {
    fn scene(&mut self, scene: &Scene) -> fmt::Result {
        let (width, height) = (Number(scene.width), Number(scene.height));
        writeln!(
            self.out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">"#
        )?;
        writeln!(self.out, "<title>{}</title>", Escaped(&scene.title))?;
        self.definitions(scene)?;
        let page = Area { x: 0.0, y: 0.0, width: scene.width, height: scene.height };
        self.shape(&Shape::fill(page, Color::WHITE))?;
        for layer in scene.layers.iter().filter(|layer| !layer.shapes.is_empty()) {
            self.layer(layer)?;
        }
        self.out.push_str("</svg>\n");
        Ok(())
    }

    /// The outlines of all letters and glyphs that occur.
    fn definitions(&mut self, scene: &Scene) -> fmt::Result {
        let mut letters: BTreeSet<Letter> = BTreeSet::new();
        let mut glyphs: BTreeSet<u16> = BTreeSet::new();
        for shape in scene.layers.iter().flat_map(|layer| &layer.shapes) {
            match shape {
                Shape::Letter { letter, .. } => drop(letters.insert(*letter)),
                Shape::Text { text, .. } => glyphs.extend(self.font.line(text).0.iter().map(|glyph| glyph.id)),
                _ => {}
            }
        }
        self.out.push_str("<defs>\n");
        for letter in letters {
            let (name, outline) = (char::from(letter.ascii()), letter.outline());
            writeln!(self.out, r#"<path id="{name}" fill-rule="evenodd" d="{outline}"/>"#)?;
        }
        for id in glyphs {
            let outline = self.font.outline(id);
            writeln!(self.out, r#"<path id="g{id}" d="{outline}"/>"#)?;
        }
        self.out.push_str("</defs>\n");
        Ok(())
    }

    fn layer(&mut self, layer: &Layer) -> fmt::Result {
        let crisp = if layer.crisp { r#" shape-rendering="crispEdges""# } else { "" };
        writeln!(self.out, r#"<g class="{}"{crisp}>"#, layer.name)?;
        layer.shapes.iter().try_for_each(|shape| self.shape(shape))?;
        self.out.push_str("</g>\n");
        Ok(())
    }

    fn shape(&mut self, shape: &Shape) -> fmt::Result {
        match shape {
            Shape::Fill { area, color, radius } => {
                write!(self.out, "<rect {}", AreaAttributes(area))?;
                if *radius > 0.0 {
                    write!(self.out, r#" rx="{}""#, Number(*radius))?;
                }
                writeln!(self.out, r#" fill="{color}"/>"#)
            }
            Shape::Outline { area, stroke } => {
                writeln!(self.out, r#"<rect {} fill="none" {}/>"#, AreaAttributes(area), StrokeAttributes(stroke))
            }
            Shape::Line { from, to, stroke } => writeln!(
                self.out,
                r#"<path d="M{} {}L{} {}" {}/>"#,
                Number(from.0),
                Number(from.1),
                Number(to.0),
                Number(to.1),
                StrokeAttributes(stroke)
            ),
            Shape::Letter { letter, area, flipped, color } => {
                let (height, y) = if *flipped { (-area.height, area.bottom()) } else { (area.height, area.y) };
                writeln!(
                    self.out,
                    r##"<use href="#{}" transform="matrix({} 0 0 {} {} {})" fill="{color}"/>"##,
                    char::from(letter.ascii()),
                    Factor(area.width),
                    Factor(height),
                    Number(area.x),
                    Number(y)
                )
            }
            Shape::Text { .. } => self.text(shape),
        }
    }

    fn text(&mut self, shape: &Shape) -> fmt::Result {
        let Shape::Text { text, at, anchor, size, color, upright } = shape else { return Ok(()) };
        let (glyphs, width) = self.font.line(text);
        let scale = size / self.font.units();
        let before = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => f64::from(width) / 2.0 * scale,
            Anchor::End => f64::from(width) * scale,
        };
        let scale = Factor(scale);
        let turned = Factor(-scale.0);
        let label = Escaped(text);
        // The font's y runs upwards.
        if *upright {
            let (x, y) = (Number(at.0), Number(at.1 + before));
            write!(
                self.out,
                r#"<g aria-label="{label}" fill="{color}" transform="matrix(0 {turned} {turned} 0 {x} {y})">"#
            )?;
        } else {
            let (x, y) = (Number(at.0 - before), Number(at.1));
            write!(
                self.out,
                r#"<g aria-label="{label}" fill="{color}" transform="matrix({scale} 0 0 {turned} {x} {y})">"#
            )?;
        }
        for glyph in glyphs {
            write!(self.out, r##"<use href="#g{}" x="{}"/>"##, glyph.id, glyph.x)?;
        }
        self.out.push_str("</g>\n");
        Ok(())
    }
}

/// A number of pixels, with two decimals at most.
struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.0, 2)
    }
}

/// A factor that outlines are multiplied by, with five decimals at most.
struct Factor(f64);

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.0, 5)
    }
}

/// Writes a number with so many decimals, less the zeros at their end.
fn decimal(f: &mut fmt::Formatter<'_>, value: f64, decimals: usize) -> fmt::Result {
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    f.write_str(if text == "-0" { "0" } else { text })
}

/// The attributes of a rectangle's place.
struct AreaAttributes<'a>(&'a Area);

impl fmt::Display for AreaAttributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Area { x, y, width, height } = *self.0;
        let (x, y, width, height) = (Number(x), Number(y), Number(width), Number(height));
        write!(f, r#"x="{x}" y="{y}" width="{width}" height="{height}""#)
    }
}

/// The attributes of a line.
struct StrokeAttributes<'a>(&'a Stroke);

impl fmt::Display for StrokeAttributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"stroke="{}" stroke-width="{}""#, self.0.color, Number(self.0.width))
    }
}

/// Text between tags or in an attribute. Characters that XML forbids are left out.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {}
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_fixed_decimals_and_no_idle_zeros() {
        let numbers = [0.0, -0.001, 1.0, 10.0, 12.345_6, -0.5, 100.004].map(|number| Number(number).to_string());
        assert_eq!(numbers, ["0", "0", "1", "10", "12.35", "-0.5", "100"]);
        assert_eq!(Factor(0.005_859_375).to_string(), "0.00586");
    }

    #[test]
    fn every_shape_is_written() {
        let area = Area { x: 1.0, y: 2.0, width: 3.0, height: 4.5 };
        let stroke = Stroke { color: Color::INK, width: 1.5 };
        let shapes = vec![
            Shape::Fill { area, color: Color::PALE, radius: 2.0 },
            Shape::Outline { area, stroke },
            Shape::Line { from: (0.0, 0.5), to: (9.0, 0.5), stroke },
            Shape::Letter { letter: Letter::T, area, flipped: false, color: Color::GREY },
            Shape::Letter { letter: Letter::T, area, flipped: true, color: Color::GREY },
        ];
        let layers = vec![Layer { name: "marks", crisp: true, shapes }, Layer::smooth("nothing")];
        let scene = Scene { width: 10.0, height: 20.0, title: "a<b & \"c\"\u{1}".into(), warning: None, layers };
        insta::assert_snapshot!(svg(&scene), @r##"
        <svg xmlns="http://www.w3.org/2000/svg" width="10" height="20" viewBox="0 0 10 20" role="img">
        <title>a&lt;b &amp; &quot;c&quot;</title>
        <defs>
        <path id="T" fill-rule="evenodd" d="M0,0H1V.16H.605V1H.395V.16H0Z"/>
        </defs>
        <rect x="0" y="0" width="10" height="20" fill="#ffffff"/>
        <g class="marks" shape-rendering="crispEdges">
        <rect x="1" y="2" width="3" height="4.5" rx="2" fill="#c4c9cf"/>
        <rect x="1" y="2" width="3" height="4.5" fill="none" stroke="#22262b" stroke-width="1.5"/>
        <path d="M0 0.5L9 0.5" stroke="#22262b" stroke-width="1.5"/>
        <use href="#T" transform="matrix(3 0 0 4.5 1 2)" fill="#6b727a"/>
        <use href="#T" transform="matrix(3 0 0 -4.5 1 6.5)" fill="#6b727a"/>
        </g>
        </svg>
        "##);
    }

    #[test]
    fn text_is_outlines_at_its_anchor() {
        let text = |anchor, upright| Shape::Text {
            text: "i".into(),
            at: (10.0, 20.0),
            anchor,
            size: 12.0,
            color: Color::INK,
            upright,
        };
        let transform = |shape: Shape| {
            let layers = vec![Layer { shapes: vec![shape], ..Layer::smooth("text") }];
            let text = svg(&Scene { width: 30.0, height: 30.0, title: String::new(), warning: None, layers });
            let from = text.find("matrix").unwrap();
            text[from..].split('"').next().unwrap().to_owned()
        };
        assert_eq!(transform(text(Anchor::Start, false)), "matrix(0.00586 0 0 -0.00586 10 20)");
        assert_eq!(transform(text(Anchor::Middle, false)), "matrix(0.00586 0 0 -0.00586 8.33 20)");
        assert_eq!(transform(text(Anchor::End, false)), "matrix(0.00586 0 0 -0.00586 6.67 20)");
        assert_eq!(transform(text(Anchor::End, true)), "matrix(0 -0.00586 -0.00586 0 10 23.33)");
    }
}
