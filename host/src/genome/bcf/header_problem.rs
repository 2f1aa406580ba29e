//! Headers that make a BCF which htslib, and so all tools of the field, cannot read.

use super::schema::Schema;
use crate::genome::{Declaration, VcfHeader};
use std::collections::HashSet;

/// The columns that every header names, in this order.
const FIXED: [&[u8]; 8] = [b"#CHROM", b"POS", b"ID", b"REF", b"ALT", b"QUAL", b"FILTER", b"INFO"];

/// What is wrong with a header line. It reads on from `line 5 of the input`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HeaderProblem {
    /// Other columns than CHROM to INFO, and FORMAT.
    #[error("has a column `{found}` where {expected} has to be")]
    Column {
        /// The name of the column.
        found: String,
        /// The name that it must have.
        expected: String,
    },
    /// FORMAT is the last column.
    #[error("has a column FORMAT but no samples")]
    NoSamples,
    /// A sample without a name.
    #[error("has a sample without a name")]
    UnnamedSample,
    /// Two samples of one name.
    #[error("names the sample `{name}` twice")]
    SampleTwice {
        /// The name.
        name: String,
    },
    /// Records may name what the line declares, but to htslib it declares nothing, or something else.
    #[error(
        "declares `{id}` in a form that no other program reads; the form is ##{key}=<ID={id},...>, with attributes `name=value` or `name=\"value\"`"
    )]
    Form {
        /// `INFO`, `FORMAT`, `FILTER` or `contig`.
        key: &'static str,
        /// The ID.
        id: String,
    },
    /// A name that is another one to htslib, or none, once it stands in a header line.
    #[error("declares {key} `{id}`, a name that no other program reads there")]
    Name {
        /// `INFO`, `FORMAT`, `FILTER` or `contig`.
        key: &'static str,
        /// The ID.
        id: String,
    },
    /// To htslib, a contig of such a length is not declared.
    #[error("declares contig `{id}` with the length `{length}`, which is not a number of bases")]
    ContigLength {
        /// The contig.
        id: String,
        /// The length.
        length: String,
    },
    /// A zero byte, which ends the header for htslib.
    #[error("holds a zero byte")]
    Zero,
}

/// Makes sure that htslib can read a BCF of this header; else says which line is in the way, counted from 1.
///
/// # Errors
/// The line and what is wrong with it.
pub(crate) fn check_header(header: &VcfHeader) -> Result<(), (u64, HeaderProblem)> {
    let lines = header.meta_lines();
    let number = |index: usize| index as u64 + 1;
    if let Some(line) = lines.iter().position(|line| line.contains(&0)) {
        return Err((number(line), HeaderProblem::Zero));
    }
    for (key, declarations) in [("INFO", header.info()), ("FORMAT", header.format()), ("FILTER", header.filter())] {
        for Declaration { id, line, .. } in declarations {
            let read = attributes(&lines[*line], key).is_some_and(|attributes| declares(&attributes, id));
            if !read {
                return Err((number(*line), HeaderProblem::Form { key, id: id.clone() }));
            }
        }
    }
    for contig in header.contigs() {
        let (id, line) = (contig.id.clone(), contig.line);
        let attributes = attributes(&lines[line], "contig").filter(|attributes| declares(attributes, &id));
        let Some(attributes) = attributes else {
            return Err((number(line), HeaderProblem::Form { key: "contig", id }));
        };
        let length = attributes.iter().find(|(name, _)| *name == b"length");
        if let Some((_, length)) = length.filter(|(_, length)| !starts_with_a_number(length)) {
            let length = String::from_utf8_lossy(length).into_owned();
            return Err((number(line), HeaderProblem::ContigLength { id, length }));
        }
    }
    check_columns(header.column_line()).map_err(|problem| (number(lines.len()), problem))
}

/// The same for the text of a header that is to be written, of whose lines those of the input are known to be fine: what
/// is wrong with a line that was added to them. Their form is fine too, so the name has to be to blame.
///
/// # Errors
/// What is wrong with the line.
pub(crate) fn check_added(text: &[u8]) -> Result<(), HeaderProblem> {
    check_header(Schema::of_text(text).header()).map_err(|(_, problem)| match problem {
        HeaderProblem::Form { key, id } => HeaderProblem::Name { key, id },
        problem => problem,
    })
}

