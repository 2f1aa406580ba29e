//! Numbers of things in words.

use std::fmt;

/// A number and what is counted, in the singular where there is one: `1 record`, `2 records`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted<'a, N>(pub N, pub &'a str);

impl<N: fmt::Display + PartialEq + From<u8>> fmt::Display for Counted<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, what) = self;
        let ending = match what.ends_with("ch") {
            _ if *count == N::from(1) => "",
            true => "es",
            false => "s",
        };
        write!(f, "{count} {what}{ending}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_singular() {
        let texts = [(0u64, "record"), (1, "record"), (2, "record"), (1, "stretch"), (3, "stretch")];
        let texts = texts.map(|(count, what)| Counted(count, what).to_string());
        assert_eq!(texts, ["0 records", "1 record", "2 records", "1 stretch", "3 stretches"]);
    }
}
