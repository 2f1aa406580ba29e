//! Which files can be joined, told by their names.

use crate::name_list::any_of;
use crate::sink::OutputFormat;
use std::path::Path;

/// How a file is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinFormat {
    /// Blocks of bgzip.
    Bgzip(HeaderKind),
    /// Plain text.
    Text(HeaderKind),
    /// Row groups.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// What stands before the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderKind {
    /// Lines that begin with `#`.
    Comments,
    /// One line with the names of the columns.
    Names,
    /// The header of a BCF.
    Bcf,
    /// Nothing.
    None,
}

impl JoinFormat {
    /// How names of files end that can be joined, for messages.
    pub(crate) fn known_names() -> String {
        let texts = TEXTS.iter().flat_map(|(text, _)| [(*text).to_owned(), format!("{text}.gz")]);
        let mut names: Vec<String> = texts.chain([".bcf".to_owned()]).collect();
        #[cfg(feature = "parquet")]
        names.push(".parquet".to_owned());
        any_of(names)
    }

    /// Whether rows of such a file are records of variants, one for each of the input unless the run says otherwise.
    pub(crate) fn holds_records(self, path: &Path) -> bool {
        matches!(OutputFormat::of(path), Ok(OutputFormat::Vcf | OutputFormat::Bcf))
    }
}

/// BED is not among them: its lines are called by their numbers in each shard, and the stretches of a plan are BED files, too.
const TEXTS: [(&str, HeaderKind); 4] = [
    (".vcf", HeaderKind::Comments),
    (".tsv", HeaderKind::Names),
    (".bedgraph", HeaderKind::None),
    (".bdg", HeaderKind::None),
];

/// How the name of a file ends, and how such files are joined; `None` for files that cannot be.
pub(crate) fn join_suffix(path: &Path) -> Option<(String, JoinFormat)> {
    let name = path.file_name()?.to_str()?;
    let ends = |suffix: &str| {
        let split = name.len().checked_sub(suffix.len())?;
        let end = name.get(split..)?;
        (split > 0 && end.eq_ignore_ascii_case(suffix)).then(|| end.to_owned())
    };
    for (text, kind) in TEXTS {
        if let Some(end) = ends(text) {
            return Some((end, JoinFormat::Text(kind)));
        }
        for compressed in [".gz", ".bgz"] {
            if let Some(end) = ends(&format!("{text}{compressed}")) {
                return Some((end, JoinFormat::Bgzip(kind)));
            }
        }
    }
    if let Some(end) = ends(".bcf") {
        return Some((end, JoinFormat::Bgzip(HeaderKind::Bcf)));
    }
    #[cfg(feature = "parquet")]
    if let Some(end) = [".parquet", ".pq", ".pqt"].into_iter().find_map(ends) {
        return Some((end, JoinFormat::Parquet));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_tells_the_format() {
        let of = |name: &str| join_suffix(Path::new(name));
        let (bgzip, text) = (|kind| JoinFormat::Bgzip(kind), |kind| JoinFormat::Text(kind));
        assert_eq!(of("a/0001.VCF.gz"), Some((".VCF.gz".into(), bgzip(HeaderKind::Comments))));
        assert_eq!(of("x.preds.tsv"), Some((".tsv".into(), text(HeaderKind::Names))));
        assert_eq!(of("all.bcf"), Some((".bcf".into(), bgzip(HeaderKind::Bcf))));
        for name in ["a.npz", ".vcf", "a.svg", "a.gz", "0000.bed", "a.bed.gz"] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
