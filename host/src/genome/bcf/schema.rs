//! What the header of a BCF declares, and by which numbers.

use super::{Dictionary, without_index};
use crate::genome::{Declaration, LineEnd, VcfHeader};
use crate::internal::OrInternal;
use std::collections::HashMap;

const COLUMNS: &[u8] = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
const PASS: &[u8] = b"##FILTER=<ID=PASS,Description=\"All filters passed\">";

/// What the header says that values of a key are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum DeclaredType {
    Integer,
    Float,
    /// Strings, single characters and flags: a string with whatever it holds.
    Text,
}

/// A declared name: its number, and what its values are.
pub(super) type Declared = (i32, DeclaredType);

/// A header with everything that its records may name.
#[derive(Debug)]
pub(super) struct Schema {
    header: VcfHeader,
    pub(super) contigs: HashMap<String, i32>,
    pub(super) filters: HashMap<String, Declared>,
    pub(super) info: HashMap<String, Declared>,
    pub(super) format: HashMap<String, Declared>,
    /// Columns of the header.
    pub(super) columns: usize,
}

impl Schema {
    /// Reads the text of a header: what it declares, and `PASS`, which need not be declared.
    pub(super) fn of_text(text: &[u8]) -> Self {
        let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let (mut meta_lines, mut column_line) = (Vec::new(), COLUMNS);
        for line in lines.filter(|line| !line.is_empty()) {
            if line.starts_with(b"##") { meta_lines.push(without_index(line).0) } else { column_line = line }
        }
        let header = VcfHeader::parse(meta_lines, column_line.to_vec(), LineEnd::Lf);
        let has_pass = header.filter().iter().any(|filter| filter.id == "PASS");
        let mut schema = Self::of_header(header);
        if !has_pass {
            // Behind the file format, where other writers put it.
            schema.insert(1, vec![PASS.to_vec()]);
        }
        schema
    }

    fn of_header(header: VcfHeader) -> Self {
        let dictionary = Dictionary::new(&header, |_| None);
        let number = |number: usize| i32::try_from(number).or_internal("names count from 0, and are few");
        let numbers: HashMap<&str, i32> = dictionary.strings().map(|(at, name)| (name, number(at))).collect();
        let contigs = dictionary.contigs().map(|(at, name)| (name.to_owned(), number(at))).collect();
        let declared = |declarations: &[Declaration]| {
            let mut declared = HashMap::new();
            for declaration in declarations {
                let kind = match declaration.kind.as_deref() {
                    Some("Integer") => DeclaredType::Integer,
                    Some("Float") => DeclaredType::Float,
                    _ => DeclaredType::Text,
                };
                let number = *numbers.get(declaration.id.as_str()).or_internal("what is declared has a number");
                // Of repeated declarations the first counts, as for other readers.
                declared.entry(declaration.id.clone()).or_insert((number, kind));
            }
            declared
        };
        Self {
            filters: declared(header.filter()),
            info: declared(header.info()),
            format: declared(header.format()),
            columns: header.column_line().split(|byte| *byte == b'\t').count(),
            contigs,
            header,
        }
    }

    /// Adds header lines, which begin with `##`, behind the others.
    pub(super) fn declare(&mut self, lines: Vec<Vec<u8>>) {
        let end = self.header.meta_lines().len();
        self.insert(end, lines);
    }

    fn insert(&mut self, at: usize, lines: Vec<Vec<u8>>) {
        let mut all = self.header.meta_lines().to_vec();
        let at = at.min(all.len());
        all.splice(at..at, lines);
        *self = Self::of_header(VcfHeader::parse(all, self.header.column_line().to_vec(), LineEnd::Lf));
    }

    /// The header that the schema was read from.
    pub(super) fn header(&self) -> &VcfHeader {
        &self.header
    }

    /// The header's text, in which every declaration says its number.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut numbers = HashMap::new();
        for (declarations, declared) in [
            (self.header.filter(), &self.filters),
            (self.header.info(), &self.info),
            (self.header.format(), &self.format),
        ] {
            for declaration in declarations {
                numbers.extend(declared.get(&declaration.id).map(|(number, _)| (declaration.line, *number)));
            }
        }
        for contig in self.header.contigs() {
            numbers.extend(self.contigs.get(&contig.id).map(|number| (contig.line, *number)));
        }
        let mut text = Vec::new();
        for (index, line) in self.header.meta_lines().iter().enumerate() {
            match (numbers.get(&index), line.trim_ascii_end().strip_suffix(b">")) {
                (Some(number), Some(open)) => {
                    text.extend_from_slice(open);
                    text.extend_from_slice(format!(",IDX={number}>").as_bytes());
                }
                _ => text.extend_from_slice(line),
            }
            text.push(b'\n');
        }
        text.extend_from_slice(self.header.column_line());
        text.push(b'\n');
        text
    }
}
