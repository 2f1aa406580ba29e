//! The example that the README shows.

use kipos_tests::{Outcome, World};
use serde_json::json;

use crate::annotated::{Record, assert_within, records, stripped};
use crate::examples::world;

const EXAMPLE: &str = "examples/motif-cnn";

/// Runs the command of the example's README, with more arguments: what it writes.
fn scored(world: &World, more: &[&str]) -> String {
    let readme = world.read(&format!("{EXAMPLE}/README.md"));
    let command = readme.lines().find_map(|line| line.strip_prefix("    kipos ")).expect("a command in the README");
    let outcome = world.run(command, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("scored.vcf")
}

/// A row of the table that was computed in Python, by column.
struct Row<'a> {
    names: &'a [&'a str],
    values: Vec<&'a str>,
}

impl Row<'_> {
    fn get(&self, name: &str) -> &str {
        let index = self.names.iter().position(|known| *known == name);
        self.values[index.unwrap_or_else(|| panic!("no column {name}"))]
    }
}

/// Compares an allele with its row, for these scores.
fn compare(record: &Record, allele: usize, row: &Row<'_>, scores: &[&str]) {
    let id = row.get("id");
    assert_eq!((record.column(2), record.column(1)), (id, row.get("pos")));
    assert_eq!(record.alternates().get(allele).copied().unwrap_or("."), row.get("alt"));
    let reasons = record.elements("KV_motif_cnn_SKIP");
    // A record without ALT has no element to say it in.
    assert_eq!(reasons.get(allele).map_or("no_alt", String::as_str), row.get("skip"), "{id}");
    for score in scores {
        let key = format!("KV_motif_cnn_{}", score.to_uppercase());
        let found = record.scores(&key).into_iter().nth(allele).flatten();
        assert_eq!(found.is_some(), row.get("skip") == ".", "{id}");
        for (task, found) in ["CTCF", "AP1"].iter().zip(found.unwrap_or_default()) {
            let column = format!("{score}/{task}");
            let number = |column: &str| row.get(column).parse::<f64>().unwrap();
            // How wrong single precision may make a logit: the sum that it is by some of its last bits, and the
            // probability, from which it is computed again, by its last.
            let rounding = |allele: &str| {
                let (probability, logit) =
                    (number(&format!("{allele}/{task}")), number(&format!("logit_{allele}/{task}")));
                f64::from(f32::EPSILON) * (4.0 * logit.abs() + 1.0 / (1.0 - probability))
            };
            let expected = number(&column);
            let slack = match score.starts_with("logit") {
                true => rounding("ref") + rounding("alt") + 2e-6 + 2e-5 * expected.abs(),
                false => 0.0,
            };
            assert_within(slack, found, expected, format_args!("{column} of {id}"));
        }
    }
}

/// Compares all alleles with the table.
fn compare_all(world: &World, output: &str, scores: &[&str]) {
    let table = world.read(&format!("{EXAMPLE}/expected.tsv"));
    let mut lines = table.lines();
    let names: Vec<_> = lines.next().unwrap().split('\t').collect();
    let mut rows = lines.map(|line| Row { names: &names, values: line.split('\t').collect() });
    for record in records(output) {
        for allele in 0..record.alternates().len().max(1) {
            compare(&record, allele, &rows.next().expect("a row for every allele"), scores);
        }
    }
    assert!(rows.next().is_none(), "more rows than alleles");
}

#[test]
fn the_readmes_command_gives_the_expected_scores() {
    let world = world();
    let output = scored(&world, &[]);
    compare_all(&world, &output, &["diff"]);
    assert_eq!(stripped(&output, "KV_motif_cnn_"), world.read(&format!("{EXAMPLE}/variants.vcf")));
}

#[test]
fn all_scores_are_the_expected_ones() {
    let world = world();
    // What ONNX Runtime gave is in the table: log odds of probabilities near 1 show the last digit of a prediction.
    let output = scored(&world, &["--digits", "9", "--scores", "all", "--edits", "off"]);
    let scores = ["ref", "alt", "diff", "logit", "logit_ref", "logit_alt", "deepsea_effect"];
    compare_all(&world, &output, &scores);
}

