//! Layers: their listing, and their values in the place of predictions. The stub's crate says what they are.

use kipos_tests::World;

use super::files::parquet;
use super::{COMMAND, contig, numbers, predicted, show_layers, stub, table, world};
use crate::stub_model::StubModel;

const STARTS: [usize; 3] = [100, 5, 210];

/// A model of windows of five bases that shows its layers, and three intervals.
fn layered(fixed: Option<usize>) -> World {
    let intervals: String = STARTS.map(|start| format!("chr1\t{start}\t{}\n", start + 5)).concat();
    let world = world(StubModel { length: 5, fixed, ..StubModel::default() }, &intervals);
    show_layers(&world, "");
    world
}

/// The sum that the layers share, for each interval.
fn sums() -> [f32; 3] {
    STARTS.map(|start| stub(&contig()[start..start + 5], 0))
}

#[test]
fn layers_are_listed() {
    let world = layered(None);
    let listing = world.run("model layers model", &[]);
    insta::assert_snapshot!(listing.stdout, @r"
    index  name        node  scope  op       shape   gradient
    0      products    -     -      Mul      (5, 4)  yes
    1      trunk/pool  -     trunk  Pool     -       yes
    2      squash      -     -      Sigmoid  (1,)    yes
    3      codes       -     -      Cast     ()      no
    4      0           -     -      Sum      -       yes
    edits: run as whole rows: this backend does not evaluate edits
    ");
    let json: serde_json::Value = serde_json::from_str(&world.run("model layers model --json", &[]).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 5);
    assert_eq!(
        json[1],
        serde_json::json!({
            "index": 1, "name": "trunk/pool", "node": "", "scope": "trunk", "op": "Pool", "shape": null, "gradient": true
        })
    );
    assert_eq!((&json[0]["shape"], &json[3]["gradient"]), (&serde_json::json!([5, 4]), &serde_json::json!(false)));
}

#[test]
fn values_of_any_rank_go_into_every_file() {
    let world = layered(None);
    predicted(&world, &["-l", "products", "-o", "o.tsv", "o.h5", "o.parquet"]);
    let rows = table(&world, "o.tsv");
    assert_eq!((rows[0].len(), rows[0][0].as_str(), rows[0][19].as_str()), (20, "preds/0/0", "preds/4/3"));
    assert_eq!(parquet(&world, "o.parquet"), rows);
    let contig = contig();
    let mut expected = Vec::new();
    for start in STARTS {
        for (position, letter) in contig[start..start + 5].iter().enumerate() {
            let channel = |base: u8| if base == *letter { (base_number(base) * (position + 1)) as f64 } else { 0.0 };
            expected.extend(b"ACGT".map(|base| (channel(base) / 1000.0) as f32));
        }
    }
    assert_eq!(numbers(&world, "o.tsv", "preds").concat(), expected);
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.dataset("preds").unwrap().shape(), [3, 5, 4]);
    assert_eq!(file.dataset("preds").unwrap().read_raw::<f32>().unwrap(), expected);
}

fn base_number(base: u8) -> usize {
    b"ACGT".iter().position(|known| *known == base).unwrap() + 1
}

#[test]
fn single_values_keep_their_type() {
    let world = layered(None);
    predicted(&world, &["--layer", "codes", "-o", "o.tsv", "o.h5", "o.parquet", "o.bed"]);
    let codes = sums().map(|sum| (1000.0 * sum).round() as i64);
    let expected = [vec![vec!["preds".to_owned()]], codes.map(|code| vec![code.to_string()]).to_vec()].concat();
    assert_eq!((table(&world, "o.tsv"), parquet(&world, "o.parquet")), (expected.clone(), expected));
    let dataset = hdf5::File::open(world.path("o.h5")).unwrap().dataset("preds").unwrap();
    assert_eq!((dataset.shape(), dataset.read_raw::<i64>().unwrap()), (vec![3], codes.to_vec()));
    assert!(dataset.dtype().unwrap().is::<i64>());
    assert_eq!(table(&world, "o.bed")[1], ["chr1", "100", "105", "0", ".", ".", &codes[0].to_string()]);
}

#[test]
fn several_calls_are_a_list() {
    let world = layered(None);
    predicted(&world, &["-l", "trunk/pool", "-o", "o.tsv", "o.h5"]);
    let rows = table(&world, "o.tsv");
    assert_eq!(rows[0], ["preds/0/0", "preds/0/1", "preds/0/2", "preds/1/0/0", "preds/1/0/1"]);
    let expected = sums().map(|s| vec![s, -2.0 * s, 3.0 * s, -s, 2.0 * s]);
    for (found, expected) in numbers(&world, "o.tsv", "preds").iter().zip(&expected) {
        found.iter().zip(expected).for_each(|(found, expected)| assert!((found - expected).abs() < 1e-7));
    }
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.dataset("preds/0").unwrap().shape(), [3, 3]);
    assert_eq!(file.dataset("preds/1").unwrap().shape(), [3, 1, 2]);

    predicted(&world, &["-l", "trunk/pool", "--call", "1", "-o", "one.tsv"]);
    assert_eq!(table(&world, "one.tsv")[0], ["preds/0/0", "preds/0/1"]);
    let both = numbers(&world, "o.tsv", "preds/1");
    assert_eq!(numbers(&world, "one.tsv", "preds"), both);
}

