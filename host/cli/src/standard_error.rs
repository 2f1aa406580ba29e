//! Standard error, for messages.

use std::io::{self, Stderr};

use kipos::PrintableWriter;

/// Standard error, where no text of others can be more than text.
pub(super) fn standard_error() -> PrintableWriter<Stderr> {
    PrintableWriter::new(io::stderr())
}
