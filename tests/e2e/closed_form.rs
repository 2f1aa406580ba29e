//! The real binary with the backend `stub`, whose answers are known beforehand.

mod alleles;
mod contigs;
mod custom_scorer;
mod engine;
mod scores;
mod tasks;
mod windows;
