//! kipos with the PyTorch plugin, through the real binary and the real libraries.
#![allow(clippy::unwrap_used)] // everything here is a test, also outside functions marked as one

mod calls;
mod coexistence;
mod commands;
mod conformance;
mod drafts;
mod golden;
mod missing;
mod outputs;
