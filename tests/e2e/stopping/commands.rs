//! Every command that runs a model stops.

use super::{Running, gated, open_gate, partial_files, reached};
use crate::case::{Case, snv, vcf};

/// What a command says that is stopped in its first engine call, with so many partial files.
fn stopped(case: &Case, args: &str, partial: usize) -> String {
    let mut command = case.world.kipos();
    command.args(args.split_whitespace()).args(["--fasta", "genome.fa", "--batch-size", "1"]);
    let mut running = Running::start(&mut command);
    running.until(|| reached(&case.world));
    assert_eq!(partial_files(&case.world).len(), partial);
    running.signal("TERM");
    open_gate(&case.world);
    let outcome = running.outcome();
    assert_eq!(outcome.code, 143, "{outcome:?}");
    assert_eq!(case.outputs(), [""; 0]);
    let error = outcome.stderr.lines().find_map(|line| line.strip_prefix("error: "));
    error.unwrap_or_else(|| panic!("{outcome:?}")).to_owned()
}

#[test]
fn maps_stop() {
    let args = "mutation-map model -r chr1:100-109 -o out/m.h5 -o out/m.tsv -o out/m.svg --scores diff";
    assert_eq!(stopped(&gated(), args, 4), "stopped after 0 windows; nothing was written");
}

#[test]
fn saturation_stops() {
    let outputs = ["s.tsv.gz", "s.parquet", "s.h5", "s.bcf"].map(|name| format!("-o out/{name}")).join(" ");
    // With two indexes, and what the table follows from.
    let args = format!("saturate model -r chr1:100-199 {outputs}");
    assert_eq!(stopped(&gated(), &args, 7), "stopped after 0 rows; nothing was written");
}

#[test]
fn predictions_stop() {
    let args = "predict model -r chr1:100-109,chr1:200-209 -o out/p.h5 -o out/p.tsv";
    // The call at hand is a sample's only one.
    assert_eq!(stopped(&gated(), args, 3), "stopped after 1 sample; nothing was written");
}

#[test]
fn gradients_stop() {
    let case = gated();
    case.spoil("model/model.yaml", "gate: gate", "gate: gate, layers: true");
    let args = "gradient model -r chr1:100-109,chr1:200-209 -o out/g.h5";
    // The first call tries rows that hold nothing, before the outputs are opened.
    assert_eq!(stopped(&case, args, 0), "stopped after 0 samples; nothing was written");
}

#[test]
fn tests_of_models_stop() {
    let case = gated();
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\n");
    let args = "model test model --intervals in.bed -o out/e.h5";
    assert_eq!(stopped(&case, args, 0), "stopped after 4 steps; nothing was written");
}

#[test]
fn sequences_stop() {
    let case = Case::new();
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "-", "--fasta", "genome.fa", "--write-sequences", "out/s.h5"]);
    let mut running = Running::start(&mut command);
    running.feed(&vcf("", &snv(50)));
    running.until(|| partial_files(&case.world).len() == 1);
    running.signal("INT");
    let outcome = running.outcome();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (130, "error: stopped after 0 records; nothing was written\n"));
    assert_eq!(case.outputs(), [""; 0]);
}
