use std::path::Path;

use kipos_plugin_api::Tensor;
use proptest::prelude::*;

use super::*;
use crate::spec::ModelDir;

/// A model with these targets, and its outputs.
fn model(targets: &str) -> (ModelSpec, OutputSpecs) {
    let directory = tempfile::tempdir().unwrap();
    let yaml = format!(
        "type: onnx\nargs: {{}}\ninfo: {{}}\n\
         default_dataloader: {{defined_as: kipoiseq.dataloaders.SeqIntervalDl}}\n\
         schema:\n  inputs: {{shape: '(10, 4)'}}\n  targets: {targets}\n"
    );
    std::fs::write(directory.path().join("model.yaml"), yaml).unwrap();
    let spec = open(directory.path());
    let mut outputs = OutputSpecs::default();
    for (target, tasks) in spec.targets.iter().zip(spec.target_tasks().unwrap()) {
        let tasks = match tasks {
            crate::spec::TargetTasks::Tasks(names) => names,
            crate::spec::TargetTasks::Profile => Vec::new(),
        };
        let shape = target.shape.iter().map(|length| length.unwrap()).collect();
        outputs.0.push(OutputSpec { name: target.name.clone(), shape, offset: outputs.width(), tasks });
    }
    (spec, outputs)
}

fn open(directory: &Path) -> ModelSpec {
    ModelDir::open(directory).unwrap().model().clone()
}

fn try_readout(targets: &str, reductions: &[&str], tasks: &[&str]) -> Result<Readout, ReadoutError> {
    let (spec, outputs) = model(targets);
    let reductions: Vec<OutputReduction> = reductions.iter().map(|typed| typed.parse().unwrap()).collect();
    let tasks: Vec<TaskKey> = tasks.iter().map(|&typed| typed.into()).collect();
    Readout::new(&spec, &outputs, &reductions, &tasks)
}

fn readout(targets: &str, reductions: &[&str], tasks: &[&str]) -> Readout {
    try_readout(targets, reductions, tasks).unwrap()
}

fn message(targets: &str, reductions: &[&str], tasks: &[&str]) -> String {
    try_readout(targets, reductions, tasks).unwrap_err().to_string()
}

/// The read row of a raw row.
fn read(readout: &Readout, raw: &[f32]) -> Vec<f32> {
    let mut row = Vec::new();
    let tensor = |part: &Part| {
        let shape = [1].into_iter().chain(part.raw.shape.iter().copied()).collect();
        Tensor::new(shape, part.raw.of(raw).to_vec()).unwrap()
    };
    let outputs: Vec<Tensor> = readout.parts.iter().map(tensor).collect();
    readout.read(&outputs, 1, &mut row).unwrap();
    row
}

/// `name shape tasks` of every output, as scorers see them. Offsets must leave no gap.
fn seen(readout: &Readout) -> String {
    let mut offset = 0;
    let mut lines = Vec::new();
    for output in &readout.outputs().0 {
        assert_eq!(output.offset, offset, "{}", output.name);
        offset += output.len();
        lines.push(format!("{} {:?} {}", output.name, output.shape, output.tasks.join("|")));
    }
    assert_eq!(readout.width(), offset);
    lines.join("; ")
}

const SEVERAL: &str = "{bins: {shape: '(3, 2)', column_labels: [plus, minus]}, \
                        total: {shape: '(2,)', column_labels: [a, b]}, last: {shape: '(1,)'}}";
/// A raw row of them: positions (1, 2), (3, 5), (8, 13), then 21, 34, then 55.
const RAW: [f32; 9] = [1., 2., 3., 5., 8., 13., 21., 34., 55.];

#[test]
fn without_requests_everything_is_read_as_it_is() {
    let readout = readout(SEVERAL, &[], &[]);
    assert_eq!(seen(&readout), "bins [3, 2] ; total [2] total.a|total.b; last [1] last.0");
    assert_eq!(read(&readout, &RAW), RAW);
    assert!(!readout.picks_tasks());
}

