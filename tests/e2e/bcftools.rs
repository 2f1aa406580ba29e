//! What bcftools makes of the output.

use kipos_tests::World;

use crate::annotated::records;
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::htslib;
use crate::stub_model::StubModel;

const COMMAND: &str = "score-variants model --fasta genome.fa --vcf";

/// A world with records of one, two and three ALTs, one of them skipped, scored in `out.vcf`.
fn scored() -> World {
    let contig = bases(300, 8);
    let variant = |pos: usize, alternates: usize| {
        let others = others(contig[pos - 1]);
        let mut alternates: Vec<&[u8]> = others[..alternates].chunks(1).collect();
        if pos == 60 {
            alternates.push(b"<DEL>");
        }
        record("chr1", pos, &contig[pos - 1..pos], &alternates)
    };
    let world = World::new();
    StubModel { tasks: &["one", "two", "three"], use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let meta = "##contig=<ID=chr1,length=300>\n##ALT=<ID=DEL,Description=\"Deletion\">\n";
    let lines = [variant(40, 1), variant(60, 2), variant(80, 3), variant(295, 1)].concat();
    world.write("in.vcf", vcf(meta, &lines));
    run(&world, "in.vcf", "out.vcf");
    world
}

fn run(world: &World, input: &str, output: &str) {
    let outcome = world.run(COMMAND, &[input, "-o", output, "-s", "diff", "ref"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn the_output_is_read_without_complaint() {
    let world = scored();
    let Some(viewed) = htslib::run(&world, "bcftools", &["view", "--no-version", "out.vcf"]) else { return };
    let written = world.read("out.vcf");
    assert_eq!(records(&viewed).len(), records(&written).len());
    for (viewed, written) in records(&viewed).iter().zip(records(&written)) {
        assert_eq!(viewed.elements("KV_model_DIFF"), written.elements("KV_model_DIFF"), "{}", written.place());
        assert_eq!(viewed.info("KV_model_SKIP"), written.info("KV_model_SKIP"), "{}", written.place());
    }
}

#[test]
fn splitting_before_or_after_scoring_is_the_same() {
    let world = scored();
    let norm = |file: &str| htslib::run(&world, "bcftools", &["norm", "--no-version", "-m-", file]);
    let (Some(after), Some(input)) = (norm("out.vcf"), norm("in.vcf")) else { return };
    world.write("split.vcf", input);
    run(&world, "split.vcf", "before.vcf");
    let (before, after) = (records(&world.read("before.vcf")), records(&after));
    assert_eq!((before.len(), after.len()), (8, 8));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.pos(), before.alternates()), (after.pos(), after.alternates()));
        for key in ["KV_model_DIFF", "KV_model_REF", "KV_model_DIFF_TOP"] {
            // What a skipped allele has not, it has as a dot when it was split off.
            let value = |found: Option<&str>| found.unwrap_or(".").to_owned();
            assert_eq!(value(before.info(key)), value(after.info(key)), "{key} at {}", before.place());
        }
    }
}

#[test]
fn scores_can_be_filtered_on_and_queried() {
    let world = scored();
    let filter = ["filter", "--no-version", "-i", "KV_model_DIFF_MAXABS>0", "out.vcf"];
    let Some(kept) = htslib::run(&world, "bcftools", &filter) else { return };
    let increases = |info: &str| info.split(',').any(|value| value.parse::<f64>().is_ok_and(|value| value > 0.0));
    let all = records(&world.read("out.vcf"));
    let expected = all.iter().filter(|record| record.info("KV_model_DIFF_MAXABS").is_some_and(increases)).count();
    assert_eq!(records(&kept).len(), expected);
    assert!(0 < expected && expected < all.len(), "the filter decides something");
    let query = ["query", "-f", "%POS %KV_model_SKIP\n", "out.vcf"];
    let lines = htslib::run(&world, "bcftools", &query).unwrap();
    assert_eq!(lines, "40 .\n60 .,.,symbolic\n80 .\n295 window_outside_contig\n");
}
