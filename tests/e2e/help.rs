//! What help says, in the command, in shells and in man pages.

use std::fs;
use std::process::{Command, Stdio};

use kipos_tests::World;

/// Every command.
const COMMANDS: [&str; 33] = [
    "",
    "score-variants",
    "saturate",
    "mutation-map",
    "predict",
    "gradient",
    "plot",
    "plot mutation-map",
    "plot gradient",
    "track",
    "shard",
    "shard plan",
    "shard merge",
    "postproc",
    "postproc score_variants",
    "postproc create_mutation_map",
    "postproc grad",
    "postproc plot_mutation_map",
    "postproc gr_inp_to_file",
    "interpret grad",
    "model",
    "model info",
    "model layers",
    "model lint",
    "model test",
    "model convert",
    "model new",
    "model ls",
    "plugin",
    "plugin list",
    "version",
    "provenance",
    "completions",
];

/// What a command prints.
fn printed(args: &str) -> String {
    let world = World::new();
    let output = world.kipos().args(args.split_whitespace()).env("COLUMNS", "100").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{args}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn commands_explain_themselves() {
    for command in COMMANDS {
        let help = printed(&format!("{command} --help"));
        // A usage is never wrapped.
        let is_narrow = |line: &str| line.starts_with("Usage:") || line.chars().count() <= 100;
        assert!(help.lines().all(is_narrow), "{help}");
        assert!(help.contains(format!("Usage: kipos {command}").trim_end()), "{help}");
        insta::assert_snapshot!(format!("help {command}").trim_end().replace(' ', "_"), help);
    }
}

#[test]
fn flags_are_in_groups() {
    let help = printed("score-variants -h");
    let groups: Vec<&str> = help.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
    assert_eq!(groups, ["Arguments:", "Options:", "Input:", "Windows:", "Scores:", "Output:", "Engine:", "Messages:"]);
}

#[test]
fn shells_can_read_their_completions() {
    for (shell, first) in
        [("bash", "_kipos() {"), ("zsh", "#compdef kipos"), ("fish", "# Print an optspec for argparse")]
    {
        let script = printed(&format!("completions {shell}"));
        assert!(script.starts_with(first), "{}", script.lines().next().unwrap_or_default());
        assert!(script.contains("score-variants") && script.contains("windows"));
        // A shell that is not there cannot judge.
        let world = World::new();
        world.write("script", &script);
        let read = Command::new(shell).arg("-n").arg(world.path("script")).stderr(Stdio::null()).status();
        assert!(read.map_or(true, |status| status.success()), "{shell} refuses its script");
    }
}

#[test]
fn shells_offer_the_flags_of_a_command() {
    let script = printed("completions fish");
    let of_track = |line: &&str| line.contains("__fish_kipos_using_subcommand track");
    let offered: Vec<&str> = script.lines().filter(of_track).collect();
    insta::assert_snapshot!("completions_fish_track", offered.join("\n"));
}

#[test]
fn every_command_has_a_man_page() {
    let world = World::new();
    fs::create_dir(world.path("man")).unwrap();
    let outcome = world.run("man man", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    for command in COMMANDS {
        let page = format!("kipos {command}").trim_end().replace(' ', "-");
        assert!(world.path(&format!("man/{page}.1")).exists(), "no page {page}");
    }
    let page = world.read("man/kipos-score-variants.1");
    assert!(page.contains(".SH NAME") && page.contains("KIPOS_FASTA"), "{page}");
    insta::assert_snapshot!("man_model_layers", world.read("man/kipos-model-layers.1"));
}
