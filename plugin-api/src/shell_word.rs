//! Words of commands that a message advises.

use std::fmt::Write;

/// A word as a shell reads it: what a message takes out of a file must not become a command of its own when the message is
/// pasted.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,@%+=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.contains(char::is_control) {
        return format!("'{}'", word.replace('\'', "'\\''"));
    }
    // Some terminals run what is pasted at each newline, even within quotes.
    let mut quoted = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string does not fail.
                    let _ = write!(quoted, "\\x{byte:02x}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a shell makes of the word is the word.
    #[test]
    fn a_shell_reads_the_word_as_it_is() {
        for (word, expected) in [
            ("a/b-1.h5", "a/b-1.h5"),
            ("", "''"),
            ("a b'c", "'a b'\\''c'"),
            ("w\"; touch x; $(y) `z` !", "'w\"; touch x; $(y) `z` !'"),
            ("a\nb'\\\u{1b}\u{9b}c", "$'a\\x0ab\\'\\\\\\x1b\\xc2\\x9bc'"),
        ] {
            assert_eq!(shell_word(word), expected);
            #[cfg(unix)]
            {
                let command = format!("printf %s {}", shell_word(word));
                let said = std::process::Command::new("bash").args(["-c", &command]).output().unwrap();
                assert_eq!(String::from_utf8(said.stdout).unwrap(), word);
            }
        }
    }
}
