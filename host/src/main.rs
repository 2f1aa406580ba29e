//! The `kipos` command: parse, run, print the chain of errors, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    kipos::cli::main()
}
