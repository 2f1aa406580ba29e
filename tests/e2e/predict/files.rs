//! What files of predictions hold, read back.

use std::fs::File;

use hdf5::types::VarLenUnicode;
use kipos_tests::World;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{contig, predicted, stub, table, world};
use crate::stub_model::StubModel;

const INTERVALS: &str = "chr1\t100\t110\t1\t0.5\nchr1\t200\t210\t0\t-2\n";

fn stub_world(intervals: &str) -> World {
    world(StubModel { length: 10, tasks: &["a", "b"], ..StubModel::default() }, intervals)
}

/// The columns of a Parquet file and its rows, as a TSV has them.
pub(super) fn parquet(world: &World, name: &str) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(File::open(world.path(name)).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let mut rows = vec![schema.columns().iter().map(|column| column.name().to_owned()).collect::<Vec<_>>()];
    let cell = |field: &Field| match field {
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Float(number) => format!("{number:?}"),
        Field::Double(number) => format!("{number:?}"),
        other => panic!("{other:?}"),
    };
    for row in reader.get_row_iter(None).unwrap() {
        rows.push(row.unwrap().get_column_iter().map(|(_, field)| cell(field)).collect());
    }
    rows
}

#[test]
fn all_files_hold_the_same() {
    let world = stub_world(INTERVALS);
    predicted(&world, &["-k", "-m", "-o", "o.tsv", "o.tsv.gz", "o.parquet", "o.h5"]);
    let rows = table(&world, "o.tsv");
    assert_eq!(parquet(&world, "o.parquet"), rows);
    let mut names = ["chr", "start", "end", "id", "strand"].map(|name| format!("metadata/ranges/{name}")).to_vec();
    names.extend(["targets/0".to_owned(), "targets/1".to_owned()]);
    names.extend((0..10).flat_map(|position| (0..4).map(move |letter| format!("inputs/{position}/{letter}"))));
    names.extend(["preds/a".to_owned(), "preds/b".to_owned()]);
    assert_eq!(rows[0], names);
    assert_eq!(rows[1][..7], ["chr1", "100", "110", "0", "*", "1.0", "0.5"]);
    assert_eq!(rows[2][..7], ["chr1", "200", "210", "1", "*", "0.0", "-2.0"]);
    let contig = contig();
    for (row, start) in rows[1..].iter().zip([100, 200]) {
        let letters = &contig[start..start + 10];
        let one_hot = letters.iter().flat_map(|letter| b"ACGT".map(|base| if base == *letter { "1.0" } else { "0.0" }));
        assert_eq!(row[7..47], one_hot.collect::<Vec<_>>());
        assert_eq!(row[47..], [stub(letters, 0).to_string(), stub(letters, 1).to_string()]);
    }
    let mut unpacked = String::new();
    let packed = File::open(world.path("o.tsv.gz")).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(packed), &mut unpacked).unwrap();
    assert_eq!(unpacked, world.read("o.tsv"));
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    let texts = |name: &str| {
        let texts = file.dataset(name).unwrap().read_raw::<VarLenUnicode>().unwrap();
        texts.iter().map(|text| text.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(file.attr("format").unwrap().read_scalar::<VarLenUnicode>().unwrap().as_str(), "kipos-predictions");
    assert_eq!(
        (texts("metadata/ranges/chr"), texts("metadata/ranges/id")),
        (vec!["chr1".into(); 2], vec!["0".into(), "1".into()])
    );
    assert_eq!(texts("metadata/ranges/strand"), ["*", "*"]);
    assert_eq!(file.dataset("metadata/ranges/start").unwrap().read_raw::<i64>().unwrap(), [100, 200]);
    assert_eq!(file.dataset("metadata/ranges/end").unwrap().read_raw::<i64>().unwrap(), [110, 210]);
    assert_eq!(file.dataset("targets").unwrap().read_raw::<f64>().unwrap(), [1.0, 0.5, 0.0, -2.0]);
    let (inputs, predictions) = (file.dataset("inputs").unwrap(), file.dataset("preds").unwrap());
    assert_eq!((inputs.shape(), predictions.shape()), (vec![2, 10, 4], vec![2, 2]));
    let numbers = |dataset: &hdf5::Dataset| {
        dataset.read_raw::<f32>().unwrap().iter().map(|x| format!("{x:?}")).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&inputs), [&rows[1][7..47], &rows[2][7..47]].concat());
    assert_eq!(numbers(&predictions), [&rows[1][47..], &rows[2][47..]].concat());
}

