//! What is reported of the members of a family, and merging their scores instead of their predictions.

use super::{family, single, three};
use crate::annotated::{assert_close, records};
use crate::case::Case;

const FACTORS: [f64; 3] = [1.0, 2.0, 6.0];

/// The values of an INFO key, record by record.
fn values(case: &Case, more: &[&str], key: &str) -> Vec<f64> {
    let scored = case.scored(more);
    records(&scored).iter().map(|record| record.values(key)[0]).collect()
}

#[test]
fn members_are_reported_with_their_spread() {
    // Each member gives a multiple of what the model without a file gives.
    let formula = values(&single(1.0, ""), &[], "KV_model_DIFF");
    assert!(formula.len() == 3 && formula.iter().all(|value| *value != 0.0), "{formula:?}");
    for args in ["", ", edits: true"] {
        let case = three(args, "");
        let more = ["--spread", "sd", "--members"];
        let of = |key: &str| values(&case, &more, key);
        assert_eq!(of("KV_model_DIFF"), values(&case, &[], "KV_model_DIFF"));
        for (number, factor) in FACTORS.iter().enumerate() {
            for (found, value) in of(&format!("KV_model_DIFF_M{}", number + 1)).iter().zip(&formula) {
                assert_close(*found, factor * value, "member");
            }
        }
        // Of 1, 2 and 6 the mean is 3, and the squares about it add up to 14.
        for (found, value) in of("KV_model_DIFF_SD").iter().zip(&formula) {
            assert_close(*found, (14.0f64 / 2.0).sqrt() * value.abs(), "spread");
        }
    }
}

#[test]
fn only_what_is_asked_for_is_reported() {
    let case = three("", "");
    let has = |more: &[&str], key: &str| case.scored(more).contains(key);
    assert!(!has(&[], "DIFF_SD") && !has(&[], "DIFF_M1"));
    assert!(has(&["--spread", "sd"], "ID=KV_model_DIFF_SD,") && !has(&["--spread", "sd"], "DIFF_M1"));
    assert!(has(&["--members"], "ID=KV_model_DIFF_M3,") && !has(&["--members"], "DIFF_SD"));
    assert!(has(&["--members", "--spread", "sd"], r#""reported":"sd, each""#));
}

#[test]
fn tables_and_maps_have_columns_for_them() {
    let case = three("", "");
    let outcome = case.run(&["--members", "-o", "out/scored.tsv"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let header = case.world.read("out/scored.tsv").lines().next().unwrap().to_owned();
    assert!(header.ends_with("\tdiff/0\tdiff_m1/0\tdiff_m2/0\tdiff_m3/0"), "{header}");
    let map = "mutation-map model --fasta genome.fa --regions chr1:21-30 -s diff --spread sd -o out/map.tsv";
    let outcome = case.world.run(map, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(case.world.read("out/map.tsv").contains("\tdiff_sd\t"), "{}", case.world.read("out/map.tsv"));
}

#[test]
fn scores_are_merged_where_the_model_says_so() {
    // A logit is not linear: the mean of the members' differs from that of their mean.
    let with_logit = |factors: &[f64], kipos: &str| {
        let case = family(factors, ", sigmoid: true", kipos);
        case.spoil("model/model.yaml", "{type: diff}", "{type: diff}, {type: logit}");
        case
    };
    let logits = FACTORS.map(|factor| values(&with_logit(&[factor], ""), &["-s", "logit"], "KV_model_LOGIT"));
    let merged = values(&with_logit(&FACTORS, "{merge: {members: score}}"), &["-s", "logit"], "KV_model_LOGIT");
    let median = "{merge: {members: score, combine: median}}";
    let medians = values(&with_logit(&FACTORS, median), &["-s", "logit"], "KV_model_LOGIT");
    let predictions = values(&with_logit(&FACTORS, ""), &["-s", "logit"], "KV_model_LOGIT");
    for at in 0..3 {
        let mut of_members = logits.each_ref().map(|values| values[at]);
        assert_close(merged[at], of_members.iter().sum::<f64>() / 3.0, "mean of scores");
        of_members.sort_by(f64::total_cmp);
        assert_close(medians[at], of_members[1], "median of scores");
        assert!((merged[at] - predictions[at]).abs() > 1e-4, "{} {}", merged[at], predictions[at]);
    }
    let scored = with_logit(&FACTORS, "{merge: {members: score}}").scored(&[]);
    assert!(scored.contains(r#""members":{"count":"3","combined":"mean of their scores"}"#), "{scored}");
}

#[test]
fn a_single_model_has_no_members() {
    let case = Case::new();
    insta::assert_snapshot!(case.misused(&["--spread", "sd"]), @"--spread is for families, and the model is a single file; leave it out");
    insta::assert_snapshot!(case.misused(&["--members"]), @"--members is for families, and the model is a single file; leave it out");
}
