//! `--summary`.

use std::fs;

use serde_json::{Value as Json, json};

use super::{json, mismatched, run};
use crate::case::{Case, snv, vcf};

const SCORE: &str = "score-variants model --vcf variants.vcf --fasta genome.fa -o out/scored.vcf";

/// Runs a command that must succeed, and reads its summary.
fn summary(case: &Case, args: &str) -> Json {
    let outcome = run(case, &format!("{args} --summary s.json"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let summary = json(case, "s.json");
    assert_eq!(
        (&summary["kipos_summary"], &summary["exit_status"], &summary["error"]),
        (&json!(1), &json!(0), &Json::Null)
    );
    summary
}

/// A case with three records, of which two are scored.
fn two_of_three() -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &(snv(50) + &mismatched(60) + &snv(70))));
    case
}

#[test]
fn a_run_of_scores_is_told_in_numbers() {
    let case = two_of_three();
    let found = summary(&case, SCORE);
    assert_eq!(found["command"], "score-variants");
    let typed: Vec<_> =
        found["command_line"].as_array().unwrap().iter().skip(1).map(|word| word.as_str().unwrap()).collect();
    assert_eq!(typed.join(" "), format!("{SCORE} --summary s.json"));
    let counts = json!({
        "records": 3, "alleles": 3, "scored": 2, "ref_overwritten": 0, "ref_over_ambiguous": 0,
        "left_aligned": 0, "shift_limited": 0, "replaced": 0,
    });
    assert_eq!(found["counts"], counts);
    assert_eq!(found["skipped"], json!({ "ref_mismatch": 1 }));
    assert_eq!(found["values"], json!([{ "name": "diff", "values": 2, "not_finite": 0, "failed": 0 }]));
    let (genome, alternate) = crate::case::bases(60);
    let example = json!({
        "contig": "chr1", "position": 60, "ref": alternate.to_string(), "genome": genome.to_string(),
    });
    assert_eq!(found["first_ref_mismatch"], example);
    assert_eq!(found["outputs"], json!(["out/scored.vcf"]));
    assert_eq!(found["provenance"]["variants"], json!({ "ref_mismatch": "skip" }));
    assert_eq!(found["warnings"], json!([]));
    assert_eq!(found["versions"]["kipos"], env!("CARGO_PKG_VERSION"));
    let plugins = found["versions"]["plugins"].as_array().unwrap();
    assert!(plugins.iter().any(|plugin| plugin["name"] == "scorers" && plugin["version"].is_string()), "{plugins:?}");
    let seconds = found["seconds"].as_object().unwrap();
    let names: Vec<_> = seconds.keys().map(String::as_str).collect();
    assert_eq!(names, ["commit", "load", "model", "open", "read", "run", "score", "total", "write"]);
    let part = |name: &str| seconds[name].as_f64().unwrap();
    let stages: f64 = ["open", "load", "run", "commit"].map(part).iter().sum();
    assert!(part("run") > 0.0 && stages <= part("total") + 1e-4, "{seconds:?}");
    let date = found["date"].as_str().unwrap();
    assert!(date.len() == 20 && date.starts_with("20") && date.ends_with('Z'), "{date}");
}

#[test]
fn warnings_have_codes() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &mismatched(60)));
    let found = summary(&case, &format!("{SCORE} -r chr1"));
    let codes: Vec<_> =
        found["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["no_index", "nothing_scored"]);
    let sentence = found["warnings"][1]["message"].as_str().unwrap();
    assert!(sentence.starts_with("the only allele was not scored: "), "{sentence}");
}

