//! Headings, lines and tables, as Markdown or HTML.

use std::fmt::Write as _;

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading, 1 for that of the document.
    Heading(u8, String),
    /// A line of text.
    Line(String),
    /// A table: its head, and rows of as many cells.
    Table(Vec<&'static str>, Vec<Vec<String>>),
}

/// The blocks as Markdown.
pub(super) fn markdown(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Heading(level, heading) => {
                writeln!(text, "{} {}", "#".repeat((*level).into()), in_markdown(heading))
            }
            Block::Line(line) => writeln!(text, "{}", in_markdown(line)),
            Block::Table(head, rows) => {
                let _ = writeln!(text, "| {} |\n|{}", head.join(" | "), "---|".repeat(head.len()));
                rows.iter().try_for_each(|row| {
                    let cells: Vec<String> = row.iter().map(|cell| in_markdown(cell)).collect();
                    writeln!(text, "| {} |", cells.join(" | "))
                })
            }
        };
    }
    text
}

/// A text in which nothing is markup, on one line.
fn in_markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => shown.push_str("<br>"),
            '\\' | '|' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '`' => shown.extend(['\\', letter]),
            letter if letter.is_control() => shown.push(' '),
            letter => shown.push(letter),
        }
    }
    shown
}

/// The blocks as a page of HTML that needs no other file.
pub(super) fn html(title: &str, blocks: &[Block]) -> String {
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n\
         body {{ font-family: sans-serif; margin: 2em; }}\n\
         table {{ border-collapse: collapse; }}\n\
         td, th {{ border: 1px solid #ccc; padding: 0.2em 0.6em; text-align: left; vertical-align: top; }}\n\
         </style>\n</head>\n<body>\n",
        in_html(title)
    );
    for block in blocks {
        let _ = match block {
            Block::Heading(level, heading) => writeln!(text, "<h{level}>{}</h{level}>", in_html(heading)),
            Block::Line(line) => writeln!(text, "<p>{}</p>", in_html(line)),
            Block::Table(head, rows) => {
                let head: String = head.iter().map(|cell| format!("<th>{}</th>", in_html(cell))).collect();
                let _ = writeln!(text, "<table>\n<tr>{head}</tr>");
                for row in rows {
                    let row: String = row.iter().map(|cell| format!("<td>{}</td>", in_html(cell))).collect();
                    let _ = writeln!(text, "<tr>{row}</tr>");
                }
                writeln!(text, "</table>")
            }
        };
    }
    text + "</body>\n</html>\n"
}

/// A text in which nothing is markup.
fn in_html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => shown.push_str("<br>"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '"' => shown.push_str("&quot;"),
            letter if letter.is_control() => shown.push(' '),
            letter => shown.push(letter),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Vec<Block> {
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        vec![
            Block::Heading(1, "A & <b>".into()),
            Block::Line("one\u{1b}[0m".into()),
            Block::Table(vec!["x", "y"], vec![row("a|b", "1\n2"), row("snake_case", "`c`")]),
        ]
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        insta::assert_snapshot!(markdown(&blocks()), @r"
        # A & \<b\>

        one \[0m

        | x | y |
        |---|---|
        | a\|b | 1<br>2 |
        | snake\_case | \`c\` |
        ");
        let page = html("A & b", &blocks());
        let (_, body) = page.split_once("<body>").unwrap();
        insta::assert_snapshot!(body, @r"
        <h1>A &amp; &lt;b&gt;</h1>
        <p>one [0m</p>
        <table>
        <tr><th>x</th><th>y</th></tr>
        <tr><td>a|b</td><td>1<br>2</td></tr>
        <tr><td>snake_case</td><td>`c`</td></tr>
        </table>
        </body>
        </html>
        ");
        assert!(page.contains("<title>A &amp; b</title>"), "{page}");
    }
}
