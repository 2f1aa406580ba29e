//! Expectations: written, compared, tampered with.

use insta::assert_snapshot;

use super::{case, failed, misused, passed, run};
use crate::case::Case;

/// A case with an expectation in `model/` and a description that names it.
fn expecting(file: &str) -> Case {
    let case = case();
    let path = format!("model/{file}");
    let said = passed(&case, &["-o", &path]);
    let (_, yaml) = said.split_once("add to model.yaml:\n").expect("what to put into model.yaml");
    case.world.write("model/model.yaml", case.world.read("model/model.yaml") + yaml);
    case
}

#[test]
fn a_new_expectation_says_how_it_is_named() {
    let said = passed(&case(), &["-o", "model/expected.h5"]);
    let (_, end) = said.split_once("✓ batch size").unwrap();
    let (_, end) = end.split_once('\n').unwrap();
    assert_snapshot!(end, @r"
    - edits       run as whole rows: this backend does not evaluate edits
    ✓ variants    5 variants at chr1:25 on the forward strand by diff, ref, alt
    ✓ write       model/expected.h5 of 5 samples
    add to model.yaml:
    test:
      expect: expected.h5
      precision_decimal: 6
    ");
}

#[test]
fn what_was_written_is_expected() {
    for (file, whose) in [("expected.h5", "its inputs"), ("expected.tsv", "the examples")] {
        let case = expecting(file);
        let expected = format!("\n✓ expect      5 values for {whose} as in model/{file}, to 6 decimals");
        let said = passed(&case, &[]);
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn inputs_are_kept_with_what_is_expected_of_them() {
    let case = expecting("expected.h5");
    // Other examples, which the expectation does not speak of.
    case.world.write("model/in.bed", "chr1\t71\t81\nchr1\t72\t82\n");
    let said = passed(&case, &[]);
    assert!(said.contains("2 samples predicted\n✓ expect      5 values for its inputs as in "), "{said}");
    let file = hdf5::File::open(case.world.path("model/expected.h5")).unwrap();
    assert_eq!(file.dataset("inputs").unwrap().shape(), [5, 10, 4]);
    assert!(!file.link_exists("metadata"));
    drop(file);
    passed(&case, &["-o", "out/with.h5", "--keep_metadata"]);
    let file = hdf5::File::open(case.world.path("out/with.h5")).unwrap();
    assert_eq!(file.dataset("metadata/ranges/start").unwrap().read_raw::<i64>().unwrap(), [71, 72]);
}

#[test]
fn the_worst_value_of_a_tampered_expectation_is_named() {
    let case = expecting("expected.h5");
    let file = hdf5::File::open_rw(case.world.path("model/expected.h5")).unwrap();
    let dataset = file.dataset("preds").unwrap();
    let mut values = dataset.read_raw::<f32>().unwrap();
    values[1] += 0.001;
    values[3] = 1.5;
    dataset.write_raw(&values).unwrap();
    drop((dataset, file));
    let found = values_of_sample(&case, 3);
    let said = failed(&case, &[]);
    let expected = format!(
        "✗ expect      2 of 5 values differ from model/expected.h5 by 1.5e-6 or more, the worst in sample 3, task `0`: \
         found {found}, expected 1.5, difference {:.3e}\n- edits       run as whole \
         rows: this backend does not evaluate edits\nerror: 1 of 9 steps failed for model\n",
        1.5 - found
    );
    assert_eq!(said, expected);
    // The same file in other hands.
    assert!(passed(&case, &["--skip-expect"]).contains("- expect      not wanted\n"));
}

/// The prediction of a sample, from a table.
fn values_of_sample(case: &Case, sample: usize) -> f64 {
    passed(case, &["-o", "out/own.tsv"]);
    let table = case.world.read("out/own.tsv");
    f64::from(table.lines().nth(sample + 1).unwrap().parse::<f32>().unwrap())
}

#[test]
fn what_cannot_be_compared_is_told() {
    let expect = |text: &str| {
        let case = case();
        case.world.write("own.tsv", text);
        failed(&case, &["--expect", "own.tsv"])
    };
    assert_snapshot!(expect("preds/0\n1\n2\n"), @r"
    ✗ expect      own.tsv has 2 samples of `preds/0`, but 5 were predicted; it belongs to other samples
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    assert_snapshot!(expect("preds/1\n1\n"), @r"
    ✗ expect      own.tsv has `preds/1`, which the model does not give
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    let case = case();
    assert_snapshot!(failed(&case, &["--expect", "no.h5"]), @r"
    ✗ expect      cannot read no.h5: No such file or directory (os error 2)
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    assert_snapshot!(misused(&case, &["--expect", "genome.fa"]), @r"
    ✗ expect      unsupported expectation file genome.fa (expected .h5 or .hdf5, with the inputs, or .tsv, without)
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    case.world.write(
        "model/model.yaml",
        case.world.read("model/model.yaml")
            + "test: {expect: {url: https://x.org/y.h5, md5: 900150983cd24fb0d6963f7d28e17f72}}\n",
    );
    assert_snapshot!(failed(&case, &[]), @r"
    ✗ expect      model/model.yaml:11: `test.expect` is not on this machine: download https://x.org/y.h5 to model/downloaded/model_files/test.expect.h5; or compare with another file (--expect) or none (--skip-expect)
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
}

#[test]
fn other_arrays_are_not_those_of_the_model() {
    let expect = |build: &dyn Fn(&hdf5::File)| {
        let case = case();
        let file = hdf5::File::create(case.world.path("own.h5")).unwrap();
        build(&file);
        drop(file);
        failed(&case, &["--expect", "own.h5"])
    };
    let array = |name: &str, shape: &[usize]| {
        let (name, shape) = (name.to_owned(), shape.to_vec());
        move |file: &hdf5::File| {
            if let Some((group, _)) = name.rsplit_once('/') {
                file.create_group(group).unwrap();
            }
            file.new_dataset::<f64>().shape(shape.clone()).create(name.as_str()).unwrap();
        }
    };
    assert_snapshot!(expect(&|_| ()), @r"
    ✗ expect      own.h5 has no `preds`, which the model gives; it has no predictions
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    assert_snapshot!(expect(&array("preds/a", &[5, 1])), @r"
    ✗ expect      own.h5 has no `preds`, which the model gives; it has preds/a
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    assert_snapshot!(expect(&array("preds", &[5, 2])), @r"
    ✗ expect      own.h5: `preds` has rows of shape [2], but the model gives [1]
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
    assert_snapshot!(
        expect(&|file| {
            array("preds", &[0, 1])(file);
            array("inputs", &[0, 10, 4])(file);
        }),
        @r"
    ✗ expect      own.h5 holds no samples, so there is nothing to compare; write a new one with `-o FILE`
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    "
    );
    assert_snapshot!(expect(&array("preds", &[4])), @r"
    ✗ expect      own.h5 has 4 samples of `preds`, but 5 were predicted; it belongs to other samples
    - edits       run as whole rows: this backend does not evaluate edits
    error: 1 of 9 steps failed for model
    ");
}

#[test]
fn nothing_is_overwritten_and_nothing_written_for_a_failing_model() {
    let case = case();
    let outcome = run(&case, &["-o", "model/in.bed"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
    case.world.write("out/own.h5", "x");
    let outcome = run(&case, &["-o", "out/own.h5"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
    assert_snapshot!(outcome.stderr.trim(), @"error: out/own.h5 exists; an expectation is never overwritten, so remove it first or name another file");
    case.spoil("model/model.yaml", "{tasks: 1}", "{mode: rows}");
    let said = failed(&case, &["-o", "out/new.h5"]);
    assert!(said.contains("- write       not run, as it needs `batch size`\n"), "{said}");
    assert_eq!(case.outputs(), ["own.h5"]);
}
