use super::*;
use crate::genes::{Genes, Transcripts};
use crate::genome::packed;
use std::fmt::Write as _;

const GTF: &str = "\
#!genome-build toy
chr1\tx\tgene\t101\t400\t.\t+\t.\tgene_id \"ENSG01.2\"; gene_name \"AB; C\"; gene_type \"protein_coding\";
chr1\tx\texon\t101\t150\t.\t+\t.\tgene_id \"ENSG01.2\"; transcript_id \"T1\"; gene_name \"AB; C\"; gene_type \"protein_coding\"; tag \"basic\"; tag \"Ensembl_canonical\";
chr1\tx\tCDS\t101\t140\t.\t+\t0\tgene_id \"ENSG01.2\"; transcript_id \"T1\";
chr1\tx\texon\t301\t350\t.\t+\t.\tgene_id \"ENSG01.2\"; transcript_id \"T1\"; gene_name \"AB; C\"; gene_type \"protein_coding\"; tag \"Ensembl_canonical\";
chr1\tx\texon\t201\t400\t.\t+\t.\tgene_id \"ENSG01.2\"; transcript_id \"T2\"; gene_name \"AB; C\"; gene_type \"protein_coding\"; tag \"basic\"; tag \"MANE_Select\";
2\tx\texon\t61\t80\t.\t-\t.\tgene_id \"G2\"; transcript_id \"T4\"; gene_type \"lncRNA\";
2\tx\texon\t11\t20\t.\t-\t.\tgene_id \"G2\"; transcript_id \"T3\"; gene_type \"lncRNA\";
2\tx\texon\t15\t30\t.\t-\t.\tgene_id \"G2\"; transcript_id \"T4\"; gene_type \"lncRNA\";
chrUn\tx\texon\t1\t9\t.\t-\t.\tgene_id \"G9\"; transcript_id \"T9\"; gene_type \"lncRNA\";
";

const GFF3: &str = "\
##gff-version 3
chr1\tx\texon\t101\t150\t.\t+\t.\tID=e1;Parent=transcript:T1
chr1\tx\tgene\t101\t400\t.\t+\t.\tID=gene:ENSG01;Name=AB%3B C;biotype=protein_coding;gene_id=ENSG01;version=2
chr1\tx\tmRNA\t101\t350\t.\t+\t.\tID=transcript:T1;Parent=gene:ENSG01;tag=basic,Ensembl_canonical;transcript_id=T1
chr1\tx\tmRNA\t201\t400\t.\t+\t.\tID=transcript:T2;Parent=gene:ENSG01;tag=basic,MANE_Select;transcript_id=T2
chr1\tx\texon\t301\t350\t.\t+\t.\tID=e1;Parent=transcript:T1
chr1\tx\texon\t201\t400\t.\t+\t.\tParent=transcript:T2
2\tx\tgene\t11\t80\t.\t-\t.\tID=gene-G2;gene_biotype=lncRNA
2\tx\tlnc_RNA\t11\t80\t.\t-\t.\tID=rna-T3;Parent=gene-G2
2\tx\tlnc_RNA\t11\t80\t.\t-\t.\tID=rna-T4;Parent=gene-G2
2\tx\texon\t61\t80\t.\t-\t.\tParent=rna-T4
2\tx\texon\t11\t20\t.\t-\t.\tParent=rna-T3
2\tx\texon\t15\t30\t.\t-\t.\tParent=rna-T4
##FASTA
>chr1
";

const TABLE: &str = "\
#NAME\tCHROM\tSTRAND\tTX_START\tTX_END\tEXON_START\tEXON_END
AB\t1\t+\t100\t400\t100,300,\t150,400,
G2\tchr2\t-\t10\t80\t60,10\t80,30
";

fn contigs() -> Vec<Contig> {
    ["chr1", "chr2"].map(|name| Contig { name: name.to_owned(), length: 1000 }).to_vec()
}

fn genes_of(bytes: &[u8], choice: &GeneChoice) -> Result<Genes, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("genes");
    std::fs::write(&path, bytes).unwrap();
    let contigs = contigs();
    let root = directory.path().join("").display().to_string();
    Genes::read(&path, choice, &contigs, &ContigMap::new(&contigs))
        .map_err(|error| crate::error_chain::error_chain(&error).replace(&root, ""))
}

