//! Scores that fail for an allele that has others.

use hdf5::File;

use crate::annotated::records;
use crate::case::Case;
use crate::table::Table;

fn case() -> Case {
    let case = Case::new();
    case.world.install("bad_scorers");
    case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 2}");
    case.spoil("model/model.yaml", "\"(1,)\"", "\"(2,)\"");
    case
}

/// The elements of a key that a record may lack.
fn elements(vcf: &str, key: &str) -> Vec<String> {
    records(vcf).iter().map(|record| record.info(key).unwrap_or("absent").to_owned()).collect()
}

#[test]
fn an_error_takes_away_its_own_score_only() {
    let case = case();
    let alone = case.scored(&["--scores", "diff"]);
    let outcome = case.run(&["--scores", "failing", "diff", "unwritten"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let vcf = case.world.read("out/scored.vcf");
    assert_eq!(elements(&vcf, "KV_model_DIFF"), elements(&alone, "KV_model_DIFF"));
    let differences: Vec<f64> = elements(&vcf, "KV_model_DIFF")
        .iter()
        .map(|packed| packed.split('|').next().unwrap().parse().unwrap())
        .collect();
    let (failing, failed) = (elements(&vcf, "KV_model_FAILING"), elements(&vcf, "KV_model_FAILED"));
    for ((difference, failing), failed) in differences.iter().zip(&failing).zip(&failed) {
        let expected = if *difference > 0.0 { (".", "failing|unwritten") } else { (failing.as_str(), "absent") };
        assert_eq!((failing.as_str(), failed.as_str()), expected, "{difference}");
    }
    let count = failed.iter().filter(|failed| *failed != "absent").count();
    assert!(0 < count && count < 3, "{failed:?}: the test says little");
    assert_eq!(elements(&vcf, "KV_model_SKIP"), ["absent"; 3]);
    let header = vcf.lines().find(|line| line.contains("_FAILED,")).unwrap();
    insta::assert_snapshot!(header, @r#"##INFO=<ID=KV_model_FAILED,Number=A,Type=String,Description="Scores of model model that failed for the allele and have no value">"#);
    let said: Vec<&str> = outcome.stderr.lines().collect();
    assert!(said[0].starts_with("scored 3 of 3 alleles in 3 records, "), "{said:?}");
    assert!(said.contains(&"  score `failing` failed for 1 allele: the first task increases"), "{said:?}");
    assert!(
        said.iter()
            .any(|line| line.starts_with("  score `unwritten` failed for 1 allele: the first task increases by 0.")),
        "{said:?}"
    );
}

#[test]
fn what_a_scorer_does_not_write_is_nan() {
    let case = case();
    let outcome = case.run(&["--scores", "unwritten", "diff"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let vcf = case.world.read("out/scored.vcf");
    for (unwritten, difference) in elements(&vcf, "KV_model_UNWRITTEN").iter().zip(elements(&vcf, "KV_model_DIFF")) {
        let first = difference.split('|').next().unwrap();
        assert!(*unwritten == "." || *unwritten == format!("{first}|nan"), "{unwritten}, {difference}");
    }
    // Of the alleles that have the score, the second task has no value.
    let scored = elements(&vcf, "KV_model_UNWRITTEN").iter().filter(|score| *score != ".").count();
    let line = format!("\n  not finite: unwritten {scored} of {}\n", 2 * scored);
    assert!(outcome.stderr.contains(&line), "{}", outcome.stderr);
}

#[test]
fn an_allele_of_which_every_score_failed_is_skipped() {
    let case = case();
    let outcome = case.run(&["--scores", "failing", "unwritten"]);
    let vcf = case.world.read("out/scored.vcf");
    let skipped = elements(&vcf, "KV_model_SKIP");
    assert_eq!(skipped.iter().filter(|reason| *reason == "plugin_error").count(), 1, "{skipped:?}");
    assert_eq!(elements(&vcf, "KV_model_FAILED"), ["absent"; 3]);
    assert!(outcome.stderr.contains("\n  skipped 1: plugin_error\n"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("\n  score `failing` failed for 1 allele: the first task increases\n"));
}

#[test]
fn tables_have_no_value_where_a_score_failed() {
    let case = case();
    let command = "score-variants model --vcf variants.vcf --fasta genome.fa -o out/a.tsv -o out/a.h5 -o out/a.bcf";
    let outcome = case.world.run(command, &["--scores", "failing", "diff"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = Table::parse(&case.world.read("out/a.tsv"));
    let values = File::open(case.world.path("out/a.h5")).unwrap().dataset("scores/failing").unwrap();
    let stored = values.read_raw::<f32>().unwrap();
    let mut failed = 0;
    for (row, (failing, difference)) in table.column("failing/0").iter().zip(table.column("diff/0")).enumerate() {
        let has_failed = difference.parse::<f64>().unwrap() > 0.0;
        assert_eq!(*failing, if has_failed { "" } else { difference });
        assert_eq!(table.column("skip")[row], ".");
        assert!(stored[2 * row..][..2].iter().all(|value| value.is_nan() == has_failed), "{stored:?}");
        failed += usize::from(has_failed);
    }
    assert_eq!(failed, 1);
}

#[test]
fn kipois_vcf_has_a_dot_where_a_score_failed() {
    let case = case();
    let command = "postproc score_variants model -i variants.vcf --dataloader_args fasta_file=genome.fa -o out/k.vcf";
    let outcome = case.world.run(command, &["--scoring", "failing", "diff"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let vcf = case.world.read("out/k.vcf");
    let failing = elements(&vcf, "KV:dir:model:FAILING");
    assert_eq!(failing.iter().filter(|value| *value == ".").count(), 1, "{failing:?}");
    assert!(elements(&vcf, "KV:dir:model:DIFF").iter().all(|value| value.contains('|')));
}

#[test]
fn maps_have_nan_where_a_score_failed() {
    let case = case();
    let command = "mutation-map model --fasta genome.fa --regions chr1:50-59 -o out/map.h5 --scores";
    let outcome = case.world.run(command, &["failing", "diff"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = File::open(case.world.path("out/map.h5")).unwrap();
    let map =
        |score: &str| file.dataset(&format!("/_list_0/seq/{score}/0/mutation_map")).unwrap().read_raw::<f32>().unwrap();
    let mut failed = 0;
    for (failing, difference) in map("failing").into_iter().zip(map("diff")) {
        assert!(failing == difference || failing.is_nan() && difference > 0.0, "{failing} {difference}");
        failed += u32::from(failing.is_nan());
    }
    let line = format!("\n  score `failing` failed for {failed} alleles: the first task increases\n");
    assert!(failed > 1 && outcome.stderr.contains(&line), "{failed}: {}", outcome.stderr);
    assert!(!outcome.stderr.contains("not finite"), "{}", outcome.stderr);
}
