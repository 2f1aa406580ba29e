use super::*;
use noodles::bgzf;
use proptest::prelude::*;
use std::{
    fs::{self, File},
    io::Write,
};
use tempfile::TempDir;

const SMALL: &[u8] = b">a first\nACGTacgt\nNNRYAC\n>b\nTTTT\n";

fn dir_with(files: &[(&str, &[u8])]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    directory
}

fn bgzip(plain: &[u8]) -> Vec<u8> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

fn fetched(fasta: &mut Fasta, contig: usize, start: u64, end: u64) -> Vec<u8> {
    let mut out = b"before".to_vec();
    fasta.fetch(contig, start, end, &mut out).unwrap();
    out.split_off(6)
}

fn open_error(files: &[(&str, &[u8])]) -> String {
    let directory = dir_with(files);
    let path = directory.path().join(files[0].0);
    Fasta::open(path).err().unwrap().to_string()
}

/// A genome of uneven contigs and its bases, long enough for several stretches.
fn long_genome() -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut state = 7_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b"ACGTacgtNR"[(state >> 16) as usize % 10]
    };
    let mut text = Vec::new();
    let mut contigs = Vec::new();
    for (number, (length, width)) in [(700_001, 61), (5, 60), (300_000, 100_000)].iter().enumerate() {
        let bases: Vec<u8> = (0..*length).map(|_| letter()).collect();
        text.extend(format!(">c{number} description\n").bytes());
        for line in bases.chunks(*width) {
            text.extend_from_slice(line);
            text.extend_from_slice(if number == 0 { b"\r\n" } else { b"\n" });
        }
        contigs.push(bases);
    }
    (text, contigs)
}

#[test]
fn bases_come_as_written_and_the_index_is_left_beside_the_file() {
    let directory = dir_with(&[("g.fa", SMALL)]);
    let path = directory.path().join("g.fa");
    for _ in 0..2 {
        let mut fasta = Fasta::open(&path).unwrap();
        assert_eq!(fasta.contigs()[0], Contig { name: "a".into(), length: 14 });
        assert_eq!(fetched(&mut fasta, 0, 0, 14), b"ACGTacgtNNRYAC");
        assert_eq!(fetched(&mut fasta, 0, 6, 9), b"gtN");
        assert_eq!(fetched(&mut fasta, 1, 0, 4), b"TTTT");
        assert_eq!(fetched(&mut fasta, 1, 4, 4), b"");
    }
    let index = fs::read_to_string(directory.path().join("g.fa.fai")).unwrap();
    assert_eq!(index, "a\t14\t9\t8\t9\nb\t4\t28\t4\t5\n");
}

#[test]
fn requests_out_of_range_are_refused_and_leave_the_output_alone() {
    let directory = dir_with(&[("g.fa", SMALL)]);
    let mut fasta = Fasta::open(directory.path().join("g.fa")).unwrap();
    let mut out = b"x".to_vec();
    for (start, end) in [(0, 15), (15, 15), (5, 4), (u64::MAX, 1)] {
        let error = fasta.fetch(0, start, end, &mut out).unwrap_err();
        assert!(matches!(error, FastaError::OutOfRange { length: 14, .. }));
    }
    let error = fasta.fetch(2, 0, 0, &mut out).unwrap_err();
    assert!(matches!(error, FastaError::NoSuchContig { count: 2, .. }));
    assert_eq!(out, b"x");
}

#[test]
fn an_index_that_cannot_be_written_is_kept_in_memory() {
    // File names may take 255 bytes: that of the index would be longer.
    let name = "g".repeat(252);
    let directory = dir_with(&[(&name, SMALL)]);
    let mut fasta = Fasta::open(directory.path().join(&name)).unwrap();
    assert_eq!(fetched(&mut fasta, 0, 6, 9), b"gtN");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_write_of_the_index_leaves_nothing_behind() {
    let directory = dir_with(&[("g.fa", SMALL)]);
    let fasta = Fasta::open(directory.path().join("g.fa")).unwrap();
    // Its own directory cannot be replaced by a file.
    let taken = directory.path().join("taken");
    fs::create_dir(&taken).unwrap();
    let error = fai::write(&taken, &fasta.entries).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::IsADirectory);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
}

