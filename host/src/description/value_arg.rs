//! Arguments as they are typed on a command line.

use std::path::Path;

use kipos_plugin_api::Value;

use super::document::{Document, check_nesting, read_bytes};
use super::error::{SpecError, SpecWarning};

/// Arguments that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read `{typed}` as arguments: {reason}; give JSON (`{{\"name\": 1}}`), YAML (`{{name: 1}}`), `name=value` \
     (several, separated by spaces) or a JSON or YAML file"
)]
pub struct ValueArgError {
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads named arguments from the words of a command line: JSON, YAML in braces, `name=value` words, or the path of a
/// JSON or YAML file. The relaxed `{name:2}`, without a blank behind the colon, is understood too. The result is
/// always a [`Value::Map`]; no words give an empty one.
///
/// ```
/// use kipos::parse_value_arg;
/// let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
/// assert_eq!(parse_value_arg(&words(r#"{"a": 2}"#))?, parse_value_arg(&words("a=2"))?);
/// assert_eq!(parse_value_arg(&words("{a:2}"))?, parse_value_arg(&words("{a: 2}"))?);
/// # Ok::<(), kipos::ValueArgError>(())
/// ```
///
/// # Errors
/// Words in none of these forms, a name that is given twice, or a file that cannot be read.
pub fn parse_value_arg(words: &[String]) -> Result<Value, ValueArgError> {
    let typed = words.join(" ");
    let parsed = match words {
        [] => Ok(Value::Map(Vec::new())),
        // A shell cuts `{a: 1}` in two where it is not quoted.
        _ if without_quotes(&typed).starts_with('{') => parse_flow(without_quotes(&typed)),
        [only] if Path::new(only).is_file() => read_file(Path::new(only)),
        words if words.iter().all(|word| split_pair(word).is_some()) => parse_pairs(words),
        [only] => parse_yaml(only).map_err(|_| "it is neither a file nor in a known form".into()),
        _ => Err("not every word has the form `name=value`".into()),
    };
    match parsed {
        Ok(value @ Value::Map(_)) => Ok(value),
        Ok(Value::String(_)) => Err("there is no such file".into()),
        Ok(Value::Null) => Err("it is null, but arguments have names".into()),
        Ok(other @ Value::Int(_)) => Err(format!("it is an {}, but arguments have names", other.kind())),
        Ok(other) => Err(format!("it is a {}, but arguments have names", other.kind())),
        Err(reason) => Err(reason),
    }
    .map_err(|reason: String| ValueArgError { typed: shortened(typed), reason })
}

/// What was typed, for a message that can be read.
fn shortened(mut typed: String) -> String {
    const LONGEST: usize = 400;
    if let Some((end, _)) = typed.char_indices().nth(LONGEST) {
        typed.truncate(end);
        typed.push_str("...");
    }
    typed
}

/// The text without blanks around it, and without the quotes around braces that no shell has taken off.
fn without_quotes(typed: &str) -> &str {
    let typed = typed.trim();
    let inner = |quote| typed.strip_prefix(quote)?.strip_suffix(quote).map(str::trim);
    let braces = inner('\'').or_else(|| inner('"')).filter(|inner| inner.starts_with('{') && inner.ends_with('}'));
    braces.unwrap_or(typed)
}

fn parse_yaml(text: &str) -> Result<Value, String> {
    parse_bytes(Path::new(""), text.into())
}

fn read_file(file: &Path) -> Result<Value, String> {
    parse_bytes(file, read_bytes(file).map_err(|error| error.to_string())?)
}

fn parse_bytes(file: &Path, bytes: Vec<u8>) -> Result<Value, String> {
    // The place is in the parser's message, and what was typed stands before it.
    let message = |error| match error {
        SpecError::Syntax { message, .. } => message,
        other => other.to_string(),
    };
    let document = Document::parse(file, bytes).map_err(message)?;
    match document.repeated_keys().next() {
        // A published description may be read with a warning; what was typed is easily mended.
        Some(SpecWarning::RepeatedKey { at }) => Err(format!("`{}` is given twice", at.key)),
        _ => document.root().value().map_err(message),
    }
}

fn parse_flow(text: &str) -> Result<Value, String> {
    // Before anything walks along the open brackets.
    check_nesting(text).map_err(|_| "brackets are nested too deeply".to_owned())?;
    parse_yaml(&with_blanks(text))
}

/// To YAML `{name:2}` is a map with the key `name:2`: puts a blank behind the colon of every bare name in braces.
fn with_blanks(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut brackets = Vec::new();
    let mut quote = None;
    // The last character that is not blank, which decides what may begin here.
    let mut before = ',';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let begins = matches!(before, '{' | '[' | ',' | ':');
        let name = match matches!(before, '{' | ',') && brackets.last() == Some(&'{') {
            true => key_at_start(rest),
            false => "",
        };
        let taken = match (quote, c) {
            (Some('"'), '\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            (Some('\''), '\'') if rest.starts_with("''") => 2,
            (Some(open), _) => {
                quote = quote.filter(|_| c != open);
                c.len_utf8()
            }
            (None, _) if !name.is_empty() => name.len() + 1,
            (None, '"' | '\'') if begins => {
                quote = Some(c);
                1
            }
            (None, '{' | '[') => {
                brackets.push(c);
                1
            }
            (None, '}' | ']') => {
                brackets.pop();
                1
            }
            (None, _) => c.len_utf8(),
        };
        spaced.push_str(&rest[..taken]);
        if quote.is_none() && !name.is_empty() {
            spaced.push(' ');
        }
        before = rest[..taken].chars().rfind(|c| !c.is_whitespace()).unwrap_or(before);
        rest = &rest[taken..];
    }
    spaced
}

