//! The part of the template language Jinja that groups of models are written in: `{{ column }}`,
//! `{% if column == 'text' %}` with `elif`, `else` and `endif`, and `{# comments #}`.
//!
//! Whatever is left out keeps its line breaks, so that line n of the rendered text is line n of the template.

use super::near_miss::near_miss;

/// Conditions within conditions; no template of the public zoo has a second level.
const DEEPEST: usize = 64;

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TemplateError {
    /// The 1-based line of the tag.
    pub(super) line: usize,
    /// What is wrong there.
    pub(super) message: String,
}

/// A condition whose `endif` has not come.
struct Branch {
    line: usize,
    /// Whether the text around it is kept.
    around: bool,
    /// Whether a branch of it was taken already, this one included.
    taken: bool,
    keeps: bool,
    is_last: bool,
}

/// The text of `template` with the values of `columns`, pairs of name and value.
pub(super) fn render(template: &str, columns: &[(&str, &str)]) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(template.len());
    let mut branches: Vec<Branch> = Vec::new();
    let mut rest = template;
    let mut line = 1;
    loop {
        let keeps = branches.last().is_none_or(|branch| branch.keeps);
        let Some((start, close)) = next_tag(rest) else {
            push(&mut out, rest, keeps);
            break;
        };
        push(&mut out, &rest[..start], keeps);
        line += lines(&rest[..start]);
        let fail = |message: String| TemplateError { line, message };
        let Some(length) = rest[start + 2..].find(close) else {
            return Err(fail(format!("`{}` is not closed by `{close}`", &rest[start..start + 2])));
        };
        let tag = &rest[start + 2..start + 2 + length];
        let inner = tag.trim_matches('-').trim();
        match close {
            "}}" if keeps => out.push_str(lookup(inner, columns).map_err(fail)?),
            "%}" => statement(inner, line, columns, &mut branches).map_err(fail)?,
            _ => {}
        }
        // A tag over several lines must not move those below it.
        push(&mut out, tag, false);
        line += lines(tag);
        rest = &rest[start + 4 + length..];
    }
    match branches.last() {
        Some(open) => Err(TemplateError { line: open.line, message: "`{% if %}` has no `{% endif %}`".into() }),
        None => Ok(out),
    }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

fn push(out: &mut String, text: &str, keeps: bool) {
    if keeps {
        out.push_str(text);
    } else {
        out.extend(std::iter::repeat_n('\n', lines(text)));
    }
}

/// Where the next tag starts, and what closes it.
fn next_tag(text: &str) -> Option<(usize, &'static str)> {
    text.match_indices('{').find_map(|(start, _)| match text.as_bytes().get(start + 1) {
        Some(b'{') => Some((start, "}}")),
        Some(b'%') => Some((start, "%}")),
        Some(b'#') => Some((start, "#}")),
        _ => None,
    })
}

fn lookup<'c>(name: &str, columns: &[(&'c str, &'c str)]) -> Result<&'c str, String> {
    if let Some((_, value)) = columns.iter().find(|(column, _)| *column == name) {
        return Ok(value);
    }
    let known = columns.iter().map(|(column, _)| *column);
    let near = near_miss(name, known.clone()).map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
    Err(format!("unknown column `{name}` of models.tsv (known: {}){near}", known.collect::<Vec<_>>().join(", ")))
}

fn statement(text: &str, line: usize, columns: &[(&str, &str)], branches: &mut Vec<Branch>) -> Result<(), String> {
    let (word, condition) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let alone = |word: &str| format!("`{{% {word} %}}` without `{{% if %}}` before it");
    match word {
        "if" => {
            if branches.len() == DEEPEST {
                return Err(format!("conditions are nested more than {DEEPEST} deep"));
            }
            let around = branches.last().is_none_or(|branch| branch.keeps);
            let keeps = around && holds(condition, columns)?;
            branches.push(Branch { line, around, taken: keeps, keeps, is_last: false });
        }
        "elif" | "else" => {
            let branch = branches.last_mut().filter(|branch| !branch.is_last).ok_or_else(|| alone(word))?;
            branch.is_last = word == "else";
            branch.keeps = branch.around && !branch.taken && (branch.is_last || holds(condition, columns)?);
            branch.taken |= branch.keeps;
        }
        "endif" => {
            branches.pop().ok_or_else(|| alone(word))?;
        }
        _ => return Err(format!("unknown tag `{{% {word} %}}` (known: if, elif, else, endif)")),
    }
    Ok(())
}

