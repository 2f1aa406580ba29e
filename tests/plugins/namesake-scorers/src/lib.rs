//! Scorers with names that others have: a built-in one, and one of another plugin of the tests.

use kipos_plugin_api::{Alleles, Args, Result, Scorer, export_plugin};

/// Is called as the built-in difference.
pub struct Diff;

impl Scorer for Diff {
    const NAME: &'static str = "diff";
    const DOC: &'static str = "42 for every task";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, _: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        out.fill(42.0);
        Ok(())
    }
}

/// Is called as a scorer of `bad_scorers`.
pub struct Failing;

impl Scorer for Failing {
    const NAME: &'static str = "failing";
    const DOC: &'static str = "43 for every task";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, _: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        out.fill(43.0);
        Ok(())
    }
}

export_plugin! { name: "namesakes", scorers: [Diff, Failing] }
