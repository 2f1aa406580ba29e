//! Variants for tests.

use crate::{
    genome::{Interval, Strand, VcfHeader, VcfReader, VcfRecord},
    scored::{Fate, ScoreLabel, ScoreMatrix, ScoredChunk, ScoredRecord},
};
use std::io::Cursor;

/// Header and records of a VCF's text.
pub(super) fn read(text: &str) -> (VcfHeader, Vec<VcfRecord>) {
    let mut reader = VcfReader::new(Cursor::new(text.as_bytes().to_vec()), "input.vcf").unwrap();
    let mut records = Vec::new();
    while let Some(record) = reader.read_record().unwrap() {
        records.push(record);
    }
    (reader.header().clone(), records)
}

/// Records of lines that may end after ALT.
pub(super) fn records(lines: &str) -> Vec<VcfRecord> {
    let mut text = String::from("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
    for line in lines.lines() {
        let missing = 7 - line.matches('\t').count();
        text += &format!("{line}{}\n", "\t.".repeat(missing));
    }
    read(&text).1
}

/// A label with its columns.
pub(super) fn label(label: &str, columns: &[&str]) -> ScoreLabel {
    ScoreLabel { label: label.into(), columns: columns.iter().map(ToString::to_string).collect() }
}

/// A matrix of rows of `width`.
pub(super) fn matrix(width: usize, values: &[f32]) -> ScoreMatrix {
    ScoreMatrix { width, values: values.to_vec() }
}

/// A chunk of all records with their fates; row `i` was scored on `[i - 3, i + 3)`, odd rows on the reverse strand.
pub(super) fn chunk(records: Vec<VcfRecord>, fates: Vec<Vec<Fate>>, scores: Vec<ScoreMatrix>) -> ScoredChunk {
    let scored = |(record, fates)| ScoredRecord { record, fates, reference_overwritten: false };
    let rows = scores.iter().map(|matrix| matrix.values.len() / matrix.width.max(1)).max().unwrap_or(0) as i64;
    let window = |row: i64| {
        let strand = if row % 2 == 1 { Strand::Reverse } else { Strand::Forward };
        Interval::new(0, row - 3, row + 3, strand).unwrap()
    };
    let windows = (0..rows).map(window).collect();
    ScoredChunk { records: records.into_iter().zip(fates).map(scored).collect(), scores, windows }
}
