//! What the words of a line mean: names that are declared, numbers, vectors.

use super::{
    guess::declarable,
    problem::BcfProblem,
    schema::Declared,
    typed::{INTEGERS, Slot},
};
use std::collections::HashMap;

/// What is declared of a name.
pub(super) fn known(
    declared: &HashMap<String, Declared>,
    what: &'static str,
    name: &[u8],
) -> Result<Declared, BcfProblem> {
    let found = std::str::from_utf8(name).ok().and_then(|name| declared.get(name));
    found.copied().ok_or_else(|| unknown(what, name))
}

/// Why a name that is not declared cannot be written.
pub(super) fn unknown(what: &'static str, name: &[u8]) -> BcfProblem {
    let can_be_declared = declarable(name).is_some();
    let name = String::from_utf8_lossy(name).into_owned();
    if can_be_declared { BcfProblem::Undeclared { what, name } } else { BcfProblem::Name { what, name } }
}

fn text_of(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// A whole number of `key`; missing if it is empty or `.`.
pub(super) fn integer(key: &[u8], text: &[u8]) -> Result<Slot<i32>, BcfProblem> {
    if text == b"." || text.is_empty() {
        return Ok(Slot::Missing);
    }
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(BcfProblem::Type { key: text_of(key), kind: "Integer", found: text_of(text) });
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok());
    let number = number.filter(|number| INTEGERS.contains(number)).and_then(|number| i32::try_from(number).ok());
    number.map(Slot::Value).ok_or_else(|| BcfProblem::Range { key: text_of(key), found: text_of(text) })
}

/// A number of `key`, rounded to single precision; missing if it is empty or `.`.
pub(super) fn float(key: &[u8], text: &[u8]) -> Result<Slot<f32>, BcfProblem> {
    if text == b"." || text.is_empty() {
        return Ok(Slot::Missing);
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.map(Slot::Value).ok_or_else(|| BcfProblem::Type { key: text_of(key), kind: "Float", found: text_of(text) })
}

/// Appends the elements of a vector, which are parted by commas.
pub(super) fn elements<T>(
    room: &mut Vec<Slot<T>>,
    text: &[u8],
    parse: impl Fn(&[u8]) -> Result<Slot<T>, BcfProblem>,
) -> Result<(), BcfProblem> {
    for element in text.split(|byte| *byte == b',') {
        room.push(parse(element)?);
    }
    Ok(())
}
