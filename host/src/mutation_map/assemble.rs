//! From scores of alleles to maps.

use super::source::{BASES, PlannedWindow};
use crate::internal::OrInternal;
use crate::scored::ScoreMatrix;
use crate::sink::MapEntry;

/// How the cells of the sequence's own bases are filled, for one score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnBases {
    /// With 0.
    Zero,
    /// With the score of the sequence itself.
    Score,
}

/// The maps of a window, of the part of it whose bases are substituted; `own` has an element per score, and with `itself` the first allele is the sequence itself.
pub(super) fn assemble(window: PlannedWindow, scores: &[ScoreMatrix], own: &[OwnBases], itself: bool) -> MapEntry {
    let PlannedWindow { query, contig, mutated, letters, inputs, first } = window;
    let maps = scores.iter().zip(own).map(|(matrix, own)| {
        let row = |allele: usize| matrix.row(allele);
        let own = match own {
            OwnBases::Zero => None,
            OwnBases::Score => Some(row(first)),
        };
        one_score(&letters, matrix.width, first + usize::from(itself), own, row)
    });
    let scores = maps.collect();
    // Prepared samples do not say how long their contigs are.
    let contig_length = i64::try_from(contig.length).ok();
    let (window, mut variants) = (mutated, query.variants);
    variants.retain(|variant| {
        let start = i64::try_from(variant.pos).or_internal("the window holds its variants") - 1;
        window.contains(start)
    });
    MapEntry { contig: contig.name, contig_length, window, shown: query.window, letters, inputs, variants, scores }
}

/// The maps of all tasks of a score. `own` is what stands for the sequence's own bases, 0 if nothing.
fn one_score<'s>(
    letters: &[u8],
    tasks: usize,
    mut allele: usize,
    own: Option<Option<&'s [f32]>>,
    row: impl Fn(usize) -> Option<&'s [f32]>,
) -> Vec<f32> {
    let length = letters.len();
    let mut maps = vec![f32::NAN; tasks * BASES.len() * length];
    let mut set = |base: usize, index: usize, value: &dyn Fn(usize) -> f32| {
        for task in 0..tasks {
            maps[(task * BASES.len() + base) * length + index] = value(task);
        }
    };
    let of = |row: Option<&[f32]>, task: usize| {
        row.map_or(f32::NAN, |row| *row.get(task).or_internal("a row has a score per task"))
    };
    for (index, letter) in letters.iter().enumerate().filter(|(_, letter)| BASES.contains(letter)) {
        for (base, other) in BASES.iter().enumerate() {
            if other == letter {
                set(base, index, &|task| own.map_or(0.0, |own| of(own, task)));
            } else {
                let scored = row(allele);
                set(base, index, &|task| of(scored, task));
                allele += 1;
            }
        }
    }
    maps
}
