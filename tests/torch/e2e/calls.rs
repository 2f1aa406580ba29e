//! A layer that is called twice: two values, of which one can be picked.

use kipos_tests::{World, project};
use kipos_torch_tests::{columns, examples, run};

/// A world with a network that calls its module `tower` for either strand.
fn world() -> World {
    let world = examples();
    let file = project().join("plugins/torch/fixtures/twice_scripted.pt");
    world.write("twice/model.pt", std::fs::read(file).unwrap());
    world.write(
        "twice/model.yaml",
        "type: pytorch\nargs: {file: model.pt}\ninfo: {doc: both strands}\ndefault_dataloader:\n  \
         defined_as: kipoiseq.dataloaders.SeqIntervalDl\n  default_args: {auto_resize_len: 24, alphabet_axis: 0}\n\
         schema:\n  inputs: {name: x, special_type: DNASeq, shape: \"(4, 24)\"}\n  targets: {name: y, shape: \"(2,)\"}\n",
    );
    world
}

fn table(world: &World, command: &str, options: &str) -> String {
    let files = "--fasta motif-cnn/genome.fa --intervals intervals.bed";
    let outcome = run(world, &format!("{command} twice {files} {options} -o o.tsv"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("o.tsv")
}

#[test]
fn values_are_a_list_unless_a_call_is_picked() {
    let world = world();
    let both = table(&world, "predict", "--layer tower");
    let (first, second) = (columns(&both, "preds/0/"), columns(&both, "preds/1/"));
    assert_eq!((first.len(), first[0].len(), second[0].len()), (20, 60, 60));
    assert_ne!(first, second);
    for (call, values) in [("0", first), ("1", second)] {
        let picked = table(&world, "predict", &format!("--layer tower --call {call}"));
        assert_eq!(picked.split('\t').next(), Some("preds/0/0"));
        assert_eq!(columns(&picked, "preds"), values, "call {call}");
    }
}

#[test]
fn gradients_are_of_all_calls_unless_one_is_picked() {
    let world = world();
    let of = |options: &str| columns(&table(&world, "gradient", &format!("--layer tower {options}")), "grads").concat();
    let assert_near = |found: Vec<f64>, expected: &[f64]| {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
        }
    };
    let (first, second) = (of("--call 0"), of("--call 1"));
    assert_ne!(first, second);
    assert_near(of(""), &first.iter().zip(&second).map(|(first, second)| first + second).collect::<Vec<f64>>());
    // The calls lie one after the other: 60 elements each.
    assert_near(of("--filter [:60]"), &first);
    assert_near(of("--filter [60:]"), &second);
}

#[test]
fn a_call_that_there_is_not_is_one_sentence() {
    let files = "--fasta motif-cnn/genome.fa --intervals intervals.bed --layer tower --call 2";
    let world = world();
    for command in ["predict", "gradient"] {
        let outcome = run(&world, &format!("{command} twice {files} -o o.tsv"));
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert_eq!(outcome.stderr, "error: plugin torch: layer `tower` has no call 2: it has 2, from 0\n");
        assert!(!world.path("o.tsv").exists());
    }
}
