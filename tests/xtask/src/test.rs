//! `cargo xtask test`: every test, with all that the end-to-end tests open already built.

use std::ffi::{OsStr, OsString};

use crate::cargo;
use crate::error::Error;
use crate::layout::Layout;
use crate::native;

/// Fetches, builds and runs the tests; `extra` goes to `cargo test`.
pub(crate) fn run(layout: &Layout, extra: &[OsString]) -> Result<(), Error> {
    native::provide_onnxruntime(layout)?;
    // `cargo test` alone does not make the plugins' shared libraries. The test executables are
    // named here as well: with them cargo resolves features as it does for `cargo test`, and no
    // crate is built a second time for it.
    cargo::run(layout, &["build", "--release", "--workspace", "--lib", "--bins", "--tests"])?;
    cargo::run(layout, &test_arguments(extra))
}

/// The arguments of `cargo test`: all of the workspace, unless the user picked packages.
fn test_arguments(extra: &[OsString]) -> Vec<OsString> {
    let picks_packages = extra
        .iter()
        .map(OsString::as_os_str)
        .take_while(|argument| *argument != OsStr::new("--"))
        .any(is_package_option);
    let mut arguments = vec![OsString::from("test"), OsString::from("--release")];
    if !picks_packages {
        // Beside `--workspace` cargo would ignore `--package` without a word.
        arguments.push(OsString::from("--workspace"));
    }
    arguments.extend_from_slice(extra);
    arguments
}

fn is_package_option(argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    argument == "--package" || argument.starts_with("--package=") || argument.starts_with("-p")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(extra: &[&str]) -> String {
        let extra: Vec<_> = extra.iter().map(OsString::from).collect();
        test_arguments(&extra).join(OsStr::new(" ")).to_string_lossy().into_owned()
    }

    #[test]
    fn the_whole_workspace_is_tested_unless_packages_are_picked() {
        assert_eq!(arguments(&[]), "test --release --workspace");
        assert_eq!(arguments(&["vcf", "--", "--nocapture"]), "test --release --workspace vcf -- --nocapture");
        for picked in ["-p kipos", "-pkipos", "--package kipos", "--package=kipos"] {
            let split: Vec<_> = picked.split(' ').collect();
            assert_eq!(arguments(&split), format!("test --release {picked}"));
        }
    }

    #[test]
    fn an_option_of_the_test_executable_picks_no_package() {
        assert_eq!(arguments(&["--", "-p", "--package"]), "test --release --workspace -- -p --package");
    }
}
