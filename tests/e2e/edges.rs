//! Ends of contigs, letters that are no base, REFs that are not the genome's, and alleles without a score.

mod contig_ends;
mod letters;
mod no_records;
mod reference_mismatch;
mod skip_reasons;
