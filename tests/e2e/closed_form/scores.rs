//! Every score, on one strand and on both.

use kipos_tests::World;

use crate::annotated::{assert_score, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

const SCORES: [&str; 8] = ["ref", "alt", "diff", "logit", "logit_ref", "logit_alt", "deepsea_effect", "log2fc"];
const TASKS: [&str; 3] = ["a", "b", "c"];
const POSITIONS: [usize; 7] = [10, 11, 40, 77, 121, 150, 190];

/// Runs every score of a model with three tasks and compares all values; `kwargs` go to every score.
fn check(use_rc: bool, kwargs: &str, merging: Option<&str>, on_prediction: bool) {
    let contig = bases(200, 3);
    let world = World::new();
    StubModel { tasks: &TASKS, sigmoid: true, use_rc, scoring: "{type: logit}", ..StubModel::default() }
        .write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("in.vcf", vcf("", &POSITIONS.map(|pos| snv("chr1", &contig, pos, 3)).concat()));
    let mut command = world.kipos();
    command.args(["score-variants", "model", "--vcf", "in.vcf", "--fasta", "genome.fa", "-o", "out.vcf"]);
    command.args(["--digits", "9", "--scores"]).args(SCORES);
    for score in SCORES {
        command.arg("--score-kwargs").arg(format!("{score}={{{kwargs}}}"));
    }
    let outcome = kipos_tests::Outcome::from(command.output().unwrap());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let oracle = Oracle { sigmoid: true, merging, on_prediction, ..Oracle::new(&contig) };
    let mut compared = 0;
    for record in records(&world.read("out.vcf")) {
        for score in SCORES {
            let found = record.scores(&format!("KV_model_{}", score.to_uppercase()));
            for (alternate, found) in record.alternates().iter().zip(found) {
                let found = found.expect("a score");
                assert_eq!(found.len(), TASKS.len());
                for (task, found) in found.into_iter().enumerate() {
                    let (reference, alternate) = (record.column(3).as_bytes(), alternate.as_bytes());
                    let expected = oracle.score(score, task, record.pos(), reference, alternate);
                    assert_score(score, found, expected, format_args!("{score} of {}, {kwargs}", record.place()));
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, POSITIONS.len() * 3 * SCORES.len() * TASKS.len());
}

#[test]
fn the_forward_strand_alone() {
    check(false, "", None, false);
}

#[test]
fn the_mean_of_both_strands_unless_something_else_is_said() {
    check(true, "", Some("mean"), false);
}

#[test]
fn every_way_to_merge_the_strands_scores() {
    for merging in ["min", "max", "mean", "median", "absmax"] {
        check(true, &format!("rc_merging: {merging}"), Some(merging), false);
    }
}

#[test]
fn the_strands_predictions_merged_before_they_are_scored() {
    check(true, "rc_on: prediction", Some("mean"), true);
    check(true, "rc_merging: max, rc_on: prediction", Some("max"), true);
}
