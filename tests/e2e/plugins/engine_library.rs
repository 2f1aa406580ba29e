//! Where ONNX Runtime comes from: from nowhere that depends on the working directory, or that every user may write to.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;
use kipos_tests::{built, onnxruntime};

use crate::case::Case;

/// A case with an ONNX graph, and kipos and its plugins in `alone`, where no ONNX Runtime is near.
fn alone() -> Case {
    let case = Case::onnx();
    fs::create_dir(case.world.path("alone")).unwrap();
    for name in ["kipos", "libkipos_plugin_onnx.so", "libkipos_plugin_scorers.so"] {
        fs::copy(built(name), case.world.path("alone").join(name)).unwrap();
    }
    case
}

/// `kipos score-variants` of that kipos; a library of [`evil`] would leave `log`.
fn command(case: &Case) -> Command {
    let mut command = case.world.command(case.world.path("alone/kipos"));
    command.args(case.command().get_args());
    command.env("KIPOS_TEST_ON_LOAD", format!("log:{}", case.world.path("log").display()));
    command.env("PATH", case.world.path("empty"));
    command
}

/// Puts a library that is not ONNX Runtime and leaves `log` when it is opened.
fn evil(case: &Case, path: &str) -> PathBuf {
    let path = case.world.path(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(built("libon_load.so"), &path).unwrap();
    path
}

fn was_opened(case: &Case) -> bool {
    case.world.path("log").exists()
}

fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
}

#[test]
fn python_is_not_asked_about_the_working_directory() {
    let case = alone();
    evil(&case, "onnxruntime/capi/libonnxruntime.so.9.9.9");
    case.world.write("onnxruntime/__init__.py", "");
    // Whether Python has an ONNX Runtime of its own does not matter here.
    for path in ["/usr/local/bin:/usr/bin:/bin", ":/usr/local/bin:/usr/bin:/bin"] {
        let mut command = command(&case);
        command.env("PATH", path).env("PYTHONPATH", case.world.path("")).output().unwrap();
        assert!(!was_opened(&case), "PATH={path}");
    }
}

#[test]
fn python_is_not_taken_from_the_working_directory() {
    let case = alone();
    evil(&case, "package/capi/libonnxruntime.so.9.9.9");
    let python = case.world.write("python3", format!("#!/bin/sh\necho {}\n", case.world.path("package").display()));
    open_to_all(&python);
    fs::create_dir(case.world.path("bin")).unwrap();
    fs::copy(&python, case.world.path("bin/python3")).unwrap();
    fs::set_permissions(case.world.path("bin/python3"), fs::Permissions::from_mode(0o755)).unwrap();
    open_to_all(&case.world.path("bin"));
    for path in ["", ".", case.world.path("bin").to_str().unwrap()] {
        let outcome = command(&case).env("PATH", path).output().unwrap();
        assert_eq!(outcome.status.code(), Some(1), "{outcome:?}");
        assert!(!was_opened(&case), "PATH={path}");
    }
    // Where only its owner may write, it is asked.
    fs::set_permissions(case.world.path("bin"), fs::Permissions::from_mode(0o755)).unwrap();
    command(&case).env("PATH", case.world.path("bin")).output().unwrap();
    assert!(was_opened(&case));
}

#[test]
fn the_loader_is_not_asked_about_the_working_directory() {
    let case = alone();
    evil(&case, "libonnxruntime.so");
    for path in ["", ":/absent", "."] {
        let said = case.refused(command(&case).env("LD_LIBRARY_PATH", path));
        assert!(said.contains("ONNX Runtime was found") && !was_opened(&case), "LD_LIBRARY_PATH={path}: {said}");
    }
    assert_snapshot!(case.refused(command(&case).env("LD_LIBRARY_PATH", ":/absent")), @"plugin onnx: no ONNX Runtime was found in [world]/alone, [world]/native/onnxruntime, [world]/data/kipos/native/onnxruntime, Python or the system; libonnxruntime.so is not used, because it depends on the working directory; install one with `pip install 'onnxruntime>=1.24'`, or set KIPOS_ONNXRUNTIME to the path of libonnxruntime");
}

#[test]
fn what_every_user_may_change_is_not_opened() {
    let case = alone();
    let library = evil(&case, "data/kipos/native/onnxruntime/libonnxruntime.so.99");
    for place in ["data/kipos/native/onnxruntime/libonnxruntime.so.99", "data/kipos/native/onnxruntime", "data"] {
        let place = case.world.path(place);
        let before = fs::metadata(&place).unwrap().permissions();
        open_to_all(&place);
        let said = case.refused(&mut command(&case));
        let why = format!("; {} is not used, because every user may write to {}; ", library.display(), place.display());
        assert!(said.contains(&case.redacted(&why)), "{said}");
        assert!(!was_opened(&case));
        fs::set_permissions(&place, before).unwrap();
    }
    case.refused(&mut command(&case));
    assert!(was_opened(&case), "where only its owner may write, it is opened");
}

#[test]
fn an_engine_may_be_named() {
    let case = alone();
    let scored = |command: &mut Command| {
        let outcome = command.output().unwrap();
        assert_eq!(outcome.status.code(), Some(0), "{outcome:?}");
        assert!(case.world.read("out/scored.vcf").contains("KV_model_DIFF="));
        fs::remove_file(case.world.path("out/scored.vcf")).unwrap();
    };
    scored(command(&case).arg("--engine-library").arg(onnxruntime()));
    scored(command(&case).env("KIPOS_ONNXRUNTIME", onnxruntime()));
    // The flag goes before the variable.
    let absent =
        case.refused(command(&case).env("KIPOS_ONNXRUNTIME", onnxruntime()).args(["--engine-library", "absent.so"]));
    assert_snapshot!(absent, @"plugin onnx: --engine-library names the ONNX Runtime [world]/absent.so, which does not exist; install one with `pip install 'onnxruntime>=1.24'`, or set KIPOS_ONNXRUNTIME to the path of libonnxruntime");
    let library = evil(&case, "named/libonnxruntime.so");
    open_to_all(&library);
    let named = case.refused(command(&case).args(["--engine-library", "named/libonnxruntime.so"]));
    assert_snapshot!(named, @"plugin onnx: --engine-library names the ONNX Runtime [world]/named/libonnxruntime.so, which is not used, because every user may write to [world]/named/libonnxruntime.so; remove that permission with `chmod o-w`");
    assert_eq!(
        case.refused(command(&case).env("KIPOS_ONNXRUNTIME", &library)),
        named.replace("--engine-library", "KIPOS_ONNXRUNTIME")
    );
    assert!(!was_opened(&case));
}
