//! Commands that once gave a wrong number, or none, without a word. Their inputs lie in `tests/faults`.

mod domains;
mod failed_scores;
mod plugin_names;
mod plugin_output;
