//! What the contract has and this version does not: refused by name before anything runs.

use insta::assert_snapshot;

use crate::case::Case;

fn misused(what: &str) -> String {
    let case = Case::new();
    case.world.install("future_scorers");
    case.misused(&["--scores", "ahead", "--score-kwargs", &format!("ahead={{what: {what}}}")])
}

#[test]
fn what_scores_cannot_be_given_yet() {
    assert_snapshot!(misused("masks"), @"score `ahead` needs masks, which this version of kipos does not give");
    assert_snapshot!(misused("layers"), @"score `ahead` needs values of layers, which this version of kipos does not give");
    assert_snapshot!(misused("raw"), @"score `ahead` needs outputs for the reverse complement that are not turned, which this version of kipos does not give");
}

#[test]
fn what_scores_cannot_give_yet() {
    assert_snapshot!(misused("rows"), @"score `ahead` gives 2 rows for an allele, which this version of kipos does not write");
    assert_snapshot!(misused("genes"), @"score `ahead` gives a row for every gene, which this version of kipos does not write");
    assert_snapshot!(misused("text"), @"score `ahead` gives the text column `second`, which this version of kipos does not write");
    assert_snapshot!(misused("integer"), @"score `ahead` gives the integer column `second`, which this version of kipos does not write");
}
