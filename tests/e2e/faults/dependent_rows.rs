//! Graphs in which a sample's answer depends on the other samples of its batch: refused by every command. Those that were
//! merely left in training mode infer.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, fault};

use crate::case::Case;

/// A world with a genome, intervals, variants, and the graph `path` of the fault as `model`.
fn world(path: &str) -> World {
    let world = World::new();
    let own = fault("batch-mixing");
    let copy = |from: &str, to: &str| world.write(to, fs::read(own.join(from)).unwrap());
    copy("../common/g.fa", "g.fa");
    copy("in.bed", "in.bed");
    copy("in.vcf", "in.vcf");
    copy("model.yaml", "model/model.yaml");
    copy(path, "model/model.onnx");
    world
}

/// Every command that computes something, and `model layers`.
const COMMANDS: [&str; 8] = [
    "predict model --fasta g.fa --intervals in.bed -o out.tsv",
    "predict model --fasta g.fa --intervals in.bed --layer 0 -o out.h5",
    "gradient model --fasta g.fa --intervals in.bed --filter 0 -o out.h5",
    "score-variants model --vcf in.vcf --fasta g.fa -o out.vcf",
    "score-variants model --vcf in.vcf --fasta g.fa --batch-size 1 -o out.tsv",
    "mutation-map model --regions-file in.bed --fasta g.fa -o out.h5",
    "model layers model",
    "model test model --fasta g.fa --intervals in.bed",
];

/// What all commands say, which is the same; nothing is written.
fn refused(world: &World) -> String {
    let mut said: Vec<String> = Vec::new();
    for command in COMMANDS {
        let Outcome { code, stdout, stderr } = world.run(command, &[]);
        assert_eq!(code, 1, "{command}: {stdout}{stderr}");
        let all = format!("{stdout}{stderr}");
        let line = all.lines().find_map(|line| Some(line.split_once("model: ")?.1.to_owned()));
        said.push(line.unwrap_or_else(|| panic!("{command}: {all}")));
    }
    for output in ["out.tsv", "out.h5", "out.vcf"] {
        assert!(!world.path(output).exists(), "{output} was written");
    }
    assert!(said.iter().all(|line| *line == said[0]), "{said:#?}");
    said.swap_remove(0)
}

#[test]
fn operators_that_work_along_the_batch_are_refused_by_every_command() {
    assert_snapshot!(refused(&world("model.onnx")), @"its answer for a sample depends on the other samples of the batch: ReduceMean (node `node_ReduceMean_1`) works along the axis of the rows; export the model in eval mode, without operations across samples");
    assert_snapshot!(refused(&world("softmax-axis-0/model.onnx")), @"its answer for a sample depends on the other samples of the batch: Softmax (node `prob`) works along the axis of the rows; export the model in eval mode, without operations across samples");
    assert_snapshot!(refused(&world("logsoftmax-axis-0/model.onnx")), @"its answer for a sample depends on the other samples of the batch: LogSoftmax (node `prob`) works along the axis of the rows; export the model in eval mode, without operations across samples");
    assert_snapshot!(refused(&world("neighbours/cumulative-sum.onnx")), @"its answer for a sample depends on the other samples of the batch: CumSum (node `cumsum`) works along the axis of the rows; export the model in eval mode, without operations across samples");
    assert_snapshot!(refused(&world("neighbours/largest-of-batch.onnx")), @"its answer for a sample depends on the other samples of the batch: ReduceMax (node `reducemax`) works along the axis of the rows; export the model in eval mode, without operations across samples");
    assert_snapshot!(refused(&world("neighbours/rows-times-rows.onnx")), @"its answer for a sample depends on the other samples of the batch: Gemm (node `gemm`) combines the rows of the batch with each other; export the model in eval mode, without operations across samples");
}

#[test]
fn what_the_operators_do_not_tell_is_tried() {
    for graph in ["view", "rolled"] {
        let said = refused(&world(&format!("neighbours/{graph}.onnx")));
        assert_eq!(
            said,
            "its answer for a sample depends on the other samples of the batch: in a trial, the answer for a sample changed \
             with the samples beside it; export the model in eval mode, without operations across samples"
        );
    }
}

/// The predictions of the fault's intervals, for batches of this size.
fn predictions(world: &World, batch_size: &str) -> Vec<Vec<f64>> {
    let predict = "predict model --fasta g.fa --intervals in.bed -o out.tsv --batch-size";
    let outcome = world.run(predict, &[batch_size]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = world.read("out.tsv");
    let columns: Vec<usize> = table
        .lines()
        .next()
        .unwrap()
        .split('\t')
        .enumerate()
        .filter(|(_, name)| name.starts_with("preds"))
        .map(|(at, _)| at)
        .collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        columns.iter().map(|&at| cells[at].parse().unwrap()).collect()
    };
    table.lines().skip(1).map(row).collect()
}

