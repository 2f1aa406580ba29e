//! The vocabulary of the end-to-end tests: a directory, files in it, plugins for it, and the real command.

pub mod golden;
pub mod numpy;
pub mod skip;
pub mod torch_archive;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// What a finished command left behind.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl From<Output> for Outcome {
    /// What a command left, which must not be an [internal error](no_internal_error).
    fn from(output: Output) -> Self {
        no_internal_error(&output);
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A test's own world: a temporary directory with its own plugins, home and state.
#[derive(Debug)]
pub struct World {
    directory: TempDir,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// An empty world without plugins of its own; the default plugins lie beside the binary.
    ///
    /// # Panics
    /// If the temporary directory cannot be made.
    pub fn new() -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        fs::create_dir(directory.path().join("plugins")).expect("a directory for plugins");
        Self { directory }
    }

    /// The path of a file of this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, with the directories above it.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let parent = path.parent().expect("a file of this world lies in a directory");
        fs::create_dir_all(parent).expect("directories");
        fs::write(&path, contents).expect("a file");
        path
    }

    /// Reads a text file of this world.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Copies a freshly built test library (`test_stub` is `libtest_stub.so`) into this world's plugin directory, under
    /// a name that kipos looks at. Test libraries are named otherwise, so that they are found nowhere else.
    ///
    /// # Panics
    /// If the library was not built: `cargo xtask test` builds all.
    pub fn install(&self, library: &str) -> PathBuf {
        let source = built(&format!("{}{library}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        let target = self.path(&format!("plugins/{prefix}kipos_plugin_{library}{suffix}"));
        fs::copy(&source, &target)
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask test`", source.display()));
        target
    }

    /// Any program, in an environment of this world's own.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.directory.path())
            .env("KIPOS_PLUGIN_PATH", self.path("plugins"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("HOME", self.path("home"))
            .env_remove("KIPOS_FASTA")
            .env_remove("KIPOS_ZOO")
            .env_remove("KIPOS_PYTHON")
            .env_remove("KIPOS_ONNXRUNTIME");
        command
    }

    /// The command `kipos`, in the environment of [`command`](Self::command).
    pub fn kipos(&self) -> Command {
        self.command(built(&format!("kipos{}", std::env::consts::EXE_SUFFIX)))
    }

    /// A shell that runs `line`, in the environment of [`command`](Self::command). The arguments that are added to it
    /// are `$0`, `$1` and so on.
    pub fn kipos_by(&self, line: &str) -> Command {
        let mut shell = self.command("sh");
        shell.args(["-c", line]);
        shell
    }

    /// Runs `kipos` with arguments separated by spaces, then with `more`.
    ///
    /// # Panics
    /// If the binary was not built.
    pub fn run(&self, args: &str, more: &[&str]) -> Outcome {
        let output = self.kipos().args(args.split_whitespace()).args(more).output();
        output.expect("the binary beside the tests; run `cargo xtask test`").into()
    }
}

/// Runs a command and gives its output as bytes, which must not hold an [internal error](no_internal_error).
///
/// # Panics
/// If it cannot be run.
pub fn output(command: &mut Command) -> Output {
    let output = command.output().expect("the binary beside the tests; run `cargo xtask test`");
    no_internal_error(&output);
    output
}

/// Fails the test if a command reports that something happened which cannot happen: no test expects that.
///
/// # Panics
/// If standard output or standard error holds `internal error`.
pub fn no_internal_error(output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        assert!(!text.contains("internal error"), "the command reports an internal error:\n{text}");
    }
}

/// A file that the build left beside the tests' own executable.
///
/// # Panics
/// If the executable does not know its own path.
pub fn built(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the path of this test");
    // target/release/deps/test -> target/release
    own.ancestors().nth(2).unwrap_or(Path::new(".")).join(name)
}

/// The library of ONNX Runtime that `cargo xtask test` fetched, under the name that it has in its package.
///
/// # Panics
/// If it is not there.
pub fn onnxruntime() -> PathBuf {
    let place = built("../native/onnxruntime");
    let files = fs::read_dir(&place).into_iter().flatten().map(|entry| entry.expect("an entry of a directory").path());
    let library = files.filter(|path| path.to_string_lossy().contains("libonnxruntime.so.")).max();
    let library = library.unwrap_or_else(|| panic!("no ONNX Runtime in {}; run `cargo xtask test`", place.display()));
    library.canonicalize().expect("a library that is there")
}

/// The root of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Results of the reference implementation, with the files that they were made from.
pub fn reference() -> PathBuf {
    project().join("tests/reference")
}

/// The input files of a fault that kipos had once.
pub fn fault(name: &str) -> PathBuf {
    project().join("tests/faults").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(stdout: &str, stderr: &str) -> Outcome {
        Output { status: Default::default(), stdout: stdout.into(), stderr: stderr.into() }.into()
    }

    #[test]
    fn other_errors_pass() {
        assert_eq!(outcome("", "error: no such file\n").stderr, "error: no such file\n");
    }

    #[test]
    #[should_panic(expected = "the command reports an internal error")]
    fn an_internal_error_on_standard_error_fails_the_test() {
        outcome("", "error: internal error: rows of two sizes; please report\n");
    }

    #[test]
    #[should_panic(expected = "the command reports an internal error")]
    fn an_internal_error_on_standard_output_fails_the_test() {
        outcome("warning: internal error: rows of two sizes; please report\n", "");
    }
}
