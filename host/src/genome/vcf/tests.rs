use super::*;
use noodles::bgzf;
use proptest::prelude::*;
use std::io::{Cursor, Write};

const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

fn reader(bytes: impl Into<Vec<u8>>) -> Result<VcfReader, VcfError> {
    VcfReader::new(Cursor::new(bytes.into()), "v.vcf")
}

fn open_error(bytes: impl Into<Vec<u8>>) -> String {
    reader(bytes).err().unwrap().to_string()
}

fn bgzip(text: &[u8]) -> Vec<u8> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

/// The records until the end or the first error.
fn records(reader: &mut VcfReader) -> Result<Vec<VcfRecord>, VcfError> {
    std::iter::from_fn(|| reader.read_record().transpose()).collect()
}

/// What reading `body` after a minimal header says.
fn record_error(body: &[u8]) -> String {
    let text = [format!("##fileformat=VCFv4.2\n{COLUMNS}\n").as_bytes(), body].concat();
    records(&mut reader(text).unwrap()).unwrap_err().to_string()
}

#[test]
fn a_header_is_kept_and_understood() {
    let text = format!(
        "##fileformat=VCFv4.3\n##source=x\n##contig=<ID=chr1,length=120>\n##contig=<ID=chr2>\n\
         ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, of ID=x\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         ##FILTER=<ID=q10,Description=\"Low\">\n{COLUMNS}\tFORMAT\tS1\tS2\n"
    );
    let reader = reader(text.clone()).unwrap();
    let header = reader.header();
    let mut lines = header.meta_lines().to_vec();
    lines.push(header.column_line().to_vec());
    assert_eq!(lines.join(&b'\n'), text.trim_end().as_bytes());
    assert_eq!(header.file_format(), Some("VCFv4.3"));
    assert_eq!((header.columns(), header.sample_count()), (11, 2));
    let declared = |id: &str, kind: Option<&str>, description: &str, line| {
        [Declaration { id: id.into(), kind: kind.map(Into::into), description: Some(description.into()), line }]
    };
    assert_eq!(header.info(), declared("DP", Some("Integer"), "Depth, of ID=x", 4));
    assert_eq!(header.format(), declared("GT", Some("String"), "Genotype", 5));
    assert_eq!(header.filter(), declared("q10", None, "Low", 6));
    let contig = |id: &str, length, line| ContigDeclaration { id: id.into(), length, line };
    let contigs = [contig("chr1", Some(120), 2), contig("chr2", None, 3)];
    assert_eq!(header.contigs(), contigs);
}

#[test]
fn a_missing_fileformat_is_forgiven_and_a_missing_header_is_not() {
    let bare = reader(format!("{COLUMNS}\nc\t1\t.\tA\tC\t.\t.\t.\n")).unwrap();
    assert_eq!((bare.header().file_format(), bare.header().sample_count()), (None, 0));
    assert!(open_error("").starts_with("v.vcf:1: expected a VCF header line"));
    assert!(open_error("chr1\t1\t2\n").starts_with("v.vcf:1: expected a VCF header"));
    assert!(open_error("##a=b\n\n#CHROM\n").starts_with("v.vcf:2: expected a VCF header"));
    assert!(open_error("##a=b\n").starts_with("v.vcf:2: expected a VCF header"));
    assert!(open_error("##a=b\n#CHROM POS\n").starts_with("v.vcf:2: found 1 tab-separated"));
}

#[test]
fn records_keep_their_bytes_and_show_their_columns() {
    let first = "chr1\t39\trs1\tN\tT,<DEL>\t.\tPASS\tAC=1;DB\tGT\t0/1";
    let second = "chr2\t0\t.\ta\t.\t1e3\tq10\t.\tGT\t.";
    let text = format!("{COLUMNS}\tFORMAT\tNA1\n{first}\n{second}\n\n\n");
    for bytes in [text.clone().into_bytes(), bgzip(text.as_bytes())] {
        let read = records(&mut reader(bytes).unwrap()).unwrap();
        assert_eq!(read.len(), 2);
        let record = &read[0];
        assert_eq!(record.bytes(), first.as_bytes());
        assert_eq!((record.chrom(), record.pos(), record.id()), ("chr1", 39, &b"rs1"[..]));
        assert_eq!((record.reference(), record.alternate_text()), (&b"N"[..], &b"T,<DEL>"[..]));
        assert_eq!(record.alternates().collect::<Vec<_>>(), [&b"T"[..], b"<DEL>"]);
        assert_eq!(record.info(), b"AC=1;DB");
        assert_eq!(&record.bytes()[record.info_range()], record.info());
        assert_eq!((record.line_number(), record.line_end()), (2, LineEnd::Lf));
        assert_eq!((read[1].pos(), read[1].line_number()), (0, 3));
        assert_eq!(read[1].alternates().count(), 0);
        assert_eq!(read[1].info(), b".");
    }
}

