//! What comes before the first prediction: descriptions, files, the loaded model, and the windows of variants.

mod choices;
mod edit_path;
mod error;
mod length_trial;
mod loaded;
mod opened;
mod provenance;
mod run_context;
mod sample_files;
mod window_plan;

pub(crate) use choices::Choices;
pub use edit_path::NoEdits;
pub use error::SetupError;
pub(crate) use loaded::LoadedScoring;
pub(crate) use opened::Opened;
pub(crate) use provenance::ProvenanceSource;
pub(crate) use run_context::RunContext;
pub(crate) use sample_files::{OpenedSamples, SampleFiles};
pub use window_plan::WindowPlanError;
