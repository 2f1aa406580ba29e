//! Without LibTorch: a sentence, and all else works.

use insta::assert_snapshot;
use kipos_tests::{Outcome, World};
use kipos_torch_tests::examples;

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

#[test]
fn the_plugin_says_how_to_get_it() {
    let world = world();
    let outcome =
        run(&world, "score-variants pytorch --vcf motif-cnn/variants.vcf --fasta motif-cnn/genome.fa -o o.vcf");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let said = outcome.stderr.replace(&*world.path("").to_string_lossy(), "[world]/");
    let (before, after) = said.split_once("; searched ").expect(&said);
    assert_snapshot!(before, @"error: no plugin provides the backend `pytorch` (found: onnx)");
    let (_, reason) = after.split_once(" was not loaded: ").expect(&said);
    assert_snapshot!(reason, @"it needs libtorch_cpu.so, which is not found; `pip install torch==2.13.0` brings LibTorch, whose directory torch/lib has to be named in LD_LIBRARY_PATH; in a checkout of kipos `cargo xtask torch` fetches it");
    assert!(!world.path("o.vcf").exists());
}

#[test]
fn the_other_plugins_go_on_working() {
    let world = world();
    let outcome = run(&world, "predict motif-cnn --fasta motif-cnn/genome.fa --intervals intervals.bed -o o.tsv");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.read("o.tsv").lines().count(), 21);
    let listed = run(&world, "plugin list");
    assert_eq!((listed.code, &*listed.stderr), (0, ""), "{listed:?}");
    assert!(listed.stdout.contains("quarantined: it needs lib"), "{listed:?}");
    assert!(listed.stdout.contains("onnx"), "{listed:?}");
}
