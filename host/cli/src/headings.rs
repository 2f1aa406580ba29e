//! The groups that help lists flags in.

/// What is read.
pub const INPUT: &str = "Input";
/// What the model sees of it.
pub const WINDOWS: &str = "Windows";
/// What is computed of the model's outputs.
pub const SCORES: &str = "Scores";
/// What is differentiated.
pub const GRADIENT: &str = "Gradient";
/// What is written.
pub const OUTPUT: &str = "Output";
/// Where the model runs.
pub const ENGINE: &str = "Engine";
/// How it is said what happens.
pub const MESSAGES: &str = "Messages";
