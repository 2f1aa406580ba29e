//! The digest of the genome is computed once.

use super::told;
use crate::case::Case;

#[test]
fn the_digest_is_kept_beside_the_genome() {
    let case = Case::new();
    case.scored(&[]);
    let digest = |file: &str| told(&case.world, file)["genome"]["sha256"].as_str().unwrap().to_owned();
    let first = digest("out/scored.vcf");
    let kept = case.world.read("genome.fa.kipos-digest");
    assert!(kept.ends_with(&format!("\nsha256 {first}\n")), "{kept}");
    // The next run believes it, as nothing of the genome has changed.
    case.world.write("genome.fa.kipos-digest", kept.replace(&first, &"0".repeat(64)));
    case.scored(&[]);
    assert_eq!(digest("out/scored.vcf"), "0".repeat(64));
    // Neither a file that is written anew nor half a record is believed.
    case.world.write("genome.fa.kipos-digest", &kept[..kept.len() / 2]);
    case.scored(&[]);
    assert_eq!(digest("out/scored.vcf"), first);
}

#[test]
fn neither_case_nor_lines_nor_compression_make_another_genome() {
    let case = Case::new();
    case.scored(&[]);
    let digest = || told(&case.world, "out/scored.vcf")["genome"].clone();
    let first = digest();
    let text = case.world.read("genome.fa");
    let (name, bases) = text.split_once('\n').unwrap();
    let lines: Vec<&str> =
        bases.trim_end().as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for other in
        [format!("{name} assembly\n{}\n", lines.join("\r\n").to_lowercase()), format!("{name}\n{}\n", lines.join("\n"))]
    {
        std::fs::remove_file(case.world.path("genome.fa.fai")).unwrap();
        case.world.write("genome.fa", other);
        case.scored(&[]);
        assert_eq!(digest(), first);
    }
}
