//! INFO as Kipoi writes it, of several alleles and tasks.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

#[test]
fn eight_decimals_for_every_allele_and_task() {
    let contig = bases(100, 15);
    let others = others(contig[39]);
    let reference = &contig[39..40];
    let world = World::new();
    StubModel { tasks: &["a", "b"], ..StubModel::default() }.write(&world, "models/my-stub");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let variants = [
        record("chr1", 40, reference, &[&others[..1], b"<DEL>", &others[1..2]]),
        // Nothing to score: dropped.
        record("chr1", 41, &contig[40..41], &[b"*"]),
    ];
    world.write("in.vcf", vcf("", &variants.concat()));
    let command = "postproc score_variants models/my-stub/ --source dir --vcf_path in.vcf --out_vcf_fpath out.vcf \
                   --dataloader_args fasta_file=genome.fa --scoring diff ref -k {} {}";
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let output = world.read("out.vcf");
    for label in ["DIFF", "REF"] {
        let line = format!(
            "##INFO=<ID=KV:dir:models/my_stub:{label},Number=.,Type=String,\
             Description=\"{label} SNV effect prediction. Prediction from model outputs: a|b\">\n"
        );
        assert!(output.contains(&line), "{output}");
    }
    let records = records(&output);
    assert_eq!(records.len(), 1);
    let text = |bases: &[u8]| String::from_utf8(bases.to_vec()).unwrap();
    let (first, last) = (text(&others[..1]), text(&others[1..2]));
    let id = format!("chr1:40:{}:['{first}', '<DEL>', '{last}']", text(reference));
    assert_eq!(records[0].info("KV:dir:models/my_stub:rID"), Some(id.as_str()));
    for label in ["diff", "ref"] {
        let key = format!("KV:dir:models/my_stub:{}", label.to_uppercase());
        let elements = records[0].elements(&key);
        assert_eq!(elements[1], ".");
        for (element, alternate) in [(&elements[0], &others[0]), (&elements[2], &others[1])] {
            let found: Vec<_> = element.split('|').collect();
            assert_eq!(found.len(), 2);
            for (task, found) in found.into_iter().enumerate() {
                assert_eq!(found.split_once('.').map(|(_, decimals)| decimals.len()), Some(8), "{found}");
                let expected = Oracle::new(&contig).score(label, task, 40, reference, &[*alternate]);
                assert_close(found.parse().unwrap(), expected, &key);
            }
        }
    }
}
