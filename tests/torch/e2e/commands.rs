//! The commands on TorchScript files: the same answers as for the same network as ONNX.

use insta::assert_snapshot;
use kipos_tests::World;
use kipos_torch_tests::{columns, examples, run};

fn success(world: &World, args: &str) -> String {
    let outcome = run(world, args);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome.stdout
}

fn assert_close(found: &[Vec<f64>], expected: &[Vec<f64>], bound: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= bound * expected.abs().max(1.0), "{found} instead of {expected}");
        }
    }
}

#[test]
fn variants_are_scored_as_by_the_same_network_in_onnx() {
    let world = examples();
    let table = |model: &str| {
        success(
            &world,
            &format!(
                "score-variants {model} --vcf motif-cnn/variants.vcf --fasta motif-cnn/genome.fa --scores diff logit \
                 -o {model}.tsv"
            ),
        );
        let rows = world.read(&format!("{model}.tsv"));
        // Alleles that are not scored have no numbers.
        let scored: Vec<&str> = rows.lines().filter(|line| !line.ends_with('\t')).collect();
        assert!(scored.len() > 20, "{rows}");
        scored.join("\n")
    };
    let (torch, onnx) = (table("pytorch"), table("motif-cnn"));
    for score in ["diff", "logit"] {
        assert_close(&columns(&torch, score), &columns(&onnx, score), 2e-5);
    }
}

#[test]
fn intervals_are_predicted_as_by_the_same_network_in_onnx() {
    let world = examples();
    let table = |model: &str| {
        let args = format!("predict {model} --fasta motif-cnn/genome.fa --intervals intervals.bed -o {model}.tsv");
        success(&world, &args);
        columns(&world.read(&format!("{model}.tsv")), "preds")
    };
    let (torch, onnx) = (table("pytorch"), table("motif-cnn"));
    assert_eq!(torch.len(), 20);
    assert_close(&torch, &onnx, 1e-6);
}

#[test]
fn the_example_passes_its_own_test() {
    let outcome = run(&examples(), "model test pytorch --threads 1");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    let skipped: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with('-')).collect();
    assert_eq!(skipped, ["- edits       run as whole rows: this backend does not evaluate edits"], "{outcome:?}");
    assert!(outcome.stdout.contains("\n✓ expect      24 values for the examples as in "), "{outcome:?}");
    assert!(
        outcome.stdout.contains("\n✓ variants    5 variants at synth1:705 on both strands by diff, "),
        "{outcome:?}"
    );
}

#[test]
fn layers_are_listed() {
    assert_snapshot!(success(&examples(), "model layers pytorch"), @r"
    index  name     node  scope  op                 shape      gradient
    0      conv     -     -      Conv1d             (24, 200)  yes
    1      relu     -     -      ReLU               (24, 200)  yes
    2      pool     -     -      AdaptiveMaxPool1d  (24, 1)    yes
    3      dense    -     -      Linear             (2,)       yes
    4      sigmoid  -     -      Sigmoid            (2,)       yes
    edits: run as whole rows: this backend does not evaluate edits
    ");
}

#[test]
fn values_of_layers_are_predicted() {
    let world = examples();
    let layer = |options: &str| {
        let files = "--fasta motif-cnn/genome.fa --intervals intervals.bed -o layer.tsv";
        success(&world, &format!("predict pytorch {files} {options}"));
        columns(&world.read("layer.tsv"), "preds")
    };
    let dense = layer("--layer dense");
    assert_close(&layer("--layer sigmoid --pre-nonlinearity"), &dense, 1e-6);
    let odds = |row: &Vec<f64>| row.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
    assert_close(&layer("--layer 4"), &dense.iter().map(odds).collect::<Vec<Vec<f64>>>(), 1e-6);
}

#[test]
fn an_unknown_layer_is_one_sentence() {
    let outcome = run(
        &examples(),
        "predict pytorch --fasta motif-cnn/genome.fa --intervals intervals.bed --layer conv9 -o o.tsv",
    );
    assert_eq!(outcome.code, 2);
    assert_snapshot!(outcome.stderr, @"error: plugin torch: unknown layer `conv9` (known: conv, relu, pool, dense, sigmoid)");
}

#[test]
fn a_device_that_is_not_there_is_one_sentence() {
    // The 100th: no machine has so many.
    let world = examples();
    let files = "--fasta motif-cnn/genome.fa --intervals intervals.bed --device cuda:99 -o o.tsv";
    for command in ["predict", "gradient"] {
        let outcome = run(&world, &format!("{command} pytorch {files}"));
        assert_eq!(outcome.code, 2, "{outcome:?}");
        let said = outcome.stderr.strip_prefix("error: plugin torch: ").expect(&outcome.stderr);
        let (what, advice) = said.split_once("; ").expect(said);
        let absent = "LibTorch finds no CUDA device, or was built without CUDA";
        assert!(what == absent || what.starts_with("there is no CUDA device 99: LibTorch finds"), "{said}");
        assert_eq!(advice, "choose --device cpu, or build the plugin with LIBTORCH set to a LibTorch that has CUDA\n");
        assert!(!world.path("o.tsv").exists());
    }
}

#[test]
fn gradients_times_inputs_of_a_linear_part_add_up() {
    let world = examples();
    let files = "--fasta motif-cnn/genome.fa --intervals intervals.bed";
    success(&world, &format!("gradient pytorch {files} --layer conv --filter [3,10] -o grads.tsv"));
    success(&world, &format!("predict pytorch {files} --layer conv -o conv.tsv"));
    let table = world.read("grads.tsv");
    let (inputs, grads) = (columns(&table, "inputs"), columns(&table, "grads"));
    // The convolution has 24 filters at 200 positions each; what is left over is the bias, the same in all rows.
    let values = columns(&world.read("conv.tsv"), "preds");
    let bias: Vec<f64> = inputs
        .iter()
        .zip(&grads)
        .zip(&values)
        .map(|((x, g), value)| {
            assert_eq!((x.len(), g.len(), value.len()), (800, 800, 24 * 200));
            value[3 * 200 + 10] - x.iter().zip(g).map(|(x, g)| x * g).sum::<f64>()
        })
        .collect();
    assert!(bias.iter().all(|found| (found - bias[0]).abs() < 1e-5), "{bias:?}");
}
