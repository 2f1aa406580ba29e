use super::*;
use crate::{
    genome::Outcome,
    genome::SkipReason,
    scored::ScoreLabel,
    sink::test_input::{chunk, label, matrix, records},
};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use std::fs::File;

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

/// A chunk of three records: scored, skipped and again scored; one without ALT.
fn mixed() -> ScoredChunk {
    let records = records("chr1\t7\trs1;rs2\tA\tC,<DEL>\nchr1\t8\t.\tG\t.\nchrX\t9\t.\tC\tT\n");
    let outcomes = vec![vec![Outcome::Done(1), Outcome::Skipped(SkipReason::Symbolic)], vec![], vec![Outcome::Done(0)]];
    let scores = vec![matrix(2, &[f32::NAN, f32::NEG_INFINITY, 0.5, -1.0 / 3.0]), matrix(1, &[1e-9, 2.0])];
    chunk(records, outcomes, scores)
}

/// The labels of [`mixed`].
fn labels() -> Vec<ScoreLabel> {
    vec![label("diff", &["a", "b"]), label("ref", &["a"])]
}

/// A file with row groups of so many rows.
fn written(options: TableOptions, rows: usize, chunks: &[ScoredChunk]) -> SerializedFileReader<File> {
    written_within(GroupLimits { rows, bytes: usize::MAX }, options, chunks)
}

fn written_within(limits: GroupLimits, options: TableOptions, chunks: &[ScoredChunk]) -> SerializedFileReader<File> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scores.parquet");
    let mut sink = ParquetSink::with_limits(&(&path).into(), options, limits).unwrap();
    chunks.iter().for_each(|chunk| sink.write(chunk).unwrap());
    assert!(!path.exists());
    Box::new(sink).finish().unwrap();
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

fn sizes(file: &SerializedFileReader<File>) -> Vec<i64> {
    file.metadata().row_groups().iter().map(|group| group.num_rows()).collect()
}

fn rows(file: &SerializedFileReader<File>) -> Vec<Vec<(String, Field)>> {
    let rows = file.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| row.get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect()).collect()
}

#[test]
fn rows_are_typed_and_what_is_missing_is_null() {
    use Field::{Float, Long, Null, Str};
    let file = written(options(labels()), 3, &[mixed()]);
    let text = |text: &str| Str(text.to_owned());
    let rows = rows(&file);
    let names: Vec<_> = rows[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "chrom pos id ref alt region_id region_start region_end strand skip diff/a diff/b ref/a"
    );
    let values: Vec<Vec<Field>> =
        rows.into_iter().map(|row| row.into_iter().map(|(_, field)| field).collect()).collect();
    let third = -1.0f32 / 3.0;
    assert_eq!(
        values[..3],
        [
            vec![
                text("chr1"),
                Long(7),
                text("rs1;rs2"),
                text("A"),
                text("C"),
                Null,
                Long(-2),
                Long(4),
                text("-"),
                Null,
                Float(0.5),
                Float(third),
                Float(2.0),
            ],
            vec![
                text("chr1"),
                Long(7),
                text("rs1;rs2"),
                text("A"),
                text("<DEL>"),
                Null,
                Null,
                Null,
                Null,
                text("symbolic"),
                Null,
                Null,
                Null,
            ],
            vec![
                text("chr1"),
                Long(8),
                Null,
                text("G"),
                Null,
                Null,
                Null,
                Null,
                Null,
                text("no_alt"),
                Null,
                Null,
                Null,
            ],
        ]
    );
    // Not a number is a score.
    assert!(matches!(values[3][10], Float(score) if score.is_nan()));
    assert_eq!(values[3][11..], [Float(f32::NEG_INFINITY), Float(1e-9)]);
}

#[test]
fn a_score_that_failed_is_null_where_others_are_not() {
    let mut chunk = mixed();
    chunk.scores[0].failures.insert(1, "no".into());
    let values = rows(&written(options(labels()), 3, &[chunk]));
    let scores = |row: usize| values[row][10..].iter().map(|(_, field)| field.clone()).collect::<Vec<_>>();
    assert_eq!(scores(0), [Field::Null, Field::Null, Field::Float(2.0)]);
    assert_eq!(scores(3)[2], Field::Float(1e-9));
}

#[test]
fn the_file_says_where_it_comes_from() {
    let file = written(options(vec![label("diff", &["a"])]), 3, &[]);
    let metadata = file.metadata().file_metadata();
    let pairs = metadata.key_value_metadata().unwrap().iter();
    let pairs: Vec<_> = pairs.map(|pair| (pair.key.as_str(), pair.value.as_deref().unwrap())).collect();
    let scores = r#"{"diff":{"plugin":"scorers","scorer":"diff","version":"1.2"}}"#;
    let expected = [("kipos_version", env!("CARGO_PKG_VERSION")), ("kipos_model", "motif"), ("kipos_scores", scores)];
    assert_eq!(pairs, expected);
    assert_eq!((metadata.num_rows(), metadata.schema_descr().num_columns()), (0, 11));
}

#[test]
fn tasks_of_one_name_are_told_apart() {
    let file = written(options(vec![label("diff", &["a", "a"]), label("ref", &["a"])]), 9, &[mixed()]);
    let names: Vec<_> = rows(&file)[0].iter().skip(10).map(|(name, _)| name.clone()).collect();
    assert_eq!(names, ["diff/a", "diff/a_2", "ref/a"]);
}

#[test]
fn row_groups_are_bounded_in_rows() {
    let file = written(options(labels()), 3, &[mixed(), mixed(), mixed()]);
    assert_eq!(sizes(&file), [3, 3, 3, 3]);
    let positions: Vec<_> = rows(&file).iter().map(|row| row[1].1.clone()).collect();
    assert_eq!(positions, [7, 7, 8, 9].repeat(3).into_iter().map(Field::Long).collect::<Vec<_>>());
}

#[test]
fn row_groups_are_bounded_in_bytes() {
    let mut group = ScoreTables::new(&labels());
    let first = mixed();
    group.push(&table_rows(&first, false).next().unwrap(), &first.scores, &options(labels()));
    // Two rows reach it, of whatever kind.
    let limits = GroupLimits { rows: 100, bytes: group.bytes() * 2 - 40 };
    let file = written_within(limits, options(labels()), &[mixed(), mixed()]);
    assert_eq!(sizes(&file), [2, 2, 2, 2]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_failed_write_names_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("full.parquet");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let mut sink = ParquetSink::create(&path, options(labels())).unwrap();
    sink.write(&mixed()).unwrap();
    let error = Box::new(sink).complete().unwrap_err();
    assert!(error.to_string().contains("full.parquet;"), "{error}");
    assert!(matches!(error, SinkError::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull));
}
