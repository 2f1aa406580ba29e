//! Models with several tasks: packed into one key, or one key each.

use std::collections::BTreeSet;

use kipos_tests::World;

use crate::annotated::{Record, assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// At this length the sigmoid is so flat for the later tasks that no task always has the largest effect.
const LENGTH: usize = 106;

/// The annotated VCF of a model with three tasks, one of them with an odd name.
fn scored(contig: &[u8], more: &[&str]) -> String {
    let world = World::new();
    StubModel { length: LENGTH, tasks: &["first", "'a,b'", "third"], sigmoid: true, ..StubModel::default() }
        .write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    let variants: String = (60..340).step_by(20).map(|pos| snv("chr1", contig, pos, 2)).collect();
    world.write("in.vcf", vcf("", &variants));
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("out.vcf")
}

/// The answers of each ALT of a record.
fn expected(contig: &[u8], record: &Record) -> Vec<[f64; 3]> {
    let oracle = Oracle { length: LENGTH, index: LENGTH / 2 - 1, sigmoid: true, ..Oracle::new(contig) };
    let answers = |alternate: &&str| {
        let alleles = (record.column(3).as_bytes(), alternate.as_bytes());
        [0, 1, 2].map(|task| oracle.score("diff", task, record.pos(), alleles.0, alleles.1))
    };
    record.alternates().iter().map(answers).collect()
}

#[test]
fn packed_values_come_with_the_largest_and_its_task() {
    let contig = bases(400, 8);
    let output = scored(&contig, &[]);
    assert!(output.contains("##INFO=<ID=KV_model_DIFF,Number=A,Type=String,Description=\"Score diff of model model ("));
    assert!(output.contains("). Format: first|a%2Cb|third\">\n"));
    assert!(output.contains("##INFO=<ID=KV_model_DIFF_MAXABS,Number=A,Type=Float,"));
    assert!(output.contains("##INFO=<ID=KV_model_DIFF_TOP,Number=A,Type=String,"));
    let mut tops = BTreeSet::new();
    for record in records(&output) {
        let packed = record.scores("KV_model_DIFF");
        let largest = record.values("KV_model_DIFF_MAXABS");
        let top = record.elements("KV_model_DIFF_TOP");
        for (index, answers) in expected(&contig, &record).into_iter().enumerate() {
            let found = packed[index].as_deref().expect("a score");
            for (found, expected) in found.iter().zip(answers) {
                assert_close(*found, expected, record.place());
            }
            let best = (0..3).max_by(|a, b| answers[*a].abs().total_cmp(&answers[*b].abs())).unwrap();
            assert_close(largest[index], answers[best], record.place());
            assert_eq!(top[index], ["first", "a%2Cb", "third"][best], "{}", record.place());
            tops.insert(best);
        }
    }
    assert!(tops.len() > 1, "one task always wins, so the test says little");
}

#[test]
fn a_key_for_every_task() {
    let contig = bases(400, 8);
    let output = scored(&contig, &["--info-layout", "per-task"]);
    assert!(!output.contains("MAXABS") && !output.contains("_TOP"));
    for record in records(&output) {
        let keys = ["KV_model_DIFF_first", "KV_model_DIFF_a_b", "KV_model_DIFF_third"];
        for (task, key) in keys.into_iter().enumerate() {
            assert!(output.contains(&format!("##INFO=<ID={key},Number=A,Type=Float,")));
            for (found, expected) in record.values(key).iter().zip(expected(&contig, &record)) {
                assert_close(*found, expected[task], format_args!("{key} of {}", record.place()));
            }
        }
    }
}

#[test]
fn tasks_are_chosen_by_pattern_or_by_a_file_of_names() {
    let contig = bases(400, 8);
    let world = World::new();
    StubModel { length: LENGTH, tasks: &["CTCF/K562", "DNASE/K562", "CTCF/HepG2"], ..StubModel::default() }
        .write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("in.vcf", vcf("", &snv("chr1", &contig, 100, 2)));
    world.write("names.txt", "# of both cells\nCTCF/HepG2\n\nCTCF/K562\n");
    world.write("wrong.txt", "CTCF*\n");
    world.write("none.txt", "# nothing\n");
    let command = "score-variants model --vcf in.vcf --fasta genome.fa";
    let scored = |more: &[&str]| {
        let outcome = world.run(command, &[&["-o", "out.tsv"][..], more].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        world.read("out.tsv")
    };
    let named = scored(&["--tasks", "CTCF/K562", "CTCF/HepG2"]);
    assert!(named.contains("diff/CTCF/HepG2") && !named.contains("DNASE"), "{named}");
    assert_eq!(scored(&["--tasks", "CTCF*"]), named);
    assert_eq!(scored(&["--tasks", "*/HepG2,0"]), named);
    assert_eq!(scored(&["--tasks-file", "names.txt"]), named);
    let refused = |file: &str| {
        let outcome = world.run(command, &["-o", "no.tsv", "--tasks-file", file]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        outcome.stderr
    };
    insta::assert_snapshot!(refused("wrong.txt"), @"error: unknown task `CTCF*` (known: CTCF/K562, DNASE/K562, CTCF/HepG2)");
    insta::assert_snapshot!(refused("none.txt"), @"error: --tasks-file none.txt: it names no task; write one in each line");
    insta::assert_snapshot!(refused("absent.txt"), @"error: --tasks-file absent.txt: No such file or directory (os error 2)");
}
