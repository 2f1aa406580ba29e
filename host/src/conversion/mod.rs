//! Models that come from elsewhere: drafts of their descriptions, and whether kipos says what their framework said.

mod arrays;
mod check;
mod draft;
mod draft_text;
mod error;
mod made_up;
mod npz;
mod record;
mod staged;
mod trial;

pub use check::{ArrayDifference, CheckedConversion, ConversionCheck, OriginalGradient};
pub use draft::{DraftInput, DraftOutput, DraftPositions, ModelDraft};
pub use error::{ConversionError, OriginalFile};
pub use made_up::MadeUpExample;
pub use record::ConversionRecord;
pub use staged::StagedDirectory;
pub use trial::DraftRequest;
