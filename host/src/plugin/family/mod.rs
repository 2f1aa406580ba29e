//! Families: several files that are one model, their answers combined.

mod agreement;
mod combining;

pub(super) use agreement::common_signature;
pub(super) use combining::mean;
pub use combining::{Combining, combine_numbers};
