//! Signals to `score-variants`, while it loads, reads, computes and writes.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;
use kipos_tests::World;

use super::{Running, SIGNALS, gated, open_gate, partial_files, reached};
use crate::case::{Case, snv, vcf};

/// `score-variants` with a file of every kind in `out`, reading standard input.
fn reading(case: &Case) -> Command {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "-", "--fasta", "genome.fa", "--batch-size", "1"]);
    for name in ["a.vcf", "b.vcf.gz", "c.bcf", "d.tsv", "e.h5", "f.parquet"] {
        command.args(["-o", &format!("out/{name}")]);
    }
    command
}

#[test]
fn a_run_that_waits_for_input_stops() {
    for (signal, code) in SIGNALS {
        let case = Case::new();
        case.world.write("out/a.vcf", "from an earlier run");
        let mut running = Running::start(&mut reading(&case));
        running.feed(&vcf("", &(20..380).map(snv).collect::<String>()));
        // With those of the two indexes, and of what the table follows from.
        running.until(|| partial_files(&case.world).len() == 9);
        running.signal(signal);
        let outcome = running.outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{outcome:?}");
        let said = outcome.stderr.strip_prefix("error: stopped after ").and_then(|said| said.split_once(' '));
        let (done, rest) = said.unwrap_or_else(|| panic!("{outcome:?}"));
        assert!(done.parse::<u64>().unwrap() <= 360);
        assert_eq!(rest, "records; nothing was written\n");
        assert_eq!(case.outputs(), ["a.vcf"], "no partial file stays");
        assert_eq!(case.world.read("out/a.vcf"), "from an earlier run");
    }
}

#[test]
fn a_run_that_waits_for_a_header_stops() {
    let case = Case::new();
    let mut running = Running::start(&mut reading(&case));
    let signals = [1, 2, 15].map(|number| 1_u64 << (number - 1));
    let mut caught = None;
    while caught.is_none_or(|caught| signals.iter().any(|signal| caught & signal == 0)) {
        caught = running.mask("SigCgt:");
        assert!(caught.is_some(), "the command has ended before");
    }
    running.signal("INT");
    assert_eq!(running.outcome().code, 130);
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn a_run_that_loads_its_model_stops_when_it_is_loaded() {
    for (signal, code) in SIGNALS {
        let case = Case::new();
        case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 1, load_gate: gate}");
        let mut running = Running::start(&mut case.command());
        running.until(|| reached(&case.world));
        running.signal(signal);
        open_gate(&case.world);
        let outcome = running.outcome();
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert_eq!(outcome.stderr, "error: stopped after 0 records; nothing was written\n");
        assert_eq!(case.outputs(), [""; 0]);
    }
}

#[test]
fn a_run_that_computes_stops_after_the_call() {
    for (signal, code) in SIGNALS {
        let case = gated();
        let mut running = Running::start(case.command().args(["--batch-size", "1", "-o", "out/scored.h5"]));
        running.until(|| reached(&case.world));
        assert_eq!(partial_files(&case.world).len(), 2);
        running.signal(signal);
        open_gate(&case.world);
        let outcome = running.outcome();
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert_eq!(outcome.stderr, "error: stopped after 0 records; nothing was written\n");
        assert_eq!(case.outputs(), [""; 0]);
    }
}

#[test]
fn a_stream_that_is_cut_is_said_to_be() {
    let case = gated();
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", "-"]);
    let mut running = Running::start(command.args(["--batch-size", "1"]));
    running.until(|| reached(&case.world));
    running.signal("TERM");
    open_gate(&case.world);
    let outcome = running.outcome();
    assert_eq!(outcome.code, 143);
    assert_snapshot!(outcome.stderr.trim_end(), @"error: stopped after 0 records; what standard output got is not complete, and no file was written");
}

#[test]
fn a_second_signal_does_not_wait() {
    let case = gated();
    let mut running = Running::start(&mut case.command());
    running.until(|| reached(&case.world));
    running.signal("INT");
    running.signal("INT");
    // The gate stays closed.
    assert_eq!(running.outcome().code, 130);
    assert!(!case.world.path("out/scored.vcf").exists());
}

#[test]
fn signals_that_the_caller_wants_ignored_are() {
    let case = gated();
    let command = case.command();
    let mut shell = case.world.kipos_by("trap '' HUP INT; exec \"$0\" \"$@\"");
    let mut running = Running::start(shell.arg(command.get_program()).args(command.get_args()));
    running.until(|| reached(&case.world));
    running.signal("HUP");
    running.signal("INT");
    open_gate(&case.world);
    let outcome = running.outcome();
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(case.outputs(), ["scored.vcf"]);
}

#[test]
fn names_are_had_by_all_outputs_or_by_none() {
    let case = gated();
    case.world.write("out/scored.vcf", "from an earlier run");
    let mut running = Running::start(case.command().args(["-o", "out/b.vcf.gz", "-o", "out/c.tsv"]));
    running.until(|| reached(&case.world));
    // What could be opened can no longer be replaced.
    std::fs::create_dir(case.world.path("out/c.tsv")).unwrap();
    open_gate(&case.world);
    let outcome = running.outcome();
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(outcome.stderr.trim_end(), @"error: cannot write out/c.tsv; what was written so far is discarded: is a directory");
    assert_eq!(case.outputs(), ["c.tsv", "scored.vcf"]);
    assert_eq!(case.world.read("out/scored.vcf"), "from an earlier run");
}

#[test]
fn a_genome_that_changes_meanwhile_is_noticed() {
    let case = gated();
    let mut running = Running::start(&mut reading(&case));
    let records: Vec<String> = (20..380).map(snv).collect();
    running.feed(&vcf("", &records[..100].concat()));
    running.until(|| reached(&case.world));
    let other = case.world.read("genome.fa").replace('A', "T");
    case.world.write("genome.fa", other);
    open_gate(&case.world);
    running.feed(&records[100..].concat());
    let outcome = running.outcome();
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(outcome.stderr.trim_end(), @"error: the genome genome.fa changed while it was read; nothing was written");
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn what_has_no_run_yet_says_that_it_stops() {
    for (signal, code) in SIGNALS {
        let world = World::new();
        world.install("on_load");
        let inside = world.path("inside");
        fs::create_dir(&inside).unwrap();
        let mut command = world.kipos();
        command.args(["plugin", "list"]).env("KIPOS_TEST_ON_LOAD", format!("wait:{}", inside.display()));
        let mut listing = Running::start(&mut command);
        // A library is being opened.
        listing.until(|| fs::read_dir(&inside).unwrap().count() > 0);
        listing.signal(signal);
        let outcome = listing.outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (code, "", "error: stopped\n"));
        fs::write(inside.join("go"), "").unwrap();
    }
}
