//! Scoring functions: compare a model's predictions for the two alleles of a variant.

use crate::setters::setters;
use crate::{ArgSpec, Args, Result};

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

    /// All declared arguments: [`ARGS`](Self::ARGS), unless a wrapper adds some of its own.
    fn arg_specs() -> Vec<ArgSpec> {
        Self::ARGS.to_vec()
    }

    /// Makes a scorer from arguments that were checked against [`arg_specs`](Self::arg_specs).
    ///
    /// # Errors
    /// What is wrong with the combination of arguments.
    fn from_args(args: &Args) -> Result<Self>;

    /// Which predictions it reads: by default those of both alleles on the forward strand, as tasks.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// The names of the scores it gives: by default one per task.
    fn columns(&self, outputs: &OutputSpecs) -> Vec<String> {
        outputs.task_names()
    }

    /// Scores one variant; `out` has one element per name of [`columns`](Self::columns), NaN until it is written.
    ///
    /// # Errors
    /// Why this variant does not have this score: it keeps its others, and the run goes on. A variant of which every score
    /// failed is reported as skipped (`plugin_error`).
    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()>;
}

/// The predictions that a scorer reads. What is not asked for arrives empty (or `None`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// Predictions for the reference allele.
    pub reference: bool,
    /// Predictions for the alternate allele.
    pub alternate: bool,
    /// Predictions for the reverse complement of what the two flags above ask for, where the model offers them. They
    /// come turned back: each element means what it means on the forward strand. Positions are counted from the same
    /// end, and tasks that the model's description lets change places with those of the other strand have done so.
    pub reverse_complement: bool,
    /// Whole outputs, position axes included, instead of one number per task. What the user has reduced comes reduced.
    pub whole_outputs: bool,
}

setters! {
    Needs {
        with_reference(reference: bool),
        with_alternate(alternate: bool),
        with_reverse_complement(reverse_complement: bool),
        with_whole_outputs(whole_outputs: bool),
    }
}

impl Default for Needs {
    fn default() -> Self {
        Self { reference: true, alternate: true, reverse_complement: false, whole_outputs: false }
    }
}

/// The predictions for one variant. Every slice is one flat row, laid out as [`outputs`](Self::outputs) says.
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
    /// Where the variant lies and how long its alleles are.
    pub site: Site,
}

impl<'a> Alleles<'a> {
    /// Predictions for both alleles on the forward strand.
    pub fn new(reference: &'a [f32], alternate: &'a [f32], outputs: &'a OutputSpecs) -> Self {
        Self { reference, alternate, reference_rc: None, alternate_rc: None, outputs, site: Site::default() }
    }
}

setters! {
    Alleles<'a>, ['a] {
        with_reference(reference: &'a [f32]),
        with_alternate(alternate: &'a [f32]),
        with_reference_rc(reference_rc: Option<&'a [f32]>),
        with_alternate_rc(alternate_rc: Option<&'a [f32]>),
        with_site(site: Site),
    }
}

/// Where a variant lies in the model's window.
///
/// REF and ALT are those of the record without their common suffix and prefix, but with at least one base each: an
/// insertion or deletion keeps the padding base that it has in a VCF, which it does not change. For `A>ATT` and `ATT>A`,
/// the lengths are 1 and 3, and 3 and 1; [`position`](Self::position) is that of `A`, and the bases that come in or go
/// away begin one later. Where only padding behind the change is common (`TTA>A`, as at the first base of a contig),
/// they begin at `position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Site {
    /// 0-based index in the window, in forward orientation, of the first base of REF (the padding base, if that is first);
    /// `None` if it lies before the window.
    pub position: Option<usize>,
    /// Bases of REF, with the padding base of an insertion or deletion.
    pub reference_len: usize,
    /// Bases of ALT, with the padding base of an insertion or deletion.
    pub alternate_len: usize,
    /// Whether the window was read from the reverse strand.
    pub reverse_strand: bool,
}

impl Site {
    /// Alleles of so many bases, at an unknown place.
    pub fn new(reference_len: usize, alternate_len: usize) -> Self {
        Self { reference_len, alternate_len, ..Self::default() }
    }
}

setters! {
    Site {
        with_position(position: Option<usize>),
        with_reverse_strand(reverse_strand: bool),
    }
}

/// The outputs of a model in the order of their flat row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutputSpecs(pub Vec<OutputSpec>);

/// One output of a model: a slice of the flat row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputSpec {
    /// Its name.
    pub name: String,
    /// Its shape without the batch axis.
    pub shape: Vec<usize>,
    /// The index of its first element in the flat row.
    pub offset: usize,
    /// One name per element if its elements are tasks; empty if it has a position axis.
    pub tasks: Vec<String>,
}

setters! {
    OutputSpec {
        with_offset(offset: usize),
        with_tasks(tasks: Vec<String>),
    }
}

impl OutputSpec {
    /// An output of this name and shape (without the batch axis) whose elements are no tasks, at the start of the flat row.
    pub fn new(name: impl Into<String>, shape: Vec<usize>) -> Self {
        Self { name: name.into(), shape, offset: 0, tasks: Vec::new() }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the output has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// This output's elements of a flat row.
    pub fn of<'a>(&self, row: &'a [f32]) -> &'a [f32] {
        row.get(self.offset..self.offset + self.len()).unwrap_or_default()
    }
}

impl OutputSpecs {
    /// The number of elements of a flat row.
    pub fn width(&self) -> usize {
        self.0.iter().map(OutputSpec::len).sum()
    }

    /// The task names of all outputs, in order.
    pub fn task_names(&self) -> Vec<String> {
        self.0.iter().flat_map(|output| output.tasks.iter().cloned()).collect()
    }

    /// The output of that name.
    pub fn get(&self, name: &str) -> Option<&OutputSpec> {
        self.0.iter().find(|output| output.name == name)
    }
}
