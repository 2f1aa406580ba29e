//! An annotated VCF, taken apart again without any of kipos's code.

/// One record, by columns.
#[derive(Debug, Clone)]
pub struct Record {
    columns: Vec<String>,
}

impl Record {
    /// CHROM, POS, ID, REF or ALT and so on, from 0.
    pub fn column(&self, index: usize) -> &str {
        &self.columns[index]
    }

    /// CHROM, POS and ID, for messages and lookups.
    pub fn place(&self) -> String {
        self.columns[..3].join(":")
    }

    /// POS, 1-based.
    pub fn pos(&self) -> usize {
        self.columns[1].parse().unwrap()
    }

    /// The elements of ALT; none if it is a point.
    pub fn alternates(&self) -> Vec<&str> {
        self.columns[4].split(',').filter(|alternate| *alternate != ".").collect()
    }

    /// The value of an INFO key; empty for a flag.
    pub fn info(&self, key: &str) -> Option<&str> {
        self.columns[7].split(';').find_map(|entry| match entry.split_once('=') {
            Some((name, value)) => (name == key).then_some(value),
            None => (entry == key).then_some(""),
        })
    }

    /// An INFO value with one element per ALT; points if the key is absent.
    pub fn elements(&self, key: &str) -> Vec<String> {
        let alternates = self.alternates().len();
        let Some(value) = self.info(key) else {
            return vec![".".into(); alternates];
        };
        let elements: Vec<_> = value.split(',').map(str::to_owned).collect();
        assert_eq!(elements.len(), alternates, "{key} of {}", self.place());
        elements
    }

    /// The tasks' values of each ALT; `None` for an ALT without score.
    pub fn scores(&self, key: &str) -> Vec<Option<Vec<f64>>> {
        let tasks = |element: &String| element.split('|').map(|task| task.parse().unwrap()).collect();
        self.elements(key).iter().map(|element| (element != ".").then(|| tasks(element))).collect()
    }

    /// The single value of each ALT; all must have one.
    pub fn values(&self, key: &str) -> Vec<f64> {
        let value = |tasks: Option<Vec<f64>>| match tasks.as_deref() {
            Some(&[value]) => value,
            other => panic!("{key} of {}: {other:?}", self.place()),
        };
        self.scores(key).into_iter().map(value).collect()
    }

    fn line_without(&self, prefix: &str) -> String {
        let kept: Vec<_> = self.columns[7].split(';').filter(|entry| !entry.starts_with(prefix)).collect();
        let mut columns = self.columns.clone();
        columns[7] = if kept.is_empty() { ".".into() } else { kept.join(";") };
        columns.join("\t")
    }
}

/// The records of a VCF, which must have some: a test of none of them would say nothing.
pub fn records(vcf: &str) -> Vec<Record> {
    let lines = vcf.lines().filter(|line| !line.starts_with('#'));
    let records: Vec<_> = lines.map(|line| Record { columns: line.split('\t').map(str::to_owned).collect() }).collect();
    assert!(!records.is_empty(), "no records: {vcf}");
    records
}

/// The VCF without what kipos adds to one that declares its contigs: INFO entries whose key begins with `prefix`, their
/// declarations, and the lines `##kipos…`.
pub fn stripped(vcf: &str, prefix: &str) -> String {
    let declaration = format!("##INFO=<ID={prefix}");
    let ours = |line: &&str| line.starts_with(&declaration) || line.starts_with("##kipos");
    let header = vcf.lines().filter(|line| line.starts_with('#')).filter(|line| !ours(line)).map(str::to_owned);
    let lines = header.chain(records(vcf).into_iter().map(|record| record.line_without(prefix)));
    lines.flat_map(|line| [line, "\n".into()]).collect()
}

/// A VCF or SVG without what it says of how it was made, as the runs of two models, or of two versions of one, never say
/// the same.
pub fn without_provenance(text: &str) -> String {
    let tells =
        |line: &&str| line.starts_with("##kipos_provenance=") || line.starts_with("<metadata id=\"kipos_provenance\">");
    text.split_inclusive('\n').filter(|line| !tells(line)).collect()
}

/// Fails unless a prediction, or a difference of two, is what it should be, up to single precision and the six digits
/// that are printed of it.
pub fn assert_close(found: f64, expected: f64, what: impl std::fmt::Display) {
    assert_within(0.0, found, expected, what);
}

/// The same with `slack` more.
pub fn assert_within(slack: f64, found: f64, expected: f64, what: impl std::fmt::Display) {
    assert_near((slack + 3e-7, 6e-6), found, expected, what);
}

/// Fails unless a score is what it should be, up to what its formula makes of single precision.
pub fn assert_score(score: &str, found: f64, expected: f64, what: impl std::fmt::Display) {
    let tolerance = match score {
        "ref" | "alt" | "diff" => (3e-7, 2e-6),
        "logit" | "logit_ref" | "logit_alt" | "log2fc" => (2e-6, 2e-5),
        "deepsea_effect" => (1e-8, 1e-4),
        _ => panic!("{what}: the score {score} has no tolerance"),
    };
    assert_near(tolerance, found, expected, what);
}

fn assert_near((absolute, relative): (f64, f64), found: f64, expected: f64, what: impl std::fmt::Display) {
    let close = (found - expected).abs() <= absolute + relative * expected.abs();
    let same = found == expected || found.is_nan() && expected.is_nan();
    assert!(close || same, "{what}: found {found}, expected {expected}");
}
