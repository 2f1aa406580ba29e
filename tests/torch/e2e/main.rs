//! kipos with the PyTorch plugin, through the real binary and the real libraries.

mod coexistence;
mod commands;
mod golden;
mod missing;
