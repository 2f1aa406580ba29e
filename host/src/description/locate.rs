//! The line on which a key stands.
//!
//! The YAML parser gives positions for syntax errors only. For everything else the text is walked by indentation, as
//! descriptions are written in block style; inside flow style (`{a: 1}`) the answer is the line of the nearest key
//! around it.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// One step from a map or list to something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The value under a key.
    Key(String),
    /// An item of a list, counted from 0.
    Index(usize),
}

/// Where the lines of a text stand in one another. Each block is walked once, however many keys are asked for.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    blocks: RefCell<HashMap<Block, Rc<Entries>>>,
    /// The second line of keys that stand twice in one map.
    twins: OnceCell<HashMap<String, usize>>,
}

/// A line, or what follows a dash in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Line {
    /// 1-based.
    number: usize,
    /// The column of the first character.
    indent: usize,
    /// Where the text from that column on begins and ends.
    start: usize,
    end: usize,
}

impl Line {
    fn content(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    fn is_item(self, text: &str) -> bool {
        let content = self.content(text);
        content == "-" || content.starts_with("- ")
    }

    /// What follows the dash of an item.
    fn behind_dash(self, text: &str) -> Self {
        let content = self.content(text);
        let rest = content.get(1..).unwrap_or_default().trim_start_matches(' ');
        let skipped = content.len() - rest.len();
        Self { indent: self.indent + skipped, start: self.start + skipped, ..self }
    }
}

/// A map or a list: its first line, and the range of those behind it among all lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Block {
    first: Line,
    /// The index of the first line.
    at: usize,
    end: usize,
}

/// The keys and items of a block: the index of the line of each, and that of the line behind its value.
#[derive(Debug, Default)]
struct Entries {
    keys: HashMap<String, (usize, usize)>,
    items: Vec<(usize, usize)>,
}

impl Lines {
    /// Reads the lines of a text, which all other calls must have, too.
    pub(super) fn of(text: &str) -> Self {
        let mut start = 0;
        let mut lines = Vec::new();
        for (index, whole) in text.split_inclusive('\n').enumerate() {
            let line = whole.strip_suffix('\n').unwrap_or(whole);
            let line = line.strip_suffix('\r').unwrap_or(line);
            lines.extend(read_line(index + 1, start, line));
            start += whole.len();
        }
        Self { lines, ..Self::default() }
    }

    /// The 1-based line of the value that `steps` lead to, or of the last step that could be followed.
    pub(super) fn line_of(&self, text: &str, steps: &[Step]) -> usize {
        let Some(&first) = self.lines.first() else { return 1 };
        let mut found = first.number;
        let mut block = Some(Block { first, at: 0, end: self.lines.len() });
        for step in steps {
            let Some(entries) = block.take().map(|block| (self.entries(text, &block), block)) else { break };
            let next = match (step, entries) {
                (Step::Key(key), (entries, block)) => {
                    entries.keys.get(key).map(|&(at, end)| (self.line(at, &block), self.block(at + 1, end)))
                }
                (Step::Index(index), (entries, block)) => entries.items.get(*index).map(|&(at, end)| {
                    let line = self.line(at, &block);
                    let behind = line.behind_dash(text);
                    let inner = match behind.content(text).is_empty() {
                        true => self.block(at + 1, end),
                        false => Some(Block { first: behind, at, end }),
                    };
                    (line, inner)
                }),
            };
            let Some((line, inner)) = next else { break };
            (found, block) = (line.number, inner);
        }
        found
    }

    /// The 1-based line on which `key` stands for the second time in one map.
    pub(super) fn twin_line(&self, text: &str, key: &str) -> Option<usize> {
        self.twins.get_or_init(|| self.twins(text)).get(key).copied()
    }

    /// A line of a block, whose first may begin behind a dash.
    fn line(&self, at: usize, block: &Block) -> Line {
        if at == block.at { block.first } else { self.lines[at] }
    }

    /// The lines of this range as a block, if there are any.
    fn block(&self, at: usize, end: usize) -> Option<Block> {
        (at < end).then(|| Block { first: self.lines[at], at, end })
    }

    fn entries(&self, text: &str, block: &Block) -> Rc<Entries> {
        if let Some(known) = self.blocks.borrow().get(block) {
            return Rc::clone(known);
        }
        let entries = Rc::new(self.read_entries(text, block));
        self.blocks.borrow_mut().insert(block.clone(), Rc::clone(&entries));
        entries
    }

