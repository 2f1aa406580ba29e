//! Scores of predictions for which their formulas are not defined, and models whose predictions say nothing.

use hdf5::File;
use kipos_tests::{World, fault};

use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::stub_model::StubModel;
use crate::summary::Summary;
use crate::table::Table;

/// A world whose model has ten tasks; some of its predictions lie between 0 and 1, others above.
fn world() -> World {
    let contig = bases(100, 13);
    let world = World::new();
    let tasks = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"];
    StubModel { tasks: &tasks, scoring: "{type: diff}, {type: logit}", ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("in.vcf", vcf("", &[40, 55, 70].map(|pos| snv("chr1", &contig, pos, 1)).concat()));
    world
}

fn numbers(table: &Table, label: &str) -> Vec<f64> {
    let columns = table.scores().iter().filter(|name| name.starts_with(&format!("{label}/")));
    columns.flat_map(|name| table.column(name).into_iter().map(|cell| cell.parse().unwrap())).collect()
}

#[test]
fn a_fold_change_of_log_counts_has_no_value() {
    let world = World::new();
    let (model, genome) = (fault("log2fc-negative"), fault("common/g.fa"));
    // The index of a genome is written beside it.
    world.write("g.fa", std::fs::read(genome).unwrap());
    let variants = model.join("in.vcf");
    let outcome = world.run(
        "score-variants --fasta g.fa --use-rc false --tasks counts.0 -o out.tsv -o out.vcf",
        &["--vcf", variants.to_str().unwrap(), model.to_str().unwrap(), "--scores", "log2fc", "diff", "ref", "alt"],
    );
    let summary = Summary::of(&outcome);
    assert_eq!((summary.scored, summary.alleles), (3, 3));
    assert!(outcome.stderr.contains("\n  not finite: log2fc 3 of 3\n"), "{}", outcome.stderr);
    let table = Table::parse(&world.read("out.tsv"));
    assert_eq!(numbers(&table, "log2fc").iter().filter(|score| score.is_nan()).count(), 3);
    // tests/faults/log2fc-negative/right_values.py, in six digits; tables have as many.
    let right = [
        ("ref", [-1.691_08, -1.508_31, -1.621_49]),
        ("alt", [-1.724_15, -1.480_06, -1.636_04]),
        ("diff", [-0.033_073, 0.028_247, -0.014_554]),
    ];
    for (label, right) in right {
        for (found, right) in numbers(&table, label).into_iter().zip(right) {
            assert!((found - right).abs() < 1.5e-5, "{label}: {found}, and not {right}");
        }
    }
    assert_eq!(world.read("out.vcf").matches("LOG2FC=nan;").count(), 3);
}

#[test]
fn log_odds_of_what_lies_outside_of_0_to_1_are_nan_and_counted() {
    let world = world();
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.tsv --scores logit ref alt diff";
    for more in [&[][..], &["--score-kwargs", "logit={epsilon: 0.01}"]] {
        let outcome = world.run(command, more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let table = Table::parse(&world.read("out.tsv"));
        let [logit, reference, alternate] = ["logit", "ref", "alt"].map(|label| numbers(&table, label));
        let outside = |value: &f64| !(0.0..=1.0).contains(value);
        let expected: Vec<bool> =
            reference.iter().zip(&alternate).map(|(reference, alt)| outside(reference) || outside(alt)).collect();
        assert_eq!(logit.iter().map(|score| score.is_nan()).collect::<Vec<_>>(), expected);
        let count = expected.iter().filter(|outside| **outside).count();
        assert!(0 < count && count < 30, "{count} of 30: the test says little");
        let line = format!("\n  not finite: logit {count} of 30\n");
        assert!(outcome.stderr.contains(&line), "{}", outcome.stderr);
    }
    // A score without such values has no line.
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.tsv --scores diff", &[]);
    assert!(!outcome.stderr.contains("not finite"), "{}", outcome.stderr);
}

#[test]
fn maps_count_their_cells_without_value_and_pictures_of_nothing_say_so() {
    let world = world();
    let outcome = world.run("mutation-map model --fasta genome.fa --regions chr1:31-50 -o maps.h5 --scores logit", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = File::open(world.path("maps.h5")).unwrap();
    let map = |task: usize| {
        file.dataset(&format!("/_list_0/seq/logit/t{task}/mutation_map")).unwrap().read_raw::<f32>().unwrap()
    };
    let without: Vec<usize> = (0..10).map(|task| map(task).iter().filter(|cell| cell.is_nan()).count()).collect();
    let (count, cells) = (without.iter().sum::<usize>(), 10 * 3 * 20);
    assert!(0 < count && count < cells, "{count} of {cells}: the test says little");
    let line = format!("\n  not finite: logit {count} of {cells}\n");
    assert!(outcome.stderr.contains(&line), "{}", outcome.stderr);

    let plot = |task: usize| {
        let outcome = world
            .run("plot mutation-map maps.h5 -o map.svg --scoring-key logit", &["--model-output", &format!("t{task}")]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        (outcome.stderr, world.read("map.svg"))
    };
    let (empty, full) = (without.iter().position(|nan| *nan == 60), without.iter().position(|nan| *nan == 0));
    let (said, picture) = plot(empty.unwrap());
    insta::assert_snapshot!(said, @r"
    warning: the picture is empty: none of its values is a finite number
    wrote map.svg
    ");
    assert!(picture.contains("(no finite values: "), "{picture}");
    let (said, picture) = plot(full.unwrap());
    assert_eq!(said, "wrote map.svg\n");
    assert!(!picture.contains("no finite values"), "{picture}");
}

#[test]
fn the_test_of_a_model_warns_of_predictions_that_never_change() {
    let test = |mode: &str, intervals: &str| {
        let world = World::new();
        StubModel::default().write(&world, "model");
        let yaml =
            world.read("model/model.yaml").replace("args: {tasks: 1", &format!("args: {{mode: {mode}, tasks: 1"));
        world.write("model/model.yaml", yaml);
        world.write("model/genome.fa", fasta(&[("chr1", &bases(100, 13))]));
        world.write("model/in.bed", intervals);
        let args = "model test model --threads 1 --dataloader-args fasta_file=model/genome.fa \
                    intervals_file=model/in.bed";
        world.run(args, &[]).stdout
    };
    let (distinct, equal) = ("chr1\t0\t20\nchr1\t40\t60\n", "chr1\t0\t20\nchr1\t0\t20\n");
    // This mode says how many rows a batch has, whatever stands in them.
    let warning = "1 of 1 predicted values are the same for all 2 samples, though their inputs differ, the first 2 in \
                   task `only`; the model may not depend on its inputs";
    let said = test("rows", distinct);
    assert!(said.contains(warning), "{said}");
    for (mode, intervals) in [("rows", equal), ("weighted", distinct), ("weighted", equal), ("nan", distinct)] {
        let said = test(mode, intervals);
        assert!(said.contains("2 samples predicted") && !said.contains("the same for all"), "{mode}: {said}");
    }
    let said = test("nan", distinct);
    assert!(said.contains("2 of 2 predictions are not numbers, the first NaN in task `only` of sample 0"), "{said}");
}
