//! Running other programs.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

use crate::error::Error;
use crate::report;

/// How many of a failed program's last lines are shown.
const LAST_LINES: usize = 6;

/// Whether the program starts and succeeds with these arguments.
pub(crate) fn answers(program: &OsStr, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command line that starts `program` with these arguments.
pub(crate) fn spelled<A: AsRef<OsStr>>(program: &OsStr, arguments: &[A]) -> String {
    let mut line = program.to_string_lossy().into_owned();
    for argument in arguments {
        line.push(' ');
        line.push_str(&argument.as_ref().to_string_lossy());
    }
    line
}

/// Runs the command with this terminal as its own; `shown` is the command as the user would type it.
pub(crate) fn run(command: &mut Command, shown: &str) -> Result<(), Error> {
    report::line(format_args!("$ {shown}"));
    let status = command.status().map_err(start_error(command))?;
    if status.success() { Ok(()) } else { Err(Error::Failed { command: shown.to_owned(), status: status.to_string() }) }
}

/// Runs the command and gives what it prints; if it fails, the error holds what it says. `shown` is the command as the
/// user would type it.
pub(crate) fn output(command: &mut Command, shown: &str) -> Result<String, Error> {
    let output = command.output().map_err(start_error(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Failed { command: shown.to_owned(), status: said })
}

/// Runs the command silently; if it fails, `Ok(Err(..))` holds the last lines that it printed.
pub(crate) fn run_silently(command: &mut Command) -> Result<Result<(), String>, Error> {
    let output = command.stdin(Stdio::null()).output().map_err(start_error(command))?;
    Ok(if output.status.success() { Ok(()) } else { Err(last_lines(&output)) })
}

fn start_error(command: &Command) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let program = command.get_program().to_string_lossy().into_owned();
    move |source| Error::Start { program, source }
}

fn last_lines(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = out.lines().chain(err.lines()).filter(|line| !line.trim().is_empty()).collect();
    let kept = &lines[lines.len().saturating_sub(LAST_LINES)..];
    if kept.is_empty() { format!("nothing ({})", output.status) } else { kept.join("\n") }
}

#[cfg(test)]
mod tests {
    use std::process::ExitStatus;

    use super::*;

    fn output(stdout: &str, stderr: &str) -> Output {
        Output { status: ExitStatus::default(), stdout: stdout.into(), stderr: stderr.into() }
    }

    #[test]
    fn the_last_lines_end_with_the_error_stream_and_skip_blank_lines() {
        let printed = output("1\n2\n3\n4\n5\n", "a\n\n  \nb\n");
        assert_eq!(last_lines(&printed), "2\n3\n4\n5\na\nb");
    }

    #[test]
    fn a_silent_failure_still_says_something() {
        assert!(last_lines(&output("", "\n")).starts_with("nothing ("));
    }
}
