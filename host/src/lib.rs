//! kipos runs sequence-based genomics models and says what variants do to their predictions.
//!
//! A model is a directory with a `model.yaml` and, often, a `dataloader.yaml`. Its graph is run by a *backend plugin*;
//! predictions for the two alleles of a variant are compared by *scorer plugins*. Both are shared libraries behind a
//! stable ABI ([`kipos_plugin_api`]). This library reads descriptions, genomes and variants, drives the plugins, and
//! writes what they give. It prints nothing and reads no environment variables: the command line does.
//!
//! Coordinates are 0-based and half-open everywhere, except where a VCF is read or written.
//!
//! A request has public fields, which begin with defaults, and is run with the plugins of a [`PluginRegistry`]:
//!
//! | request | what it does |
//! |---|---|
//! | [`ScoreVariants`] | scores the variants of a VCF |
//! | [`Saturate`] | scores all SNVs of stretches of the genome |
//! | [`MutationMap`] | scores every substitution in windows of the genome |
//! | [`Predict`] | predicts samples, without variants |
//! | [`Activations`] | gives the values of a layer |
//! | [`Gradient`] | gives gradients of an output or a layer with respect to the inputs |
//! | [`TestModel`] | tests a model with the examples of its dataloader |
//!
//! Each fails with an error of its own, whose [`RequestError::class`] tells what has to change.
//!
//! ```no_run
//! use kipos::{Event, LabelSelection, PluginRegistry, ScoreVariants};
//! use kipos_plugin_api::Value;
//!
//! let registry = PluginRegistry::open(&["plugins".into()], None);
//! let mut request = ScoreVariants::new("models/DeepSEA", "variants.vcf", vec!["scored.vcf".into()]);
//! request.samples.loader_args.push(("fasta_file".into(), Value::String("genome.fa".into())));
//! request.scores.scores.labels = LabelSelection::Only(vec!["diff".into()]);
//! let summary = request.run(&registry, &mut |event| {
//!     if let Event::Warning(warning) = event {
//!         eprintln!("warning: {warning}");
//!     }
//! })?;
//! println!("{summary}");
//! # Ok::<(), kipos::ScoreVariantsError>(())
//! ```

#![deny(unsafe_code)]

mod attribution;
mod bounded_line;
mod byte_order_mark;
mod columns;
mod conversion;
mod counted;
mod dataloader;
mod description;
mod edits;
mod error_chain;
mod error_class;
mod extent;
#[doc(hidden)]
pub mod for_benches;
#[doc(hidden)]
pub mod for_fuzzing;
mod genes;
mod genome;
mod hdf5_call;
mod internal;
mod lint;
mod model;
mod model_test;
mod mutation_map;
mod name_list;
mod natural_scale;
mod not_finite;
mod number;
mod output_selection;
mod partial_file;
mod percent_code;
mod pipeline;
mod plot;
mod plugin;
mod predict;
mod prediction;
mod printable;
mod provenance;
mod region;
mod request;
mod request_error;
mod run;
mod samples;
mod saturation;
mod score;
mod scored;
mod sequence;
mod setup;
mod sha256;
mod shard;
mod sink;
mod split_mix;
mod state_file;
mod stop;
mod strongest;
mod track;
mod warning;

// Requests, and what they are made of.
pub use description::parse_value_arg;
pub use genes::{Gene, GeneChoice, Genes, Transcripts};
pub use genome::{Interval, NamedInterval, NamedVariant, Region, RegionList, Strand, VariantInput};
pub use model_test::{TestExpectation, TestModel};
pub use mutation_map::{MapQuery, MutationMap, ReferenceCells};
pub use output_selection::{OutputAxis, OutputReduction, Reduction, TaskKey};
pub use pipeline::ScoreVariants;
pub use prediction::{Activations, Gradient, GradientOf, GradientTarget, LayerKey, Predict, parse_filter};
pub use region::{Centering, CenteringError, RegionIndex, RegionMode, RegionPlan, Tiling, TilingError};
pub use request::{
    EditUse, ModelChoice, RefMismatch, SampleChoice, ScoreChoice, VariantChoice, VcfChoice, WindowChoice,
};
pub use samples::EdgeRule;
pub use saturation::Saturate;
pub use score::{LabelSelection, MemberScores, ScoreSelection};
pub use shard::{MergeShards, PlanShards, ShardInput, ShardSize};
pub use sink::{
    ColumnOrder, InfoLayout, MultiRegion, OnExisting, Output, PredictionOptions, VcfStyle, check_array_output,
};

// A run: its plugins, what happens meanwhile, what stops it, where standard output goes.
pub use extent::Extent;
pub use genome::GenomePosition;
pub use hdf5_call::{RunningHdf5Call, running_hdf5_call};
pub use plugin::{
    Combining, ComponentInfo, LibraryInfo, Member, PluginModel, PluginRegistry, PluginScorer, PluginSearch,
    PluginStatus, ProbingProgram, examine_library, is_plugin_file,
};
pub use printable::{PrintableWriter, printable};
pub use run::{Event, Progress, RunEstimate, RunStage, StageTimes};
pub use sink::{StandardOutput, check_text_file, move_standard_output, remove_unfinished_files, write_text_file};
pub use stop::Stop;
pub use warning::{Warning, WarningCode};

