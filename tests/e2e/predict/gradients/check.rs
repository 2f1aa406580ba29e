//! `--check-gradient`: gradients beside finite differences.

use kipos_tests::project;

use super::{differentiated, inputs, layered};
use crate::stub_model::StubModel;

/// The lines of the table, without its heading, and its last line.
fn table(stderr: &str) -> (Vec<&str>, &str) {
    let mut lines = stderr.lines().skip_while(|line| !line.starts_with("gradients and finite differences"));
    let heading = lines.nth(1).unwrap_or_else(|| panic!("no table in {stderr}"));
    assert_eq!(
        heading.split_whitespace().collect::<Vec<_>>().join(" "),
        "sample input element gradient difference error"
    );
    let rows: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("of ")).collect();
    (rows, stderr.lines().find(|line| line.starts_with("of ")).unwrap())
}

#[test]
fn a_right_gradient_agrees_and_the_files_are_the_same() {
    let world = layered(StubModel::default());
    let plain = differentiated(&world, &["-o", "plain.tsv"]);
    assert!(!plain.stderr.contains("finite differences"), "{plain:?}");
    for (more, agree) in [
        (&["--check-gradient", "6"][..], "of 6: 6 agree"),
        (&["--check-gradient", "6", "--batch-size", "2"], "of 6: 6 agree"),
        (&["--check-gradient", "3", "-l", "trunk/pool", "-a", "absmax"], "of 3: 3 agree"),
        (&["--check-gradient", "3", "-l", "squash", "-a", "max"], "of 3: 3 agree"),
        // All elements of the only sample of the first block.
        (&["--check-gradient", "99", "--batch-size", "1"], "of 20: 20 agree"),
    ] {
        let outcome = differentiated(&world, &[more, &["-o", "o.tsv"]].concat());
        let (rows, verdict) = table(&outcome.stderr);
        assert_eq!(verdict, agree, "{}", outcome.stderr);
        assert_eq!(rows.len(), agree[3..].split(':').next().unwrap().parse::<usize>().unwrap());
        assert!(rows.iter().all(|row| row.ends_with("agrees") && row.contains("seq")), "{rows:?}");
        assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
        if more.len() == 2 {
            assert_eq!(world.read("o.tsv"), world.read("plain.tsv"));
        }
    }
}

/// Where all values of the layer are 0, each is the largest, and the largest has another slope on either side.
#[test]
fn a_kink_is_told_from_a_mistake() {
    let (world, file) = inputs::world("{seq: {special_type: DNASeq, shape: \"(5, 4)\"}}", "{shape: \"(1,)\"}");
    file.ranges("ranges", 5, &inputs::RANGES).array("seq", &[0f32; 40], &[2, 5, 4]);
    drop(file);
    let command = "gradient model --batch-file b.h5 --check-gradient 4 -l trunk/pool -a max -o o.tsv";
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (rows, verdict) = table(&outcome.stderr);
    assert_eq!(verdict, "of 4: 4 at a kink, where there is no single slope", "{}", outcome.stderr);
    assert!(rows.iter().all(|row| row.ends_with("kink")), "{rows:?}");
}

/// The graph that differentiates the example is not the one that predicts.
#[test]
fn gradients_of_the_example_follow_its_predictions() {
    let world = layered(StubModel::default());
    let example = project().join("examples/motif-cnn");
    world.write("genome.fa", std::fs::read(example.join("genome.fa")).unwrap());
    let contig = world.read("genome.fa").lines().next().unwrap()[1..].split_whitespace().next().unwrap().to_owned();
    world.write("in.bed", format!("{contig}\t1000\t1200\n{contig}\t1500\t1700\n"));
    let model = example.display().to_string();
    let command = "gradient --fasta genome.fa --intervals in.bed --check-gradient 8 --layer logits -o o.tsv";
    let outcome = world.run(command, &["--", &model]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (rows, verdict) = table(&outcome.stderr);
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().any(|row| row.ends_with("agrees")), "{rows:?}");
    assert!(!verdict.contains("differ"), "{}", outcome.stderr);
}
