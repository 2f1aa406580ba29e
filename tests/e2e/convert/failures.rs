//! What goes wrong in Python, or after it.

use super::{case, command, names, run};

/// The error of a conversion in which something happens, which must leave nothing behind.
#[track_caller]
fn refused(scenario: &str, code: i32) -> String {
    let case = case();
    let outcome = run(&case, "model convert weights.h5 -q", scenario);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{outcome:?}");
    let left: Vec<String> =
        names(&case, "").into_iter().filter(|name| name.contains("kipos-") || name == "weights").collect();
    assert_eq!(left, [""; 0]);
    case.redacted(outcome.stderr.trim_end())
}

#[test]
fn missing_packages_are_named_with_one_command() {
    insta::assert_snapshot!(refused("missing", 2), @"error: Python packages are missing: tensorflow, tf_keras; install versions that work together, best in an environment of their own: python -m pip install tensorflow==2.21.0 tf_keras==2.21.0; or make such an environment with --python auto");
}

#[test]
fn refusals_say_what_where_and_what_to_do() {
    insta::assert_snapshot!(refused("refused", 1), @"error: w.h5: tf2onnx does not convert the model: no rule; rewrite it");
    insta::assert_snapshot!(refused("untrusted", 2), @"error: net.py: converting the model runs Python code of its author; look at it, and consent with --trust-model");
}

#[test]
fn a_program_that_ends_early_is_quoted() {
    insta::assert_snapshot!(refused("dies", 1), @r#"error: the Python program ended before it was done (exit code 1); it printed: Traceback (most recent call last): | File "x" | MemoryError"#);
    insta::assert_snapshot!(refused("killed", 1), @"error: the Python program ended before it was done (signal 9); it printed: a framework says a lot");
}

#[test]
fn answers_that_are_not_understood_are_quoted() {
    insta::assert_snapshot!(refused("garbage", 1), @"error: the Python program gave an answer that kipos does not understand: Downloading 1 of 3 ...; it printed: a framework says a lot");
    insta::assert_snapshot!(refused("lacks", 1), @"error: the Python program gave an answer that kipos does not understand: it lacks files; it printed: a framework says a lot");
}

#[test]
fn a_result_that_differs_is_refused_with_its_first_layer() {
    insta::assert_snapshot!(refused("wrong", 1), @"error: the converted model is not the original: output `y` differs by 1.0e-3 of its largest value, more than 1e-5; the first layer that differs is `mean`");
    insta::assert_snapshot!(refused("wrong output alone", 1), @"error: the converted model is not the original: output `y` differs by 1.0e-3 of its largest value, more than 1e-5; none of the layers that both sides name differs");
    insta::assert_snapshot!(refused("wrong gradient", 1), @"error: the converted model is not the original: the gradient of input `seq` differs by 5.0e-3 of its largest value, more than 1e-4; none of the layers that both sides name differs");
}

#[test]
fn consent_lets_it_run() {
    let case = case();
    let outcome = run(&case, "model convert weights.h5 --trust-model", "untrusted");
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn a_python_that_cannot_be_run_is_named() {
    let case = case();
    let outcome = run(&case, "model convert weights.h5 --python /no/python", "");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    insta::assert_snapshot!(outcome.stderr, @r#"
    no licence lies beside the source; ask its authors before you use it
    error: cannot run /no/python: No such file or directory (os error 2); name a Python that has the model's framework with --python, or make one with --python auto
    "#);
}

#[test]
fn sources_must_exist() {
    let case = case();
    let outcome = run(&case, "model convert weight.h5", "");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (2, "error: weight.h5: no such file or directory\n"));
}

#[test]
fn an_environment_that_cannot_be_made_is_named() {
    let case = case();
    // A Python that has no module `venv`.
    let mut command = command(&case, "model convert weights.h5 --python auto -q", "");
    let fake = case
        .world
        .read("python")
        .replace("exec python3", "case \"$*\" in *venv*) echo no venv >&2; exit 1;; esac\nexec python3");
    case.world.write("python", fake);
    let outcome = kipos_tests::Outcome::from(command.output().unwrap());
    assert_eq!(outcome.code, 1, "{outcome:?}");
    insta::assert_snapshot!(case.redacted(&outcome.stderr), @"error: the environment [world]/cache/kipos/python-keras could not be made (exit code 1); it printed: no venv");
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_kipos_and_python() {
    use std::process::Command;
    use std::thread::sleep;
    use std::time::Duration;

    let case = case();
    let mut running =
        command(&case, "model convert weights.h5 -q", "waits").stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !case.world.path("running").exists() {
        assert!(running.try_wait().unwrap().is_none(), "it has ended before");
        sleep(Duration::from_millis(2));
    }
    let python = case.world.read("running");
    assert!(Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap().success());
    let outcome = kipos_tests::Outcome::from(running.wait_with_output().unwrap());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (143, "error: stopped; nothing was written\n"));
    assert!(!std::path::Path::new("/proc").join(python).exists(), "Python still runs");
    assert!(names(&case, "").iter().all(|name| !name.contains("kipos-")));
}
