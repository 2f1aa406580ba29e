//! Pictures: mutation maps and gradients as SVG and PNG.
//!
//! A picture is first a [`Scene`] of plain shapes, which [`svg`] writes as text; the same numbers give the same bytes on
//! every machine, as letters are outlines and no font of the machine is used. [`png`](fn@png) draws that SVG.

mod color;
mod color_bar;
mod columns;
mod error;
mod font;
mod grad_plotter;
mod gradient;
mod heat_map;
mod letters;
mod logo;
mod map_plotter;
mod mutation_map;
mod padding;
mod page;
mod picture_file;
#[cfg(feature = "png")]
mod png;
mod scale;
mod scene;
mod svg;
mod ticks;
mod variant_marks;

pub use color::Palette;
pub use columns::PlotLimit;
pub use error::PlotError;
pub use grad_plotter::{DrawAs, GradPlotter, GradientChoice};
pub(crate) use grad_plotter::{check_sample, input_index};
pub use gradient::{GradientOptions, GradientPicture, GradientStretch, GradientValues};
pub use letters::Letter;
pub use map_plotter::{MapChoice, MapName, MutationMapPlotter, read_annotations};
pub use mutation_map::{MutationMapOptions, MutationMapPicture};
pub use picture_file::PictureFiles;
#[cfg(feature = "png")]
pub use png::png;
pub use scene::Scene;
pub use svg::svg;
pub use variant_marks::MarkedVariant;
