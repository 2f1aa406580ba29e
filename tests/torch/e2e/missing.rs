//! Without a LibTorch that fits: a sentence, and all else works.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, built};
use kipos_torch_tests::examples;

const ADVICE: &str = "`pip install torch==2.13.0` brings LibTorch, whose directory torch/lib has to be named in \
                      LD_LIBRARY_PATH; in a checkout of kipos `cargo xtask torch` fetches it\n";

/// A world in which the plugin lies alone, far from LibTorch.
fn world() -> World {
    let world = examples();
    world.install("kipos_torch");
    world
}

fn run(world: &World, args: &str) -> Outcome {
    let mut command = world.kipos();
    command.env_remove("LD_LIBRARY_PATH").args(args.split_whitespace());
    command.output().unwrap().into()
}

/// What is said of the plugin to somebody who needs it, without the advice.
fn reason(world: &World) -> String {
    let outcome =
        run(world, "score-variants pytorch --vcf motif-cnn/variants.vcf --fasta motif-cnn/genome.fa -o o.vcf");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(!world.path("o.vcf").exists());
    let said = outcome.stderr.replace(&*world.path("").to_string_lossy(), "[world]/");
    let (before, after) = said.split_once("; searched ").expect(&said);
    assert_eq!(before, "error: no plugin provides the backend `pytorch` (found: keras, onnx, tensorflow, tensorflow2)");
    let (_, reason) = after.split_once(" was not loaded: ").expect(&said);
    reason.strip_suffix(ADVICE).expect(&said).to_owned()
}

fn the_other_plugins_work(world: &World) {
    let outcome = run(world, "predict motif-cnn --fasta motif-cnn/genome.fa --intervals intervals.bed -o o.tsv");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.read("o.tsv").lines().count(), 21);
    let listed = run(world, "plugin list");
    assert_eq!((listed.code, &*listed.stderr), (0, ""), "{listed:?}");
    assert!(listed.stdout.contains(ADVICE), "{listed:?}");
    assert!(listed.stdout.contains("backend onnx"), "{listed:?}");
}

#[test]
fn a_libtorch_that_is_not_there() {
    let world = world();
    assert_snapshot!(reason(&world), @"it needs libtorch_cpu.so, which is not found; ");
    the_other_plugins_work(&world);
}

#[test]
fn a_libtorch_that_is_damaged() {
    let world = world();
    world.write("plugins/libtorch/torch/lib/libtorch_cpu.so", "half a download");
    assert_snapshot!(reason(&world), @"it needs a library that cannot be loaded: [world]/plugins/libtorch/torch/lib/libtorch_cpu.so: file too short; ");
    the_other_plugins_work(&world);
}

#[test]
fn a_libtorch_of_another_release() {
    let world = world();
    // Some library takes its place, which lacks what the plugin looks for as another release does.
    for name in ["libtorch_cpu.so", "libc10.so"] {
        let other = fs::read(built("libtest_stub.so")).unwrap();
        world.write(&format!("plugins/libtorch/torch/lib/{name}"), other);
    }
    let said = reason(&world);
    let (before, symbol) = said.split_once("undefined symbol: ").expect(&said);
    assert_eq!(before, "a library that it needs is of another release: ");
    assert!(symbol.contains("c10") || symbol.contains("torch"), "{said}");
    the_other_plugins_work(&world);
}
