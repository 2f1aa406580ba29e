//! What can be wrong between the contigs of a VCF and those of the genome.

use std::{io, path::PathBuf};

/// Why contigs of a VCF cannot be found in the genome.
#[derive(Debug, thiserror::Error)]
pub enum ContigMapError {
    /// The map file cannot be read.
    #[error("cannot read the contig map {}", path.display())]
    Io {
        /// The map file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line of the map file has not two columns.
    #[error("{}:{line}: expected two tab-separated names (contig in the VCF, contig in the FASTA)", path.display())]
    Columns {
        /// The map file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
    /// A VCF contig is mapped twice.
    #[error("{}:{line}: contig `{name}` is mapped twice; keep one of the lines", path.display())]
    MappedTwice {
        /// The map file.
        path: PathBuf,
        /// Line number of the second mapping, from 1.
        line: u64,
        /// The contig as the VCF calls it.
        name: String,
    },
    /// The target of a mapping is not in the genome.
    #[error("{}:{line}: the FASTA has no contig `{name}` (it has {known})", path.display())]
    UnknownTarget {
        /// The map file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The name in the second column.
        name: String,
        /// A few names of the genome, for the message.
        known: String,
    },
    /// The VCF was made for another genome.
    #[error(
        "contig `{vcf_name}` has {vcf_length} bases in the VCF header, but `{fasta_name}` has {fasta_length} in the \
         FASTA, and REF at {vcf_name}:{position} differs from the FASTA; use the genome the VCF was made for"
    )]
    LengthDiffers {
        /// The contig as the VCF calls it.
        vcf_name: String,
        /// Its length in bases in the VCF header.
        vcf_length: u64,
        /// The contig of the genome it resolves to.
        fasta_name: String,
        /// That one's length in bases.
        fasta_length: u64,
        /// POS of a record whose REF disagrees too.
        position: u64,
    },
    /// No contig of the VCF is in the genome.
    #[error(
        "no contig of the VCF is in the genome (VCF: {vcf_names}; genome: {fasta_names}); use the genome the VCF was made for, or map the names with `--contig-map`"
    )]
    NoneMatches {
        /// A few names of the VCF, for the message.
        vcf_names: String,
        /// A few names of the genome, for the message.
        fasta_names: String,
    },
}
