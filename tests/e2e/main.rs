//! End-to-end tests: the real binary, real plugin libraries, files in and out.

mod bad_input;
mod case;
mod plugins;
