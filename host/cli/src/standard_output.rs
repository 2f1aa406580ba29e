//! Keeping apart what kipos writes to standard output and what plugins print there.

use std::io::{self, LineWriter};

use kipos::{PrintableWriter, StandardOutput};

/// Moves standard output to where only kipos writes. What plugins, and the libraries that they use, print to standard output
/// goes to standard error from then on.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub(super) fn move_away() -> io::Result<()> {
    use std::os::fd::AsFd;

    let kept = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    kipos::move_standard_output(kept.into());
    Ok(())
}

/// Elsewhere, plugins and kipos share standard output.
#[cfg(not(unix))]
pub(super) fn move_away() -> io::Result<()> {
    Ok(())
}

/// Standard output for lines of text, where no text of others can be more than text.
pub(super) fn standard_output() -> PrintableWriter<LineWriter<StandardOutput>> {
    PrintableWriter::new(LineWriter::new(StandardOutput::get()))
}
