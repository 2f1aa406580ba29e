//! The scores that a scorer gives for an allele: columns, rows, and the cells that it writes.

use crate::{PluginError, Result};

/// A column of scores. A name alone is a column of numbers.
///
/// ```
/// use kipos_plugin_api::{Column, ColumnType};
/// assert_eq!(Column::from("jsd").kind, ColumnType::Float);
/// assert_eq!(Column::new("gene", ColumnType::Text).name, "gene");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells hold.
    pub kind: ColumnType,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// Numbers, 32 bits; NaN where there is none.
    Float,
    /// Whole numbers, 64 bits, or none.
    Integer,
    /// Text, or none.
    Text,
}

impl Column {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, kind: ColumnType) -> Self {
        Self { name: name.into(), kind }
    }
}

impl From<String> for Column {
    fn from(name: String) -> Self {
        Self::new(name, ColumnType::Float)
    }
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::new(name, ColumnType::Float)
    }
}

/// The word for it in messages.
impl std::fmt::Display for ColumnType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Text => "text",
        })
    }
}

/// How many rows of scores an allele has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rows {
    /// So many for every allele.
    PerAllele(usize),
    /// One for every gene that the allele has to do with. The scorer is called once for each, which
    /// [`Site::gene`](crate::Site::gene) names.
    PerGene,
}

impl Default for Rows {
    fn default() -> Self {
        Self::PerAllele(1)
    }
}

/// The cells of one allele, row after row, taken apart by type: those of the columns of numbers, of whole numbers and of
/// text, each in the order of the columns.
#[derive(Debug)]
#[non_exhaustive]
pub struct Cells<'a> {
    /// The cells of [`ColumnType::Float`], NaN until they are written.
    pub floats: &'a mut [f32],
    /// The cells of [`ColumnType::Integer`], none until they are written.
    pub integers: &'a mut [Option<i64>],
    /// The cells of [`ColumnType::Text`], none until they are written.
    pub texts: &'a mut [Option<String>],
}

impl<'a> Cells<'a> {
    /// These cells.
    pub fn new(floats: &'a mut [f32], integers: &'a mut [Option<i64>], texts: &'a mut [Option<String>]) -> Self {
        Self { floats, integers, texts }
    }
}

/// The cells of every type in one allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CellCounts {
    pub(crate) floats: usize,
    pub(crate) integers: usize,
    pub(crate) texts: usize,
}

impl CellCounts {
    /// Those of `columns` in as many `rows`.
    pub(crate) fn of(columns: &[Column], rows: Rows) -> Self {
        let rows = match rows {
            Rows::PerAllele(rows) => rows,
            Rows::PerGene => 1,
        };
        let count = |kind| rows * columns.iter().filter(|column| column.kind == kind).count();
        Self { floats: count(ColumnType::Float), integers: count(ColumnType::Integer), texts: count(ColumnType::Text) }
    }

    /// Whether `alleles` have so many numbers.
    pub(crate) fn check(self, floats: usize, alleles: usize) -> Result<()> {
        if floats == self.floats * alleles {
            return Ok(());
        }
        Err(PluginError::shape(format!("{floats} cells for {alleles} alleles with {} numbers each", self.floats)))
    }
}

/// What always holds of a score, apart from NaN. kipos tests it, and may leave out work that it settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Properties {
    /// Every number is 0 if the predictions for both alleles are the same.
    pub zero_if_equal: bool,
    /// Every number changes its sign, and nothing else, if the alleles change places.
    pub antisymmetric: bool,
}

impl Properties {
    /// Nothing is promised.
    pub const NONE: Self = Self { zero_if_equal: false, antisymmetric: false };
    /// Zero if the alleles are equal.
    pub const ZERO_IF_EQUAL: Self = Self { zero_if_equal: true, antisymmetric: false };
    /// Zero if the alleles are equal, and of the other sign if they change places: a signed comparison.
    pub const SIGNED: Self = Self { zero_if_equal: true, antisymmetric: true };

    /// The same with another [`antisymmetric`](Self::antisymmetric).
    #[must_use]
    pub const fn with_antisymmetric(mut self, antisymmetric: bool) -> Self {
        self.antisymmetric = antisymmetric;
        self
    }

    /// The same with another [`zero_if_equal`](Self::zero_if_equal).
    #[must_use]
    pub const fn with_zero_if_equal(mut self, zero_if_equal: bool) -> Self {
        self.zero_if_equal = zero_if_equal;
        self
    }
}
