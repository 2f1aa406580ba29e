//! From the words of a command line to the command.

use std::ffi::OsString;
use std::process;

use clap::{ArgMatches, ColorChoice, CommandFactory, FromArgMatches, ValueEnum};

use super::advice::{self, with_advice};
use super::commands::Cli;
use super::log::Log;
use super::message_args::LogFormat;
use kipos::ErrorClass;

/// The command that was typed, and its name. Where there is none, it is said why, or help is shown, and the process ends.
pub(super) fn command_line(typed: &[OsString]) -> (Cli, String) {
    let color = early(typed, "--color").unwrap_or(ColorChoice::Auto);
    let mut command = Cli::command().color(color);
    let parsed = command.try_get_matches_from_mut(typed).and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        Ok((cli, name(&matches)))
    });
    parsed.unwrap_or_else(|error| {
        let error = with_advice(error, typed);
        if error.use_stderr() && early(typed, "--log-format") == Some(LogFormat::Json) {
            let text = error.render().to_string();
            Log::plain(LogFormat::Json, color).error(ErrorClass::Usage, text.trim_start_matches("error: ").trim_end());
            process::exit(error.exit_code());
        }
        advice::exit(error, typed)
    })
}

/// The command with its subcommand.
fn name(matches: &ArgMatches) -> String {
    let mut names = Vec::new();
    let mut matches = matches;
    while let Some((name, below)) = matches.subcommand() {
        names.push(name);
        matches = below;
    }
    names.join(" ")
}

/// The value of a flag that also holds where the rest cannot be understood.
fn early<T: ValueEnum>(typed: &[OsString], flag: &str) -> Option<T> {
    let words: Vec<_> = typed.iter().take_while(|word| *word != "--").map(|word| word.to_string_lossy()).collect();
    let value = words.iter().enumerate().rev().find_map(|(at, word)| match word.strip_prefix(flag)? {
        "" => words.get(at + 1).map(AsRef::as_ref),
        rest => rest.strip_prefix('='),
    });
    T::from_str(value?, false).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_found_before_the_rest_is_understood() {
        let found = |typed: &str| {
            let words: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
            early::<LogFormat>(&words, "--log-format")
        };
        assert_eq!(found("kipos --log-format json no-command"), Some(LogFormat::Json));
        assert_eq!(found("kipos no-command --log-format=json"), Some(LogFormat::Json));
        assert_eq!(found("kipos --log-format=json --log-format text"), Some(LogFormat::Text));
        for typed in ["kipos", "kipos --log-format", "kipos --log-format xml", "kipos -- --log-format json"] {
            assert_eq!(found(typed), None, "{typed}");
        }
    }
}
