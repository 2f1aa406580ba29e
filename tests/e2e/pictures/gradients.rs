//! `plot gradient`.

use std::fs;

use hdf5::types::VarLenUnicode;
use kipos_tests::World;

use super::stored::gradients;
use super::{error, layer, png_size, texts};

fn world() -> World {
    let world = World::new();
    gradients(&world, "g.h5");
    world
}

fn drawn(world: &World, more: &str) -> String {
    let outcome = world.run(&format!("plot gradient g.h5 -o g.svg {more}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("g.svg")
}

#[test]
fn dna_is_a_logo() {
    let svg = drawn(&world(), "--model-input seq");
    insta::assert_snapshot!(texts(&svg).join("\n"), @r##"
    Gradient × input
    chr2:11-15, input seq, sample 0
    0
    0.2
    0.4
    0.6
    0.8
    1.0
    1.2
    gradient × input
    11
    12
    13
    14
    15
    position on chr2, counted from 1
    "##);
    insta::assert_snapshot!(layer(&svg, "logo").join("\n"), @r##"
    <use href="#A" transform="matrix(37.6 0 0 38 75.2 212)" fill="#1a9641"/>
    <use href="#C" transform="matrix(37.6 0 0 76 115.2 174)" fill="#2a5fd0"/>
    <use href="#G" transform="matrix(37.6 0 0 114 155.2 136)" fill="#f29d0c"/>
    <use href="#T" transform="matrix(37.6 0 0 152 195.2 98)" fill="#d72a2e"/>
    <use href="#A" transform="matrix(37.6 0 0 47.5 235.2 202.5)" fill="#1a9641"/>
    <use href="#C" transform="matrix(37.6 0 0 47.5 235.2 155)" fill="#2a5fd0"/>
    <use href="#G" transform="matrix(37.6 0 0 47.5 235.2 107.5)" fill="#f29d0c"/>
    <use href="#T" transform="matrix(37.6 0 0 47.5 235.2 60)" fill="#d72a2e"/>
    "##);
}

#[test]
fn all_four_letters_have_a_gradient() {
    let world = world();
    let letters = |more: &str| layer(&drawn(&world, more), "logo").len();
    // Four known bases, and four letters of the unknown one.
    assert_eq!(letters("--model-input seq"), 8);
    assert_eq!(letters("--model-input seq --transform grad"), 20);
    assert_eq!(letters("--model-input seq --transform abs --limit-region 0 3"), 12);
}

#[test]
fn anything_else_is_a_heat_map() {
    let world = world();
    let svg = drawn(&world, "--model-input signal --sample 2");
    assert!(layer(&svg, "logo").is_empty());
    insta::assert_snapshot!(layer(&svg, "heat-map").join("\n"), @r##"
    <rect x="74" y="72" width="40" height="26" fill="#d35c54"/>
    <rect x="114" y="72" width="40" height="26" fill="#c84b4a"/>
    <rect x="154" y="72" width="40" height="26" fill="#be3a3f"/>
    <rect x="194" y="72" width="40" height="26" fill="#b32934"/>
    <rect x="234" y="72" width="40" height="26" fill="#a81829"/>
    <rect x="74" y="98" width="40" height="26" fill="#cd534f"/>
    <rect x="114" y="98" width="40" height="26" fill="#c34244"/>
    <rect x="154" y="98" width="40" height="26" fill="#b8313a"/>
    <rect x="194" y="98" width="40" height="26" fill="#ae202f"/>
    <rect x="234" y="98" width="40" height="26" fill="#a30f24"/>
    "##);
    // As a heat map, DNA has a row per base.
    let svg = drawn(&world, "--model-input seq --draw-as heat-map --seq-dim 0 --transform grad");
    assert_eq!(texts(&layer(&svg, "rows").join("")), ["0", "1", "2", "3", "channel"]);
}

#[test]
fn a_file_that_says_what_it_holds_is_believed() {
    let world = world();
    let said = |special_type: &str, name: &str| {
        let file = hdf5::File::open_rw(world.path("g.h5")).unwrap();
        let dataset = file.dataset(&format!("grads/{name}")).unwrap();
        let attribute = dataset.new_attr::<VarLenUnicode>().create("special_type").unwrap();
        attribute.write_scalar(&special_type.parse::<VarLenUnicode>().unwrap()).unwrap();
    };
    said("bigwig", "seq");
    let svg = drawn(&world, "--model-input seq");
    assert!(layer(&svg, "logo").is_empty() && !layer(&svg, "heat-map").is_empty());
    // Two channels are no letters, whatever is said of them.
    said("DNASeq", "signal");
    assert!(layer(&drawn(&world, "--model-input signal"), "logo").is_empty());
}

#[test]
fn a_file_without_samples_is_explained() {
    let world = World::new();
    let file = hdf5::File::create(world.path("g.h5")).unwrap();
    for group in ["inputs", "grads"] {
        let group = file.create_group(group).unwrap();
        group.new_dataset::<f32>().shape([0, 5, 4]).create("seq").unwrap();
    }
    drop(file);
    let outcome = world.run("plot gradient g.h5 -o g.svg", &[]);
    insta::assert_snapshot!(error(&world, &outcome), @"error: g.h5 has no samples to draw");
}

#[test]
fn limits_follow_the_strand() {
    let world = world();
    // The first letter is the last base of the stretch.
    let letters = |more: &str| {
        let svg = drawn(&world, &format!("--model-input seq --sample 1 {more}"));
        layer(&svg, "logo").iter().map(|line| line[12..13].to_owned()).collect::<String>()
    };
    assert_eq!(letters("--limit-region-genomic 21 25"), "ACGT");
    assert_eq!(letters("--limit-region-genomic 23 25"), "AC");
    assert_eq!(letters("--limit-region-genomic 23 25 --rc-plot"), "GT");
}

#[test]
fn a_png_is_drawn() {
    let world = world();
    let outcome = world.run("plot gradient g.h5 --model-input seq --width 500 -o g.png", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(png_size(&fs::read(world.path("g.png")).unwrap()).0, 1000);
}

#[test]
fn what_is_not_there_is_listed() {
    let world = world();
    let said = |args: &str| error(&world, &world.run(&format!("plot gradient g.h5 -o g.svg {args}"), &[]));
    insta::assert_snapshot!(said(""), @"error: g.h5 has more than one model input (seq, signal); choose one by --model-input");
    insta::assert_snapshot!(said("--model-input dna"), @"error: g.h5 has no model input `dna` (known: seq, signal)");
    insta::assert_snapshot!(said("--model-input seq --sample 3"), @"error: g.h5 has no sample `3` (known: 0 to 2)");
    insta::assert_snapshot!(said("--model-input seq --limit-region 2 9"), @"error: limit-region [2, 9) is not within [0, 5); choose two numbers within it, the smaller one first");
    insta::assert_snapshot!(said("--model-input signal --seq-dim 4"), @"error: cannot draw signal, which has the shape [5, 2]: --seq-dim 4 is out of range for [5, 2]; choose an axis from 0 to 1, counted without the sample axis");
    assert!(!world.path("g.svg").exists());
}