fn check_columns(line: &[u8]) -> Result<(), HeaderProblem> {
    if line.contains(&0) {
        return Err(HeaderProblem::Zero);
    }
    let mut columns = line.split(|byte| *byte == b'\t');
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let wrong = |found: &[u8], expected: &[u8]| HeaderProblem::Column { found: text(found), expected: text(expected) };
    for expected in FIXED {
        let found = columns.next().unwrap_or_default();
        if found != expected {
            return Err(wrong(found, expected));
        }
    }
    match columns.next() {
        None => return Ok(()),
        Some(b"FORMAT") => {}
        Some(found) => return Err(wrong(found, b"FORMAT")),
    }
    let mut names = HashSet::new();
    for name in columns {
        if name.iter().all(u8::is_ascii_whitespace) {
            return Err(HeaderProblem::UnnamedSample);
        }
        if !names.insert(name) {
            return Err(HeaderProblem::SampleTwice { name: text(name) });
        }
    }
    if names.is_empty() { Err(HeaderProblem::NoSamples) } else { Ok(()) }
}

/// A name and its value.
type Attribute<'l> = (&'l [u8], &'l [u8]);

/// Whether `id` is the only ID, and what numbers the declaration, if anything does, is a number.
fn declares(attributes: &[Attribute<'_>], id: &str) -> bool {
    let values =
        |wanted: &'static [u8]| attributes.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| *value);
    values(b"ID").eq([id.as_bytes()])
        && !id.is_empty()
        && values(b"IDX").all(|value| value.iter().all(u8::is_ascii_digit))
}

/// As htslib reads lengths: digits, whatever follows them.
fn starts_with_a_number(length: &[u8]) -> bool {
    let length = length.trim_ascii_start();
    length.strip_prefix(b"+").unwrap_or(length).first().is_some_and(u8::is_ascii_digit)
}

/// The attributes of `##key=<name=value,...>` by htslib's rules, values without quotes; `None` where htslib reads no such
/// line, or text follows it.
fn attributes<'l>(line: &'l [u8], key: &str) -> Option<Vec<Attribute<'l>>> {
    let mut rest = line.strip_prefix(b"##")?.strip_prefix(key.as_bytes())?.strip_prefix(b"=<")?;
    let mut attributes = Vec::new();
    loop {
        rest = skip_blanks(rest);
        let name_len =
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')).count();
        let (name, after) = rest.split_at(name_len);
        if !name.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_') {
            return None;
        }
        let (value, after) = split_value(skip_blanks(skip_blanks(after).strip_prefix(b"=")?))?;
        attributes.push((name, value));
        match skip_blanks(after).split_first()? {
            (b',', next) => rest = next,
            (b'>', next) if next.trim_ascii().is_empty() => return Some(attributes),
            _ => return None,
        }
    }
}

