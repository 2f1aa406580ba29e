//! Finding the contigs of a VCF in the genome, whatever the two call them.

mod error;
#[cfg(test)]
mod tests;

pub use error::ContigMapError;

use super::{Contig, VcfHeader};
use crate::byte_order_mark;
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

/// How many names a message lists.
const LISTED: usize = 5;

/// What the mitochondrion is called. Its sequence differs between builds of one species while all
/// else is named alike, so these names are never taken for each other without a look at the length.
const MITOCHONDRION: [&str; 4] = ["M", "MT", "chrM", "chrMT"];

/// Resolves contig names of a VCF to indexes into [`Fasta::contigs`](super::Fasta::contigs).
///
/// In this order: the explicit map file, the same name, the name with or without `chr`, and
/// `M`, `MT`, `chrM`, `chrMT` for each other if the length in the VCF header equals the genome's.
#[derive(Clone, Debug)]
pub struct ContigMap {
    contigs: Vec<Contig>,
    by_name: HashMap<String, usize>,
    explicit: HashMap<String, usize>,
    vcf_lengths: HashMap<String, u64>,
    /// Contigs of the genome that the VCF header gives another length: what it calls them, and the length.
    differing: BTreeMap<usize, (String, u64)>,
    /// Every name resolved so far.
    resolved: HashMap<String, Option<usize>>,
    /// The last one, since records of one contig follow each other.
    last: Option<(String, Option<usize>)>,
    /// The first names that were not found.
    missing: Vec<String>,
}

impl ContigMap {
    /// A map by names alone; `contigs` are those of the genome.
    pub fn new(contigs: &[Contig]) -> Self {
        let index = |(index, contig): (usize, &Contig)| (contig.name.clone(), index);
        Self {
            contigs: contigs.to_vec(),
            by_name: contigs.iter().enumerate().map(index).collect(),
            explicit: HashMap::new(),
            vcf_lengths: HashMap::new(),
            differing: BTreeMap::new(),
            resolved: HashMap::new(),
            last: None,
            missing: Vec::new(),
        }
    }

    /// A map that also follows the file at `path`: a VCF name and a FASTA name a line, separated by
    /// a tab. Empty lines, lines that begin with `#`, and a byte order mark are passed over.
    ///
    /// # Errors
    ///
    /// A [`ContigMapError`] naming file and line: unreadable, not two columns, a VCF name mapped
    /// twice, a FASTA name the genome does not have.
    pub fn with_file(contigs: &[Contig], path: impl AsRef<Path>) -> Result<Self, ContigMapError> {
        let path = path.as_ref();
        let text = byte_order_mark::read_text(path);
        let text = text.map_err(|source| ContigMapError::Io { path: path.to_owned(), source })?;
        let mut map = Self::new(contigs);
        for (text, line) in text.lines().zip(1..) {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let path = || path.to_owned();
            let names = text.split_once('\t');
            let names = names.filter(|(vcf, fasta)| !vcf.is_empty() && !fasta.contains('\t'));
            let (vcf_name, fasta_name) = names.ok_or_else(|| ContigMapError::Columns { path: path(), line })?;
            let target = map.by_name.get(fasta_name);
            let target = *target.ok_or_else(|| ContigMapError::UnknownTarget {
                path: path(),
                line,
                name: fasta_name.to_owned(),
                known: map.known_names(),
            })?;
            let before = map.explicit.insert(vcf_name.to_owned(), target);
            if before.is_some() {
                return Err(ContigMapError::MappedTwice { path: path(), line, name: vcf_name.to_owned() });
            }
        }
        Ok(map)
    }

    /// Takes the contig lengths from a VCF header. To be called before the first [`resolve`](Self::resolve). Lengths that
    /// are not the genome's are no error yet, as some programs write any: see [`length_warning`](Self::length_warning)
    /// and [`other_genome`](Self::other_genome).
    ///
    /// # Errors
    ///
    /// [`ContigMapError::NoneMatches`] if contigs are declared and the genome has none of them. A header without contigs
    /// is fine.
    pub fn check_header(&mut self, header: &VcfHeader) -> Result<(), ContigMapError> {
        // What was resolved without these lengths, or with another header's, may not hold.
        self.resolved.clear();
        self.last = None;
        self.missing.clear();
        let declared = header.contigs();
        let lengths = declared.iter().filter_map(|c| Some((c.id.clone(), c.length?)));
        self.vcf_lengths = lengths.collect();
        self.differing.clear();
        let mut any = false;
        for contig in declared {
            let Some(index) = self.resolve(&contig.id) else {
                continue;
            };
            any = true;
            let fasta_length = self.contigs[index].length;
            if let Some(vcf_length) = contig.length.filter(|length| *length != fasta_length) {
                self.differing.entry(index).or_insert_with(|| (contig.id.clone(), vcf_length));
            }
        }
        if !any && !declared.is_empty() {
            return Err(self.none_matches());
        }
        Ok(())
    }