#[test]
fn batch_size_and_threads_change_no_byte() {
    let world = world();
    let first = scored(&world, &["--digits", "9", "--batch-size", "1", "--threads", "1"]);
    for (batch_size, threads) in [("7", "1"), ("32", "2"), ("64", "1")] {
        let more = ["--digits", "9", "--batch-size", batch_size, "--threads", threads];
        assert_eq!(scored(&world, &more), first, "{more:?}");
    }
}

/// The backend compares edits with its engine once; later runs know what came of it.
#[test]
fn the_verdict_on_edits_is_kept_in_the_state_directory() {
    let world = world();
    let first = scored(&world, &["--edits", "require"]);
    let kept: Vec<_> = std::fs::read_dir(world.path("state/kipos/edits")).unwrap().flatten().collect();
    let [verdict] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(std::fs::read_to_string(verdict.path()).unwrap(), "agrees\n");
    assert_eq!(scored(&world, &["--edits", "require"]), first);
    std::fs::write(verdict.path(), "differs: the edit of position 7 is off\n").unwrap();
    let info = |more: &[&str]| world.run("score-variants examples/motif-cnn -o out/again.vcf", more).stderr;
    let refused = info(&[
        "--vcf",
        "examples/motif-cnn/variants.vcf",
        "--fasta",
        "examples/motif-cnn/genome.fa",
        "--edits",
        "require",
    ]);
    assert!(refused.contains("cannot be evaluated: the edit of position 7 is off"), "{refused}");
}

