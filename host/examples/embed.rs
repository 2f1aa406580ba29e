//! Scores a VCF without the command line, and looks at what comes back.
//!
//!     cargo run --release --example embed -- MODEL_DIR VARIANTS.vcf GENOME.fa PLUGIN_DIR [SCORED.vcf | SCORES.parquet]...

use std::error::Error;
use std::path::PathBuf;

use kipos::{Event, LabelSelection, Output, PluginRegistry, ScoreVariants};
use kipos_plugin_api::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, vcf, genome, plugins, outputs @ ..] = args.as_slice() else {
        return Err("usage: embed MODEL_DIR VARIANTS.vcf GENOME.fa PLUGIN_DIR [OUTPUT]...".into());
    };
    let registry = PluginRegistry::open(&[PathBuf::from(plugins)], None);
    let mut request = ScoreVariants::new(model, vcf, outputs.iter().map(Output::from).collect());
    request.samples.loader_args.push(("fasta_file".into(), Value::String(genome.clone())));
    request.scores.scores.labels = LabelSelection::Only(vec!["diff".into(), "ref".into()]);

    // `run` does the same without keeping the scores in memory.
    let (summary, tables) = request.run_and_return(&registry, &mut |event| match event {
        Event::Progress(progress) => eprintln!("{} records", progress.done),
        Event::Report(lines) => eprintln!("{lines}"),
        Event::Warning(warning) => eprintln!("warning: {warning}"),
        _ => {}
    })?;
    eprintln!("{summary}");

    let diff = tables.table("diff").ok_or("no scores `diff`")?;
    println!("variant\t{}", diff.columns().join("\t"));
    // One row per ALT allele. Scores are held column by column, NaN where an allele was skipped.
    for (index, row) in tables.rows().enumerate() {
        let alternate = row.alternate.unwrap_or(".");
        print!("{}:{}:{}:{alternate}", row.chrom, row.pos, row.reference);
        match row.skip {
            Some(reason) => println!("\tskipped: {reason}"),
            None => println!(
                "{}",
                (0..diff.columns().len()).map(|task| format!("\t{}", diff.scores(task)[index])).collect::<String>()
            ),
        }
    }
    Ok(())
}
