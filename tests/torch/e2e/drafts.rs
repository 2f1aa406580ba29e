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
    insta::assert_snapshot!(world.read("drafted/model.yaml"), @r#"
    # A draft that kipos wrote for cnn_traced.pt. Whatever is "?" only a person knows, and `kipos model lint` names it.
    type: pytorch
    args:
      file: "model.pt"
    default_dataloader: .
    info:
      authors: "?"  # as [{name: Ada Lovelace}, ...]
      license: "?"  # of the model and its weights, such as MIT
      doc: "?"  # what it predicts, and on which assembly of the genome it was trained
    schema:
      inputs:
        name: "x"
        shape: "(4, 24)"
        special_type: DNASeq
      targets:
        name: "output"
        shape: "(3,)"
    kipos:
      outputs:
        "output":
          scale: "?"  # what its numbers are: probability, logit, counts, log, log1p, log2 or profile_logits
    postprocessing:
      variant_effects:
        seq_input: ["x"]
        use_rc: "?"  # whether predictions of both strands are merged
        scoring_functions: [{type: diff, default: true}]
    "#);
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
    insta::assert_snapshot!(outcome.stderr, @"error: cnn_traced.pt does not tell the shape of its input `x`; give it without the axis of rows, such as --shape 4,2000");
    let several = new(&world, "two_inputs_traced.pt", "--shape 4,24 --shape 2");
    assert_eq!(several.code, 0, "{several:?}");
    let lint = run(&world, "model lint drafted");
    assert_eq!(lint.code, 0, "{lint:?}");
}