/// A value, and what comes behind it.
fn split_value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let closing = match text.first()? {
        b'"' => b'"',
        b'[' => b']',
        _ => {
            // Angle brackets may be nested.
            let mut open = 1;
            let end = text.iter().position(|byte| {
                open += i32::from(*byte == b'<') - i32::from(*byte == b'>');
                open == 0 || (*byte == b',' && open == 1)
            })?;
            return Some((text[..end].trim_ascii_end(), &text[end..]));
        }
    };
    let quoted = &text[1..];
    let mut escaped = false;
    let end = quoted.iter().position(|byte| {
        let ends = *byte == closing && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })?;
    Some((&quoted[..end], &quoted[end + 1..]))
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| **byte == b' ').count();
    &text[blanks..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::VcfReader;
    use std::io::Cursor;

    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

    /// What is said of a header; nothing if it is fine.
    fn said(meta: &str, columns: &str) -> String {
        let text = format!("##fileformat=VCFv4.2\n{meta}{columns}\n");
        match check_header(VcfReader::new(Cursor::new(text.into_bytes()), "v.vcf").unwrap().header()) {
            Ok(()) => String::new(),
            Err((line, problem)) => format!("{line} {problem}"),
        }
    }

    #[test]
    fn columns_are_those_of_the_specification() {
        for (more, expected) in [
            ("", ""),
            ("\tFORMAT\ta", ""),
            ("\tFORMAT\ta\tA\ta b", ""),
            ("\tFORMAT", "2 has a column FORMAT but no samples"),
            ("\tFORMAT\ta\tb\ta", "2 names the sample `a` twice"),
            ("\tFORMAT\ta\t \tb", "2 has a sample without a name"),
            ("\tFORMAT\ta\t", "2 has a sample without a name"),
            ("\tFORMA\ta", "2 has a column `FORMA` where FORMAT has to be"),
        ] {
            assert_eq!(said("", &format!("{COLUMNS}{more}")), expected, "{more:?}");
        }
        assert_eq!(said("", &COLUMNS.replace("QUAL", "Qual")), "2 has a column `Qual` where QUAL has to be");
        assert_eq!(
            said("", &COLUMNS.replace("#CHROM", "#CHROMOSOME")),
            "2 has a column `#CHROMOSOME` where #CHROM has to be"
        );
    }

    #[test]
    fn declarations_that_htslib_reads_are_fine() {
        for line in [
            "##contig=<ID=a>",
            "##contig=<ID=HLA-A*01:01,length=12,assembly=x y>",
            "##contig=<ID=a,length=12 bases>",
            "##INFO=<ID=a,Number=1,Type=Float,Description=\"x > \\\"y, z=\",Source=\"s\">  ",
            "##INFO=< ID =a, Number = 1,Type=Float,Description= \"\">",
            "##FILTER=<ID=\"a\",Description=\"b\",IDX=7>",
            "##FORMAT=<ID=a,Number=.,Type=String,Description=<b,c>>",
            // Not a declaration to anybody.
            "##contig=a",
            "##INFO=<Number=1>",
            "##SAMPLE=<ID=x,a;b>",
            "##nothing",
        ] {
            assert_eq!(said(&format!("{line}\n"), COLUMNS), "", "{line}");
        }
    }

    #[test]
    fn declarations_that_htslib_takes_otherwise_are_named() {
        for line in [
            "##contig=<ID=a,leng;h=1>",
            "##contig=<ID=a,9=1>",
            "##contig=<ID=a",
            "##contig=<ID=a,length=1> and more",
            "##contig=<ID=a>b>",
            "##INFO=<ID=a,Number=1,Type=Float,Description=\"b>",
            "##INFO=<ID=a,Number=1,Type=Float,Description=\"b\"c>",
            "###INFO=<ID=a,Number=1,Type=Float,Description=\"b\">",
            "##INFO=<ID=a,ID=b,Number=1,Type=Float,Description=\"c\">",
            "##FILTER=<ID=a,Description=\"b\",IDX=x>",
            "##FORMAT=<ID=\"a\\b\",Number=1,Type=Float,Description=\"b\">",
        ] {
            let said = said(&format!("##source=x\n{line}\n"), COLUMNS);
            assert!(said.starts_with("3 declares `a"), "{line}: {said}");
        }
        for length in ["unknown", "-5", ""] {
            let expected = format!("2 declares contig `a` with the length `{length}`, which is not a number of bases");
            assert_eq!(said(&format!("##contig=<ID=a,length={length}>\n"), COLUMNS), expected);
        }
        assert_eq!(said("##source=x\0y\n", COLUMNS), "2 holds a zero byte");
    }

    #[test]
    fn names_that_an_added_line_cannot_hold_are_told() {
        let said = |contig: &str| {
            let text = format!("##fileformat=VCFv4.2\r\n##contig=<ID={contig},length=9>\r\n{COLUMNS}\r\n");
            check_added(text.as_bytes()).err().map(|problem| problem.to_string())
        };
        for contig in ["chr1", "HLA-A*01:01", "a]", "a[b]", "a=b"] {
            assert_eq!(said(contig), None, "{contig}");
        }
        for contig in ["[a", "[a]", "a>b", "a<b", "\"a", "\"a\"b"] {
            let problem = said(contig).unwrap_or_default();
            assert!(problem.starts_with("declares contig `"), "{contig}: {problem}");
        }
        assert_eq!(said("[a").unwrap(), "declares contig `[a`, a name that no other program reads there");
    }
}
