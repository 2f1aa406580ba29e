//! The field's own tools, where they are installed.

use std::io::ErrorKind;
use std::process::Command;

use kipos_tests::World;

/// What `tool` writes to standard output when run in a world; it must not complain. `None`, with a note, where it is
/// not installed.
pub fn run(world: &World, tool: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(tool).args(args).current_dir(world.path("")).output();
    if matches!(&output, Err(error) if error.kind() == ErrorKind::NotFound) {
        eprintln!("skipped: there is no {tool}; Debian has it in the package of that name");
        return None;
    }
    let output = output.unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    // `norm` counts its lines there.
    let complaints: Vec<&str> = complaints.lines().filter(|line| !line.starts_with("Lines ")).collect();
    assert!(output.status.success() && complaints.is_empty(), "{tool} {args:?}: {complaints:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}
