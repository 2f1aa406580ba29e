//! Runs that signals end, and what is left of those that are killed.
#![cfg(target_os = "linux")]

mod commands;
mod killed;
mod phases;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use kipos_tests::{Outcome, World};

use crate::case::Case;

/// The signals that stop a run, with the code that it then exits with.
const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// A command that runs.
struct Running(Child);

impl Running {
    /// Starts a command, whose input stays open. Signals end it even if whoever runs the tests has them ignored, as shells do
    /// for what runs in the background.
    fn start(command: &mut Command) -> Self {
        let mut env = Command::new("env");
        env.arg("--default-signal").arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => env.env(key, value),
                None => env.env_remove(key),
            };
        }
        env.current_dir(command.get_current_dir().unwrap());
        Self(env.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Waits for something that the command brings about, however long that takes.
    fn until(&mut self, is_so: impl Fn() -> bool) {
        while !is_so() {
            assert!(self.0.try_wait().unwrap().is_none(), "the command has ended before");
            sleep(Duration::from_millis(2));
        }
    }

    /// Gives the command more input.
    fn feed(&mut self, text: &str) {
        self.0.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Sends a signal, and waits until it has arrived.
    fn signal(&mut self, name: &str) {
        let pid = self.0.id();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap();
        assert!(sent.success());
        while self.mask("ShdPnd:").is_some_and(|pending| pending != 0) {
            sleep(Duration::from_millis(2));
        }
    }

    /// A set of signals of the process; `None` once it has ended.
    fn mask(&self, name: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let digits = status.lines().find_map(|line| line.strip_prefix(name))?.trim().to_owned();
        u64::from_str_radix(&digits, 16).ok()
    }

    /// Ends the input, and waits for the end of the command.
    fn outcome(self) -> Outcome {
        self.0.wait_with_output().unwrap().into()
    }
}

/// A case whose model waits in each call until the file `gate` is there.
fn gated() -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 1, gate: gate}");
    case
}

/// Whether the model waits.
fn reached(world: &World) -> bool {
    world.path("gate.reached").exists()
}

fn open_gate(world: &World) {
    world.write("gate", "");
}

/// The partial files in `out`.
fn partial_files(world: &World) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.path("out")).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "partial")).collect()
}
