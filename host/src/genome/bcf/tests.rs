//! Bytes written by hand, read as lines.

mod round_trip;

use crate::genome::{VcfError, VcfReader};
use noodles::bgzf;
use proptest::prelude::*;
use std::io::{Cursor, Write};

/// Numbers of its own for what is declared, one of them shared; `PASS` is not declared.
const HEADER: &str = "##fileformat=VCFv4.2\n\
    ##contig=<ID=chr1,IDX=0>\n##contig=<ID=chr2,length=500,IDX=7>\n\
    ##FILTER=<ID=q10,Description=\"Low, \\\"IDX=9\\\"\",IDX=4>\n\
    ##INFO=<ID=DP,Number=.,Type=Integer,Description=\"Depth\",IDX=1>\n\
    ##INFO=<ID=AF,Number=.,Type=Float,Description=\"Frequency\",IDX=2>\n\
    ##INFO=<ID=DB,Number=0,Type=Flag,Description=\"Known\",IDX=3>\n\
    ##INFO=<ID=S,Number=.,Type=String,Description=\"Text\",IDX=300>\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\",IDX=5>\n\
    ##FORMAT=<ID=DP,Number=.,Type=Integer,Description=\"Depth\",IDX=1>\n";
const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
const SAMPLES: &str = "\tFORMAT\ta\tb\n";

const MISSING: [u8; 4] = [1, 0, 0x80, 0x7f];
const END: [u8; 4] = [2, 0, 0x80, 0x7f];

fn bcf(header: &str, records: &[u8]) -> Vec<u8> {
    let length = u32::try_from(header.len() + 1).unwrap().to_le_bytes();
    [b"BCF\x02\x02", &length[..], header.as_bytes(), b"\0", records].concat()
}

/// A record of these two parts.
fn record(shared: &[u8], individual: &[u8]) -> Vec<u8> {
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap().to_le_bytes();
    [&length(shared)[..], &length(individual), shared, individual].concat()
}

/// The fixed part at base 100 of a contig: REF of one base, QUAL 29.5.
fn fixed(contig: i32, info: u8, alleles: u8, samples: u8, keys: u8) -> Vec<u8> {
    let numbers = [contig, 99, 1].map(i32::to_le_bytes).concat();
    [&numbers[..], &29.5_f32.to_le_bytes(), &[info, 0, alleles, 0, samples, 0, 0, keys]].concat()
}

fn everything() -> Vec<u8> {
    let shared: Vec<u8> = [
        &fixed(7, 7, 3, 2, 3)[..],
        b"\x37rs1\x17A\x17C\x57<DEL>", // ID, alleles
        &[0x21, 0, 4],                 // FILTER: PASS, q10
        &[0x11, 1, 0x41, 5, 0x80, 0x88, 0x81],
        &[0x11, 1, 0x22, 0x00, 0x80, 0x2c, 0x01],
        &[0x11, 1, 0x13, 0x00, 0x00, 0x01, 0x00],
        &[0x11, 2, 0x35],
        &0.1_f32.to_le_bytes(),
        &MISSING,
        &END,
        &[0x11, 3, 0x00],
        &[0x12, 0x2c, 0x01, 0x47],
        b"a,\x07\0",
        &[0x12, 0x2c, 0x01, 0xf7, 0x11, 16],
        b"0123456789abcdef",
    ]
    .concat();
    // Two samples: GT `0|1`, `.`; DP `7,.`, nothing; S `xyz`, `z`.
    let individual = [
        &[0x11, 5, 0x21, 2, 5, 0, 0x81][..],
        &[0x11, 1, 0x21, 7, 0x80, 0x81, 0x81],
        &[0x12, 0x2c, 0x01, 0x37],
        b"xyzz\0\0",
    ]
    .concat();
    record(&shared, &individual)
}

const EVERYTHING: &str = "chr2\t100\trs1\tA\tC,<DEL>\t29.5\tPASS;q10\t\
    DP=5,.,-120;DP=.,300;DP=65536;AF=0.1,.;DB;S=a,.;S=0123456789abcdef\tGT:DP:S\t0|1:7,.:xyz\t.:.:z";

/// A record that has nothing but what it must have, of a header with two samples.
fn nothing() -> Vec<u8> {
    let mut shared = [fixed(0, 0, 1, 2, 0), b"\x07\x17N\x00".to_vec()].concat();
    shared[12..16].copy_from_slice(&MISSING);
    record(&shared, &[])
}

