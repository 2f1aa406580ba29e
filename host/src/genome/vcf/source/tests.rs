use super::*;
use crate::extent::Extent;
use crate::genome::{Contig, Region};
use noodles::{
    bgzf,
    core::Position,
    csi::{
        self,
        binning_index::{
            Indexer,
            index::{
                Header,
                reference_sequence::{bin::Chunk, index::BinnedIndex},
            },
        },
    },
    tabix,
};
use proptest::prelude::*;
use std::{
    fs,
    io::{Read, Write},
    path::PathBuf,
};
use tempfile::TempDir;

const NAMES: [&str; 3] = ["chr1", "chr2", "chr3"];

/// A record: contig (an index into [`NAMES`]), POS (1-based) and length of REF.
type Place = (usize, usize, usize);

#[derive(Clone, Copy, Debug)]
enum IndexKind {
    None,
    Tbi,
    Csi,
}

/// A bgzipped VCF of records in the given order, `per_block` of them in a block, and its index.
struct Fixture {
    directory: TempDir,
    lines: Vec<String>,
}

impl Fixture {
    fn new(places: &[Place], per_block: usize, prefix: &str, kind: IndexKind) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = bgzf::io::Writer::new(Vec::new());
        writer.write_all(b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n").unwrap();
        let mut tbi = tabix::index::Indexer::default();
        tbi.set_header(Header::builder().build());
        let mut csi = Indexer::<BinnedIndex>::new(9, 7).unwrap();
        let mut lines = Vec::new();
        for (number, (contig, pos, len)) in places.iter().enumerate() {
            if number % per_block == 0 {
                writer.flush().unwrap();
            }
            let name = NAMES[*contig].trim_start_matches(prefix);
            let line = format!("{name}\t{pos}\tr{number}\t{}\tT\t.\t.\t.", "A".repeat(*len));
            let start = writer.virtual_position();
            writer.write_all(format!("{line}\n").as_bytes()).unwrap();
            let chunk = Chunk::new(start, writer.virtual_position());
            let (first, last) = (Position::new(*pos).unwrap(), Position::new(pos + len - 1).unwrap());
            tbi.add_record(name, first, last, chunk).unwrap();
            csi.add_record(Some((*contig, first, last, true)), chunk).unwrap();
            lines.push(line);
        }
        fs::write(directory.path().join("v.vcf.gz"), writer.finish().unwrap()).unwrap();
        match kind {
            IndexKind::None => {}
            IndexKind::Tbi => tabix::fs::write(directory.path().join("v.vcf.gz.tbi"), &tbi.build()).unwrap(),
            IndexKind::Csi => {
                let names = NAMES.map(|name| name.trim_start_matches(prefix).into()).into_iter().collect();
                let header = Header::builder().set_reference_sequence_names(names).build();
                let index = csi.set_header(header).build(NAMES.len());
                csi::fs::write(directory.path().join("v.vcf.gz.csi"), &index).unwrap();
            }
        }
        Self { directory, lines }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("v.vcf.gz")
    }

    fn source(&self, regions: &[Region]) -> Result<VariantSource, VcfError> {
        let mut contigs = contigs();
        let regions = Regions::resolve(regions, None, &mut contigs).unwrap();
        let input = VariantInput::File(self.path());
        VariantSource::within(&input, input.open()?, regions, contigs)
    }

    fn selected(&self, regions: &[&str]) -> (Vec<String>, VariantSource) {
        let regions: Vec<Region> = regions.iter().map(|text| text.parse().unwrap()).collect();
        let mut source = self.source(&regions).unwrap();
        (lines(&mut source).unwrap(), source)
    }
}

fn contigs() -> ContigMap {
    ContigMap::new(&NAMES.map(|name| Contig { name: name.into(), length: 1 << 30 }))
}

fn lines(source: &mut VariantSource) -> Result<Vec<String>, VcfError> {
    let records = std::iter::from_fn(|| source.read_record().transpose());
    records.map(|record| Ok(String::from_utf8(record?.bytes().to_vec()).unwrap())).collect()
}

/// The IDs of records.
fn ids(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| line.split('\t').nth(2).unwrap()).collect()
}

const PLACES: [Place; 6] = [(0, 5, 3), (0, 10, 1), (0, 70_000, 1), (1, 1, 1), (1, 10, 1), (2, 10, 1)];

#[test]
fn only_the_start_of_ref_counts() {
    for kind in [IndexKind::None, IndexKind::Tbi, IndexKind::Csi] {
        let fixture = Fixture::new(&PLACES, 2, "", kind);
        assert_eq!(ids(&fixture.selected(&["chr1:6-10"]).0), ["r1"], "{kind:?}");
        assert_eq!(ids(&fixture.selected(&["chr1:1-5"]).0), ["r0"]);
        assert_eq!(ids(&fixture.selected(&["chr2:2-9"]).0), [""; 0]);
    }
}

