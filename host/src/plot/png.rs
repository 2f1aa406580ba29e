//! Pictures as PNG: the SVG, as `resvg` draws it.

use super::error::PlotError;
use super::scene::Scene;
use super::svg::svg;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// A picture as the bytes of a PNG file, with `density` pixels for each of the picture's own, 1 to 8.
///
/// # Errors
/// [`PlotError::TooLarge`] if there would be more pixels than memory takes.
pub fn png(scene: &Scene, density: f64) -> Result<Vec<u8>, PlotError> {
    let too_large = || PlotError::TooLarge { width: scene.width * density, height: scene.height * density };
    let density = density.clamp(1.0, 8.0);
    let tree = Tree::from_str(&svg(scene), &Options::default()).map_err(|_| too_large())?;
    let size = |pixels: f64| (pixels * density).ceil() as u32;
    let mut pixels = Pixmap::new(size(scene.width), size(scene.height)).ok_or_else(too_large)?;
    let density = density as f32;
    resvg::render(&tree, Transform::from_scale(density, density), &mut pixels.as_mut());
    pixels.encode_png().map_err(|_| too_large())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::color::Color;
    use crate::plot::letters::Letter;
    use crate::plot::scene::{Area, Layer, Shape};

    fn drawn(shape: Shape) -> Pixmap {
        let layers = vec![Layer { shapes: vec![shape], ..Layer::crisp("test") }];
        let scene = Scene { width: 40.0, height: 40.0, title: String::new(), warning: None, layers };
        Pixmap::decode_png(&png(&scene, 2.0).unwrap()).unwrap()
    }

    #[test]
    fn pixels_have_the_colours_of_shapes() {
        let area = Area { x: 10.0, y: 10.0, width: 20.0, height: 20.0 };
        let pixels = drawn(Shape::fill(area, Color::hex(0x11_22_33)));
        let color = |x, y| pixels.pixel(x, y).map(|pixel| (pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()));
        assert_eq!((pixels.width(), pixels.height()), (80, 80));
        assert_eq!(color(40, 40), Some((0x11, 0x22, 0x33, 255)));
        assert_eq!(color(5, 5), Some((255, 255, 255, 255)));
    }

    #[test]
    fn letters_fill_their_area_and_no_more() {
        let area = Area { x: 10.0, y: 10.0, width: 20.0, height: 20.0 };
        for letter in [Letter::A, Letter::C, Letter::G, Letter::T, Letter::N] {
            for flipped in [false, true] {
                let pixels = drawn(Shape::Letter { letter, area, flipped, color: Color::INK });
                let inked = |x: u32, y: u32| pixels.pixel(x, y).is_some_and(|pixel| pixel.red() < 128);
                let (xs, ys): (Vec<u32>, Vec<u32>) =
                    (0..80).flat_map(|x| (0..80).map(move |y| (x, y))).filter(|&(x, y)| inked(x, y)).unzip();
                let range = |all: &[u32]| (*all.iter().min().unwrap(), *all.iter().max().unwrap());
                assert_eq!((range(&xs), range(&ys)), ((20, 59), (20, 59)), "{letter:?}");
            }
        }
    }

    #[test]
    fn a_picture_without_an_end_is_refused() {
        let scene = Scene { width: 1e12, height: 1e12, title: String::new(), warning: None, layers: Vec::new() };
        let error = png(&scene, 1.0).unwrap_err();
        insta::assert_snapshot!(error, @"a picture of 1000000000000 x 1000000000000 pixels is too large for PNG; choose a smaller --width or --density, or write .svg");
    }
}
