//! `kipos saturate`: all SNVs of stretches of the genome.

mod files;
mod reference;
mod refused;
mod runs;
mod single_variants;

use kipos_tests::{Outcome, World};

use crate::dna::{bases, fasta};
use crate::stub_model::StubModel;

/// The columns before the scores.
const COLUMNS: [&str; 8] = ["chrom", "pos", "ref", "alt", "region_start", "region_end", "offset", "skip"];

/// A table, taken apart again without any of kipos's code.
struct Snvs {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Snvs {
    /// Reads a table, which must begin with the columns and have no row that is too long or too short.
    fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let names = lines.next().unwrap();
        assert_eq!(names[..COLUMNS.len()], COLUMNS);
        let rows: Vec<_> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == names.len()), "{text}");
        Self { names, rows }
    }

    /// The cell of a row in a column.
    fn cell(&self, row: usize, name: &str) -> &str {
        let column = self.names.iter().position(|found| found == name);
        &self.rows[row][column.unwrap_or_else(|| panic!("no column {name}: {:?}", self.names))]
    }
}

/// A genome of one contig `chr1`, and a model `model` that reads 20 bases of it.
fn world(model: &StubModel<'_>, contig: &[u8]) -> World {
    let world = World::new();
    model.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world
}

/// The same with 400 bases without pattern, of which 6 are not known.
fn usual_world() -> World {
    let mut contig = bases(400, 11);
    contig[97..103].fill(b'N');
    world(&StubModel::default(), &contig)
}

/// Runs the command, which must succeed.
fn saturate(world: &World, args: &str) -> Outcome {
    let outcome = world.run(&format!("saturate model --fasta genome.fa {args}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}