    fn read_entries(&self, text: &str, block: &Block) -> Entries {
        let indent = block.first.indent;
        let mut entries = Entries::default();
        // The key, and the item, whose value goes on.
        let (mut open_key, mut open_item): (Option<(String, usize)>, Option<usize>) = (None, None);
        let mut close = |key: Option<(String, usize)>, item: Option<usize>, end: usize| {
            if let Some((key, at)) = key {
                entries.keys.entry(key).or_insert((at, end));
            }
            entries.items.extend(item.map(|at| (at, end)));
        };
        for at in block.at..block.end {
            let line = self.line(at, block);
            if line.indent > indent {
                continue;
            }
            let is_item = line.indent == indent && line.is_item(text);
            // The items of a list may stand as far left as the key that they belong to.
            close(open_key.take_if(|_| !is_item), open_item.take(), at);
            if is_item {
                open_item = Some(at);
            } else if line.indent == indent {
                open_key = key_of(line.content(text)).map(|key| (key.to_owned(), at));
            }
        }
        close(open_key, open_item, block.end);
        entries
    }

    fn twins(&self, text: &str) -> HashMap<String, usize> {
        let mut twins = HashMap::new();
        // The maps that are still open: their indents, and the keys seen in each.
        let mut open: Vec<(usize, HashSet<&str>)> = Vec::new();
        for &(mut line) in &self.lines {
            loop {
                while open.last().is_some_and(|(indent, _)| *indent > line.indent) {
                    open.pop();
                }
                if !line.is_item(text) {
                    break;
                }
                line = line.behind_dash(text);
            }
            let Some(key) = key_of(line.content(text)) else { continue };
            if open.last().is_none_or(|(indent, _)| *indent < line.indent) {
                open.push((line.indent, HashSet::new()));
            }
            if open.last_mut().is_some_and(|(_, seen)| !seen.insert(key)) {
                twins.entry(key.to_owned()).or_insert(line.number);
            }
        }
        twins
    }
}

/// A line that starts at the byte `start` of a text; `None` if it holds no part of a value.
fn read_line(number: usize, start: usize, line: &str) -> Option<Line> {
    let content = line.trim_start_matches(' ');
    let is_marker = line.starts_with("---") || line.starts_with('%');
    if content.trim().is_empty() || content.starts_with('#') || is_marker {
        return None;
    }
    let indent = line.len() - content.len();
    Some(Line { number, indent, start: start + indent, end: start + line.len() })
}

/// The key that a line begins with, without its quotes.
fn key_of(content: &str) -> Option<&str> {
    let is_end = |rest: &str| {
        let rest = rest.trim_start().strip_prefix(':');
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    if let Some(quote) = content.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let inner = &content[1..];
        let end = inner.match_indices(quote).find(|(at, _)| is_end(&inner[at + 1..]))?.0;
        return inner.get(..end);
    }
    let end = content.match_indices(':').find(|(at, _)| is_end(&content[*at..]))?.0;
    Some(content[..end].trim_end())
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
        Lines::of(TEXT).line_of(TEXT, &steps)
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
        assert_eq!(Lines::of("").line_of("", &[Step::Index(3)]), 1);
    }

    #[test]
    fn a_list_may_stand_as_far_left_as_its_key() {
        let text = "a:\n- b: 1\n  c: 2\n- - d: 3\n  - e: 4\r\nf : 5\n";
        let lines = Lines::of(text);
        let key = |name: &str| Step::Key(name.to_owned());
        for (steps, expected) in [
            (vec![key("a"), Step::Index(0), key("c")], 3),
            (vec![key("a"), Step::Index(1), Step::Index(0), key("d")], 4),
            (vec![key("a"), Step::Index(1), Step::Index(1), key("e")], 5),
            (vec![key("a"), Step::Index(1), Step::Index(2)], 4),
            (vec![key("f")], 6),
        ] {
            assert_eq!(lines.line_of(text, &steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn twins_are_those_of_one_map() {
        let text = "a: 1\nb:\n  a: 2\n  c: 3\nd:\n- a: 4\n- a: 5\n  'a': 6\nc: 7\nb: 8\n";
        let lines = Lines::of(text);
        let twins: Vec<_> = ["a", "b", "c", "d"].iter().map(|key| lines.twin_line(text, key)).collect();
        assert_eq!(twins, [Some(8), Some(10), None, None]);
    }

    #[test]
    fn each_block_is_walked_once() {
        let text: String = (0..20_000).map(|key| format!("k{key}: 1\nk{key}: 2\n")).collect();
        let lines = Lines::of(&text);
        for key in 0..20_000 {
            let name = format!("k{key}");
            assert_eq!(lines.twin_line(&text, &name), Some(2 * key + 2));
            assert_eq!(lines.line_of(&text, &[Step::Key(name)]), 2 * key + 1);
        }
        assert_eq!(lines.blocks.borrow().len(), 1);
    }
}
