//! Filters as a person types them: `3`, `[-1]`, `[0:8, ...]`.

use kipos_plugin_api::FilterItem;
use thiserror::Error;

/// A filter that cannot be read. Its message shows the text, with a mark below the place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}\n    {text}\n    {:>width$}", "^", width = at + 1)]
pub struct FilterTextError {
    text: String,
    /// Characters before the place.
    at: usize,
    problem: &'static str,
}

/// Reads a filter: in brackets, round or square, items parted by commas, each an integer, a slice `from:to:step` with
/// any part left out, or `...`. Without brackets, a single integer that is not negative. Blanks do not count.
///
/// The items index the axes after the batch axis, as [`Selection`](kipos_plugin_api::Selection) says.
///
/// # Errors
/// What cannot be read, and where.
///
/// ```
/// use kipos::parse_filter;
/// use kipos_plugin_api::FilterItem;
/// assert_eq!(parse_filter("[-1]"), Ok(vec![FilterItem::Index(-1)]));
/// let error = parse_filter("[1,a]").unwrap_err().to_string();
/// assert!(error.starts_with("expected an integer, a slice such as 2:8, or ..."));
/// ```
pub fn parse_filter(text: &str) -> Result<Vec<FilterItem>, FilterTextError> {
    let reader = Reader(text);
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let Some(closing) = trimmed.chars().next().and_then(closing) else {
        return reader.bare(trimmed, start);
    };
    let inner = &trimmed[1..];
    let Some(inner) = inner.strip_suffix(closing) else {
        return Err(reader.error(start + trimmed.len(), "the bracket is never closed"));
    };
    let mut items = Vec::new();
    let mut at = start + 1;
    for item in inner.split(',') {
        items.push(reader.item(item, at)?);
        at += item.len() + 1;
    }
    Ok(items)
}

fn closing(opening: char) -> Option<char> {
    match opening {
        '(' => Some(')'),
        '[' => Some(']'),
        _ => None,
    }
}

/// The whole text, for messages. Places are offsets in bytes.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a str);

/// Characters of a text that a message shows before the place, and behind it.
const SHOWN: usize = 60;

impl Reader<'_> {
    fn error(self, at: usize, problem: &'static str) -> FilterTextError {
        let before = self.0.get(..at).map_or(0, |before| before.chars().count());
        // Of a long text only the place and what is around it.
        let first = before.saturating_sub(SHOWN);
        let mut text: String = self.0.chars().skip(first).take(2 * SHOWN).collect();
        let mut at = before - first;
        if first > 0 {
            text.insert_str(0, "...");
            at += 3;
        }
        if self.0.chars().nth(first + 2 * SHOWN).is_some() {
            text.push_str("...");
        }
        FilterTextError { text, at, problem }
    }

    /// An integer without brackets.
    fn bare(self, text: &str, at: usize) -> Result<Vec<FilterItem>, FilterTextError> {
        if text.is_empty() {
            return Err(self.error(at, "the filter is empty; leave it out to take every element"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let problem = match self.item(text, at) {
                Ok(_) => "only a non-negative integer may be written without brackets; put [ ] around it",
                Err(_) => "expected an integer, or items in brackets such as [0:8, ...]",
            };
            return Err(self.error(at, problem));
        }
        Ok(vec![FilterItem::Index(self.integer(text, at)?)])
    }

    fn item(self, text: &str, at: usize) -> Result<FilterItem, FilterTextError> {
        let (item, at) = trimmed(text, at);
        if item == "..." {
            return Ok(FilterItem::Ellipsis);
        }
        if item.is_empty() {
            return Err(self.error(at, "an item is missing"));
        }
        if !item.contains(':') {
            return self.integer(item, at).map(FilterItem::Index);
        }
        let mut bounds = [None; 3];
        let mut place = at;
        for (number, part) in item.split(':').enumerate() {
            let Some(bound) = bounds.get_mut(number) else {
                return Err(self.error(place - 1, "a slice has three parts at most, from:to:step"));
            };
            let (part_text, part_at) = trimmed(part, place);
            if !part_text.is_empty() {
                *bound = Some(self.integer(part_text, part_at)?);
            }
            if number == 2 && *bound == Some(0) {
                return Err(self.error(part_at, "the step of a slice cannot be 0"));
            }
            place += part.len() + 1;
        }
        let [start, stop, step] = bounds;
        Ok(FilterItem::Slice { start, stop, step })
    }

    fn integer(self, text: &str, at: usize) -> Result<i64, FilterTextError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.error(at, "expected an integer, a slice such as 2:8, or ..."));
        }
        text.parse().map_err(|_| self.error(at, "the number is too large"))
    }
}

