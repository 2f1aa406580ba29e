//! A scorer that prints to standard output whenever it is called.
#![allow(clippy::print_stdout)] // what this plugin is for

use kipos_plugin_api::{Alleles, ArgSpec, Args, Result, Scorer, export_plugin};

/// Prints, and is otherwise like `alt`.
pub struct Printing;

impl Scorer for Printing {
    const NAME: &'static str = "printing";
    const DOC: &'static str = "the prediction for the alternate allele, after a line on standard output";

    fn arg_specs() -> Vec<ArgSpec> {
        println!("printed while arguments are listed");
        Vec::new()
    }

    fn from_args(_: &Args) -> Result<Self> {
        println!("printed while a scorer is made");
        Ok(Self)
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        println!("printed while an allele is scored");
        out.copy_from_slice(alleles.alternate);
        Ok(())
    }
}

export_plugin! { name: "printing", scorers: [Printing] }
