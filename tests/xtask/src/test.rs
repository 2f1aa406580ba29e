//! `cargo xtask test`: every test, with all that the end-to-end tests open already built.

use std::ffi::{OsStr, OsString};

use crate::cargo::FEATURES;
use crate::error::Error;
use crate::harness;
use crate::layout::Layout;
use crate::onnx_suite;
use crate::onnxruntime;
use crate::skipped::{self, SkippedTests};
use crate::stage;
use crate::workspace::Workspace;

/// Fetches, builds and runs the tests; `extra` goes to `cargo test`. Without it, everything is tested.
pub(crate) fn run(layout: &Layout, extra: &[OsString]) -> Result<(), Error> {
    let Workspace { cargo, packages } = build(layout)?;
    let skipped = SkippedTests::begin(layout)?;
    let cargo = cargo.env(skipped::VARIABLE, &skipped.path);
    stage::timed("tests", || cargo.run(&test_arguments(&packages, extra)))?;
    if extra.is_empty() {
        stage::timed("operator suite", || onnx_suite::run(layout, &skipped))?;
        stage::timed("fuzz", || harness::start(layout, "kipos-fuzz", &FUZZ.map(OsString::from)))?;
    }
    skipped.report();
    Ok(())
}

/// What is fuzzed with every test: all targets, each for a quarter of a minute, always with the same inputs.
const FUZZ: [&str; 4] = ["--seconds", "15", "--seed", "1"];

/// Fetches what is needed, and builds all that tests open or start.
pub(crate) fn build(layout: &Layout) -> Result<Workspace<'_>, Error> {
    onnxruntime::provide(layout)?;
    let workspace = Workspace::provide(layout)?;
    // `cargo test` alone does not make the plugins' shared libraries. The test executables are
    // named here as well: with them cargo resolves features as it does for `cargo test`, and no
    // crate is built a second time for it.
    let options = ["--release", FEATURES, "--lib", "--bins", "--tests"];
    let arguments = [&["build"], workspace.packages.as_slice(), &options].concat();
    stage::timed("build", || workspace.cargo.run(&arguments))?;
    Ok(workspace)
}

/// The operator tests of the ONNX standard alone, with the binary as it was built last.
pub(crate) fn operator_suite(layout: &Layout) -> Result<(), Error> {
    let skipped = SkippedTests::begin(layout)?;
    onnx_suite::run(layout, &skipped)?;
    skipped.report();
    Ok(())
}

/// The packages that know the features.
const WITH_FEATURES: [&str; 3] = ["kipos", "kipos-cli", "kipos-tests"];

/// The arguments of `cargo test`: these packages, unless the user picked others.
fn test_arguments(packages: &[&str], extra: &[OsString]) -> Vec<OsString> {
    let picked = picked_packages(extra);
    let mut arguments = vec![OsString::from("test"), OsString::from("--release")];
    if picked.is_empty() {
        // Beside `--workspace` cargo would ignore `--package` without a word.
        arguments.extend(packages.iter().map(OsString::from));
    }
    // Cargo refuses features that no picked package has.
    if picked.is_empty() || picked.iter().any(|package| WITH_FEATURES.contains(&package.as_str())) {
        arguments.push(OsString::from(FEATURES));
    }
    arguments.extend_from_slice(extra);
    arguments
}

/// The packages named by `-p NAME`, `-pNAME`, `--package NAME` or `--package=NAME`.
fn picked_packages(extra: &[OsString]) -> Vec<String> {
    let options = extra.iter().take_while(|argument| *argument != OsStr::new("--"));
    let mut options = options.map(|argument| argument.to_string_lossy());
    let mut packages = Vec::new();
    while let Some(option) = options.next() {
        if matches!(&*option, "-p" | "--package") {
            packages.push(options.next().unwrap_or_default().into_owned());
        } else if let Some(name) = option.strip_prefix("--package=").or_else(|| option.strip_prefix("-p")) {
            packages.push(name.to_owned());
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(extra: &[&str]) -> String {
        let extra: Vec<_> = extra.iter().map(OsString::from).collect();
        test_arguments(&["--workspace"], &extra).join(OsStr::new(" ")).to_string_lossy().into_owned()
    }

    #[test]
    fn the_whole_workspace_is_tested_unless_packages_are_picked() {
        assert_eq!(arguments(&[]), "test --release --workspace --features=kipos/hdf5");
        assert_eq!(
            arguments(&["vcf", "--", "--nocapture"]),
            "test --release --workspace --features=kipos/hdf5 vcf -- --nocapture"
        );
        for picked in ["-p kipos", "-pkipos", "--package kipos", "--package=kipos"] {
            let split: Vec<_> = picked.split(' ').collect();
            assert_eq!(arguments(&split), format!("test --release --features=kipos/hdf5 {picked}"));
        }
        assert_eq!(arguments(&["-p", "xtask"]), "test --release -p xtask");
    }

    #[test]
    fn an_option_of_the_test_executable_picks_no_package() {
        assert_eq!(
            arguments(&["--", "-p", "--package"]),
            "test --release --workspace --features=kipos/hdf5 -- -p --package"
        );
    }
}
