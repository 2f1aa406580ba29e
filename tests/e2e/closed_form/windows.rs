//! Where windows lie and how they are laid out.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

const POSITIONS: [usize; 5] = [30, 31, 45, 100, 149];

/// A world with one contig and its variants.
fn world(contig: &[u8]) -> World {
    let world = World::new();
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world.write("in.vcf", vcf("", &POSITIONS.map(|pos| snv("chr1", contig, pos, 2)).concat()));
    world
}

fn compare(world: &World, key: &str, oracle: &Oracle<'_>, what: &str) {
    let records = records(&world.read("out.vcf"));
    assert_eq!(records.len(), POSITIONS.len());
    for record in records {
        for (alternate, found) in record.alternates().iter().zip(record.values(key)) {
            let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes());
            assert_close(found, expected, format_args!("{what} at {}", record.place()));
        }
    }
}

#[test]
fn every_layout_of_the_axes_gives_the_same_scores() {
    let contig = bases(200, 5);
    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    let pairs = [(0, None), (1, None), (1, Some(0)), (2, Some(0)), (0, Some(1)), (2, Some(1)), (0, Some(2))];
    for axes in pairs.into_iter().chain([(1, Some(2))]) {
        let world = world(&contig);
        StubModel { axes, use_rc: true, ..StubModel::default() }.write(&world, "model");
        let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &[]);
        assert_eq!(outcome.code, 0, "{axes:?}: {outcome:?}");
        compare(&world, "KV_model_DIFF", &oracle, &format!("{axes:?}"));
    }
}

#[test]
fn odd_windows_have_the_variant_in_the_middle_or_one_base_before() {
    let contig = bases(200, 6);
    let native = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";
    let kipoi = "postproc score_variants model -i in.vcf --dataloader_args fasta_file=genome.fa -o out.vcf";
    for (command, more, key, index) in [
        (native, &[][..], "KV_model_DIFF", 10),
        (native, &["--centering", "kipoi"], "KV_model_DIFF", 9),
        (kipoi, &[], "KV:dir:model:DIFF", 9),
        (kipoi, &["--centering", "middle"], "KV:dir:model:DIFF", 10),
    ] {
        let world = world(&contig);
        StubModel { length: 21, ..StubModel::default() }.write(&world, "model");
        let outcome = world.run(command, more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let oracle = Oracle { length: 21, index, ..Oracle::new(&contig) };
        compare(&world, key, &oracle, &format!("{command} {more:?}"));
    }
}

#[test]
fn a_model_of_any_length_gets_the_window_that_is_asked_for() {
    let contig = bases(200, 9);
    let world = world(&contig);
    let model = StubModel { length: 24, ..StubModel::default() };
    model.write(&world, "model");
    let open = world.read("model/model.yaml").replace("(24, 4)", "(None, 4)").replace("auto_resize_len: 24, ", "");
    world.write("model/model.yaml", open);
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";
    for length in [16, 24] {
        let outcome = world.run(command, &["--seq-length", &length.to_string()]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let oracle = Oracle { length, index: length / 2 - 1, ..Oracle::new(&contig) };
        compare(&world, "KV_model_DIFF", &oracle, &format!("{length} bases"));
    }
    let without = world.run(command, &[]);
    assert_eq!(without.code, 2);
    assert!(without.stderr.ends_with("; give --seq-length N\n"), "{without:?}");
    let twice = world.run(command, &["--seq-length", "16", "--dataloader-args", "auto_resize_len=16"]);
    assert_eq!(twice.code, 2, "{twice:?}");
}

#[test]
fn variants_that_share_windows_do_not_touch_each_other() {
    let contig = bases(120, 7);
    let world = World::new();
    StubModel { use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    // Every base of a stretch, and one position in three records.
    let neighbours: String = (50..70).map(|pos| snv("chr1", &contig, pos, 3)).collect();
    let twins = snv("chr1", &contig, 70, 1).repeat(3);
    world.write("in.vcf", vcf("", &(neighbours + &twins)));
    let more = ["--batch-size", "4"];
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    let records = records(&world.read("out.vcf"));
    assert_eq!(records.len(), 23);
    for record in records {
        for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_DIFF")) {
            let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes());
            assert_close(found, expected, record.place());
        }
    }
}