#[test]
fn the_output_looks_like_this() {
    let world = world();
    let output = scored(&world, &["--digits", "2"]);
    let ours = output.lines().filter(|line| line.starts_with("##INFO=<ID=KV_") || line.starts_with("##kipos"));
    // What it holds is another test's matter.
    let shown = |line: &str| match line.split_once("_provenance={\"kipos\":") {
        Some((start, _)) => format!("{start}_provenance={{\"kipos\":..."),
        None => line.replace(env!("CARGO_PKG_VERSION"), "[version]"),
    };
    let ours = ours.map(shown);
    let first = output.lines().filter(|line| !line.starts_with('#')).take(4).map(shortened);
    let shown = ours.chain(first).map(|line| line.replace('\t', " ") + "\n").collect::<String>();
    insta::assert_snapshot!(shown, @r#"
    ##kipos_version=[version]
    ##kipos_model=motif-cnn
    ##kipos_model_license=motif-cnn: MIT OR Apache-2.0
    ##kipos_provenance={"kipos":...
    ##INFO=<ID=KV_motif_cnn_DIFF,Number=A,Type=String,Description="Score diff of model motif-cnn (diff of plugin scorers [version]). Format: CTCF|AP1">
    ##INFO=<ID=KV_motif_cnn_DIFF_MAXABS,Number=A,Type=Float,Description="Score diff of model motif-cnn for the task where it is largest, whatever its sign">
    ##INFO=<ID=KV_motif_cnn_DIFF_TOP,Number=A,Type=String,Description="Task for which score diff of model motif-cnn is largest, whatever its sign">
    ##INFO=<ID=KV_motif_cnn_FAILED,Number=A,Type=String,Description="Scores of model motif-cnn that failed for the allele and have no value">
    ##INFO=<ID=KV_motif_cnn_SKIP,Number=A,Type=String,Description="Why model motif-cnn did not score the allele">
    ##INFO=<ID=KV_motif_cnn_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model motif-cnn">
    synth1 90 edge_outside_left C T 65.4 PASS DP=171;AF=0.036;DB;EFFECT=.;KV_motif_cnn_SKIP=window_outside_contig GT:DP:GQ 1|0:26:75 1/1:58:94
    synth1 150 n_in_window A G 72.1 PASS DP=165;AF=0.446;EFFECT=neutral;KV_motif_cnn_DIFF=~0|~0;KV_motif_cnn_DIFF_MAXABS=~0;KV_motif_cnn_DIFF_TOP=AP1 GT:DP:GQ 1/0:47:38 0/0:7:10
    synth1 705 ctcf_breaks_fwd G A 65.0 PASS DP=99;AF=0.068;EFFECT=breaks_CTCF;KV_motif_cnn_DIFF=-0.98|~0;KV_motif_cnn_DIFF_MAXABS=-0.98;KV_motif_cnn_DIFF_TOP=CTCF GT:DP:GQ 0/0:59:51 0/0:43:94
    synth1 1404 ctcf_breaks_rev C T 63.0 PASS DP=38;AF=0.119;DB;EFFECT=breaks_CTCF;KV_motif_cnn_DIFF=-0.98|~0;KV_motif_cnn_DIFF_MAXABS=-0.98;KV_motif_cnn_DIFF_TOP=CTCF GT:DP:GQ 1/0:19:45 0/0:43:5
    "#);
}

/// A record in which weak effects, whose digits differ between processors, read `~0`.
fn shortened(line: &str) -> String {
    let weak = |value: &str| value.parse::<f64>().is_ok_and(|value| value.abs() < 0.01);
    let of_entry = |entry: &str| match entry.split_once('=') {
        Some((key, values)) if key.starts_with("KV_") => {
            let values: Vec<_> = values.split('|').map(|value| if weak(value) { "~0" } else { value }).collect();
            format!("{key}={}", values.join("|"))
        }
        _ => entry.to_owned(),
    };
    line.split(';')
        .map(|part| part.split('\t').map(of_entry).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join(";")
}

fn info(world: &World, more: &[&str]) -> Outcome {
    let outcome = world.run(&format!("model info {EXAMPLE}"), more);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    outcome
}

#[test]
fn model_info() {
    let world = world();
    let text = redacted(&world, &info(&world, &[]).stdout).replace(env!("CARGO_PKG_VERSION"), "[version]");
    insta::assert_snapshot!(text, @r#"
    motif-cnn
      Small CNN that says which of two transcription factor sites, CTCF and AP-1, a sequence of 200 bases holds.
    authors   kipos
    license   MIT OR Apache-2.0
    trained   Random sequences with planted consensus sites and near misses (train.py).
    tags      DNA binding
    backend   onnx (plugin onnx [version], libkipos_plugin_onnx.so)
    device    cpu; layers: yes, gradients: yes
    edits     evaluated by the backend, 94.6 times cheaper than whole rows
    memory    5.91 KiB or more
    args      {file: "model.onnx"}
    input     seq (200, 4) DNASeq: One-hot DNA in the order ACGT; N is 0.25 in all four channels.
      bound   by name
    output    prob (2,): Probability that the site is in the sequence, on either strand.
      bound   by name
      tasks   CTCF, AP1
    loader    kipoiseq.dataloaders.SeqIntervalDl
      args    {auto_resize_len: 200, alphabet_axis: 1, dtype: "np.float32", ignore_targets: true}
      fasta_file (str, example "genome.fa"): The genome.
      intervals_file (str, example "intervals.bed"): The intervals, three columns of BED or more.
    variants  in seq, both strands
    score     diff (default)
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
    score     logit
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
      epsilon (float): keeps probabilities inside [epsilon, 1 - epsilon], so that log odds stay finite, while numbers outside of 0 to 1 still give NaN; by default nothing is kept inside
    score     deepsea_effect
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
      epsilon (float): keeps probabilities inside [epsilon, 1 - epsilon], so that log odds stay finite, while numbers outside of 0 to 1 still give NaN; by default nothing is kept inside
    score     ref
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
    score     alt
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
    score     logit_ref
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
      epsilon (float): keeps probabilities inside [epsilon, 1 - epsilon], so that log odds stay finite, while numbers outside of 0 to 1 still give NaN; by default nothing is kept inside
    score     logit_alt
      rc_merging = "mean" (min|max|mean|median|absmax): how the values of the two strands become one
      rc_on = "score" (score|prediction): whether each strand is scored before merging, or the predictions are merged before scoring
      epsilon (float): keeps probabilities inside [epsilon, 1 - epsilon], so that log odds stay finite, while numbers outside of 0 to 1 still give NaN; by default nothing is kept inside
    "#);
}

#[test]
fn model_info_as_json() {
    let world = world();
    let text = redacted(&world, &info(&world, &["--json"]).stdout);
    let mut json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let score = |label: &str| json!({ "label": label, "default": label == "diff", "scorer": label });
    let expected = json!({
        "name": "motif-cnn",
        "doc": "Small CNN that says which of two transcription factor sites, CTCF and AP-1, a sequence of 200 bases holds.",
        "authors": ["kipos"],
        "info": {
            "license": "MIT OR Apache-2.0",
            "trained_on": "Random sequences with planted consensus sites and near misses (train.py).",
            "tags": "DNA binding",
        },
        "backend": "onnx",
        "backend_plugin": "onnx",
        "backend_version": env!("CARGO_PKG_VERSION"),
        "device": "cpu",
        "layers": true,
        "gradients": true,
        "edits": {
            "supported": true, "cost_ratio": null, "node": null, "reason": "",
        },
        "memory_bytes": 6056,
        "members": [],
        "load_error": null,
        "args": { "file": "model.onnx" },
        "inputs": [{
            "name": "seq", "graph_name": "seq", "bound": "by name",
            "shape": [200, 4],
            "special_type": "DNASeq",
            "doc": "One-hot DNA in the order ACGT; N is 0.25 in all four channels.",
        }],
        "outputs": [{
            "name": "prob", "graph_name": "prob", "bound": "by name",
            "shape": [2],
            "special_type": null,
            "doc": "Probability that the site is in the sequence, on either strand.",
            "tasks": ["CTCF", "AP1"],
        }],
        "dataloader": {
            "defined_as": "kipoiseq.dataloaders.SeqIntervalDl",
            "default_args": {
                "auto_resize_len": 200,
                "alphabet_axis": 1,
                "dtype": "np.float32",
                "ignore_targets": true,
            },
            "bed_input": ["intervals_file"],
            "args": [
                {
                    "name": "fasta_file",
                    "type": null,
                    "optional": false,
                    "default": null,
                    "example": "genome.fa",
                    "doc": "The genome.",
                },
                {
                    "name": "intervals_file",
                    "type": null,
                    "optional": false,
                    "default": null,
                    "example": "intervals.bed",
                    "doc": "The intervals, three columns of BED or more.",
                },
            ],
        },
        "dna_inputs": ["seq"],
        "kipos": {},
        "use_rc": true,
        "scores": (["diff", "logit", "deepsea_effect", "ref", "alt", "logit_ref", "logit_alt"].map(score)),
        "warnings": [],
    });
    let ratio = json["edits"]["cost_ratio"].take().as_f64().unwrap();
    assert!((ratio - 0.01057).abs() < 1e-5, "{ratio}");
    // Where plugins lie depends on the machine.
    let library = json.as_object_mut().unwrap().remove("backend_library").unwrap();
    assert!(library.as_str().unwrap().contains("kipos_plugin_onnx"), "{library}");
    // What scorers say of their arguments is in the text.
    for score in json["scores"].as_array_mut().unwrap() {
        let args = score.as_object_mut().unwrap().remove("args").unwrap();
        assert_eq!((&args[0]["name"], &args[0]["value"]), (&json!("rc_merging"), &json!("mean")), "{args}");
    }
    assert_eq!(json, expected);
}

/// Without the path of the temporary directory.
fn redacted(world: &World, text: &str) -> String {
    text.replace(world.path("").to_str().unwrap(), "[world]/")
}
