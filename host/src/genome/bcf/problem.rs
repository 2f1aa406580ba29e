//! What BCF cannot hold.

/// Why a record cannot be written as BCF. It reads on from `line 5 of the input`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BcfProblem {
    /// A name that neither the header nor the first records have.
    #[error("has {what} {name}, which neither its header declares nor its first records have")]
    Undeclared {
        /// `contig`, `filter`, `INFO key` or `FORMAT key`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that no header line can declare.
    #[error("has {what} {name:?}, which no header line can declare")]
    Name {
        /// As above.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A value that is not of the declared type.
    #[error("has {found:?} in {key}, which is declared as {kind}")]
    Type {
        /// The key or column.
        key: String,
        /// The declared type.
        kind: &'static str,
        /// The value.
        found: String,
    },
    /// An integer beyond 32 bits, or one of the few that BCF uses for missing values.
    #[error("has {found} in {key}, beyond the integers that BCF can hold")]
    Range {
        /// The key or column.
        key: String,
        /// The number.
        found: String,
    },
    /// Genotypes that are none.
    #[error("has the genotype {found:?}, expected allele numbers or `.`, separated by / or |")]
    Genotype {
        /// The text.
        found: String,
    },
    /// Another number of columns than the header has.
    #[error("has {found} columns, its header {expected}")]
    Columns {
        /// Columns of the record.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// More of something than BCF can count.
    #[error("has {found} {what}, more than BCF can count")]
    Many {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
    },
}

impl BcfProblem {
    /// What to do in a text editor, if that helps; it reads on with another way out.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Undeclared { .. } => "declare it or ",
            Self::Name { .. } => "rename it or ",
            Self::Type { .. } => "correct the value or its declaration, or ",
            Self::Genotype { .. } | Self::Columns { .. } => "correct it or ",
            Self::Range { .. } | Self::Many { .. } => "",
        }
    }
}
