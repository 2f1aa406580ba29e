//! Scorers that read whole outputs, positions included.

use kipos_plugin_api::{
    Alleles, ArgDefault, ArgKind, ArgSpec, Args, Column, Needs, OutputSpecs, Result, Scale, Scorer, export_plugin,
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

/// For every output the sum of `alt - ref` over its elements, which are counts or logarithms of counts plus one. The columns
/// say name and scale of the outputs.
pub struct Gain;

impl Scorer for Gain {
    const NAME: &'static str = "gain";
    const DOC: &'static str = "sum of alt - ref over the elements of every output";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::default().with_whole_outputs(true).with_scales(vec![Scale::Counts, Scale::Log1p])
    }

    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column> {
        let scale = |scale: Option<Scale>| scale.map_or("unknown", Scale::word);
        outputs.0.iter().map(|output| format!("{} {}", output.name, scale(output.scale)).into()).collect()
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        for (out, output) in out.iter_mut().zip(&alleles.outputs.0) {
            let pairs = output.of(alleles.alternate).iter().zip(output.of(alleles.reference));
            *out = pairs.map(|(alternate, reference)| alternate - reference).sum();
        }
        Ok(())
    }
}

/// For every output, the position at which its first task changes most, and the one that the host says the variant stands
/// at: -1 if that is outside of the output or unknown.
pub struct Place;

impl Scorer for Place {
    const NAME: &'static str = "place";
    const DOC: &'static str = "positions of the largest change and of the variant";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::default().with_whole_outputs(true)
    }

    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column> {
        let both = |name: &String| [format!("{name} changed").into(), format!("{name} told").into()];
        outputs.0.iter().flat_map(|output| both(&output.name)).collect()
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        for (out, output) in out.chunks_exact_mut(2).zip(&alleles.outputs.0) {
            let tasks: usize = output.shape[1..].iter().product();
            let (reference, alternate) = (output.of(alleles.reference), output.of(alleles.alternate));
            let mut largest = (0.0, -1.0);
            for position in 0..output.shape[0] {
                let change = (alternate[position * tasks] - reference[position * tasks]).abs();
                if change > largest.0 {
                    largest = (change, position as f32);
                }
            }
            out[0] = largest.1;
            out[1] = alleles.site.in_output(output).map_or(-1.0, |place| place.bin as f32);
        }
        Ok(())
    }
}

export_plugin! { name: "whole_outputs", scorers: [Moment, Gain, Place] }
