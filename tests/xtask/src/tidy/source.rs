//! A Rust file, split into code, strings and documentation.

/// What the rules read of a file.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// From the root of the checkout, with slashes.
    pub(super) path: String,
    /// How many lines it has.
    pub(super) lines: usize,
    /// The file without comments, with empty strings; lines keep their numbers.
    pub(super) code: String,
    /// First line that belongs to a test module; all lines from here on are tests.
    pub(super) tests_from: usize,
    /// String literals with the line where each begins; a literal over several lines is one line.
    pub(super) strings: Vec<(usize, String)>,
    /// Lines of documentation.
    pub(super) docs: Vec<(usize, String)>,
}

impl Source {
    /// Splits the text of a file.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let mut source = Self { path: path.into(), lines: text.lines().count(), ..Self::default() };
        source.split(text);
        let lines: Vec<&str> = source.code.lines().collect();
        // Test modules come last in their files.
        let begins = lines.windows(2).position(|pair| is_test_attribute(pair[0]) && pair[1].ends_with('{'));
        source.tests_from = begins.filter(|at| lines[at + 1].starts_with("mod ")).map_or(usize::MAX, |at| at + 1);
        if path.split('/').any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs")) {
            source.tests_from = 0;
        }
        source
    }

    /// Numbered lines of code that are no tests.
    pub(super) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.code.lines().enumerate().map(|(at, line)| (at + 1, line));
        numbered.take_while(|(line, _)| *line < self.tests_from)
    }

    /// Strings that are not of tests.
    pub(super) fn own_strings(&self) -> impl Iterator<Item = &(usize, String)> {
        self.strings.iter().filter(|(line, _)| *line < self.tests_from)
    }

    fn split(&mut self, text: &str) {
        let mut rest = text;
        let mut line = 1;
        let mut after_word = false;
        while let Some(next) = rest.chars().next() {
            let length = if rest.starts_with("//") {
                self.comment(rest, line)
            } else if rest.starts_with("/*") {
                block_comment(rest)
            } else if let Some(literal) = (!after_word).then(|| raw_string(rest)).flatten() {
                self.strings.push((line, literal.1.to_owned()));
                self.code.push_str("\"\"");
                literal.0
            } else if next == '"' {
                let length = string_length(rest);
                self.strings.push((line, joined(&rest[1..length - 1])));
                self.code.push_str("\"\"");
                length
            } else if let Some(length) = char_literal(rest) {
                self.code.push_str("' '");
                length
            } else {
                if next != '\n' {
                    self.code.push(next);
                }
                next.len_utf8()
            };
            after_word = next.is_alphanumeric() || next == '_';
            let passed = rest[..length].matches('\n').count();
            self.code.extend(std::iter::repeat_n('\n', passed));
            line += passed;
            rest = &rest[length..];
        }
    }

    /// Passes over a line comment, and keeps documentation.
    fn comment(&mut self, rest: &str, line: usize) -> usize {
        let comment = rest.split('\n').next().unwrap_or_default();
        let is_doc = comment.starts_with("//!") || comment.starts_with("///") && !comment.starts_with("////");
        if is_doc {
            self.docs.push((line, comment[3..].trim().to_owned()));
        }
        comment.len()
    }
}

/// Makes tests of files that only tests declare: `#[cfg(test)] mod name;`.
pub(super) fn mark_test_files(sources: &mut [Source]) {
    let mut stems = Vec::new();
    for source in &*sources {
        let lines: Vec<&str> = source.code.lines().collect();
        for pair in lines.windows(2).filter(|pair| is_test_attribute(pair[0])) {
            let name = pair[1].trim_start_matches("pub(crate) ").strip_prefix("mod ");
            if let Some(name) = name.and_then(|name| name.strip_suffix(';')) {
                let own = source.path.trim_end_matches(".rs");
                let is_root = ["/mod", "/lib", "/main"].iter().any(|end| own.ends_with(end));
                let directory = if is_root { own.rsplit_once('/').map_or("", |(front, _)| front) } else { own };
                stems.push(format!("{directory}/{name}"));
            }
        }
    }
    for source in sources {
        let is_below =
            |stem: &String| source.path.starts_with(&format!("{stem}/")) || source.path == format!("{stem}.rs");
        if stems.iter().any(is_below) {
            source.tests_from = 0;
        }
    }
}

fn is_test_attribute(line: &str) -> bool {
    line.trim() == "#[cfg(test)]" || line.starts_with("#[cfg(all(test,")
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(rest.len() - at, char::len_utf8);
        }
        if at >= rest.len() {
            return rest.len();
        }
    }
}

/// The length of a raw string that begins here, and what is in it.
fn raw_string(rest: &str) -> Option<(usize, &str)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inner = after[hashes..].strip_prefix('"')?;
    let end = inner.find(&format!("\"{}", "#".repeat(hashes)))?;
    Some((rest.len() - inner.len() + end + 1 + hashes, &inner[..end]))
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// The length of a literal such as `'a'` or `'\n'`, but not of a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        let end = inner.char_indices().skip(2).find(|(_, c)| *c == '\'')?.0;
        return Some(end + 2);
    }
    let c = inner.chars().next()?;
    inner[c.len_utf8()..].starts_with('\'').then_some(c.len_utf8() + 2)
}

/// The text of a literal in one line, its escapes as they are.
fn joined(literal: &str) -> String {
    let mut parts = literal.split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_strings_and_documentation_are_told_apart() {
        let text =
            "/// Doc.\nfn a<'a>() { b(\"x \\\n  y\", 'c', '\\'', r#\"\"q\"\"#); } // d \"e\"\n/* f\n /* g */ */ h\n";
        let source = Source::new("a.rs", text);
        assert_eq!(source.docs, [(1, "Doc.".to_owned())]);
        assert_eq!(source.strings, [(2, "x y".to_owned()), (3, "\"q\"".to_owned())]);
        assert_eq!(source.code, "\nfn a<'a>() { b(\"\"\n, ' ', ' ', \"\"); } \n\n h\n");
        assert_eq!(source.lines, 5);
    }

    #[test]
    fn tests_are_told_from_code() {
        let source = Source::new("host/src/a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { \"c d\"; }\n}\n");
        assert_eq!(source.code_lines().count(), 1);
        assert_eq!(source.own_strings().count(), 0);
        assert_eq!(Source::new("host/src/a/tests.rs", "fn a() {}").code_lines().count(), 0);
        let mut sources = [
            Source::new("host/src/a/mod.rs", "#[cfg(test)]\nmod input;\nmod own;\n"),
            Source::new("host/src/a/input.rs", "fn a() {}"),
            Source::new("host/src/a/own.rs", "fn a() {}"),
        ];
        mark_test_files(&mut sources);
        assert_eq!(sources.map(|source| source.code_lines().count()), [3, 0, 1]);
    }
}
