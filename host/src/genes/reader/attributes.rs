//! The last column of GTF (`key "value"; key "value";`) and GFF3 (`key=value;key=value`).

use crate::percent_code::percent_decoded;

/// How a file spells its attributes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Spelling {
    Gtf,
    Gff3,
}

impl Spelling {
    /// Told by what comes first behind the first key.
    pub(super) fn of(column: &str) -> Self {
        match column.trim_start().find(|c: char| c == '=' || c.is_whitespace()) {
            Some(at) if column.trim_start()[at..].starts_with('=') => Self::Gff3,
            _ => Self::Gtf,
        }
    }

    /// The attributes of a line, in their order.
    pub(super) fn attributes(self, column: &str) -> Attributes {
        Attributes(match self {
            Self::Gtf => gtf(column),
            Self::Gff3 => gff3(column),
        })
    }
}

/// Keys and values; a key may come several times.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// The first value of the first of these keys that has one.
    pub(super) fn first(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.all(key).find(|value| !value.is_empty()))
    }

    /// All values of a key.
    pub(super) fn all<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == key).map(|(_, value)| value.as_str())
    }
}

/// A semicolon within quotes belongs to the value.
fn gtf(column: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let mut rest = column.trim_start_matches([' ', ';']);
    while let Some((key, behind)) = rest.split_once(char::is_whitespace) {
        let behind = behind.trim_start();
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => behind.split_once(';').unwrap_or((behind, "")),
        };
        attributes.push((key.to_owned(), value.trim().to_owned()));
        rest = behind.trim_start_matches([' ', ';']);
    }
    attributes
}

/// Commas part the values of a key; what is meant literally is written as `%` and two digits.
fn gff3(column: &str) -> Vec<(String, String)> {
    let pairs = column.split(';').filter_map(|pair| pair.trim().split_once('='));
    let values = pairs.flat_map(|(key, values)| values.split(',').map(move |value| (key, value)));
    values.map(|(key, value)| (unescaped(key), unescaped(value))).collect()
}

fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(spelling: Spelling, column: &str) -> Vec<(String, String)> {
        assert_eq!(Spelling::of(column), spelling);
        spelling.attributes(column).0
    }

    fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn gtf_has_quotes_and_numbers_without() {
        let column = r#"gene_id "G1.2"; level 2; tag "basic"; tag "a; b"; note "x=y""#;
        let expected = [("gene_id", "G1.2"), ("level", "2"), ("tag", "basic"), ("tag", "a; b"), ("note", "x=y")];
        assert_eq!(pairs(Spelling::Gtf, column), owned(&expected));
    }

    #[test]
    fn gff3_has_lists_and_escapes() {
        let column = "ID=gene:G1;Parent=a,b;Name=x%3By%2;tag=MANE Select";
        let expected = [("ID", "gene:G1"), ("Parent", "a"), ("Parent", "b"), ("Name", "x;y%2"), ("tag", "MANE Select")];
        assert_eq!(pairs(Spelling::Gff3, column), owned(&expected));
    }
}
