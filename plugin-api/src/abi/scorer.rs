//! Scorers on the wire: one call per batch, whatever the number of variants in it.

use abi_stable::{
    StableAbi, sabi_trait,
    sabi_trait::TD_Opaque,
    std_types::{ROption, RResult, RSlice, RSliceMut, RStr, RString, RVec},
};

use super::module::nothing_to_release;
use super::wire::{wire_enum, wire_struct};
use super::{AbiArgSpec, AbiPluginError, OwnedArgSpec, Wire, arg::AbiValue, guard};
use crate::column::CellCounts;
use crate::{
    Alleles, Args, Block, Cells, Column, ColumnType, Crop, GeneContext, LayerRequest, LayerValues, Mask, Needs,
    Orientation, OutputSpec, OutputSpecs, PluginError, Properties, Result, Rows, Scale, Scorer, Site, Value,
};

wire_struct! { Crop => AbiCrop { left: usize, right: usize } }
wire_enum! { Scale => AbiScale { Probability, Logit, Counts, Log, Log1p, Log2, ProfileLogits } }
wire_struct! {
    OutputSpec => AbiOutputSpec {
        name: String, shape: Vec<usize>, offset: usize, tasks: Vec<String>, position_axis: Option<usize>,
        crop: Option<Crop>, bin: Option<usize>, strand_partners: Option<Vec<usize>>, partner_output: Option<String>,
        scale: Option<Scale>,
    }
}
wire_enum! { Orientation => AbiOrientation { Forward, Raw } }
wire_enum! { Mask => AbiMask { Centre(usize), Gene, Exons } }
wire_struct! {
    Needs => AbiNeeds {
        reference: bool, alternate: bool, reverse_complement: bool, orientation: Orientation, whole_outputs: bool,
        masks: Vec<Mask>, layers: Vec<LayerRequest>, scales: Vec<Scale>,
    }
}
wire_struct! { Block => AbiBlock { start: i64, end: i64 } }
wire_struct! {
    GeneContext => AbiGeneContext {
        id: String, symbol: String, reverse_strand: bool, extent: Block, exons: Vec<Block>, distance: i64,
        exon_border_distance: Option<i64>,
    }
}
wire_struct! {
    Site => AbiSite {
        position: Option<usize>, window_len: Option<usize>, pos: Option<u64>, reference_len: usize,
        alternate_len: usize, reverse_strand: bool, gene: Option<GeneContext>,
    }
}
wire_enum! { ColumnType => AbiColumnType { Float, Integer, Text } }
wire_struct! { Column => AbiColumn { name: String, kind: ColumnType } }
wire_enum! { Rows => AbiRows { PerAllele(usize), PerGene } }
wire_struct! { Properties => AbiProperties { zero_if_equal: bool, antisymmetric: bool } }

/// What a prepared scorer gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreTable {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows for an allele.
    pub rows: Rows,
}

wire_struct! { ScoreTable => AbiScoreTable { columns: Vec<Column>, rows: Rows } }

/// The values of a layer for several variants: flat rows of as many elements as `shape` has.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct LayerBlock<'a> {
    /// The shape of one value.
    pub shape: RSlice<'a, usize>,
    /// One row per distinct reference row; empty if not needed.
    pub reference: RSlice<'a, f32>,
    /// One row per variant; empty if not needed.
    pub alternate: RSlice<'a, f32>,
    /// Like `reference`, for the reverse complement.
    pub reference_rc: ROption<RSlice<'a, f32>>,
    /// Like `alternate`, for the reverse complement.
    pub alternate_rc: ROption<RSlice<'a, f32>>,
}

/// The parts of a [`LayerBlock`] as the host has them.
#[derive(Debug, Clone, Copy, Default)]
pub struct LayerRows<'a> {
    /// The shape of one value.
    pub shape: &'a [usize],
    /// One row per distinct reference row; empty if not needed.
    pub reference: &'a [f32],
    /// One row per variant; empty if not needed.
    pub alternate: &'a [f32],
    /// Like `reference`, for the reverse complement.
    pub reference_rc: Option<&'a [f32]>,
    /// Like `alternate`, for the reverse complement.
    pub alternate_rc: Option<&'a [f32]>,
}

impl<'a> LayerRows<'a> {
    fn block(&self) -> LayerBlock<'a> {
        LayerBlock {
            shape: self.shape.into(),
            reference: self.reference.into(),
            alternate: self.alternate.into(),
            reference_rc: self.reference_rc.map(RSlice::from_slice).into(),
            alternate_rc: self.alternate_rc.map(RSlice::from_slice).into(),
        }
    }
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
    /// For every mask that is needed, one row of `window` bases per variant.
    pub masks: RSlice<'a, RSlice<'a, u8>>,
    /// Bases of the window.
    pub window: usize,
    /// Every layer that is needed.
    pub layers: RSlice<'a, LayerBlock<'a>>,
    /// Where each variant lies.
    pub sites: RSlice<'a, AbiSite>,
}

