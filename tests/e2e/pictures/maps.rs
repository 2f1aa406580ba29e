//! `plot mutation-map`.

use std::fs;

use kipos_tests::World;

use super::stored::maps;
use super::{error, layer, png_size, texts};

fn world() -> World {
    let world = World::new();
    maps(&world, "m.h5");
    world
}

/// The SVG that a command draws.
fn drawn(world: &World, more: &[&str]) -> String {
    let outcome = world.run("plot mutation-map m.h5 -o m.svg --input-entry 0 --scoring-key diff", more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("m.svg")
}

#[test]
fn a_map_is_drawn_with_its_variant() {
    let svg = drawn(&world(), &[]);
    insta::assert_snapshot!(texts(&svg).join("\n"), @r##"
    Mutation map: diff of t
    chr1:101-108, input seq, entry 0
    0
    0.005
    0.010
    mean |diff|
    rs7
    102
    104
    106
    108
    position on chr1, counted from 1
    −0.02
    −0.01
    0
    0.01
    0.02
    diff
    "##);
    insta::assert_snapshot!(layer(&svg, "logo").join("\n"), @r##"
    <use href="#A" transform="matrix(37.6 0 0 128 75.2 79)" fill="#1a9641"/>
    <use href="#C" transform="matrix(37.6 0 0 85.33333 115.2 121.67)" fill="#2a5fd0"/>
    <use href="#G" transform="matrix(37.6 0 0 85.33333 155.2 121.67)" fill="#f29d0c"/>
    <use href="#T" transform="matrix(37.6 0 0 128 195.2 79)" fill="#d72a2e"/>
    <use href="#A" transform="matrix(37.6 0 0 128 235.2 79)" fill="#1a9641"/>
    <use href="#C" transform="matrix(37.6 0 0 85.33333 275.2 121.67)" fill="#2a5fd0"/>
    <use href="#G" transform="matrix(37.6 0 0 85.33333 315.2 121.67)" fill="#f29d0c"/>
    <use href="#T" transform="matrix(37.6 0 0 128 355.2 79)" fill="#d72a2e"/>
    "##);
    insta::assert_snapshot!(layer(&svg, "heat-map").join("\n"), @r##"
    <rect x="74" y="231" width="40" height="22" fill="#ffffff"/>
    <rect x="114" y="231" width="40" height="22" fill="#9ebce8"/>
    <rect x="154" y="231" width="40" height="22" fill="#4f7bc1"/>
    <rect x="194" y="231" width="40" height="22" fill="#123a8c"/>
    <rect x="234" y="231" width="40" height="22" fill="#ffffff"/>
    <rect x="274" y="231" width="40" height="22" fill="#9ebce8"/>
    <rect x="314" y="231" width="40" height="22" fill="#4f7bc1"/>
    <rect x="354" y="231" width="40" height="22" fill="#123a8c"/>
    <rect x="74" y="253" width="40" height="22" fill="#f5b2a1"/>
    <rect x="114" y="253" width="40" height="22" fill="#ffffff"/>
    <rect x="154" y="253" width="40" height="22" fill="#9ebce8"/>
    <rect x="194" y="253" width="40" height="22" fill="#4f7bc1"/>
    <rect x="234" y="253" width="40" height="22" fill="#f5b2a1"/>
    <rect x="274" y="253" width="40" height="22" fill="#ffffff"/>
    <rect x="314" y="253" width="40" height="22" fill="#9ebce8"/>
    <rect x="354" y="253" width="40" height="22" fill="#4f7bc1"/>
    <rect x="74" y="275" width="40" height="22" fill="#d66258"/>
    <rect x="114" y="275" width="40" height="22" fill="#f5b2a1"/>
    <rect x="154" y="275" width="40" height="22" fill="#ffffff"/>
    <rect x="194" y="275" width="40" height="22" fill="#9ebce8"/>
    <rect x="234" y="275" width="40" height="22" fill="#d66258"/>
    <rect x="274" y="275" width="40" height="22" fill="#f5b2a1"/>
    <rect x="314" y="275" width="40" height="22" fill="#ffffff"/>
    <rect x="354" y="275" width="40" height="22" fill="#9ebce8"/>
    <rect x="74" y="297" width="40" height="22" fill="#a30f24"/>
    <rect x="114" y="297" width="40" height="22" fill="#d66258"/>
    <rect x="154" y="297" width="40" height="22" fill="#f5b2a1"/>
    <rect x="194" y="297" width="40" height="22" fill="#ffffff"/>
    <rect x="234" y="297" width="40" height="22" fill="#a30f24"/>
    <rect x="274" y="297" width="40" height="22" fill="#d66258"/>
    <rect x="314" y="297" width="40" height="22" fill="#f5b2a1"/>
    <rect x="354" y="297" width="40" height="22" fill="#ffffff"/>
    "##);
    insta::assert_snapshot!(layer(&svg, "variants")[0], @r##"<rect x="114" y="297" width="40" height="22" fill="none" stroke="#22262b" stroke-width="2"/>"##);
}

#[test]
fn the_same_map_is_the_same_bytes() {
    let world = world();
    let first = drawn(&world, &[]);
    assert_eq!(drawn(&world, &[]), first);
    let outcome = world.run(
        "postproc plot_mutation_map --input_file m.h5 --input_entry 0 --model_seq_input seq --scoring_key diff --model_output t --output kipoi.svg",
        &[],
    );
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.read("kipoi.svg"), first);
}

#[test]
fn a_png_has_the_density_that_was_asked_for() {
    let world = world();
    let outcome = world.run(
        "plot mutation-map m.h5 --input-entry 1 --scoring-key twice --width 600 -o m.png m.svg",
        &["--density", "3"],
    );
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (width, height) = png_size(&fs::read(world.path("m.png")).unwrap());
    assert_eq!(width, 1800);
    assert!(
        world
            .read("m.svg")
            .starts_with(&format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"{}\"", height / 3))
    );
}

#[test]
fn limits_and_the_reverse_complement_hold_for_everything() {
    let world = world();
    let svg = drawn(&world, &["--limit-region-genomic", "100", "103", "--rc-plot", "--colors", "color-blind"]);
    let letters: Vec<_> = layer(&svg, "sequence").iter().map(|line| &line[12..13]).collect();
    assert_eq!(letters, ["C", "G", "T"]);
    // T at the middle column has become A.
    insta::assert_snapshot!(layer(&svg, "variants")[0], @r##"<rect x="114" y="231" width="40" height="22" fill="none" stroke="#22262b" stroke-width="2"/>"##);
}

#[test]
fn more_variants_can_be_marked() {
    let world = world();
    world.write("v.vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t104\trs8\tTA\tT\t.\t.\t.\n2\t104\trs9\tT\tA\t.\t.\t.\n");
    let more = ["--annotation-vcf", "v.vcf", "--annotation-variant", "chr1:101:A:G"];
    let svg = drawn(&world, &more);
    let labels = |svg: &str| texts(&layer(svg, "variants").join("")).join(", ");
    assert_eq!(labels(&svg), "rs7, 101 A&gt;G, rs8");
    let svg = drawn(&world, &[&more[..], &["--ignore-stored-variants"]].concat());
    assert_eq!(labels(&svg), "101 A&gt;G, rs8");
}

#[test]
fn what_is_not_there_is_listed() {
    let world = world();
    let said = |args: &str| error(&world, &world.run(&format!("plot mutation-map m.h5 -o m.svg {args}"), &[]));
    insta::assert_snapshot!(said("--input-entry 7"), @"error: m.h5 has no entry `7` (known: 0 (chr1:101-108), 1 (chr1:109-116))");
    insta::assert_snapshot!(said("--scoring-key diff"), @"error: m.h5 has more than one entry (0 (chr1:101-108), 1 (chr1:109-116)); choose one by --input-entry");
    insta::assert_snapshot!(said("--input-entry 0"), @"error: m.h5 has more than one score (diff, twice); choose one by --scoring-key");
    insta::assert_snapshot!(said("--input-entry 0 --scoring-key logit"), @"error: m.h5 has no score `logit` (known: diff, twice)");
    insta::assert_snapshot!(said("--input-entry 0 --scoring-key diff --model-output u"), @"error: m.h5 has no model output `u` (known: t)");
    insta::assert_snapshot!(said("--input-entry 0 --scoring-key diff --model-seq-input dna"), @"error: m.h5 has no model input `dna` (known: seq)");
    insta::assert_snapshot!(said("--input-entry 0 --scoring-key diff --limit-region-genomic 0 5"), @"error: limit-region-genomic [0, 5) is not within [100, 108); choose two numbers within it, the smaller one first");
    insta::assert_snapshot!(said("--input-entry 0 --scoring-key diff --minimum-letter-height 2"), @"error: the minimum letter height is 2; choose a number from 0 to 1");
    assert!(!world.path("m.svg").exists());
}

#[test]
fn what_is_no_file_of_maps_is_explained() {
    let world = world();
    world.write("text.h5", "text");
    let said = |args: &str| error(&world, &world.run(&format!("plot mutation-map {args}"), &[]));
    insta::assert_snapshot!(said("none.h5 -o m.svg"), @"error: cannot read none.h5: No such file or directory (os error 2)");
    insta::assert_snapshot!(said("text.h5 -o m.svg"), @"error: cannot read text.h5: it is not an HDF5 file, or it is incomplete");
    insta::assert_snapshot!(said("m.h5 -o m.pdf"), @"error: cannot write m.pdf: its name must end in .svg or .png");
    insta::assert_snapshot!(said("m.h5 -o none/m.svg"), @"error: cannot write none/m.svg: the directory none does not exist; create it first");
    assert_eq!(world.run("plot mutation-map m.h5 -o m.pdf", &[]).code, 2);
}
