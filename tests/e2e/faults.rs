//! Faults that kipos had once: their inputs, with answers of programs that import nothing of kipos.

mod contig_lengths;
mod indels_at_edges;
mod padding;
mod region_names;
mod rna_and_ambiguous;
