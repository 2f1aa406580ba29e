//! `model layers`.

use std::io::{self, Write};
use std::path::Path;

use kipos_plugin_api::{Device, LayerInfo, RuntimeOptions};
use serde_json::{Value as Json, json};

use super::CliResult;
use super::standard_output::standard_output;
use crate::plugin::PluginRegistry;
use crate::prediction::layers;
use crate::spec::{ModelDir, Shape};

/// `kipos model layers`: the layers that `--layer` understands, in the order of the model's graph.
pub fn run(model: &Path, as_json: bool, registry: &PluginRegistry) -> CliResult {
    // At most a few rows are computed, to learn shapes, so one thread will do.
    let runtime = RuntimeOptions { threads: 1, device: Device::Cpu };
    let layers = layers(&ModelDir::open(model)?, registry, runtime)?;
    let mut out = standard_output();
    if as_json {
        writeln!(out, "{:#}", layers.iter().map(layer_json).collect::<Json>())?;
    } else {
        let mut rows = vec![["index", "name", "node", "scope", "op", "shape", "gradient"].map(str::to_owned)];
        rows.extend(layers.iter().map(row));
        write_table(&mut out, &rows)?;
    }
    Ok(())
}

fn layer_json(layer: &LayerInfo) -> Json {
    json!({
        "index": layer.index,
        "name": layer.name,
        "node": layer.node,
        "scope": layer.scope,
        "op": layer.op,
        "shape": layer.shape,
        "gradient": layer.differentiable,
    })
}

fn row(layer: &LayerInfo) -> [String; 7] {
    let shape = layer.shape.clone().map_or("-".to_owned(), |shape| Shape::from(shape).to_string());
    let text = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let gradient = if layer.differentiable { "yes" } else { "no" };
    let (node, scope) = (text(&layer.node), text(&layer.scope));
    [layer.index.to_string(), layer.name.clone(), node, scope, layer.op.clone(), shape, gradient.to_owned()]
}

/// Columns as wide as their widest cell, two blanks between them.
fn write_table<const N: usize>(out: &mut impl Write, rows: &[[String; N]]) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