/// `column == 'text'`, `column != 'text'`, or `column` alone, which holds if it is not empty.
fn holds(condition: &str, columns: &[(&str, &str)]) -> Result<bool, String> {
    let condition = condition.trim();
    let (column, wanted, equal) = match (condition.split_once("=="), condition.split_once("!=")) {
        (Some((column, text)), _) => (column, text, true),
        (_, Some((column, text))) => (column, text, false),
        (None, None) => return Ok(!lookup(condition, columns)?.is_empty()),
    };
    let wanted = wanted.trim();
    let quoted = |quote: char| wanted.strip_prefix(quote)?.strip_suffix(quote);
    let number = || wanted.parse::<f64>().ok().map(|_| wanted);
    let wanted = quoted('\'').or_else(|| quoted('"')).or_else(number);
    let wanted =
        wanted.ok_or_else(|| format!("unsupported condition `{condition}`; expected one such as `model == 'a'`"))?;
    Ok((lookup(column.trim(), columns)? == wanted) == equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROW: &[(&str, &str)] = &[("model", "a/b"), ("n", "7"), ("empty", "")];

    fn rendered(template: &str) -> String {
        render(template, ROW).unwrap()
    }

    fn message(template: &str) -> String {
        let TemplateError { line, message } = render(template, ROW).unwrap_err();
        format!("{line}: {message}")
    }

    #[test]
    fn columns_stand_for_their_values() {
        assert_eq!(rendered("shape: ({{n}},4) # {{ model }}"), "shape: (7,4) # a/b");
        assert_eq!(rendered("{a: {b: 1}} {{ empty }}"), "{a: {b: 1}} ");
        assert_eq!(rendered("a{# {{ nonsense }} #}b"), "ab");
    }

    #[test]
    fn conditions_keep_the_lines() {
        assert_eq!(rendered("{% if model == 'a/b' %}\nx\n{% endif %}\ny"), "\nx\n\ny");
        assert_eq!(rendered("{% if model == 'c' %}\n{{ nonsense }}\n{% endif %}\ny"), "\n\n\ny");
        assert_eq!(rendered("{% if n != 7 %}a{% elif n == \"7\" %}b{% elif n %}d{% else %}c{% endif %}"), "b");
        assert_eq!(rendered("{%- if empty -%}a{% else %}{% if n %}b{% endif %}{% endif %}"), "b");
    }

    #[test]
    fn errors_name_the_line() {
        insta::assert_snapshot!(message("\n{{ modle }}"), @"2: unknown column `modle` of models.tsv (known: model, n, empty), did you mean `model`?");
        insta::assert_snapshot!(message("a\n{{ model"), @"2: `{{` is not closed by `}}`");
        insta::assert_snapshot!(message("{% for x in y %}"), @"1: unknown tag `{% for %}` (known: if, elif, else, endif)");
        insta::assert_snapshot!(message("\n{% if n %}\n"), @"2: `{% if %}` has no `{% endif %}`");
        insta::assert_snapshot!(message("{% endif %}"), @"1: `{% endif %}` without `{% if %}` before it");
        insta::assert_snapshot!(message("{% if n %}{% else %}{% else %}{% endif %}"), @"1: `{% else %}` without `{% if %}` before it");
        insta::assert_snapshot!(message("{% if n == seven %}{% endif %}"), @"1: unsupported condition `n == seven`; expected one such as `model == 'a'`");
        insta::assert_snapshot!(message(&"{% if n %}".repeat(65)), @"1: conditions are nested more than 64 deep");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "([ -~\n]|\\{\\{|\\}\\}|\\{%|%\\}|if |endif|model|é){0,40}") {
            if let Ok(rendered) = render(&text, ROW) {
                prop_assert_eq!(lines(&rendered), lines(&text));
            }
        }
    }
}
