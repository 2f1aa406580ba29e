//! Faults that kipos had: commands that once gave a wrong number, or none, without a word.

mod dependent_rows;
