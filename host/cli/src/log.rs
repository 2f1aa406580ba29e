//! Messages on standard error: the only place that writes there.

use std::env;
use std::io::{self, IsTerminal};
use std::time::SystemTime;

use clap::ColorChoice;
use clap::builder::styling::{AnsiColor, Style};
use serde_json::{Value as Json, json};

use super::date::rfc3339;
use super::message_args::{LogFormat, MessageArgs};
use super::standard_error::write_message;
use kipos::{ErrorClass, PrintableWriter, Warning, printable};

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Why the command fails.
    Error,
    /// What the user should know.
    Warning,
    /// What the command was taken to mean.
    Note,
    /// What was done.
    Info,
    /// How far it is.
    Progress,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Info => "info",
            Self::Progress => "progress",
        }
    }

    /// What stands before its text, and how.
    fn label(self) -> Option<Style> {
        let color = match self {
            Self::Error => AnsiColor::Red,
            Self::Warning => AnsiColor::Yellow,
            Self::Note => AnsiColor::Cyan,
            Self::Info | Self::Progress => return None,
        };
        Some(color.on_default().bold())
    }
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verbosity {
    Quiet,
    Usual,
    Verbose,
}

/// Writes messages to standard error, each with one call. Nothing can be done about a standard error that is closed or
/// full: a message that cannot be written fails no command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    format: LogFormat,
    verbosity: Verbosity,
    colored: bool,
}

impl Log {
    /// What the arguments ask for.
    pub(super) fn of(args: &MessageArgs) -> Self {
        let verbosity = match (args.quiet, args.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Usual,
        };
        Self { verbosity, ..Self::plain(args.log_format, args.color) }
    }

    /// Messages of a command line that could not be read.
    pub(super) fn plain(format: LogFormat, color: ColorChoice) -> Self {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let colored = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                io::stderr().is_terminal()
                    && !is_set("NO_COLOR")
                    && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
            }
        };
        Self { format, verbosity: Verbosity::Usual, colored }
    }

    /// Whether progress is shown as a line that changes.
    pub(super) fn has_bar(self) -> bool {
        self.format == LogFormat::Text && self.verbosity > Verbosity::Quiet && io::stderr().is_terminal()
    }

    /// Why the command fails.
    pub(super) fn error(self, class: ErrorClass, text: &str) {
        self.write(Level::Error, class.as_str(), text, Json::Null);
    }

    /// What the user should know.
    pub(super) fn warning(self, warning: &Warning) {
        self.write(Level::Warning, warning.code.as_str(), &warning.text, Json::Null);
    }

    /// What the command was taken to mean.
    pub(super) fn note(self, code: &str, text: &str) {
        if self.verbosity > Verbosity::Quiet {
            self.write(Level::Note, code, text, Json::Null);
        }
    }

    /// What was done.
    pub(super) fn info(self, code: &str, text: &str) {
        if self.verbosity > Verbosity::Quiet {
            self.write(Level::Info, code, text, Json::Null);
        }
    }

    /// What only those want to know who ask for everything.
    pub(super) fn detail(self, code: &str, text: &str) {
        if self.verbosity == Verbosity::Verbose {
            self.write(Level::Info, code, text, Json::Null);
        }
    }

    /// What an argument asked for.
    pub(super) fn requested(self, code: &str, text: &str) {
        self.write(Level::Info, code, text, Json::Null);
    }

    /// How far the command is, in words and as a JSON object.
    pub(super) fn progress(self, text: &str, fields: Json) {
        if self.verbosity > Verbosity::Quiet {
            self.write(Level::Progress, "progress", text, fields);
        }
    }

    /// How long it will take.
    pub(super) fn estimate(self, text: &str, fields: Json) {
        if self.verbosity > Verbosity::Quiet {
            self.write(Level::Progress, "estimate", text, fields);
        }
    }

    fn write(self, level: Level, code: &str, text: &str, fields: Json) {
        let message = match self.format {
            LogFormat::Text => self.text(level, text),
            LogFormat::Json => printable_lines(&json_line(level, code, text, fields, SystemTime::now())),
        };
        let _ = write_message(&message);
    }

    fn text(self, level: Level, text: &str) -> String {
        match level.label() {
            Some(style) if self.colored => format!("{style}{}:{style:#} {}\n", level.name(), printable(text)),
            Some(_) => format!("{}: {}\n", level.name(), printable(text)),
            None => printable_lines(text),
        }
    }
}

/// Lines whose own newlines stay, with one behind the last.
fn printable_lines(text: &str) -> String {
    let mut lines = Vec::new();
    // Writing to memory does not fail.
    let _ = PrintableWriter::new(&mut lines).write_lines(&text);
    String::from_utf8_lossy(&lines).into_owned()
}

fn json_line(level: Level, code: &str, text: &str, fields: Json, time: SystemTime) -> String {
    let mut line = json!({ "time": rfc3339(time), "level": level.name(), "code": code, "message": text });
    if let (Json::Object(line), Json::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    line.to_string()
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_json_message_is_one_line_with_its_fields() {
        let line = json_line(Level::Progress, "progress", "a\n\"b\"\u{1b}", json!({ "done": 3 }), UNIX_EPOCH);
        insta::assert_snapshot!(line, @r#"{"code":"progress","done":3,"level":"progress","message":"a\n\"b\"\u001b","time":"1970-01-01T00:00:00Z"}"#);
        assert_eq!(printable_lines(&line), format!("{line}\n"));
    }

    #[test]
    fn only_the_label_is_colored() {
        let log = |colored| Log { format: LogFormat::Text, verbosity: Verbosity::Usual, colored };
        assert_eq!(log(false).text(Level::Warning, "old"), "warning: old\n");
        assert_eq!(log(true).text(Level::Warning, "old"), "\u{1b}[1m\u{1b}[33mwarning:\u{1b}[0m old\n");
        assert_eq!(log(true).text(Level::Info, "done"), "done\n");
    }

    #[test]
    fn text_of_others_is_spelled() {
        let log = Log { format: LogFormat::Text, verbosity: Verbosity::Usual, colored: false };
        assert_eq!(log.text(Level::Error, "a\nerror: \u{1b}[2J"), "error: a\\nerror: \\u001b[2J\n");
        assert_eq!(log.text(Level::Info, "1\n2\u{1b}"), "1\n2\\u001b\n");
    }
}
