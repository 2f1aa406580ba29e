//! What the pages say of the examples.

use std::fs;

use kipos_tests::project;

use super::{entries, name, world};

/// The directories with a model.
fn models() -> Vec<String> {
    let directories = entries("examples").into_iter().filter(|path| path.join("model.yaml").is_file());
    directories.map(|path| name(&path)).collect()
}

#[test]
fn every_example_is_in_both_tables() {
    for (readme, folder) in [("host/docs/models.md", "../../examples/"), ("examples/README.md", "")] {
        let text = fs::read_to_string(project().join(readme)).unwrap();
        for model in models() {
            let row = format!("| [{model}]({folder}{model}/README.md) | ");
            assert!(text.contains(&row), "{readme} has no row `{row}`");
        }
    }
}

#[test]
fn every_example_is_described_without_a_warning() {
    let world = world();
    for model in models() {
        let outcome = world.run(&format!("model info examples/{model}"), &[]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
        assert!(outcome.stdout.starts_with(&format!("{model}\n")), "{outcome:?}");
    }
}
