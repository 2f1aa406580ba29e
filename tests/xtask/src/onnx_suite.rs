//! The operator tests of the ONNX standard, which the `onnx` package of Python brings along.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::layout::Layout;
use crate::process;
use crate::skipped::SkippedTests;

/// What is said of them.
const NAME: &str = "the operator tests of the ONNX standard";

/// The file that says for which requirements packages were fetched.
const STAMP: &str = "requirements.txt";

/// Runs them with the binary that is built; where their packages cannot be fetched, they are listed as skipped.
pub(crate) fn run(layout: &Layout, skipped: &SkippedTests) -> Result<(), Error> {
    let suite = layout.root.join("tests").join("onnx-suite");
    let packages = layout.target.join("native").join("onnx-suite");
    if let Err(reason) = provide(&suite.join("requirements.txt"), &packages)? {
        let said = reason.lines().last().unwrap_or_default();
        return skipped.add(&format!("{NAME}: pip cannot fetch their packages; it said: {said}"));
    }
    let kipos = layout.target.join("release").join(format!("kipos{EXE_SUFFIX}"));
    let script = suite.join("operator_suite.py");
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", &packages).arg(&script).arg(&kipos).arg(layout.target.join("onnx-suite"));
    let shown = format!("python3 {} {}", layout.shown(&script).display(), layout.shown(&kipos).display());
    process::run(&mut command, &shown)
}

/// Puts the packages into a directory of their own; the inner error is what pip said.
fn provide(requirements: &Path, packages: &Path) -> Result<Result<(), String>, Error> {
    let wanted = fs::read_to_string(requirements).map_err(Error::file("read", requirements))?;
    let stamp = packages.join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|present| present == wanted) {
        return Ok(Ok(()));
    }
    if !process::answers("python3".as_ref(), &["-m", "pip", "--version"]) {
        return Ok(Err("there is no python3 with pip".to_owned()));
    }
    if packages.exists() {
        fs::remove_dir_all(packages).map_err(Error::file("remove", packages))?;
    }
    let fetched = process::run_silently(
        Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
            .args(["--only-binary", ":all:", "--target"])
            .arg(packages)
            .arg("--requirement")
            .arg(requirements),
    )?;
    if fetched.is_ok() {
        fs::write(&stamp, wanted).map_err(Error::file("write", &stamp))?;
    }
    Ok(fetched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_fetched_for_the_same_requirements_is_not_fetched_again() {
        let directory = tempfile::tempdir().unwrap();
        let (requirements, packages) = (directory.path().join("wanted.txt"), directory.path().join("packages"));
        fs::write(&requirements, "a-package-that-no-index-has==0\n").unwrap();
        fs::create_dir(&packages).unwrap();
        fs::copy(&requirements, packages.join(STAMP)).unwrap();
        assert_eq!(provide(&requirements, &packages).unwrap(), Ok(()));
    }
}
