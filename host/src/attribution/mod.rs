//! What a file of gradients says of each base: the gradients of a sample, what is made of them, and their axes.

mod axes;
mod gradient_file;
mod sample;

pub use axes::{AxisError, DnaAxes, dna_axes, sequence_axis};
pub use gradient_file::GradientFile;
pub use sample::{GradientTransform, SampleGradient};
