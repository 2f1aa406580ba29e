//! Scores of an earlier run beside those, or the reasons, of a later one.

use std::fs;

use kipos_tests::{Outcome, World};

use super::with_tiny;
use crate::bgzip::unpack;
use crate::dna::{bases, fasta, snv};
use crate::stub_model::StubModel;

/// Runs a command, which must succeed.
fn run(world: &World, command: &str, more: &[&str]) -> Outcome {
    let outcome = world.run(command, more);
    assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
    outcome
}

/// The text of a file of this name, as kipos itself would read it.
fn text(world: &World, name: &str) -> String {
    if name.ends_with(".gz") { unpack(&fs::read(world.path(name)).unwrap()) } else { world.read(name) }
}

/// The warnings of a run.
fn warnings(outcome: &Outcome) -> String {
    let lines = outcome.stderr.lines().filter(|line| line.starts_with("warning: "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// What is said of a run with regions over the output of one without.
const OTHER_WINDOWS: &str = "warning: the earlier run of model tiny in the input differs from this one in the windows \
    (mode: centered, now restricted; regions)\n";

/// The INFO declarations and the records of a VCF.
fn content(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| line.starts_with("##INFO") || !line.starts_with('#')).collect()
}

#[test]
fn a_later_run_is_as_if_there_had_been_none_before() {
    let world = with_tiny("stale-scores");
    let earlier = "score-variants tiny --vcf in.vcf --fasta g.fa -s diff logit -o";
    let later = "--fasta g.fa -s diff --restriction-bed c2.bed -o";
    run(&world, &format!("score-variants tiny --vcf in.vcf {later} alone.vcf"), &[]);
    let alone = world.read("alone.vcf");
    assert!(alone.contains("\tKV_tiny_SKIP=outside_regions\n") && !alone.contains("LOGIT"), "{alone}");
    for (between, last) in [("s1.vcf", "s2.vcf"), ("s1.vcf.gz", "s2.vcf.gz"), ("s1.bcf", "s2.vcf"), ("s1.vcf", "-")] {
        run(&world, &format!("{earlier} {between}"), &[]);
        let outcome = run(&world, &format!("score-variants tiny --vcf {between} {later} {last}"), &[]);
        let found = if last == "-" { outcome.stdout.clone() } else { text(&world, last) };
        assert_eq!(content(&found), content(&alone), "{between}, {last}");
        if between != "s1.bcf" {
            assert_eq!(found, alone, "{between}, {last}");
        }
        let warning = "warning: the input declares KV_tiny_DIFF, KV_tiny_DIFF_MAXABS, KV_tiny_DIFF_TOP, KV_tiny_FAILED, \
            KV_tiny_SKIP, KV_tiny_REF_MISMATCH already; its values are replaced. It also has KV_tiny_LOGIT, \
            KV_tiny_LOGIT_MAXABS, KV_tiny_LOGIT_TOP from an earlier run of the model; this run does not write them, and removes them\n";
        assert_eq!(warnings(&outcome), format!("{warning}{OTHER_WINDOWS}"));
    }
    // From BCF to BCF, which declares only what it holds.
    run(&world, &format!("{earlier} s1.bcf"), &[]);
    run(&world, &format!("score-variants tiny --vcf s1.bcf {later} s2.bcf"), &[]);
    run(&world, "score-variants tiny --model-name other --vcf s2.bcf --fasta g.fa -o s3.vcf", &[]);
    let (first, last) = (world.read("s3.vcf"), "KV_tiny_SKIP=outside_regions;KV_other_");
    assert!(first.contains(last) && !first.contains("KV_tiny_LOGIT"), "{first}");
}

#[test]
fn an_earlier_run_can_be_forbidden_whatever_it_wrote() {
    let world = with_tiny("stale-scores");
    for between in ["s1.vcf", "s1.bcf"] {
        run(&world, &format!("score-variants tiny --vcf in.vcf --fasta g.fa -s logit -o {between}"), &[]);
        // The runs have no score in common.
        let later = format!("score-variants tiny --vcf {between} --fasta g.fa -s ref --on-existing error -o no.vcf");
        let outcome = world.run(&later, &[]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
        let refusal = "error: cannot write no.vcf: the input's header declares KV_tiny_LOGIT already; choose --on-existing \
            replace or another --model-name\n";
        assert_eq!(outcome.stderr, refusal);
        assert!(!world.path("no.vcf").exists());
    }
}

/// A model `one`, with other tasks in each of its two versions, and a VCF with keys that are not that model's.
fn two_versions() -> World {
    let world = World::new();
    let contig = bases(300, 41);
    StubModel { tasks: &["d", "e"], use_rc: true, ..StubModel::default() }.write(&world, "new/one");
    StubModel { tasks: &["a", "b", "c"], ..StubModel::default() }.describe(&world, "old/one");
    StubModel { tasks: &["a", "b"], ..StubModel::default() }.describe(&world, "one_2");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("peaks.bed", "chr1\t40\t100\tfirst\nchr1\t60\t160\tsecond\n");
    let info = |id: &str, kind: &str, description: &str| {
        format!("##INFO=<ID={id},Number=1,Type={kind},Description=\"{description}\">\n")
    };
    let header = [
        "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=300>\n".into(),
        info("KV_one_NOTE", "String", "A note of mine"),
        info("KV_one_DIFF_a", "Float", "Copied from a paper about one of the models"),
        info("KV_one_RANK", "Integer", "Rank by the score diff of model one"),
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".into(),
    ];
    let own = "KV_one_NOTE=x;KV_one_DIFF_a=0.25;KV_one_RANK=3";
    let record = |pos: usize| snv("chr1", &contig, pos, 1).replace("\t.\t.\t.\n", &format!("\t.\t.\t{own}\n"));
    world.write("calls.vcf", header.concat() + &[5, 50, 80, 200].map(record).concat());
    world
}

#[test]
fn a_model_that_was_trained_again_leaves_nothing_of_the_old() {
    let world = two_versions();
    let flags = "--fasta genome.fa -o";
    run(&world, &format!("score-variants new/one --vcf calls.vcf {flags} alone.vcf"), &[]);
    let alone = world.read("alone.vcf");
    // Keys of somebody else stay, whatever they begin with.
    assert_eq!(alone.matches("KV_one_NOTE=x;KV_one_DIFF_a=0.25;KV_one_RANK=3;KV_one_").count(), 4, "{alone}");
    for earlier in [
        "-s diff ref alt",
        "-s ref --info-layout per-task",
        "-s ref --tasks b",
        "--restriction-bed peaks.bed",
        "-s alt --ref-mismatch overwrite --multi-region maxabs --restriction-bed peaks.bed",
    ] {
        for between in ["between.vcf", "between.bcf"] {
            run(&world, &format!("score-variants old/one --vcf calls.vcf {flags} {between} {earlier}"), &[]);
            run(&world, &format!("score-variants new/one --vcf {between} {flags} last.vcf"), &[]);
            assert_eq!(content(&world.read("last.vcf")), content(&alone), "{earlier}, {between}");
        }
    }
}

#[test]
fn a_model_whose_name_goes_on_is_another() {
    let world = two_versions();
    let flags = "--fasta genome.fa -o";
    // `KV_one_2_DIFF` could be the score `2_DIFF` of `one`, and `KV_one_2_SKIP` its key for a task.
    run(&world, &format!("score-variants one_2 --vcf calls.vcf {flags} longer.vcf -s diff ref"), &[]);
    run(&world, &format!("score-variants old/one --vcf longer.vcf {flags} both.vcf -s diff ref"), &[]);
    run(&world, &format!("score-variants new/one --vcf both.vcf {flags} last.vcf"), &[]);
    run(&world, &format!("score-variants new/one --vcf longer.vcf {flags} expected.vcf"), &[]);
    let last = world.read("last.vcf");
    assert_eq!(content(&last), content(&world.read("expected.vcf")));
    assert!(last.contains(";KV_one_2_REF=") && !last.contains("KV_one_REF="), "{last}");
    // And the other way round.
    run(&world, &format!("score-variants one_2 --vcf last.vcf {flags} back.vcf -s diff"), &[]);
    let back = world.read("back.vcf");
    let of = |vcf: &str, start: &str| {
        let entries = vcf.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split([';', '\t']));
        entries.filter(|entry| entry.starts_with(start)).map(str::to_owned).collect::<Vec<_>>()
    };
    for key in ["KV_one_DIFF", "KV_one_NOTE", "KV_one_RANK", "KV_one_2_DIFF"] {
        assert_eq!(of(&back, key), of(&last, key), "{key}");
        assert!(!of(&back, key).is_empty(), "{key}");
    }
    assert_eq!(of(&back, "KV_one_2_REF"), [""; 0]);
}

#[test]
fn models_whose_names_are_spelled_alike_in_keys_are_not_mixed() {
    let world = two_versions();
    let command = |input: &str, output: &str, scores: &str| {
        format!("score-variants one_2 --vcf {input} --fasta genome.fa -o {output} -s {scores} --model-name")
    };
    run(&world, &command("calls.vcf", "first.vcf", "ref"), &["my model"]);
    let first = world.read("first.vcf");
    assert!(first.contains("Description=\"Score ref of model my%20model (ref of plugin scorers "), "{first}");
    // `my_model` has the same keys, in part.
    for (name, scores) in [("my_model", "ref"), ("my-model", "alt")] {
        let outcome = world.run(&command("first.vcf", "second.vcf", scores), &[name]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
        let key = if scores == "ref" { "KV_my_model_REF" } else { "KV_my_model_FAILED" };
        let refusal = format!(
            "error: cannot write second.vcf: {key} in the input belongs to model my model; choose another --model-name\n"
        );
        assert_eq!(outcome.stderr, refusal);
        assert!(!world.path("second.vcf").exists());
    }
    run(&world, &command("first.vcf", "second.vcf", "alt"), &["another"]);
    let outcome = run(&world, &command("second.vcf", "third.vcf", "diff"), &["my model"]);
    assert!(
        warnings(&outcome).contains("It also has KV_my_model_REF, KV_my_model_REF_MAXABS, KV_my_model_REF_TOP from")
    );
    let third = world.read("third.vcf");
    assert!(third.contains(";KV_another_ALT=") && !third.contains("KV_my_model_REF="), "{third}");
}

#[test]
fn a_run_in_the_other_style_leaves_no_old_scores() {
    let world = with_tiny("stale-scores");
    let flags = "--fasta g.fa -s diff --restriction-bed c2.bed -o";
    let kipoi = "--info-style kipoi --fasta g.fa -s diff -o";
    run(&world, &format!("score-variants tiny --vcf in.vcf {flags} alone.vcf"), &[]);
    let alone = world.read("alone.vcf");
    for between in ["k1.vcf", "k1.bcf"] {
        run(&world, &format!("score-variants tiny --vcf in.vcf {kipoi} {between}"), &[]);
        let outcome = run(&world, &format!("score-variants tiny --vcf {between} {flags} last.vcf"), &[]);
        let warning = "warning: the input has KV:dir:tiny:DIFF, KV:dir:tiny:rID from an earlier run of the model; this run \
            does not write them, and removes them\n";
        assert_eq!(warnings(&outcome), format!("{warning}{OTHER_WINDOWS}"));
        let last = world.read("last.vcf");
        assert!(!last.contains("KV:dir:") && last.contains("KV_tiny_SKIP=outside_regions"), "{last}");
        let refusal = "error: cannot write no.vcf: the input's header declares KV:dir:tiny:DIFF already; choose \
            --on-existing replace or another --model-name\n";
        let outcome =
            world.run(&format!("score-variants tiny --vcf {between} --on-existing error {flags} no.vcf"), &[]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (1, refusal));
        assert!(!world.path("no.vcf").exists());
    }
    // And the other way round.
    run(&world, &format!("score-variants tiny --vcf alone.vcf {kipoi} back.vcf"), &[]);
    let back = world.read("back.vcf");
    assert!(alone.contains("KV_tiny_DIFF=") && !back.contains("KV_tiny_"), "{back}");
    assert!(back.contains("KV:dir:tiny:DIFF="), "{back}");
    // Another model's stay.
    let named = "--model-name other --info-style kipoi --fasta g.fa -s diff -o";
    run(&world, &format!("score-variants tiny --vcf alone.vcf {named} other.vcf"), &[]);
    run(&world, &format!("score-variants tiny --vcf other.vcf {flags} kept.vcf"), &[]);
    let kept = world.read("kept.vcf");
    assert!(kept.contains("KV:dir:other:DIFF=") && kept.contains("KV_tiny_DIFF="), "{kept}");
}

#[test]
fn keys_in_kipoi_style_go_likewise() {
    let world = two_versions();
    let kipoi = |model: &str, input: &str, output: &str, scoring: &[&str]| {
        let command =
            format!("postproc score_variants {model} --source dir --vcf_path {input} --out_vcf_fpath {output}");
        let more = ["--dataloader_args", "fasta_file=genome.fa", "--only_scored", "false", "--scoring"];
        run(&world, &command, &[&more, scoring].concat())
    };
    kipoi("old/one", "calls.vcf", "alone.vcf", &["diff"]);
    let alone = world.read("alone.vcf");
    for between in ["between.vcf", "between.bcf"] {
        kipoi("old/one", "calls.vcf", between, &["ref", "alt"]);
        // Another model, and one of another source.
        kipoi("new/one", between, "both.vcf", &["ref"]);
        let outcome = kipoi("old/one", "both.vcf", "last.vcf", &["diff"]);
        let warning = "warning: the input declares KV:dir:old/one:rID already; its values are replaced. It also has \
            KV:dir:old/one:REF, KV:dir:old/one:ALT from an earlier run of the model; this run does not write them, and \
            removes them\n";
        assert_eq!(warnings(&outcome), warning);
        let last = world.read("last.vcf");
        let own = |line: &&str| !line.contains("KV:dir:new/one:");
        let declared = |vcf: &str| {
            content(vcf)
                .into_iter()
                .filter(|line| line.starts_with("##"))
                .filter(own)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(declared(&last), declared(&alone));
        // The window of the first lies beyond the contig.
        assert_eq!(last.matches(";KV:dir:new/one:REF=").count(), 3, "{last}");
        assert_eq!(last.matches(";KV:dir:old/one:DIFF=").count(), 3, "{last}");
        assert!(!last.contains("KV:dir:old/one:REF="), "{last}");
    }
}
