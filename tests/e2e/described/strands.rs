//! `merge.strands` is what `rc_on` says.

use kipos_tests::World;

use crate::annotated::without_provenance;
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::stub_model::StubModel;

const COMMAND: &str = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf --scores logit diff";

/// The scores of a model of which `scoring` are the scores, and `section` the section `kipos`.
fn scores(scoring: &str, section: &str, more: &[&str]) -> Result<String, String> {
    let contig = bases(200, 8);
    let world = World::new();
    StubModel { sigmoid: true, use_rc: true, scoring, ..StubModel::default() }.write(&world, "model");
    let yaml = world.read("model/model.yaml");
    world.write("model/model.yaml", format!("{yaml}\nkipos: {section}\n"));
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("in.vcf", vcf("", &[50, 60, 70].map(|pos| snv("chr1", &contig, pos, 2)).concat()));
    let outcome = world.run(COMMAND, more);
    if outcome.code == 0 { Ok(without_provenance(&world.read("out.vcf"))) } else { Err(outcome.stderr) }
}

#[test]
fn it_is_what_rc_on_says() {
    let plain = |section: &str, more: &[&str]| scores("{type: logit}", section, more).unwrap();
    let typed = |word: &str| {
        let [logit, diff] = ["logit", "diff"].map(|score| format!("{score}={{rc_on: {word}}}"));
        plain("{}", &["--score-kwargs", &logit, "--score-kwargs", &diff])
    };
    let on_prediction = typed("prediction");
    assert_ne!(on_prediction, plain("{}", &[]));
    assert_eq!(plain("{merge: {strands: prediction}}", &[]), on_prediction);
    assert_eq!(plain("{merge: {strands: score}}", &[]), plain("{}", &[]));
    // In the model's own scores, and in one that it does not name.
    let entry = "{type: logit, args: {rc_on: {default: prediction}}}";
    assert_eq!(scores(entry, "{merge: {strands: prediction}}", &[]).unwrap(), on_prediction);
    // What is typed wins.
    let kwargs = ["--score-kwargs", "logit={rc_on: score}", "--score-kwargs", "diff={rc_on: score}"];
    assert_eq!(plain("{merge: {strands: prediction}}", &kwargs), plain("{}", &[]));
}

#[test]
fn both_with_different_values_are_an_error() {
    let entry = "{type: logit, args: {rc_on: {default: score}}}";
    let message = scores(entry, "{merge: {strands: prediction}}", &[]).unwrap_err();
    assert!(
        message.contains("`kipos.merge.strands` must be `score`, as `rc_on` of the score `logit` says"),
        "{message}"
    );
}