/// A text without the blanks around it, and where it starts then.
fn trimmed(text: &str, at: usize) -> (&str, usize) {
    (text.trim(), at + text.len() - text.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> FilterItem {
        FilterItem::Slice { start, stop, step }
    }

    fn refused(text: &str) -> String {
        parse_filter(text).unwrap_err().to_string()
    }

    #[test]
    fn filters_are_read_as_documented() {
        use FilterItem::{Ellipsis, Index};
        let cases: &[(&str, &[FilterItem])] = &[
            ("1", &[Index(1)]),
            ("[1]", &[Index(1)]),
            ("(1)", &[Index(1)]),
            ("[-1]", &[Index(-1)]),
            ("[:-1]", &[slice(None, Some(-1), None)]),
            ("[:, 0:4, ...]", &[FilterItem::ALL, slice(Some(0), Some(4), None), Ellipsis]),
            ("[::-1,...]", &[slice(None, None, Some(-1)), Ellipsis]),
            ("[1,2]", &[Index(1), Index(2)]),
            (
                "[..., 1:3, :7, 1:, ...]",
                &[
                    Ellipsis,
                    slice(Some(1), Some(3), None),
                    slice(None, Some(7), None),
                    slice(Some(1), None, None),
                    Ellipsis,
                ],
            ),
            (" ( 1 : 2 : 3 ) ", &[slice(Some(1), Some(2), Some(3))]),
        ];
        for (text, items) in cases {
            assert_eq!(parse_filter(text).as_deref(), Ok(*items), "{text}");
        }
    }

    #[test]
    fn errors_point_at_the_place() {
        insta::assert_snapshot!(refused("1:3"), @r"
        only a non-negative integer may be written without brackets; put [ ] around it
            1:3
            ^
        ");
        insta::assert_snapshot!(refused("-1"), @r"
        only a non-negative integer may be written without brackets; put [ ] around it
            -1
            ^
        ");
        insta::assert_snapshot!(refused("a"), @r"
        expected an integer, or items in brackets such as [0:8, ...]
            a
            ^
        ");
        insta::assert_snapshot!(refused("[1, ä, 2]"), @r"
        expected an integer, a slice such as 2:8, or ...
            [1, ä, 2]
                ^
        ");
        insta::assert_snapshot!(refused("[:::2]"), @r"
        a slice has three parts at most, from:to:step
            [:::2]
               ^
        ");
        insta::assert_snapshot!(refused("[1:x]"), @r"
        expected an integer, a slice such as 2:8, or ...
            [1:x]
               ^
        ");
        insta::assert_snapshot!(refused("(1,,2)"), @r"
        an item is missing
            (1,,2)
               ^
        ");
        insta::assert_snapshot!(refused("[1)"), @r"
        the bracket is never closed
            [1)
               ^
        ");
        insta::assert_snapshot!(refused("[1::0]"), @r"
        the step of a slice cannot be 0
            [1::0]
                ^
        ");
        insta::assert_snapshot!(refused("99999999999999999999"), @r"
        the number is too large
            99999999999999999999
            ^
        ");
        insta::assert_snapshot!(refused(""), @"the filter is empty; leave it out to take every element\n    \n    ^");
        assert!(refused("[]").starts_with("an item is missing"));
    }

    #[test]
    fn of_a_long_text_only_the_place_is_shown() {
        let text = format!("[{}x{}]", "1,".repeat(40_000), ",2".repeat(40_000));
        let message = refused(&text);
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines[0], "expected an integer, a slice such as 2:8, or ...");
        assert!(lines[1].starts_with("    ...1,1,") && lines[1].ends_with(",2,..."), "{message}");
        assert_eq!(lines[1].chars().nth(lines[2].len() - 1), Some('x'), "{message}");
        assert!(refused(&"a".repeat(200)).contains(&format!("\n    {}...\n    ^", "a".repeat(120))));
    }

    fn any_item() -> impl Strategy<Value = FilterItem> {
        let bound = proptest::option::of(any::<i64>());
        let step = proptest::option::of(any::<i64>().prop_filter("0 is no step", |step| *step != 0));
        prop_oneof![
            any::<i64>().prop_map(FilterItem::Index),
            (bound.clone(), bound, step).prop_map(|(start, stop, step)| slice(start, stop, step)),
            Just(FilterItem::Ellipsis),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            items in proptest::collection::vec(any_item(), 1..6),
            square in any::<bool>(),
            blanks in 0usize..3,
        ) {
            let written: Vec<String> = items.iter().map(ToString::to_string).collect();
            let inner = written.join(&format!(",{}", " ".repeat(blanks)));
            let text = if square { format!("[{inner}]") } else { format!("({inner})") };
            prop_assert_eq!(parse_filter(&text), Ok(items));
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "[-0-9:.,()\\[\\] aä]{0,12}") {
            if let Err(error) = parse_filter(&text) {
                prop_assert!(error.to_string().contains(&text));
            }
        }
    }
}