    /// What to say if the VCF header gives contigs other lengths than the genome has; `None` if it does not.
    pub fn length_warning(&self) -> Option<String> {
        let mut told = self.differing.iter().map(|(index, (name, vcf_length))| {
            let Contig { name: fasta_name, length } = &self.contigs[*index];
            let renamed = if name == fasta_name { String::new() } else { format!(" (`{fasta_name}` in the FASTA)") };
            format!("`{name}`{renamed} has {vcf_length} bases in the header and {length} in the FASTA")
        });
        let first: Vec<String> = told.by_ref().take(LISTED).collect();
        let others = match told.count() {
            0 => String::new(),
            count => format!("; and {count} other contigs"),
        };
        (!first.is_empty()).then(|| {
            format!(
                "contig lengths in the VCF header differ from the genome: {}{others}; the run continues unless REF \
                 disagrees there",
                first.join(", ")
            )
        })
    }

    /// The error for a record at `position` whose REF disagrees with the genome, if the VCF header gives its `contig`
    /// another length too: one of both may be a slip, both together are another genome.
    pub fn other_genome(&self, contig: usize, position: u64) -> Option<ContigMapError> {
        let (vcf_name, vcf_length) = self.differing.get(&contig)?;
        let found = &self.contigs[contig];
        Some(ContigMapError::LengthDiffers {
            vcf_name: vcf_name.clone(),
            vcf_length: *vcf_length,
            fasta_name: found.name.clone(),
            fasta_length: found.length,
            position,
        })
    }

    /// The genome's contig that the VCF calls `vcf_name`; `None` if there is none.
    pub fn resolve(&mut self, vcf_name: &str) -> Option<usize> {
        if let Some((name, index)) = &self.last
            && name == vcf_name
        {
            return *index;
        }
        let index = match self.resolved.get(vcf_name) {
            Some(index) => *index,
            None => {
                let index = self.find(vcf_name);
                self.resolved.insert(vcf_name.to_owned(), index);
                if index.is_none() && self.missing.len() <= LISTED {
                    self.missing.push(vcf_name.to_owned());
                }
                index
            }
        };
        self.last = Some((vcf_name.to_owned(), index));
        index
    }

    /// The error for a VCF none of whose records lies on a contig of the genome: it lists a few of
    /// the names that [`resolve`](Self::resolve) did not find, and a few of the genome's.
    pub fn none_matches(&self) -> ContigMapError {
        ContigMapError::NoneMatches {
            vcf_names: listed(self.missing.iter().map(String::as_str)),
            fasta_names: self.known_names(),
        }
    }

    /// As [`resolve`](Self::resolve), but a name that is not found is not kept for messages.
    pub(crate) fn find(&self, vcf_name: &str) -> Option<usize> {
        let by_map = self.explicit.get(vcf_name);
        if let Some(index) = by_map.or_else(|| self.by_name.get(vcf_name)) {
            return Some(*index);
        }
        if MITOCHONDRION.contains(&vcf_name) {
            let length = *self.vcf_lengths.get(vcf_name)?;
            let mut candidates = MITOCHONDRION.iter().filter_map(|name| self.by_name.get(*name));
            return candidates.find(|index| self.contigs[**index].length == length).copied();
        }
        match vcf_name.strip_prefix("chr") {
            Some(bare) => self.by_name.get(bare),
            None => self.by_name.get(&format!("chr{vcf_name}")),
        }
        .copied()
    }

    /// The first few names of the genome's contigs, for messages.
    pub(crate) fn known_names(&self) -> String {
        listed(self.contigs.iter().map(|contig| contig.name.as_str()))
    }
}

/// The first few names, with an ellipsis if there are more.
fn listed<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let mut shown: Vec<_> = names.by_ref().take(LISTED).collect();
    if names.next().is_some() {
        shown.push("...");
    }
    shown.join(", ")
}
