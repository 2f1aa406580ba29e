//! Commands that once gave a wrong number, or none, without a word. Their inputs lie in `tests/faults`.

mod any_length;
mod baked_batch;
mod contig_lengths;
mod dependent_rows;
mod domains;
mod failed_scores;
mod fourier;
mod indels_at_edges;
mod keras_two_heads;
mod padding;
mod plugin_names;
mod plugin_output;
mod position_axis;
mod region_names;
mod right_values;
mod rna_and_ambiguous;
mod strand_heads;
mod zero_gradients;

/// The numbers of a table in the columns whose names begin so, column by column.
fn columns(table: &str, prefix: &str) -> Vec<Vec<f64>> {
    let mut rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let wanted: Vec<usize> = (0..names.len()).filter(|&at| names[at].starts_with(prefix)).collect();
    assert!(!wanted.is_empty(), "no column {prefix} among {names:?}");
    let rows: Vec<Vec<&str>> = rows.collect();
    wanted.iter().map(|&at| rows.iter().map(|row| row[at].parse().unwrap()).collect()).collect()
}
