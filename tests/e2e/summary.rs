//! The closing summary of a run, read back from stderr.

use std::collections::BTreeMap;

use kipos_tests::Outcome;

/// What a run says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// Alleles with a score.
    pub scored: usize,
    /// All alleles.
    pub alleles: usize,
    /// Records read.
    pub records: usize,
    /// Alleles without score, by reason.
    pub skipped: BTreeMap<String, usize>,
}

impl Summary {
    /// Reads the summary of a run that must have succeeded.
    pub fn of(outcome: &Outcome) -> Self {
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let lines = || outcome.stderr.lines();
        let first = lines().find_map(|line| line.strip_prefix("scored ")).expect("a summary");
        let words: Vec<_> = first.split(' ').collect();
        let [scored, "of", alleles, "alleles" | "allele", "in", records, "records," | "record,", ..] = words[..] else {
            panic!("another summary: {first}");
        };
        let skipped = lines().filter_map(|line| line.strip_prefix("  skipped ")).map(|line| {
            let (count, reason) = line.split_once(": ").unwrap();
            (reason.to_owned(), count.parse().unwrap())
        });
        let number = |text: &str| text.parse().unwrap();
        Self { scored: number(scored), alleles: number(alleles), records: number(records), skipped: skipped.collect() }
    }
}
