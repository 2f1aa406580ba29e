//! Genomes of RNA, and REFs where the genome has N or another ambiguous letter.

use std::fs;

use kipos_tests::{World, fault, reference};

use crate::summary::Summary;
use crate::table::Table;

fn genome() -> String {
    fs::read_to_string(fault("common").join("g.fa")).unwrap()
}

pub(super) fn world(genome: &str, vcf: &str) -> World {
    let world = World::new();
    for file in ["model.onnx", "model.yaml"] {
        world.write(&format!("tiny/{file}"), fs::read(reference().join("tiny").join(file)).unwrap());
    }
    world.write("g.fa", genome);
    world.write("in.vcf", vcf);
    world
}

/// The bases of chr1, and that contig as a genome.
pub(super) fn chr1() -> Vec<u8> {
    let genome = genome();
    let part = genome.split('>').nth(1).unwrap();
    part.lines().skip(1).collect::<String>().into_bytes()
}

pub(super) fn fasta(contig: &[u8]) -> String {
    format!(">chr1\n{}\n", String::from_utf8(contig.to_vec()).unwrap())
}

pub(super) fn vcf(records: &str) -> String {
    format!("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{records}")
}

/// The scores of all rows.
pub(super) fn scores(world: &World, flags: &str) -> (Vec<Vec<String>>, Summary, String) {
    let command = format!("score-variants tiny --vcf in.vcf --fasta g.fa -s ref alt diff -o out.tsv {flags}");
    let outcome = world.run(&command, &[]);
    let table = Table::parse(&world.read("out.tsv"));
    (table.rows.iter().map(|row| row[9..].to_vec()).collect(), Summary::of(&outcome), outcome.stderr)
}