/// A gene a line: contig, extent, strand, identifier, name, type, transcript, exons.
fn shown(genes: &Genes) -> String {
    let mut text = String::new();
    for gene in genes.all() {
        let extent = gene.extent();
        let exons: Vec<_> = gene.exons().iter().map(|exon| format!("{}-{}", exon.start, exon.end)).collect();
        let (contig, start, end, strand) = (extent.contig(), extent.start(), extent.end(), gene.strand());
        let (kind, transcript) = (gene.gene_type().unwrap_or("?"), gene.transcript().unwrap_or("?"));
        let (id, name, exons) = (gene.id(), gene.name(), exons.join(" "));
        writeln!(text, "{contig}:{start}-{end} {strand} {id} {name} {kind} {transcript} {exons}").unwrap();
    }
    text
}

fn read(text: &str) -> Result<String, String> {
    genes_of(text.as_bytes(), &GeneChoice::default()).map(|genes| shown(&genes))
}

#[test]
fn gtf_and_gff3_give_the_same_genes() {
    let genes = genes_of(GTF.as_bytes(), &GeneChoice::default()).unwrap();
    insta::assert_snapshot!(shown(&genes), @r"
    0:200-400 + ENSG01.2 AB; C protein_coding T2 200-400
    1:10-80 - G2 G2 lncRNA ? 10-30 60-80
    ");
    assert_eq!(genes.elsewhere(), 1);
    // Ensembl's GFF3 names the version of genes apart, under a name of its own.
    let gff3 = read(GFF3).unwrap();
    assert_eq!(gff3, shown(&genes));
}

#[test]
fn a_table_has_starts_from_zero() {
    insta::assert_snapshot!(read(TABLE).unwrap(), @r"
    0:100-400 + AB AB ? ? 100-150 300-400
    1:10-80 - G2 G2 ? ? 10-30 60-80
    ");
}

#[test]
fn bgzipped_files_are_read_too() {
    let genes = genes_of(&packed(GTF.as_bytes()), &GeneChoice::default()).unwrap();
    assert_eq!(shown(&genes), read(GTF).unwrap());
}

#[test]
fn all_transcripts_stand_for_themselves() {
    let choice = GeneChoice { transcripts: Transcripts::All, types: Vec::new() };
    insta::assert_snapshot!(shown(&genes_of(GFF3.as_bytes(), &choice).unwrap()), @r"
    0:100-350 + ENSG01.2 AB; C protein_coding T1 100-150 300-350
    0:200-400 + ENSG01.2 AB; C protein_coding T2 200-400
    1:10-20 - G2 G2 lncRNA T3 10-20
    1:14-80 - G2 G2 lncRNA T4 14-30 60-80
    ");
}

#[test]
fn types_choose_genes() {
    let of_type = |name: &str, text: &str| {
        let choice = GeneChoice { types: vec![name.to_owned()], ..GeneChoice::default() };
        genes_of(text.as_bytes(), &choice)
            .map(|genes| genes.all().iter().map(|gene| gene.id.clone()).collect::<Vec<_>>())
    };
    assert_eq!(of_type("lncRNA", GTF).unwrap(), ["G2"]);
    insta::assert_snapshot!(of_type("coding", GTF).unwrap_err(), @"no gene of type `coding` in genes; it has lncRNA, protein_coding");
    insta::assert_snapshot!(of_type("coding", TABLE).unwrap_err(), @"no gene of type `coding` in genes, which does not say what types its genes are");
}

#[test]
fn twins_on_x_and_y_are_two_genes() {
    let line =
        |contig: &str, id: &str| format!("{contig}\tx\texon\t1\t9\t.\t+\t.\tgene_id \"{id}\"; transcript_id \"T\"\n");
    let same_id = line("chr1", "ENSG01.1") + &line("chr2", "ENSG01.1");
    assert_eq!(read(&same_id).unwrap().lines().count(), 2);
    let suffix = line("chr1", "ENSG01.1") + &line("chr2", "ENSG01.1_PAR_Y");
    let genes = genes_of(suffix.as_bytes(), &GeneChoice::default()).unwrap();
    let called = |id: &str| genes.all().iter().filter(|gene| gene.is_called(id)).count();
    let ids = ["ENSG01", "ENSG01.1", "ENSG01_PAR_Y", "ENSG01.1_PAR_Y", "ENSG01.2"];
    assert_eq!(ids.map(called), [1, 1, 1, 1, 0]);
}

#[test]
fn an_exon_right_below_a_gene_belongs_to_it() {
    let text = "1\tx\tgene\t5\t9\t.\t+\t.\tID=gene-A;Name=A\n1\tx\texon\t5\t9\t.\t+\t.\tParent=gene-A\n";
    insta::assert_snapshot!(read(text).unwrap(), @"0:4-9 + A A ? ? 4-9");
}

#[test]
fn faults_name_line_and_what_is_wrong() {
    let exon = |columns: &str| read(&format!("#c\n{columns}\n")).unwrap_err();
    let faults = [
        exon("1\tx\texon"),
        exon("1\tx\texon\t0\t9\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\""),
        exon("1\tx\texon\t9\t1.5\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\""),
        exon("1\tx\texon\t9\t8\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\""),
        exon("1\tx\texon\t1\t9\t.\t.\t.\tgene_id \"a\"; transcript_id \"b\""),
        exon("1\tx\texon\t1\t9\t.\t+\t.\tgene_name \"a\"; transcript_id \"b\""),
        exon("1\tx\texon\t1\t9\t.\t+\t.\tgene_id \"a\""),
        exon("1\tx\texon\t1\t1001\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\""),
        exon("1\tx\texon\t1\t9\t.\t+\t.\tID=e"),
        exon("1\tx\texon\t1\t9\t.\t+\t.\tParent=t"),
        exon("1\tx\tmRNA\t1\t9\t.\t+\t.\tID=t;Parent=t\n1\tx\texon\t1\t9\t.\t+\t.\tParent=t"),
        exon(
            "1\tx\tgene\t1\t9\t.\t+\t.\tID=t\n1\tx\texon\t1\t9\t.\t+\t.\tParent=t\n1\tx\texon\t11\t19\t.\t-\t.\tParent=t",
        ),
        exon("1\tx\tgene\t1\t9\t.\t+\t.\tID=t\n1\tx\texon\t1"),
        exon("A\t1\t*\t0\t9\t0,\t9,"),
        exon("A\t1\t+\t9\t9\t0,\t9,"),
        exon("A\t1\t+\t0\t9\t0,5,\t9,"),
        exon("A\t1\t+\t0\t9\t0,x,\t3,9,"),
        exon("A\t1\t+\t2\t9\t0,\t9,"),
        exon("A\t1\t+\t2\t9\t\t"),
        exon("A\tchr7\t+\t2\t9\t2\t9"),
        exon("1\tx\tgene\t1\t9\t.\t+\t.\tgene_id \"a\""),
        read("").unwrap_err(),
        genes_of(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", &GeneChoice::default()).unwrap_err(),
    ];
    insta::assert_snapshot!(faults.join("\n"), @r"
    genes:2: found 3 columns; genes are read from GTF or GFF3 (9 columns) or a table (7 columns, separated by tabs)
    genes:2: invalid coordinate `0` of start: expected a whole number from 1
    genes:2: invalid coordinate `1.5` of end: expected a whole number from 1
    genes:2: end 8 is not behind start 9
    genes:2: invalid strand `.`: a gene is on `+` or `-`
    genes:2: the exon has no attribute `gene_id`
    genes:2: the exon has no attribute `transcript_id`
    genes:2: 1001 is behind the end of `1`, which has 1000 bases; are the genes of another genome?
    genes:2: the exon has no attribute `Parent`
    genes:2: the parent `t` is not in the file; keep the lines of transcripts and genes beside those of exons
    genes:3: the parents of `t` lead back to it
    genes:4: exons of transcript `t` are on both strands
    genes:3: found 4 columns, expected 9, separated by tabs
    genes:2: invalid strand `*`: a gene is on `+` or `-`
    genes:2: end 9 is not behind start 9
    genes:2: EXON_START has 2 numbers, EXON_END has 1
    genes:2: invalid coordinate `x` of EXON_START: expected a whole number from 0
    genes:2: the exon 0-9 is not inside the transcript 2-9
    genes:2: invalid coordinate `` of EXON_START: expected a whole number from 0
    no gene of genes is on a contig of the genome (the file has chr7; the genome has chr1, chr2)
    genes has no exons; give a GTF or GFF3 file with `exon` lines, or a table of genes
    genes has no exons; give a GTF or GFF3 file with `exon` lines, or a table of genes
    cannot read the genes of genes: the file is plain gzip, not bgzip; re-compress it with bgzip
    ");
}
