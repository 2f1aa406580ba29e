//! Filters of layers.

use kipos::parse_filter;

use super::Reader;
use crate::target::Finding;
use crate::targets::checked;

pub(super) const READER: Reader = Reader {
    part: "filter.txt",
    texts: &["3", "[-1]", "[0:8, ...]", "(1, 2:3:4, ::-1)", "[...]", "[]", " [ 1 , : ] "],
    run,
};

fn run(text: &str) -> Result<(), Finding> {
    checked(parse_filter(text)).map(drop)
}
