//! Scorers on the wire: one call per batch, whatever the number of variants in it.

use abi_stable::{
    StableAbi, sabi_trait,
    sabi_trait::TD_Opaque,
    std_types::{ROption, RResult, RSlice, RSliceMut, RStr, RString, RVec},
};

use super::wire::wire_struct;
use super::{AbiArgSpec, AbiPluginError, OwnedArgSpec, Wire, arg::AbiValue, guard};
use crate::{Alleles, Args, Needs, OutputSpec, OutputSpecs, PluginError, Result, Scorer, Site, Value};

wire_struct! { OutputSpec => AbiOutputSpec { name: String, shape: Vec<usize>, offset: usize, tasks: Vec<String> } }
wire_struct! { Needs => AbiNeeds { reference: bool, alternate: bool, reverse_complement: bool, whole_outputs: bool } }
wire_struct! {
    Site => AbiSite { position: Option<usize>, reference_len: usize, alternate_len: usize, reverse_strand: bool }
}

/// Several variants to score: flat rows of `width` elements each.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct ScoreBatch<'a> {
    /// Elements of one row.
    pub width: usize,
    /// Distinct reference rows; empty if not needed.
    pub reference: RSlice<'a, f32>,
    /// One row per variant; empty if not needed.
    pub alternate: RSlice<'a, f32>,
    /// Like `reference`, for the reverse complement.
    pub reference_rc: ROption<RSlice<'a, f32>>,
    /// Like `alternate`, for the reverse complement.
    pub alternate_rc: ROption<RSlice<'a, f32>>,
    /// The reference row of each variant.
    pub sources: RSlice<'a, usize>,
    /// Where each variant lies.
    pub sites: RSlice<'a, AbiSite>,
}

/// The parts of a [`ScoreBatch`] as the host has them.
#[derive(Debug, Clone, Copy)]
pub struct ScoreRequest<'a> {
    /// Elements of one row.
    pub width: usize,
    /// Distinct reference rows; empty if not needed.
    pub reference: &'a [f32],
    /// One row per variant; empty if not needed.
    pub alternate: &'a [f32],
    /// Like `reference`, for the reverse complement.
    pub reference_rc: Option<&'a [f32]>,
    /// Like `alternate`, for the reverse complement.
    pub alternate_rc: Option<&'a [f32]>,
    /// The reference row of each variant.
    pub sources: &'a [usize],
    /// Where each variant lies.
    pub sites: &'a [Site],
}

/// Why one variant of a batch has no score.
#[repr(C)]
#[derive(StableAbi, Debug, Clone)]
pub struct RowError {
    /// The variant's index in the batch.
    pub row: usize,
    /// The scorer's message.
    pub message: RString,
}

/// A scorer as an object.
#[sabi_trait]
pub trait ScorerAbi: Send + Sync {
    /// See [`Scorer::needs`].
    fn needs(&self) -> RResult<AbiNeeds, AbiPluginError>;
    /// See [`Scorer::columns`]; the specs are kept for the calls of `score`.
    fn prepare(&mut self, outputs: RVec<AbiOutputSpec>) -> RResult<RVec<RString>, AbiPluginError>;
    /// Fills `out`, one row of columns per variant, and says which rows failed.
    #[sabi(last_prefix_field)]
    fn score(&self, batch: ScoreBatch<'_>, out: RSliceMut<'_, f32>) -> RResult<RVec<RowError>, AbiPluginError>;
}

/// An owned scorer.
pub type BoxedScorer = ScorerAbi_TO<'static, abi_stable::std_types::RBox<()>>;

impl BoxedScorer {
    /// The predictions that the scorer reads.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn get_needs(&self) -> Result<Needs> {
        self.needs().into_result().map(Needs::from_abi).map_err(PluginError::from_abi)
    }

    /// Tells the scorer the model's outputs; it answers with the names of its columns.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn prepare_for(&mut self, outputs: &OutputSpecs) -> Result<Vec<String>> {
        let names = self.prepare(outputs.0.clone().into_abi());
        names.into_result().map(Wire::from_abi).map_err(PluginError::from_abi)
    }

    /// Scores a batch into `out`, one row of columns per variant, and says which rows failed.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn score_batch(&self, request: &ScoreRequest<'_>, out: &mut [f32]) -> Result<Vec<(usize, String)>> {
        let sites: Vec<AbiSite> = request.sites.iter().map(|site| site.into_abi()).collect();
        let batch = ScoreBatch {
            width: request.width,
            reference: request.reference.into(),
            alternate: request.alternate.into(),
            reference_rc: request.reference_rc.map(RSlice::from_slice).into(),
            alternate_rc: request.alternate_rc.map(RSlice::from_slice).into(),
            sources: request.sources.into(),
            sites: sites.as_slice().into(),
        };
        let errors = self.score(batch, RSliceMut::from_mut_slice(out)).into_result().map_err(PluginError::from_abi)?;
        Ok(errors.into_iter().map(|error| (error.row, error.message.into())).collect())
    }
}