#[test]
fn all_three_ways_to_the_blocks_agree() {
    let (text, contigs) = long_genome();
    let compressed = bgzip(&text);
    let directory = dir_with(&[("plain.fa", &text), ("g.fa.gz", &compressed), ("h", &compressed)]);
    let at = |name: &str| directory.path().join(name);
    let blocks = crate::genome::bgzip::scan_blocks(&mut File::open(at("h")).unwrap()).unwrap();
    bgzf::gzi::fs::write(at("h.gzi"), &bgzf::gzi::Index::from(blocks)).unwrap();
    for name in ["plain.fa", "g.fa.gz", "h"] {
        let mut fasta = Fasta::open(at(name)).unwrap();
        for (contig, bases) in contigs.iter().enumerate() {
            let length = bases.len() as u64;
            assert_eq!(fetched(&mut fasta, contig, 0, length), *bases, "{name}");
            for step in (0..length.div_ceil(39_989)).rev() {
                let start = step * 39_989;
                let end = length.min(start + 1000);
                let expected = &bases[start as usize..end as usize];
                assert_eq!(fetched(&mut fasta, contig, start, end), expected, "{name}");
            }
        }
    }
    assert!(!at("g.fa.gz.gzi").exists());
}

#[test]
fn files_that_are_no_genome_are_explained() {
    assert!(open_error(&[("g.fa", b"")]).contains("is empty"));
    assert!(open_error(&[("g.fa", b"\n\n")]).contains("is empty"));
    assert!(open_error(&[("g.fa", b"ACGT\n")]).contains("g.fa:1: expected a header line"));
    assert!(open_error(&[("g.fa", b">a\nA\n>a\nA\n")]).contains("g.fa:3: contig `a` appears twice"));
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
    assert!(open_error(&[("g.fa.gz", gzip)]).contains("re-compress it with bgzip"));
    let whole = bgzip(SMALL);
    assert!(open_error(&[("g.fa.gz", &whole[..whole.len() - 28])]).contains("is truncated"));
    assert!(open_error(&[("g.fa.gz", &bgzip(b""))]).contains("is empty"));
    let error = Fasta::open("/nonexistent/g.fa").err().unwrap();
    assert!(matches!(error, FastaError::Io { .. }));
}

#[test]
fn an_index_of_another_file_is_refused() {
    let with_index = |index: &[u8]| open_error(&[("g.fa", SMALL), ("g.fa.fai", index)]);
    let beyond = with_index(b"a\t14\t9\t8\t9\nb\t40\t28\t40\t41\n");
    assert!(beyond.contains("g.fa.fai does not fit") && beyond.contains("beyond the end"));
    assert!(beyond.ends_with("delete the index, and it is rebuilt"));
    assert!(with_index(b"a\t14\t9\t8\t9\n").contains("goes on after the last contig"));
    assert!(with_index(b"a\t14\t9\t8\t9\na\t4\t28\t4\t5\n").contains("g.fa.fai:2: contig `a`"));
    assert!(with_index(b"a\t14\t9\n").contains("g.fa.fai:1: not a line of a FASTA index"));
    let gzi = |bytes: &[u8]| open_error(&[("g.fa.gz", &bgzip(SMALL)), ("g.fa.gz.gzi", bytes)]);
    assert!(gzi(b"\x09").contains("it is not a .gzi file"));
    let far = [1_u64, 1 << 40, 20].map(u64::to_le_bytes).concat();
    assert!(gzi(&far).contains("not those of the file"));
    let inside = [1_u64, 5, 0].map(u64::to_le_bytes).concat();
    assert!(gzi(&inside).contains("not an intact block"));
}

