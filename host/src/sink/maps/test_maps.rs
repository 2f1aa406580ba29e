//! Maps for the tests of what writes them.

use super::MapEntry;
use crate::genome::{Interval, Strand};
use crate::scored::{ScoreLabel, ScoreOrigin};

/// `diff` of the task `t`, and `alt` of the tasks `t` and `x\ty`.
pub(super) fn labels() -> Vec<ScoreLabel> {
    let label = |label: &str, columns: &[&str]| ScoreLabel {
        label: label.into(),
        columns: columns.iter().map(ToString::to_string).collect(),
        background: vec![],
        origin: ScoreOrigin { plugin: "scorers".into(), version: "1.2".into(), scorer: label.into() },
    };
    vec![label("diff", &["t"]), label("alt", &["t", "x\ty"])]
}

/// A window that two inputs show. The values of `diff` count from 0, those of `alt` from 100; the last one is NaN.
pub(super) fn entry(start: i64, letters: &[u8], contig_length: i64) -> MapEntry {
    let cells = 4 * letters.len();
    let count = |from: usize, values: usize| (from..from + values).map(|value| value as f32).collect::<Vec<_>>();
    let (diff, mut alt) = (count(0, cells), count(100, 2 * cells));
    alt[2 * cells - 1] = f32::NAN;
    let window = Interval::new(0, start, start + letters.len() as i64, Strand::Forward).unwrap();
    MapEntry {
        contig: "chr1".into(),
        contig_length: Some(contig_length),
        window,
        shown: window,
        letters: letters.to_vec(),
        inputs: vec!["seq".into(), "text".into()],
        variants: Vec::new(),
        scores: vec![diff, alt],
    }
}