/// The parts of a [`ScoreBatch`] as the host has them.
#[derive(Debug, Clone, Copy, Default)]
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
    /// For every mask that is needed, one row of `window` bases per variant.
    pub masks: &'a [&'a [u8]],
    /// Bases of the window.
    pub window: usize,
    /// Every layer that is needed.
    pub layers: &'a [LayerRows<'a>],
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

/// What a batch gave beside its numbers. Cells come variant by variant.
#[repr(C)]
#[derive(StableAbi, Debug, Clone)]
pub struct AbiScored {
    /// The variants without a score.
    pub errors: RVec<RowError>,
    /// The cells of columns of whole numbers.
    pub integers: RVec<ROption<i64>>,
    /// The cells of columns of text.
    pub texts: RVec<ROption<RString>>,
}

/// What a batch gave beside its numbers, as the host takes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scored {
    /// The variants without a score, by index, and why.
    pub failures: Vec<(usize, String)>,
    /// The cells of columns of whole numbers, variant by variant.
    pub integers: Vec<Option<i64>>,
    /// The cells of columns of text, variant by variant.
    pub texts: Vec<Option<String>>,
}

/// A scorer as an object. Dropping it releases it.
#[sabi_trait]
pub trait ScorerAbi: Send + Sync {
    /// See [`Scorer::needs`].
    fn needs(&self) -> RResult<AbiNeeds, AbiPluginError>;
    /// See [`Scorer::properties`].
    fn properties(&self) -> RResult<AbiProperties, AbiPluginError>;
    /// Takes the model's outputs; gives the columns and rows.
    fn prepare(&mut self, outputs: RVec<AbiOutputSpec>) -> RResult<AbiScoreTable, AbiPluginError>;
    /// Scores a batch: the numbers into `out`, variant by variant, all else into what is returned.
    #[sabi(last_prefix_field)]
    fn score(&self, batch: ScoreBatch<'_>, out: RSliceMut<'_, f32>) -> RResult<AbiScored, AbiPluginError>;
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

    /// What always holds of its numbers.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn get_properties(&self) -> Result<Properties> {
        self.properties().into_result().map(Properties::from_abi).map_err(PluginError::from_abi)
    }

    /// Tells the scorer the model's outputs; it answers with its columns and rows.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn prepare_for(&mut self, outputs: &OutputSpecs) -> Result<ScoreTable> {
        let table = self.prepare(outputs.0.clone().into_abi());
        table.into_result().map(Wire::from_abi).map_err(PluginError::from_abi)
    }

    /// Scores a batch: the numbers into `out`, variant by variant, NaN where there is none.
    ///
    /// # Errors
    /// A panic of the plugin, or an `out` of another length.
    pub fn score_batch(&self, request: &ScoreRequest<'_>, out: &mut [f32]) -> Result<Scored> {
        let sites: Vec<AbiSite> = request.sites.iter().map(|site| site.clone().into_abi()).collect();
        let masks: Vec<RSlice<'_, u8>> = request.masks.iter().map(|mask| RSlice::from_slice(mask)).collect();
        let layers: Vec<LayerBlock<'_>> = request.layers.iter().map(LayerRows::block).collect();
        let batch = ScoreBatch {
            width: request.width,
            reference: request.reference.into(),
            alternate: request.alternate.into(),
            reference_rc: request.reference_rc.map(RSlice::from_slice).into(),
            alternate_rc: request.alternate_rc.map(RSlice::from_slice).into(),
            sources: request.sources.into(),
            masks: masks.as_slice().into(),
            window: request.window,
            layers: layers.as_slice().into(),
            sites: sites.as_slice().into(),
        };
        let scored = self.score(batch, RSliceMut::from_mut_slice(out)).into_result().map_err(PluginError::from_abi)?;
        Ok(Scored {
            failures: scored.errors.into_iter().map(|error| (error.row, error.message.into())).collect(),
            integers: Wire::from_abi(scored.integers),
            texts: Wire::from_abi(scored.texts),
        })
    }
}

struct Prepared<S> {
    scorer: S,
    outputs: OutputSpecs,
    cells: CellCounts,
}

impl<S: Scorer> ScorerAbi for Prepared<S> {
    fn needs(&self) -> RResult<AbiNeeds, AbiPluginError> {
        guard(|| Ok(self.scorer.needs().into_abi()))
    }

    fn properties(&self) -> RResult<AbiProperties, AbiPluginError> {
        guard(|| Ok(self.scorer.properties().into_abi()))
    }

