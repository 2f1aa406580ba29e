//! The choices that requests are made of: the model, its samples, their windows, the scores, and for a VCF the variants
//! and what is written.
//!
//! A request holds the choices that its run needs, and nothing else. Each choice checks itself with `validate`, before
//! any file is opened.

mod edit_use;
mod error;
mod model_choice;
mod sample_choice;
mod score_choice;
mod variant_choice;
mod vcf_choice;
mod window_choice;

pub use edit_use::EditUse;
pub use error::ChoiceError;
pub use model_choice::ModelChoice;
pub use sample_choice::SampleChoice;
pub(crate) use sample_choice::SamplesAs;
pub use score_choice::ScoreChoice;
pub use variant_choice::{RefMismatch, VariantChoice};
pub use vcf_choice::VcfChoice;
pub use window_choice::WindowChoice;
