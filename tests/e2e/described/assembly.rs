//! The assembly that a model is for.

use crate::case::Case;

#[test]
fn a_genome_of_another_assembly_is_a_warning() {
    let case = Case::new();
    case.spoil("model/model.yaml", "doc: closed-form answers", "doc: closed-form answers, assembly: hg38");
    case.world.write("in.bed", "chr1\t100\t110\n");
    let warning = "warning: model.yaml says that the model is for hg38 (`info.assembly`), in which chr1 has 248956422 bases, but \
                   in the genome it has 400\n";
    for command in [
        "score-variants model --vcf variants.vcf --fasta genome.fa -o out/a.vcf",
        "saturate model --fasta genome.fa --regions chr1:60-62 -o out/b.tsv",
        "mutation-map model --fasta genome.fa --regions-file in.bed -o out/c.h5",
        "predict model --fasta genome.fa --intervals in.bed -o out/d.tsv",
    ] {
        let outcome = case.world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
        assert_eq!(outcome.stderr.matches(warning).count(), 1, "{command}: {outcome:?}");
    }
    for silent in ["hg38", "unheard-of"] {
        let case = Case::new();
        // The first has no chr1 in its genome.
        case.world.write("genome.fa", case.world.read("genome.fa").replace("chr1", "contig1"));
        case.world.write("variants.vcf", case.world.read("variants.vcf").replace("chr1", "contig1"));
        let info = format!("doc: closed-form answers, assembly: {silent}");
        case.spoil("model/model.yaml", "doc: closed-form answers", &info);
        let outcome = case.run(&[]);
        assert!(outcome.code == 0 && !outcome.stderr.contains("assembly"), "{outcome:?}");
    }
}
