//! The example models, against predictions that ONNX Runtime gave from Python.

use crate::examples::world;

#[test]
fn every_example_passes() {
    let world = world();
    let fixed = "- batch size  the graph takes batches of one size only\n";
    let free = ", to the last bit\n";
    let (steps, rows) = ("✓ edits       evaluated by the backend, ", "- edits       run as whole rows: ");
    for (example, samples, end, edits) in [
        ("any-length", 15, free, steps),
        ("channels-first", 15, fixed, steps),
        ("motif-cnn", 12, free, steps),
        ("text-input", 15, free, rows),
        ("two-inputs", 15, free, rows),
    ] {
        let outcome = world.run(&format!("model test examples/{example} --batch-size 4"), &[]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
        let said = &outcome.stdout;
        assert!(said.contains(&format!("\n✓ predict     {samples} samples predicted\n✓ expect      ")), "{said}");
        let (before, last) = said.split_at(said.rfind(edits).unwrap_or_else(|| panic!("{said}")));
        assert!(
            before.contains(", to 6 decimals") && before.ends_with(end) && (2..=3).contains(&last.lines().count()),
            "{said}"
        );
        let variants = last.lines().nth(1).unwrap();
        let scored = if example == "two-inputs" {
            "- variants    the samples are prepared"
        } else {
            "✓ variants    5 variants at "
        };
        assert!(variants.starts_with(scored), "{said}");
        // A motif that no single base makes or breaks.
        let is_told = said.contains("no variant at synth1:701 changes any predicted value");
        assert_eq!(is_told, example == "text-input", "{said}");
    }
}

#[test]
fn a_loader_in_python_is_replaced_by_the_expectations_inputs() {
    let outcome = world().run("model test examples/two-inputs", &[]);
    let loader = outcome.stdout.lines().nth(1).unwrap();
    insta::assert_snapshot!(loader, @"- loader      `dataloader.elements` is not native to kipos; the inputs in examples/two-inputs/predictions.h5 are used instead");
}