#[test]
fn nothing_but_predictions_is_kept_unless_asked_for() {
    let world = stub_world(INTERVALS);
    predicted(&world, &["-o", "o.tsv", "-o", "o.h5", "-o", "o.pq", "-o", "o.bed"]);
    assert_eq!(table(&world, "o.tsv")[0], ["preds/a", "preds/b"]);
    assert_eq!(parquet(&world, "o.pq"), table(&world, "o.tsv"));
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.member_names().unwrap(), ["preds"]);
    let value = |start: usize, task| stub(&contig()[start..start + 10], task).to_string();
    let bed = format!(
        "#chr\tstart\tend\tname\tscore\tstrand\tpreds/a\tpreds/b\nchr1\t100\t110\t0\t.\t.\t{}\t{}\nchr1\t200\t210\t1\t.\t.\t{}\t{}\n",
        value(100, 0),
        value(100, 1),
        value(200, 0),
        value(200, 1)
    );
    assert_eq!(world.read("o.bed"), bed);
    // It is a BED: what came out can go in again.
    world.write("in.bed", bed);
    predicted(&world, &["-o", "again.tsv"]);
    assert_eq!(world.read("again.tsv"), world.read("o.tsv"));
}

#[test]
fn labels_have_their_type() {
    let world = stub_world("chr1\t100\t110\t1\t7\nchr1\t200\t210\t0\t-2\n");
    predicted(&world, &["-k", "-o", "o.h5", "-o", "o.tsv", "--dataloader-args", "label_dtype=int"]);
    let targets = hdf5::File::open(world.path("o.h5")).unwrap().dataset("targets").unwrap();
    assert_eq!(targets.read_raw::<i64>().unwrap(), [1, 7, 0, -2]);
    assert!(targets.dtype().unwrap().is::<i64>());
    predicted(&world, &["-k", "-o", "o.tsv", "--dataloader-args", "ignore_targets=true"]);
    assert!(table(&world, "o.tsv")[0].iter().all(|name| !name.starts_with("targets")));
}

#[test]
fn no_intervals_make_valid_files() {
    for intervals in ["", "# none\n"] {
        let world = stub_world(intervals);
        let outcome = predicted(&world, &["-k", "-m", "-o", "o.tsv", "o.h5", "o.parquet", "o.bed"]);
        assert!(outcome.stderr.starts_with("predicted 0 of 0 samples"), "{outcome:?}");
        assert_eq!(table(&world, "o.tsv").len(), 1);
        assert_eq!(parquet(&world, "o.parquet"), table(&world, "o.tsv"));
        assert_eq!(world.read("o.bed").lines().count(), 1);
        let file = hdf5::File::open(world.path("o.h5")).unwrap();
        assert_eq!(file.dataset("preds").unwrap().shape(), [0, 2]);
        assert_eq!(file.dataset("inputs").unwrap().shape(), [0, 10, 4]);
        assert_eq!(file.dataset("metadata/ranges/chr").unwrap().shape(), [0]);
    }
}

#[test]
fn columns_may_be_sorted_as_kipoi_does() {
    let tasks = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let world = world(StubModel { length: 10, tasks: &tasks, ..StubModel::default() }, INTERVALS);
    predicted(&world, &["-m", "-o", "natural.tsv"]);
    predicted(&world, &["-m", "-o", "kipoi.tsv", "--column-order", "kipoi"]);
    let (natural, kipoi) = (table(&world, "natural.tsv"), table(&world, "kipoi.tsv"));
    assert_eq!(natural[0].last().unwrap(), "preds/k");
    // Kipoi has numbers of tasks instead of their names.
    let number = |name: &String| match tasks.iter().position(|task| name.strip_prefix("preds/") == Some(task)) {
        Some(number) => format!("preds/{number}"),
        None => name.clone(),
    };
    let numbered: Vec<String> = natural[0].iter().map(number).collect();
    let mut sorted = numbered.clone();
    sorted.sort();
    assert_eq!((kipoi[0][7].as_str(), &kipoi[0]), ("preds/10", &sorted));
    for (natural_row, kipoi_row) in natural[1..].iter().zip(&kipoi[1..]) {
        for (name, value) in kipoi[0].iter().zip(kipoi_row) {
            let place = numbered.iter().position(|known| known == name).unwrap();
            assert_eq!(*value, natural_row[place], "{name}");
        }
    }
}

#[test]
fn nan_is_empty_in_text() {
    let world = stub_world(INTERVALS);
    let model = world.read("model/model.yaml").replace("tasks: 2", "tasks: 2, mode: nan");
    world.write("model/model.yaml", model);
    predicted(&world, &["-o", "o.tsv"]);
    assert_eq!(world.read("o.tsv"), "preds/a\tpreds/b\n\t\n\t\n");
}
