//! The example models, against predictions that ONNX Runtime gave from Python.

use crate::examples::world;

#[test]
fn every_example_passes() {
    let world = world();
    let fixed = "- batch size  the graph takes batches of one size only\n";
    let free = ", to the last bit\n";
    for (example, samples, end) in [
        ("any-length", 15, free),
        ("channels-first", 15, fixed),
        ("motif-cnn", 12, free),
        ("text-input", 15, free),
        ("two-inputs", 15, free),
    ] {
        let outcome = world.run(&format!("model test examples/{example} --batch-size 4"), &[]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
        let said = &outcome.stdout;
        assert!(said.contains(&format!("\n✓ predict     {samples} samples predicted\n✓ expect      ")), "{said}");
        assert!(said.contains(", to 6 decimals") && said.ends_with(end), "{said}");
    }
}

#[test]
fn a_loader_in_python_is_replaced_by_the_expectations_inputs() {
    let outcome = world().run("model test examples/two-inputs", &[]);
    let loader = outcome.stdout.lines().nth(1).unwrap();
    insta::assert_snapshot!(loader, @"- loader      `dataloader.elements` is not native to kipos; the inputs in examples/two-inputs/predictions.h5 are used instead");
}
