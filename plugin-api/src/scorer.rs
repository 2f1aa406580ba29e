//! Scoring functions: compare a model's predictions for the two alleles of a variant.

use crate::setters::setters;
use crate::{ArgSpec, Args, Cells, Column, LayerRequest, OutputSpecs, Properties, Result, Rows, Scale, Site};

/// A scoring function. Scorers are pure: the same alleles and arguments always give the same scores.
///
/// ```
/// use kipos_plugin_api::{Alleles, Args, Result, Scorer};
///
/// /// Alternate over reference, per task, dimensionless.
/// struct Ratio;
///
/// impl Scorer for Ratio {
///     const NAME: &'static str = "ratio";
///     const DOC: &'static str = "alt / ref";
///
///     fn from_args(_: &Args) -> Result<Self> {
///         Ok(Self)
///     }
///
///     fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
///         for ((out, alt), reference) in out.iter_mut().zip(alleles.alternate).zip(alleles.reference) {
///             *out = alt / reference;
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Scorer: Sized + Send + Sync + 'static {
    /// The name by which users choose it.
    const NAME: &'static str;
    /// What it computes, in a sentence, with unit or range.
    const DOC: &'static str;
    /// The arguments that [`from_args`](Self::from_args) understands.
    const ARGS: &'static [ArgSpec] = &[];
    /// What always holds of its numbers, whatever its arguments are: see [`properties`](Self::properties).
    const PROPERTIES: Properties = Properties::NONE;

    /// All declared arguments: [`ARGS`](Self::ARGS), unless a wrapper adds some of its own.
    fn arg_specs() -> Vec<ArgSpec> {
        Self::ARGS.to_vec()
    }

    /// Makes a scorer from arguments that were checked against [`arg_specs`](Self::arg_specs).
    ///
    /// # Errors
    /// What is wrong with the combination of arguments.
    fn from_args(args: &Args) -> Result<Self>;

    /// What always holds of its numbers with its arguments: by default [`PROPERTIES`](Self::PROPERTIES).
    fn properties(&self) -> Properties {
        Self::PROPERTIES
    }

    /// What it reads: by default the predictions for both alleles on the forward strand, as tasks.
    ///
    /// A need that this version of kipos cannot meet is refused when the score is chosen.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// How many rows of scores an allele has: by default one.
    fn rows(&self) -> Rows {
        Rows::default()
    }

    /// The scores that it gives: by default a number per task.
    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column> {
        outputs.task_names().into_iter().map(Column::from).collect()
    }

    /// Scores one allele; `out` has one element per column of [`columns`](Self::columns), NaN until it is written. Of
    /// several rows, that of the first row comes first. Where columns are not all numbers, only those that are have
    /// an element.
    ///
    /// # Errors
    /// Why this variant does not have this score: it keeps its others, and the run goes on. A variant of which every score
    /// failed is reported as skipped (`plugin_error`).
    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()>;

    /// Scores one allele, columns of whole numbers and text included: by default the numbers of [`score`](Self::score)
    /// alone. A scorer with other columns writes all of its cells here.
    ///
    /// # Errors
    /// As [`score`](Self::score).
    fn score_cells(&self, alleles: &Alleles<'_>, cells: &mut Cells<'_>) -> Result<()> {
        self.score(alleles, cells.floats)
    }
}

/// What a scorer reads. What is not asked for arrives empty (or `None`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// Predictions for the reference allele.
    pub reference: bool,
    /// Predictions for the alternate allele.
    pub alternate: bool,
    /// Predictions for the reverse complement of what the two flags above ask for, where the model offers them.
    pub reverse_complement: bool,
    /// How predictions for the reverse complement arrive.
    pub orientation: Orientation,
    /// Whole outputs, position axes included, instead of one number per task. What the user has reduced comes reduced.
    pub whole_outputs: bool,
    /// Masks over the window, in this order.
    pub masks: Vec<Mask>,
    /// Values of layers, for the alleles that the flags above ask for, in this order.
    pub layers: Vec<LayerRequest>,
    /// The scales of which it can read numbers, the best first; all of them if it is empty. An output on another scale
    /// arrives converted to the first of these that has an exact conversion, as [`OutputSpec::scale`] then says, and the
    /// score is refused if there is none. An output whose scale is unknown arrives as the model gives it.
    ///
    /// [`OutputSpec::scale`]: crate::OutputSpec::scale
    pub scales: Vec<Scale>,
}

