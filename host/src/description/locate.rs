//! The line on which a key stands.
//!
//! The YAML parser gives positions for syntax errors only. For everything else the text is walked by indentation, as
//! descriptions are written in block style; inside flow style (`{a: 1}`) the answer is the line of the nearest key
//! around it.

/// One step from a map or list to something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The value under a key.
    Key(String),
    /// An item of a list, counted from 0.
    Index(usize),
}

#[derive(Clone, Copy)]
struct Line<'t> {
    /// 1-based.
    number: usize,
    /// The column of the first character.
    indent: usize,
    content: &'t str,
}

/// The 1-based line of the value that `steps` lead to, or of the last step that could be followed.
pub(super) fn line_of(text: &str, steps: &[Step]) -> usize {
    let mut block: Vec<Line<'_>> = text.lines().enumerate().filter_map(|(i, line)| read_line(i + 1, line)).collect();
    let mut found = block.first().map_or(1, |line| line.number);
    for step in steps {
        let next = match step {
            Step::Key(key) => enter_key(&block, key),
            Step::Index(index) => enter_item(&block, *index),
        };
        match next {
            Some((number, inner)) => (found, block) = (number, inner),
            None => break,
        }
    }
    found
}

fn read_line(number: usize, line: &str) -> Option<Line<'_>> {
    let content = line.trim_start_matches(' ');
    let is_marker = line.starts_with("---") || line.starts_with('%');
    if content.trim().is_empty() || content.starts_with('#') || is_marker {
        return None;
    }
    Some(Line { number, indent: line.len() - content.len(), content })
}

fn is_item(line: &Line<'_>) -> bool {
    line.content == "-" || line.content.starts_with("- ")
}

fn has_key(content: &str, key: &str) -> bool {
    let quoted = |quote: char| content.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote);
    let rest = quoted('"').or_else(|| quoted('\'')).or_else(|| content.strip_prefix(key));
    rest.and_then(|rest| rest.trim_start().strip_prefix(':'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn enter_key<'t>(block: &[Line<'t>], key: &str) -> Option<(usize, Vec<Line<'t>>)> {
    let indent = block.first()?.indent;
    let start = block.iter().position(|line| line.indent == indent && has_key(line.content, key))?;
    let inner = block[start + 1..]
        .iter()
        // The items of a list may stand as far left as the key that they belong to.
        .take_while(|line| line.indent > indent || (line.indent == indent && is_item(line)))
        .copied()
        .collect();
    Some((block[start].number, inner))
}

fn enter_item<'t>(block: &[Line<'t>], index: usize) -> Option<(usize, Vec<Line<'t>>)> {
    let indent = block.first()?.indent;
    let start = block.iter().enumerate().filter(|(_, line)| line.indent == indent && is_item(line)).nth(index)?.0;
    let first = block[start];
    let rest = &first.content[1..];
    let content = rest.trim_start_matches(' ');
    let mut inner = Vec::new();
    if !content.is_empty() {
        inner.push(Line { indent: indent + 1 + rest.len() - content.len(), content, ..first });
    }
    inner.extend(block[start + 1..].iter().take_while(|line| line.indent > indent).copied());
    Some((first.number, inner))
}

/// The 1-based line on which `key` stands for the second time in one map.
pub(super) fn twin_line(text: &str, key: &str) -> Option<usize> {
    // The indents at which the key was seen, in the maps that are still open.
    let mut seen: Vec<usize> = Vec::new();
    for mut line in text.lines().enumerate().filter_map(|(i, line)| read_line(i + 1, line)) {
        while is_item(&line) {
            seen.retain(|&indent| indent <= line.indent);
            let content = line.content[1..].trim_start_matches(' ');
            line = Line { indent: line.indent + line.content.len() - content.len(), content, ..line };
        }
        seen.retain(|&indent| indent <= line.indent);
        if has_key(line.content, key) {
            if seen.contains(&line.indent) {
                return Some(line.number);
            }
            seen.push(line.indent);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a comment
type: onnx

info:
  doc: >
    shape: not a key
  authors:
  - name: a
    github: b
  -   name: c
      email: d
schema:
    inputs:
        - shape: (1,)
          'name': x
        -
          shape: (2,)
    targets: {shape: (3,), doc: x}
";

    fn line(steps: &[&str]) -> usize {
        let steps: Vec<Step> =
            steps.iter().map(|step| step.parse().map_or_else(|_| Step::Key(step.to_string()), Step::Index)).collect();
        line_of(TEXT, &steps)
    }

    #[test]
    fn keys_and_items_are_found() {
        assert_eq!(line(&[]), 2);
        assert_eq!(line(&["type"]), 2);
        assert_eq!(line(&["info", "authors", "0", "github"]), 9);
        assert_eq!(line(&["info", "authors", "1", "name"]), 10);
        assert_eq!(line(&["info", "authors", "1", "email"]), 11);
        assert_eq!(line(&["schema", "inputs", "0"]), 14);
        assert_eq!(line(&["schema", "inputs", "0", "name"]), 15);
        assert_eq!(line(&["schema", "inputs", "1", "shape"]), 17);
    }

    #[test]
    fn the_nearest_key_stands_in_for_what_cannot_be_found() {
        assert_eq!(line(&["schema", "targets", "shape"]), 18);
        assert_eq!(line(&["info", "shape"]), 4);
        assert_eq!(line(&["info", "doc", "shape"]), 6);
        assert_eq!(line(&["nothing"]), 2);
        assert_eq!(line_of("", &[Step::Index(3)]), 1);
    }
}
