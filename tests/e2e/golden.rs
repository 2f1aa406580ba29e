//! The scores of the reference implementation.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use kipos_tests::{World, built, reference};

use crate::annotated::{Record, assert_score, records, stripped};

/// By variant and score: the values of the tasks `t0` to `t4`.
type Expected = HashMap<(String, String), [f64; 5]>;

const SCORES: [&str; 7] = ["ref", "alt", "diff", "logit", "logit_ref", "logit_alt", "deepsea_effect"];

/// A world with the model as `tiny`, the genome and one of the VCFs.
fn world(variants: &str) -> (World, PathBuf) {
    let golden = reference();
    let runtime = built("").join("../native/onnxruntime");
    assert!(runtime.is_dir(), "no ONNX Runtime in {}; run `cargo xtask test`", runtime.display());
    let world = World::new();
    for name in ["tiny/model.yaml", "tiny/model.onnx", "genome.fa", variants] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    (world, golden)
}

fn expected(golden: PathBuf, table: &str) -> Expected {
    let text = fs::read_to_string(golden.join("tiny").join(table)).unwrap();
    let mut expected = Expected::new();
    for row in text.lines().skip(1) {
        let [chrom, pos, reference, alternate, score, task, value] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("another table: {row}");
        };
        let variant = format!("{chrom}:{pos}:{reference}:{alternate}");
        let task: usize = task.strip_prefix('t').unwrap().parse().unwrap();
        expected.entry((variant, score.to_owned())).or_insert([f64::NAN; 5])[task] = value.parse().unwrap();
    }
    expected
}

/// Compares the first ALT of every record; all records must be there, and the table must hold no others.
fn compare(records: &[Record], expected: &Expected, key: impl Fn(&str) -> String) {
    let mut compared = 0;
    for record in records {
        let variant = format!("{}:{}:{}:{}", record.column(0), record.pos(), record.column(3), record.alternates()[0]);
        for score in SCORES {
            let found = record.scores(&key(score)).swap_remove(0).unwrap_or_else(|| panic!("{variant} has no {score}"));
            let wanted = &expected[&(variant.clone(), score.to_owned())];
            assert_eq!(found.len(), wanted.len());
            for (task, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                assert_score(score, *found, *wanted, format_args!("{score} t{task} of {variant}"));
            }
            compared += 1;
        }
    }
    assert_eq!(compared, expected.len());
}

fn kipoi_key(score: &str) -> String {
    format!("KV:dir:tiny:{}", score.to_uppercase())
}

fn native_key(score: &str) -> String {
    format!("KV_tiny_{}", score.to_uppercase())
}

/// Scores a VCF in Kipoi's spelling and compares it with a table of the reference.
fn kipoi_spelling(variants: &str, table: &str, more: &[&str]) {
    let (world, golden) = world(variants);
    let command = format!("postproc score_variants tiny --source dir --vcf_path {variants} --out_vcf_fpath out.vcf");
    let own = ["--dataloader_args", r#"{"fasta_file": "genome.fa"}"#, "--scoring"];
    let outcome = world.run(&command, &[&own[..], &SCORES, more].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let output = world.read("out.vcf");
    compare(&records(&output), &expected(golden, table), kipoi_key);
    assert_eq!(stripped(&output, "KV:"), world.read(variants));
}

/// The same numbers with kipos's own command, whose defaults are others.
fn native_spelling(variants: &str, table: &str, more: &[&str]) {
    let (world, golden) = world(variants);
    let rules = ["--ref-mismatch", "overwrite", "--centering", "kipoi", "--scores", "all"];
    let command = format!("score-variants tiny --vcf {variants} --fasta genome.fa -o out.vcf --digits 9");
    let outcome = world.run(&command, &[&rules, more].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let output = world.read("out.vcf");
    compare(&records(&output), &expected(golden, table), native_key);
    assert_eq!(stripped(&output, "KV_tiny_"), world.read(variants));
}

#[test]
fn snvs_in_kipoi_spelling() {
    kipoi_spelling("snv.vcf", "scores_rc_mean.tsv", &[]);
}

#[test]
fn padded_windows_in_kipoi_spelling() {
    kipoi_spelling("edges.vcf", "scores_edges_padded.tsv", &["--edge", "pad"]);
}

#[test]
fn snvs_in_native_spelling() {
    native_spelling("snv.vcf", "scores_rc_mean.tsv", &[]);
}

#[test]
fn padded_windows_in_native_spelling() {
    native_spelling("edges.vcf", "scores_edges_padded.tsv", &["--edge", "pad"]);
}
