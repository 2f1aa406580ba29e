#![doc = include_str!("../README.md")]
#![deny(missing_docs)]
// The scorer of the guide shows its own test, which tests/guide.rs runs.
#![allow(clippy::test_attr_in_doctest)]

mod args;
mod backend;
pub mod bind;
mod column;
mod describe;
mod edits;
mod error;
mod layers;
mod output;
mod rc;
mod scorer;
mod selection;
mod setters;
mod shell_word;
mod site;
mod tensor;
mod trusted_path;
mod value;

#[doc(hidden)]
pub mod abi;
mod export;

pub use args::{ArgDefault, ArgKind, ArgSpec, Args};
pub use backend::{
    Backend, BatchAxis, Bound, Capabilities, Device, EngineProperties, Model, ModelSource, RowIndependence,
    RuntimeOptions, SchemaLeaf, Signature, Structure, TensorSpec,
};
pub use column::{Cells, Column, ColumnType, Properties, Rows};
pub use describe::{Conversion, EngineRelease, ModelDescription};
pub use edits::{EditAxes, EditPlan, EditedOutputs, Edits, OutputSpan, RowPlace, Substitution};
pub use error::{ErrorKind, PluginError, Result};
pub use layers::{Calls, FilterItem, GradientRequest, Gradients, Layer, LayerInfo, LayerQuery, LayerRequest, Reduce};
pub use output::{Crop, OutputPlace, OutputSpec, OutputSpecs, Scale};
pub use rc::{RcMerged, RcMergedVector, RcMerging, RcScorer, RcVector};
pub use scorer::{Alleles, LayerValues, Mask, Needs, Orientation, Scorer};
pub use selection::Selection;
pub use shell_word::shell_word;
pub use site::{Block, GeneContext, Site};
pub use tensor::{Buffer, DType, DataView, Strings, StringsView, Tensor, TensorData, TensorView};
pub use trusted_path::writable_by_all;
pub use value::Value;

#[doc(hidden)]
pub use abi_stable;

/// The compiler that built this crate, as `rustc --version` prints it.
pub const RUSTC: &str = env!("KIPOS_RUSTC");

/// The target that this crate was built for.
pub const TARGET: &str = env!("KIPOS_TARGET");

/// The version of the contract: a plugin works with a host of exactly the same version.
pub const ABI_VERSION: (u32, u32) = (0, 3);
