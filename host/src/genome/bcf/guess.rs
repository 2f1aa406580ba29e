//! What records name and their header does not declare.

use super::{reserved, schema::Schema};
use crate::genome::ContigDeclaration;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The description of what was not declared.
const DESCRIPTION: &str = "Not declared in the input; guessed by kipos from its first records";

/// What the values of a key look like.
#[derive(Clone, Copy, Debug)]
struct Looks {
    /// There was no value, only the key.
    bare: bool,
    integer: bool,
    number: bool,
    several: bool,
}

impl Looks {
    fn nothing() -> Self {
        Self { bare: true, integer: true, number: true, several: false }
    }

    fn see(&mut self, value: &[u8]) {
        self.bare = false;
        for (index, element) in value.split(|byte| *byte == b',').enumerate() {
            self.several |= index > 0;
            if element != b"." && !element.is_empty() {
                let text = std::str::from_utf8(element).unwrap_or_default();
                self.integer &= text.parse::<i32>().is_ok();
                self.number &= text.parse::<f32>().is_ok();
            }
        }
    }

    /// The `Number` and `Type` to declare: those of the specification, unless the values contradict them.
    fn declaration(self, reserved: Option<(&'static str, &'static str)>) -> (&'static str, &'static str) {
        let fits = |kind: &str| match kind {
            "Integer" => self.integer && !self.bare,
            "Float" => self.number && !self.bare,
            _ => true,
        };
        if let Some(declaration) = reserved.filter(|(_, kind)| fits(kind)) {
            return declaration;
        }
        let number = if self.several { "." } else { "1" };
        match (self.bare, self.integer, self.number) {
            (true, ..) => ("0", "Flag"),
            (_, true, _) => (number, "Integer"),
            (_, _, true) => (number, "Float"),
            _ => (number, "String"),
        }
    }
}

/// Looks at records before the header is written.
#[derive(Debug, Default)]
pub(super) struct Guess {
    contigs: Vec<String>,
    seen_contigs: HashSet<String>,
    filters: BTreeSet<String>,
    info: BTreeMap<String, Looks>,
    format: BTreeMap<String, Looks>,
}

impl Guess {
    /// Takes in a line without its end.
    pub(super) fn see(&mut self, schema: &Schema, line: &[u8]) {
        let mut columns = line.split(|byte| *byte == b'\t');
        if let Some(name) = columns.next().and_then(declarable)
            && !schema.contigs.contains_key(name)
            && self.seen_contigs.insert(name.to_owned())
        {
            self.contigs.push(name.to_owned());
        }
        let filters = columns.nth(5).unwrap_or_default().split(|byte| *byte == b';');
        let filters = filters.filter(|filter| *filter != b".").filter_map(declarable);
        for filter in filters.filter(|filter| !schema.filters.contains_key(*filter)) {
            self.filters.insert(filter.to_owned());
        }
        for entry in columns.next().unwrap_or_default().split(|byte| *byte == b';').filter(|entry| *entry != b".") {
            let (key, value) = split_entry(entry);
            let Some(key) = declarable(key).filter(|key| !schema.info.contains_key(*key)) else { continue };
            let looks = self.info.entry(key.to_owned()).or_insert_with(Looks::nothing);
            if let Some(value) = value {
                looks.see(value);
            }
        }
        let keys = columns.next().unwrap_or_default();
        let keys: Vec<_> = keys.split(|byte| *byte == b':').map(declarable).collect();
        let undeclared = |key: &&str| !schema.format.contains_key(*key) && *key != ".";
        let wanted: Vec<_> = keys.iter().map(|key| key.filter(undeclared)).collect();
        if wanted.iter().all(Option::is_none) {
            return;
        }
        for key in wanted.iter().flatten() {
            self.format.entry((*key).to_owned()).or_insert_with(Looks::nothing);
        }
        for sample in columns {
            for (key, value) in wanted.iter().zip(sample.split(|byte| *byte == b':')) {
                if let Some(looks) = key.and_then(|key| self.format.get_mut(key)) {
                    looks.see(value);
                }
            }
        }
    }

