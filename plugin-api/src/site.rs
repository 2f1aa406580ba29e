//! Where a variant lies: in the window, in the record, in a gene.

use crate::setters::setters;
use crate::{OutputPlace, OutputSpec};

/// Where a variant lies in the model's window.
///
/// REF and ALT are those of the record without their common suffix and prefix, but with at least one base each: an
/// insertion or deletion keeps the padding base that it has in a VCF, which it does not change. For `A>ATT` and `ATT>A`,
/// the lengths are 1 and 3, and 3 and 1; [`position`](Self::position) is that of `A`, and the bases that come in or go
/// away begin one later. Where only padding behind the change is common (`TTA>A`, as at the first base of a contig),
/// they begin at `position`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Site {
    /// 0-based index in the window, in forward orientation, of the first base of REF (the padding base, if that is first);
    /// `None` if it lies before the window.
    pub position: Option<usize>,
    /// Bases of the window; `None` if unknown.
    pub window_len: Option<usize>,
    /// POS of the record as it is written, 1-based and before anything was trimmed; `None` if the variant has no record.
    pub pos: Option<u64>,
    /// Bases of REF, trimmed, with the padding base of an insertion or deletion.
    pub reference_len: usize,
    /// Bases of ALT, trimmed, with the padding base of an insertion or deletion.
    pub alternate_len: usize,
    /// Whether the window was read from the reverse strand.
    pub reverse_strand: bool,
    /// The gene that the scores are for; `None` unless the scorer gives a row per gene
    /// ([`Rows::PerGene`](crate::Rows::PerGene)).
    pub gene: Option<GeneContext>,
}

impl Site {
    /// Alleles of so many bases, at an unknown place.
    pub fn new(reference_len: usize, alternate_len: usize) -> Self {
        Self { reference_len, alternate_len, ..Self::default() }
    }

    /// The index of the first base of REF in the row that the model reads, which is the reverse complement of the window
    /// if that was read from the reverse strand (there it is the last base of REF that is read). `None` if it is outside
    /// or the length of the window is unknown.
    pub fn row_index(&self) -> Option<usize> {
        let position = self.position?;
        match (self.reverse_strand, self.window_len) {
            (false, Some(length)) => (position < length).then_some(position),
            (false, None) => Some(position),
            (true, length) => length?.checked_sub(position + 1),
        }
    }

    /// Where the first base of REF stands on the position axis of an output; `None` if it is outside or that is unknown.
    ///
    /// ```
    /// use kipos_plugin_api::{Crop, OutputSpec, Site};
    /// let output = OutputSpec::new("y", vec![4])
    ///     .with_position_axis(Some(0))
    ///     .with_crop(Some(Crop { left: 2, right: 2 }))
    ///     .with_bin(Some(2));
    /// let site = Site::new(1, 1).with_position(Some(5)).with_window_len(Some(12));
    /// assert_eq!(site.in_output(&output).map(|place| place.bin), Some(1));
    /// let reverse = site.with_reverse_strand(true);
    /// assert_eq!(reverse.in_output(&output).map(|place| place.bin), Some(2));
    /// ```
    pub fn in_output(&self, output: &OutputSpec) -> Option<OutputPlace> {
        output.place(self.row_index()?)
    }
}

setters! {
    Site {
        with_position(position: Option<usize>),
        with_window_len(window_len: Option<usize>),
        with_pos(pos: Option<u64>),
        with_reverse_strand(reverse_strand: bool),
        with_gene(gene: Option<GeneContext>),
    }
}

/// A gene that a variant lies in or beside.
///
/// Coordinates are bases from the window's first base on the forward strand, 0-based and half-open; they are negative
/// before the window, and may lie behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneContext {
    /// Its identifier in the annotation.
    pub id: String,
    /// Its symbol; empty if it has none.
    pub symbol: String,
    /// Whether it is on the reverse strand.
    pub reverse_strand: bool,
    /// The gene itself.
    pub extent: Block,
    /// Its exons, in ascending order, without overlaps.
    pub exons: Vec<Block>,
    /// Bases from the first base of REF to the gene: 0 inside, negative upstream of it, in the gene's direction.
    pub distance: i64,
    /// Bases from the first base of REF to the nearest border of an exon, negative if that is upstream, in the gene's
    /// direction; `None` without exons.
    pub exon_border_distance: Option<i64>,
}

impl GeneContext {
    /// A gene without exons around the variant.
    pub fn new(id: impl Into<String>, reverse_strand: bool, extent: Block) -> Self {
        Self {
            id: id.into(),
            symbol: String::new(),
            reverse_strand,
            extent,
            exons: Vec::new(),
            distance: 0,
            exon_border_distance: None,
        }
    }
}

setters! {
    GeneContext {
        with_symbol(symbol: impl Into<String>),
        with_exons(exons: Vec<Block>),
        with_distance(distance: i64),
        with_exon_border_distance(exon_border_distance: Option<i64>),
    }
}

/// A stretch of bases: 0-based, half-open, from the window's first base on the forward strand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its first base.
    pub start: i64,
    /// The base after its last.
    pub end: i64,
}