    fn prepare(&mut self, outputs: RVec<AbiOutputSpec>) -> RResult<AbiScoreTable, AbiPluginError> {
        guard(|| {
            self.outputs = OutputSpecs(Wire::from_abi(outputs));
            let table = ScoreTable { columns: self.scorer.columns(&self.outputs), rows: self.scorer.rows() };
            self.cells = CellCounts::of(&table.columns, table.rows);
            Ok(table.into_abi())
        })
    }

    fn score(&self, batch: ScoreBatch<'_>, mut out: RSliceMut<'_, f32>) -> RResult<AbiScored, AbiPluginError> {
        guard(|| self.score_rows(&batch, out.as_mut_slice()))
    }
}

impl<S: Scorer> Prepared<S> {
    fn score_rows(&self, batch: &ScoreBatch<'_>, out: &mut [f32]) -> Result<AbiScored> {
        let CellCounts { floats, integers, texts } = self.cells;
        self.cells.check(out.len(), batch.sources.len())?;
        let mut scored = AbiScored { errors: RVec::new(), integers: RVec::new(), texts: RVec::new() };
        let (mut own_integers, mut own_texts) = (vec![None; integers], vec![None; texts]);
        for (i, (&source, site)) in batch.sources.iter().zip(batch.sites.iter()).enumerate() {
            let site = Site::from_abi(site.clone());
            let masks: Vec<&[u8]> =
                batch.masks.iter().map(|&mask| flat_row(mask, batch.window, i).unwrap_or_default()).collect();
            let layers: Vec<LayerValues<'_>> =
                batch.layers.iter().map(|block| layer_values(block, source, i)).collect();
            let width = batch.width;
            let alleles = Alleles::new(
                flat_row(batch.reference, width, source).unwrap_or_default(),
                flat_row(batch.alternate, width, i).unwrap_or_default(),
                &self.outputs,
            )
            .with_reference_rc(flat_row_of(batch.reference_rc, width, source))
            .with_alternate_rc(flat_row_of(batch.alternate_rc, width, i))
            .with_masks(&masks)
            .with_layers(&layers)
            .with_site(&site);
            own_integers.fill(None);
            own_texts.fill(None);
            let own_floats = &mut out[i * floats..(i + 1) * floats];
            own_floats.fill(f32::NAN);
            let mut cells = Cells::new(own_floats, &mut own_integers, &mut own_texts);
            if let Err(error) = self.scorer.score_cells(&alleles, &mut cells) {
                // It may have written some of them before it failed.
                cells.floats.fill(f32::NAN);
                own_integers.fill(None);
                own_texts.fill(None);
                scored.errors.push(RowError { row: i, message: error.message.into() });
            }
            scored.integers.extend(own_integers.iter().map(|cell| (*cell).into_abi()));
            scored.texts.extend(own_texts.iter_mut().map(|cell| cell.take().into_abi()));
        }
        Ok(scored)
    }
}

/// The values of a layer for variant `row`, whose reference row is `source`.
fn layer_values<'a>(block: &LayerBlock<'a>, source: usize, row: usize) -> LayerValues<'a> {
    let width = block.shape.iter().product();
    LayerValues::new(
        block.shape.as_slice(),
        flat_row(block.reference, width, source).unwrap_or_default(),
        flat_row(block.alternate, width, row).unwrap_or_default(),
    )
    .with_reference_rc(flat_row_of(block.reference_rc, width, source))
    .with_alternate_rc(flat_row_of(block.alternate_rc, width, row))
}

fn flat_row_of(rows: ROption<RSlice<'_, f32>>, width: usize, row: usize) -> Option<&[f32]> {
    rows.into_option().and_then(|rows| flat_row(rows, width, row))
}

fn flat_row<T>(rows: RSlice<'_, T>, width: usize, row: usize) -> Option<&[T]> {
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
    /// What always holds of its numbers, whatever its arguments are.
    pub properties: AbiProperties,
    /// Gives back what the entry holds. Libraries stay loaded, so that nobody calls it yet.
    pub release: extern "C" fn(),
}

impl ScorerEntry {
    /// Its declared arguments.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn arg_specs(&self) -> Result<Vec<OwnedArgSpec>> {
        (self.args)().into_result().map(Wire::from_abi).map_err(PluginError::from_abi)
    }

    /// What always holds of its numbers, whatever its arguments are.
    pub fn constant_properties(&self) -> Properties {
        Properties::from_abi(self.properties.clone())
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
        let prepared =
            Prepared { scorer: S::from_args(&args)?, outputs: OutputSpecs::default(), cells: CellCounts::default() };
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
        properties: AbiProperties {
            zero_if_equal: S::PROPERTIES.zero_if_equal,
            antisymmetric: S::PROPERTIES.antisymmetric,
        },
        release: nothing_to_release,
    }
}
