//! Waiting at a place that a test chooses, until the test lets the model go on.

use std::path::PathBuf;
use std::time::Duration;

/// A file that is waited for.
#[derive(Debug, Clone)]
pub struct Gate(PathBuf);

impl Gate {
    /// The gate that is open once there is a file `name`.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// Makes `NAME.reached`, which tells the test that the model waits, and waits for the file.
    pub fn pass(&self) {
        let mut reached = self.0.clone().into_os_string();
        reached.push(".reached");
        std::fs::write(reached, "").expect("a file beside the gate");
        while !self.0.exists() {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}