/// The bare name with a colon behind it that a text begins with; empty if there is none.
fn key_at_start(text: &str) -> &str {
    let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if rest.starts_with(':') && is_name(name) { name } else { "" }
}

fn parse_pairs(words: &[String]) -> Result<Value, String> {
    let mut entries = Vec::with_capacity(words.len());
    for (name, text) in words.iter().filter_map(|word| split_pair(word)) {
        let value = match text.starts_with(['{', '[']) {
            true => parse_flow(text)?,
            false => parse_scalar(text),
        };
        push_new(&mut entries, name.into(), value)?;
    }
    Ok(Value::Map(entries))
}

fn push_new(entries: &mut Vec<(String, Value)>, name: String, value: Value) -> Result<(), String> {
    if entries.iter().any(|(known, _)| *known == name) {
        return Err(format!("`{name}` is given twice"));
    }
    entries.push((name, value));
    Ok(())
}

/// A number, truth value, null or quoted text; anything else is the text itself, whatever YAML would make of it.
fn parse_scalar(text: &str) -> Value {
    let text = text.trim();
    let is_quoted = text.starts_with(['"', '\'']);
    match parse_yaml(text) {
        Ok(Value::String(unquoted)) if is_quoted => Value::String(unquoted),
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_))) if !text.starts_with('#') => value,
        _ => Value::String(text.into()),
    }
}

