//! Input that is wrong: one sentence says what, where and what to do, and nothing appears under the output's name.

mod descriptions;
mod engine;
mod genome;
mod loader_arguments;
mod output;
mod scores;
mod usage;
mod variants;
