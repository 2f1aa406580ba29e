//! Lines in, BCF out, and back through the reader.

use super::BcfOutput;
use crate::{
    genome::{
        VcfReader, VcfRecord,
        bcf_header::{HEADER, WITH_SAMPLES},
    },
    sink::{SinkError, TextOutput},
};
use insta::assert_snapshot;
use std::{fs, path::Path};

const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

/// Writes a BCF; line `i` of the lines is line `i + 1` of the input.
fn write(path: &Path, header: &str, lines: &[String]) -> Result<Option<&'static str>, SinkError> {
    let mut output = BcfOutput::create(TextOutput::create(path)?, header.as_bytes(), 1000)?;
    for (index, line) in lines.iter().enumerate() {
        output.write_line(format!("{line}\n").as_bytes(), index as u64 + 1)?;
    }
    let (file, index) = output.complete()?;
    file.commit()?;
    match index {
        Some(Ok(index)) => index.commit().map(|()| None),
        Some(Err(reason)) => Ok(Some(reason)),
        None => Ok(None),
    }
}

/// The header lines and the records of what was written.
fn round_trip(header: &str, lines: &[String]) -> Result<(Vec<String>, Vec<String>), SinkError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.bcf");
    write(&path, header, lines)?;
    let mut reader = VcfReader::open(&path).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let meta = reader.header().meta_lines().iter().map(|line| text(line)).collect();
    let records = std::iter::from_fn(|| reader.read_record().unwrap());
    Ok((meta, records.map(|record| text(record.bytes())).collect()))
}

fn problem(header: &str, line: &str) -> String {
    let lines =
        [format!("chr1\t1\t.\tA\tC\t.\t.\t.{}", if header.ends_with("b\n") { "\tGT\t.\t." } else { "" }), line.into()];
    let error = round_trip(header, &lines).unwrap_err().to_string();
    let sentence = error.split_once(" of the input ").unwrap().1;
    sentence.strip_suffix("write .vcf.gz, which takes any record").unwrap().trim_end().to_owned()
}