#[test]
fn every_command_that_runs_something_has_one() {
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: {tasks: 1, layers: true}");
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\nchr1\t0\t10\n");
    let samples = "model --fasta genome.fa --intervals in.bed";
    let counts = |args: &str| {
        let found = summary(&case, args);
        (found["command"].as_str().unwrap().to_owned(), found["counts"].clone())
    };
    let maps = counts("mutation-map model --fasta genome.fa -r chr1:101-120 -o out/maps.h5");
    assert_eq!(maps, ("mutation-map".into(), json!({ "windows": 2, "alleles": 60 })));
    let predicted = counts(&format!("predict {samples} -o out/p.tsv"));
    assert_eq!(predicted, ("predict".into(), json!({ "samples": 3, "predicted": 3 })));
    let gradient = counts(&format!("gradient {samples} -o out/g.h5"));
    assert_eq!(gradient, ("gradient".into(), json!({ "samples": 3, "predicted": 3 })));
    assert_eq!(counts(&format!("interpret grad {samples} --final_layer -o out/g.h5")).0, "interpret grad");
    let (command, track) = counts("track out/maps.h5 -o out/t.bedgraph");
    assert_eq!((command.as_str(), &track["stretches"], &track["lines"]), ("track", &json!(2), &json!(20)));
    assert_eq!(counts("plot gradient out/g.h5 -o out/g.svg"), ("plot gradient".into(), json!({})));
    let found = summary(
        &case,
        "postproc score_variants model --dataloader_args fasta_file=genome.fa -i variants.vcf -o out/k.vcf",
    );
    assert_eq!((&found["command"], &found["counts"]["scored"]), (&json!("postproc score_variants"), &json!(3)));
    let found = summary(&case, &format!("{SCORE} --write-sequences out/s.h5").replace(" -o out/scored.vcf", ""));
    assert_eq!((&found["outputs"], &found["counts"]["scored"]), (&json!(["out/s.h5"]), &json!(3)));
    let (command, steps) = counts(&format!("model test {samples}"));
    assert_eq!((command.as_str(), &steps["failed"]), ("model test", &json!(0)));
    assert_eq!(counts("model lint model").1, json!({}));
}

#[test]
fn predictions_count_their_values_by_array() {
    let case = Case::new();
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\n");
    let found = summary(&case, "predict model --fasta genome.fa --intervals in.bed -k -m -o out/p.h5");
    let values = found["values"].as_array().unwrap();
    // Inputs and metadata are kept, but are no results.
    assert_eq!(values.len(), 1, "{values:?}");
    assert_eq!((&values[0]["values"], &values[0]["not_finite"]), (&json!(2), &json!(0)), "{values:?}");
}

#[test]
fn a_run_that_fails_says_why() {
    let case = Case::new();
    fs::remove_file(case.world.path("variants.vcf")).unwrap();
    let sentence = case.refused(&["--summary", "s.json"]);
    let found = json(&case, "s.json");
    assert_eq!(found["exit_status"], 1);
    assert_eq!(found["error"], json!({ "class": "io", "message": sentence, "stage": "open" }));
    assert_eq!((&found["counts"], &found["outputs"]), (&json!({}), &json!([])));

    let sentence = case.misused(&["--summary", "s.json", "--plugin-dir", "absent"]);
    let found = json(&case, "s.json");
    assert_eq!(found["exit_status"], 2);
    assert_eq!(found["error"], json!({ "class": "usage", "message": sentence, "stage": Json::Null }));
}

#[test]
fn a_name_for_multiqc_gives_a_row_of_its_table() {
    let case = two_of_three();
    fs::create_dir(case.world.path("qc")).unwrap();
    let outcome = run(&case, &format!("{SCORE} --summary qc/NA12878_mqc.json"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let found = json(&case, "qc/NA12878_mqc.json");
    assert_eq!((&found["id"], &found["plot_type"]), (&json!("kipos_score_variants"), &json!("table")));
    assert_eq!(found["section_name"], "kipos score-variants");
    let row = &found["data"]["NA12878"];
    for (column, value) in [
        ("records", 3),
        ("scored", 2),
        ("skipped_ref_mismatch", 1),
        ("not_finite", 0),
        ("warnings", 0),
        ("exit_status", 0),
    ] {
        assert_eq!(row[column], json!(value), "{row:#}");
    }
    let columns: Vec<_> = row.as_object().unwrap().keys().collect();
    assert_eq!(found["headers"].as_object().unwrap().keys().collect::<Vec<_>>(), columns);
}

#[test]
fn a_summary_that_cannot_be_written_stops_the_run_before_it_begins() {
    let case = Case::new();
    let sentence = case.refused(&["--summary", "absent/s.json"]);
    assert_eq!(sentence, "cannot write absent/s.json: the directory absent does not exist; create it first");
    let outcome = run(&case, &format!("{SCORE} --summary genome.fa"));
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("the name of a summary ends with .json"), "{outcome:?}");
    assert!(case.world.read("genome.fa").starts_with(">chr1"));
}
