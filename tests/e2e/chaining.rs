//! Several models in one file: each run changes the keys of its own model and nothing else.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World};

use crate::annotated::{records, stripped};
use crate::bgzip::unpack;
use crate::dna::{bases, fasta, others, snv};
use crate::stub_model::StubModel;

/// A world with the models `one` (three tasks) and `two` (a single one) and a VCF with samples, `calls.vcf`.
fn world() -> World {
    let world = World::new();
    let contig = bases(300, 41);
    StubModel { tasks: &["a", "b", "c"], use_rc: true, ..StubModel::default() }.write(&world, "one");
    StubModel { length: 12, scoring: "{type: logit}", sigmoid: true, ..StubModel::default() }.write(&world, "two");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("peaks.bed", "chr1\t40\t100\tfirst\nchr1\t60\t160\tsecond\n");
    let mut text = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=300>\n\
        ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
        ##INFO=<ID=KV_three_DIFF,Number=A,Type=Float,Description=\"Of a model that takes no part\">\n\
        ##ALT=<ID=DEL,Description=\"Deletion\">\n\
        ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1\tNA2\n"
        .to_owned();
    for (pos, alternates) in [(5, 1), (50, 1), (80, 3), (90, 2), (200, 1)] {
        let record = snv("chr1", &contig, pos, alternates);
        let info = if pos == 80 { ".\tPASS\tDP=7;KV_three_DIFF=1,.,-2" } else { ".\tPASS\t." };
        text += &record.replace("\t.\t.\t.\n", &format!("\t{info}\tGT\t0|1\t./.\n"));
    }
    // An allele that is skipped beside one that is scored.
    let (reference, other) = (char::from(contig[219]), char::from(others(contig[219])[0]));
    text += &format!("chr1\t220\tx;y\t{reference}\t<DEL>,{other}\t7\tPASS\tDP=3\tGT\t0/1\t1/2\n");
    world.write("calls.vcf", text);
    world
}

