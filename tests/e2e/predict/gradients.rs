//! `kipos gradient`: gradients that can be written down. The stub's crate says what its layers are.

mod check;
mod inputs;
mod refused;

use kipos::{Gradient, GradientOf, LayerKey, PluginRegistry, parse_filter};
use kipos_plugin_api::Value;
use kipos_tests::{Outcome, World};
use proptest::prelude::*;

use super::files::parquet;
use super::{contig, numbers, show_layers, stub, table, world};
use crate::stub_model::StubModel;

const COMMAND: &str = "gradient model --fasta genome.fa --intervals in.bed";
const STARTS: [usize; 3] = [100, 5, 210];

/// A model of windows of five bases that shows its layers, and three intervals.
fn layered(model: StubModel<'_>) -> World {
    let intervals: String = STARTS.map(|start| format!("chr1\t{start}\t{}\n", start + 5)).concat();
    let world = world(StubModel { length: 5, tasks: &["a", "b", "c"], ..model }, &intervals);
    show_layers(&world, "");
    world
}

/// Runs the command, which must succeed.
fn differentiated(world: &World, more: &[&str]) -> Outcome {
    let outcome = world.run(COMMAND, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The gradients of each sample.
fn gradients(world: &World, more: &[&str]) -> Vec<Vec<f32>> {
    differentiated(world, &[&["-o", "o.tsv"], more].concat());
    numbers(world, "o.tsv", "grads/")
}

/// How much every element of a window of five bases counts for the sum of the stub.
fn weights() -> Vec<f32> {
    (0..20).map(|element| ((element % 4 + 1) * (element / 4 + 1)) as f32 / 1000.0).collect()
}

/// `factor` times the weights, for every sample.
fn times(factors: [f32; 3]) -> Vec<Vec<f32>> {
    factors.map(|factor| weights().iter().map(|weight| factor * weight).collect()).to_vec()
}

#[track_caller]
fn assert_near(found: &[Vec<f32>], expected: &[Vec<f32>]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.concat().iter().zip(expected.concat()) {
        assert!((found - expected).abs() <= 1e-6 * expected.abs(), "found {found}, expected {expected}");
    }
}

/// The sum behind the stub's outputs, for each interval.
fn sums() -> [f32; 3] {
    STARTS.map(|start| stub(&contig()[start..start + 5], 0))
}

#[test]
fn files_mirror_the_inputs() {
    let world = layered(StubModel::default());
    world.write("in.bed", "chr1\t100\t105\t1\nchr1\t5\t10\t0\n");
    differentiated(&world, &["-o", "o.tsv", "o.h5", "o.parquet", "-o", "o.tsv.gz"]);
    let rows = table(&world, "o.tsv");
    assert_eq!(parquet(&world, "o.parquet"), rows);
    let named = |kind: &str| {
        let names = rows[0].iter().filter_map(|name| name.strip_prefix(kind)?.strip_prefix('/'));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((named("inputs"), named("grads").len()), (named("grads"), 20));
    assert_eq!(
        rows[0][..6].join(" "),
        "metadata/ranges/chr metadata/ranges/start metadata/ranges/end metadata/ranges/id metadata/ranges/strand targets/0"
    );
    assert_eq!(rows[2][..6], ["chr1", "5", "10", "1", "*", "0.0"]);
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    let format: hdf5::types::VarLenUnicode = file.attr("format").unwrap().read_scalar().unwrap();
    assert_eq!(format.as_str(), "kipos-gradients");
    let (inputs, grads) = (file.dataset("inputs").unwrap(), file.dataset("grads").unwrap());
    assert_eq!((inputs.shape(), grads.shape()), (vec![2, 5, 4], vec![2, 5, 4]));
    assert_eq!(grads.read_raw::<f32>().unwrap(), numbers(&world, "o.tsv", "grads/").concat());
    assert_eq!(file.dataset("targets").unwrap().read_raw::<f64>().unwrap(), [1.0, 0.0]);
    assert_eq!(file.dataset("metadata/ranges/start").unwrap().read_raw::<i64>().unwrap(), [100, 5]);
    assert!(!file.link_exists("preds"));
}

#[test]
fn the_output_is_reduced_as_asked() {
    // Task t is t + 1 times the sum, which is positive.
    let world = layered(StubModel::default());
    let of = |more: &[&str]| gradients(&world, more);
    assert_near(&of(&[]), &times([6.0; 3]));
    assert_near(&of(&["--reduce", "sum", "--final-layer"]), &times([6.0; 3]));
    assert_near(&of(&["--reduce", "max"]), &times([3.0; 3]));
    assert_near(&of(&["--reduce", "min"]), &times([1.0; 3]));
    assert_near(&of(&["--reduce", "absmax"]), &times([3.0; 3]));
    assert_near(&of(&["--filter", "1"]), &times([2.0; 3]));
    assert_near(&of(&["--filter", "[-1]"]), &times([3.0; 3]));
    assert_near(&of(&["--filter", "[:-1]"]), &times([3.0; 3]));
    assert_near(&of(&["--filter", "[:, 1:]"]), &times([5.0; 3]));
    assert_near(&of(&["--filter", "(::-2, ...)", "--reduce", "min"]), &times([1.0; 3]));
}

#[test]
fn a_layer_is_reduced_per_sample_over_its_own_axes() {
    let world = layered(StubModel::default());
    let products = |more: &[&str]| gradients(&world, &[&["-l", "products"], more].concat());
    let kept = |keep: &dyn Fn(usize, usize) -> bool| {
        let sample = weights().into_iter().enumerate();
        let sample: Vec<f32> = sample.map(|(i, weight)| if keep(i / 4, i % 4) { weight } else { 0.0 }).collect();
        vec![sample; 3]
    };
    assert_near(&products(&[]), &times([1.0; 3]));
    assert_near(&products(&["-f", "3"]), &kept(&|position, _| position == 3));
    assert_near(&products(&["-f", "[..., 0]"]), &kept(&|_, channel| channel == 0));
    assert_near(
        &products(&["-f", "[1:3, -1]"]),
        &kept(&|position, channel| [1, 2].contains(&position) && channel == 3),
    );
}

#[test]
fn the_largest_elements_of_each_sample_count_all_of_them() {
    let world = layered(StubModel::default());
    let found = gradients(&world, &["-l", "products", "-a", "max"]);
    differentiated(&world, &["-o", "i.tsv"]);
    for (found, inputs) in found.iter().zip(numbers(&world, "i.tsv", "inputs/")) {
        let products: Vec<f32> = inputs.iter().zip(weights()).map(|(x, weight)| x * weight).collect();
        let largest = products.iter().copied().fold(0.0, f32::max);
        for (element, product) in products.iter().enumerate() {
            let expected = if *product == largest { weights()[element] } else { 0.0 };
            assert_eq!(found[element], expected);
        }
    }
    // All elements at the letters that are not there are 0, the smallest, and tie.
    let found = gradients(&world, &["-l", "products", "-a", "min"]);
    assert_eq!(found[0].iter().filter(|gradient| **gradient != 0.0).count(), 15);
}

#[test]
fn calls_count_together_or_alone() {
    // [s, -2s, 3s] and [[-s, 2s]].
    let world = layered(StubModel::default());
    let pool = |more: &[&str]| gradients(&world, &[&["--layer", "trunk/pool"], more].concat());
    assert_near(&pool(&[]), &times([3.0; 3]));
    assert_near(&pool(&["-a", "min"]), &times([-2.0; 3]));
    assert_near(&pool(&["-f", "3"]), &times([-1.0; 3]));
    assert_near(&pool(&["-f", "[2:]", "-a", "absmax"]), &times([3.0; 3]));
    assert_near(&pool(&["--call", "0", "-a", "absmax", "-f", "[:2]"]), &times([2.0; 3]));
    assert_near(&pool(&["--call", "1"]), &times([1.0; 3]));
    assert_near(&pool(&["--call", "1", "-f", "[0, 0]"]), &times([-1.0; 3]));
    assert_near(&pool(&["--call", "1", "-f", "[:, 0, 1]"]), &times([2.0; 3]));
}

#[test]
fn nonlinearities_count_unless_told_otherwise() {
    let slope = |sum: f32| {
        let y = 1.0 / (1.0 + (-sum).exp());
        y * (1.0 - y)
    };
    let world = layered(StubModel { sigmoid: true, ..StubModel::default() });
    assert_near(&gradients(&world, &["-l", "squash", "--pre-nonlinearity"]), &times([1.0; 3]));
    assert_near(&gradients(&world, &["-l", "squash"]), &times(sums().map(slope)));
    assert_near(&gradients(&world, &["--pre_nonlinearity", "-f", "1"]), &times([2.0; 3]));
    assert_near(&gradients(&world, &["-f", "1"]), &times(sums().map(|sum| 2.0 * slope(2.0 * sum))));
}

#[test]
fn both_spellings_are_one_program() {
    let world = layered(StubModel::default());
    let samples = "--fasta genome.fa --intervals in.bed --batch-size 2";
    let run = |command: &str, flags: &str, more: &[&str]| {
        let outcome = world.run(&format!("{command} model {flags}"), more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        world.read("o.tsv")
    };
    let native = ["--layer", "trunk/pool", "--call", "0", "--filter", "[0:2]", "--reduce", "absmax", "-o", "o.tsv"];
    let expected = run("gradient", samples, &native);
    let kipoi = [
        "--layer",
        "trunk/pool",
        "--selected_fwd_node",
        "0",
        "--filter_idx",
        "[0:2]",
        "--avg_func",
        "absmax",
        "--dataloader_args",
        "{fasta_file: genome.fa, intervals_file: in.bed}",
        "-o",
        "o.tsv",
    ];
    for command in ["postproc grad", "interpret grad", "gradient"] {
        assert_eq!(run(command, "--source dir --batch_size 2 -n 0", &kipoi), expected, "{command}");
        let short = ["-l", "trunk/pool", "--call", "0", "-f", "[0:2]", "-a", "absmax", "-o", "o.tsv"];
        assert_eq!(run(command, samples, &short), expected, "{command}");
    }
    let expected = run("gradient", samples, &["--pre_nonlinearity", "-l", "squash", "-o", "o.tsv"]);
    assert_eq!(run("interpret grad", samples, &["-l", "squash", "--pre-nonlinearity", "-o", "o.tsv"]), expected);
    let expected = run("gradient", samples, &["-o", "o.tsv"]);
    assert_eq!(run("postproc grad", samples, &["--final_layer", "-o", "o.tsv"]), expected);
    let outcome = world.run("postproc grad model --fasta genome.fa --intervals in.bed -o o.tsv", &[]);
    assert_eq!(
        (outcome.code, outcome.stderr.as_str()),
        (2, "error: say what is differentiated: --layer LAYER or --final_layer\n")
    );
}

#[test]
fn programs_ask_for_the_same() {
    let world = layered(StubModel::default());
    let mut gradient = Gradient::new(world.path("model"), vec![world.path("library.tsv")]);
    let path = |name: &str| Value::String(world.path(name).to_string_lossy().into_owned());
    gradient.samples.loader_args =
        vec![("fasta_file".into(), path("genome.fa")), ("intervals_file".into(), path("in.bed"))];
    let registry = PluginRegistry::open(&[world.path("plugins")], None);
    for (layer, typed) in [(LayerKey::Name("products".into()), "products"), (LayerKey::Index(0), "-5")] {
        gradient.target.of = GradientOf::Layer { layer, call: None };
        gradient.target.filter = parse_filter("[1:3]").unwrap();
        let summary = gradient.run(&registry, &mut |_| {}).unwrap();
        assert_eq!((summary.predicted, summary.samples()), (3, 3));
        differentiated(&world, &["-l", typed, "-f", "[1:3]", "-o", "typed.tsv"]);
        assert_eq!(world.read("library.tsv"), world.read("typed.tsv"));
    }
}

#[test]
fn no_samples_make_valid_files() {
    let world = layered(StubModel::default());
    world.write("in.bed", "");
    differentiated(&world, &["-o", "o.tsv", "o.h5"]);
    assert_eq!(table(&world, "o.tsv")[0].iter().filter(|name| name.starts_with("grads/")).count(), 20);
    assert_eq!(hdf5::File::open(world.path("o.h5")).unwrap().dataset("grads").unwrap().shape(), [0, 5, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_sample_does_not_see_its_neighbours(
        starts in proptest::collection::vec(0usize..280, 1..8),
        size in 1usize..5,
        fixed in proptest::option::of(1usize..5),
        reduce in prop_oneof![Just("sum"), Just("max"), Just("min"), Just("absmax")],
        layer in prop_oneof![Just("products"), Just("trunk/pool"), Just("squash")],
    ) {
        let line = |start: &usize| format!("chr1\t{start}\t{}\n", start + 5);
        let world = layered(StubModel { fixed, ..StubModel::default() });
        world.write("in.bed", starts.iter().map(line).collect::<String>());
        let together = gradients(&world, &["-l", layer, "-a", reduce, "--batch-size", &size.to_string()]);
        for (start, together) in starts.iter().zip(together) {
            world.write("in.bed", line(start));
            prop_assert_eq!(&gradients(&world, &["-l", layer, "-a", reduce])[0], &together);
        }
    }
}