#[test]
fn a_reduced_output_has_tasks() {
    let readout = readout(SEVERAL, &["bins=sum"], &[]);
    assert_eq!(seen(&readout), "bins [2] bins.plus|bins.minus; total [2] total.a|total.b; last [1] last.0");
    assert_eq!(read(&readout, &RAW), [12., 20., 21., 34., 55.]);
}

#[test]
fn chosen_tasks_keep_the_order_of_the_model() {
    let row = |tasks: &[&str]| {
        let readout = readout(SEVERAL, &["bins=max"], tasks);
        (seen(&readout), read(&readout, &RAW))
    };
    let expected = ("bins [1] bins.minus; last [1] last.0".to_owned(), vec![13., 55.]);
    assert_eq!(row(&["bins.minus", "last.0"]), expected);
    assert_eq!(row(&["last.0,bins.minus"]), expected);
    assert_eq!(row(&["4", "1", "4"]), expected);
    let both = ("total [2] total.a|total.b".to_owned(), vec![21., 34.]);
    assert_eq!(row(&["total.b", "total.a"]), both);
}

#[test]
fn a_profile_of_which_no_task_is_chosen_is_not_read() {
    let readout = readout(SEVERAL, &[], &["0", "last.0"]);
    assert_eq!(seen(&readout), "total [1] total.a; last [1] last.0");
    assert_eq!(read(&readout, &RAW), [21., 55.]);
    assert_eq!(readout.check_reverse_complement(), Ok(()));
}

#[test]
fn reduced_tasks_are_named_by_label_or_number() {
    for (targets, expected) in [
        ("{shape: '(3, 2)', column_labels: [x, y]}", "output [2] x|y"),
        ("{shape: '(3, 2)', column_labels: [x, x]}", "output [2] x|x_2"),
        // Labels of the positions say nothing of the tasks.
        ("{shape: '(3, 2)', column_labels: [x, y, z]}", "output [2] 0|1"),
        ("{shape: '(3, 1)', name: y, column_labels: [x, y, z]}", "y [1] 0"),
        ("{shape: '(3, 2, 2)'}", "output [4] 0|1|2|3"),
        ("[{shape: '(3, 2)'}]", "0 [2] 0.0|0.1"),
        ("{g: {shape: '(3, 2)', column_labels: [x, y]}}", "g [2] g.x|g.y"),
    ] {
        assert_eq!(seen(&readout(targets, &["sum"], &[])), expected, "{targets}");
    }
}

#[test]
fn requests_that_make_no_sense_are_explained() {
    insta::assert_snapshot!(message(SEVERAL, &["bin=sum"], &[]), @"--reduce names the unknown output `bin` (known: bins, total, last)");
    insta::assert_snapshot!(message(SEVERAL, &["center:3"], &[]), @"--reduce center:3 does not say which output is meant; write --reduce OUTPUT=center:3, one of: bins, total, last");
    insta::assert_snapshot!(message(SEVERAL, &["bins=sum", "bins=max"], &[]), @"--reduce is given twice for output `bins`; give it once");
    insta::assert_snapshot!(message(SEVERAL, &["total=sum"], &[]), @"--reduce: output `total` of shape (2,) has no axis of positions, its values are tasks; if they are positions, say so with one more axis in model.yaml, such as (1000, 1)");
    insta::assert_snapshot!(message(SEVERAL, &[], &["bins.plus"]), @"unknown task `bins.plus` (known: total.a, total.b, last.0); output `bins` gets tasks with --reduce bins=mean (or sum, max, center:N)");
    insta::assert_snapshot!(message(SEVERAL, &["bins=sum"], &["5"]), @"there is no task 5: tasks are numbered from 0 and there are 5 (known: bins.plus, bins.minus, total.a, total.b, last.0)");
}

