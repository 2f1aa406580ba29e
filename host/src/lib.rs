//! kipos runs sequence-based genomics models and says what variants do to their predictions.
//!
//! A model is a directory with a `model.yaml` and, often, a `dataloader.yaml`. Its graph is run by a *backend plugin*;
//! predictions for the two alleles of a variant are compared by *scorer plugins*. Both are shared libraries behind a
//! stable ABI ([`kipos_plugin_api`]). This library reads descriptions, genomes and variants, drives the plugins, and
//! writes what they give. It prints nothing and reads no environment variables: the command line does.
//!
//! Coordinates are 0-based and half-open everywhere, except where a VCF is read or written.
//!
//! The ways in are [`ScoreVariants`], [`Predict`], [`Activations`], [`Gradient`], [`MutationMap`] and [`TestModel`], each with a
//! [`PluginRegistry`].

#![deny(unsafe_code)]

pub mod attribution;
mod byte_order_mark;
pub mod columns;
pub mod dataloader;
pub mod description;
pub mod edits;
mod error_chain;
mod error_class;
pub mod genome;
mod internal;
pub mod model;
pub mod model_test;
pub mod mutation_map;
mod number;
pub mod output_selection;
pub mod pipeline;
pub mod plot;
pub mod plugin;
pub mod predict;
pub mod prediction;
pub mod region;
pub mod request;
pub mod run;
pub mod samples;
pub mod score;
pub mod scored;
pub mod sequence;
pub mod setup;
pub mod sink;
pub mod track;

pub use description::ModelDir;
pub use error_chain::error_chain;
pub use error_class::{ErrorClass, RequestError};
pub use internal::InternalError;
pub use model::LoadedModel;
pub use model_test::TestModel;
pub use mutation_map::{MutationMap, MutationMapError};
pub use pipeline::{ScoreVariants, ScoreVariantsError, Summary};
pub use plugin::PluginRegistry;
pub use prediction::{Activations, Gradient, Predict, PredictionError, PredictionSummary};
