//! HDF5 files that find no room, wherever the disk is full: a file may not become larger than the system allows.
#![cfg(target_os = "linux")]

use kipos_tests::Outcome;

use crate::case::{Case, snv, vcf};

/// The sizes, in KiB, that a file may have: within the first attributes, and at every kind of rows and texts that follow.
const LIMITS: [usize; 14] = [0, 1, 2, 4, 8, 16, 24, 40, 64, 100, 160, 260, 420, 700];

/// Runs `kipos` with arguments parted by blanks, in a process whose files may not become larger than `limit` KiB.
fn limited(case: &Case, arguments: &str, limit: usize) -> Outcome {
    // The signal that comes with the limit is ignored, so that it is an error as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" {arguments}");
    let mut command = case.world.command("bash");
    command.args(["-c", &script]).arg(case.world.kipos().get_program()).output().unwrap().into()
}

/// Runs a command that writes `out/file.h5` under each limit: all fail with a sentence and leave nothing, or write it.
fn at_every_limit(case: &Case, arguments: &str) {
    let mut failed = 0;
    for limit in LIMITS {
        let outcome = limited(case, arguments, limit);
        let outputs = case.outputs();
        match outcome.code {
            0 => assert_eq!(outputs, ["file.h5"], "{limit} KiB: {outcome:?}"),
            _ => {
                failed += 1;
                let sentence = "error: cannot write out/file.h5; what was written so far is discarded: ";
                let errors: Vec<&str> = outcome.stderr.lines().filter(|line| !line.starts_with("warning: ")).collect();
                assert_eq!(errors.len(), 1, "{limit} KiB: {outcome:?}");
                assert!(errors[0].starts_with(sentence), "{limit} KiB: {outcome:?}");
                assert!(errors[0].ends_with("File too large (os error 27)"), "{limit} KiB: {outcome:?}");
                assert_eq!((outcome.code, outputs), (1, Vec::new()), "{limit} KiB: {outcome:?}");
            }
        }
        drop(std::fs::remove_file(case.world.path("out/file.h5")));
    }
    assert!(failed >= 6, "{failed} of {} runs met their limit", LIMITS.len());
}

fn case() -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &(20..380).map(snv).collect::<String>()));
    let bed: String = (0..380).map(|start| format!("chr1\t{start}\t{}\n", start + 10)).collect();
    case.world.write("windows.bed", bed);
    case
}

const SCORE: &str = "score-variants model --vcf variants.vcf --fasta genome.fa";

#[test]
fn tables_of_scores() {
    at_every_limit(&case(), &format!("{SCORE} -o out/file.h5"));
}

#[test]
fn sequences() {
    at_every_limit(&case(), &format!("{SCORE} --write-sequences out/file.h5"));
}

#[test]
fn predictions() {
    at_every_limit(
        &case(),
        "predict model --fasta genome.fa --intervals windows.bed -k -m --batch-size 7 -o out/file.h5",
    );
}

#[test]
fn mutation_maps() {
    at_every_limit(&case(), "mutation-map model --fasta genome.fa --regions-file windows.bed -o out/file.h5");
}
