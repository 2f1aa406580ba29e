//! Commands that once gave a wrong number, or none, without a word. Their inputs lie in `tests/faults`.

mod any_length;
mod contig_lengths;
mod dependent_rows;
mod domains;
mod failed_scores;
mod indels_at_edges;
mod padding;
mod plugin_names;
mod plugin_output;
mod region_names;
mod rna_and_ambiguous;
mod zero_gradients;
