//! What a run leaves that is killed, and who removes it.

use super::{Running, gated, open_gate, partial_files, reached};

#[test]
fn the_next_run_sweeps_what_a_killed_one_left_and_nothing_else() {
    let case = gated();
    case.world.write("out/.notes.txt.partial", "not ours");
    let outputs = ["-o", "out/b.vcf.gz", "-o", "out/c.h5"];
    let mut killed = Running::start(case.command().args(outputs));
    killed.until(|| reached(&case.world));
    killed.signal("KILL");
    assert_eq!(killed.outcome().code, -1);
    // With that of the index.
    let left = partial_files(&case.world).len() - 1;
    assert_eq!(left, 4);

    std::fs::remove_file(case.world.path("gate.reached")).unwrap();
    let mut alive = Running::start(case.command().args(outputs));
    alive.until(|| reached(&case.world));
    let partial = partial_files(&case.world);
    assert_eq!(partial.len(), 5, "those of the run that was killed are gone, and its own are there");

    // Another run leaves those alone whose process lives.
    open_gate(&case.world);
    let mut command = case.world.kipos();
    command.args(["predict", "model", "--fasta", "genome.fa", "-r", "chr1:100-110", "-o", "out/other.h5"]);
    let other = Running::start(&mut command).outcome();
    assert_eq!((other.code, other.stderr.contains("killed")), (0, false), "{other:?}");
    let outcome = alive.outcome();
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let sentence = outcome.stderr.lines().next().unwrap();
    assert!(sentence.starts_with("warning: removed out/."), "{sentence}");
    assert!(sentence.ends_with(".partial and 3 more files that runs which were killed had left"), "{sentence}");
    assert_eq!(case.outputs(), [".notes.txt.partial", "b.vcf.gz", "b.vcf.gz.tbi", "c.h5", "other.h5", "scored.vcf"]);
}

#[test]
fn tracks_and_pictures_sweep_too() {
    let case = crate::case::Case::new();
    crate::pictures::maps(&case.world, "m.h5");
    for (command, name) in [
        ("plot mutation-map m.h5 --input-entry 0 --scoring-key diff", "p.svg"),
        ("track m.h5 --scoring-key diff", "t.bedgraph"),
    ] {
        case.world.write("out/.x.abc123.partial", "left");
        let outcome = case.world.run(&format!("{command} -o out/{name}"), &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let expected = "warning: removed out/.x.abc123.partial, which a run that was killed had left\n";
        assert!(outcome.stderr.starts_with(expected), "{outcome:?}");
        assert!(!case.world.path("out/.x.abc123.partial").exists());
    }
}

#[test]
fn hdf5_is_written_whatever_the_environment_says_of_its_locks() {
    for locking in ["TRUE", "FALSE", "BEST_EFFORT"] {
        let case = crate::case::Case::new();
        let mut command = case.command();
        let outcome = Running::start(command.args(["-o", "out/a.h5"]).env("HDF5_USE_FILE_LOCKING", locking)).outcome();
        assert_eq!(outcome.code, 0, "{locking}: {outcome:?}");
        assert_eq!(case.outputs(), ["a.h5", "scored.vcf"]);
    }
}
