//! What the numbers in records stand for.

use crate::genome::VcfHeader;
use std::collections::{HashMap, HashSet};

/// The number by which `PASS` goes, declared or not.
const PASS: &str = "PASS";

/// The names that a header numbers.
///
/// Filters and the keys of INFO and FORMAT share one row of numbers, in which an ID that several of them declare has
/// one; `PASS` has number 0. Contigs have a row of their own. Who has no number given by an `IDX` gets the next.
#[derive(Clone, Debug, Default)]
pub(in crate::genome) struct Dictionary {
    strings: Names,
    contigs: Names,
}

/// One row of numbers.
#[derive(Clone, Debug, Default)]
struct Names {
    by_number: HashMap<usize, String>,
    seen: HashSet<String>,
    next: usize,
}

impl Names {
    fn add(&mut self, name: &str, number: Option<usize>) {
        if number.is_none() && self.seen.contains(name) {
            return;
        }
        let number = number.unwrap_or(self.next);
        self.by_number.insert(number, name.to_owned());
        self.seen.insert(name.to_owned());
        self.next = self.next.max(number.saturating_add(1));
    }
}

impl Dictionary {
    /// Numbers what a header declares. `index` says the `IDX` of a line, by its place in the header.
    pub(in crate::genome) fn new(header: &VcfHeader, index: impl Fn(usize) -> Option<usize>) -> Self {
        let mut dictionary = Self::default();
        dictionary.strings.add(PASS, None);
        let mut declared: Vec<_> = [header.info(), header.format(), header.filter()].concat();
        declared.sort_by_key(|declaration| declaration.line);
        for declaration in declared {
            dictionary.strings.add(&declaration.id, index(declaration.line));
        }
        for contig in header.contigs() {
            dictionary.contigs.add(&contig.id, index(contig.line));
        }
        dictionary
    }

    /// The filter or key of a number.
    pub(super) fn string(&self, number: usize) -> Option<&str> {
        self.strings.by_number.get(&number).map(String::as_str)
    }

    /// The contig of a number.
    pub(super) fn contig(&self, number: usize) -> Option<&str> {
        self.contigs.by_number.get(&number).map(String::as_str)
    }

    /// All filters and keys with their numbers, in any order.
    pub(in crate::genome) fn strings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.strings.by_number.iter().map(|(number, name)| (*number, name.as_str()))
    }

    /// All contigs with their numbers, in any order.
    pub(in crate::genome) fn contigs(&self) -> impl Iterator<Item = (usize, &str)> {
        self.contigs.by_number.iter().map(|(number, name)| (*number, name.as_str()))
    }
}

/// A header line without its `IDX`, and that number.
pub(in crate::genome) fn without_index(line: &[u8]) -> (Vec<u8>, Option<usize>) {
    const KEY: &[u8] = b",IDX=";
    let (mut quoted, mut at) = (false, 0);
    while at < line.len() {
        match line[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b',' if !quoted && line[at..].starts_with(KEY) => {
                let digits = &line[at + KEY.len()..];
                let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let number = std::str::from_utf8(&digits[..count]).ok().and_then(|digits| digits.parse().ok());
                if number.is_some() && matches!(digits.get(count), Some(b',' | b'>')) {
                    return ([&line[..at], &digits[count..]].concat(), number);
                }
            }
            _ => {}
        }
        at += 1;
    }
    (line.to_vec(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_found_outside_of_quotes() {
        let split = |line: &str| {
            let (line, number) = without_index(line.as_bytes());
            (String::from_utf8(line).unwrap(), number)
        };
        let quoted = r#"##INFO=<ID=a,Description="x \",IDX=7>""#;
        assert_eq!(split(&format!("{quoted},IDX=12>")), (format!("{quoted}>"), Some(12)));
        assert_eq!(split("##contig=<ID=1,IDX=0,length=9>"), ("##contig=<ID=1,length=9>".into(), Some(0)));
        for none in [quoted, "##contig=<ID=1,IDX=x>", "##contig=<ID=1,IDX=99999999999999999999999>", "##x=,IDX=4", ""] {
            assert_eq!(split(none), (none.into(), None));
        }
    }
}