/// The mean of every base of the fault's intervals, in this order, times the weights of its small graphs.
fn weighed(order: &[u8; 4]) -> Vec<[f64; 2]> {
    const WEIGHTS: [[f64; 2]; 4] = [[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25], [2.0, 1.0]];
    let genome = fs::read_to_string(fault("common").join("g.fa")).unwrap();
    let contig = |name: &str| -> Vec<u8> {
        let after = genome.split('>').find(|part| part.lines().next() == Some(name)).unwrap();
        after.lines().skip(1).flat_map(|line| line.to_ascii_uppercase().into_bytes()).collect()
    };
    let mean = |bases: &[u8]| {
        let mut sums = [0.0; 2];
        for base in bases {
            let weights = WEIGHTS[order.iter().position(|letter| letter == base).unwrap()];
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight / bases.len() as f64);
        }
        sums
    };
    [("chr1", 400), ("chr1", 1000), ("chr2", 400)].map(|(name, start)| mean(&contig(name)[start..start + 200])).to_vec()
}

fn assert_close(found: &[Vec<f64>], expected: &[[f64; 2]]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.len(), 2);
        found.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-5, "{found:?} {expected:?}"));
    }
}

#[test]
fn a_batch_that_is_parted_again_passes_the_trial_once() {
    let world = world("neighbours/both-strands.onnx");
    let strands = weighed(b"ACGT").into_iter().zip(weighed(b"TGCA"));
    let expected: Vec<[f64; 2]> =
        strands.map(|(one, other)| [(one[0] + other[0]) / 2.0, (one[1] + other[1]) / 2.0]).collect();
    for batch_size in ["1", "2", "3"] {
        assert_close(&predictions(&world, batch_size), &expected);
    }
    // The verdict is kept for the next run, for this graph and no other.
    let kept = || fs::read_dir(world.path("state/kipos/rows")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = kept().collect();
    assert_eq!((files.len(), fs::read_to_string(&files[0]).unwrap().as_str()), (1, "apart\n"));
    fs::write(&files[0], "mixed\n").unwrap();
    fs::remove_file(world.path("out.tsv")).unwrap();
    assert_snapshot!(refused(&world), @"its answer for a sample depends on the other samples of the batch: in a trial, the answer for a sample changed with the samples beside it; export the model in eval mode, without operations across samples");
    fs::copy(fault("batch-mixing/neighbours/rolled.onnx"), world.path("model/model.onnx")).unwrap();
    refused(&world);
    assert_eq!(kept().count(), 2);
}

#[test]
fn what_was_left_in_training_mode_infers_and_says_so() {
    // Means and variances, scale and shift of the graph.
    let normalized = weighed(b"ACGT")
        .into_iter()
        .map(|[a, b]| [(a - 0.25) / 2.0 * 2.0 + 0.5, (b - 0.5) / 3.0 * 3.0 - 1.0])
        .collect();
    for (graph, expected) in [("dropout", weighed(b"ACGT")), ("old-normalization", normalized)] {
        let world = world(&format!("neighbours/{graph}.onnx"));
        for batch_size in ["1", "3"] {
            assert_close(&predictions(&world, batch_size), &expected);
        }
    }
    let world = world("preserve/model.onnx");
    // From right_values.py.
    let right = [[-0.00399143, -0.00230186], [-0.00119672, -0.00261657], [0.00038381, 0.00080631]];
    for batch_size in ["1", "2", "32"] {
        let scored =
            world.run("score-variants model --vcf in.vcf --fasta g.fa -s diff -o out.tsv --batch-size", &[batch_size]);
        assert_eq!(scored.code, 0, "{scored:?}");
        let warnings: Vec<&str> = scored.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
        assert_eq!(warnings.len(), 1, "{scored:?}");
        assert_eq!(
            warnings[0],
            "warning: model/model.onnx was exported in training mode; BatchNormalization runs in inference mode here, as \
             after model.eval()"
        );
        let found: Vec<Vec<f64>> = world
            .read("out.tsv")
            .lines()
            .skip(1)
            .map(|line| line.rsplit('\t').take(2).map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>())
            .map(|row| vec![row[1], row[0]])
            .collect();
        assert_eq!(found.len(), right.len());
        for (found, right) in found.iter().zip(right) {
            found.iter().zip(right).for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{found:?} {right:?}"));
        }
    }
}

#[test]
fn every_backend_is_asked_or_tried() {
    let case = Case::new();
    case.spoil("model/model.yaml", "{tasks: 1}", "{rows: dependent}");
    assert_snapshot!(case.refused(&[]), @"model: its answer for a sample depends on the other samples of the batch: the stub says so; export the model in eval mode, without operations across samples");
    case.spoil("model/model.yaml", "{rows: dependent}", "{rows: unknown, mode: neighbours}");
    assert_snapshot!(case.refused(&[]), @"model: its answer for a sample depends on the other samples of the batch: in a trial, the answer for a sample changed with the samples beside it; export the model in eval mode, without operations across samples");
    // A model that cannot be tried is not blamed, and one row has no neighbours.
    for args in ["{rows: unknown}", "{rows: dependent, fixed: 1}"] {
        let case = Case::new();
        case.spoil("model/model.yaml", "{tasks: 1}", args);
        case.scored(&[]);
    }
}
