//! Exons of GTF and GFF3, gathered to transcripts and genes.
//!
//! Of GTF, an exon names its transcript and gene itself. Of GFF3, it names its parents: the nearest is its transcript, the
//! topmost its gene (of an exon right below a gene, both are that gene).

use super::{
    Found, Unplaced,
    attributes::{Attributes, Spelling},
    columns::{coordinate, strand},
};
use crate::{
    genes::{GenesProblem, Transcripts, gene::united},
    genome::Strand,
};
use std::{collections::HashMap, ops::Range};

/// What is read so far.
pub(super) struct Annotation {
    spelling: Spelling,
    /// Features of GFF3 that others may be below, by contig and ID. The two copies of a gene on X and Y may share an ID.
    features: HashMap<(String, String), Feature>,
    exons: Vec<Exon>,
}

/// A feature that others may be below.
struct Feature {
    parents: Vec<String>,
    about: About,
}

/// What a line says of a gene and its transcript.
#[derive(Clone, Default)]
struct About {
    gene_id: Option<String>,
    name: Option<String>,
    gene_type: Option<String>,
    transcript_id: Option<String>,
    rank: Rank,
}

/// How much a transcript speaks for its gene.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
enum Rank {
    #[default]
    Plain,
    Canonical,
    Mane,
}

struct Exon {
    line: u64,
    contig: String,
    bases: Range<i64>,
    strand: Strand,
    /// Its parents in GFF3; none in GTF.
    parents: Vec<String>,
    about: About,
}

/// An exon in its transcript, in its gene.
struct Placed {
    gene: About,
    gene_key: String,
    transcript: String,
    rank: Rank,
}

/// A gene whose exons come one by one.
struct Gathered {
    line: u64,
    contig: String,
    about: About,
    key: String,
    transcripts: Vec<Transcript>,
}

struct Transcript {
    id: String,
    rank: Rank,
    strand: Strand,
    exons: Vec<Range<i64>>,
}

type AtLine = (u64, GenesProblem);

impl Annotation {
    pub(super) fn new(spelling: Spelling) -> Self {
        Self { spelling, features: HashMap::new(), exons: Vec::new() }
    }

    /// Takes what a line says.
    pub(super) fn take(&mut self, line: u64, columns: [&str; 9]) -> Result<(), GenesProblem> {
        let [contig, _, kind, start, end, _, on, _, attributes] = columns;
        let is_exon = kind == "exon";
        // In GTF, the lines of exons say all. In GFF3, nothing is below these.
        let is_leaf = kind == "CDS" || kind.ends_with("UTR") || kind.ends_with("codon");
        if !is_exon && (is_leaf || self.spelling == Spelling::Gtf) {
            return Ok(());
        }
        let attributes = self.spelling.attributes(attributes);
        let about = About::of(&attributes);
        let parents: Vec<String> = attributes.all("Parent").map(str::to_owned).collect();
        if !is_exon {
            if let Some(id) = attributes.first(&["ID"]) {
                self.features.entry((contig.to_owned(), id.to_owned())).or_insert(Feature { parents, about });
            }
            return Ok(());
        }
        let (first, last) = (coordinate(start, "start", 1)?, coordinate(end, "end", 1)?);
        if last < first {
            return Err(GenesProblem::Reversed { start: first, end: last });
        }
        match self.spelling {
            Spelling::Gtf if about.gene_id.is_none() => return Err(GenesProblem::Attribute("gene_id")),
            Spelling::Gtf if about.transcript_id.is_none() => return Err(GenesProblem::Attribute("transcript_id")),
            Spelling::Gff3 if parents.is_empty() => return Err(GenesProblem::Attribute("Parent")),
            _ => {}
        }
        let strand = strand(on)?;
        self.exons.push(Exon { line, contig: contig.to_owned(), bases: first - 1..last, strand, parents, about });
        Ok(())
    }

    /// The genes, in the order of their first exons.
    pub(super) fn genes(self, transcripts: Transcripts) -> Result<Vec<Found>, AtLine> {
        let mut gathered: Vec<Gathered> = Vec::new();
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        for exon in &self.exons {
            for placed in self.placed(exon).map_err(|problem| (exon.line, problem))? {
                let place = (exon.contig.clone(), placed.gene_key.clone());
                let at = *places.entry(place).or_insert(gathered.len());
                if at == gathered.len() {
                    gathered.push(Gathered::new(exon, &placed));
                }
                gathered[at].add(exon, placed).map_err(|problem| (exon.line, problem))?;
            }
        }
        Ok(gathered.into_iter().flat_map(|gene| gene.found(transcripts)).collect())
    }

    /// The transcripts and genes that an exon belongs to.
    fn placed(&self, exon: &Exon) -> Result<Vec<Placed>, GenesProblem> {
        if self.spelling == Spelling::Gtf {
            let about = exon.about.clone();
            let (gene_key, transcript) = (about.gene_id.clone(), about.transcript_id.clone());
            let rank = about.rank;
            let placed = |(gene_key, transcript)| Placed { gene: about, gene_key, transcript, rank };
            return Ok(gene_key.zip(transcript).map(placed).into_iter().collect());
        }
        exon.parents.iter().map(|parent| self.above(&exon.contig, parent)).collect()
    }