    /// Header lines that declare what the schema does not.
    pub(super) fn lines(self, schema: &Schema) -> Vec<Vec<u8>> {
        let mut lines = self.contig_lines(schema.header().contigs());
        lines.extend(self.filters.iter().map(|id| format!("##FILTER=<ID={id},Description=\"{DESCRIPTION}\">")));
        let line = |column: &str, id: &str, (number, kind): (&str, &str)| {
            format!("##{column}=<ID={id},Number={number},Type={kind},Description=\"{DESCRIPTION}\">")
        };
        lines.extend(self.info.iter().map(|(id, looks)| line("INFO", id, looks.declaration(reserved::info(id)))));
        lines.extend(self.format.iter().map(|(id, looks)| match looks.declaration(reserved::format(id)) {
            // FORMAT knows no flags: no sample has a value.
            (_, "Flag") => line("FORMAT", id, ("1", "String")),
            declaration => line("FORMAT", id, declaration),
        }));
        lines.into_iter().map(String::into_bytes).collect()
    }

    /// Contigs that were seen. If they are declared with `chr` and used without, or the other way round, all that are
    /// declared get their other name: those that come later are then known too.
    fn contig_lines(&self, declared: &[ContigDeclaration]) -> Vec<String> {
        let line = |id: &str, length: Option<u64>| match length {
            Some(length) => format!("##contig=<ID={id},length={length}>"),
            None => format!("##contig=<ID={id}>"),
        };
        let other = |id: &str| id.strip_prefix("chr").map_or_else(|| format!("chr{id}"), str::to_owned);
        let names: HashSet<_> = declared.iter().map(|contig| contig.id.as_str()).collect();
        let renamed = declared.iter().map(|contig| (other(&contig.id), contig.length));
        let can_be_declared = |id: &str| !names.contains(id) && declarable(id.as_bytes()).is_some();
        let renamed: Vec<_> = renamed.filter(|(id, _)| can_be_declared(id)).collect();
        let mut lines = Vec::new();
        let mut known = HashSet::new();
        if renamed.iter().any(|(id, _)| self.seen_contigs.contains(id)) {
            for (id, length) in &renamed {
                if known.insert(id.as_str()) {
                    lines.push(line(id, *length));
                }
            }
        }
        lines.extend(self.contigs.iter().filter(|id| !known.contains(id.as_str())).map(|id| line(id, None)));
        lines
    }
}

/// A name that a header line can declare. To htslib, a value that begins with `[` is a list, which ends with `]`.
pub(super) fn declarable(name: &[u8]) -> Option<&str> {
    let spoils = |byte: u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || b",<>\"".contains(&byte);
    let name = std::str::from_utf8(name).ok()?;
    (!name.is_empty() && !name.starts_with('[') && !name.bytes().any(spoils)).then_some(name)
}

/// The key of an INFO entry, and its value if it has one.
pub(super) fn split_entry(entry: &[u8]) -> (&[u8], Option<&[u8]>) {
    match entry.iter().position(|byte| *byte == b'=') {
        Some(at) => (&entry[..at], Some(&entry[at + 1..])),
        None => (entry, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::bcf::check_added;
    use proptest::prelude::*;

    #[test]
    fn lists_are_no_names() {
        for (name, expected) in
            [("a[", true), ("a]", true), ("[a", false), ("[a]", false), ("[", false), ("", false), ("a>b", false)]
        {
            assert_eq!(declarable(name.as_bytes()).is_some(), expected, "{name}");
        }
    }

    #[test]
    fn other_names_of_contigs_are_names_too() {
        let declared = |id: &str, line| ContigDeclaration { id: id.into(), length: None, line };
        let guess = Guess { seen_contigs: HashSet::from(["1".to_owned()]), ..Guess::default() };
        let lines = guess.contig_lines(&[declared("chr1", 0), declared("chr[a", 1), declared("chr", 2)]);
        assert_eq!(lines, ["##contig=<ID=1>"]);
    }

    proptest! {
        #[test]
        fn what_is_declared_by_guess_is_read(name in "[a\\[\\]<>\"'=,;:\\\\ é]{0,5}") {
            if let Some(name) = declarable(name.as_bytes()) {
                let header = format!(
                    "##fileformat=VCFv4.2\n##contig=<ID={name}>\n##FILTER=<ID={name},Description=\"\">\n\
                     ##INFO=<ID={name},Number=1,Type=Float,Description=\"\">\n\
                     #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
                );
                prop_assert_eq!(check_added(header.as_bytes()), Ok(()), "{}", name);
            }
        }
    }
}
