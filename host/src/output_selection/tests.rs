use std::path::Path;

use kipos_plugin_api::Tensor;
use proptest::prelude::*;

use super::*;
use crate::description::ModelDir;

/// A model with these targets, behind which further keys of model.yaml may follow, and its outputs.
pub(crate) fn model(targets: &str) -> (ModelSpec, OutputSpecs) {
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
            crate::description::TargetTasks::Tasks(names) => names,
            crate::description::TargetTasks::Profile => Vec::new(),
        };
        let shape = target.shape.iter().map(|length| length.unwrap()).collect();
        outputs.0.push(OutputSpec::new(target.name.clone(), shape).with_offset(outputs.width()).with_tasks(tasks));
    }
    (spec, outputs)
}

fn open(directory: &Path) -> ModelSpec {
    ModelDir::open(directory).unwrap().model().clone()
}

fn try_select(targets: &str, reductions: &[&str], tasks: &[&str]) -> Result<OutputSelection, OutputSelectionError> {
    let (spec, outputs) = model(targets);
    let reductions: Vec<OutputReduction> = reductions.iter().map(|typed| typed.parse().unwrap()).collect();
    let tasks: Vec<TaskKey> = tasks.iter().map(|&typed| typed.into()).collect();
    let request = OutputRequest { reductions: &reductions, position_axes: &[], tasks: &tasks, with_defaults: false };
    OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10)))
}

/// An output selection, with axes of positions as they are typed.
fn with_axes(targets: &str, reductions: &[&str], axes: &[&str]) -> Result<OutputSelection, String> {
    let (spec, outputs) = model(targets);
    let reductions: Vec<OutputReduction> = reductions.iter().map(|typed| typed.parse().unwrap()).collect();
    let position_axes: Vec<OutputAxis> = axes.iter().map(|typed| typed.parse().unwrap()).collect();
    let request =
        OutputRequest { reductions: &reductions, position_axes: &position_axes, tasks: &[], with_defaults: false };
    OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10))).map_err(|error| error.to_string())
}

fn selection(targets: &str, reductions: &[&str], tasks: &[&str]) -> OutputSelection {
    try_select(targets, reductions, tasks).unwrap()
}

fn message(targets: &str, reductions: &[&str], tasks: &[&str]) -> String {
    try_select(targets, reductions, tasks).unwrap_err().to_string()
}

/// The read row of a raw row.
fn read(selection: &OutputSelection, raw: &[f32]) -> Vec<f32> {
    let mut row = Vec::new();
    let mut parts: Vec<&Part> = selection.parts.iter().collect();
    parts.sort_by_key(|part| part.source);
    let tensor = |part: &Part| {
        let shape = [1].into_iter().chain(part.raw.shape.iter().copied()).collect();
        Tensor::new(shape, part.raw.of(raw).to_vec()).unwrap()
    };
    let outputs: Vec<Tensor> = parts.into_iter().map(tensor).collect();
    selection.read(&outputs, 0..1, &mut row).unwrap();
    row
}

/// `name shape tasks` of every output, as scorers see them. Offsets must leave no gap.
fn seen(selection: &OutputSelection) -> String {
    let mut offset = 0;
    let mut lines = Vec::new();
    for output in &selection.outputs().0 {
        assert_eq!(output.offset, offset, "{}", output.name);
        offset += output.len();
        lines.push(format!("{} {:?} {}", output.name, output.shape, output.tasks.join("|")));
    }
    assert_eq!(selection.width(), offset);
    lines.join("; ")
}

const SEVERAL: &str = "{bins: {shape: '(3, 2)', column_labels: [plus, minus]}, \
                        total: {shape: '(2,)', column_labels: [a, b]}, last: {shape: '(1,)'}}";
/// A raw row of them: positions (1, 2), (3, 5), (8, 13), then 21, 34, then 55.
const RAW: [f32; 9] = [1., 2., 3., 5., 8., 13., 21., 34., 55.];

#[test]
fn without_requests_everything_is_read_as_it_is() {
    let selection = selection(SEVERAL, &[], &[]);
    assert_eq!(seen(&selection), "bins [3, 2] ; total [2] total.a|total.b; last [1] last.0");
    assert_eq!(read(&selection, &RAW), RAW);
    assert!(!selection.picks_tasks());
}

#[test]
fn a_reduced_output_has_tasks() {
    let selection = selection(SEVERAL, &["bins=sum"], &[]);
    assert_eq!(seen(&selection), "bins [2] bins.plus|bins.minus; total [2] total.a|total.b; last [1] last.0");
    assert_eq!(read(&selection, &RAW), [12., 20., 21., 34., 55.]);
}

