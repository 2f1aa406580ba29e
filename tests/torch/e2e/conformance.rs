//! One list of requests for both backends, and one list of answers.
//!
//! `fixtures/make_conformance.py` writes every network for both, with the same weights, and has eager PyTorch answer in
//! float64. Predictions and values of layers must agree within 1e-6 of the number, or of 1; gradients within 1e-5 of the
//! largest element of their array. So must the answers of one backend with those of the other.

mod answers;
mod refused;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use kipos::{
    Activations, EdgeRule, Event, Gradient, GradientOf, LayerKey, ModelChoice, PluginRegistry, Predict, SampleChoice,
    parse_filter,
};
use kipos_plugin_api::{Device, Reduce, RuntimeOptions};
use kipos_tests::{World, built};
use kipos_torch_tests::plugins;
use serde_json::Value as Json;

const NETWORKS: [&str; 6] = ["attention", "cnn", "listed", "mapped", "normed", "recurrent"];
const BACKENDS: [&str; 2] = ["pytorch", "onnx"];

/// Both plugins.
fn registry() -> &'static PluginRegistry {
    static REGISTRY: LazyLock<PluginRegistry> = LazyLock::new(|| PluginRegistry::open(&[plugins(), built("")], None));
    &REGISTRY
}

/// What the generator wrote about a network.
pub struct Network {
    name: &'static str,
    described: Json,
}

impl Network {
    pub fn read(name: &'static str) -> Self {
        let text = fs::read_to_string(fixture(&format!("{name}.json"))).unwrap();
        Self { name, described: serde_json::from_str(&text).unwrap() }
    }

    fn list(&self, key: &str) -> &[Json] {
        self.described[key].as_array().unwrap()
    }

    /// A world with this network for each backend, in directories of their names, and its inputs as `in.h5`.
    pub fn world(&self) -> World {
        let world = World::new();
        world.write("in.h5", fs::read(fixture(&format!("{}.h5", self.name))).unwrap());
        for (backend, file) in BACKENDS.iter().zip(["net.pt", "net.onnx"]) {
            let ending = file.trim_start_matches("net");
            world.write(&format!("{backend}/{file}"), fs::read(fixture(&format!("{}{ending}", self.name))).unwrap());
            world.write(&format!("{backend}/model.yaml"), self.description(backend, file));
            // The loader that would have made the batch file.
            let python = "defined_as: loader.Own\nargs: {}\noutput_schema:\n  inputs: {shape: ()}\ninfo: {}\n";
            world.write(&format!("{backend}/dataloader.yaml"), python);
        }
        world
    }

    fn description(&self, backend: &str, file: &str) -> String {
        let layers = match &self.described["aliases"][backend] {
            Json::Null => String::new(),
            aliases => format!(", layers: {aliases}"),
        };
        format!(
            "type: {backend}\nargs: {{file: {file}{layers}}}\ninfo: {{doc: the same on every backend}}\n\
             default_dataloader: .\nschema: {{inputs: {}, targets: {}}}\n",
            self.leaves("inputs"),
            self.leaves("targets")
        )
    }

    /// Arrays of the schema, as YAML.
    fn leaves(&self, key: &str) -> String {
        let arrays = self.list(key).iter().map(|leaf| {
            let lengths: Vec<String> = leaf[1].as_array().unwrap().iter().map(|n| format!("{n},")).collect();
            (leaf[0].as_str().unwrap(), lengths.concat())
        });
        let named = |(name, shape): (&str, String)| format!("{{name: {name}, shape: \"({shape})\"}}");
        match self.described["structure"].as_str().unwrap() {
            "one" => arrays.map(named).collect(),
            "list" => format!("[{}]", arrays.map(named).collect::<Vec<_>>().join(", ")),
            _ => {
                let keyed = arrays.map(|(name, shape)| format!("{name}: {{shape: \"({shape})\"}}"));
                format!("{{{}}}", keyed.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// What came of a request: a table, and the warnings on the way.
struct Answer {
    table: String,
    warnings: Vec<String>,
}

/// Puts a request of the generator's to a backend.
fn ask(world: &World, backend: &str, device: Device, request: &Json) -> Result<Answer, String> {
    let (directory, outputs) = (world.path(backend), vec![world.path("answer.tsv")]);
    let mut model = ModelChoice::new(&directory);
    model.runtime = RuntimeOptions::new(2, device);
    let mut samples = SampleChoice::new(EdgeRule::Error);
    samples.batch_file = Some(world.path("in.h5"));
    let mut warnings = Vec::new();
    let mut observe = |event: Event| {
        if let Event::Warning(warning) = event {
            warnings.push(warning.text);
        }
    };
    let text = |key: &str| request[key].as_str().map(str::to_owned);
    let layer = text("layer").map(LayerKey::Typed);
    let pre_nonlinearity = request["pre_nonlinearity"].as_bool().unwrap();
    let done = match (text("reduce"), layer) {
        (None, None) => {
            let mut predict = Predict::new(directory, outputs);
            (predict.model, predict.samples) = (model, samples);
            predict.run(registry(), &mut observe)
        }
        (None, Some(layer)) => {
            let mut activations = Activations::new(directory, outputs, layer);
            (activations.model, activations.samples) = (model, samples);
            activations.pre_nonlinearity = pre_nonlinearity;
            activations.run(registry(), &mut observe)
        }
        (Some(reduce), layer) => {
            let mut gradient = Gradient::new(directory, outputs);
            (gradient.model, gradient.samples) = (model, samples);
            gradient.target.of = match layer {
                Some(layer) => GradientOf::Layer { layer, call: None },
                None => GradientOf::Output(text("output")),
            };
            gradient.target.pre_nonlinearity = pre_nonlinearity;
            gradient.target.filter = text("filter").map(|filter| parse_filter(&filter).unwrap()).unwrap_or_default();
            gradient.target.reduce = match &*reduce {
                "sum" => Reduce::Sum,
                "max" => Reduce::Max,
                "min" => Reduce::Min,
                _ => Reduce::AbsMax,
            };
            gradient.run(registry(), &mut observe)
        }
    };
    done.map_err(|error| error.to_string())?;
    Ok(Answer { table: world.read("answer.tsv"), warnings })
}