    /// The transcript of this ID, and the gene above it.
    fn above(&self, contig: &str, id: &str) -> Result<Placed, GenesProblem> {
        let feature = |id: &str| {
            let feature = self.features.get(&(contig.to_owned(), id.to_owned()));
            feature.ok_or_else(|| GenesProblem::Parent(id.to_owned()))
        };
        let transcript = feature(id)?;
        let (mut top_id, mut top) = (id, transcript);
        // No chain is longer than there are features, unless it is a circle.
        let mut steps = 0;
        while let Some(parent) = top.parents.first() {
            (top_id, top) = (parent, feature(parent)?);
            steps += 1;
            if steps > self.features.len() {
                return Err(GenesProblem::Circle(id.to_owned()));
            }
        }
        Ok(Placed {
            gene: top.about.clone(),
            gene_key: top_id.to_owned(),
            transcript: transcript.about.transcript_id.clone().unwrap_or_else(|| bare(id).to_owned()),
            rank: transcript.about.rank,
        })
    }
}

impl About {
    fn of(attributes: &Attributes) -> Self {
        let owned = |keys: &[&str]| attributes.first(keys).map(str::to_owned);
        // Ensembl has the version apart: `gene_version` in GTF, `version` in GFF3.
        let versioned = |id: &str, version: &str| {
            let id = attributes.first(&[id])?;
            let version = attributes.first(&[version, "version"]).filter(|_| !id.contains('.'));
            Some(version.map_or_else(|| id.to_owned(), |version| format!("{id}.{version}")))
        };
        Self {
            gene_id: versioned("gene_id", "gene_version").or_else(|| owned(&["gene"])),
            name: owned(&["gene_name", "Name", "gene"]),
            gene_type: owned(&["gene_type", "gene_biotype", "biotype"]),
            transcript_id: versioned("transcript_id", "transcript_version"),
            rank: attributes.all("tag").map(Rank::of).max().unwrap_or_default(),
        }
    }
}

impl Rank {
    fn of(tag: &str) -> Self {
        match tag {
            "MANE_Select" | "MANE Select" => Self::Mane,
            "Ensembl_canonical" => Self::Canonical,
            _ => Self::Plain,
        }
    }
}

impl Gathered {
    fn new(exon: &Exon, placed: &Placed) -> Self {
        let (contig, about, key) = (exon.contig.clone(), placed.gene.clone(), placed.gene_key.clone());
        Self { line: exon.line, contig, about, key, transcripts: Vec::new() }
    }

    fn add(&mut self, exon: &Exon, placed: Placed) -> Result<(), GenesProblem> {
        // The exons of a transcript follow each other in nearly all files.
        let known = self.transcripts.iter().rposition(|transcript| transcript.id == placed.transcript);
        let at = known.unwrap_or(self.transcripts.len());
        if known.is_none() {
            let (id, rank, strand) = (placed.transcript, placed.rank, exon.strand);
            self.transcripts.push(Transcript { id, rank, strand, exons: Vec::new() });
        }
        let strand = self.transcripts[0].strand;
        let transcript = &mut self.transcripts[at];
        if strand != exon.strand {
            return Err(GenesProblem::TwoStrands(transcript.id.clone()));
        }
        transcript.exons.push(exon.bases.clone());
        Ok(())
    }

    /// The gene with the exons that are wanted, or its transcripts.
    fn found(mut self, wanted: Transcripts) -> Vec<Found> {
        let transcripts = std::mem::take(&mut self.transcripts);
        if wanted == Transcripts::All {
            return transcripts.into_iter().filter_map(|one| self.with(Some(one.id), one.strand, one.exons)).collect();
        }
        let best = transcripts.iter().map(|one| one.rank).max().unwrap_or_default();
        if best > Rank::Plain {
            let one = transcripts.into_iter().find(|one| one.rank == best);
            return one.and_then(|one| self.with(Some(one.id), one.strand, one.exons)).into_iter().collect();
        }
        let Some(strand) = transcripts.first().map(|one| one.strand) else { return Vec::new() };
        let exons = transcripts.into_iter().flat_map(|one| one.exons).collect();
        self.with(None, strand, exons).into_iter().collect()
    }

    /// With these exons; `None` without any.
    fn with(&self, transcript: Option<String>, strand: Strand, exons: Vec<Range<i64>>) -> Option<Found> {
        let exons = united(exons);
        let (start, end) = (exons.first()?.start, exons.last()?.end);
        let id = self.about.gene_id.clone().unwrap_or_else(|| bare(&self.key).to_owned());
        let name = self.about.name.clone().unwrap_or_else(|| id.clone());
        let gene_type = self.about.gene_type.clone();
        let gene = Unplaced { id, name, gene_type, transcript, start, end, strand, exons };
        Some(Found { line: self.line, contig: self.contig.clone(), gene })
    }
}

/// An ID of GFF3 without the kind before it: `gene:ENSG01`, `gene-BRCA1`, `rna-NM_007294.4`.
fn bare(id: &str) -> &str {
    let kinds = ["gene:", "gene-", "transcript:", "rna-"];
    kinds.iter().find_map(|kind| id.strip_prefix(kind)).unwrap_or(id)
}
