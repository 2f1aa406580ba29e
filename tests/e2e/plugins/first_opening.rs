//! Libraries that do damage while they are opened: a child of kipos takes it.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use kipos_tests::{Outcome, World};

use crate::case::Case;

/// The lines of standard error that are warnings about libraries.
fn warnings(case: &Case, outcome: &Outcome) -> String {
    let lines: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("warning: plugin library")).collect();
    without_digest(&case.redacted(&lines.join("\n")))
}

/// A text in which the name of a file of a verdict reads `[verdict]`.
fn without_digest(text: &str) -> String {
    match text.split_once("state/kipos/plugins/") {
        Some((before, rest)) => {
            let (_, after) = rest.split_once(' ').unwrap_or((rest, ""));
            format!("{before}state/kipos/plugins/[verdict] {after}")
        }
        None => text.to_owned(),
    }
}

/// A run that must succeed, with what it warns of.
fn warned(case: &Case) -> String {
    let outcome = case.run(&[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(case.world.read("out/scored.vcf").contains("KV_model_DIFF="));
    warnings(case, &outcome)
}

/// `kipos plugin list` of a world, which must succeed, for a library that does this while it is loaded.
fn list(world: &World, on_load: &str) -> Outcome {
    let outcome: Outcome =
        world.kipos().args(["plugin", "list"]).env("KIPOS_TEST_ON_LOAD", on_load).output().unwrap().into();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    outcome
}

/// All files of a directory and of those in it.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_library_that_kills_costs_a_line_and_is_left_alone_after_the_second_time() {
    let case = Case::new();
    let library = case.world.install("aborts_on_load");
    assert_snapshot!(warned(&case), @"warning: plugin library [world]/plugins/libkipos_plugin_aborts_on_load.so: failed: the process that opened it first died of SIGABRT; the next run tries again");
    let quarantined = warned(&case);
    assert_snapshot!(quarantined, @"warning: plugin library [world]/plugins/libkipos_plugin_aborts_on_load.so: quarantined: two processes that opened it ended badly, the last one died of SIGABRT; replace the file, or remove [world]/state/kipos/plugins/[verdict] to try again");
    assert_eq!(warned(&case), quarantined);

    // What the sentence tells to do has the library tried again.
    let outcome = case.run(&[]);
    let (_, verdict) = outcome.stderr.split_once("or remove ").unwrap();
    fs::remove_file(verdict.split_once(" to try again").unwrap().0).unwrap();
    assert!(warned(&case).contains("; the next run tries again"));
    warned(&case);

    // So has another file in its place.
    fs::copy(kipos_tests::built("libbad_scorers.so"), library).unwrap();
    assert_eq!(warned(&case), "");
    assert!(case.world.run("plugin list", &[]).stdout.contains("score failing"));
}

#[test]
fn a_death_is_named_where_its_plugin_is_missed() {
    let case = Case::new();
    case.world.install("aborts_on_load");
    case.spoil("model/model.yaml", "type: stub", "type: other");
    let outcome = case.run(&[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let error = outcome.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
    assert!(
        error.contains("no plugin provides the backend `other` (found: keras, onnx, stub, tensorflow, tensorflow2)"),
        "{error}"
    );
    assert!(
        error.contains("libkipos_plugin_aborts_on_load.so was not loaded: the process that opened it first died of")
    );
}

#[test]
fn a_library_that_was_copied_half_costs_a_line() {
    let case = Case::new();
    let library = case.world.install("bad_scorers");
    let whole = fs::read(&library).unwrap();
    for part in [64, whole.len() / 10, whole.len() / 2] {
        fs::write(&library, &whole[..part]).unwrap();
        let warned = warned(&case);
        let start = "warning: plugin library [world]/plugins/libkipos_plugin_bad_scorers.so: failed: the file is incomplete: \
                     it has ";
        assert!(warned.starts_with(&format!("{start}{part} bytes")) && warned.lines().count() == 1, "{warned}");
        assert!(warned.ends_with("; copy it again"), "{warned}");
    }
    fs::write(&library, whole).unwrap();
    assert_eq!(warned(&case), "");
}

#[test]
fn a_library_that_ends_the_process_ends_none_of_ours() {
    let world = World::new();
    world.install("on_load");
    for mode in ["exit", "forge"] {
        for _ in 0..3 {
            let list = list(&world, mode).stdout;
            assert!(list.contains("backend onnx: "), "{list}");
            let status = list.lines().skip_while(|line| !line.starts_with("on_load unknown")).nth(1).unwrap();
            let expected = "failed: the process that opened it first ended (exit status: 0) before it said anything; the next \
                            run tries again";
            assert_eq!(status.trim(), expected, "{mode}");
        }
    }
    assert!(list(&world, "").stdout.contains("score seven: 7 for every task"));
}

#[test]
fn a_library_is_tried_once_and_no_more() {
    let world = World::new();
    world.install("on_load");
    let log = world.path("log");
    let loaded = || {
        list(&world, &format!("log:{}", log.display()));
        fs::read_to_string(&log).unwrap().lines().count()
    };
    // The child and the run; then the run alone.
    assert_eq!((loaded(), loaded(), loaded()), (2, 3, 4));
}

#[test]
fn runs_that_others_end_while_a_library_is_opened_quarantine_nothing() {
    let world = World::new();
    world.install("on_load");
    // Of the signals that runs catch, those to the whole group are what a terminal and a scheduler send.
    for (signal, whole_group) in [("KILL", true), ("KILL", false), ("TERM", true)] {
        let inside = world.path(&format!("inside{signal}{whole_group}"));
        fs::create_dir(&inside).unwrap();
        let runs: Vec<Child> = (0..8).map(|_| waiting(&world, &inside)).collect();
        // All children are in the midst of it.
        while fs::read_dir(&inside).unwrap().count() < runs.len() {
            std::thread::sleep(Duration::from_millis(2));
        }
        for mut run in runs {
            let target = if whole_group { format!("-{}", run.id()) } else { run.id().to_string() };
            let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {target}")]).status().unwrap();
            assert!(sent.success());
            run.wait().unwrap();
        }
        // No child outlives the run that it opens the library for.
        let children = fs::read_dir(&inside).unwrap().map(|entry| entry.unwrap().file_name());
        for child in children.map(|name| name.into_string().unwrap()) {
            let begun = Instant::now();
            while is_running(&child) {
                assert!(begun.elapsed() < Duration::from_secs(30), "{signal}: process {child} outlives its parent");
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        for file in files(&world.path("state")) {
            let text = fs::read_to_string(file).unwrap();
            assert!(!text.contains("died"), "{signal}: {text}");
        }
        let list = list(&world, "").stdout;
        assert!(list.contains("score seven: 7 for every task"), "{signal}: {list}");
        // The next signal meets the library as one that was never opened.
        fs::remove_dir_all(world.path("state")).unwrap();
    }
}

/// Whether there is a process of this id that has not ended.
fn is_running(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"));
    // The state follows the name, which may contain anything.
    stat.is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| !rest.starts_with(['Z', 'X'])))
}

/// A run whose child waits in the library's initialiser, in a process group of its own.
fn waiting(world: &World, inside: &Path) -> Child {
    let mut command = world.kipos();
    command.args(["plugin", "list"]).env("KIPOS_TEST_ON_LOAD", format!("wait:{}", inside.display()));
    command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap()
}

#[test]
fn a_pipe_in_the_state_directory_is_not_waited_for() {
    let case = Case::new();
    assert_eq!(warned(&case), "");
    let state = case.world.path("state");
    let kept = files(&state);
    assert!(kept.len() > 2, "{kept:?}");
    let pipe = |path: &Path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    for file in &kept {
        fs::remove_file(file).unwrap();
        pipe(file);
    }
    assert_eq!(warned(&case), "");
    for directory in [state.join("kipos/plugins"), state.join("kipos"), state] {
        fs::remove_dir_all(&directory).unwrap();
        pipe(&directory);
        assert_eq!(warned(&case), "");
        fs::remove_file(&directory).unwrap();
        fs::create_dir(&directory).unwrap();
    }
}

#[test]
fn where_no_process_can_be_started_plugins_are_opened_all_the_same() {
    let case = Case::new();
    // The running program has lost its file, so it cannot be started once more.
    let own = case.world.path("bin");
    fs::create_dir(&own).unwrap();
    let script = format!(
        "cp '{kipos}' '{own}/kipos' && cp '{built}'/libkipos_plugin_*.so '{own}' && exec 3< '{own}/kipos' && rm '{own}/kipos' && \
         exec /proc/self/fd/3 \"$@\"",
        kipos = case.world.kipos().get_program().display(),
        built = kipos_tests::built("").display(),
        own = own.display()
    );
    let mut command = case.world.kipos_by(&script);
    command.args(["sh", "plugin", "list"]);
    let outcome = Outcome::from(command.env("KIPOS_PLUGIN_PATH", &own).output().unwrap());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stdout.contains("backend onnx: "), "{outcome:?}");
    assert!(outcome.stdout.contains(": opened without a trial in a process of its own, which did not start: "));
}