#[test]
fn records_keep_the_order_of_the_file_and_come_once() {
    for kind in [IndexKind::None, IndexKind::Tbi, IndexKind::Csi] {
        let fixture = Fixture::new(&PLACES, 1, "", kind);
        let (lines, source) = fixture.selected(&["chr3", "chr1:10-", "chr1:1-20", "chr2:10", "chr1:9-11"]);
        assert_eq!(ids(&lines), ["r0", "r1", "r2", "r4", "r5"], "{kind:?}");
        source.finish().unwrap();
        assert_eq!(fixture.selected(&["chr2", "chr1", "chr3"]).0, fixture.lines);
    }
}

#[test]
fn a_record_with_a_long_ref_is_found_at_its_start() {
    for kind in [IndexKind::None, IndexKind::Tbi, IndexKind::Csi] {
        let fixture = Fixture::new(&[(2, 1, 30_000), (2, 2, 1)], 1, "", kind);
        assert_eq!(ids(&fixture.selected(&["chr3:1"]).0), ["r0"], "{kind:?}");
    }
}

#[test]
fn contigs_may_be_named_with_and_without_chr() {
    for kind in [IndexKind::None, IndexKind::Tbi, IndexKind::Csi] {
        let fixture = Fixture::new(&PLACES, 2, "chr", kind);
        assert_eq!(ids(&fixture.selected(&["chr2:10"]).0), ["r4"], "{kind:?}");
        assert_eq!(ids(&fixture.selected(&["2:10"]).0), ["r4"], "{kind:?}");
    }
}

#[test]
fn a_vcf_of_other_contigs_is_told() {
    for kind in [IndexKind::None, IndexKind::Tbi, IndexKind::Csi] {
        let fixture = Fixture::new(&PLACES, 1, "", kind);
        let mut contigs = ContigMap::new(&[Contig { name: "other".into(), length: 100 }]);
        let regions = Regions::resolve(&["other".parse().unwrap()], None, &mut contigs).unwrap();
        let input = VariantInput::File(fixture.path());
        let mut source = VariantSource::within(&input, input.open().unwrap(), regions, contigs).unwrap();
        assert_eq!(lines(&mut source).unwrap(), [""; 0]);
        assert!(matches!(source.finish(), Err(ContigMapError::NoneMatches { .. })), "{kind:?}");
    }
}

#[test]
fn the_index_is_used_and_its_lack_is_told() {
    let fixture = Fixture::new(&PLACES, 1, "", IndexKind::Tbi);
    let (_, source) = fixture.selected(&["chr1:1-20"]);
    assert!(matches!(source.records, Records::Indexed(_)));
    assert_eq!(source.warnings(), []);
    let fixture = Fixture::new(&PLACES, 1, "", IndexKind::None);
    let (_, source) = fixture.selected(&["chr1:1-20"]);
    assert!(matches!(source.records, Records::Streamed(_)));
    let path = fixture.path();
    let path = path.display();
    let warning = format!(
        "{path} has no index, so the whole file was scanned for the regions; create one with `tabix -p vcf \
         {path}`"
    );
    assert_eq!(source.warnings(), [Warning::new(WarningCode::NoIndex, warning)]);
}

#[test]
fn an_index_older_than_its_vcf_is_told() {
    let fixture = Fixture::new(&PLACES, 1, "", IndexKind::Tbi);
    let index = fs::File::options().write(true).open(fixture.directory.path().join("v.vcf.gz.tbi")).unwrap();
    index.set_modified(std::time::UNIX_EPOCH).unwrap();
    let (_, source) = fixture.selected(&["chr1"]);
    let warning = &source.warnings()[0];
    assert_eq!(warning.code, WarningCode::StaleIndex);
    assert!(warning.text.ends_with("v.vcf.gz.tbi is older than its VCF; rebuild it"), "{warning}");
}

/// How much of all records, or of those of regions, there is to read before the first of them, and after the last.
fn extents(mut source: VariantSource) -> [Extent; 2] {
    let watch = source.extent();
    let before = watch.now();
    lines(&mut source).unwrap();
    [before, watch.now()]
}

#[test]
fn an_index_tells_how_many_records_there_are() {
    for kind in [IndexKind::Tbi, IndexKind::Csi] {
        let fixture = Fixture::new(&PLACES, 1, "", kind);
        let all = VariantSource::all(VariantInput::File(fixture.path()).open().unwrap());
        assert_eq!(extents(all), [Extent::Items(PLACES.len() as u64); 2], "{kind:?}");
        // Of regions, only the parts that are read are known; here all have been read.
        let [Extent::Bytes { read, of }, _] = extents(fixture.selected(&["chr1"]).1) else { panic!("{kind:?}") };
        assert!(of > 0 && read == of, "{read} of {of}");
        assert!(of < fs::metadata(fixture.path()).unwrap().len());
    }
}

