//! Scores, sequences and mutation maps.

use std::fs;

use kipos_tests::onnxruntime;
use serde_json::json;

use super::{all_told, in_two_parts, sha256sum, told};
use crate::case::{Case, genome};

/// One output of every format.
const FORMATS: [&str; 6] = ["s.vcf", "s.vcf.gz", "s.bcf", "s.tsv", "s.parquet", "s.h5"];

/// The flags that ask for these outputs.
fn outputs(names: &[String]) -> Vec<&str> {
    names.iter().flat_map(|name| ["-o", name.as_str()]).collect()
}

#[test]
fn every_format_says_the_same() {
    let case = Case::new();
    let names = FORMATS.map(|name| format!("out/{name}"));
    let outcome = case.world.run("score-variants model --vcf variants.vcf --fasta genome.fa", &outputs(&names));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let first = told(&case.world, "out/s.vcf");
    let file = |name: &str| format!("sha256:{}", sha256sum(case.world.read(&format!("model/{name}"))));
    let contig = format!("chr1\t400\t{}\n", sha256sum(genome()));
    let version = env!("CARGO_PKG_VERSION");
    let (major, minor) = kipos_plugin_api::ABI_VERSION;
    let expected = json!({
        "kipos": { "version": version, "abi": format!("{major}.{minor}") },
        "model": {
            "name": "model",
            "backend": "stub",
            "files": { "model.yaml": file("model.yaml"), "dataloader.yaml": file("dataloader.yaml") },
        },
        "plugin": first["plugin"],
        "dataloader": { "class": "kipoiseq.dataloaders.SeqIntervalDl" },
        "genome": { "sha256": sha256sum(contig), "contigs": "1", "bases": "400" },
        "samples": { "source": "genome", "edge": "skip" },
        "windows": { "mode": "centered", "length": "10", "variant_index": "4" },
        "scores": { "diff": {
            "scorer": "diff",
            "plugin": "scorers",
            "version": version,
            "strands": "forward",
            "arguments": { "rc_merging": "mean", "rc_on": "score" },
        } },
        "edits": "whole rows",
        "variants": { "ref_mismatch": "skip" },
    });
    assert_eq!(first, expected);
    assert_eq!(first["plugin"]["name"], "stub");
    for name in FORMATS {
        assert_eq!(told(&case.world, &format!("out/{name}")), expected, "{name}");
    }
    assert_eq!(told(&case.world, "out/s.tsv.provenance.json"), expected);
    let text = case.world.run("provenance out/s.bcf", &[]).stdout;
    let ends = text.lines().filter(|line| !line.contains("sha256") && !line.contains("version"));
    insta::assert_snapshot!(ends.collect::<Vec<_>>().join("\n"), @r"
    kipos:
      abi: 0.3
    model:
      name: model
      backend: stub
      files:
    plugin:
      name: stub
    dataloader:
      class: kipoiseq.dataloaders.SeqIntervalDl
    genome:
      contigs: 1
      bases: 400
    samples:
      source: genome
      edge: skip
    windows:
      mode: centered
      length: 10
      variant_index: 4
    scores:
      diff:
        scorer: diff
        plugin: scorers
        strands: forward
        arguments:
          rc_merging: mean
          rc_on: score
    edits: whole rows
    variants:
      ref_mismatch: skip
    ");
}

#[test]
fn parts_threads_and_batches_say_the_same() {
    let case = in_two_parts();
    let root = case.world.path("");
    let absolute = |name: &str| root.join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(case.world.path("elsewhere")).unwrap();
    let said = |name: &str| {
        let vcf = case.world.read(&format!("out/{name}.vcf"));
        let line = vcf.lines().find(|line| line.starts_with("##kipos_provenance=")).unwrap().to_owned();
        (line, case.world.read(&format!("out/{name}.tsv.provenance.json")))
    };
    let mut all = Vec::new();
    for (name, vcf, flags) in [
        ("one", "first.vcf", "--threads 1 --batch-size 1"),
        ("two", "second.vcf", "--threads 2 --batch-size 7 --digits 3"),
        ("three", "second.vcf", "--max-ref-mismatch 1 --info-layout per-task --only-scored true"),
    ] {
        // Names in other forms, from another directory.
        let mut command = case.world.kipos();
        command.current_dir(case.world.path("elsewhere"));
        command.arg("score-variants").arg(absolute("model")).args(["--vcf", &absolute(vcf)]);
        command.args(["--fasta", &absolute("genome.fa"), "-o", &absolute(&format!("out/{name}.vcf"))]);
        command.args(["-o", &absolute(&format!("out/{name}.tsv"))]).args(flags.split(' '));
        let output = kipos_tests::output(&mut command);
        assert!(output.status.success(), "{output:?}");
        all.push(said(name));
    }
    let names = ["out/whole.vcf".to_owned(), "out/whole.tsv".to_owned()];
    let whole = case.world.run("score-variants ./model/ --vcf variants.vcf --fasta genome.fa", &outputs(&names));
    assert_eq!(whole.code, 0, "{whole:?}");
    all.push(said("whole"));
    assert!(all.iter().all(|other| *other == all[0]), "{all:?}");
    assert!(!all[0].0.contains(root.to_str().unwrap().trim_end_matches('/')), "{all:?}");
}

#[test]
fn the_engine_and_every_file_of_weights_are_told() {
    let case = Case::onnx_with_weights_beside();
    let told = |flags: &[&str]| {
        case.scored(flags);
        told(&case.world, "out/scored.vcf")
    };
    let found = told(&[]);
    let digest = |name: &str| {
        let bytes = fs::read(case.world.path("model").join(name)).unwrap();
        (name.to_owned(), json!(format!("sha256:{}", sha256sum(bytes))))
    };
    let files = ["model.yaml", "dataloader.yaml", "weights_beside.onnx", "weights_beside.numbers"].map(digest);
    assert_eq!(found["model"]["files"], json!(serde_json::Map::from_iter(files)));
    // The file has the version in its name, as pip installs it.
    let library = onnxruntime();
    let (_, version) = library.to_str().unwrap().rsplit_once(".so.").unwrap();
    assert_eq!(found["engine"], json!({ "name": "ONNX Runtime", "version": version }));
    assert_eq!((&found["edits"], &told(&["--edits", "off"])["edits"]), (&json!("evaluated"), &json!("whole rows")));
}

#[test]
fn choices_that_change_scores_are_told() {
    let case = Case::new();
    case.world.write("peaks.bed", "chr1\t20\t200\n");
    let flags = "--scores diff ref --use-rc --restriction-bed peaks.bed --edge pad --max-n 0.5 --ref-mismatch overwrite \
                 --centering 3 --model-name other";
    let flags: Vec<_> = flags.split_whitespace().chain(["--score-kwargs", "diff={rc_merging: max}"]).collect();
    case.scored(&flags);
    let told = told(&case.world, "out/scored.vcf");
    assert_eq!(told["model"]["name"], "other");
    let peaks = format!("sha256:{}", sha256sum("chr1\t20\t200\n"));
    let windows = json!({
        "mode": "restricted", "length": "10", "variant_index": "3", "regions": peaks, "max_n": "0.5",
    });
    assert_eq!((&told["windows"], &told["samples"]["edge"]), (&windows, &json!("pad")));
    assert_eq!(told["variants"], json!({ "ref_mismatch": "overwrite" }));
    let diff = &told["scores"]["diff"];
    assert_eq!((&diff["strands"], &diff["arguments"]["rc_merging"]), (&json!("both"), &json!("max")));
    assert_eq!(told["scores"]["ref"]["arguments"]["rc_merging"], "mean");
}

#[test]
fn sequences_and_maps_say_it() {
    let case = Case::new();
    let world = &case.world;
    let sequences =
        world.run("score-variants model --vcf variants.vcf --fasta genome.fa --write-sequences out/s.h5", &[]);
    assert_eq!(sequences.code, 0, "{sequences:?}");
    let told_of_sequences = told(world, "out/s.h5");
    assert_eq!(told_of_sequences["sequences"], json!({ "strands": "forward" }));
    assert_eq!(told_of_sequences["plugin"], json!(null), "no model was run");

    let formats = ["m.h5", "m.npz", "m.tsv", "m.parquet", "m.svg", "m.png"].map(|name| format!("out/{name}"));
    let (reference, alternate) = crate::case::bases(50);
    let variant = format!("chr1:50:{reference}:{alternate}");
    let flags = [&["--variant", &variant], &outputs(&formats)[..]].concat();
    let maps = world.run("mutation-map model --fasta genome.fa", &flags);
    assert_eq!(maps.code, 0, "{maps:?}");
    let expected = told(world, "out/m.h5");
    assert_eq!(expected["map"], json!({ "reference_cells": "score" }));
    assert_eq!(
        (&expected["genome"], &expected["scores"]["diff"]["plugin"]),
        (&told_of_sequences["genome"], &json!("scorers"))
    );
    for name in &formats {
        assert_eq!(told(world, name), expected, "{name}");
    }
    // Pictures and tracks of the stored maps say the same.
    for command in ["plot mutation-map out/m.h5 -o out/p.svg", "track out/m.h5 -o out/t.bedgraph"] {
        let outcome = world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!((told(world, "out/p.svg"), told(world, "out/t.bedgraph")), (expected.clone(), expected));
    assert!(!world.read("out/t.bedgraph").contains('#'));
}

#[test]
fn kipois_style_says_it_too() {
    let case = Case::new();
    let command = "postproc score_variants model -i variants.vcf -o out/k.vcf --dataloader_args fasta_file=genome.fa";
    let outcome = case.world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let told = all_told(&case.world, "out/k.vcf");
    assert_eq!((told[0]["model"]["name"].as_str(), &told[0]["windows"]["variant_index"]), (Some("model"), &json!("4")));
}

#[test]
fn a_file_that_does_not_say_is_an_error() {
    let case = Case::new();
    case.scored(&["-o", "out/s.tsv"]);
    std::fs::remove_file(case.world.path("out/s.tsv.provenance.json")).unwrap();
    std::fs::write(case.world.path("out/none.h5"), "text").unwrap();
    let refused = |file: &str| case.refused(case.world.kipos().args(["provenance", file]));
    insta::assert_snapshot!(refused("variants.vcf"), @"variants.vcf does not say how it was made: another program or an earlier kipos wrote it");
    insta::assert_snapshot!(refused("out/s.tsv"), @"out/s.tsv does not say how it was made, and there is no out/s.tsv.provenance.json: another program or an earlier kipos wrote it");
    insta::assert_snapshot!(refused("out/none.h5"), @"out/none.h5 does not say how it was made, and there is no out/none.h5.provenance.json: another program or an earlier kipos wrote it");
    insta::assert_snapshot!(refused("absent"), @"cannot read absent: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused("out"), @"cannot read out: is a directory");
}
