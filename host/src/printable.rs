//! Text of others as a terminal may be given it.
//!
//! Names, comments and messages come out of files that somebody else wrote. A terminal obeys control characters, letters
//! that change the direction of a line make it read otherwise than it is, and a newline in a name begins what looks like a
//! message of its own. All of them are spelled instead, as JSON spells them, so that JSON stays what it is.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::io::{self, Write};

/// A text in one line, whose control characters are spelled.
pub fn printable(text: &str) -> Cow<'_, str> {
    spelled(text, "")
}

/// The text with all control characters spelled but those in `kept`.
fn spelled<'t>(text: &'t str, kept: &str) -> Cow<'t, str> {
    let acts = |c: char| is_acting(c) && !kept.contains(c);
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut printed = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !acts(c) => printed.push(c),
            '\n' => printed.push_str("\\n"),
            '\r' => printed.push_str("\\r"),
            '\t' => printed.push_str("\\t"),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(printed, "\\u{unit:04x}");
                }
            }
        }
    }
    Cow::Owned(printed)
}

/// Whether a terminal does something other than showing a letter: control characters, ends of lines, what turns the
/// direction of writing, and tags, which nobody sees.
fn is_acting(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Where messages go. What is written by one `write!` or `writeln!` is one line: only its last newline ends a line, any
/// other is spelled, as are all control characters.
#[derive(Debug)]
pub struct PrintableWriter<W: Write> {
    inner: W,
}

impl<W: Write> PrintableWriter<W> {
    /// Messages that go there.
    pub fn new(inner: W) -> Self {
        Self { inner }
    }

    /// Writes several lines, whose own newlines stay.
    ///
    /// # Errors
    /// Those of the place where they go.
    pub fn write_lines(&mut self, lines: &dyn Display) -> io::Result<()> {
        let lines = format!("{lines}\n");
        self.inner.write_all(spelled(&lines, "\n\t").as_bytes())
    }
}

impl<W: Write> Write for PrintableWriter<W> {
    /// Takes bytes as lines of text.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for chunk in bytes.utf8_chunks() {
            self.inner.write_all(spelled(chunk.valid(), "\n\t").as_bytes())?;
            chunk.invalid().iter().try_for_each(|byte| write!(self.inner, "\\x{byte:02x}"))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn write_fmt(&mut self, message: fmt::Arguments<'_>) -> io::Result<()> {
        let message = message.to_string();
        let (line, end) = message.strip_suffix('\n').map_or((message.as_str(), ""), |line| (line, "\n"));
        self.inner.write_all(printable(line).as_bytes())?;
        self.inner.write_all(end.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_spelled() {
        for (text, expected) in [
            ("chr1 \u{e4} \u{1f9ec} \\n", "chr1 \u{e4} \u{1f9ec} \\n"),
            ("\u{1b}[31mred\u{7}", "\\u001b[31mred\\u0007"),
            ("a\nb\tc\rd\u{7f}\0", "a\\nb\\tc\\rd\\u007f\\u0000"),
            ("\u{9b}31m\u{85}", "\\u009b31m\\u0085"),
            ("a\u{202e}b\u{2066}c\u{200f}d\u{2028}", "a\\u202eb\\u2066c\\u200fd\\u2028"),
            ("\u{e0041}", "\\udb40\\udc41"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn json_is_the_same_json() {
        let value = serde_json::json!({ "a\u{9b}": ["\u{1b}[0m\n", "\u{e0041}\u{202e}"] });
        let mut out = PrintableWriter::new(Vec::new());
        out.write_lines(&format_args!("{value:#}")).unwrap();
        let text = String::from_utf8(out.inner).unwrap();
        assert!(text.chars().all(|c| !is_acting(c) || c == '\n'), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_message_is_one_line() {
        let mut out = PrintableWriter::new(Vec::new());
        let text = "a\nerror: \u{1b}[2J";
        writeln!(out, "name  {text}").unwrap();
        let end = "\n";
        write!(out, "x{end}").unwrap();
        out.write_all(b"y\tz\xff\x1b\n").unwrap();
        out.write_lines(&"1\n2\r").unwrap();
        assert_eq!(
            String::from_utf8(out.inner).unwrap(),
            "name  a\\nerror: \\u001b[2J\nx\ny\tz\\xff\\u001b\n1\n2\\r\n"
        );
    }
}
