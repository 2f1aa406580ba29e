//! Messages on standard error: how many, as text or as JSON, in colors or not.

use kipos_tests::Outcome;
use serde_json::Value as Json;

use super::{mismatched, run};
use crate::case::{Case, vcf};

const SCORE: &str = "score-variants model --vcf variants.vcf --fasta genome.fa -o out/scored.vcf";

/// The messages of a run, each of which must be a JSON object on a line of its own.
fn messages(outcome: &Outcome) -> Vec<Json> {
    outcome
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// Level and code of each message.
fn kinds(messages: &[Json]) -> Vec<(&str, &str)> {
    messages.iter().map(|message| (message["level"].as_str().unwrap(), message["code"].as_str().unwrap())).collect()
}

/// A case of which nothing is scored.
fn with_warning() -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &mismatched(50)));
    case
}

#[test]
fn quiet_runs_say_nothing_but_warnings() {
    let case = Case::new();
    for flag in ["-q", "--quiet"] {
        let outcome = run(&case, &format!("{SCORE} {flag}"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    }
    // Old spellings are explained, but not in a quiet run.
    let outcome = run(&case, &format!("-q {SCORE} --regions centered"));
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    let outcome = run(&with_warning(), &format!("{SCORE} -q"));
    assert!(outcome.stderr.starts_with("warning: ") && outcome.stderr.lines().count() == 1, "{outcome:?}");
}

#[test]
fn verbose_runs_tell_plugins_stages_and_seconds() {
    let outcome = run(&Case::new(), &format!("{SCORE} -v"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let stages: Vec<_> = outcome.stderr.lines().filter_map(|line| line.strip_prefix("stage: ")).collect();
    assert_eq!(stages, ["open", "load", "run", "commit"]);
    assert!(outcome.stderr.lines().any(|line| line.starts_with("plugin scorers ")), "{outcome:?}");
    assert!(outcome.stderr.lines().any(|line| line.starts_with("seconds: open ")), "{outcome:?}");
    let both = run(&Case::new(), &format!("{SCORE} -v -q"));
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn json_messages_have_a_level_and_a_code() {
    let case = with_warning();
    let outcome = run(&case, &format!("{SCORE} --regions centered --log-format json"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let found = messages(&outcome);
    assert_eq!(kinds(&found), [("note", "old_spelling"), ("warning", "nothing_scored"), ("info", "summary")]);
    for message in &found {
        let time = message["time"].as_str().unwrap();
        assert!(time.len() == 20 && time.ends_with('Z'), "{message}");
    }
    assert!(found[2]["message"].as_str().unwrap().starts_with("scored 0 of 1 allele in 1 record"), "{outcome:?}");
}

#[test]
fn errors_are_json_too_also_those_of_the_command_line() {
    let case = Case::new();
    let absent = run(&case, &format!("{} --log-format json", SCORE.replace("variants.vcf", "absent.vcf")));
    assert_eq!((absent.code, kinds(&messages(&absent))), (1, vec![("error", "io")]), "{absent:?}");
    let unknown = run(&case, "--log-format json score-variants --no-such-flag");
    let found = messages(&unknown);
    assert_eq!((unknown.code, kinds(&found)), (2, vec![("error", "usage")]), "{unknown:?}");
    assert!(
        found[0]["message"].as_str().unwrap().starts_with("unexpected argument '--no-such-flag' found"),
        "{unknown:?}"
    );
}

#[test]
fn colors_are_for_terminals_and_on_request() {
    let case = with_warning();
    let colored = "\u{1b}[1m\u{1b}[33mwarning:\u{1b}[0m the only";
    for (flag, expected) in [("auto", false), ("never", false), ("always", true)] {
        let outcome = run(&case, &format!("{SCORE} --color {flag}"));
        assert_eq!(outcome.stderr.starts_with(colored), expected, "{outcome:?}");
        assert_eq!(outcome.stderr.contains('\u{1b}'), expected, "{outcome:?}");
        let wrong = run(&case, &format!("--color {flag} score-variants --no-such-flag"));
        assert_eq!(wrong.stderr.contains('\u{1b}'), expected, "{wrong:?}");
    }
}
