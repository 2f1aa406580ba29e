use super::*;
use kipos_plugin_api::Value;
use std::path::Path;

/// The samples of a file of this text: contig, start, index, and labels as they are printed.
fn samples(text: &str, given: &[(&str, Value)]) -> Result<Vec<(String, i64, u64, String)>, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.bed");
    std::fs::write(&path, text).unwrap();
    let root = directory.path().join("").display().to_string();
    let given: Vec<(String, Value)> = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let table = [("tsv_file".to_owned(), Value::String(path.display().to_string()))];
    let args = BedArgs::from_args(&given, &table).map_err(|error| error.to_string())?;
    let read = || {
        let mut dataset = BedDataset::open(args.clone())?;
        let (mut sample, mut found) = (BedSample::default(), Vec::new());
        while dataset.next_sample(&mut sample)? {
            let labels = sample.labels.as_ref().map_or(String::new(), |labels| format!("{:?}", labels.view()));
            found.push((sample.contig.clone(), sample.start, sample.index, labels));
        }
        Ok::<_, BedError>(found)
    };
    read().map_err(|error| error.to_string().replace(&root, ""))
}

fn row(contig: &str, start: i64, index: u64, labels: &str) -> (String, i64, u64, String) {
    (contig.into(), start, index, labels.into())
}

fn list(names: &[&str]) -> Value {
    Value::List(names.iter().map(|name| Value::String((*name).into())).collect())
}

#[test]
fn the_first_row_decides_how_contigs_are_named() {
    let names = |text: &str, num_chr: bool| {
        let rows = samples(text, &[("num_chr", Value::Bool(num_chr))]).unwrap();
        rows.into_iter().map(|(contig, ..)| contig).collect::<Vec<_>>()
    };
    assert_eq!(names("chr1\t0\t1\n2\t0\t1\n", true), ["1", "2"]);
    assert_eq!(names("1\t0\t1\nchr2\t0\t1\n", false), ["chr1", "chrchr2"]);
    assert_eq!(names("1\t0\t1\nchr2\t0\t1\n", true), ["1", "chr2"]);
    assert_eq!(names("chr1\t0\t1\n2\t0\t1\n", false), ["chr1", "2"]);
}

#[test]
fn rows_are_left_out_and_the_others_counted() {
    let text = "chr1\t1\t2\t-1\t-1\nchr1\t3\t4\t-1\t0\nchr2\t5\t6\t1\t1\nchr3\t7\t8\t0\t0\n";
    let starts = |given: &[(&str, Value)]| {
        let rows = samples(text, given).unwrap();
        rows.into_iter().map(|(_, start, index, _)| (start, index)).collect::<Vec<_>>()
    };
    assert_eq!(starts(&[]), [(1, 0), (3, 1), (5, 2), (7, 3)]);
    assert_eq!(starts(&[("ambiguous_mask", Value::Int(-1))]), [(3, 0), (5, 1), (7, 2)]);
    assert_eq!(starts(&[("incl_chromosomes", list(&["chr2", "chr3"]))]), [(5, 0), (7, 1)]);
    assert_eq!(starts(&[("excl_chromosomes", list(&["chr2"]))]), [(1, 0), (3, 1), (7, 2)]);
}

#[test]
fn labels_are_the_other_columns() {
    let text = "chr1\t1\t2\t1\t0.5\nchr1\t3\t4\t0\t\u{4e}A\n";
    let labels = |given: &[(&str, Value)]| {
        samples(text, given).map(|rows| rows.into_iter().map(|(.., labels)| labels).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(labels(&[]).unwrap(), "F64([1.0, 0.5]) F64([0.0, NaN])");
    assert_eq!(
        labels(&[("label_dtype", Value::String("np.float32".into()))]).unwrap(),
        "F32([1.0, 0.5]) F32([0.0, NaN])"
    );
    assert_eq!(labels(&[("bed_columns", Value::Int(4))]).unwrap(), "F64([0.5]) F64([NaN])");
    assert_eq!(labels(&[("bed_columns", Value::Int(5))]).unwrap(), " ");
    assert_eq!(labels(&[("ignore_targets", Value::Bool(true))]).unwrap(), " ");
    let text_type = labels(&[("label_dtype", Value::String("str".into()))]).unwrap();
    assert!(text_type.starts_with("Strings("), "{text_type}");
    insta::assert_snapshot!(labels(&[("label_dtype", Value::String("int".into()))]).unwrap_err(), @"t.bed:1: column 5 is a label of type int64, found `0.5`; correct it, choose another label_dtype, or ignore labels with ignore_targets=true");
    insta::assert_snapshot!(labels(&[("bed_columns", Value::Int(6))]).unwrap_err(), @"t.bed:1: found 5 columns, expected at least 6; `use_strand` reads the strand from the sixth");
    insta::assert_snapshot!(labels(&[("bed_columns", Value::Int(2))]).unwrap_err(), @"dataloader argument `bed_columns` must be a number of columns from 3 on, found 2");
}

#[test]
fn an_empty_file_has_neither_rows_nor_labels() {
    assert_eq!(samples("#\n", &[]).unwrap(), []);
    insta::assert_snapshot!(BedArgs::from_args(&[], &[]).unwrap_err(), @"the dataloader argument `tsv_file` is missing; give it with --dataloader-args tsv_file=FILE");
    let missing = BedDataset::open(BedArgs::new(Path::new("/nonexistent.bed").into())).err().unwrap();
    insta::assert_snapshot!(missing, @"cannot open the regions file /nonexistent.bed");
    assert_eq!(samples("chr1\t1\t2\n", &[]).unwrap(), [row("chr1", 1, 0, "")]);
}

#[test]
fn the_strand_needs_six_columns() {
    let strand = |columns: usize, sign: &str| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("t.bed");
        std::fs::write(&path, format!("chr1\t1\t2\tx\t0\t{sign}\n")).unwrap();
        let args = BedArgs { bed_columns: columns, ignore_targets: true, ..BedArgs::new(path) };
        let mut sample = BedSample::default();
        let read = BedDataset::open(args).and_then(|mut dataset| dataset.next_sample(&mut sample));
        let root = directory.path().join("").display().to_string();
        read.map_err(|error| error.to_string().replace(&root, "")).map(|_| (sample.strand, sample.strand()))
    };
    assert_eq!(strand(6, "-"), Ok(('-', Strand::Reverse)));
    assert_eq!(strand(6, "+"), Ok(('+', Strand::Forward)));
    for none in [".", "*"] {
        assert_eq!(strand(6, none), Ok(('.', Strand::Forward)));
    }
    for wrong in ["x", "-1", "0", "+-"] {
        let message = format!("t.bed:1: invalid strand `{wrong}` in column 6; expected `+`, `-` or `.`");
        assert_eq!(strand(6, wrong), Err(message));
        assert_eq!(strand(3, wrong), Ok(('.', Strand::Forward)));
    }
    assert_eq!(strand(3, "-"), Ok(('.', Strand::Forward)));
}
