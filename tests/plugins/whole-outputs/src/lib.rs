//! A scorer that reads whole outputs, positions included.

use kipos_plugin_api::{
    Alleles, ArgDefault, ArgKind, ArgSpec, Args, Column, Needs, OutputSpecs, Result, Scorer, export_plugin,
};

/// For every output the sum of `(i + 1) * (alt[i] - ref[i])` over its elements `i`: each of them counts, and where it
/// stands. The columns say name and shape of the outputs.
pub struct Moment {
    both_strands: bool,
}

fn moment(reference: &[f32], alternate: &[f32]) -> f32 {
    let differences = alternate.iter().zip(reference).map(|(alternate, reference)| alternate - reference);
    differences.enumerate().map(|(index, difference)| (index + 1) as f32 * difference).sum()
}

impl Scorer for Moment {
    const NAME: &'static str = "moment";
    const DOC: &'static str = "sum of (i + 1) * (alt[i] - ref[i]) over the elements of every output";
    const ARGS: &'static [ArgSpec] = &[ArgSpec::new(
        "both_strands",
        ArgKind::Bool,
        ArgDefault::Bool(false),
        "whether the reverse complement is added",
    )];

    fn from_args(args: &Args) -> Result<Self> {
        Ok(Self { both_strands: args.bool("both_strands").unwrap_or(false) })
    }

    fn needs(&self) -> Needs {
        Needs::default().with_reverse_complement(self.both_strands).with_whole_outputs(true)
    }

    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column> {
        outputs.0.iter().map(|output| format!("{}{:?}", output.name, output.shape).into()).collect()
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        for (out, output) in out.iter_mut().zip(&alleles.outputs.0) {
            *out = moment(output.of(alleles.reference), output.of(alleles.alternate));
            if let (Some(reference), Some(alternate)) = (alleles.reference_rc, alleles.alternate_rc) {
                *out += moment(output.of(reference), output.of(alternate));
            }
        }
        Ok(())
    }
}

export_plugin! { name: "whole_outputs", scorers: [Moment] }
