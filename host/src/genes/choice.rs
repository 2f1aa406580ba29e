//! Which genes and transcripts of an annotation are wanted.

/// Which exons a gene has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Transcripts {
    /// Those of the transcript tagged `MANE_Select`, else of that tagged `Ensembl_canonical`, else of all together.
    #[default]
    Representative,
    /// Each transcript is shown for itself.
    All,
}

/// Which genes are read of an annotation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GeneChoice {
    /// Which exons each gene has.
    pub transcripts: Transcripts,
    /// The types of genes that are kept, such as `protein_coding`; all if empty.
    pub types: Vec<String>,
}
