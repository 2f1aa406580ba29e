//! Standard error, for messages.

use std::io::{self, Stderr, Write};

use kipos::PrintableWriter;

/// Standard error, where no text of others can be more than text.
pub(super) fn standard_error() -> PrintableWriter<Stderr> {
    PrintableWriter::new(io::stderr())
}

/// Writes a message with one call. What it takes from others is [printable](kipos::printable) already; what it has besides
/// may color it.
///
/// # Errors
/// What the system says.
pub(super) fn write_message(message: &str) -> io::Result<()> {
    io::stderr().lock().write_all(message.as_bytes())
}
