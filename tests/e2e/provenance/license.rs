//! The licence of a model in the header of its scores.

use kipos_tests::Outcome;

use crate::case::Case;

fn licensed(license: &str) -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "info: {doc", &format!("info: {{license: {license}, doc"));
    case
}

/// The lines of the header about licences.
fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("##kipos_model_license=")).collect()
}

fn score(case: &Case, more: &str) -> String {
    let args = "score-variants --fasta genome.fa -o out/scored.vcf";
    let outcome: Outcome = case.world.run(&format!("{args} {more}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    case.world.read("out/scored.vcf")
}

#[test]
fn every_model_of_a_vcf_has_its_licence() {
    let case = licensed("'GPLv3; weights CC BY-NC 4.0'");
    let text = score(&case, "model --vcf variants.vcf");
    assert_eq!(lines(&text), ["##kipos_model_license=model: GPLv3; weights CC BY-NC 4.0"]);
    // Another model in the same file, then the first one again under another licence.
    case.world.write("first.vcf", text);
    let text = score(&case, "model --model-name other --vcf first.vcf");
    let both = [
        "##kipos_model_license=model: GPLv3; weights CC BY-NC 4.0",
        "##kipos_model_license=other: GPLv3; weights CC BY-NC 4.0",
    ];
    assert_eq!(lines(&text), both);
    case.world.write("second.vcf", text);
    case.spoil("model/model.yaml", "'GPLv3; weights CC BY-NC 4.0'", "MIT");
    let text = score(&case, "model --vcf second.vcf");
    assert_eq!(lines(&text), [both[1], "##kipos_model_license=model: MIT"]);
    let saturated = case.world.run("saturate model --regions chr1:100-101 --fasta genome.fa -o out/s.vcf", &[]);
    assert_eq!(saturated.code, 0, "{saturated:?}");
    assert_eq!(lines(&case.world.read("out/s.vcf")), ["##kipos_model_license=model: MIT"]);
}

#[test]
fn nothing_is_said_of_a_licence_that_is_not_known() {
    for case in [Case::new(), licensed("'?'")] {
        assert_eq!(lines(&score(&case, "model --vcf variants.vcf")), [""; 0]);
    }
}

#[test]
fn all_licences_of_combined_models_are_named() {
    let case = licensed("MIT");
    for (name, license) in [("b", "MIT"), ("c", "GPLv3")] {
        let model = case.world.read("model/model.yaml").replace("license: MIT", &format!("license: {license}"));
        case.world.write(&format!("{name}/model.yaml"), model);
        case.world.write(&format!("{name}/dataloader.yaml"), case.world.read("model/dataloader.yaml"));
    }
    let text = score(&case, "model b c --combine mean --model-name all --vcf variants.vcf");
    assert_eq!(lines(&text), ["##kipos_model_license=all: MIT; GPLv3"]);
}
