//! Windows and maps, without a model.

use std::path::Path;

use proptest::prelude::*;

use super::MapQuery;
use super::assemble::{OwnBases, assemble};
use super::source::{BASES, PlannedWindow};
use super::windows::{QueryWindow, QueryWindows};
use crate::genome::{Contig, Interval, NamedInterval, Strand};
use crate::region::{Centering, RegionPlan};
use crate::scored::ScoreMatrix;

fn interval(start: i64, end: i64) -> Interval {
    Interval::new(0, start, end, Strand::Forward).unwrap()
}

fn tiles(regions: &[(i64, i64)], length: usize) -> Vec<(i64, i64)> {
    listed(tiled(regions, length))
}

fn tiled(regions: &[(i64, i64)], length: usize) -> QueryWindows {
    let named = |&(start, end): &_| NamedInterval { interval: interval(start, end), name: "r".into() };
    QueryWindows::tiles(regions.iter().map(named).collect(), length, false)
}

fn listed(mut windows: QueryWindows) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    while let Some(QueryWindow { window, .. }) = windows.next(&mut Vec::new()).unwrap() {
        found.push((window.start(), window.end()));
    }
    found
}

#[test]
fn regions_are_tiled_from_their_start_on() {
    assert_eq!(tiles(&[(25_346, 25_357)], 101), [(25_346, 25_447)]);
    assert_eq!(tiles(&[(0, 250), (7, 7), (1_000, 1_100)], 100), [(0, 100), (100, 200), (200, 300), (1_000, 1_100)]);
    assert_eq!(tiles(&[], 100), []);
}

proptest! {
    #[test]
    fn tiles_cover_their_region_side_by_side(start in 0..50_i64, bases in 1..200_i64, length in 1..40_usize) {
        let found = tiles(&[(start, start + bases)], length);
        prop_assert_eq!(found.len() as i64, (bases + length as i64 - 1) / length as i64);
        for (index, window) in found.iter().enumerate() {
            let first = start + (index * length) as i64;
            prop_assert_eq!(*window, (first, first + length as i64));
        }
    }
}

proptest! {
    #[test]
    fn only_tiles_with_a_base_of_a_stretch_are_kept(
        regions in prop::collection::vec((0..60_i64, 0..50_i64), 0..4),
        length in 1..20_usize,
        start in 0..90_i64,
        bases in 1..30_i64,
    ) {
        let regions: Vec<_> = regions.into_iter().map(|(start, bases)| (start, start + bases)).collect();
        let stretch = interval(start, start + bases);
        let near = |window: &(i64, i64)| window.0 < stretch.end() && stretch.start() < window.1;
        let expected: Vec<_> = tiles(&regions, length).into_iter().filter(near).collect();
        let mut windows = tiled(&regions, length);
        windows.keep_near(&stretch);
        prop_assert_eq!(windows.known_count(), Some(expected.len() as u64));
        let known = windows.known().unwrap();
        let is_known = |position| known.iter().any(|known| known.contains(position));
        let is_shown = |position| expected.iter().any(|window| (window.0..window.1).contains(&position));
        prop_assert!((0..140).all(|position| is_known(position) == is_shown(position)));
        prop_assert_eq!(listed(windows), expected);
    }
}

#[test]
fn a_window_is_centred_on_the_middle_base() {
    let centred = |start, end, length, centering| {
        listed(QueryWindows::centered(&interval(start, end), &RegionPlan::Centered { length, centering }))
    };
    assert_eq!(centred(100, 101, 9, Centering::Middle), [(96, 105)]);
    // Of four bases, the second.
    assert_eq!(centred(100, 104, 9, Centering::Middle), [(97, 106)]);
    assert_eq!(centred(100, 104, 10, Centering::Half), [(96, 106)]);
    assert_eq!(centred(0, 3, 9, Centering::Middle), [(-3, 6)]);
}

/// A model that adds (4p + b + 1) / 100 for base b at position p.
fn sum(letters: &[u8]) -> f32 {
    let weight = |(position, letter): (usize, &u8)| {
        let base = BASES.iter().position(|base| base == letter);
        base.map_or(0.0, |base| (4 * position + base + 1) as f32 / 100.0)
    };
    letters.iter().enumerate().map(weight).sum()
}

