//! Variants for tests.

use crate::{
    genome::{Interval, Outcome, Strand, VcfHeader, VcfReader, VcfRecord},
    region::RegionId,
    scored::{AlleleInWindow, LeftAligned, ScoreLabel, ScoreMatrix, ScoreOrigin, ScoredChunk, ScoredRecord},
};
use std::{collections::BTreeMap, io::Cursor};

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
    let origin = ScoreOrigin { plugin: "scorers".into(), version: "1.2".into(), scorer: label.into() };
    ScoreLabel {
        label: label.into(),
        columns: columns.iter().map(ToString::to_string).collect(),
        background: vec![],
        origin,
    }
}

/// A matrix of rows of `width`.
pub(super) fn matrix(width: usize, values: &[f32]) -> ScoreMatrix {
    ScoreMatrix { width, values: values.to_vec(), failures: BTreeMap::new() }
}

/// A chunk of all records with their outcomes; row `i` was scored on `[i - 3, i + 3)`, odd rows on the reverse strand.
pub(super) fn chunk(
    records: Vec<VcfRecord>,
    outcomes: Vec<Vec<Outcome<usize>>>,
    scores: Vec<ScoreMatrix>,
) -> ScoredChunk {
    let mut pairs = Vec::new();
    let mut scored = |(record, outcomes): (_, Vec<Outcome<usize>>)| {
        let alleles = outcomes.into_iter().map(|outcome| {
            pairs.push(pair(None, outcome));
            pairs.len() - 1..pairs.len()
        });
        ScoredRecord {
            record,
            alleles: alleles.collect(),
            reference_overwritten: false,
            reference_over_ambiguous: false,
            left_aligned: LeftAligned::default(),
        }
    };
    let records = records.into_iter().zip(outcomes).map(&mut scored).collect();
    ScoredChunk { records, pairs, scores }
}

/// A pair as [`chunk`] has it, in a region.
pub(super) fn pair(region: Option<(usize, &str)>, outcome: Outcome<usize>) -> AlleleInWindow {
    let region = region.map(|(index, name)| RegionId { name: name.into(), index });
    let Outcome::Done(row) = outcome else {
        return AlleleInWindow { region, window: None, changed: 0..0, outcome };
    };
    let strand = if row % 2 == 1 { Strand::Reverse } else { Strand::Forward };
    let window = Interval::new(0, row as i64 - 3, row as i64 + 3, strand).ok();
    AlleleInWindow { region, window, changed: 2..3, outcome }
}