/// How predictions for the reverse complement arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Orientation {
    /// Turned: each element means what it means on the forward strand. Positions are counted from the same end, and tasks
    /// that the model's description lets change places with those of the other strand have done so.
    #[default]
    Forward,
    /// As the model gives them for the reverse complement.
    Raw,
}

/// Bases of a window that a score is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mask {
    /// So many bases around the first base of REF, which is in the middle (left of it if their number is even).
    Centre(usize),
    /// The gene of the row.
    Gene,
    /// The exons of the gene of the row.
    Exons,
}

impl Default for Needs {
    fn default() -> Self {
        Self {
            reference: true,
            alternate: true,
            reverse_complement: false,
            orientation: Orientation::Forward,
            whole_outputs: false,
            masks: Vec::new(),
            layers: Vec::new(),
            scales: Vec::new(),
        }
    }
}

setters! {
    Needs {
        with_reference(reference: bool),
        with_alternate(alternate: bool),
        with_reverse_complement(reverse_complement: bool),
        with_orientation(orientation: Orientation),
        with_whole_outputs(whole_outputs: bool),
        with_masks(masks: Vec<Mask>),
        with_layers(layers: Vec<LayerRequest>),
        with_scales(scales: Vec<Scale>),
    }
}

/// The predictions for one variant. Every slice of predictions is one flat row, laid out as
/// [`outputs`](Self::outputs) says.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Alleles<'a> {
    /// Predictions for the reference allele, forward strand.
    pub reference: &'a [f32],
    /// Predictions for the alternate allele, forward strand.
    pub alternate: &'a [f32],
    /// Predictions for the reverse complement of the reference sequence, laid out as [`reference`](Self::reference).
    pub reference_rc: Option<&'a [f32]>,
    /// Predictions for the reverse complement of the alternate sequence, laid out as [`alternate`](Self::alternate).
    pub alternate_rc: Option<&'a [f32]>,
    /// How a flat row divides into the model's outputs.
    pub outputs: &'a OutputSpecs,
    /// For each of [`Needs::masks`] a number per base of the window, in the order in which the model reads it: 1 where
    /// the base counts, else 0.
    pub masks: &'a [&'a [u8]],
    /// The values of each of [`Needs::layers`].
    pub layers: &'a [LayerValues<'a>],
    /// Where the variant lies and how long its alleles are.
    pub site: &'a Site,
}

/// The values of a layer for one variant, row-major. What was not asked for is empty (or `None`).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LayerValues<'a> {
    /// The shape of one value, without the batch axis.
    pub shape: &'a [usize],
    /// The value for the reference allele, forward strand.
    pub reference: &'a [f32],
    /// The value for the alternate allele, forward strand.
    pub alternate: &'a [f32],
    /// The value for the reverse complement of the reference sequence, as the model gives it.
    pub reference_rc: Option<&'a [f32]>,
    /// The value for the reverse complement of the alternate sequence, as the model gives it.
    pub alternate_rc: Option<&'a [f32]>,
}

impl<'a> LayerValues<'a> {
    /// The values for both alleles on the forward strand.
    pub fn new(shape: &'a [usize], reference: &'a [f32], alternate: &'a [f32]) -> Self {
        Self { shape, reference, alternate, reference_rc: None, alternate_rc: None }
    }
}

setters! {
    LayerValues<'a>, ['a] {
        with_reference_rc(reference_rc: Option<&'a [f32]>),
        with_alternate_rc(alternate_rc: Option<&'a [f32]>),
    }
}

/// The site of a variant of which nothing is known.
static UNKNOWN: Site = Site {
    position: None,
    window_len: None,
    pos: None,
    reference_len: 0,
    alternate_len: 0,
    reverse_strand: false,
    gene: None,
};

impl<'a> Alleles<'a> {
    /// Predictions for both alleles on the forward strand, of a variant of which no more is known.
    pub fn new(reference: &'a [f32], alternate: &'a [f32], outputs: &'a OutputSpecs) -> Self {
        Self {
            reference,
            alternate,
            reference_rc: None,
            alternate_rc: None,
            outputs,
            masks: &[],
            layers: &[],
            site: &UNKNOWN,
        }
    }
}

setters! {
    Alleles<'a>, ['a] {
        with_reference(reference: &'a [f32]),
        with_alternate(alternate: &'a [f32]),
        with_reference_rc(reference_rc: Option<&'a [f32]>),
        with_alternate_rc(alternate_rc: Option<&'a [f32]>),
        with_masks(masks: &'a [&'a [u8]]),
        with_layers(layers: &'a [LayerValues<'a>]),
        with_site(site: &'a Site),
    }
}
