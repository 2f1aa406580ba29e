//! Genome coordinates, sequences and variant records.
//!
//! Everything here counts 0-based and half-open, except [`VcfRecord::pos`], which is the number the
//! VCF line holds (1-based); [`Allele::parse`] and [`VcfRecord::start`] are where it is converted. A [`Region`] is
//! converted where its text is read.

mod allele;
mod assembly;
mod bases;
mod bcf;
mod bgzip;
mod contig_map;
mod fasta;
mod interval;
mod iupac;
mod left_align;
mod outcome;
mod position;
mod regions;
mod skip_reason;
mod text_lines;
mod vcf;

pub use allele::{Allele, AlleleKind};
pub use assembly::wrong_assembly;
#[cfg(test)]
pub(crate) use bcf::test_header as bcf_header;
pub use bcf::{BcfError, BcfProblem, HeaderProblem};
pub(crate) use bcf::{Encoder, RecordSpan, check_added, check_header};
#[cfg(test)]
pub(crate) use bgzip::packed;
pub(crate) use bgzip::{EOF_MARKER, block_lengths, ends_with_marker};
pub use contig_map::{ContigMap, ContigMapError};
pub use fasta::{Contig, Fasta, FastaError};
pub use interval::{Interval, IntervalError, Strand};
pub use iupac::{is_base, reference_agrees};
pub use left_align::LeftShift;
pub use outcome::Outcome;
pub use position::GenomePosition;
pub use regions::{
    BedIntervals, BedLine, BedReader, NamedInterval, Region, RegionError, RegionList, RegionOutside, RegionSyntaxError,
    Regions, ShardStretches,
};
pub use skip_reason::SkipReason;
pub use text_lines::TextFileError;
pub(crate) use text_lines::TextLines;
pub(crate) use vcf::RecordPlaces;
pub use vcf::{
    ContigDeclaration, Declaration, LineEnd, NamedVariant, NamedVariantError, VariantInput, VariantSource, VcfError,
    VcfHeader, VcfReader, VcfRecord,
};