// Results: summaries, reports, tables, maps.
pub use columns::{Bits, CodeColumn, ColumnValues, NumberColumn, StringColumn, Validity};
pub use genome::SkipReason;
pub use model_test::{StepOutcome, StepReport, TestReport, TestStep, WrittenExpectation};
pub use mutation_map::MapSummary;
pub use pipeline::{RefDisagreement, ScoreCounts, ScoreSummary, SequencesWritten, SnvsScored};
pub use prediction::{ArrayCounts, PredictionSummary};
pub use provenance::{Provenance, ProvenanceValue};
pub use scored::{LeftAligned, ScoreLabel, ScoreOrigin};
pub use shard::{MergedFile, Shard, ShardPlan};
pub use sink::{
    LeafKind, MapEntry, MapVariant, MemoryMaps, OutputArray, PredictionRows, ScoreTable, ScoreTables, TableRowId,
    VariantColumns,
};

// Models that come from elsewhere.
pub use conversion::{
    ArrayDifference, CheckedConversion, ConversionCheck, ConversionError, ConversionRecord, DraftInput, DraftOutput,
    DraftPositions, DraftRequest, MadeUpExample, ModelDraft, OriginalFile, OriginalGradient, StagedDirectory,
};
pub use description::{ConversionSources, LOCK_FILE};
pub use sha256::file_digest;

// What can be learnt of a model without running it.
pub use description::{
    ArgDescription, ArgPlaces, ArrayShape, ArraySpec, Author, DataloaderSpec, DefaultReduction, DefaultTasks,
    DescriptionInfo, DnaEncoding, DnaInput, ExpectedFile, FlanksRc, InputKeys, KiposSection, LintReport, ListedModels,
    LoaderRef, MemberCombination, MemberFile, MergeKeys, MergeSpace, MergedOn, MetadataSpec, MetadataType, ModelDir,
    ModelSpec, NativeLoader, OutputKeys, RemoteFile, ScoringArg, ScoringEntry, SpecialType, TargetTasks, TestSpec,
    UnreadLabels, UnsupportedKey, VariantEffects, WindowFlanks, WindowMask, common_name, find_in_zoo, lint_model,
    list_models,
};
pub use lint::{LintError, LintWarning, ModelLint, lint_with_plugins};
pub use model::{BackendProblem, ModelSide, check_described_loader, how_bound, load_graph};
pub use predict::describe_edits;
pub use prediction::{LayerListing, list_layers};
pub use score::{ModelScore, ModelScores, described_argument};

// What earlier runs wrote: what it follows from, pictures and tracks of it.
pub use attribution::GradientTransform;
#[cfg(feature = "png")]
pub use plot::png;
pub use plot::{
    DrawAs, GradPlotter, GradientChoice, GradientOptions, GradientPicture, GradientStretch, GradientValues, Letter,
    MapChoice, MapName, MarkedVariant, MutationMapOptions, MutationMapPicture, MutationMapPlotter, Palette,
    PictureFiles, PlotLimit, Scene, read_annotations, svg,
};
pub use sink::{StoredKind, StoredMap, StoredMaps, StoredVariant, read_provenance, stored_kind, sweep_partial_files};
pub use strongest::{StrongAllele, Strongest, StrongestAlleles, StrongestError};
pub use track::{GradientTrack, MapTrack, TrackSource, TrackStretch, TrackSummary, write_track};

// Errors: those of requests, and what they are made of.
pub use attribution::AxisError;
pub use dataloader::{BatchError, BedError, LoaderArgError};
pub use description::{DTypeError, ShapeError, SpecError, SpecPlace, SpecWarning, ValueArgError};
pub use error_chain::error_chain;
pub use genes::{GenesError, GenesProblem};
pub use genome::{
    BcfError, BcfProblem, ContigMapError, FastaError, HeaderProblem, IntervalError, NamedVariantError, RegionError,
    RegionOutside, RegionSyntaxError, TextFileError, VcfError,
};
pub use internal::{InternalError, caught};
pub use model::{ModelError, SchemaProblem};
pub use model_test::{ExpectationDifference, ExpectationError, ModelTestError, OutputProblem};
pub use mutation_map::MutationMapError;
pub use output_selection::{
    OutputAxisError, OutputError, OutputGeometry, OutputSelectionError, PositionsError, ReductionError,
};
pub use pipeline::{NothingScored, PlanError, ScoreVariantsError, WrongBuild};
pub use plot::PlotError;
pub use plugin::{PluginCallError, PluginProblem};
pub use predict::PredictError;
pub use prediction::{FilterTextError, GradientError, LayerError, PredictionError};
pub use request::ChoiceError;
pub use request_error::{ErrorClass, RequestError};
pub use run::{OutputIsInput, ThreadError};
pub use samples::{IntervalProblem, SampleError, UnusedWithBatchFile, WindowError};
pub use saturation::SaturateError;
pub use score::{LabelError, ScoreError};
pub use sequence::{AlphabetError, LayoutError};
pub use setup::{NoEdits, SetupError, WindowPlanError};
pub use shard::ShardError;
pub use sink::{JoinError, ProvenanceError, SinkError, StoredScoresError};
pub use stop::Stopped;
pub use track::TrackError;
