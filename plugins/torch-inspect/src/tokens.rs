//! The words of TorchScript code, as LibTorch takes them apart.

/// A word of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    /// The word; of a text what is between its quotes.
    pub text: &'a str,
    /// Its line, counted from 1.
    pub line: usize,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    Text,
    Dot,
    Open,
    Close,
    Comma,
    Other,
}

/// All words of a file; the line of a text that PyTorch would not write, which its readers may take in several ways.
pub fn tokens(code: &str) -> Result<Vec<Token<'_>>, usize> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (code, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            '\n' => {
                line += 1;
                (None, 1)
            }
            c if c.is_ascii_whitespace() || c == '\x0b' => (None, 1),
            '\\' if rest.starts_with("\\\n") => {
                line += 1;
                (None, 2)
            }
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '"' => (Some(Kind::Text), text_length(rest).ok_or(line)?),
            '\'' => return Err(line),
            c if c.is_ascii_digit() => (Some(Kind::Number), number_length(rest)),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                (Some(Kind::Name), rest.find(|c| !is_name(c)).unwrap_or(rest.len()))
            }
            '.' => (Some(Kind::Dot), 1),
            '(' | '[' | '{' => (Some(Kind::Open), 1),
            ')' | ']' | '}' => (Some(Kind::Close), 1),
            ',' => (Some(Kind::Comma), 1),
            other => (Some(Kind::Other), other.len_utf8()),
        };
        let (word, after) = rest.split_at(length);
        if let Some(kind) = kind {
            let text = if kind == Kind::Text { &word[1..word.len() - 1] } else { word };
            tokens.push(Token { kind, text, line });
        }
        rest = after;
    }
    Ok(tokens)
}

/// Bytes of a text with its quotes; `None` if it does not end in its line, or may be one of those with three quotes.
fn text_length(code: &str) -> Option<usize> {
    let bytes = code.as_bytes();
    if bytes.starts_with(b"\"\"\"") {
        return None;
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' => return None,
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Bytes of a number: digits, a fraction, an exponent.
fn number_length(code: &str) -> usize {
    let bytes = code.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') {
        at += 1 + digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent =
            bytes.get(at + 1 + sign..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count());
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> Vec<&str> {
        tokens(code).unwrap().iter().map(|token| token.text).collect()
    }

    #[test]
    fn code_is_taken_apart_as_libtorch_does() {
        assert_eq!(
            words("x = torch.add(a0, 1.5e-05, alpha=1)\n"),
            ["x", "=", "torch", ".", "add", "(", "a0", ",", "1.5e-05", ",", "alpha", "=", "1", ")"]
        );
        assert_eq!(words("_0 = \"say \\\"torch.save\\\"\" # print\n"), ["_0", "=", "say \\\"torch.save\\\""]);
        assert_eq!(words("torch . \\\n save"), ["torch", ".", "save"]);
        assert_eq!(words("x = 0.\nsave = 1.e\n"), ["x", "=", "0.", "save", "=", "1.", "e"]);
        let lines: Vec<usize> = tokens("a\n\nb \\\nc").unwrap().iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 4]);
    }

    #[test]
    fn texts_that_pytorch_does_not_write_are_refused() {
        for code in ["a\n'x'", "a\n\"\"\"x\"\"\"", "a\n\"x\ny\"", "a\n\"x", "a\n\"x\\\n\""] {
            assert_eq!(tokens(code), Err(2), "{code}");
        }
    }
}
