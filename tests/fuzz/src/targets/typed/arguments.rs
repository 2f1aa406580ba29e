//! Arguments of dataloaders and scores: JSON, YAML, `name=value`.

use kipos::parse_value_arg;

use super::Reader;
use crate::target::Finding;
use crate::targets::checked;

pub(super) const READER: Reader = Reader {
    part: "arguments.txt",
    texts: &[
        r#"{"a": 2, "b": [1, 2.5, "x", null, true]}"#,
        "{a:2}",
        "{a: {b: [c, d]}}",
        "a=1",
        "a=1 b=x.fa c=[1,2]",
        "'{a: 1}'",
        "a=",
        r#"{"a": "\u00e9\n"}"#,
    ],
    run,
};

fn run(text: &str) -> Result<(), Finding> {
    checked(parse_value_arg(&[text.to_owned()]))?;
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    // A word alone may be the path of a file: another reader, and another target.
    checked(parse_value_arg(&words)).map(drop)
}