#[test]
fn windows_line_ends_are_kept_apart_from_the_line() {
    let text = format!("##a=b\r\n{COLUMNS}\r\nc\t1\t.\tA\tC\t.\t.\tX\r\nc\t2\t.\tA\tC\t.\t.\tY");
    let mut reader = reader(text).unwrap();
    assert_eq!(reader.header().line_end(), LineEnd::CrLf);
    assert_eq!(reader.header().column_line(), COLUMNS.as_bytes());
    let read = records(&mut reader).unwrap();
    assert_eq!((read[0].info(), read[0].line_end().as_bytes()), (&b"X"[..], &b"\r\n"[..]));
    assert_eq!((read[1].info(), read[1].line_end().as_bytes()), (&b"Y"[..], &b"\n"[..]));
}

#[test]
fn faults_in_records_name_the_line() {
    assert!(record_error(b"c\t1\t.\tA\tC\t.\t.\n").starts_with("v.vcf:3: found 7 tab-separated"));
    assert!(record_error(b"c\t1\t.\tA\tC\t.\t.\t.\t\n").starts_with("v.vcf:3: found 9 tab-separated"));
    for pos in ["x", "-1", "+1", "", "1.5", "99999999999999999999"] {
        let line = format!("c\t{pos}\t.\tA\tC\t.\t.\t.\n");
        let message = record_error(line.as_bytes());
        assert!(message.starts_with(&format!("v.vcf:3: invalid POS `{pos}`: expected")), "{message}");
    }
    assert!(record_error(b"\t1\t.\tA\tC\t.\t.\t.\n").starts_with("v.vcf:3: CHROM"));
    assert!(record_error(b"\xff\t1\t.\tA\tC\t.\t.\t.\n").starts_with("v.vcf:3: CHROM"));
    let gap = record_error(b"c\t1\t.\tA\tC\t.\t.\t.\n\n\nc\t2\t.\tA\tC\t.\t.\t.\n");
    assert!(gap.starts_with("v.vcf:4: the line is empty"), "{gap}");
}

#[test]
fn other_formats_are_told_by_their_bytes() {
    assert!(open_error("BCF\x01\x02rest").contains("v.vcf is not BCF version 2"));
    assert!(open_error(bgzip(b"BCF\x04")).contains("v.vcf is not BCF version 2"));
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
    assert!(open_error(*gzip).contains("re-compress it with bgzip"));
}

#[test]
fn a_truncated_file_is_told_at_once_and_a_truncated_stream_at_its_end() {
    let mut text = format!("{COLUMNS}\n");
    for pos in 1..20_000_u32 {
        text += &format!("c\t{pos}\t.\tA\tC\t.\t.\tX={}\n", pos.wrapping_mul(2_654_435_761));
    }
    let whole = bgzip(text.as_bytes());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("v.vcf.gz");
    for missing in [1, 11, 28, 29, 100, whole.len() / 2] {
        let cut = &whole[..whole.len() - missing];
        std::fs::write(&path, cut).unwrap();
        assert!(matches!(VcfReader::open(&path), Err(VcfError::Truncated { .. })));
        let end = records(&mut reader(cut).unwrap());
        assert!(matches!(end, Err(VcfError::Truncated { .. })), "{missing}");
    }
    std::fs::write(&path, &whole).unwrap();
    let mut reader = VcfReader::open(&path).unwrap();
    assert_eq!(records(&mut reader).unwrap().len(), 19_999);
    assert_eq!(reader.path(), path);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = VcfReader::open("/nonexistent/v.vcf").err().unwrap();
    assert_eq!(error.to_string(), "cannot open /nonexistent/v.vcf");
}

#[test]
fn readers_and_records_can_move_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<VcfReader>();
    is_send::<VcfRecord>();
}

proptest! {
    #[test]
    fn any_bytes_read_or_fail_in_order(
        body in prop_oneof![
            any::<Vec<u8>>(),
            "(([a-c.,<>0-9]{0,3}\t){6,9}[A-Z;=]{0,4}\r?\n|\n){0,6}".prop_map(String::into_bytes),
        ],
        with_header in any::<bool>(),
        compress in any::<bool>(),
        damage in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let header = if with_header { format!("{COLUMNS}\n") } else { String::new() };
        let mut bytes = [header.as_bytes(), &body].concat();
        if compress {
            bytes = bgzip(&bytes);
        }
        if let Some((at, byte)) = damage && !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(mut reader) = reader(bytes) {
            while let Ok(Some(record)) = reader.read_record() {
                prop_assert!(record.info_range().end <= record.bytes().len());
                prop_assert!(!record.chrom().is_empty());
                record.alternates().count();
            }
        }
    }
}
