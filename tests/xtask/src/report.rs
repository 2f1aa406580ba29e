//! What the tasks say about their progress.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints one line. Nobody reading it (as in `cargo xtask demo | head -1`) is no reason to stop.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}
