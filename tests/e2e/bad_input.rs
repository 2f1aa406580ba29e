//! Input that is wrong: one sentence says what, where and what to do, and nothing appears under the output's name.

mod descriptions;
mod engine;
mod genome;
mod indexes;
mod loader_arguments;
mod output;
mod read_files;
mod scores;
mod unwritable;
mod usage;
mod variants;
