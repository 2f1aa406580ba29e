//! Messages and help are in plain technical English: these words are not.

use super::finding;
use super::source::Source;

/// Words, and what to write instead.
const BANNED: &[(&str, &str)] = &[
    ("be had", "say what is supported"),
    ("for want of", "name what is missing"),
    ("in the place of", "instead of"),
    ("parted by", "separated by"),
    ("comes about", "is built"),
    ("come about", "are chosen"),
    ("nobody", "say what does not happen"),
    ("lies in", "is in"),
    ("lie in", "are in"),
    ("stands in", "is in"),
    ("stand in", "are in"),
    ("letters", "bases"),
    ("a text", "a string"),
    ("is text", "holds strings"),
    ("as text", "as strings"),
    ("texts", "strings"),
    ("whom", "name who"),
    ("what was in it", "name it"),
    ("is no", "say what is expected"),
    ("are no", "say what is expected"),
    ("of no use", "cannot be combined"),
];

/// Where messages are, and help, which clap makes of documentation.
const MESSAGES: [&str; 4] = ["host/src/", "host/cli/src/", "plugin-api/src/", "plugins/"];
const HELP: &str = "host/cli/src/";

/// What may be said all the same: of files of text, and of what does not exist.
const ALLOWED: [&str; 5] = ["a text file", "is text format", "there is no", "there are no", "ASCII letters"];

/// Rooms in which letters are drawn.
const DRAWS_LETTERS: [&str; 3] = ["host/src/plot/", "host/cli/src/picture_args.rs", "host/cli/src/pictures.rs"];

/// Banned words in messages and help.
pub(super) fn banned(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| MESSAGES.iter().any(|place| source.path.starts_with(place))) {
        let help = source.docs.iter().filter(|(line, _)| source.path.starts_with(HELP) && *line < source.tests_from);
        // A single word is a name, not a message.
        let messages = source.own_strings().filter(|(_, text)| text.contains(' '));
        for (line, text) in messages.chain(help) {
            let draws = DRAWS_LETTERS.iter().any(|place| source.path.starts_with(place));
            let found = BANNED.iter().filter(|(word, _)| says(text, word) && !(draws && *word == "letters"));
            let report = |(word, advice): &(&str, &str)| {
                finding(&source.path, *line, &format!("`{word}` in `{text}`: {advice}"))
            };
            findings.extend(found.map(report));
        }
    }
    findings
}

/// Whether whole words of a text are `words`, apart from what is allowed.
fn says(text: &str, words: &str) -> bool {
    let text = ALLOWED.iter().fold(text.to_owned(), |text, allowed| text.replace(allowed, ""));
    let ends = |text: &str| text.ends_with(|c: char| c.is_alphanumeric());
    let begins = |text: &str| text.starts_with(|c: char| c.is_alphanumeric());
    text.match_indices(words).any(|(at, _)| !ends(&text[..at]) && !begins(&text[at + words.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, code: &str) -> Vec<String> {
        banned(&[Source::new(path, code)])
    }

    #[test]
    fn a_banned_word_in_a_message_is_found() {
        let code = "#[error(\"`{0}` is no file \\\n         of regions\")]\nstruct A;\n";
        let expected = ["host/src/a.rs:1: `is no` in ``{0}` is no file of regions`: say what is expected"];
        assert_eq!(found("host/src/a.rs", code), expected);
        assert_eq!(found("host/src/a.rs", "// is no file\nlet a = \"letters\";\nb(\"there is no file\");\n"), [""; 0]);
        assert_eq!(found("host/src/a.rs", "a(\"the contexts is not a texture\");\n"), [""; 0]);
        assert_eq!(found("host/src/a.rs", "#[cfg(test)]\nmod tests {\n    a(\"is no file\");\n}\n"), [""; 0]);
    }

    #[test]
    fn a_banned_word_in_help_is_found() {
        let code = "/// Tasks, parted by blanks\ntasks: A,\n";
        let expected = ["host/cli/src/a.rs:1: `parted by` in `Tasks, parted by blanks`: separated by"];
        assert_eq!(found("host/cli/src/a.rs", code), expected);
        assert_eq!(found("host/src/a.rs", code), [""; 0]);
    }
}