const NOTHING: &str = "chr1\t100\t.\tN\t.\t.\t.\t.\t.\t.\t.";

fn bgzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn open(bytes: Vec<u8>) -> Result<VcfReader, VcfError> {
    VcfReader::new(Cursor::new(bytes), "v.bcf")
}

fn lines(bytes: Vec<u8>) -> Result<Vec<String>, VcfError> {
    let mut reader = open(bytes)?;
    let mut lines = Vec::new();
    while let Some(record) = reader.read_record()? {
        lines.push(String::from_utf8(record.bytes().to_vec()).unwrap());
    }
    Ok(lines)
}

/// What is said of a BCF of these records, error and cause.
fn problem(records: &[u8]) -> String {
    problem_of(bcf(&[HEADER, COLUMNS, SAMPLES].concat(), records))
}

fn problem_of(bytes: Vec<u8>) -> String {
    let error = lines(bytes).unwrap_err();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
    error.to_string() + &cause.unwrap_or_default()
}

#[test]
fn every_kind_of_value_becomes_text() {
    let bytes = bcf(&[HEADER, COLUMNS, SAMPLES].concat(), &[everything(), nothing(), everything()].concat());
    for bytes in [bgzip(&bytes), bytes] {
        assert_eq!(lines(bytes).unwrap(), [EVERYTHING, NOTHING, EVERYTHING]);
    }
}

