//! Files of BCF and their index.

mod index;
mod output;
#[cfg(test)]
mod tests;

pub(super) use output::BcfOutput;
