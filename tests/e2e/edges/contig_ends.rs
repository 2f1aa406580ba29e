//! Windows that leave their contig.

use kipos_tests::World;

use super::assert_both_alleles;
use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

const COMMAND: &str = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";

/// A contig of 60 bases without N, between two others, and variants of it.
fn world(contig: &[u8], positions: &[usize], use_rc: bool) -> World {
    let world = World::new();
    StubModel { use_rc, ..StubModel::default() }.write(&world, "model");
    let (before, after) = (bases(70, 20), bases(70, 21));
    world.write("genome.fa", fasta(&[("a", &before), ("b", contig), ("c", &after)]));
    let variants: String = positions.iter().map(|&pos| snv("b", contig, pos, 3)).collect();
    world.write("in.vcf", vcf("", &variants));
    world
}

#[test]
fn padded_windows_hold_n_beyond_either_end() {
    let contig = bases(60, 22);
    for (use_rc, merging) in [(false, None), (true, Some("mean"))] {
        let world = world(&contig, &[1, 2, 9, 51, 59, 60], use_rc);
        let outcome = world.run(COMMAND, &["--edge", "pad"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let records = records(&world.read("out.vcf"));
        assert_eq!(records.len(), 6);
        for record in records {
            for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_DIFF")) {
                let oracle = Oracle { merging, ..Oracle::new(&contig) };
                let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes());
                assert_close(found, expected, record.place());
            }
        }
    }
}

#[test]
fn a_padded_reference_is_predicted_with_its_n() {
    // `diff` may hide what a window holds elsewhere; `ref` cannot.
    let contig = bases(60, 22);
    let world = world(&contig, &[1, 60], true);
    let outcome = world.run(COMMAND, &["--edge", "pad", "--scores", "ref", "alt"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    for record in records(&world.read("out.vcf")) {
        assert_both_alleles(&record, &oracle);
    }
}

#[test]
fn only_windows_that_fit_are_scored_unless_told_otherwise() {
    let contig = bases(60, 22);
    // The variant is base 10 of 20: nine bases before it, ten behind.
    let world = world(&contig, &[1, 9, 10, 50, 51, 60], false);
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let fates: Vec<_> = records(&world.read("out.vcf"))
        .iter()
        .map(|record| (record.pos(), record.info("KV_model_SKIP").map(str::to_owned)))
        .collect();
    let outside = || Some("window_outside_contig,window_outside_contig,window_outside_contig".to_owned());
    let expected = [(1, outside()), (9, outside()), (10, None), (50, None), (51, outside()), (60, outside())];
    assert_eq!(fates, expected);
}

#[test]
fn a_window_outside_may_be_an_error() {
    let contig = bases(60, 22);
    for (pos, window) in [(9, "b:-1-19"), (51, "b:41-61")] {
        let world = world(&contig, &[30, pos], false);
        let outcome = world.run(COMMAND, &["--edge", "error"]);
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(outcome.stderr.contains(&format!("window {window} ")), "{}", outcome.stderr);
        assert!(!world.path("out.vcf").exists());
    }
    let world = world(&contig, &[10, 50], false);
    assert_eq!(world.run(COMMAND, &["--edge", "error"]).code, 0);
}
