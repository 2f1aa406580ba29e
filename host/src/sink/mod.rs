//! Where scored records end: files that appear complete or not at all.

mod atomic_file;
mod error;
mod header;
mod info_field;
mod info_key;
mod kipoi_info;
mod native_info;
mod number;
mod splice;
#[cfg(test)]
mod test_input;
mod text_output;
mod variant_id;
mod vcf;
mod vcf_options;

pub use atomic_file::AtomicFile;
pub use error::SinkError;
pub use text_output::TextOutput;
pub use vcf::VcfSink;
pub use vcf_options::{InfoLayout, OnExisting, VcfOptions, VcfStyle};

use crate::scored::ScoredChunk;

/// The end of a run: takes scored records in input order and keeps them somewhere.
///
/// A sink opens its file and writes what comes before the first record when it is made. A sink that is dropped without
/// [`finish`](Self::finish) leaves nothing under its file's name.
pub trait Sink: Send {
    /// Takes the next records, in input order.
    ///
    /// # Errors
    /// A [`SinkError`] that names the file. The sink is of no use afterwards; drop it.
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError>;

    /// Completes the file and puts it under its name.
    ///
    /// # Errors
    /// A [`SinkError`] that names the file; nothing new stands under that name then.
    fn finish(self: Box<Self>) -> Result<(), SinkError>;
}
