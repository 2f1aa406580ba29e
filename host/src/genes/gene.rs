//! A gene, or one of its transcripts.

use crate::genome::{Interval, Strand};
use std::ops::Range;

/// A gene as scores see it: one stretch of a contig, with exons. Where all transcripts are wanted, each of them is one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gene {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) gene_type: Option<String>,
    pub(super) transcript: Option<String>,
    pub(super) extent: Interval,
    pub(super) exons: Vec<Range<i64>>,
}

impl Gene {
    /// Its identifier, as the annotation has it: with its version, if there is one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its symbol; the identifier if the annotation has no symbol.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of gene it is, such as `protein_coding`; `None` if the annotation does not say.
    pub fn gene_type(&self) -> Option<&str> {
        self.gene_type.as_deref()
    }

    /// The transcript whose exons these are; `None` if they are those of all transcripts together, or of a table.
    pub fn transcript(&self) -> Option<&str> {
        self.transcript.as_deref()
    }

    /// From its first exon to its last, with its strand. A table says so itself.
    pub fn extent(&self) -> Interval {
        self.extent
    }

    /// The strand that it is read on.
    pub fn strand(&self) -> Strand {
        self.extent.strand()
    }

    /// Its exons in ascending order, 0-based and half-open, without overlaps.
    pub fn exons(&self) -> &[Range<i64>] {
        &self.exons
    }

    /// Whether this identifier means the gene or its transcript, with or without the version in either.
    pub fn is_called(&self, id: &str) -> bool {
        let own = [Some(self.id.as_str()), Some(self.name.as_str()), self.transcript.as_deref()];
        own.into_iter().flatten().any(|own| own == id || without_version(own) == id)
    }
}

/// An Ensembl identifier without its version: `ENSG00000182378.15_PAR_Y` is `ENSG00000182378_PAR_Y`, so a gene on Y stays
/// apart from its twin on X. Names that merely hold a dot, such as `RP11-34P13.7`, have no version.
pub(super) fn without_version(id: &str) -> String {
    let (body, par) = id.strip_suffix("_PAR_Y").map_or((id, ""), |body| (body, "_PAR_Y"));
    let version = body.split_once('.').filter(|(stable, version)| {
        let digits = stable.trim_start_matches(|c: char| c.is_ascii_uppercase());
        stable.starts_with("ENS") && is_number(digits) && is_number(version)
    });
    format!("{}{par}", version.map_or(body, |(stable, _)| stable))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Exons in ascending order; those that overlap or touch become one.
pub(super) fn united(mut exons: Vec<Range<i64>>) -> Vec<Range<i64>> {
    exons.sort_unstable_by_key(|exon| (exon.start, exon.end));
    let mut united: Vec<Range<i64>> = Vec::with_capacity(exons.len());
    for exon in exons {
        match united.last_mut() {
            Some(last) if exon.start <= last.end => last.end = last.end.max(exon.end),
            _ => united.push(exon),
        }
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_and_names_with_dots_stay() {
        let stripped = ["ENSG00000182378.15_PAR_Y", "ENSMUST00000000001.5", "ENSG00000182378", "RP11-34P13.7", "ENS.1"]
            .map(without_version);
        assert_eq!(
            stripped,
            ["ENSG00000182378_PAR_Y", "ENSMUST00000000001", "ENSG00000182378", "RP11-34P13.7", "ENS.1"]
        );
    }

    #[test]
    fn exons_are_sorted_and_joined() {
        assert_eq!(united(vec![20..30, 0..5, 4..9, 9..10, 40..41]), [0..10, 20..30, 40..41]);
        assert_eq!(united(vec![0..50, 3..7, 60..61]), [0..50, 60..61]);
    }
}
