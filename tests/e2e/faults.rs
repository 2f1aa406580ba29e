//! Faults that kipos had: commands that once gave a wrong number, or none, without a word.

mod any_length;
mod dependent_rows;
mod zero_gradients;