#[test]
fn layers_are_known_by_name_and_number() {
    let world = layered(None);
    let values = |layer: &str| {
        predicted(&world, &["-l", layer, "-o", "o.tsv"]);
        world.read("o.tsv")
    };
    let (products, pool) = (values("products"), values("trunk/pool"));
    assert_eq!((values("1"), values("-4"), values("-5")), (pool.clone(), pool, products));
    // The name of a layer comes before the number of another.
    let outcome = world.run(COMMAND, &["-l", "0", "-o", "o.tsv"]);
    insta::assert_snapshot!(outcome.stderr, @"error: layer `0` gave values of shape (1,) for 2 samples; files need a row per sample, so choose another layer");
}

#[test]
fn the_input_of_a_nonlinearity_can_be_had() {
    let world = layered(None);
    predicted(&world, &["-l", "squash", "--pre_nonlinearity", "-o", "before.tsv"]);
    predicted(&world, &["-l", "squash", "-o", "after.tsv"]);
    let (before, after) = (numbers(&world, "before.tsv", "preds"), numbers(&world, "after.tsv", "preds"));
    for ((before, after), sum) in before.iter().zip(&after).zip(sums()) {
        assert!((before[0] - sum).abs() < 1e-7);
        assert!((after[0] - 1.0 / (1.0 + (-sum).exp())).abs() < 1e-6);
    }
}

#[test]
fn batches_change_nothing() {
    let reference = layered(None);
    predicted(&reference, &["-l", "trunk/pool", "-o", "o.tsv"]);
    for (fixed, size) in [(None, "1"), (None, "2"), (Some(2), "32"), (Some(1), "32"), (Some(7), "1")] {
        let world = layered(fixed);
        predicted(&world, &["-l", "trunk/pool", "--batch-size", size, "-o", "o.tsv"]);
        assert_eq!(world.read("o.tsv"), reference.read("o.tsv"), "{fixed:?} {size}");
    }
}

#[test]
fn no_samples_make_valid_files() {
    let world = layered(None);
    world.write("in.bed", "");
    predicted(&world, &["-l", "trunk/pool", "-o", "o.tsv", "o.h5"]);
    assert_eq!(world.read("o.tsv"), "preds/0/0\tpreds/0/1\tpreds/0/2\tpreds/1/0/0\tpreds/1/0/1\n");
    assert_eq!(hdf5::File::open(world.path("o.h5")).unwrap().dataset("preds/1").unwrap().shape(), [0, 1, 2]);
}

#[test]
fn what_cannot_be_had_is_said_before_anything_is_written() {
    let world = layered(None);
    let refused = |world: &World, command: &str, more: &[&str], code: i32| {
        let outcome = world.run(command, more);
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert!(!world.path("o.tsv").exists());
        outcome.stderr
    };
    let layer = |more: &[&str]| refused(&world, COMMAND, &[&["-o", "o.tsv"], more].concat(), 2);
    insta::assert_snapshot!(layer(&["-l", "pool"]), @"error: plugin stub: unknown layer `pool` (known: products, trunk/pool, squash, codes, 0)");
    insta::assert_snapshot!(layer(&["-l", "9"]), @"error: there is no layer 9: the model has 5, from 0 on; see `kipos model layers`");
    insta::assert_snapshot!(layer(&["-l", "-6"]), @"error: there is no layer -6: the model has 5, from 0 on; see `kipos model layers`");
    insta::assert_snapshot!(layer(&["-l", "trunk/pool", "--call", "2"]), @"error: plugin stub: there is no call 2: the layer is called 2 times, from 0 on");
    insta::assert_snapshot!(layer(&["-l", "products", "--pre-nonlinearity"]), @"error: plugin stub: the layer has no nonlinearity, so nothing comes before it");
    let usage = refused(&world, COMMAND, &["-o", "o.tsv", "--call", "1"], 2);
    assert!(usage.contains("--layer <LAYER>"), "{usage}");

    let world = super::world(StubModel::default(), "chr1\t100\t120\n");
    insta::assert_snapshot!(refused(&world, COMMAND, &["-l", "x", "-o", "o.tsv"], 2), @"error: the backend `stub` (plugin stub) does not show the layers of a model");
    insta::assert_snapshot!(refused(&world, "model layers model", &[], 2), @"error: the backend `stub` (plugin stub) does not show the layers of a model");
}
