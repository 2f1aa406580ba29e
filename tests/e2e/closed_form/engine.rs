//! Engines that take batches of one size only.

use kipos_tests::World;

use crate::annotated::{assert_close, records, without_provenance};
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

#[test]
fn a_fixed_batch_is_filled_up_and_changes_nothing() {
    let contig = bases(200, 9);
    let outputs = [None, Some(1), Some(5), Some(64)].map(|fixed| {
        let world = World::new();
        StubModel { fixed, use_rc: true, ..StubModel::default() }.write(&world, "model");
        world.write("genome.fa", fasta(&[("chr1", &contig)]));
        // Seven alleles: no multiple of the batch.
        let variants = [40, 41, 42, 90, 91, 92, 93].map(|pos| snv("chr1", &contig, pos, 1));
        world.write("in.vcf", vcf("", &variants.concat()));
        let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &[]);
        assert_eq!(outcome.code, 0, "{fixed:?}: {outcome:?}");
        without_provenance(&world.read("out.vcf"))
    });
    for output in &outputs[1..] {
        assert_eq!(output, &outputs[0]);
    }
    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    for record in records(&outputs[0]) {
        let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), record.column(4).as_bytes());
        assert_close(record.values("KV_model_DIFF")[0], expected, record.place());
    }
}

#[test]
fn a_backend_that_evaluates_edits_itself_gives_the_same_scores() {
    let contig = bases(200, 44);
    let stretch = &contig[99..103];
    let replaced: Vec<u8> = stretch.iter().map(|base| others(*base)[1]).collect();
    let variants = [
        snv("chr1", &contig, 40, 3),
        snv("chr1", &contig, 41, 1),
        record("chr1", 60, b"N", &[b"T"]),
        record("chr1", 100, stretch, &[&replaced]),
    ];
    let indel = record("chr1", 140, &contig[139..142], &[&contig[139..140]]);
    let pairs = [(0, None), (1, None), (1, Some(0)), (2, Some(0)), (0, Some(1)), (2, Some(1)), (0, Some(2))];
    for axes in pairs.into_iter().chain([(1, Some(2))]) {
        let world = World::new();
        StubModel { axes, use_rc: true, ..StubModel::default() }.write(&world, "model");
        world.write("genome.fa", fasta(&[("chr1", &contig)]));
        // The deletion needs a row of its own.
        for lines in [variants.concat(), variants.concat() + &indel] {
            world.write("in.vcf", vcf("", &lines));
            let run = || {
                let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf --ref-mismatch overwrite";
                let outcome = world.run(command, &["-s", "diff", "ref", "alt"]);
                assert_eq!(outcome.code, 0, "{axes:?}: {outcome:?}");
                without_provenance(&world.read("out.vcf"))
            };
            let yaml = world.read("model/model.yaml");
            let rows = run();
            for args in ["edits: true", "edits: true, fixed: 3", "edits: true, fixed: 1"] {
                world.write("model/model.yaml", yaml.replacen("args: {", &format!("args: {{{args}, "), 1));
                assert_eq!(run(), rows, "{axes:?} {args}");
            }
            world.write("model/model.yaml", yaml);
        }
    }
}

/// The model refuses calls of more rows than `--batch-size` allows, whoever evaluates the edits.
#[test]
fn a_call_with_edits_has_no_more_rows_than_the_batch_size() {
    let contig = bases(400, 45);
    let world = World::new();
    StubModel { use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let snvs: String = (0..7).map(|at| snv("chr1", &contig, 100 + 10 * at, at % 3 + 1)).collect();
    world.write("in.vcf", vcf("", &(snvs + &record("chr1", 240, &contig[239..242], &[&contig[239..240]]))));
    let yaml = world.read("model/model.yaml");
    let run = |args: &str, batch_size: &str| {
        world.write("model/model.yaml", yaml.replacen("args: {", &format!("args: {{{args}"), 1));
        let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf -s diff --batch-size";
        let outcome = world.run(command, &[batch_size]);
        assert_eq!(outcome.code, 0, "{args}: {outcome:?}");
        without_provenance(&world.read("out.vcf"))
    };
    let rows = run("", "32");
    assert_eq!(run("edits: true, most_rows: 2, ", "2"), rows);
    assert_eq!(run("edits: true, most_rows: 1, ", "1"), rows);
}
