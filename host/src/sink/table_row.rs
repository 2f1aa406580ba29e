//! The rows that every table of scores has.

use crate::{
    genome::{Interval, SkipReason, VcfRecord},
    region::RegionId,
    scored::{Fate, Pair, ScoredChunk},
};

/// One row of a table: a record, one of its ALT alleles, and a window in which that was or was not scored.
#[derive(Debug, Clone, Copy)]
pub struct TableRow<'c> {
    /// The record.
    pub record: &'c VcfRecord,
    /// The ALT allele; `.` if the record has none.
    pub alternate: &'c [u8],
    /// The region that the window comes from, if it comes from one.
    pub region: Option<&'c RegionId>,
    /// The window; only scored rows have one.
    pub window: Option<Interval>,
    /// Why there are no scores, if there are none.
    pub skip: Option<SkipReason>,
    /// The row of the chunk's matrices that holds the scores.
    pub scores: Option<usize>,
}

impl<'c> TableRow<'c> {
    fn new(record: &'c VcfRecord, alternate: &'c [u8], pair: &'c Pair) -> Self {
        let (scores, skip) = match pair.fate {
            Fate::Scored(row) => (Some(row), None),
            Fate::Skipped(reason) => (None, Some(reason)),
        };
        let window = pair.window.filter(|_| scores.is_some());
        Self { record, alternate, region: pair.region.as_ref(), window, skip, scores }
    }
}

/// One row per record, ALT allele and pair, in input order; with `only_scored`, none without scores. A record without ALT
/// makes one row too, as it counts as one that is skipped.
pub fn table_rows(chunk: &ScoredChunk, only_scored: bool) -> impl Iterator<Item = TableRow<'_>> {
    let rows = chunk.records.iter().flat_map(move |scored| {
        let record = &scored.record;
        let skip = Some(SkipReason::NoAlt);
        let bare = TableRow { record, alternate: b".", region: None, window: None, skip, scores: None };
        let alleles = record.alternates().zip(chunk.alleles(scored));
        let pairs = alleles
            .flat_map(move |(alternate, pairs)| pairs.iter().map(move |pair| TableRow::new(record, alternate, pair)));
        scored.alleles.is_empty().then_some(bare).into_iter().chain(pairs)
    });
    rows.filter(move |row| !only_scored || row.scores.is_some())
}
