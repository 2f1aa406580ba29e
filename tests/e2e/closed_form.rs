//! The real binary with the backend `stub`, whose answers are known beforehand.

mod alleles;
mod contigs;
mod custom_scorer;
mod engine;
mod indels;
mod kipoi_info;
mod number_types;
mod scores;
mod tasks;
mod text;
mod windows;