struct Prepared<S> {
    scorer: S,
    outputs: OutputSpecs,
}

impl<S: Scorer> ScorerAbi for Prepared<S> {
    fn needs(&self) -> RResult<AbiNeeds, AbiPluginError> {
        guard(|| Ok(self.scorer.needs().into_abi()))
    }

    fn prepare(&mut self, outputs: RVec<AbiOutputSpec>) -> RResult<RVec<RString>, AbiPluginError> {
        guard(|| {
            self.outputs = OutputSpecs(Wire::from_abi(outputs));
            Ok(self.scorer.columns(&self.outputs).into_abi())
        })
    }

    fn score(&self, batch: ScoreBatch<'_>, mut out: RSliceMut<'_, f32>) -> RResult<RVec<RowError>, AbiPluginError> {
        guard(|| self.score_rows(&batch, out.as_mut_slice()).map(Into::into))
    }
}

impl<S: Scorer> Prepared<S> {
    fn score_rows(&self, batch: &ScoreBatch<'_>, out: &mut [f32]) -> Result<Vec<RowError>> {
        let variants = batch.sources.len();
        if variants == 0 {
            return Ok(Vec::new());
        }
        let columns = out.len() / variants;
        let width = batch.width;
        let mut errors = Vec::new();
        for (i, (&source, site)) in batch.sources.iter().zip(batch.sites.iter()).enumerate() {
            let alleles = Alleles {
                reference: flat_row(batch.reference, width, source).unwrap_or_default(),
                alternate: flat_row(batch.alternate, width, i).unwrap_or_default(),
                reference_rc: batch.reference_rc.into_option().and_then(|rows| flat_row(rows, width, source)),
                alternate_rc: batch.alternate_rc.into_option().and_then(|rows| flat_row(rows, width, i)),
                outputs: &self.outputs,
                site: Site::from_abi(site.clone()),
            };
            if let Err(error) = self.scorer.score(&alleles, &mut out[i * columns..(i + 1) * columns]) {
                errors.push(RowError { row: i, message: error.message.into() });
            }
        }
        Ok(errors)
    }
}

fn flat_row(rows: RSlice<'_, f32>, width: usize, row: usize) -> Option<&[f32]> {
    rows.as_slice().get(row * width..(row + 1) * width)
}

/// A scorer that a library offers.
#[repr(C)]
#[derive(StableAbi, Debug, Clone)]
pub struct ScorerEntry {
    /// Its name.
    pub name: RStr<'static>,
    /// What it computes.
    pub doc: RStr<'static>,
    /// Its declared arguments.
    pub args: extern "C" fn() -> RResult<RVec<AbiArgSpec>, AbiPluginError>,
    /// Makes one from a map of arguments.
    pub new: extern "C" fn(AbiValue) -> RResult<BoxedScorer, AbiPluginError>,
}

impl ScorerEntry {
    /// Its declared arguments.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn arg_specs(&self) -> Result<Vec<OwnedArgSpec>> {
        (self.args)().into_result().map(Wire::from_abi).map_err(PluginError::from_abi)
    }

    /// Makes a scorer from a map of arguments.
    ///
    /// # Errors
    /// Arguments that it does not accept, or a panic of the plugin.
    pub fn create(&self, args: &Value) -> Result<BoxedScorer> {
        (self.new)(args.clone().into_abi()).into_result().map_err(PluginError::from_abi)
    }
}

extern "C" fn scorer_args<S: Scorer>() -> RResult<RVec<AbiArgSpec>, AbiPluginError> {
    guard(|| Ok(S::arg_specs().iter().map(|spec| OwnedArgSpec::from(spec).into_abi()).collect()))
}

extern "C" fn new_scorer<S: Scorer>(args: AbiValue) -> RResult<BoxedScorer, AbiPluginError> {
    guard(|| {
        let args = Args::check(&Value::from_abi(args), &S::arg_specs())?;
        let prepared = Prepared { scorer: S::from_args(&args)?, outputs: OutputSpecs::default() };
        Ok(ScorerAbi_TO::from_value(prepared, TD_Opaque))
    })
}

/// The entry of scorer `S`.
pub const fn scorer_entry<S: Scorer>() -> ScorerEntry {
    ScorerEntry {
        name: RStr::from_str(S::NAME),
        doc: RStr::from_str(S::DOC),
        args: scorer_args::<S>,
        new: new_scorer::<S>,
    }
}
