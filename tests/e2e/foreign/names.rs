//! Names of files that are no UTF-8: taken where only the system reads them, refused in a sentence where texts need them.
#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use insta::assert_snapshot;
use kipos_tests::Outcome;

use crate::case::Case;

/// A name of this world with a byte that is no letter, after this one.
fn odd(case: &Case, name: &str) -> PathBuf {
    case.world.path("").join(OsStr::from_bytes(&[name.as_bytes(), b"\xff"].concat()))
}

/// `kipos score-variants` of these files.
fn run(case: &Case, [model, vcf, genome, output]: [PathBuf; 4]) -> Outcome {
    let mut command = case.world.kipos();
    command.arg("score-variants").arg(model).arg("--vcf").arg(vcf).arg("--fasta").arg(genome).arg("-o").arg(output);
    command.output().unwrap().into()
}

#[test]
fn variants_and_outputs_may_have_any_name() {
    let case = Case::new();
    let (vcf, output) = (odd(&case, "in"), odd(&case, "out/directory").join("scored.vcf"));
    fs::rename(case.world.path("variants.vcf"), &vcf).unwrap();
    fs::create_dir(output.parent().unwrap()).unwrap();
    let outcome = run(&case, [case.world.path("model"), vcf, case.world.path("genome.fa"), output.clone()]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(fs::read_to_string(output).unwrap().contains("KV_model_DIFF="));
}

#[test]
fn models_and_genomes_are_refused_by_name() {
    let case = Case::new();
    let (model, genome) = (odd(&case, "model"), odd(&case, "genome.fa"));
    fs::rename(case.world.path("genome.fa"), &genome).unwrap();
    let paths = |model: &str, genome: &PathBuf| {
        [case.world.path(model), case.world.path("variants.vcf"), genome.clone(), case.world.path("out/scored.vcf")]
    };
    let outcome = run(&case, paths("model", &genome));
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert_snapshot!(case.redacted(outcome.stderr.trim_end()), @"");
    fs::rename(&genome, case.world.path("genome.fa")).unwrap();
    fs::rename(case.world.path("model"), &model).unwrap();
    let [_, vcf, genome, output] = paths("", &case.world.path("genome.fa"));
    let outcome = run(&case, [model, vcf, genome, output]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(case.redacted(outcome.stderr.trim_end()), @"");
    assert_eq!(case.outputs(), [""; 0]);
}
