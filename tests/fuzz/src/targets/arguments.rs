//! Arguments of dataloaders and scores as they are typed: JSON, YAML, `name=value`.

use std::path::Path;

use kipos::parse_value_arg;

use super::checked;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "arguments",
    about: "JSON, YAML and name=value as they are typed",
    place: Place::InProcess,
    seeds,
    words: &[
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"a\"",
        b":",
        b",",
        b"=",
        b"a=1",
        b"null",
        b"true",
        b"1e999",
        b"-0",
        b"\\u0000",
        b"\\ud800",
        b"&a",
        b"*a",
        b"!!int",
        b"'",
        b"{a:2}",
        b"{\"a\": [1, 2]}",
    ],
    own_mutation: None,
    run,
};

const PART: &str = "typed.txt";

fn seeds() -> Result<Vec<Input>, String> {
    let texts = [
        r#"{"a": 2, "b": [1, 2.5, "x", null, true]}"#,
        "{a:2}",
        "{a: {b: [c, d]}}",
        "a=1",
        "a=1 b=x.fa c=[1,2]",
        "'{a: 1}'",
        "a=",
        r#"{"a": "\u00e9\n"}"#,
    ];
    Ok(texts.map(|text| Input::one(PART, text)).to_vec())
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    let text = input.text();
    checked(parse_value_arg(std::slice::from_ref(&text)))?;
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    // A word alone may be the path of a file: another reader, and another target.
    checked(parse_value_arg(&words)).map(drop)
}
