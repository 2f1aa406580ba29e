//! Where two runs meet, one sentence says what differs.

use super::all_told;
use crate::case::{Case, bases, genome};

/// Scores `input` into `output` and gives the warnings.
fn warnings(case: &Case, model: &str, input: &str, output: &str) -> Vec<String> {
    let outcome = case.world.run(&format!("score-variants {model} --vcf {input} --fasta genome.fa -o {output}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let warnings = outcome.stderr.lines().filter_map(|line| line.strip_prefix("warning: "));
    warnings.map(str::to_owned).collect()
}

/// A comment is another file, and the same model.
fn touch(case: &Case, name: &str) {
    let text = case.world.read(name);
    case.world.write(name, format!("{text}# another version\n"));
}

#[test]
fn the_line_of_an_earlier_run_of_the_model_is_replaced_and_compared() {
    let case = Case::new();
    for (first, second) in [("out/1.vcf", "out/2.vcf"), ("out/1.bcf", "out/2.bcf"), ("out/1.vcf.gz", "out/2.bcf")] {
        assert_eq!(warnings(&case, "model", "variants.vcf", first), [""; 0]);
        // The same run again differs in nothing.
        let again = warnings(&case, "model", first, second);
        assert!(matches!(&again[..], [one] if one.contains("its values are replaced")), "{again:?}");
        assert_eq!(all_told(&case.world, second), all_told(&case.world, first));
        touch(&case, "model/model.yaml");
        let differing = warnings(&case, "model", first, second);
        assert_eq!(
            differing[1..],
            ["the earlier run of model model in the input differs from this one in the file model.yaml of the model"]
        );
        assert_eq!(all_told(&case.world, second).len(), 1);
        assert_ne!(all_told(&case.world, second), all_told(&case.world, first));
    }
}

#[test]
fn runs_of_several_models_stand_side_by_side_and_share_a_genome() {
    let case = Case::new();
    for name in ["model.yaml", "dataloader.yaml"] {
        case.world.write(&format!("other/{name}"), case.world.read(&format!("model/{name}")));
    }
    warnings(&case, "model", "variants.vcf", "out/1.vcf");
    assert_eq!(warnings(&case, "other", "out/1.vcf", "out/2.vcf"), [""; 0]);
    let names = |file: &str| {
        let told = all_told(&case.world, file);
        told.iter().map(|run| run["model"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("out/2.vcf"), ["model", "other"]);
    let text = case.world.run("provenance out/2.vcf", &[]).stdout;
    assert_eq!(text.matches("  name: ").count(), 4, "two models and two plugins: {text}");
    // One base far from all variants.
    let mut other = genome().into_bytes();
    other[399] = if other[399] == b'A' { b'C' } else { b'A' };
    case.world.write("genome.fa", [b">chr1\n", &other[..], b"\n"].concat());
    let told = warnings(&case, "model", "out/2.vcf", "out/3.vcf");
    assert_eq!(
        told[1..],
        [
            "the earlier run of model model in the input differs from this one in the genome",
            "the scores of model other in the input are from another genome",
        ]
    );
    assert_eq!(names("out/3.vcf"), ["other", "model"]);
}

#[test]
fn a_plot_with_variants_that_another_version_scored_says_so() {
    let case = Case::new();
    let (reference, alternate) = bases(50);
    let variant = format!("chr1:50:{reference}:{alternate}");
    let map = case.world.run("mutation-map model --fasta genome.fa -o out/m.h5 --variant", &[&variant]);
    assert_eq!(map.code, 0, "{map:?}");
    let plot = || {
        let outcome = case.world.run("plot mutation-map out/m.h5 --annotation-vcf out/1.vcf -o out/m.svg", &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome.stderr
    };
    warnings(&case, "model", "variants.vcf", "out/1.vcf");
    assert_eq!(plot(), "wrote out/m.svg\n");
    touch(&case, "model/dataloader.yaml");
    warnings(&case, "model", "variants.vcf", "out/1.vcf");
    assert_eq!(
        plot(),
        "warning: the run that scored out/1.vcf differs from that of out/m.h5 in the file dataloader.yaml of the model\n\
         wrote out/m.svg\n"
    );
}
