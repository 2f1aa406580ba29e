//! Commands that once gave a wrong number, or none, without a word. Their inputs lie in `tests/faults`.

mod any_length;
mod dependent_rows;
mod domains;
mod failed_scores;
mod plugin_names;
mod plugin_output;
mod zero_gradients;