#[test]
fn u_is_t_in_a_genome_of_rna() {
    let rna = fs::read_to_string(fault("rna-fasta").join("rna.fa")).unwrap();
    let vcf = fs::read_to_string(fault("rna-fasta").join("in.vcf")).unwrap();
    let world = world(&rna, &vcf);
    world.write("in.bed", fs::read(fault("rna-fasta").join("in.bed")).unwrap());
    let outcome = world.run("predict tiny --fasta g.fa --intervals in.bed -o out.tsv", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let text = world.read("out.tsv");
    let first: Vec<f64> = text.lines().nth(1).unwrap().split('\t').map(|value| value.parse().unwrap()).collect();
    // What PyTorch predicts for the same bases with T.
    for (found, right) in first.iter().zip([0.094037056, 0.267346, 0.585956, 0.42664403, 0.39956397]) {
        assert!((found - right).abs() < 1e-6, "{first:?}");
    }
    assert_eq!(first.len(), 5);
    // Indels and the other strand too.
    let bases = chr1();
    let at = |pos: usize, length: usize| String::from_utf8(bases[pos - 1..pos - 1 + length].to_vec()).unwrap();
    let indels = format!(
        "chr1\t900\t.\t{}\t{}GATTACA\t.\t.\t.\nchr1\t1000\t.\t{}\t{}\t.\t.\t.\n",
        at(900, 1),
        at(900, 1),
        at(1000, 6),
        at(1000, 1)
    );
    let rna_world = self::world(&rna, &(vcf.clone() + &indels));
    let dna_world = self::world(&genome(), &(vcf + &indels));
    let (of_rna, summary, _) = scores(&rna_world, "--max-n 0");
    assert_eq!((summary.scored, summary.alleles), (5, 5));
    assert_eq!(of_rna, scores(&dna_world, "").0);
}

#[test]
fn lower_case_u_is_t_too() {
    let rna = fs::read_to_string(fault("rna-fasta").join("rna.fa")).unwrap();
    let vcf = fs::read_to_string(fault("rna-fasta").join("in.vcf")).unwrap();
    let lower: String = rna
        .lines()
        .map(|line| if line.starts_with('>') { format!("{line}\n") } else { line.to_lowercase() + "\n" })
        .collect();
    assert_eq!(scores(&world(&lower, &vcf), "").0, scores(&world(&genome(), &vcf), "").0);
}

/// Substitutions and indels, and the genome with `letter` where they have REF: the answers are those of the genome
/// that has REF there.
#[test]
fn ref_is_written_where_the_genome_is_ambiguous() {
    let bases = chr1();
    let at = |pos: usize, length: usize| String::from_utf8(bases[pos - 1..pos - 1 + length].to_vec()).unwrap();
    let other = |pos: usize| if bases[pos - 1] == b'A' { 'C' } else { 'A' };
    let records = format!(
        "chr1\t500\tsnv\t{}\t{}\t.\t.\t.\n\
         chr1\t800\tmnv\t{}\t{}{}\t.\t.\t.\n\
         chr1\t1100\tins\t{}\t{}GATTACA\t.\t.\t.\n\
         chr1\t1400\tdel\t{}\t{}\t.\t.\t.\n",
        at(500, 1),
        other(500),
        at(800, 2),
        other(800),
        other(801),
        at(1100, 1),
        at(1100, 1),
        at(1400, 5),
        at(1400, 1),
    );
    let plain = world(&fasta(&bases), &vcf(&records));
    let (right, _, said) = scores(&plain, "");
    assert!(!said.contains("ref over ambiguous"), "{said}");
    let mut masked = bases.clone();
    for (pos, length) in [(500, 1), (801, 1), (1100, 1), (1400, 5)] {
        masked[pos - 1..pos - 1 + length].fill(b'N');
    }
    let world = world(&fasta(&masked), &vcf(&records));
    for rule in ["skip", "overwrite", "error"] {
        let (found, summary, said) = scores(&world, &format!("--ref-mismatch {rule}"));
        assert_eq!(summary.scored, 4, "{rule}");
        assert_eq!(found, right, "{rule}");
        let line = "  ref over ambiguous: REF written over N or another ambiguous base in 4 records";
        assert!(said.lines().any(|said| said == line), "{said}");
        assert!(!said.contains("REF written over the genome"), "{said}");
    }
    // Tiles show an indel from its edge.
    for (strand, name) in [("+", "forward"), ("-", "reverse")] {
        for world in [&plain, &world] {
            world.write(
                "tiles.bed",
                format!("chr1\t1000\t1200\t{name}\t0\t{strand}\nchr1\t1400\t1600\t{name}\t0\t{strand}\n"),
            );
        }
        let flags = "--windows overlap --intervals tiles.bed --dataloader-args use_strand=true";
        assert_eq!(scores(&world, flags).0, scores(&plain, flags).0, "{name}");
    }
}

#[test]
fn records_that_call_an_ambiguous_base_differently_each_have_their_own_reference() {
    let bases = chr1();
    let mut masked = bases.clone();
    masked[499] = b'R';
    masked[559] = b'N';
    let same_window = format!("chr1\t560\t.\t{}\tN\t.\t.\t.\n", bases[559] as char);
    let records = "chr1\t500\ta\tA\tC\t.\t.\t.\nchr1\t500\tg\tG\tC\t.\t.\t.\nchr1\t500\ta2\tA\tT\t.\t.\t.\nchr1\t500\tc\tC\tT\t.\t.\t.\n";
    let (found, summary, said) = scores(&world(&fasta(&masked), &vcf(&(records.to_owned() + &same_window))), "");
    assert_eq!((summary.scored, summary.skipped["ref_mismatch"]), (3, 1));
    assert!(said.contains("ref over ambiguous: REF written over N or another ambiguous base in 3 records"), "{said}");
    for (row, base, record) in
        [(0, b'A', "chr1\t500\ta\tA\tC"), (1, b'G', "chr1\t500\tg\tG\tC"), (2, b'A', "chr1\t500\ta2\tA\tT")]
    {
        let mut genome = masked.clone();
        genome[499] = base;
        let right = scores(&world(&fasta(&genome), &vcf(&format!("{record}\t.\t.\t.\n"))), "").0;
        assert_eq!(found[row], right[0], "{record}");
    }
}

#[test]
fn a_masked_genome_does_not_hide_a_wrong_one() {
    let bases = chr1();
    let mut masked = bases.clone();
    let (mut records, mut wrong) = (String::new(), 0);
    for pos in 400..800_usize {
        let agrees = pos % 5 != 0;
        let reference = if agrees { bases[pos - 1] } else { b"ACGT"[(pos / 5) % 4] };
        // Only where the genome is not masked is a wrong REF seen.
        if pos % 5 == 1 || pos % 5 == 2 || pos % 5 == 3 {
            masked[pos - 1] = b'N';
        } else if reference != bases[pos - 1] {
            wrong += 1;
        }
        let alternate = if reference == b'A' { 'C' } else { 'A' };
        records += &format!("chr1\t{pos}\t.\t{}\t{alternate}\t.\t.\t.\n", reference as char);
    }
    assert!(wrong > 40, "{wrong}");
    let world = world(&fasta(&masked), &vcf(&records));
    let outcome = world.run("score-variants tiny --vcf in.vcf --fasta g.fa -s diff -o out.tsv", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("of the first 100 REF alleles disagree with g.fa"), "{outcome:?}");
}

#[test]
fn max_n_counts_every_letter_that_is_no_base_and_no_padding() {
    let bases = chr1();
    let mut genome = bases.clone();
    for (index, letter) in b"RYKMSWBDHVX".iter().enumerate() {
        genome[480 + 3 * index] = *letter;
    }
    let record = |pos: usize| {
        let alternate = if bases[pos - 1] == b'A' { 'C' } else { 'A' };
        format!("chr1\t{pos}\t.\t{}\t{alternate}\t.\t.\t.\n", bases[pos - 1] as char)
    };
    let world = world(&fasta(&genome), &vcf(&(record(20) + &record(500) + &record(900))));
    // 11 of 200; the first window has 80 bases of padding.
    for (limit, scored) in [("0.06", 3), ("0.05", 2), ("0", 2)] {
        let (_, summary, _) = scores(&world, &format!("--edge pad --max-n {limit}"));
        assert_eq!(summary.scored, scored, "{limit}");
        assert_eq!(summary.skipped.get("too_many_n").copied().unwrap_or(0), 3 - scored, "{limit}");
    }
}
