//! Scorers that do what scorers must not do. Each fails in one way and is otherwise like `diff`.

use kipos_plugin_api::{Alleles, ArgSpec, Args, Column, OutputSpecs, PluginError, Result, Scorer, export_plugin};

fn difference(alleles: &Alleles<'_>, out: &mut [f32]) {
    for ((out, alternate), reference) in out.iter_mut().zip(alleles.alternate).zip(alleles.reference) {
        *out = alternate - reference;
    }
}

/// Panics in `score`.
pub struct Panicking;

impl Scorer for Panicking {
    const NAME: &'static str = "panicking";
    const DOC: &'static str = "panics when it scores";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, _: &Alleles<'_>, _: &mut [f32]) -> Result<()> {
        panic!("this scorer always panics")
    }
}

/// Has no score where the alternate allele's first prediction is larger.
pub struct Failing;

impl Scorer for Failing {
    const NAME: &'static str = "failing";
    const DOC: &'static str = "alt - ref, and an error where that is positive for the first task";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        if alleles.alternate.first() > alleles.reference.first() {
            return Err(PluginError::runtime("the first task increases"));
        }
        difference(alleles, out);
        Ok(())
    }
}

/// Scores everything with NaN.
pub struct NotANumber;

impl Scorer for NotANumber {
    const NAME: &'static str = "nan_scorer";
    const DOC: &'static str = "NaN for every task";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, _: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        out.fill(f32::NAN);
        Ok(())
    }
}

/// Announces two columns and writes three.
pub struct Liar;

impl Scorer for Liar {
    const NAME: &'static str = "liar";
    const DOC: &'static str = "announces two scores and writes three";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
        vec!["one".into(), "two".into()]
    }

    fn score(&self, _: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        for (column, score) in [1.0, 2.0, 3.0].into_iter().enumerate() {
            out[column] = score;
        }
        Ok(())
    }
}

/// Announces no columns at all.
pub struct Mute;

impl Scorer for Mute {
    const NAME: &'static str = "mute";
    const DOC: &'static str = "gives no scores";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
        Vec::new()
    }

    fn score(&self, _: &Alleles<'_>, _: &mut [f32]) -> Result<()> {
        Ok(())
    }
}

/// Panics when it is asked which arguments it takes, and so also when it is made.
pub struct PanicsInArgs;

impl Scorer for PanicsInArgs {
    const NAME: &'static str = "panics_in_args";
    const DOC: &'static str = "panics when it lists its arguments";

    fn arg_specs() -> Vec<ArgSpec> {
        panic!("this scorer does not know its arguments")
    }

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        difference(alleles, out);
        Ok(())
    }
}

/// Writes the score of the first task and leaves the others as they are; fails after that where it would be positive.
pub struct Unwritten;

impl Scorer for Unwritten {
    const NAME: &'static str = "unwritten";
    const DOC: &'static str = "alt - ref for the first task, and nothing for the others; an error where it is positive";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        difference(alleles, &mut out[..1]);
        if out[0] > 0.0 {
            return Err(PluginError::runtime(format!("the first task increases by {}", out[0])));
        }
        Ok(())
    }
}

export_plugin! { name: "bad_scorers", scorers: [Panicking, Failing, NotANumber, Liar, Mute, PanicsInArgs, Unwritten] }
