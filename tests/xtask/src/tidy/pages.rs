//! Pages of documentation: README stays short, and links between pages lead somewhere.

use std::collections::HashMap;

use super::finding;

/// What one reads at once before one follows a link.
const MOST_README_LINES: usize = 220;

/// A page in Markdown.
#[derive(Debug)]
pub(super) struct Page {
    /// From the root of the checkout, with slashes.
    path: String,
    lines: usize,
    /// Every link with its line.
    links: Vec<(usize, String)>,
    /// Names by which links find the headings.
    anchors: Vec<String>,
}

impl Page {
    /// Reads the text of a page.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let prose = without_code_blocks(text);
        let links = without_code_spans(&prose).lines().enumerate().flat_map(links_of).collect();
        Self { path: path.into(), lines: text.lines().count(), links, anchors: anchors(&prose) }
    }
}

/// The README of the project, if it is too long.
pub(super) fn long_readme(pages: &[Page]) -> Vec<String> {
    let long = pages.iter().filter(|page| page.path == "README.md" && page.lines > MOST_README_LINES);
    let problem = format!("more than {MOST_README_LINES} lines; move details to host/docs");
    long.map(|page| finding(&page.path, page.lines, &problem)).collect()
}

/// Links to files and headings that do not exist. `exists` tells of a path from the root whether it does.
pub(super) fn broken_links(pages: &[Page], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let anchors: HashMap<&str, &[String]> =
        pages.iter().map(|page| (page.path.as_str(), page.anchors.as_slice())).collect();
    let mut findings = Vec::new();
    for page in pages {
        for (line, link) in page.links.iter().filter(|(_, link)| !is_address(link)) {
            let (path, anchor) = link.split_once('#').map_or((link.as_str(), None), |(path, at)| (path, Some(at)));
            let target = if path.is_empty() { Some(page.path.clone()) } else { resolved(&page.path, path) };
            let Some(target) = target.filter(|target| path.is_empty() || exists(target)) else {
                findings.push(finding(&page.path, *line, &format!("`{link}` leads to no file")));
                continue;
            };
            // Only of pages the headings are known.
            let Some((anchor, known)) = anchor.zip(anchors.get(target.as_str())) else { continue };
            if !known.iter().any(|known| known == anchor) {
                findings.push(finding(&page.path, *line, &format!("`{link}` leads to no heading of {target}")));
            }
        }
    }
    findings
}

/// Whether a link leads out of the project.
fn is_address(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:")
}

/// A path from the root for one that starts beside `page`; `None` if it leaves the project.
fn resolved(page: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The targets of the links of a line, which is counted from 0.
fn links_of((at, line): (usize, &str)) -> Vec<(usize, String)> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let without_title = |target: &str| target.split_whitespace().next().unwrap_or_default().to_owned();
    targets.map(|(target, _)| (at + 1, without_title(target))).collect()
}

/// The text with empty lines for code in fences or indented by four blanks.
fn without_code_blocks(text: &str) -> String {
    let (mut in_fence, mut after_empty, mut prose) = (false, true, String::new());
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        let is_indented = after_empty && line.starts_with("    ");
        if !(in_fence || is_fence || is_indented) {
            prose.push_str(line);
        }
        prose.push('\n');
        in_fence ^= is_fence;
        after_empty = line.trim().is_empty() || is_indented;
    }
    prose
}

/// The text without what is between backticks; line ends stay, so that lines keep their numbers.
fn without_code_spans(text: &str) -> String {
    let (mut rest, mut kept) = (text, String::new());
    while let Some(open) = rest.find('`') {
        kept.push_str(&rest[..open]);
        let ticks = rest[open..].len() - rest[open..].trim_start_matches('`').len();
        let inner = &rest[open + ticks..];
        // A span ends with its paragraph at the latest.
        let paragraph = inner.split_once("\n\n").map_or(inner, |(paragraph, _)| paragraph);
        let end = closing(paragraph, ticks);
        let span = end.map_or("", |end| &inner[..end]);
        kept.extend(span.chars().filter(|c| *c == '\n'));
        rest = end.map_or(inner, |end| &inner[end + ticks..]);
    }
    kept + rest
}

