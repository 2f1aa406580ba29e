//! Faults that kipos had once: their inputs, with answers of programs that import nothing of kipos.

mod position_axis;
mod right_values;
mod strand_heads;
