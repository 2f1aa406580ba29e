//! `model new` of TorchScript files, which tell no shapes.

use kipos_tests::{World, project};
use kipos_torch_tests::run;

fn new(world: &World, fixture: &str, more: &str) -> kipos_tests::Outcome {
    let file = project().join("plugins/torch/fixtures").join(fixture);
    run(world, &format!("model new drafted --from {} {more}", file.display()))
}

#[test]
fn a_traced_network_is_drafted() {
    let world = World::new();
    let outcome = new(&world, "cnn_traced.pt", "--shape 4,24");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    insta::assert_snapshot!(world.read("drafted/model.yaml"), @"");
    let lint = run(&world, "model lint drafted");
    assert_eq!(lint.code, 0, "{lint:?}");
    assert!(lint.stdout.lines().all(|line| line.contains("is an open question")), "{lint:?}");
    world.write("genome.fa", format!(">chr1\n{}\n", "ACGTTGCAAC".repeat(20)));
    world.write("in.bed", "chr1\t20\t44\nchr1\t100\t124\n");
    let test = run(&world, "model test drafted --fasta genome.fa --intervals in.bed");
    assert_eq!(test.code, 0, "{test:?}");
}

#[test]
fn shapes_are_asked_for() {
    let world = World::new();
    let outcome = new(&world, "cnn_traced.pt", "");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    insta::assert_snapshot!(outcome.stderr, @"");
    let several = new(&world, "two_inputs_traced.pt", "--shape 4,24 --shape 2");
    assert_eq!(several.code, 0, "{several:?}");
    let lint = run(&world, "model lint drafted");
    assert_eq!(lint.code, 0, "{lint:?}");
}
