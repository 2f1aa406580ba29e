//! The commands of the cookbook and of README: they are run as they stand there. So is every filter for bcftools.

mod filters;
mod readme;
mod recipes;

use std::fs;

use kipos_tests::{Outcome, World, built, project};

use crate::bgzip::pack;
use crate::htslib;
use crate::stub_model::StubModel;

const COOKBOOK: &str = "host/docs/cookbook.md";

/// A page of the documentation.
fn page(path: &str) -> String {
    fs::read_to_string(project().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced commands of a page, one text for each block.
fn blocks(path: &str) -> Vec<String> {
    let page = page(path);
    let blocks: Vec<_> = page.split("```").skip(1).step_by(2).map(str::to_owned).collect();
    assert!(blocks.iter().all(|block| block.starts_with("sh\n")), "{blocks:?}");
    blocks.iter().map(|block| block["sh\n".len()..].to_owned()).collect()
}

/// The recipes of the cookbook.
fn recipes() -> Vec<String> {
    assert!(!page(COOKBOOK).contains("\n    "), "commands of the cookbook are in fences");
    blocks(COOKBOOK)
}

/// The one recipe that holds a passage.
fn recipe(passage: &str) -> String {
    let mut found: Vec<_> = recipes().into_iter().filter(|block| block.contains(passage)).collect();
    assert_eq!(found.len(), 1, "recipes that hold `{passage}`: {found:?}");
    found.remove(0)
}

/// Frequencies of a rare variant, and of a common one, which both break a site.
const GNOMAD: &str = "##fileformat=VCFv4.2\n##contig=<ID=synth1>\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
    synth1\t705\t.\tG\tA\t.\t.\tAF=0.0002\nsynth1\t1404\t.\tC\tT\t.\t.\tAF=0.25\n";

/// A world with what the recipes take for granted.
fn kitchen() -> World {
    let world = World::new();
    let example = project().join("examples/motif-cnn");
    for name in ["model.yaml", "dataloader.yaml", "model.onnx"] {
        world.write(&format!("motif-cnn/{name}"), fs::read(example.join(name)).unwrap());
    }
    StubModel { tasks: &["donor", "acceptor"], ..StubModel::default() }.write(&world, "splicing");
    world.write("genome.fa", fs::read(example.join("genome.fa")).unwrap());
    // `bcftools norm` stops at a REF that is not the genome's.
    let all = fs::read_to_string(example.join("variants.vcf")).unwrap();
    let calls: String = all.split_inclusive('\n').filter(|line| !line.contains("\tref_mismatch\t")).collect();
    world.write("calls.vcf.gz", pack(calls.as_bytes(), 4096));
    let bcftools = |args: &str| htslib::run(&world, "bcftools", &args.split(' ').collect::<Vec<_>>());
    if bcftools("index calls.vcf.gz").is_some() {
        bcftools("view -Ob -o cohort.bcf calls.vcf.gz");
        bcftools("index cohort.bcf");
        world.write("gnomad.vcf.gz", pack(GNOMAD.as_bytes(), 4096));
        bcftools("index gnomad.vcf.gz");
    }
    world
}

/// The kitchen after a recipe; `None`, with a note, where a tool that it needs is absent.
fn cooked(passage: &str) -> Option<World> {
    let (world, recipe) = (kitchen(), recipe(passage));
    let outcome = typed(&world, &recipe)?;
    assert_eq!(outcome.stdout, "", "{recipe}{outcome:?}");
    let complains =
        |line: &&str| ["warning", "error", "[w::", "[e::"].iter().any(|word| line.to_lowercase().contains(word));
    let complaints: Vec<_> = outcome.stderr.lines().filter(complains).collect();
    assert!(complaints.is_empty(), "{recipe}{complaints:?}");
    Some(world)
}

/// Runs commands in a world, where the shell finds kipos; `None`, with a note, where a tool that they need is absent.
fn typed(world: &World, commands: &str) -> Option<Outcome> {
    if commands.contains("bcftools ") {
        htslib::run(world, "bcftools", &["--version"])?;
    }
    let own = built("kipos").parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([own].into_iter().chain(std::env::split_paths(&others))).unwrap();
    let mut shell = world.command("bash");
    shell.args(["-e", "-o", "pipefail", "-c", commands]).env("PATH", path);
    let outcome = Outcome::from(shell.output().unwrap());
    assert_eq!(outcome.code, 0, "{commands}{outcome:?}");
    Some(outcome)
}
