//! Tests that cannot run on this machine say so, and `cargo xtask test` lists them at its end.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::thread;

/// A program of the field is not installed, though a package of Debian brings it: in CI, which installs them all, the
/// test fails.
///
/// # Panics
/// In CI.
pub fn not_installed(program: &str) {
    let reason = format!("{program} is not installed; Debian has it in the package of that name");
    assert!(env::var_os("CI").is_none(), "{reason}");
    skip(&reason);
}

/// Something is missing that only a package registry or other hardware could give.
///
/// # Panics
/// If the list of `cargo xtask test` cannot be written.
pub fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
    if let Some(list) = env::var_os("KIPOS_SKIPPED_TESTS") {
        let test = thread::current().name().unwrap_or("a test").to_owned();
        let mut list = OpenOptions::new().append(true).create(true).open(list).expect("the list of skipped tests");
        // One call, so that tests of several processes do not mix their lines.
        list.write_all(format!("{test}: {reason}\n").as_bytes()).expect("the list of skipped tests");
    }
}
