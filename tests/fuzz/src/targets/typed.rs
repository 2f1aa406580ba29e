//! What is typed: arguments, filters of layers, regions and variants. The name of the file says which.

mod arguments;
mod filter;
mod region;

use std::path::Path;

use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "typed",
    about: "regions, variants, filters of layers and arguments as they are typed",
    place: Place::InProcess,
    seeds,
    words: WORDS,
    own_mutation: None,
    run,
};

/// Who reads what.
struct Reader {
    /// The file with the text.
    part: &'static str,
    /// Texts that it takes.
    texts: &'static [&'static str],
    run: fn(&str) -> Result<(), Finding>,
}

const READERS: [Reader; 3] = [arguments::READER, filter::READER, region::READER];

/// Words of all of them.
const WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"\"a\"",
    b":",
    b"::",
    b",",
    b"=",
    b"-",
    b">",
    b" ",
    b"...",
    b"a=1",
    b"null",
    b"true",
    b"1e999",
    b"-0",
    b"-1",
    b"+1",
    b"0:8",
    b"1,000",
    b"chr1",
    b"chr1:1-10",
    b"{HLA-A*01:01}",
    b":T",
    b"\\u0000",
    b"\\ud800",
    b"&a",
    b"*a",
    b"!!int",
    b"'",
    b"{a:2}",
    b"{\"a\": [1, 2]}",
    b"\xd9\xa3",
    b"\xe2\x80\xa6",
    b"\xc2\xa0",
    b"\xff",
];

fn seeds() -> Result<Vec<Input>, String> {
    let of_reader =
        |reader: &Reader| reader.texts.iter().map(|text| Input::one(reader.part, *text)).collect::<Vec<_>>();
    Ok(READERS.iter().flat_map(of_reader).collect())
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    let reader = READERS.iter().find(|reader| input.bytes(reader.part).is_some());
    reader.map_or(Ok(()), |reader| (reader.run)(&input.text()))
}
