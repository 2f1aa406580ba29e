//! Scores that failed for single alleles.

use super::*;

#[test]
fn a_score_that_failed_is_listed_and_takes_no_other_with_it() {
    let labels = [label("diff", &["p", "q"]), label("a b", &["p"]), label("alt", &["p"])];
    let mut scores =
        vec![matrix(2, &[0.5, 1.0, 2.0, 3.0, 4.0, 5.0]), matrix(1, &[0.1, 0.2, 0.3]), matrix(1, &[7.0, 8.0, 9.0])];
    scores[0].failures.insert(2, "no".into());
    scores[1].failures.insert(2, "no".into());
    scores[1].failures.insert(1, "no".into());
    let text = shown(&three_records(), native(InfoLayout::Packed, &labels), three_outcomes(), scores);
    let records: Vec<&str> = text.lines().filter(|line| line.starts_with("1 ")).take(2).collect();
    assert_snapshot!(records.join("\n"), @r"
    1 1 rs1 A C 29.50 PASS AF=0.0000;DB;KV_tiny_2_DIFF=0.5|1;KV_tiny_2_DIFF_MAXABS=1;KV_tiny_2_DIFF_TOP=q;KV_tiny_2_A_B=0.1;KV_tiny_2_ALT=7 GT:AD 0|1:.
    1 2 . A C,*,G . . KV_tiny_2_DIFF=2|3,.,.;KV_tiny_2_DIFF_MAXABS=3,.,.;KV_tiny_2_DIFF_TOP=q,.,.;KV_tiny_2_A_B=.,.,.;KV_tiny_2_ALT=8,.,9;KV_tiny_2_FAILED=a%20b,.,diff|a%20b;KV_tiny_2_SKIP=.,spanning_deletion,. GT 1/2
    ");
}
