//! `cargo xtask`: the commands of this repository that have to act before, between or after cargo's
//! own.
//!
//! `cargo xtask demo` scores the example from a fresh checkout, `cargo xtask test` runs every test, `cargo xtask lint`
//! looks over code and documentation, `cargo xtask fuzz` and `cargo xtask torture` do harm, `cargo xtask licences` writes
//! the licences of other crates, `cargo xtask man` writes man pages, `cargo xtask onnx-suite` runs the standard's operator tests, `cargo xtask torch` builds the PyTorch plugin. They fetch what is pinned first, since a build script must never download anything.

mod cargo;
mod cmake;
mod command_line;
mod demo;
mod error;
mod harness;
mod json;
mod layout;
mod libtorch;
mod licences;
mod lint;
mod man;
mod onnx_suite;
mod onnxruntime;
mod platform;
mod prerequisites;
mod process;
mod report;
mod skipped;
mod stage;
mod test;
#[cfg(test)]
mod tidy;
mod torch;
mod wheel;
mod workspace;

use std::process::ExitCode;

use command_line::{Task, USAGE};
use error::Error;
use layout::Layout;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    match command_line::parse(std::env::args_os().skip(1).collect())? {
        Task::Help => report::line(USAGE),
        Task::Demo => demo::run(&Layout::discover()?)?,
        Task::Fuzz(arguments) => harness::fuzz(&Layout::discover()?, &arguments)?,
        Task::Licences => licences::write(&Layout::discover()?)?,
        Task::Lint => lint::run(&Layout::discover()?)?,
        Task::Man => man::run(&Layout::discover()?)?,
        Task::OnnxSuite => test::operator_suite(&Layout::discover()?)?,
        Task::Torch => torch::run(&Layout::discover()?)?,
        Task::Test(arguments) => test::run(&Layout::discover()?, &arguments)?,
        Task::Torture(arguments) => harness::torture(&Layout::discover()?, &arguments)?,
    }
    Ok(())
}