#[test]
fn what_depends_on_the_order_of_positions_is_for_one_strand() {
    let check = |reductions: &[&str]| {
        readout("{p: {shape: '(4, 2)'}, t: {shape: '(2,)'}}", reductions, &[]).check_reverse_complement()
    };
    for symmetric in ["p=sum", "p=mean", "p=max", "p=center:2", "p=center:4"] {
        assert_eq!(check(&[symmetric]), Ok(()), "{symmetric}");
    }
    assert!(matches!(check(&["p=center:3"]), Err(ReadoutError::OffCentre { parity: "even", .. })));
    insta::assert_snapshot!(check(&[]).unwrap_err(), @"the scores read both strands, but the positions of output `p` run the other way on the reverse complement; make tasks of it with --reduce p=mean (or sum, max), or give --use-rc false");
}

/// A profile and a vector, with a raw row of them.
fn rows() -> impl Strategy<Value = (usize, usize, usize, Vec<f32>)> {
    (2..6usize, 1..5usize, 1..5usize).prop_flat_map(|(positions, tasks, vector)| {
        let values = prop::collection::vec((-64..64i8).prop_map(f32::from), positions * tasks + vector);
        (Just(positions), Just(tasks), Just(vector), values)
    })
}

fn targets(positions: usize, tasks: usize, vector: usize) -> String {
    format!("{{p: {{shape: '({positions}, {tasks})'}}, v: {{shape: '({vector},)'}}}}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Small whole numbers add up without rounding.
    #[test]
    fn the_reduction_of_a_sum_is_the_sum_of_reductions((positions, tasks, vector, row) in rows(), seed: u64) {
        let other: Vec<f32> = (0..row.len()).map(|i| f32::from((seed >> (i % 60)) as u8)).collect();
        let both: Vec<f32> = row.iter().zip(&other).map(|(a, b)| a + b).collect();
        for (reduction, exact) in [("p=sum", true), ("p=mean", false), ("p=center:2", true)] {
            let readout = readout(&targets(positions, tasks, vector), &[reduction], &[]);
            let apart = read(&readout, &row).into_iter().zip(read(&readout, &other)).map(|(a, b)| a + b);
            for (found, expected) in read(&readout, &both).into_iter().zip(apart) {
                prop_assert!((found - expected).abs() <= if exact { 0.0 } else { 1e-4 }, "{} {} {}", reduction, found, expected);
            }
        }
    }

    /// Choosing tasks is the same as picking their columns of all, whatever the order of the request.
    #[test]
    fn a_choice_is_a_projection((positions, tasks, vector, row) in rows(), order: Vec<prop::sample::Index>) {
        let targets = targets(positions, tasks, vector);
        for reduction in ["p=sum", "p=mean", "p=max", "p=center:2"] {
            let all = readout(&targets, &[reduction], &[]);
            let names = all.outputs().task_names();
            let wanted: Vec<usize> = order.iter().map(|index| index.index(names.len())).collect();
            if wanted.is_empty() {
                continue;
            }
            let keys: Vec<&str> = wanted.iter().map(|&task| names[task].as_str()).collect();
            let chosen = readout(&targets, &[reduction], &keys);
            let kept: Vec<usize> = (0..names.len()).filter(|task| wanted.contains(task)).collect();
            let full = read(&all, &row);
            prop_assert_eq!(read(&chosen, &row), kept.iter().map(|&task| full[task]).collect::<Vec<_>>());
            prop_assert_eq!(chosen.outputs().task_names(), kept.iter().map(|&task| names[task].clone()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn texts_that_are_typed_never_break_anything(reduction in "\\PC*", task in "\\PC*") {
        let (spec, outputs) = model(SEVERAL);
        let reductions: Vec<OutputReduction> = reduction.parse().into_iter().collect();
        let _ = Readout::new(&spec, &outputs, &reductions, &[TaskKey::Typed(task)]);
    }
}