/// Runs a model over a file with more flags.
fn run(world: &World, model: &str, input: &str, output: &str, flags: &str) -> Outcome {
    let command = format!("score-variants {model} --vcf {input} --fasta genome.fa -o {output} {flags}");
    let outcome = world.run(&command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The text of a file that was written as `.vcf` or `.vcf.gz`.
fn text(world: &World, name: &str) -> String {
    if name.ends_with(".gz") { unpack(&fs::read(world.path(name)).unwrap()) } else { world.read(name) }
}

fn lines(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).collect()
}

/// The IDs that begin with `prefix` of the header's INFO lines, and those of the records, without repeats.
fn keys(vcf: &str, prefix: &str) -> (Vec<String>, Vec<String>) {
    let declared = vcf.lines().filter_map(|line| line.strip_prefix("##INFO=<ID=")?.split(',').next());
    let mut declared: Vec<_> = declared.filter(|id| id.starts_with(prefix)).map(str::to_owned).collect();
    declared.sort();
    let entries = lines(vcf).into_iter().flat_map(|line| line.split('\t').nth(7).unwrap().split(';'));
    let used = entries.map(|entry| entry.split('=').next().unwrap()).filter(|key| key.starts_with(prefix));
    let mut used: Vec<_> = used.map(str::to_owned).collect();
    used.sort();
    used.dedup();
    (declared, used)
}

#[test]
fn each_run_leaves_the_keys_of_other_models() {
    let world = world();
    let formats = [
        ["1.vcf", "2.vcf", "3.vcf"],
        ["1.vcf.gz", "2.bcf", "3.vcf"],
        ["1.bcf", "2.vcf", "3.vcf.gz"],
        ["1.bcf", "2.bcf", "3.vcf"],
    ];
    run(&world, "one", "calls.vcf", "one.vcf", "");
    run(&world, "two", "calls.vcf", "two.vcf", "");
    let calls = world.read("calls.vcf");
    for [first, second, third] in formats {
        run(&world, "one", "calls.vcf", first, "--digits 2");
        run(&world, "two", first, second, "");
        let outcome = run(&world, "one", second, third, "");
        let replaced = "KV_one_DIFF, KV_one_DIFF_MAXABS, KV_one_DIFF_TOP, KV_one_FAILED, KV_one_SKIP, \
                        KV_one_REF_MISMATCH";
        let warning = format!("warning: the input declares {replaced} already; its values are replaced\n");
        assert!(outcome.stderr.contains(&warning), "{outcome:?}");
        // Three keys for each of the five records with scores, one for each of the two with a skipped allele.
        assert!(outcome.stderr.contains("\n  replaced or removed 17 values of an earlier run"), "{outcome:?}");
        let chained = text(&world, third);
        assert_eq!(lines(&stripped(&chained, "KV_two_")), lines(&world.read("one.vcf")), "{third}");
        // What `one` wrote first went to the end.
        assert_eq!(lines(&stripped(&chained, "KV_one_")), lines(&world.read("two.vcf")), "{third}");
        let rest = stripped(&stripped(&chained, "KV_two_"), "KV_one_");
        assert_eq!(lines(&rest), lines(&calls));
        // BCF puts declarations of its own into the header.
        if first == "1.vcf" {
            assert_eq!(rest, calls);
            assert_eq!(stripped(&chained, "KV_one_"), stripped(&world.read(second), "KV_one_"));
        }
        let (told, provenance): (Vec<_>, Vec<_>) = chained
            .lines()
            .filter(|line| line.starts_with("##kipos_"))
            .partition(|line| line.starts_with("##kipos_provenance="));
        let of = |model: &str| format!("\"model\":{{\"name\":\"{model}\",");
        assert!(matches!(told[..], [a, b] if a.contains(&of("one")) && b.contains(&of("two"))), "{third}: {told:?}");
        let version = format!("##kipos_version={}", env!("CARGO_PKG_VERSION"));
        assert_eq!(provenance, [&version, "##kipos_model=one", "##kipos_model=two"], "{third}");
    }
}

#[test]
fn the_order_of_models_does_not_matter() {
    let world = world();
    for (first, second) in [("one", "two"), ("two", "one")] {
        run(&world, first, "calls.vcf", "between.bcf", "");
        run(&world, second, "between.bcf", &format!("{first}.vcf"), "");
    }
    let sorted = |name: &str| {
        let text = world.read(name);
        let infos = lines(&text).into_iter().map(|line| {
            let mut entries: Vec<_> = line.split('\t').nth(7).unwrap().split(';').map(str::to_owned).collect();
            entries.sort();
            entries
        });
        infos.collect::<Vec<_>>()
    };
    assert_eq!(sorted("one.vcf"), sorted("two.vcf"));
}

/// Flags of the earlier run, those of the later one, and the keys that are in its output.
const CHANGES: [(&str, &str, &str); 7] = [
    ("", "--info-layout per-task", "DIFF_a DIFF_b DIFF_c SKIP"),
    ("--info-layout per-task", "", "DIFF DIFF_MAXABS DIFF_TOP SKIP"),
    ("", "--tasks b", "DIFF SKIP"),
    ("--info-layout per-task --tasks b,c", "--tasks b", "DIFF SKIP"),
    ("--tasks b", "", "DIFF DIFF_MAXABS DIFF_TOP SKIP"),
    ("--restriction-bed peaks.bed", "", "DIFF DIFF_MAXABS DIFF_TOP SKIP"),
    // Another score of the same model would be that of another run.
    ("--scores ref --tasks c", "", "DIFF DIFF_MAXABS DIFF_TOP SKIP"),
];

#[test]
fn keys_of_another_layout_go() {
    let world = world();
    for (earlier, later, expected) in CHANGES {
        for between in ["between.vcf", "between.bcf"] {
            run(&world, "one", "calls.vcf", "first.vcf", earlier);
            run(&world, "two", "first.vcf", between, "");
            run(&world, "one", between, "last.vcf", later);
            let last = world.read("last.vcf");
            let (declared, used) = keys(&last, "KV_one_");
            let expected: Vec<_> = expected.split(' ').map(|key| format!("KV_one_{key}")).collect();
            assert_eq!(used, expected, "{earlier} then {later}");
            let silent = ["KV_one_FAILED".to_owned(), "KV_one_REF_MISMATCH".to_owned()];
            assert!(declared.iter().all(|key| used.contains(key) || silent.contains(key)), "{declared:?}");
            assert!(used.iter().all(|key| declared.contains(key)), "{declared:?}");
            // The other model's keys are what they were.
            run(&world, "two", "calls.vcf", "two.vcf", "");
            let others = stripped(&last, "KV_one_");
            assert_eq!(lines(&others), lines(&world.read("two.vcf")), "{earlier} then {later}");
        }
    }
}

#[test]
fn a_name_that_begins_like_another_is_another() {
    let world = world();
    for (model, longer) in [("one", "one_DIFF"), ("two", "two_LOGIT"), ("one", "one-b"), ("two", "twofold")] {
        run(&world, model, "calls.vcf", "first.bcf", &format!("--model-name {longer}"));
        run(&world, model, "first.bcf", "last.vcf", "--on-existing error");
        run(&world, model, "calls.vcf", "alone.vcf", "");
        run(&world, model, "calls.vcf", "longer.vcf", &format!("--model-name {longer}"));
        // The longer name's keys come first, and both are as without the other.
        let [last, alone, longer] = ["last.vcf", "alone.vcf", "longer.vcf"].map(|name| records(&world.read(name)));
        assert_eq!((alone.len(), longer.len()), (last.len(), last.len()));
        for ((last, alone), longer) in last.iter().zip(alone).zip(longer) {
            let added = alone.column(7).split(';').filter(|entry| entry.starts_with(&format!("KV_{model}_")));
            let expected: Vec<_> = longer.column(7).split(';').chain(added).collect();
            assert_eq!(last.column(7).split(';').collect::<Vec<_>>(), expected, "{}", last.place());
        }
    }
}

#[test]
fn what_must_stay_is_only_the_own() {
    let world = world();
    run(&world, "one", "calls.vcf", "one.vcf", "--info-layout per-task");
    run(&world, "one", "calls.vcf", "one.bcf", "");
    // Another model, and the same under another name, have nothing to replace.
    for input in ["one.vcf", "one.bcf"] {
        run(&world, "two", input, "both.vcf", "--on-existing error");
        run(&world, "one", input, "again.vcf", "--on-existing error --model-name again");
        let (_, used) = keys(&world.read("again.vcf"), "KV_again_");
        assert_eq!(used, ["KV_again_DIFF", "KV_again_DIFF_MAXABS", "KV_again_DIFF_TOP", "KV_again_SKIP"]);
    }
    let refused = |input: &str, flags: &str| {
        let command = format!("score-variants one --vcf {input} --fasta genome.fa -o no.vcf --on-existing error");
        let outcome = world.run(&command, &flags.split_whitespace().collect::<Vec<_>>());
        assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
        assert!(!world.path("no.vcf").exists());
        outcome.stderr
    };
    assert_snapshot!(refused("one.vcf", ""), @"error: cannot write no.vcf: the input's header declares KV_one_DIFF_a already; choose --on-existing replace or another --model-name");
    assert_snapshot!(refused("one.bcf", "--info-layout per-task"), @"error: cannot write no.vcf: the input's header declares KV_one_DIFF already; choose --on-existing replace or another --model-name");
    assert_snapshot!(refused("one.bcf", "--tasks b"), @"error: cannot write no.vcf: the input's header declares KV_one_DIFF already; choose --on-existing replace or another --model-name");
}

#[test]
fn either_style_takes_the_place_of_the_other() {
    let world = world();
    let kipoi = |input: &str, output: &str| {
        let command = format!("postproc score_variants one -i {input} -o {output} --dataloader_args");
        let outcome = world.run(&command, &["fasta_file=genome.fa", "--only_scored", "false"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    };
    kipoi("calls.vcf", "kipoi.vcf");
    for between in ["between.vcf", "between.bcf"] {
        run(&world, "one", "kipoi.vcf", between, "");
        kipoi(between, "twice.vcf");
        run(&world, "one", "calls.vcf", "one.vcf", "");
        run(&world, "one", "twice.vcf", "last.vcf", "");
        let (twice, last) = (world.read("twice.vcf"), world.read("last.vcf"));
        assert!(!twice.contains("KV_one_") && !last.contains("KV:dir:one:"), "{twice}{last}");
        assert_eq!(lines(&stripped(&twice, "KV_one_")), lines(&world.read("kipoi.vcf")));
        assert_eq!(lines(&stripped(&last, "KV:dir:one:")), lines(&world.read("one.vcf")));
        assert_eq!(records(&twice).len(), 6);
    }
}
