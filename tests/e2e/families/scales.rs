//! In which numbers members are combined.

use super::family;
use crate::annotated::assert_close;
use crate::case::Case;

/// The predictions of a case for its intervals.
fn predicted(case: &Case) -> Vec<f64> {
    let outcome = case.world.run("predict model --fasta genome.fa --intervals in.bed -o out/p.tsv", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let text = case.world.read("out/p.tsv");
    text.lines().skip(1).map(|row| row.rsplit('\t').next().unwrap().parse().unwrap()).collect()
}

/// What the model without a file predicts, times these factors: for each sample, what the members say.
fn of_members(factors: &[f64]) -> Vec<Vec<f64>> {
    let formula = predicted(&family(&[1.0], "", ""));
    assert_eq!(formula.len(), 2);
    formula.into_iter().map(|value| factors.iter().map(|factor| factor * value).collect()).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

#[test]
fn a_scale_says_what_is_averaged() {
    let factors = [1.0, 2.0, 6.0];
    type Way = fn(f64) -> f64;
    let scales: [(&str, Way, Way); 4] = [
        ("log", f64::exp, f64::ln),
        ("log1p", f64::exp_m1, f64::ln_1p),
        ("log2", f64::exp2, f64::log2),
        ("logit", |x| 1.0 / (1.0 + (-x).exp()), |p| (p / (1.0 - p)).ln()),
    ];
    let members = of_members(&factors);
    for (scale, natural, back) in scales {
        let found = predicted(&family(&factors, "", &format!("{{outputs: {{out: {{scale: {scale}}}}}}}")));
        for (found, values) in found.iter().zip(&members) {
            assert_close(*found, back(mean(values.iter().map(|value| natural(*value)))), scale);
        }
    }
}

#[test]
fn numbers_that_are_natural_or_stay_raw_are_averaged_as_they_are() {
    let factors = [1.0, 2.0, 6.0];
    let members = of_members(&factors);
    for kipos in [
        "",
        "{outputs: {out: {scale: counts}}}",
        "{outputs: {out: {scale: probability}}}",
        "{outputs: {out: {scale: profile_logits}}}",
        "{outputs: {out: {scale: log2}}, merge: {space: raw}}",
    ] {
        let found = predicted(&family(&factors, "", kipos));
        for (found, values) in found.iter().zip(&members) {
            assert_close(*found, mean(values.iter().copied()), kipos);
        }
    }
}
