//! End-to-end tests: the real binary, real plugin libraries, files in and out.
#![allow(clippy::unwrap_used)] // everything here is a test, also outside functions marked as one

mod bad_input;
mod case;
mod plugins;
