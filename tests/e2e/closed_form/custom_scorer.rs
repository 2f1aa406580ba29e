//! Scores that a model takes from a plugin of its own choice.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// A world whose model has the `custom` entry.
fn world(contig: &[u8], entry: &str) -> World {
    let world = World::new();
    StubModel { scoring: entry, ..StubModel::default() }.write(&world, "model");
    world.install("bad_scorers");
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world.write("in.vcf", vcf("", &[40, 55, 70].map(|pos| snv("chr1", contig, pos, 3)).concat()));
    world
}

#[test]
fn arguments_come_from_the_model_or_the_user() {
    let contig = bases(100, 13);
    let entry = "{type: custom, name: fold, defined_as: scorers::log2fc, \
                  args: {pseudocount: {type: float, default: '0.5'}}}";
    let world = world(&contig, entry);
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";
    for (more, pseudocount) in [(&[][..], 0.5), (&["--score-kwargs", "fold={pseudocount: 2}"], 2.0)] {
        let outcome = world.run(command, more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        for record in records(&world.read("out.vcf")) {
            for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_FOLD")) {
                let score = |label| {
                    let reference = record.column(3).as_bytes();
                    Oracle::new(&contig).score(label, 0, record.pos(), reference, alternate.as_bytes())
                };
                let expected = ((score("alt") + pseudocount) / (score("ref") + pseudocount)).log2();
                assert_close(found, expected, record.place());
            }
        }
    }
}

#[test]
fn a_row_without_score_is_skipped_and_the_others_stay() {
    let contig = bases(100, 13);
    // This scorer is `diff` that refuses increases.
    let world = world(&contig, "{type: custom, name: mine, defined_as: 'bad_scorers::failing'}");
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("the first task increases"), "{}", outcome.stderr);
    let (mut scored, mut failed) = (0, 0);
    for record in records(&world.read("out.vcf")) {
        let (scores, reasons) = (record.scores("KV_model_MINE"), record.elements("KV_model_SKIP"));
        for ((alternate, score), reason) in record.alternates().iter().zip(scores).zip(reasons) {
            let expected = Oracle::new(&contig).diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes());
            match score.as_deref() {
                Some(&[score]) => assert_close(score, expected, record.place()),
                other => assert!(other.is_none() && expected > 0.0, "{}: {other:?}", record.place()),
            }
            assert_eq!(reason, if expected > 0.0 { "plugin_error" } else { "." }, "{}", record.place());
            scored += usize::from(expected <= 0.0);
            failed += usize::from(expected > 0.0);
        }
    }
    assert!(scored > 0 && failed > 0, "{scored} scored, {failed} failed: the test says little");
}

#[test]
fn plugins_of_the_model_count_only_when_they_are_allowed() {
    let contig = bases(100, 13);
    let world = world(&contig, "{type: custom, name: mine, defined_as: 'bad_scorers::failing'}");
    let library = world.install("bad_scorers");
    std::fs::create_dir(world.path("model/plugins")).unwrap();
    std::fs::rename(&library, world.path("model/plugins").join(library.file_name().unwrap())).unwrap();
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";
    let refused = world.run(command, &[]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("bad_scorers"), "{refused:?}");
    let allowed = world.run(command, &["--allow-model-plugins"]);
    assert_eq!(allowed.code, 0, "{allowed:?}");
    std::fs::remove_dir_all(world.path("model/plugins")).unwrap();
    let absent = world.run(command, &["--allow-model-plugins"]);
    insta::assert_snapshot!(absent.stderr, @"error: --allow-model-plugins: the model has no directory model/plugins");
}
