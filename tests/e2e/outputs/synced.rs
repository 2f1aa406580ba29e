//! What is on the disk before it is announced, as strace sees it.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use kipos_tests::skip;

use crate::case::Case;

/// The calls of a run that sync files, give them names and announce them, in their order, the files by their last names.
/// `None` where no process may be traced.
fn calls(case: &Case, arguments: &[&str]) -> Option<Vec<String>> {
    let log = case.world.path("calls");
    let run = case.command();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-qq", "-s", "40", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,write", "-o"]);
    strace.arg(&log).arg(run.get_program()).args(run.get_args()).args(arguments);
    strace.current_dir(run.get_current_dir().unwrap());
    let envs = run.get_envs().filter_map(|(key, value)| Some((key, value?)));
    let output = strace.envs(envs).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = fs::read_to_string(log).unwrap();
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let calls = text.lines().filter_map(|line| {
        let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
        if call.starts_with("fsync") || call.starts_with("fdatasync") {
            let (_, rest) = call.split_once('<')?;
            return Some(format!("sync {}", name(rest.split('>').next()?)));
        }
        if call.starts_with("rename") {
            let quoted: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
            return quoted
                .last()
                .filter(|path| path.contains("/out/") || path.starts_with("out/"))
                .map(|to| format!("name {}", name(to)));
        }
        (call.starts_with("write(2") && call.contains("\"wrote ")).then(|| "announce".to_owned())
    });
    Some(calls.collect())
}

#[test]
fn files_and_then_their_directory_are_synced_before_they_are_announced() {
    let case = Case::new();
    let Some(calls) = calls(&case, &["-o", "out/scores.tsv", "-o", "out/scores.h5"]) else {
        skip::skip("strace is not installed, or may not trace");
        return;
    };
    let place =
        |wanted: &str| calls.iter().position(|call| call == wanted).unwrap_or_else(|| panic!("{wanted}: {calls:?}"));
    let synced = |start: &str| {
        let found =
            calls.iter().position(|call| call.starts_with(&format!("sync .{start}.")) && call.ends_with(".partial"));
        found.unwrap_or_else(|| panic!("{start} is not synced: {calls:?}"))
    };
    let names = ["scored.vcf", "scores.tsv", "scores.tsv.provenance.json", "scores.h5"];
    let first_name = calls.iter().position(|call| call.starts_with("name ")).unwrap();
    let last_name = calls.iter().rposition(|call| call.starts_with("name ")).unwrap();
    for file in names {
        assert!(synced(file) < first_name, "{file}: {calls:?}");
        assert!(place(&format!("name {file}")) <= last_name);
    }
    let directory = calls.iter().rposition(|call| call == "sync out").unwrap_or_else(|| panic!("{calls:?}"));
    assert!(last_name < directory && directory < place("announce"), "{calls:?}");
}