#[test]
fn without_an_index_bytes_tell_how_much_there_is() {
    let fixture = Fixture::new(&PLACES, 1, "", IndexKind::None);
    let size = fs::metadata(fixture.path()).unwrap().len();
    let whole = Extent::Bytes { read: size, of: size };
    let all = VariantSource::all(VariantInput::File(fixture.path()).open().unwrap());
    assert_eq!(extents(all)[1], whole);
    assert_eq!(extents(fixture.selected(&["chr1"]).1)[1], whole);
    let named = ["chr1:7:A:T", "chr1:3:G>C,T"].map(|text| text.parse().unwrap());
    let named = VariantInput::Named(named.to_vec()).open().unwrap();
    assert_eq!(extents(VariantSource::all(named)), [Extent::Items(2); 2]);
    let unknown = VcfReader::new(fs::File::open(fixture.path()).unwrap(), "a pipe").unwrap();
    assert_eq!(extents(VariantSource::all(unknown)), [Extent::Unknown; 2]);
}

#[test]
fn a_damaged_index_is_an_error() {
    for extension in ["tbi", "csi"] {
        let fixture = Fixture::new(&PLACES, 1, "", IndexKind::None);
        fs::write(fixture.directory.path().join(format!("v.vcf.gz.{extension}")), "no index").unwrap();
        let error = fixture.source(&["chr1".parse().unwrap()]).err().unwrap();
        let message = error.to_string();
        assert!(message.contains(&format!("v.vcf.gz.{extension}; rebuild it with `tabix -f -p vcf ")), "{message}");
    }
}

#[test]
fn faults_behind_an_index_name_the_line() {
    let fixture = Fixture::new(&PLACES, 1, "", IndexKind::Tbi);
    let packed = fs::read(fixture.path()).unwrap();
    let mut text = String::new();
    bgzf::io::Reader::new(&packed[..]).read_to_string(&mut text).unwrap();
    // One block a record, each as long as before, so that the index is still that of the file.
    let mut writer = bgzf::io::Writer::new(Vec::new());
    for (number, line) in text.replace("chr2\t10\t", "chr2\tx0\t").split_inclusive('\n').enumerate() {
        if number >= 2 {
            writer.flush().unwrap();
        }
        writer.write_all(line.as_bytes()).unwrap();
    }
    fs::write(fixture.path(), writer.finish().unwrap()).unwrap();
    let mut source = fixture.source(&["chr2".parse().unwrap()]).unwrap();
    let message = lines(&mut source).unwrap_err().to_string();
    assert!(message.ends_with("v.vcf.gz:7: invalid POS `x0`: expected a non-negative integer"), "{message}");
}

#[test]
fn sources_can_move_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<VariantSource>();
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let pos = prop_oneof![1..40_usize, 16_370..16_400_usize, 1..3_000_000_usize];
    prop::collection::vec((0..3_usize, pos, prop_oneof![9 => 1..4_usize, 1 => 30_000..40_000_usize]), 0..40).prop_map(
        |mut places| {
            places.sort_unstable();
            places
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_damaged_index_leads_to_some_records_or_an_error(
        kind in prop_oneof![Just(IndexKind::Tbi), Just(IndexKind::Csi)],
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let fixture = Fixture::new(&PLACES, 1, "", kind);
        let extension = if matches!(kind, IndexKind::Tbi) { "tbi" } else { "csi" };
        let path = fixture.directory.path().join(format!("v.vcf.gz.{extension}"));
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        fs::write(&path, bytes).unwrap();
        let source = fixture.source(&["chr1:1-20".parse().unwrap(), "chr2".parse().unwrap()]);
        if let Ok(mut source) = source && let Ok(found) = lines(&mut source) {
            prop_assert!(found.iter().all(|line| fixture.lines.contains(line)));
        }
    }

    #[test]
    fn indexed_and_streamed_are_what_brute_force_finds(
        places in places(),
        per_block in 1..6_usize,
        regions in prop::collection::vec((0..3_usize, any::<prop::sample::Index>(), 0..40_i64, 0..70_000_usize), 0..6),
    ) {
        // Regions that begin near records.
        let regions: Vec<(usize, usize, usize)> = regions.into_iter().map(|(contig, near, before, len)| {
            let near = if places.is_empty() { 1 } else { near.get(&places).1 };
            let first = near.saturating_sub(before as usize).max(1);
            (contig, first, first + len / if len % 2 == 0 { 1 } else { 1_000 })
        }).collect();
        let typed: Vec<Region> = regions
            .iter()
            .map(|(contig, first, last)| format!("{}:{first}-{last}", NAMES[*contig]).parse().unwrap())
            .collect();
        for kind in [IndexKind::None, IndexKind::Tbi, IndexKind::Csi] {
            let fixture = Fixture::new(&places, per_block, "", kind);
            let within = |(contig, pos, _): &Place| {
                regions.iter().any(|(c, first, last)| c == contig && (*first..=*last).contains(pos))
            };
            let places = places.iter().enumerate().filter(|(_, place)| within(place));
            let expected: Vec<String> = places.map(|(number, _)| format!("r{number}")).collect();
            let found = lines(&mut fixture.source(&typed).unwrap()).unwrap();
            prop_assert_eq!(ids(&found), expected, "{:?}", kind);
        }
    }
}
