//! Control characters out of files and names are spelled wherever the command prints.

use kipos_tests::Outcome;

use crate::case::{Case, vcf};

/// Colour, clearing of the screen by one character, another direction, and a message of its own; as YAML writes it.
const IN_YAML: &str = r"a\e[31m\u009b2J\u202e\nerror: forged";
/// The same without a newline, which files of lines cannot hold.
const RAW: &str = "a\u{1b}[31m\u{9b}2J\u{202e}";
/// How both begin when they are shown.
const SHOWN: &str = "a\\u001b[31m\\u009b2J\\u202e";

/// Holds all that a command printed to be letters, with the hostile text among them.
fn harmless(outcome: &Outcome) {
    let printed = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(printed.contains(SHOWN), "the text is not shown: {outcome:?}");
    let acts = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!printed.contains(acts), "{outcome:?}");
    assert!(!printed.lines().any(|line| line.starts_with("error: forged")), "{outcome:?}");
}

/// A case whose model.yaml has the text everywhere.
fn hostile_model() -> Case {
    let case = Case::new();
    let doc = format!(
        "info: {{doc: \"{IN_YAML}\", authors: [{{name: \"{IN_YAML}\"}}], version: \"{IN_YAML}\"}}\n\"{IN_YAML}\": 1"
    );
    case.spoil("model/model.yaml", "info: {doc: closed-form answers}", &doc);
    let labels = format!("name: out, doc: \"{IN_YAML}\", column_labels: [\"{IN_YAML}\"]");
    case.spoil("model/model.yaml", "name: out", &labels);
    case.spoil("model/model.yaml", "{name: seq,", &format!("{{name: seq, doc: \"{IN_YAML}\","));
    let arg = format!("args: {{x: {{doc: \"{IN_YAML}\", example: \"{IN_YAML}\"}}}}\n");
    case.world.write("model/dataloader.yaml", format!("{}{arg}", case.world.read("model/dataloader.yaml")));
    case
}

#[test]
fn texts_of_descriptions() {
    let case = hostile_model();
    for command in ["model info model", "model info model --json", "model lint model", "model lint model --json"] {
        harmless(&case.world.run(command, &[]));
    }
    let shown = case.world.run("model info model", &[]);
    for line in
        ["\n  a\\u001b", "\nauthors   a\\u001b", "\ninput     seq (10, 4) DNASeq: a\\u001b", "\n  tasks   a\\u001b"]
    {
        assert!(shown.stdout.contains(line), "{line:?}: {shown:?}");
    }
    harmless(&case.run(&["--tasks", "absent"]));
    harmless(&case.run(&[]));
    let json = case.world.run("model info model --json", &[]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["outputs"][0]["tasks"][0], "a\u{1b}[31m\u{9b}2J\u{202e}\nerror: forged");
}

#[test]
fn texts_that_plugins_repeat() {
    let case = Case::new();
    case.spoil("model/model.yaml", "tasks: 1", &format!("tasks: 1, \"{IN_YAML}\": 1"));
    harmless(&case.run(&[]));
    harmless(&case.world.run("model info model", &[]));
    let case = Case::new();
    case.spoil("model/model.yaml", "type: stub", &format!("type: \"{IN_YAML}\""));
    harmless(&case.run(&[]));
    case.spoil("model/model.yaml", "{type: diff}", &format!("{{type: \"{IN_YAML}\"}}"));
    harmless(&case.world.run("model info model", &[]));
    harmless(&case.world.run("plugin inspect", &[RAW]));
}

#[test]
fn fields_of_variants_and_intervals() {
    let case = Case::new();
    for record in [format!("chr1\t{RAW}\t.\tA\tC\t.\t.\t.\n"), format!("{RAW}\t5\t.\tA\tC\t.\t.\t.\n")] {
        case.world.write("variants.vcf", vcf("", &record));
        harmless(&case.run(&[]));
    }
    let predict = "predict model --fasta genome.fa --intervals i.bed -o out/p.tsv";
    for line in [format!("{RAW}\t5\t15\n"), format!("chr1\t{RAW}\t15\n")] {
        case.world.write("i.bed", line);
        harmless(&case.world.run(predict, &[]));
    }
}

#[test]
fn names_of_contigs() {
    let case = Case::new();
    case.world.write("genome.fa", format!(">{RAW}\n{}\n", crate::case::genome()));
    harmless(&case.run(&[]));
    harmless(&case.run(&["-r", "absent"]));
    harmless(&Case::new().run(&["-r", RAW]));
}

#[test]
fn names_of_files_and_what_is_typed() {
    let case = Case::new();
    let output = format!("out/{RAW}.vcf");
    harmless(&case.run(&["-o", &output]));
    assert!(case.world.path(&output).is_file(), "the file has the name that was typed");
    harmless(&case.world.run("score-variants model --fasta genome.fa -o out/x.vcf --vcf", &[RAW]));
    harmless(&case.run(&["--scores", RAW]));
    harmless(&case.world.run("model info", &[RAW]));
    harmless(&case.world.run("model ls", &[RAW]));
    harmless(&case.world.run("--plugin-dir", &[RAW, "plugin", "list"]));
    case.world.write(&format!("{RAW}/model.yaml"), "type: [");
    harmless(&case.world.run("model lint", &[RAW]));
}