/// The scores of all alleles of a sequence, as the source orders them: `diff`, and `alt` from the sequence itself on.
fn scored(letters: &[u8], failing: &[usize]) -> Vec<ScoreMatrix> {
    let mut alternates = vec![letters.to_vec()];
    for index in (0..letters.len()).filter(|&index| BASES.contains(&letters[index])) {
        for base in BASES.into_iter().filter(|base| *base != letters[index]) {
            let mut changed = letters.to_vec();
            changed[index] = base;
            alternates.push(changed);
        }
    }
    let diff = alternates.iter().map(|changed| sum(changed) - sum(letters)).collect();
    let alternate = alternates.iter().flat_map(|changed| [sum(changed), -sum(changed)]).collect();
    let matrix = |width, values| {
        let failures = failing.iter().map(|&row| (row, String::new())).collect();
        ScoreMatrix { width, values, failures }
    };
    vec![matrix(1, diff), matrix(2, alternate)]
}

fn maps(letters: &[u8], failing: &[usize]) -> Vec<Vec<f32>> {
    let mutated = interval(100, 100 + letters.len() as i64);
    let query = QueryWindow { window: interval(50, 150), sample: 0, variants: Vec::new() };
    let contig = Contig { name: "chr1".into(), length: 1_000 };
    let window =
        PlannedWindow { query, contig, mutated, letters: letters.to_vec(), inputs: vec!["seq".into()], first: 0 };
    let entry = assemble(window, &scored(letters, failing), &[OwnBases::Zero, OwnBases::Score], true);
    assert_eq!((entry.window, entry.shown), (mutated, interval(50, 150)));
    entry.scores
}

#[test]
fn a_map_has_a_row_per_base_and_a_column_per_position() {
    let found = maps(b"ACGTACGT", &[]);
    let expected: [f32; 32] = [
        0.0, -0.01, -0.02, -0.03, 0.0, -0.01, -0.02, -0.03, //
        0.01, 0.0, -0.01, -0.02, 0.01, 0.0, -0.01, -0.02, //
        0.02, 0.01, 0.0, -0.01, 0.02, 0.01, 0.0, -0.01, //
        0.03, 0.02, 0.01, 0.0, 0.03, 0.02, 0.01, 0.0,
    ];
    for (found, expected) in found[0].iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
    // The second score has two tasks, and a value where the sequence has the base already.
    let itself = sum(b"ACGTACGT");
    assert_eq!(found[1].len(), 64);
    assert_eq!((found[1][0], found[1][32], found[1][7 + 3 * 8]), (itself, -itself, itself));
    assert!((found[1][1] - (itself - 0.01)).abs() < 1e-6);
}

#[test]
fn unknown_bases_and_failed_alleles_are_nan() {
    let found = maps(b"NAN", &[2]);
    let nan: Vec<bool> = found[0].iter().map(|value| value.is_nan()).collect();
    // Allele 0 is the sequence itself, 1 to 3 are C, G and T in the middle.
    let middle = [false, false, true, false];
    assert_eq!(nan, middle.iter().flat_map(|middle| [true, *middle, true]).collect::<Vec<_>>());
    assert!(maps(b"NNN", &[])[1].iter().all(|value| value.is_nan()));
}

#[test]
fn the_name_of_a_file_says_what_it_holds() {
    let kind = |name: &str| match MapQuery::of_file(Path::new(name)) {
        Ok(MapQuery::Bed(_)) => "bed".to_owned(),
        Ok(MapQuery::Vcf(_)) => "vcf".to_owned(),
        Ok(MapQuery::Variants(_)) => "variants".to_owned(),
        Ok(MapQuery::Regions(_)) => "regions".to_owned(),
        Ok(MapQuery::Centered(_)) => "centred".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!([kind("a.bed"), kind("A.BED.gz")], ["bed", "bed"]);
    assert_eq!([kind("a.vcf"), kind("a.vcf.gz"), kind("a.bcf")], ["vcf", "vcf", "vcf"]);
    insta::assert_snapshot!(kind("a.txt"), @"unsupported regions file a.txt (expected .bed, .bed.gz, .vcf, .vcf.gz, .vcf.bgz or .bcf)");
}