#[test]
fn the_header_loses_its_numbers_and_lines_are_counted_as_text() {
    let mut reader = open(bcf(&[HEADER, COLUMNS, SAMPLES].concat(), &nothing())).unwrap();
    let header = reader.header();
    let lines: Vec<_> = header.meta_lines().iter().map(|line| std::str::from_utf8(line).unwrap()).collect();
    assert_eq!(lines[2], "##contig=<ID=chr2,length=500>");
    assert_eq!(lines[3], r#"##FILTER=<ID=q10,Description="Low, \"IDX=9\"">"#);
    assert_eq!((header.sample_count(), header.info()[3].id.as_str(), header.info()[3].line), (2, "S", 7));
    assert_eq!(reader.read_record().unwrap().unwrap().line_number(), 12);
}

#[test]
fn without_numbers_declarations_are_numbered_in_their_order() {
    let header = "##contig=<ID=x>\n##contig=<ID=y>\n##INFO=<ID=A,Type=Flag>\n##FORMAT=<ID=B>\n##FILTER=<ID=PASS>\n\
        ##FILTER=<ID=A>\n##FILTER=<ID=C>\n";
    let shared = [&fixed(1, 1, 1, 0, 0)[..], b"\x07\x17N", &[0x21, 3, 0], &[0x11, 1, 0]].concat();
    let bytes = bcf(&format!("{header}{COLUMNS}\n"), &record(&shared, &[]));
    assert_eq!(lines(bytes).unwrap(), ["y\t100\t.\tN\t.\t29.5\tC;PASS\tA"]);
}

#[test]
fn genotypes_are_of_any_ploidy_and_phase() {
    let alleles = |values: &[u8]| {
        let keys = [&[0x11, 5, (values.len() as u8) << 4 | 1][..], values, values].concat();
        let shared = [fixed(0, 0, 1, 2, 1), b"\x07\x17N\x00".to_vec()].concat();
        let bytes = bcf(&[HEADER, COLUMNS, SAMPLES].concat(), &record(&shared, &keys));
        lines(bytes).unwrap()[0].rsplit('\t').next().unwrap().to_owned()
    };
    assert_eq!(alleles(&[2, 4, 7]), "0/1|2");
    assert_eq!(alleles(&[4]), "1");
    assert_eq!(alleles(&[4, 0x81]), "1");
    assert_eq!(alleles(&[0, 1]), ".|.");
    assert_eq!(alleles(&[0x81, 0x81]), ".");
}

#[test]
fn damage_is_told() {
    let broken = "cannot read v.bcf after line 11: ";
    let whole = everything();
    for cut in [1, 7, 8, 40, whole.len() - 1] {
        assert_eq!(problem(&whole[..cut]), format!("{broken}the BCF is cut off inside a record"));
    }
    let damaged = |at: usize, byte: u8| {
        let mut bytes = everything();
        bytes[at] = byte;
        problem(&bytes)
    };
    let next = |problem: &str| format!("{broken}the next record is damaged: {problem}");
    assert_eq!(damaged(8, 1), next("the header has no contig number 1"));
    assert_eq!(damaged(11, 0xff), next("the header has no contig number -16777209"));
    assert_eq!(damaged(28, 3), next("it has 3 samples, the header 2"));
    assert_eq!(damaged(32, 0x36), next("a value of its part before FORMAT has type 6"));
    assert_eq!(damaged(33, b'\t'), next("one of its strings holds a tab or a line end"));
    assert_eq!(damaged(34, b'\n'), next("one of its strings holds a tab or a line end"));
    assert_eq!(damaged(48, 9), next("the header has no filter or key number 9"));
    assert_eq!(damaged(24, 0xff), next("its part before FORMAT does not fit into it"));
    let shared = [fixed(0, 0, 1, 2, 1), b"\x07\x17N\x00".to_vec()].concat();
    let huge = [0x11, 1, 0xf3, 0x13, 0xff, 0xff, 0xff, 0x7f];
    assert_eq!(problem(&record(&shared, &huge)), next("its part of the samples does not fit into it"));
    // The sizes of a record are not believed before its bytes are there.
    assert_eq!(problem(&[0, 0, 0, 0x10, 0, 0, 0, 0x10]), format!("{broken}the BCF is cut off inside a record"));
    let endless = "the next line has more than 1024 MiB, the most that a line of such a file may have";
    assert_eq!(problem(&[0xff; 8]), format!("{broken}{endless}"));
}

#[test]
fn damaged_headers_are_told() {
    assert_eq!(problem_of(b"BCF\x02".to_vec()), "cannot read v.bcf after line 0: the BCF is cut off inside its header");
    let whole = bcf(&[HEADER, COLUMNS, SAMPLES].concat(), &[]);
    let cut = whole[..whole.len() - 1].to_vec();
    assert_eq!(problem_of(cut), "cannot read v.bcf after line 0: the BCF is cut off inside its header");
    assert!(problem_of(b"BCF\x04rest".to_vec()).starts_with("v.bcf is not BCF version 2"));
    assert!(problem_of(bcf("##a=b\n", &[])).starts_with("v.bcf:2: expected a VCF header line"));
    let packed = bgzip(&whole);
    assert!(problem_of(packed[..packed.len() - 28].to_vec()).starts_with("v.bcf is truncated"));
}

proptest! {
    #[test]
    fn damaged_bytes_read_or_fail(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        in_header in any::<bool>(),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        compress in any::<bool>(),
    ) {
        let header = [HEADER, COLUMNS, SAMPLES].concat();
        let mut bytes = bcf(&header, &[everything(), nothing(), everything()].concat());
        let start = if in_header { 0 } else { header.len() };
        for (at, byte) in changes {
            let at = start + at.index(bytes.len() - start);
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let bytes = if compress { bgzip(&bytes) } else { bytes };
        if let Ok(mut reader) = open(bytes) {
            let columns = reader.header().column_line().split(|byte| *byte == b'\t').count();
            while let Ok(Some(record)) = reader.read_record() {
                prop_assert_eq!(record.bytes().split(|byte| *byte == b'\t').count(), columns);
                prop_assert!(!record.bytes().contains(&b'\n'));
            }
        }
    }

    #[test]
    fn any_records_read_or_fail(records in any::<Vec<u8>>(), shared in any::<Vec<u8>>(), individual in any::<Vec<u8>>()) {
        let header = [HEADER, COLUMNS, SAMPLES].concat();
        let shared = [fixed(0, 2, 2, 2, 2), shared].concat();
        for records in [records, record(&shared, &individual)] {
            if let Ok(found) = lines_lossy(bcf(&header, &records)) {
                prop_assert!(found.iter().all(|columns| *columns == 11));
            }
        }
    }
}

/// How many columns each record has.
fn lines_lossy(bytes: Vec<u8>) -> Result<Vec<usize>, VcfError> {
    let mut reader = open(bytes)?;
    let records = std::iter::from_fn(|| reader.read_record().transpose());
    records.map(|record| Ok(record?.bytes().split(|byte| *byte == b'\t').count())).collect()
}
