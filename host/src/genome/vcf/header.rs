//! The header: its lines as they are, and what they declare.

use super::LineEnd;

/// Columns that every VCF has: CHROM to INFO.
pub(super) const FIXED_COLUMNS: usize = 8;

/// The `ID` of a meta line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Declaration {
    /// The identifier, without quotes.
    pub id: String,
    /// Its `Type`, such as `Integer`; `None` if not given.
    pub kind: Option<String>,
    /// Its `Description`, without quotes; `None` if not given.
    pub description: Option<String>,
    /// Where the line stands: an index into [`VcfHeader::meta_lines`].
    pub line: usize,
}

/// A `##contig` line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContigDeclaration {
    /// The contig's name.
    pub id: String,
    /// Its length in bases; `None` if not given or no number.
    pub length: Option<u64>,
    /// Where the line stands: an index into [`VcfHeader::meta_lines`].
    pub line: usize,
}

/// The header of a VCF.
///
/// Lines are kept byte by byte, without their ends, so that they can be written again unchanged.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct VcfHeader {
    meta_lines: Vec<Vec<u8>>,
    column_line: Vec<u8>,
    line_end: LineEnd,
    file_format: Option<String>,
    info: Vec<Declaration>,
    format: Vec<Declaration>,
    filter: Vec<Declaration>,
    contigs: Vec<ContigDeclaration>,
    columns: usize,
}

impl VcfHeader {
    /// A header that declares nothing, of a VCF without samples.
    pub(crate) fn bare() -> Self {
        let column_line = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
        Self::parse(vec![b"##fileformat=VCFv4.2".to_vec()], column_line.to_vec(), LineEnd::Lf)
    }

    /// Reads what the lines declare. `meta_lines` begin with `##`, `column_line` with `#CHROM` and
    /// has at least the eight fixed columns; both without line ends.
    pub(crate) fn parse(meta_lines: Vec<Vec<u8>>, column_line: Vec<u8>, line_end: LineEnd) -> Self {
        let mut header = Self {
            columns: column_line.split(|byte| *byte == b'\t').count(),
            column_line,
            line_end,
            ..Self::default()
        };
        for (line, bytes) in meta_lines.iter().enumerate() {
            header.read_meta(line, &String::from_utf8_lossy(bytes));
        }
        header.meta_lines = meta_lines;
        header
    }

    fn read_meta(&mut self, line: usize, text: &str) {
        let Some((key, value)) = text.trim_start_matches('#').split_once('=') else {
            return;
        };
        if key == "fileformat" {
            self.file_format.get_or_insert_with(|| value.to_owned());
            return;
        }
        let attribute = |name| attribute(value, name);
        let list = match key {
            "INFO" => &mut self.info,
            "FORMAT" => &mut self.format,
            "FILTER" => &mut self.filter,
            "contig" => {
                if let Some(id) = attribute("ID") {
                    let length = attribute("length").and_then(|length| length.parse().ok());
                    self.contigs.push(ContigDeclaration { id, length, line });
                }
                return;
            }
            _ => return,
        };
        if let Some(id) = attribute("ID") {
            list.push(Declaration { id, kind: attribute("Type"), description: attribute("Description"), line });
        }
    }

    /// Every `##` line in order, with its hashes and without its line end; maybe not UTF-8.
    pub fn meta_lines(&self) -> &[Vec<u8>] {
        &self.meta_lines
    }

    /// The `#CHROM` line, without its line end.
    pub fn column_line(&self) -> &[u8] {
        &self.column_line
    }

    /// How the header's lines end, as its `#CHROM` line shows.
    pub fn line_end(&self) -> LineEnd {
        self.line_end
    }

    /// The value of the first `##fileformat` line, such as `VCFv4.2`.
    pub fn file_format(&self) -> Option<&str> {
        self.file_format.as_deref()
    }

    /// The `##INFO` lines that have an ID, in order.
    pub fn info(&self) -> &[Declaration] {
        &self.info
    }

    /// The `##FORMAT` lines that have an ID, in order.
    pub fn format(&self) -> &[Declaration] {
        &self.format
    }

    /// The `##FILTER` lines that have an ID, in order.
    pub fn filter(&self) -> &[Declaration] {
        &self.filter
    }

    /// The `##contig` lines that have an ID, in order.
    pub fn contigs(&self) -> &[ContigDeclaration] {
        &self.contigs
    }

    /// How many columns the `#CHROM` line names, and every record has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many samples the `#CHROM` line names.
    pub fn sample_count(&self) -> usize {
        // The column after the fixed ones is FORMAT.
        self.columns.saturating_sub(FIXED_COLUMNS + 1)
    }
}

/// The value of `name` in `<key=value,key="quoted, value">`, unquoted.
fn attribute(structure: &str, name: &str) -> Option<String> {
    let mut rest = structure.trim().strip_prefix('<')?;
    rest = rest.strip_suffix('>').unwrap_or(rest);
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, next) = split_value(after);
        if key.trim() == name {
            return Some(value);
        }
        rest = next;
    }
}

/// A value at the start of `text`, and what follows the comma after it.
fn split_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, next) = text.split_once(',').unwrap_or((text, ""));
        return (value.to_owned(), next);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '"' => {
                let next = &quoted[at + 1..];
                return (value, next.strip_prefix(',').unwrap_or(next));
            }
            plain => value.push(plain),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn attributes_respect_quotes_and_escapes() {
        let line = r#"<ID="a,b",Description="x \"ID=no\", y=\\",length=12,Last=z>"#;
        assert_eq!(attribute(line, "ID").as_deref(), Some("a,b"));
        assert_eq!(attribute(line, "length").as_deref(), Some("12"));
        assert_eq!(attribute(line, "Last").as_deref(), Some("z"));
        let description = attribute(line, "Description");
        assert_eq!(description.as_deref(), Some(r#"x "ID=no", y=\"#));
        assert_eq!(attribute(line, "Nothing"), None);
        assert_eq!(attribute("plain text", "ID"), None);
    }

    proptest! {
        #[test]
        fn any_structure_is_looked_through(text in "<?[a-c=,\"\\\\é<>]{0,30}") {
            attribute(&text, "ID");
        }
    }
}
