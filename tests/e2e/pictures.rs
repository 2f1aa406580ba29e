//! `plot` and `track`: files of maps and gradients in, pictures and bedGraph out.

mod example;
mod gradients;
mod kipoi_maps;
mod maps;
mod stored;
mod tracks;

use kipos_tests::{Outcome, World};
pub use stored::{gradients, maps};

/// What a failed command says, without the names of this machine.
fn error(world: &World, outcome: &Outcome) -> String {
    assert_ne!(outcome.code, 0, "{outcome:?}");
    outcome.stderr.replace(world.path("").to_str().unwrap(), "").trim().to_owned()
}

/// The size of a PNG, in pixels.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// The lines of one layer of an SVG.
fn layer<'a>(svg: &'a str, class: &str) -> Vec<&'a str> {
    let lines = svg.lines().skip_while(|line| !line.starts_with(&format!("<g class=\"{class}\"")));
    lines.skip(1).take_while(|line| *line != "</g>").collect()
}

/// All texts of an SVG, in the order in which they are drawn.
fn texts(svg: &str) -> Vec<&str> {
    svg.split("aria-label=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
