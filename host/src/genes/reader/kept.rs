//! Which of the genes of a file are kept, and on which contigs of the genome they lie.

use super::Found;
use crate::{
    genes::{Gene, GeneChoice, GenesError, GenesProblem},
    genome::{Contig, ContigMap, Interval},
};
use std::{collections::BTreeSet, path::Path};

/// How many names a message lists.
const LISTED: usize = 5;

pub(super) struct Kept<'a> {
    path: &'a Path,
    choice: &'a GeneChoice,
    contigs: &'a [Contig],
    names: &'a ContigMap,
}

impl<'a> Kept<'a> {
    pub(super) fn new(path: &'a Path, choice: &'a GeneChoice, contigs: &'a [Contig], names: &'a ContigMap) -> Self {
        Self { path, choice, contigs, names }
    }

    /// The genes of the wanted types on contigs of the genome, and how many are on others.
    pub(super) fn keep(&self, mut found: Vec<Found>) -> Result<(Vec<Gene>, usize), GenesError> {
        self.check_types(&found)?;
        let wanted = &self.choice.types;
        let is_wanted = |one: &Found| one.gene.gene_type.as_ref().is_some_and(|own| wanted.contains(own));
        found.retain(|one| wanted.is_empty() || is_wanted(one));
        let mut genes = Vec::with_capacity(found.len());
        let mut elsewhere: Vec<String> = Vec::new();
        for one in found {
            match self.names.find(&one.contig) {
                Some(contig) => genes.push(self.placed(one, contig)?),
                None => elsewhere.push(one.contig),
            }
        }
        if genes.is_empty() {
            let distinct: BTreeSet<&str> = elsewhere.iter().map(String::as_str).collect();
            let shown: Vec<&str> = distinct.into_iter().take(LISTED).collect();
            let (path, known) = (self.path.to_owned(), self.names.known_names());
            return Err(GenesError::NoContig { path, found: shown.join(", "), known });
        }
        Ok((genes, elsewhere.len()))
    }

    /// A type that no gene has is a slip.
    fn check_types(&self, found: &[Found]) -> Result<(), GenesError> {
        let known: BTreeSet<&str> = found.iter().filter_map(|one| one.gene.gene_type.as_deref()).collect();
        let Some(name) = self.choice.types.iter().find(|name| !known.contains(name.as_str())) else { return Ok(()) };
        let known = match known.is_empty() {
            true => ", which does not say what types its genes are".to_owned(),
            false => format!("; it has {}", known.into_iter().collect::<Vec<_>>().join(", ")),
        };
        Err(GenesError::UnknownType { path: self.path.to_owned(), name: name.clone(), known })
    }

    fn placed(&self, found: Found, contig: usize) -> Result<Gene, GenesError> {
        let Found { line, contig: name, gene } = found;
        let at_line = |problem| GenesError::Line { path: self.path.to_owned(), line, problem };
        let length = self.contigs[contig].length;
        if gene.end.unsigned_abs() > length {
            return Err(at_line(GenesProblem::Outside { end: gene.end, contig: name, length }));
        }
        let reversed = |_| at_line(GenesProblem::Reversed { start: gene.start, end: gene.end });
        let extent = Interval::new(contig, gene.start, gene.end, gene.strand).map_err(reversed)?;
        Ok(Gene {
            id: gene.id,
            name: gene.name,
            gene_type: gene.gene_type,
            transcript: gene.transcript,
            extent,
            exons: gene.exons,
        })
    }
}
