//! What the command prints goes through two doors, where text of others is made harmless.

use super::finding;
use super::source::Source;

/// The files that may write to the streams of the process.
const DOORS: [&str; 2] = ["host/cli/src/standard_error.rs", "host/cli/src/standard_output.rs"];

/// What writes to them otherwise.
const PAST_THEM: [&str; 4] = ["stderr()", "stdout()", "println!", "print!"];

/// Places of the command that print past the doors. Asking a stream whether it is a terminal prints nothing.
pub(super) fn passed_by(sources: &[Source]) -> Vec<String> {
    let of_command = |source: &&Source| source.path.starts_with("host/cli/src/") && !DOORS.contains(&&*source.path);
    let mut findings = Vec::new();
    for source in sources.iter().filter(of_command) {
        for (line, code) in source.code_lines() {
            let code = code.replace("stderr().is_terminal()", "");
            let found = PAST_THEM.iter().find(|past| code.contains(*past));
            findings.extend(
                found.map(|past| {
                    finding(&source.path, line, &format!("`{past}` may not be here; see standard_error.rs"))
                }),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_past_the_doors_is_found() {
        let code = "fn a() {\n    if io::stderr().is_terminal() {\n        eprintln!(\"a\");\n    }\n    writeln!(io::stderr(), \"b\");\n}\n";
        let found = passed_by(&[Source::new("host/cli/src/a.rs", code)]);
        assert_eq!(
            found,
            [
                "host/cli/src/a.rs:3: `println!` may not be here; see standard_error.rs",
                "host/cli/src/a.rs:5: `stderr()` may not be here; see standard_error.rs"
            ]
        );
        assert_eq!(passed_by(&[Source::new("host/cli/src/standard_error.rs", code)]), [""; 0]);
    }
}
