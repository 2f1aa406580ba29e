use kipos_plugin_api::{
    Alleles, ArgDefault, ArgKind, ArgSpec, Args, Column, Needs, OutputSpecs, PluginError, Properties, Result, Scorer,
    export_plugin,
};

/// How far the vector of all tasks turns between the alleles: `1 - cos(ref, alt)`, in `[0, 2]`.
struct Cosine {
    /// Added to every prediction.
    offset: f32,
}

impl Scorer for Cosine {
    const NAME: &'static str = "cosine";
    const DOC: &'static str = "1 - cos(ref, alt) over all tasks, from 0 to 2";
    const ARGS: &'static [ArgSpec] =
        &[ArgSpec::new("offset", ArgKind::Float, ArgDefault::Float(0.0), "added to every prediction")];
    // Equal alleles give 1 - |x||x| / (|x||x|), which rounding may keep from being 0: nothing is promised.
    const PROPERTIES: Properties = Properties::NONE;

    fn from_args(args: &Args) -> Result<Self> {
        Ok(Self { offset: args.float("offset").unwrap_or_default() as f32 })
    }

    /// Both alleles, forward strand, one number per task: what the default says, too.
    fn needs(&self) -> Needs {
        Needs::default().with_reference(true).with_alternate(true)
    }

    fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
        vec!["cosine".into()]
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        let moved = |row: &[f32]| row.iter().map(|x| x + self.offset).collect::<Vec<f32>>();
        let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
        let (reference, alternate) = (moved(alleles.reference), moved(alleles.alternate));
        let norm = (dot(&reference, &reference) * dot(&alternate, &alternate)).sqrt();
        if norm == 0.0 {
            return Err(PluginError::runtime("a prediction is all zero, so it has no direction"));
        }
        out[0] = 1.0 - dot(&reference, &alternate) / norm;
        Ok(())
    }
}

export_plugin! { name: "cosine", scorers: [Cosine] }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_angle_is_one() {
        let scorer = Cosine::from_args(&Args::default()).unwrap();
        let outputs = OutputSpecs::default();
        let mut out = [f32::NAN];
        scorer.score(&Alleles::new(&[0.0, 2.0], &[3.0, 0.0], &outputs), &mut out).unwrap();
        assert_eq!(out, [1.0]);
        let error = scorer.score(&Alleles::new(&[0.0, 0.0], &[3.0, 0.0], &outputs), &mut out).unwrap_err();
        assert_eq!(error.message, "a prediction is all zero, so it has no direction");
    }
}
