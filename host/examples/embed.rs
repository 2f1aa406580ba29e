//! Scores a VCF without the command line.
//!
//!     cargo run --release --example embed -- MODEL_DIR VARIANTS.vcf GENOME.fa SCORED.vcf PLUGIN_DIR

use std::error::Error;
use std::path::PathBuf;

use kipos::pipeline::Event;
use kipos::score::LabelSelection;
use kipos::{PluginRegistry, ScoreVariants};
use kipos_plugin_api::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, vcf, genome, output, plugins] = args.as_slice() else {
        return Err("usage: embed MODEL_DIR VARIANTS.vcf GENOME.fa SCORED.vcf PLUGIN_DIR".into());
    };
    let registry = PluginRegistry::open(&[PathBuf::from(plugins)], None);
    let mut request = ScoreVariants::new(model, vcf, vec![output.into()]);
    request.loader_args.push(("fasta_file".into(), Value::String(genome.clone())));
    request.scores.labels = LabelSelection::Only(vec!["diff".into(), "ref".into()]);
    let summary = request.run(&registry, &mut |event| match event {
        Event::Records(records) => eprintln!("{records} records"),
        Event::Warning(warning) => eprintln!("warning: {warning}"),
    })?;
    println!("{summary}");
    Ok(())
}
