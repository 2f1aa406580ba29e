//! `track`.

use kipos_tests::World;

use super::error;
use super::stored::{gradients, maps};

fn world() -> World {
    let world = World::new();
    gradients(&world, "g.h5");
    maps(&world, "m.h5");
    world
}

fn written(world: &World, args: &str) -> String {
    let outcome = world.run(&format!("{args} -o t.bedgraph"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("t.bedgraph")
}

#[test]
fn a_sample_has_a_line_per_base() {
    // The unknown base is 1/4 of all letters, each of which has the gradient 5/4.
    insta::assert_snapshot!(written(&world(), "track g.h5 --model-input seq --sample 0"), @r##"
    chr2	10	11	0.25
    chr2	11	12	0.5
    chr2	12	13	0.75
    chr2	13	14	1
    chr2	14	15	1.25
    "##);
}

#[test]
fn samples_are_sorted_and_reverse_strands_are_turned() {
    insta::assert_snapshot!(written(&world(), "track g.h5 --model-input seq"), @r##"
    chr1	20	21	2.5
    chr1	21	22	2
    chr1	22	23	1.5
    chr1	23	24	1
    chr1	24	25	0.5
    chr1	25	26	0.75
    chr1	26	27	1.5
    chr1	27	28	2.25
    chr1	28	29	3
    chr1	29	30	3.75
    chr2	10	11	0.25
    chr2	11	12	0.5
    chr2	12	13	0.75
    chr2	13	14	1
    chr2	14	15	1.25
    "##);
}

#[test]
fn equal_neighbours_are_merged_on_request() {
    let world = world();
    assert_eq!(written(&world, "track g.h5 --model-input signal --transform grad").lines().count(), 15);
    insta::assert_snapshot!(written(&world, "track g.h5 --model-input signal --transform grad --merge"), @r##"
    chr1	20	30	1
    chr2	10	15	1
    "##);
}

#[test]
fn kipois_spelling_writes_the_same() {
    let world = world();
    let ours = written(&world, "track g.h5 --model-input seq --sample 1");
    let args = "postproc gr_inp_to_file some/model --source dir --input_file g.h5 --model_input seq --sample 1";
    assert_eq!(written(&world, args), ours);
}

#[test]
fn a_map_is_the_mean_effect_of_each_base() {
    insta::assert_snapshot!(written(&world(), "track m.h5 --scoring-key diff"), @r##"
    chr1	100	101	0.02
    chr1	101	102	0.0066666664
    chr1	102	103	-0.0066666664
    chr1	103	104	-0.02
    chr1	104	105	0.02
    chr1	105	106	0.0066666664
    chr1	106	107	-0.0066666664
    chr1	107	108	-0.02
    chr1	108	109	0.02
    chr1	109	110	0.0066666664
    chr1	110	111	-0.0066666664
    chr1	111	112	-0.02
    chr1	112	113	0.02
    chr1	113	114	0.0066666664
    chr1	114	115	-0.0066666664
    chr1	115	116	-0.02
    "##);
}

#[test]
fn tracks_may_be_compressed() {
    let world = world();
    let outcome = world.run("track m.h5 --scoring-key diff --input-entry 1 -o t.bedgraph.gz", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(
        outcome.stderr.replace(world.path("").to_str().unwrap(), ""),
        "8 lines of 1 stretch\nwrote t.bedgraph.gz\n"
    );
    assert_eq!(std::fs::read(world.path("t.bedgraph.gz")).unwrap()[..2], [0x1f, 0x8b]);
}

#[test]
fn what_cannot_be_written_is_explained() {
    let world = world();
    let said = |args: &str| error(&world, &world.run(&format!("track {args}"), &[]));
    insta::assert_snapshot!(said("g.h5 --model-input seq -o t.wig"), @"error: cannot write t.wig: its name must end in .bedgraph, .bedgraph.gz, .bedgraph.bgz, .bdg, .bdg.gz, .bdg.bgz, .bed, .bed.gz or .bed.bgz");
    insta::assert_snapshot!(said("g.h5 --model-input seq --sample 5 -o t.bed"), @"error: g.h5 has no sample `5` (known: 0 to 2)");
    insta::assert_snapshot!(said("m.h5 --sample 0 -o t.bed"), @"error: --sample applies to gradients, but m.h5 holds mutation maps");
    insta::assert_snapshot!(said("g.h5 --scoring-key diff -o t.bed"), @"error: --scoring-key applies to mutation maps, but g.h5 holds gradients");
    insta::assert_snapshot!(said("m.h5 -o t.bed"), @"error: m.h5 has more than one score (diff, twice); choose one by --scoring-key");
    assert_eq!(world.run("track g.h5 --model-input seq -o t.wig", &[]).code, 2);
    assert!(!world.path("t.bed").exists());
}
