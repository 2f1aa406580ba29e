//! The example against predictions that were made in Python.

use kipos_tests::{World, project};

use super::table;
use crate::annotated::assert_close;

/// The windows of the variants that the example scores, and the means over both strands of what its graph says of them.
#[test]
fn both_strands_of_the_example_have_the_expected_mean() {
    let world = World::new();
    let example = project().join("examples/motif-cnn");
    let expected = std::fs::read_to_string(example.join("expected.tsv")).unwrap();
    let mut lines = expected.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let column = |name: &str| names.iter().position(|known| *known == name).unwrap();
    // What is longer is trimmed first, which may move its window.
    let is_snv = |row: &[&str]| row[column("ref")].len() == 1 && row[column("alt")].len() == 1;
    let scored: Vec<_> = lines.filter(|row| row[column("skip")] == "." && is_snv(row)).collect();
    let mut intervals = String::new();
    for row in &scored {
        let position: usize = row[column("pos")].parse().unwrap();
        for strand in ["+", "-"] {
            intervals.push_str(&format!(
                "{}\t{}\t{}\t.\t0\t{strand}\n",
                row[column("chrom")],
                position - 1,
                position + 1
            ));
        }
    }
    world.write("in.bed", intervals);
    world.write("genome.fa", std::fs::read(example.join("genome.fa")).unwrap());
    let model = example.display().to_string();
    let args =
        "predict --fasta genome.fa --intervals in.bed --dataloader_args use_strand=true --batch_size 7 -o out.tsv";
    let outcome = world.run(args, &["--", &model]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let rows = table(&world, "out.tsv");
    assert_eq!(
        (rows[0].as_slice(), rows.len()),
        (&["preds/CTCF".to_owned(), "preds/AP1".to_owned()][..], 2 * scored.len() + 1)
    );
    assert!(scored.len() > 20, "{} rows", scored.len());
    for (row, strands) in scored.iter().zip(rows[1..].chunks(2)) {
        for (task, name) in ["ref/CTCF", "ref/AP1"].iter().enumerate() {
            let value = |strand: usize| strands[strand][task].parse::<f64>().unwrap();
            let mean = (value(0) + value(1)) / 2.0;
            assert_close(mean, row[column(name)].parse().unwrap(), format_args!("{name} of {}", row[column("id")]));
        }
    }
}
