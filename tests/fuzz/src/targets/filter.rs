//! Filters of layers as they are typed.

use std::path::Path;

use kipos::parse_filter;

use super::checked;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "filter",
    about: "filters of layers as they are typed",
    place: Place::InProcess,
    seeds,
    words: &[
        b"[",
        b"]",
        b"(",
        b")",
        b"...",
        b":",
        b"::",
        b"-1",
        b",",
        b"0:8",
        b" ",
        b"\xe2\x80\xa6",
        b"\xc2\xa0",
        b"+1",
    ],
    own_mutation: None,
    run,
};

const PART: &str = "typed.txt";

fn seeds() -> Result<Vec<Input>, String> {
    let texts = ["3", "[-1]", "[0:8, ...]", "(1, 2:3:4, ::-1)", "[...]", "[]", " [ 1 , : ] "];
    Ok(texts.map(|text| Input::one(PART, text)).to_vec())
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    checked(parse_filter(&input.text())).map(drop)
}
