//! The README's section "Cookbook": its commands are run as they stand there. So is every filter for bcftools.

mod filters;
mod recipes;

use std::fs;
use std::process::Command;

use kipos_tests::{Outcome, World, built, project};

use crate::bgzip::pack;
use crate::htslib;
use crate::stub_model::StubModel;

/// The fenced commands of the section, one text for each block.
fn blocks() -> Vec<String> {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let (_, section) = readme.split_once("\n## Cookbook\n").expect("a section `Cookbook`");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    assert!(!section.contains("\n    "), "commands of the section stand in fences");
    let blocks: Vec<_> = section.split("```").skip(1).step_by(2).map(str::to_owned).collect();
    assert!(blocks.iter().all(|block| block.starts_with("sh\n")), "{blocks:?}");
    blocks.iter().map(|block| block["sh\n".len()..].to_owned()).collect()
}

/// The one recipe that holds a passage.
fn recipe(passage: &str) -> String {
    let mut found: Vec<_> = blocks().into_iter().filter(|block| block.contains(passage)).collect();
    assert_eq!(found.len(), 1, "recipes that hold `{passage}`: {found:?}");
    found.remove(0)
}

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
    }
    world
}

/// The kitchen after a recipe; `None`, with a note, where a tool that it needs is absent.
fn cooked(passage: &str) -> Option<World> {
    let (world, recipe) = (kitchen(), recipe(passage));
    if recipe.contains("bcftools ") {
        htslib::run(&world, "bcftools", &["--version"])?;
    }
    let own = built("kipos").parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([own].into_iter().chain(std::env::split_paths(&others))).unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-e", "-o", "pipefail", "-c", &recipe]).current_dir(world.path("")).env("PATH", path);
    // The environment in which the world's own command runs.
    for (key, value) in world.kipos().get_envs() {
        match value {
            Some(value) => shell.env(key, value),
            None => shell.env_remove(key),
        };
    }
    let outcome = Outcome::from(shell.output().unwrap());
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{recipe}{outcome:?}");
    let complains =
        |line: &&str| ["warning", "error", "[w::", "[e::"].iter().any(|word| line.to_lowercase().contains(word));
    let complaints: Vec<_> = outcome.stderr.lines().filter(complains).collect();
    assert!(complaints.is_empty(), "{recipe}{complaints:?}");
    Some(world)
}
