use super::*;
use crate::{
    genome::Outcome,
    genome::SkipReason,
    sink::test_input::{chunk, label, matrix, records},
};
use hdf5::File;

fn options(labels: Vec<ScoreLabel>) -> TableOptions {
    TableOptions {
        rows: Default::default(),
        model_name: "motif".into(),
        labels,
        digits: Some(2),
        only_scored: false,
        std_var_id: false,
        provenance: Default::default(),
    }
}

fn texts(file: &File, path: &str) -> Vec<String> {
    let texts = file.dataset(path).unwrap().read_1d::<VarLenUnicode>().unwrap();
    texts.iter().map(|text| text.to_string()).collect()
}

fn numbers(file: &File, path: &str) -> Vec<i64> {
    file.dataset(path).unwrap().read_raw().unwrap()
}

#[test]
fn columns_and_scores_are_datasets() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scores.h5");
    let labels = vec![label("ref", &["a", "b/c"]), label("my/diff", &["a"])];
    let mut sink = Hdf5Sink::create(&path, options(labels)).unwrap();
    let lines = records("chr1\t7\trs1;rs2\tA\tC,<DEL>\nchr1\t8\t.\tG\t.\nchrX\t9\t.\tC\tT\n");
    let outcomes = vec![vec![Outcome::Done(1), Outcome::Skipped(SkipReason::Symbolic)], vec![], vec![Outcome::Done(0)]];
    let scores = vec![matrix(2, &[0.5, f32::INFINITY, -1.0, 2.0]), matrix(1, &[1e-9, 3.0])];
    sink.write(&chunk(lines, outcomes, scores)).unwrap();
    assert!(!path.exists());
    Box::new(sink).finish().unwrap();
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);

    let file = File::open(&path).unwrap();
    let attribute = |name: &str| file.attr(name).unwrap().read_scalar::<VarLenUnicode>().unwrap().to_string();
    assert_eq!((attribute("format").as_str(), attribute("kipos_model").as_str()), ("kipos-scores", "motif"));
    let scores: serde_json::Value = serde_json::from_str(&attribute("kipos_scores")).unwrap();
    assert_eq!(scores["my/diff"], serde_json::json!({ "plugin": "scorers", "version": "1.2", "scorer": "my/diff" }));
    assert_eq!(file.attr("version").unwrap().read_scalar::<u32>().unwrap(), 1);
    let mut members = file.group("scores").unwrap().member_names().unwrap();
    members.sort();
    assert_eq!(members, ["my%2Fdiff", "ref"]);

    let reference = file.dataset("scores/ref").unwrap();
    assert_eq!((reference.shape(), reference.chunk()), (vec![4, 2], Some(vec![1 << 17, 2])));
    assert!(reference.dtype().unwrap().is::<f32>());
    let tasks = reference.attr("tasks").unwrap().read_1d::<VarLenUnicode>().unwrap();
    assert_eq!(tasks.iter().map(|task| task.as_str()).collect::<Vec<_>>(), ["a", "b/c"]);
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let nan = f32::NAN;
    assert_eq!(bits(reference.read_raw().unwrap()), bits(vec![-1.0, 2.0, nan, nan, nan, nan, 0.5, f32::INFINITY]));
    assert_eq!(bits(file.dataset("scores/my%2Fdiff").unwrap().read_raw().unwrap()), bits(vec![3.0, nan, nan, 1e-9]));

    assert_eq!(texts(&file, "variants/chrom"), ["chr1", "chr1", "chr1", "chrX"]);
    assert_eq!(numbers(&file, "variants/pos"), [7, 7, 8, 9]);
    assert_eq!(texts(&file, "variants/id"), ["rs1;rs2", "rs1;rs2", "", ""]);
    assert_eq!(texts(&file, "variants/ref"), ["A", "A", "G", "C"]);
    assert_eq!(texts(&file, "variants/alt"), ["C", "<DEL>", "", "T"]);
    assert_eq!(texts(&file, "variants/region_id"), [""; 4]);
    let missing = file.dataset("variants/region_start").unwrap().attr("missing").unwrap().read_scalar().unwrap();
    assert_eq!(numbers(&file, "variants/region_start"), [-2, missing, missing, -3]);
    assert_eq!(numbers(&file, "variants/region_end"), [4, missing, missing, 3]);
    assert_eq!(texts(&file, "variants/strand"), ["-", "", "", "+"]);
    assert_eq!(texts(&file, "variants/skip"), ["", "symbolic", "no_alt", ""]);
}

/// Attributes of more than 64 KiB need another layout of the file.
#[test]
fn thousands_of_tasks_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scores.h5");
    let names: Vec<String> = (0..10_000).map(|task| format!("task {task}")).collect();
    let label = ScoreLabel { columns: names.clone(), ..label("diff", &[]) };
    Box::new(Hdf5Sink::create(&path, options(vec![label])).unwrap()).finish().unwrap();
    let scores = File::open(&path).unwrap().dataset("scores/diff").unwrap();
    assert_eq!((scores.shape(), scores.chunk()), (vec![0, 10_000], Some(vec![26, 10_000])));
    let tasks = scores.attr("tasks").unwrap().read_1d::<VarLenUnicode>().unwrap();
    assert!(tasks.iter().map(|task| task.as_str()).eq(names.iter().map(String::as_str)));
}

#[test]
fn rows_beyond_the_buffer_and_the_chunk_follow_one_another() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scores.h5");
    let mut options = options(vec![label("diff", &["a", "b"])]);
    options.only_scored = true;
    let mut sink = Hdf5Sink::create(&path, options).unwrap();
    let (rounds, rows) = (14usize, 10_000usize);
    for round in 0..rounds {
        let lines: String = (0..rows).map(|row| format!("chr1\t{}\t.\tA\tC\n", round * rows + row + 1)).collect();
        let values: Vec<f32> = (0..rows).flat_map(|row| [(round * rows + row) as f32, 0.5]).collect();
        let outcomes = (0..rows).map(|row| vec![Outcome::Done(row)]).collect();
        sink.write(&chunk(records(&lines), outcomes, vec![matrix(2, &values)])).unwrap();
        assert!(sink.buffer.bytes() < BUFFER);
    }
    assert!(sink.buffer.variants.len() < rounds * rows);
    Box::new(sink).finish().unwrap();
    let file = File::open(&path).unwrap();
    assert!(numbers(&file, "variants/pos").into_iter().eq(1..=(rounds * rows) as i64));
    let scores: Vec<f32> = file.dataset("scores/diff").unwrap().read_raw().unwrap();
    assert!(
        scores.iter().enumerate().all(|(index, &score)| score == if index % 2 == 0 { index as f32 / 2.0 } else { 0.5 })
    );
}

#[test]
fn a_dropped_sink_leaves_nothing_and_a_device_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scores.h5");
    drop(Hdf5Sink::create(&path, options(vec![label("diff", &["a"])])).unwrap());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        let error = Hdf5Sink::create(&path, options(Vec::new())).err().unwrap();
        assert!(matches!(error, SinkError::Create { .. }), "{error}");
    }
}

#[test]
fn names_are_single_parts_of_paths() {
    assert_eq!([".", "a/b", "..", "a.b"].map(path_part), ["%2E", "a%2Fb", "..", "a.b"]);
}