fn split_pair(word: &str) -> Option<(&str, &str)> {
    word.split_once('=').filter(|(name, _)| is_name(name))
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && characters.all(is_of_name)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;

    fn parse(words: &[&str]) -> Result<String, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        parse_value_arg(&words).map(|value| value.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_form_is_understood() {
        for (words, expected) in [
            (&[][..], "{}"),
            (&["{}"], "{}"),
            (
                &[r#"{"a": 2, "b": [1.5, true, null], "c": {"d": "x\ty"}}"#],
                r#"{a: 2, b: [1.5, true, null], c: {d: "x\ty"}}"#,
            ),
            (&[r#"{"a":2,"b":"x"}"#], r#"{a: 2, b: "x"}"#),
            (&["{a: 2, b: x}"], r#"{a: 2, b: "x"}"#),
            (&["{a:", "2,", "b:", "x}"], r#"{a: 2, b: "x"}"#),
            (&["{my_arg:2}"], "{my_arg: 2}"),
            (&["'{a: 2, b: x}'"], r#"{a: 2, b: "x"}"#),
            (&["'{a:", "2}'"], "{a: 2}"),
            (&[r#""{my_arg:2}""#], "{my_arg: 2}"),
            (&[r#"{rc_merging:"max"}"#], r#"{rc_merging: "max"}"#),
            (&["{rc_merging:max,k:-1.5}"], r#"{rc_merging: "max", k: -1.5}"#),
            (&["{a:{b:1},c:[1,{d:2}]}"], "{a: {b: 1}, c: [1, {d: 2}]}"),
            (&["{fasta_file:/data/x.fa}"], r#"{fasta_file: "/data/x.fa"}"#),
            (&["{file: 'http://x.org/a'}"], r#"{file: "http://x.org/a"}"#),
            (&["a=2", "b=x=y", "c=", "d=true"], r#"{a: 2, b: "x=y", c: null, d: true}"#),
            (&["a={b:1}", "c=[1, 2]", "d='2'"], r#"{a: {b: 1}, c: [1, 2], d: "2"}"#),
            (&["a=x # y", "b=k: v", "c=#1", "d=*x"], r##"{a: "x # y", b: "k: v", c: "#1", d: "*x"}"##),
            (&["a: 2"], "{a: 2}"),
            (&[r#"{a:"}, b:\"2", c:'it''s, d:1', e:5}"#], r#"{a: "}, b:\"2", c: "it's, d:1", e: 5}"#),
            (&["{ü: é, a : 1,b:[x:y, z]}"], r#"{ü: "é", a: 1, b: ["x:y", "z"]}"#),
        ] {
            assert_eq!(parse(words).as_deref(), Ok(expected), "{words:?}");
        }
    }

    #[test]
    fn a_file_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("arguments");
        let path = file.display().to_string();
        fs::write(&file, "{\"a\": 1,\n\t\"b\": \"x\"}").unwrap();
        assert_eq!(parse(&[&path]).unwrap(), r#"{a: 1, b: "x"}"#);
        fs::write(&file, "a: 1\nb:\n- x\n").unwrap();
        assert_eq!(parse(&[&path]).unwrap(), r#"{a: 1, b: ["x"]}"#);
        fs::write(&file, "[1]").unwrap();
        assert!(parse(&[&path]).unwrap_err().contains("it is a list"));
        assert!(parse(&["3"]).unwrap_err().contains("it is an int, but"));
        assert!(parse(&["null"]).unwrap_err().contains("it is null, but"));
    }

    #[test]
    fn errors_say_what_was_typed_and_what_is_accepted() {
        let message = |words: &[&str]| parse(words).unwrap_err();
        insta::assert_snapshot!(message(&["{a: 1"]), @r#"cannot read `{a: 1` as arguments: did not find expected ',' or '}' at line 2 column 1, while parsing a flow mapping; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["no-such-file.json"]), @r#"cannot read `no-such-file.json` as arguments: there is no such file; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["[1, 2]"]), @r#"cannot read `[1, 2]` as arguments: it is a list, but arguments have names; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["a=1", "b"]), @r#"cannot read `a=1 b` as arguments: not every word has the form `name=value`; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["a=1", "a=2"]), @r#"cannot read `a=1 a=2` as arguments: `a` is given twice; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["{a:1, a:2}"]), @r#"cannot read `{a:1, a:2}` as arguments: `a` is given twice; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["{a: 1, a: 2}"]), @r#"cannot read `{a: 1, a: 2}` as arguments: `a` is given twice; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
        insta::assert_snapshot!(message(&["a: b: c"]), @r#"cannot read `a: b: c` as arguments: it is neither a file nor in a known form; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
    }

    proptest! {
        #[test]
        fn any_words_are_answered(words in proptest::collection::vec("[ -~]{0,20}", 0..4)) {
            let _ = parse_value_arg(&words);
        }

        #[test]
        fn texts_survive_as_pairs(text in "[a-zA-Z/_.]{1,20}") {
            prop_assume!(!matches!(text.to_lowercase().as_str(), "true" | "false" | "null" | ".nan" | ".inf"));
            let value = parse_value_arg(&[format!("name={text}")]).unwrap();
            prop_assert_eq!(value.get("name").and_then(Value::as_str), Some(text.as_str()));
        }
    }
}