#[test]
fn chosen_tasks_keep_the_order_of_the_model() {
    let row = |tasks: &[&str]| {
        let selection = selection(SEVERAL, &["bins=max"], tasks);
        (seen(&selection), read(&selection, &RAW))
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
    let selection = selection(SEVERAL, &[], &["0", "last.0"]);
    assert_eq!(seen(&selection), "total [1] total.a; last [1] last.0");
    assert_eq!(read(&selection, &RAW), [21., 55.]);
    assert_eq!(selection.check_reverse_complement(), Ok(()));
}

#[test]
fn reduced_tasks_are_named_by_label_or_number() {
    for (targets, expected) in [
        ("{shape: '(3, 2)', column_labels: [x, y]}", "output [2] x|y"),
        ("{shape: '(3, 2)', column_labels: [x, x]}", "output [2] x|x_2"),
        // Channels come first.
        ("{shape: '(3, 2)', column_labels: [x, y, z]}", "output [3] x|y|z"),
        ("{shape: '(2, 10)'}", "output [2] 0|1"),
        ("{shape: '(3, 1)', name: y, column_labels: [x]}", "y [1] x"),
        // Labels that fit no axis name nothing.
        ("{shape: '(3, 10)', column_labels: [x, y]}", "output [3] 0|1|2"),
        ("{shape: '(3, 2, 2)'}\nkipos: {outputs: {output: {position_axis: 0}}}", "output [4] 0|1|2|3"),
        ("[{shape: '(3, 2)'}]\nkipos: {outputs: {0: {position_axis: 1}}}", "0 [3] 0.0|0.1|0.2"),
        ("{shape: '(3,)', column_labels: x}\nkipos: {outputs: {output: {position_axis: 0}}}", "output [1] x"),
        ("{g: {shape: '(3, 2)', column_labels: [x, y]}}", "g [2] g.x|g.y"),
    ] {
        assert_eq!(seen(&selection(targets, &["sum"], &[])), expected, "{targets}");
    }
}

#[test]
fn requests_that_make_no_sense_are_explained() {
    insta::assert_snapshot!(message(SEVERAL, &["bin=sum"], &[]), @"--reduce names the unknown output `bin` (known: bins, total, last)");
    insta::assert_snapshot!(message(SEVERAL, &["center:3"], &[]), @"--reduce center:3 does not say which output is meant; write --reduce OUTPUT=center:3, one of: bins, total, last");
    insta::assert_snapshot!(message(SEVERAL, &["bins=sum", "bins=max"], &[]), @"--reduce is given twice for output `bins`; give it once");
    insta::assert_snapshot!(message(SEVERAL, &["total=sum"], &[]), @"--reduce: output `total` of shape (2,) has no position axis: its values are tasks; if they are positions, say so with --position-axis total=0, or in model.yaml with `kipos: {outputs: {total: {position_axis: 0}}}`");
    insta::assert_snapshot!(message(SEVERAL, &[], &["bins.plus"]), @"unknown task `bins.plus` (known: total.a, total.b, last.0); output `bins` gets tasks with --reduce bins=mean (or sum, max, center:N)");
    insta::assert_snapshot!(message(SEVERAL, &["bins=sum"], &["5"]), @"there is no task 5: tasks are numbered from 0 and there are 5 (known: bins.plus, bins.minus, total.a, total.b, last.0)");
}

#[test]
fn what_depends_on_the_order_of_positions_is_for_one_strand() {
    let check = |reductions: &[&str]| {
        let targets = "{p: {shape: '(4, 2)', column_labels: [a, b]}, t: {shape: '(2,)'}}";
        selection(targets, reductions, &[]).check_reverse_complement()
    };
    for symmetric in ["p=sum", "p=mean", "p=max", "p=center:2", "p=center:4"] {
        assert_eq!(check(&[symmetric]), Ok(()), "{symmetric}");
    }
    assert!(matches!(check(&["p=center:3"]), Err(OutputSelectionError::OffCentre { parity: "even", .. })));
    insta::assert_snapshot!(check(&["p=center:3"]).unwrap_err(), @"--reduce p=center:3: the scores read both strands, but 3 of 4 positions cannot be centered; give N that is even, name the axis of positions with --position-axis p=0, or give --use-rc false");
    insta::assert_snapshot!(check(&[]).unwrap_err(), @"the scores read both strands, and the positions of output `p` run the other way on the reverse complement, but their axis is unknown; name it with --position-axis p=N, or in model.yaml with `kipos: {outputs: {p: {position_axis: N}}}`, make tasks of it with --reduce p=mean (or sum, max), or give --use-rc false");
    // With an axis that is named, both can be turned.
    for reductions in [&[][..], &["p=center:3"]] {
        let selection = with_axes("{p: {shape: '(4, 2)'}, t: {shape: '(2,)'}}", reductions, &["p=0"]).unwrap();
        assert_eq!(selection.check_reverse_complement(), Ok(()));
    }
}

#[test]
fn a_flag_names_the_axis_over_the_description() {
    let described = "{shape: '(2, 3)'}\nkipos: {outputs: {output: {position_axis: 0}}}";
    let row = [1., 2., 3., 4., 5., 6.];
    assert_eq!(read(&selection(described, &["sum"], &[]), &row), [5., 7., 9.]);
    assert_eq!(read(&with_axes(described, &["sum"], &["1"]).unwrap(), &row), [6., 15.]);
    assert_eq!(read(&with_axes(described, &["output=sum"], &["output=1"]).unwrap(), &row), [6., 15.]);
    // An output with an axis of positions is no list of tasks, whatever its shape.
    assert_eq!(seen(&with_axes("{shape: '(6,)'}", &[], &["0"]).unwrap()), "output [6] ");
    assert_eq!(seen(&with_axes("{shape: '(6,)'}", &["sum"], &["0"]).unwrap()), "output [1] 0");
}

#[test]
fn axes_that_make_no_sense_are_explained() {
    let message = |axes: &[&str]| with_axes(SEVERAL, &[], axes).unwrap_err();
    insta::assert_snapshot!(message(&["bin=0"]), @"--position-axis names the unknown output `bin` (known: bins, total, last)");
    insta::assert_snapshot!(message(&["1"]), @"--position-axis 1 does not say which output is meant; write --position-axis OUTPUT=1, one of: bins, total, last");
    insta::assert_snapshot!(message(&["bins=0", "bins=1"]), @"--position-axis is given twice for output `bins`; give it once");
    insta::assert_snapshot!(message(&["bins=2"]), @"--position-axis bins=2: the output has shape (3, 2) without the batch axis; axes are numbered from 0");
    insta::assert_snapshot!(with_axes("{shape: '(12, 101)'}", &["max"], &[]).unwrap_err(), @"--reduce output=max: it is unknown which axis of output `output`, of shape (12, 101), holds the positions, 0 or 1; say so with --position-axis output=N, or in model.yaml with `kipos: {outputs: {output: {position_axis: N}}}`");
}

#[test]
fn positions_run_the_other_way_on_the_reverse_complement() {
    let described = "{shape: '(3, 2)', column_labels: [plus, minus]}\n\
                     kipos: {outputs: {output: {position_axis: 0, strands: {swap: [[plus, minus]]}}}}";
    // What a model that treats both strands alike gives for the reverse complement.
    let (forward, reverse) = ([1., 2., 3., 5., 8., 13.], [13., 8., 5., 3., 2., 1.]);
    for reductions in [&[][..], &["sum"], &["max"], &["mean"], &["center:1"], &["center:2"], &["center:3"]] {
        let selection = selection(described, reductions, &[]);
        let turned = selection.on_reverse_complement();
        assert_eq!(read(&turned, &reverse), read(&selection, &forward), "{reductions:?}");
        assert_ne!(read(&selection, &reverse), read(&selection, &forward), "{reductions:?}");
    }
    let minus = selection(described, &["center:2"], &["minus"]);
    assert_eq!(read(&minus, &forward), [3.5]);
    assert_eq!(read(&minus.on_reverse_complement(), &reverse), [3.5]);
}

#[test]
fn channels_first_are_turned_along_the_other_axis() {
    let described = "{shape: '(3, 2)', column_labels: [plus, minus, both]}\n\
                     kipos: {outputs: {output: {position_axis: 1, strands: {swap: [[plus, minus]]}}}}";
    let (forward, reverse) = ([1., 2., 3., 5., 8., 13.], [5., 3., 2., 1., 13., 8.]);
    for reductions in [&[][..], &["sum"], &["center:1"]] {
        let selection = selection(described, reductions, &[]);
        assert_eq!(read(&selection.on_reverse_complement(), &reverse), read(&selection, &forward), "{reductions:?}");
    }
}

#[test]
fn whole_outputs_change_places() {
    let described = "{pos: {shape: '(3, 1)'}, neg: {shape: '(3, 1)'}, total: {shape: '(2,)', column_labels: [+, '-']}}\n\
                     kipos: {swap_outputs: [[pos, neg]], outputs: {total: {strands: {swap: [[+, '-']]}}, \
                     pos: {position_axis: 0}, neg: {position_axis: 0}}}";
    let (forward, reverse) = ([1., 2., 3., 5., 8., 13., 21., 34.], [13., 8., 5., 3., 2., 1., 34., 21.]);
    for reductions in [&[][..], &["pos=sum", "neg=sum"], &["pos=center:2", "neg=max"]] {
        let selection = selection(described, reductions, &[]);
        assert_eq!(read(&selection.on_reverse_complement(), &reverse), read(&selection, &forward), "{reductions:?}");
    }
    let chosen = selection(described, &["pos=center:1", "neg=center:1"], &["pos.0", "total.-"]);
    assert_eq!(read(&chosen, &forward), [2., 34.]);
    assert_eq!(read(&chosen.on_reverse_complement(), &reverse), [2., 34.]);
}

#[test]
fn scorers_are_told_of_axes_and_strands() {
    let described = "{pos: {shape: '(3, 1)'}, neg: {shape: '(3, 1)'}, total: {shape: '(2,)', column_labels: [+, '-']}}\n\
                     kipos: {swap_outputs: [[pos, neg]], outputs: {total: {strands: {swap: [[+, '-']]}}, \
                     pos: {position_axis: 0}, neg: {position_axis: 0}}}";
    let told = |selection: &OutputSelection| -> Vec<_> {
        let told =
            |output: &OutputSpec| (output.position_axis, output.strand_partners.clone(), output.partner_output.clone());
        selection.outputs().0.iter().map(told).collect()
    };
    let total = (None, Some(vec![1, 0]), None);
    let (pos, neg) = ((Some(0), None, Some("neg".into())), (Some(0), None, Some("pos".into())));
    assert_eq!(told(&selection(described, &[], &[])), [pos, neg, total.clone()]);
    // What is reduced has no positions left, and chosen tasks have no partners.
    let reduced = selection(described, &["pos=sum", "neg=sum"], &[]);
    assert_eq!(told(&reduced)[0], (None, None, Some("neg".into())));
    assert_eq!(told(&selection(described, &["pos=sum", "neg=sum"], &["total.-"])), [(None, None, None)]);
}

#[test]
fn nothing_changes_places_unless_the_description_says_so() {
    let selection = selection(SEVERAL, &["bins=max"], &[]);
    assert_eq!(read(&selection.on_reverse_complement(), &RAW), read(&selection, &RAW));
}

#[test]
fn tasks_that_change_places_must_exist() {
    let swap = |targets: &str, keys: &str| {
        format!("{targets}\nkipos: {{outputs: {{output: {{{keys}strands: {{swap: [[0, 5]]}}}}}}}}")
    };
    insta::assert_snapshot!(message(&swap("{shape: '(3,)'}", ""), &[], &[]), @"model.yaml lets task 5 of output `output` change places, but it has 3 tasks, numbered from 0; correct `strands` in `kipos.outputs.output`");
    insta::assert_snapshot!(message(&swap("{shape: '(9, 2)'}", "position_axis: 0, "), &[], &[]), @"model.yaml lets task 5 of output `output` change places, but it has 2 tasks, numbered from 0; correct `strands` in `kipos.outputs.output`");
    insta::assert_snapshot!(message(&swap("{shape: '(10, 2)'}", ""), &["sum"], &[]), @"model.yaml lets task 5 of output `output` change places, but it has 2 tasks, numbered from 0; correct `strands` in `kipos.outputs.output`");
    // Which tasks there are is not known yet.
    assert_eq!(seen(&selection(&swap("{shape: '(10, 2)'}", ""), &[], &[])), "output [10, 2] ");
}

#[test]
fn tasks_that_may_be_positions_are_doubtful() {
    let told = |targets: &str, reductions: &[&str]| {
        selection(targets, reductions, &[]).doubtful_on_both_strands(Some(10)).join("; ")
    };
    for certain in
        ["{shape: '(9,)'}", "{shape: '(1, 9)'}", "{shape: '(10, 2)'}", "{shape: '(1, 1)'}", "{shape: '(1,)'}"]
    {
        assert_eq!(told(certain, &[]), "", "{certain}");
    }
    for doubtful in ["{shape: '(9, 1)'}", "{shape: '(10,)'}", "{shape: '(1, 10)'}"] {
        assert_ne!(told(doubtful, &[]), "", "{doubtful}");
    }
    assert_eq!(told("{shape: '(9, 1)'}", &["sum"]), "");
    assert_eq!(told("{shape: '(9, 1)'}\nkipos: {outputs: {output: {position_axis: 0}}}", &[]), "");
    insta::assert_snapshot!(told("{shape: '(1, 10)'}", &[]), @"output `output` of shape (1, 10) is scored on both strands as 10 tasks; if they are positions, reduce them with --reduce or give --use-rc false");
}

/// A profile and a vector, with a raw row of them.
fn rows() -> impl Strategy<Value = (usize, usize, usize, Vec<f32>)> {
    (2..6usize, 1..5usize, 1..5usize).prop_flat_map(|(positions, tasks, vector)| {
        let values = prop::collection::vec((-64..64i8).prop_map(f32::from), positions * tasks + vector);
        (Just(positions), Just(tasks), Just(vector), values)
    })
}

fn targets(positions: usize, tasks: usize, vector: usize) -> String {
    let axis = "kipos: {outputs: {p: {position_axis: 0}}}";
    format!("{{p: {{shape: '({positions}, {tasks})'}}, v: {{shape: '({vector},)'}}}}\n{axis}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Small whole numbers add up without rounding.
    #[test]
    fn the_reduction_of_a_sum_is_the_sum_of_reductions((positions, tasks, vector, row) in rows(), seed: u64) {
        let other: Vec<f32> = (0..row.len()).map(|i| f32::from((seed >> (i % 60)) as u8)).collect();
        let both: Vec<f32> = row.iter().zip(&other).map(|(a, b)| a + b).collect();
        for (reduction, exact) in [("p=sum", true), ("p=mean", false), ("p=center:2", true)] {
            let selection = selection(&targets(positions, tasks, vector), &[reduction], &[]);
            let apart = read(&selection, &row).into_iter().zip(read(&selection, &other)).map(|(a, b)| a + b);
            for (found, expected) in read(&selection, &both).into_iter().zip(apart) {
                prop_assert!((found - expected).abs() <= if exact { 0.0 } else { 1e-4 }, "{} {} {}", reduction, found, expected);
            }
        }
    }

    /// Choosing tasks is the same as picking their columns of all, whatever the order of the request.
    #[test]
    fn a_choice_is_a_projection((positions, tasks, vector, row) in rows(), order: Vec<prop::sample::Index>) {
        let targets = targets(positions, tasks, vector);
        for reduction in ["p=sum", "p=mean", "p=max", "p=center:2"] {
            let all = selection(&targets, &[reduction], &[]);
            let names = all.outputs().task_names();
            let wanted: Vec<usize> = order.iter().map(|index| index.index(names.len())).collect();
            if wanted.is_empty() {
                continue;
            }
            let keys: Vec<&str> = wanted.iter().map(|&task| names[task].as_str()).collect();
            let chosen = selection(&targets, &[reduction], &keys);
            let kept: Vec<usize> = (0..names.len()).filter(|task| wanted.contains(task)).collect();
            let full = read(&all, &row);
            prop_assert_eq!(read(&chosen, &row), kept.iter().map(|&task| full[task]).collect::<Vec<_>>());
            prop_assert_eq!(chosen.outputs().task_names(), kept.iter().map(|&task| names[task].clone()).collect::<Vec<_>>());
        }
    }

    /// A profile with channels first is read as its transposition with channels last, on both strands.
    #[test]
    fn both_layouts_read_alike((positions, tasks, vector, row) in rows()) {
        let transposed: Vec<f32> = (0..tasks)
            .flat_map(|task| row[task..positions * tasks].iter().step_by(tasks))
            .chain(&row[positions * tasks..])
            .copied()
            .collect();
        let first = format!(
            "{{p: {{shape: '({tasks}, {positions})'}}, v: {{shape: '({vector},)'}}}}\nkipos: {{outputs: {{p: {{position_axis: 1}}}}}}"
        );
        for reduction in ["p=sum", "p=mean", "p=max", "p=center:1", "p=center:2"] {
            let [last, first] = [&targets(positions, tasks, vector), &first].map(|targets| selection(targets, &[reduction], &[]));
            prop_assert_eq!(read(&first, &transposed), read(&last, &row));
            let [last, first] = [last, first].map(|selection| selection.on_reverse_complement());
            prop_assert_eq!(read(&first, &transposed), read(&last, &row));
        }
    }

    #[test]
    fn texts_that_are_typed_never_break_anything(reduction in "\\PC*", axis in "\\PC*", task in "\\PC*") {
        let (spec, outputs) = model(SEVERAL);
        let reductions: Vec<OutputReduction> = reduction.parse().into_iter().collect();
        let position_axes: Vec<OutputAxis> = axis.parse().into_iter().collect();
        let tasks = [TaskKey::Typed(task)];
        let request =
            OutputRequest { reductions: &reductions, position_axes: &position_axes, tasks: &tasks, with_defaults: true };
        let _ = OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(None));
    }
}