#[test]
fn a_record_is_encoded_byte_by_byte() {
    let directory = tempfile::tempdir().unwrap();
    // Neither a file of its own name nor compressed.
    let path = directory.path().join("plain.vcf");
    let header =
        format!("##fileformat=VCFv4.2\r\n##contig=<ID=1>\r\n##INFO=<ID=Y,Number=1,Type=String,IDX=9>\r\n{COLUMNS}");
    write(&path, &header, &["1\t5\t.\tA\tC\t1.5\t.\tY=abc\r".into()]).unwrap();
    let written = fs::read(&path).unwrap();
    let text = format!(
        "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\",IDX=0>\n##contig=<ID=1,IDX=0>\n\
         ##INFO=<ID=Y,Number=1,Type=String,IDX=1>\n{COLUMNS}\0"
    );
    let (start, record) = written.split_at(9 + text.len());
    assert_eq!(start, [b"BCF\x02\x02", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat());
    // As bcftools encodes it.
    let expected = [
        0x24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0xc0, 0x3f, 1, 0, 2, 0, 0, 0, 0, 0, 0x07,
        0x17, 0x41, 0x17, 0x43, 0x00, 0x11, 0x01, 0x37, 0x61, 0x62, 0x63,
    ];
    assert_eq!(record, expected);
}

#[test]
fn values_at_the_limits_of_their_types_survive() {
    let integers = "127,-120,128,-121,32767,-32760,32768,-32761,2147483647,-2147483640";
    let lines: Vec<String> = integers
        .split(',')
        .map(|value| format!("DP={value},.,0"))
        .chain([format!("DP={integers}"), "DP=.".into(), "AF=.,1e-40,nan,-inf".into(), "DB;S".into(), "S=.".into()])
        .chain([14, 15, 127, 128, 40_000].map(|length| format!("S={}", "x".repeat(length))))
        .chain([14, 15, 300].map(|count| format!("DP=7{}", ",7".repeat(count - 1))))
        .map(|info| format!("chr1\t7\t.\tA\t.\t.\t.\t{info}"))
        .collect();
    assert_eq!(round_trip(&[HEADER, COLUMNS].concat(), &lines).unwrap().1, lines);
}

#[test]
fn values_left_out_come_back_as_missing() {
    let line = |samples: &str| format!("chr1\t7\t.\tA\tC\t.\t.\t.\t{samples}");
    let header = [HEADER, WITH_SAMPLES].concat();
    let given = ["GT:DP:FT\t0/1\t.|.:3,4:x", "DP:GL\t\t1", ".\t.\t."].map(line);
    let expected = ["GT:DP:FT\t0/1:.:.\t.|.:3,4:x", "DP:GL\t.:.\t1:.", ".\t.\t."].map(line);
    assert_eq!(round_trip(&header, &given).unwrap().1, expected);
    // A record without samples has none.
    let short = ["chr1\t7\t.\tA\tC\t.\t.\t.".to_owned()];
    assert_eq!(round_trip(&header, &short).unwrap().1, [format!("{}\t.\t.\t.", short[0])]);
}

#[test]
fn what_the_first_records_have_is_declared() {
    let lines = [
        "chr1\t1\t.\tA\tC\t.\tlow;q10\tAC=1;X=1,2;Y=1;FLAG\tGT:PL:Z:AD\t0/1:0,1,2:a:1\t.",
        "scaffold\t1\t.\tA\tC\t.\t.\tY=1.5;W=a,b;BARE;BARE=7;AF2=.\tE\t.\t.",
    ];
    let header = format!("##fileformat=VCFv4.2\n##contig=<ID=chr1>\n{WITH_SAMPLES}");
    let (meta, records) = round_trip(&header, &lines.map(str::to_owned)).unwrap();
    assert_eq!(records, lines.map(|line| line.replace("a:1\t.", "a:1\t.:.:.:.")));
    let guessed = meta[3..].iter().map(|line| line.replace("guessed by kipos from its first records", "…"));
    let guessed =
        guessed.map(|line| line.replace(",Description=\"Not declared in the input; …\"", "")).collect::<Vec<_>>();
    assert_snapshot!(guessed.join("\n"), @"
    ##contig=<ID=scaffold>
    ##FILTER=<ID=low>
    ##FILTER=<ID=q10>
    ##INFO=<ID=AC,Number=A,Type=Integer>
    ##INFO=<ID=AF2,Number=1,Type=Integer>
    ##INFO=<ID=BARE,Number=1,Type=Integer>
    ##INFO=<ID=FLAG,Number=0,Type=Flag>
    ##INFO=<ID=W,Number=.,Type=String>
    ##INFO=<ID=X,Number=.,Type=Integer>
    ##INFO=<ID=Y,Number=1,Type=Float>
    ##FORMAT=<ID=AD,Number=R,Type=Integer>
    ##FORMAT=<ID=E,Number=1,Type=Integer>
    ##FORMAT=<ID=GT,Number=1,Type=String>
    ##FORMAT=<ID=PL,Number=G,Type=Integer>
    ##FORMAT=<ID=Z,Number=1,Type=String>
    ");
}

#[test]
fn contigs_of_the_other_spelling_are_all_declared() {
    let header =
        format!("##contig=<ID=chr1,length=9>\n##contig=<ID=2>\n##contig=<ID=chr2>\n##contig=<ID=chr3>\n{COLUMNS}");
    let (meta, _) = round_trip(&header, &["1\t1\t.\tA\tC\t.\t.\t.".into()]).unwrap();
    assert_eq!(meta[5..], ["##contig=<ID=1,length=9>", "##contig=<ID=3>"]);
}

#[test]
fn a_name_that_comes_late_is_an_error() {
    let mut lines = vec!["chr1\t1\t.\tA\tC\t.\t.\tDP=1".to_owned(); 10_000];
    lines.push("chr1\t2\t.\tA\tC\t.\t.\tLATE=1".into());
    let directory = tempfile::tempdir().unwrap();
    let late = |lines: &[String]| {
        let error = write(&directory.path().join("a.bcf"), &[HEADER, COLUMNS].concat(), lines).unwrap_err();
        error.to_string().replace(&format!("{}/", directory.path().display()), "")
    };
    assert_snapshot!(late(&lines), @"cannot write a.bcf: line 10001 of the input has INFO key LATE, which neither its header declares nor its first records have; declare it or write .vcf.gz, which takes any record");
    lines[10_000] = "chr3\t2\t.\tA\tC\t.\t.\t.".into();
    assert!(late(&lines).contains("line 10001 of the input has contig chr3, which"));
    // Long lines end the first records earlier.
    let long: Vec<_> =
        [format!("S={}", "x".repeat(1 << 24)), "LATE=1".into()].map(|info| lines[0].replace("DP=1", &info)).into();
    assert!(late(&long).contains("line 2 of the input has INFO key LATE, which"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn what_bcf_cannot_hold_is_told() {
    let header = [HEADER, COLUMNS].concat();
    let of = |columns: &str| problem(&header, columns);
    let info = |info: &str| of(&format!("chr1\t1\t.\tA\tC\t.\t.\t{info}"));
    assert_snapshot!(info("DP=x"), @r#"has "x" in DP, which is declared as Integer; correct the value or its declaration, or"#);
    assert_snapshot!(info("DP=1.5"), @r#"has "1.5" in DP, which is declared as Integer; correct the value or its declaration, or"#);
    assert_snapshot!(info("AF=1,y"), @r#"has "y" in AF, which is declared as Float; correct the value or its declaration, or"#);
    assert_snapshot!(info("DP=2147483648"), @"has 2147483648 in DP, beyond the integers that BCF can hold;");
    assert!(info("DP=-2147483641").starts_with("has -2147483641 in DP, beyond"));
    assert!(info("DP=99999999999999999999").starts_with("has 99999999999999999999 in DP, beyond"));
    assert_snapshot!(info("A B=1"), @r#"has INFO key "A B", which no header line can declare; rename it or"#);
    assert_snapshot!(of("chr1\t1\t.\tA\tC\tgood\t.\t."), @r#"has "good" in QUAL, which is declared as Float; correct the value or its declaration, or"#);
    assert_snapshot!(of("chr1\t2147483648\t.\tA\tC\t.\t.\t."), @"has 2147483648 in POS, beyond the integers that BCF can hold;");
    let many = format!("chr1\t1\t.\tA\tC{}\t.\t.\t.", ",C".repeat(65_535));
    assert_snapshot!(of(&many), @"has 65537 alleles, more than BCF can count;");
    let header = [HEADER, WITH_SAMPLES].concat();
    let samples = |samples: &str| problem(&header, &format!("chr1\t1\t.\tA\tC\t.\t.\t.\t{samples}"));
    assert_snapshot!(samples("GT\t0/1"), @"has 10 columns, its header 11; correct it or");
    assert_snapshot!(samples("GT\t0/1\tx"), @r#"has the genotype "x", expected allele numbers or `.`, separated by / or |; correct it or"#);
    assert_snapshot!(samples("GT:DP\t0/1:3\t.:c"), @r#"has "c" in DP, which is declared as Integer; correct the value or its declaration, or"#);
    assert_snapshot!(samples(&format!("DP{}\t.\t.", ":DP".repeat(255))), @"has 256 FORMAT keys, more than BCF can count;");
}

#[test]
fn sorted_records_are_indexed_under_the_numbers_of_their_contigs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.bcf");
    let header = format!("{HEADER}##contig=<ID=unused>\n{COLUMNS}");
    let line = |contig: &str, pos: u32| format!("{contig}\t{pos}\t.\tA\tC\t.\t.\t.");
    // Not in the order of the header.
    assert_eq!(
        write(&path, &header, &[line("chr2", 5), line("chr2", 5), line("chr1", 0), line("chr1", 900)]).unwrap(),
        None
    );
    let index = noodles::csi::fs::read(directory.path().join("a.bcf.csi")).unwrap();
    let found: Vec<_> = index.reference_sequences().iter().map(|sequence| sequence.bins().len()).collect();
    assert_eq!(found, [1, 1, 0]);
    let unsorted = Some("the records are not sorted by contig and position");
    assert_eq!(write(&path, &header, &[line("chr1", 5), line("chr1", 4)]).unwrap(), unsorted);
    assert_eq!(write(&path, &header, &[line("chr1", 5), line("chr2", 1), line("chr1", 6)]).unwrap(), unsorted);
    let far = Some("a record is beyond the end of all declared contigs");
    assert_eq!(write(&path, &header, &[line("chr1", 1 << 30)]).unwrap(), far);
    assert_eq!(write(&path, &header, &[]).unwrap(), None);
}

#[test]
fn a_line_whose_number_is_not_known_is_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let output = TextOutput::create(directory.path().join("a.bcf")).unwrap();
    let mut output = BcfOutput::create(output, [HEADER, COLUMNS].concat().as_bytes(), 9).unwrap();
    output.write_line(b"chr1\t1\t.\tA\tC\t.\t.\tDP=x\n", VcfRecord::UNKNOWN_LINE).unwrap();
    let error = output.complete().unwrap_err().to_string();
    assert!(error.contains("a line of the input has \"x\" in DP"), "{error}");
}
