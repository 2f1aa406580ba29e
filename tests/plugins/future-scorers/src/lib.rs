//! Scorers that need or give what the contract has, but no kipos so far: each asks for one thing alone.

use kipos_plugin_api::{
    Alleles, ArgDefault, ArgKind, ArgSpec, Args, Column, ColumnType, Layer, LayerRequest, Mask, Needs, Orientation,
    OutputSpecs, Result, Rows, Scorer, export_plugin,
};

/// Asks for what its argument says.
pub struct Ahead {
    what: String,
}

impl Scorer for Ahead {
    const NAME: &'static str = "ahead";
    const DOC: &'static str = "nothing: it asks for what does not come";
    const ARGS: &'static [ArgSpec] = &[ArgSpec::new(
        "what",
        ArgKind::Choice(&["masks", "layers", "raw", "rows", "genes", "text", "integer"]),
        ArgDefault::Required,
        "what it asks for",
    )];

    fn from_args(args: &Args) -> Result<Self> {
        Ok(Self { what: args.text("what").unwrap_or_default().to_owned() })
    }

    fn needs(&self) -> Needs {
        match self.what.as_str() {
            "masks" => Needs::default().with_masks(vec![Mask::Centre(501)]),
            "layers" => Needs::default().with_layers(vec![LayerRequest::new(Layer::Final)]),
            "raw" => Needs::default().with_reverse_complement(true).with_orientation(Orientation::Raw),
            _ => Needs::default(),
        }
    }

    fn rows(&self) -> Rows {
        match self.what.as_str() {
            "rows" => Rows::PerAllele(2),
            "genes" => Rows::PerGene,
            _ => Rows::default(),
        }
    }

    fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
        let kind = match self.what.as_str() {
            "text" => ColumnType::Text,
            "integer" => ColumnType::Integer,
            _ => ColumnType::Float,
        };
        vec![Column::new("first", ColumnType::Float), Column::new("second", kind)]
    }

    fn score(&self, _: &Alleles<'_>, _: &mut [f32]) -> Result<()> {
        Ok(())
    }
}

export_plugin! { name: "future_scorers", scorers: [Ahead] }
