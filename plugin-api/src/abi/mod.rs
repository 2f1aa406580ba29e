//! The wire side of the contract. Plugin authors never see it; the host's loader does.
#![allow(non_local_definitions)] // the trait-object macro of abi_stable generates them

mod arg;
mod backend;
mod guard;
mod module;
mod probe;
mod scorer;
mod tensor;
mod wire;

pub use arg::{AbiArgSpec, OwnedArgSpec};
pub use backend::{BackendEntry, BoxedModel, LoadedPluginModel, backend_entry};
pub use guard::{AbiPluginError, guard};
pub use module::{PluginModule, PluginModule_Ref, nothing_to_release};
pub use probe::{KIND_C, KIND_RUST, MAGIC, PROBE_SYMBOL, Probe, ProbeHead, c_str};
pub use scorer::{
    AbiProperties, AbiScored, BoxedScorer, LayerBlock, LayerRows, RowError, ScoreBatch, ScoreRequest, ScoreTable,
    Scored, ScorerAbi, ScorerAbi_TO, ScorerEntry, scorer_entry,
};
pub use tensor::{AbiTensor, AbiTensorView};
pub use wire::Wire;
