use super::*;
use crate::genome::VcfReader;
use std::{fs, io::Cursor};

fn genome(contigs: &[(&str, u64)]) -> Vec<Contig> {
    let contig = |(name, length): &(&str, u64)| Contig { name: (*name).to_owned(), length: *length };
    contigs.iter().map(contig).collect()
}

fn header(contigs: &[(&str, Option<u64>)]) -> VcfHeader {
    let mut text = String::from("##fileformat=VCFv4.2\n");
    for (name, length) in contigs {
        let length = length.map(|length| format!(",length={length}"));
        text += &format!("##contig=<ID={name}{}>\n", length.unwrap_or_default());
    }
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    let reader = VcfReader::new(Cursor::new(text), "v.vcf").unwrap();
    reader.header().clone()
}

#[test]
fn names_resolve_exactly_first_then_with_or_without_chr() {
    let mut map = ContigMap::new(&genome(&[("chr1", 9), ("2", 9), ("1", 9), ("chrX", 9)]));
    assert_eq!(map.resolve("chr1"), Some(0));
    assert_eq!(map.resolve("1"), Some(2));
    assert_eq!(map.resolve("chr2"), Some(1));
    assert_eq!(map.resolve("X"), Some(3));
    assert_eq!(map.resolve("X"), Some(3));
    assert_eq!(map.resolve("x"), None);
    assert_eq!(map.resolve("chrchr1"), Some(0));
    assert_eq!(map.resolve(""), None);
}

#[test]
fn the_mitochondrion_resolves_at_equal_length_only() {
    for (vcf_name, length, expected) in [
        ("MT", Some(16_569), Some(1)),
        ("M", Some(16_569), Some(1)),
        ("chrMT", Some(16_569), Some(1)),
        ("MT", Some(16_571), None),
        ("M", None, None),
        ("chrM", None, Some(1)),
    ] {
        let mut map = ContigMap::new(&genome(&[("chr1", 9), ("chrM", 16_569)]));
        map.check_header(&header(&[("chr1", None), (vcf_name, length)])).unwrap();
        assert_eq!(map.resolve(vcf_name), expected, "{vcf_name} {length:?}");
    }
}

#[test]
fn a_length_that_differs_is_an_error_where_a_ref_does_too() {
    let mut map = ContigMap::new(&genome(&[("chr1", 100), ("chr2", 50)]));
    map.check_header(&header(&[("1", Some(100)), ("2", Some(51))])).unwrap();
    assert!(map.other_genome(0, 7).is_none());
    insta::assert_snapshot!(map.other_genome(1, 7).unwrap(), @"contig `2` has 51 bases in the VCF header, but `chr2` has 50 in the FASTA, and REF at 2:7 differs from the FASTA; use the genome the VCF was made for");
}

#[test]
fn lengths_that_differ_are_one_warning() {
    let mut map = ContigMap::new(&genome(&[("chr1", 100), ("chr2", 50)]));
    map.check_header(&header(&[("1", Some(100)), ("chr2", None)])).unwrap();
    assert_eq!(map.length_warning(), None);
    map.check_header(&header(&[("1", Some(7)), ("chr2", Some(51)), ("chr3", Some(1))])).unwrap();
    insta::assert_snapshot!(map.length_warning().unwrap(), @"contig lengths in the VCF header differ from the genome: `1` (`chr1` in the FASTA) has 7 bases in the header and 100 in the FASTA, `chr2` has 51 bases in the header and 50 in the FASTA; the run continues unless REF disagrees there");
    let names: Vec<_> = (0..8).map(|number| format!("c{number}")).collect();
    let contigs: Vec<_> = names.iter().map(|name| (name.as_str(), 5)).collect();
    let declared: Vec<_> = names.iter().map(|name| (name.as_str(), Some(6))).collect();
    let mut map = ContigMap::new(&genome(&contigs));
    map.check_header(&header(&declared)).unwrap();
    assert!(
        map.length_warning()
            .unwrap()
            .contains("`c4` has 6 bases in the header and 5 in the FASTA; and 3 other contigs; ")
    );
}

#[test]
fn a_vcf_of_another_genome_lists_names_of_both_sides() {
    let names: Vec<_> = (0..7).map(|number| format!("seq{number}")).collect();
    let contigs: Vec<_> = names.iter().map(|name| (name.as_str(), 5)).collect();
    let mut map = ContigMap::new(&genome(&contigs));
    let error = map.check_header(&header(&[("I", Some(5)), ("II", None)])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no contig of the VCF is in the genome (VCF: I, II; genome: seq0, seq1, seq2, seq3, seq4, \
         ...); use the genome the VCF was made for, or map the names with `--contig-map`"
    );
    map.check_header(&header(&[])).unwrap();
    for number in 0..8 {
        assert_eq!(map.resolve(&format!("c{number}")), None);
    }
    let later = map.none_matches().to_string();
    assert!(later.contains("(VCF: c0, c1, c2, c3, c4, ...; genome"), "{later}");
}

#[test]
fn lengths_that_come_late_are_not_masked_by_the_cache() {
    let mut map = ContigMap::new(&genome(&[("chrM", 7)]));
    assert_eq!(map.resolve("MT"), None);
    map.check_header(&header(&[("MT", Some(7))])).unwrap();
    assert_eq!(map.resolve("MT"), Some(0));
}

#[test]
fn a_map_file_goes_before_the_names() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("map.tsv");
    let contigs = genome(&[("chr1", 9), ("NC_1", 7)]);
    let with = |text: &str| {
        fs::write(&path, text).unwrap();
        ContigMap::with_file(&contigs, &path)
    };
    let mut map = with("# names\nchr1\tNC_1\r\n\nI\tchr1\n").unwrap();
    assert_eq!((map.resolve("chr1"), map.resolve("I"), map.resolve("1")), (Some(1), Some(0), Some(0)));
    map.check_header(&header(&[("chr1", Some(9))])).unwrap();
    let error = map.other_genome(1, 7).unwrap();
    assert!(error.to_string().contains("`NC_1` has 7"), "{error}");

    let message = |text: &str| with(text).unwrap_err().to_string();
    assert!(message("a\tchr1\nb\n").contains("map.tsv:2: expected two"));
    assert!(message("a\tchr1\tx\n").contains("map.tsv:1: expected two"));
    assert!(message("a\tchr1\na\tchr1\n").contains("map.tsv:2: contig `a` is mapped twice"));
    assert!(message("a\tchr9\n").contains("no contig `chr9` (it has chr1, NC_1)"));
    let missing = ContigMap::with_file(&contigs, directory.path().join("none"));
    assert!(matches!(missing, Err(ContigMapError::Io { .. })));
}
