//! Names of files and modules, as words of a command that a user may paste into a shell, and messages of engines, cut to
//! what is read.

/// The longest message of an engine that is handed on, in bytes.
const LONGEST: usize = 240;

/// A text as Python reads it, inside of a shell's double quotes: `'my model.h5'`.
pub fn python_literal(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-./:,@%+=".contains(c);
    let letter = |c: char| if plain(c) { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) };
    format!("'{}'", text.chars().map(letter).collect::<String>())
}

/// As many whole sentences of a message, or words, as are not too long; without full stop.
pub fn shortened(cause: &str) -> String {
    let cause = cause.trim_end_matches('.');
    if cause.len() <= LONGEST {
        return cause.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|&end| cause.is_char_boundary(end)).unwrap_or(0);
    let beginning = &cause[..end];
    match (beginning.rfind(". "), beginning.rfind(' ')) {
        (Some(sentence), _) => beginning[..sentence].to_owned(),
        (None, Some(word)) => format!("{} ...", &beginning[..word]),
        (None, None) => format!("{beginning} ..."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_the_command() {
        assert_eq!(python_literal("a b/m\u{fc}.h5"), "'a b/m\u{fc}.h5'");
        let hostile = python_literal("a\"; rm '$(b)`\\");
        assert_eq!(
            hostile,
            r"'a\U00000022\U0000003b rm \U00000027\U00000024\U00000028b\U00000029\U00000060\U0000005c'"
        );
    }

    #[test]
    fn long_messages_end_with_a_sentence_or_a_word() {
        assert_eq!(shortened("one. two."), "one. two");
        let sentences = shortened(&format!("{} end. {}", "word ".repeat(30), "more ".repeat(30)));
        assert!(sentences.ends_with("word  end"), "{sentences}");
        let words = shortened(&"w\u{f6}rd ".repeat(100));
        assert!(words.len() < 250 && words.ends_with("w\u{f6}rd ..."), "{words}");
        let one = shortened(&"\u{f6}".repeat(200));
        assert!(one.len() < 250 && one.ends_with("\u{f6} ..."), "{one}");
    }
}
