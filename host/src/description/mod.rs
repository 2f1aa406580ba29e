//! Model and dataloader descriptions: `model.yaml` and `dataloader.yaml`, read once and checked, in one form.
//!
//! [`ModelDir::open`] reads a model directory. Whatever the files look like, the result holds named lists of arrays,
//! typed values and resolved labels, so that nothing else needs to know that there was YAML. Errors name file, line,
//! key, what was expected and what was found; keys that mean nothing are kept as [warnings](ModelDir::warnings).

mod agreement;
mod arg_places;
mod array;
mod backend_type;
mod centering;
mod dataloader;
mod dna_inputs;
mod document;
mod dtype;
mod error;
mod family;
mod group;
mod info;
mod kipos_section;
mod labels;
mod lint;
mod locate;
mod lock;
mod member_files;
mod metadata;
mod model;
mod model_dir;
mod model_source;
mod native_loader;
mod near_miss;
mod node;
mod reduction;
mod remote;
mod shape;
mod strand_names;
mod tasks;
mod template;
mod test_section;
mod twins;
mod value_arg;
mod variant_effects;
mod zoo;
#[cfg(test)]
mod zoo_tests;

pub use arg_places::ArgPlaces;
pub use array::{ArraySpec, SpecialType};
pub(crate) use backend_type::CUSTOM;
pub use centering::{Centering, CenteringError};
pub use dataloader::{ArgDescription, DataloaderSpec};
pub use dna_inputs::{DnaEncoding, DnaInput};
pub use dtype::{DTypeError, parse_dtype};
pub use error::{SpecError, SpecPlace, SpecWarning, UnreadLabels};
pub use family::common_name;
pub use info::{Author, DescriptionInfo};
pub use kipos_section::{
    DefaultReduction, DefaultTasks, FlanksRc, InputKeys, KiposSection, MemberCombination, MergeKeys, MergeSpace,
    MergedOn, OutputKeys, UnsupportedKey, WindowFlanks, WindowMask,
};
pub use lint::{LintReport, lint_model};
pub use lock::{ConversionSources, LOCK_FILE};
pub use member_files::MemberFile;
pub use metadata::{MetadataSpec, MetadataType};
pub use model::{LoaderRef, ModelSpec};
pub use model_dir::ModelDir;
pub use native_loader::NativeLoader;
pub(crate) use near_miss::{near_miss, near_misses};
pub use reduction::{Reduction, ReductionError};
pub use remote::RemoteFile;
pub use shape::{ArrayShape, ShapeError};
pub use strand_names::unstated_strands;
pub(crate) use strand_names::yaml_scalar;
pub use tasks::TargetTasks;
pub(crate) use tasks::make_distinct;
pub use test_section::{ExpectedFile, TestSpec};
pub use value_arg::{ValueArgError, parse_value_arg};
pub use variant_effects::{ScoringArg, ScoringEntry, VariantEffects};
pub use zoo::{ListedModels, find_in_zoo, list_models};