/// Where the run of so many backticks begins that closes a span.
fn closing(paragraph: &str, ticks: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = paragraph[from..].find('`') {
        let at = from + found;
        let run = paragraph[at..].len() - paragraph[at..].trim_start_matches('`').len();
        if run == ticks {
            return Some(at);
        }
        from = at + run;
    }
    None
}

/// The anchors of headings as forges make them: lower case, hyphens for blanks, no punctuation, numbers for repeats.
fn anchors(prose: &str) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let headings = prose.lines().filter(|line| line.trim_start_matches('#').starts_with(' ') && line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = without_targets(heading.trim_start_matches('#').trim());
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let name: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
    };
    headings.map(anchor).collect()
}

/// A heading in which links are only their words.
fn without_targets(heading: &str) -> String {
    let mut parts = heading.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once(')').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in these pages, where no other files exist than they and `host/src/a.rs`.
    fn found(pages: &[(&str, &str)]) -> Vec<String> {
        let exists = |path: &str| {
            let is_there = |known: &str| known == path || known.starts_with(&format!("{path}/"));
            is_there("host/src/a.rs") || pages.iter().any(|(known, _)| is_there(known))
        };
        let pages: Vec<_> = pages.iter().map(|(path, text)| Page::new(path, text)).collect();
        broken_links(&pages, exists)
    }

    #[test]
    fn a_long_readme_is_found() {
        let page = |path: &str, lines: usize| Page::new(path, &"a\n".repeat(lines));
        assert_eq!(long_readme(&[page("README.md", 220), page("host/docs/README.md", 221)]), [""; 0]);
        let expected = ["README.md:221: more than 220 lines; move details to host/docs"];
        assert_eq!(long_readme(&[page("README.md", 221)]), expected);
    }

    #[test]
    fn a_link_to_no_file_is_found() {
        let text = "See [a](docs/a.md), [b](b.md) and\n[c](../c.md \"title\").\n![picture](d.svg)\n";
        let expected = [
            "host/README.md:1: `b.md` leads to no file",
            "host/README.md:2: `../c.md` leads to no file",
            "host/README.md:3: `d.svg` leads to no file",
        ];
        assert_eq!(found(&[("host/README.md", text), ("host/docs/a.md", "")]), expected);
        assert_eq!(found(&[("README.md", "[a](../README.md)\n")]), ["README.md:1: `../README.md` leads to no file"]);
    }

    #[test]
    fn a_link_to_no_heading_is_found() {
        let one = "# One\n[a](#one) [b](#two)\n[c](two.md#a-heading-with-code_2) [d](two.md#one)\n";
        let two = "## A *heading*, with `code_2`\n## Twice\n## Twice\n[a](#twice) [b](#twice-1) [c](#twice-2)\n";
        let expected = [
            "one.md:2: `#two` leads to no heading of one.md",
            "one.md:3: `two.md#one` leads to no heading of two.md",
            "two.md:4: `#twice-2` leads to no heading of two.md",
        ];
        assert_eq!(found(&[("one.md", one), ("two.md", two)]), expected);
    }

    #[test]
    fn headings_with_links_and_without_blanks() {
        let page = Page::new("a.md", "# [Name](b.md) here\n#no heading\n```\n# comment\n```\n    # code\n");
        assert_eq!(page.anchors, ["name-here"]);
    }

    #[test]
    fn what_leads_elsewhere_is_not_looked_for() {
        let text = "[a](https://kipoi.org/x.md) [b](mailto:a@b.c) [c](host/src/a.rs#L5) [d](host/src) [e](#)\n";
        assert_eq!(found(&[("README.md", text)]), ["README.md:1: `#` leads to no heading of README.md"]);
    }

    #[test]
    fn code_has_no_links() {
        let text = "`a[i](b)` and `over\nlines](c)` and ``d ` ](e)``\n\n    f](g)\n    h](i)\n\n```\nj](k)\n```\n";
        assert_eq!(found(&[("README.md", text)]), [""; 0]);
        // A backtick alone opens nothing beyond its paragraph, and a link may have code for its words.
        let text = "a ` b\n\n[`c`](d) ` e\n";
        assert_eq!(found(&[("README.md", text)]), ["README.md:3: `d` leads to no file"]);
    }
}