#[test]
fn lines_that_moved_are_noticed_when_bases_are_read() {
    let directory = dir_with(&[("g.fa", SMALL), ("g.fa.fai", b"a\t14\t9\t7\t8\nb\t4\t28\t4\t5\n")]);
    let mut fasta = Fasta::open(directory.path().join("g.fa")).unwrap();
    let mut out = b"x".to_vec();
    let error = fasta.fetch(0, 0, 14, &mut out).unwrap_err();
    assert!(error.to_string().contains("lines are not where"), "{error}");
    assert_eq!(out, b"x");
    assert_eq!(fetched(&mut fasta, 1, 1, 3), b"TT");
}

#[test]
fn a_genome_can_move_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Fasta>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_of_requests_gives_the_same_bases(
        requests in proptest::collection::vec((0_u64..700_001, 0_u64..3000), 1..40)
    ) {
        let (text, contigs) = long_genome();
        let directory = dir_with(&[("g.fa", &text)]);
        let mut fasta = Fasta::open(directory.path().join("g.fa")).unwrap();
        for (number, (start, length)) in requests.into_iter().enumerate() {
            let contig = number % 7 / 5 * 2;
            let bases = &contigs[contig];
            let start = start % bases.len() as u64;
            let end = (start + length).min(bases.len() as u64);
            let expected = &bases[start as usize..end as usize];
            prop_assert_eq!(fetched(&mut fasta, contig, start, end), expected);
        }
    }

    #[test]
    fn any_bytes_open_or_fail_in_order(
        bytes in prop_oneof![
            any::<Vec<u8>>(),
            "(>[a-c]{0,2}[ \r]?\n|[ACGTN]{1,6}\r?\n|\n){0,12}".prop_map(String::into_bytes),
            any::<Vec<u8>>().prop_map(|bytes| bgzip(&bytes)),
            (any::<Vec<u8>>(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(bytes, at, byte)| {
                let mut whole = bgzip(&bytes);
                let at = at.index(whole.len());
                whole[at] = byte;
                whole
            }),
        ],
        index in proptest::option::of(prop_oneof![
            any::<Vec<u8>>(),
            "([a-c]\t[0-9]{1,3}\t[0-9]\t[0-9]\t[0-9]\n){0,4}".prop_map(String::into_bytes),
        ]),
        gzi in proptest::option::of(any::<[u64; 4]>()),
    ) {
        let directory = dir_with(&[("g.fa", &bytes)]);
        let path = directory.path().join("g.fa");
        if let Some(index) = index {
            fs::write(with_suffix(&path, ".fai"), index).unwrap();
        }
        if let Some([count, rest @ ..]) = gzi {
            let numbers = [count % 3, rest[0] % 99, rest[1] % 99, rest[2]];
            fs::write(with_suffix(&path, ".gzi"), numbers.map(u64::to_le_bytes).concat()).unwrap();
        }
        if let Ok(mut fasta) = Fasta::open(&path) {
            for contig in 0..fasta.contigs().len() {
                let length = fasta.contigs()[contig].length;
                let mut out = Vec::new();
                if fasta.fetch(contig, 0, length, &mut out).is_ok() {
                    prop_assert_eq!(out.len() as u64, length);
                }
            }
        }
    }
}

#[test]
fn an_index_of_other_names_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("genome.fa");
    std::fs::write(&path, ">one first\nACGT\nAC\n\n>two\nGGTT\n").unwrap();
    Fasta::open(&path).unwrap();
    assert!(Fasta::open(&path).is_ok(), "the index that was left fits");
    std::fs::write(&path, ">one first\nACGT\nAC\n\n>owt\nGGTT\n").unwrap();
    let error = Fasta::open(&path).err().unwrap().to_string();
    assert!(error.contains("it names other contigs"), "{error}");
}
