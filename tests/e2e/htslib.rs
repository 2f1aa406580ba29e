//! The field's own tools, where they are installed.

use std::io::ErrorKind;
use std::process::Command;

use kipos_tests::{World, skip};

/// What `tool` writes to standard output when run in a world; it must not complain. `None` where it is not installed,
/// which fails in CI.
pub fn run(world: &World, tool: &str, args: &[&str]) -> Option<String> {
    let (printed, complaints) = spoken(world, tool, args)?;
    assert!(complaints.is_empty(), "{tool} {args:?}: {complaints:?}");
    Some(printed)
}

/// What `tool`, which must succeed, writes to standard output, and the lines of its complaints. `None` where it is not
/// installed, which fails in CI.
pub fn spoken(world: &World, tool: &str, args: &[&str]) -> Option<(String, Vec<String>)> {
    let output = Command::new(tool).args(args).current_dir(world.path("")).output();
    if matches!(&output, Err(error) if error.kind() == ErrorKind::NotFound) {
        skip::not_installed(tool);
        return None;
    }
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {args:?}: {said}");
    // `norm` counts its lines there.
    let complaints = said.lines().filter(|line| !line.starts_with("Lines ")).map(str::to_owned).collect();
    Some((String::from_utf8(output.stdout).unwrap(), complaints))
}
