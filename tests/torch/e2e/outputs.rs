//! Models with several outputs: a list of them and a map, one of which depends on one input alone.

use kipos_tests::{Outcome, World};
use kipos_torch_tests::{columns, run};

use crate::conformance::Network;

const NETWORKS: [&str; 2] = ["listed", "mapped"];
const WARNING: &str = "warning: output `side` does not depend on seq; these gradients are zero\n";

fn asked(world: &World, args: &str) -> Outcome {
    let outcome = run(world, &format!("{args} --batch-file in.h5 -o o.tsv"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The names in front of the numbers of a table's columns, each once.
fn arrays(table: &str) -> Vec<String> {
    let name = |column: &str| column.trim_end_matches(|end: char| end.is_ascii_digit() || end == '/').to_owned();
    let mut names: Vec<String> = table.lines().next().unwrap().split('\t').map(name).collect();
    names.dedup();
    names
}

#[test]
fn each_is_predicted_under_its_name() {
    for name in NETWORKS {
        let world = Network::read(name).world();
        asked(&world, "predict pytorch");
        let table = world.read("o.tsv");
        assert_eq!(arrays(&table), ["preds/main", "preds/side"], "{name}");
        assert_eq!(columns(&table, "preds/main")[0].len(), 2);
        assert_eq!(columns(&table, "preds/side")[0].len(), 1);
    }
}

#[test]
fn one_is_chosen_for_gradients() {
    for name in NETWORKS {
        let world = Network::read(name).world();
        let outcome = asked(&world, "gradient pytorch --output-name main");
        assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
        let table = world.read("o.tsv");
        assert_eq!(arrays(&table), ["inputs/seq", "inputs/extra", "grads/seq", "grads/extra"], "{name}");
        for input in ["grads/seq", "grads/extra"] {
            assert!(columns(&table, input).concat().iter().any(|slope| *slope != 0.0), "{name}, {input}");
        }
        let outcome = run(&world, "gradient pytorch --batch-file in.h5 -o no.tsv");
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(
            outcome.stderr.starts_with("error: pytorch has several outputs: main, side; choose one"),
            "{outcome:?}"
        );
    }
}

#[test]
fn an_input_that_nothing_depends_on_has_zeros_and_a_warning() {
    for name in NETWORKS {
        let world = Network::read(name).world();
        let outcome = asked(&world, "gradient pytorch --output-name side");
        assert_eq!(outcome.stderr.matches(WARNING).count(), 1, "{outcome:?}");
        let table = world.read("o.tsv");
        let seq = columns(&table, "grads/seq").concat();
        assert_eq!((seq.len(), seq.iter().all(|slope| *slope == 0.0)), (3 * 80, true));
        assert!(columns(&table, "grads/extra").concat().iter().all(|slope| *slope != 0.0), "{table}");
        // Without inputs that count there is nothing else to say.
        let outcome = asked(&world, "gradient pytorch --output-name side --wrt extra");
        assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
    }
}
