#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod args;
mod backend;
mod edits;
mod error;
mod layers;
mod rc;
mod scorer;
mod selection;
mod setters;
mod tensor;
mod value;

#[doc(hidden)]
pub mod abi;
mod export;

pub use args::{ArgDefault, ArgKind, ArgSpec, Args};
pub use backend::{
    Backend, BatchAxis, Bound, Capabilities, Device, Model, ModelSource, RowIndependence, RuntimeOptions, SchemaLeaf,
    Signature, Structure, TensorSpec,
};
pub use edits::{EditAxes, EditedOutputs, Edits, Substitution};
pub use error::{ErrorKind, PluginError, Result};
pub use layers::{Calls, FilterItem, GradientRequest, Gradients, Layer, LayerInfo, LayerQuery, LayerRequest, Reduce};
pub use rc::{RcMerged, RcMerging, RcScorer};
pub use scorer::{Alleles, Needs, OutputSpec, OutputSpecs, Scorer, Site};
pub use selection::Selection;
pub use tensor::{Buffer, DType, DataView, Strings, StringsView, Tensor, TensorData, TensorView};
pub use value::Value;

#[doc(hidden)]
pub use abi_stable;

/// The version of the contract: a plugin works with a host of exactly the same version.
pub const ABI_VERSION: (u32, u32) = (0, 1);
