//! `model layers`.

use std::io::{self, Write};
use std::path::Path;

use kipos_plugin_api::{LayerInfo, RuntimeOptions};
use serde_json::{Value as Json, json};

use super::error::CliResult;
use super::reporter::Reporter;
use super::standard_output::standard_output;
use kipos::{
    ArrayShape, LayerListing, ModelDir, PluginRegistry, Warning, WarningCode, describe_edits, list_layers, printable,
};

/// `kipos model layers`: the layers that `--layer` understands, in the order of the model's graph.
pub fn run(
    model: &Path,
    runtime: RuntimeOptions,
    length: Option<usize>,
    as_json: bool,
    registry: &PluginRegistry,
    reporter: &mut Reporter,
) -> CliResult {
    let LayerListing { layers, edits, needs_length, notes } =
        list_layers(&ModelDir::open(model)?, registry, runtime, length)?;
    for note in notes {
        reporter.warn(Warning::new(WarningCode::ModelNote, note));
    }
    if needs_length {
        let text = "shapes and gradients are unknown: the model takes inputs of any length, and none of the lengths tried \
                    works; give --seq-length N";
        reporter.warn(Warning::new(WarningCode::LayerShapes, text));
    }
    let mut out = standard_output();
    if as_json {
        out.write_lines(&format_args!(
            "{:#}",
            layers.iter().map(|layer| layer_json(layer, needs_length)).collect::<Json>()
        ))?;
    } else {
        let mut rows = vec![["index", "name", "node", "scope", "op", "shape", "gradient"].map(str::to_owned)];
        // As they are printed, so that columns are as wide.
        let cells = |layer| row(layer, needs_length).map(|cell| printable(&cell).into_owned());
        rows.extend(layers.iter().map(cells));
        write_table(&mut out, &rows)?;
        writeln!(out, "edits: {}", describe_edits(&edits))?;
    }
    Ok(())
}

fn layer_json(layer: &LayerInfo, needs_length: bool) -> Json {
    let gradient = (!needs_length).then_some(layer.differentiable);
    json!({
        "index": layer.index,
        "name": layer.name,
        "node": layer.node,
        "scope": layer.scope,
        "op": layer.op,
        "shape": layer.shape,
        "gradient": gradient,
    })
}

fn row(layer: &LayerInfo, needs_length: bool) -> [String; 7] {
    let shape = layer.shape.clone().map_or("-".to_owned(), |shape| ArrayShape::from(shape).to_string());
    let text = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let gradient = match layer.differentiable {
        _ if needs_length => "?",
        true => "yes",
        false => "no",
    };
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
