//! The index of a bgzipped VCF, or of a bgzipped table whose rows are in the order of the genome, made while it is written.

use super::{AtomicFile, SinkError};
use crate::genome::VcfRecord;
use noodles::{
    bgzf::VirtualPosition,
    core::Position,
    csi::{
        self,
        binning_index::{
            Indexer,
            index::{
                Header,
                header::{Builder, Format, ReferenceSequenceNames, format::CoordinateSystem},
                reference_sequence::{
                    bin::Chunk,
                    index::{BinnedIndex, LinearIndex},
                },
            },
            indexer::AddRecordError,
        },
    },
    tabix,
};
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// Bits of the smallest interval of an index: 16 384 bases.
pub(super) const MIN_SHIFT: u8 = 14;
/// Levels of a `.tbi`, which reach 2^29 bases.
const TABIX_DEPTH: u8 = 5;

/// Collects where lines lie. `.tbi` as long as its 2^29 bases suffice for the longest contig, else `.csi`.
#[derive(Debug)]
pub(super) struct TextIndex {
    file: IndexFile,
    lines: IndexedLines,
    names: ReferenceSequenceNames,
    bins: Bins,
    /// Why there will be no index.
    spoiled: Option<&'static str>,
}

/// What the lines of an indexed file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndexedLines {
    /// Records of a VCF.
    Vcf,
    /// Rows of a table below a line of names: the contig is in the first column, the 1-based position in the second.
    Table,
}

impl IndexedLines {
    fn header(self) -> Builder {
        match self {
            Self::Vcf => Builder::vcf(),
            // As `tabix -s1 -b2 -e2 -S1` says it.
            Self::Table => Builder::vcf()
                .set_format(Format::Generic(CoordinateSystem::Gff))
                .set_end_position_index(Some(1))
                .set_line_skip_count(1),
        }
    }
}

#[derive(Debug)]
enum Bins {
    Tabix(Indexer<LinearIndex>),
    Csi(Indexer<BinnedIndex>),
}

/// The file of an index, or why there is none.
pub(super) type IndexFile = Result<AtomicFile, &'static str>;

/// Starts the file of an index, whose name may be too long although that of the indexed file is not.
///
/// # Errors
/// As [`AtomicFile::create`].
pub(super) fn create_index(path: &Path) -> Result<IndexFile, SinkError> {
    Ok(AtomicFile::create_beside(path)?.ok_or("its name would be too long"))
}

/// The names that an index of the file at `path` can have.
pub(super) fn index_paths(path: &Path) -> [PathBuf; 2] {
    [".tbi", ".csi"].map(|extension| {
        let mut name = OsString::from(path);
        name.push(extension);
        name.into()
    })
}

/// The name of the `.csi` of the file at `path`.
pub(super) fn csi_path(path: &Path) -> PathBuf {
    let [_, csi] = index_paths(path);
    csi
}

/// The levels of an index of a file whose longest contig has `longest` bases; at least those of `.tbi`.
pub(super) fn depth_for(longest: u64) -> u8 {
    let reach = |depth: u8| 1_u64 << (MIN_SHIFT + 3 * depth);
    // Positions are 1-based: an index that reaches 2^n bases knows the first 2^n - 1.
    (TABIX_DEPTH..=9).find(|depth| longest < reach(*depth)).unwrap_or(TABIX_DEPTH)
}

/// Why there will be no index, if a record could not be added to it.
pub(super) fn reason_for_none(error: AddRecordError) -> &'static str {
    match error {
        AddRecordError::EndExceedsMaxPosition { .. } => "a record is beyond the end of all declared contigs",
        _ => "the records are not sorted by contig and position",
    }
}

impl TextIndex {
    /// Starts the index of the file at `path` with such lines, whose longest contig has `longest` bases.
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub(super) fn create(path: &Path, lines: IndexedLines, longest: u64) -> Result<Self, SinkError> {
        let [tbi, csi] = index_paths(path);
        let depth = depth_for(longest);
        let (path, bins) = match depth {
            TABIX_DEPTH => (tbi, Indexer::new(MIN_SHIFT, depth).map(Bins::Tabix)),
            _ => (csi, Indexer::new(MIN_SHIFT, depth).map(Bins::Csi)),
        };
        let file = create_index(&path)?;
        let bins = bins.ok_or_else(|| SinkError::Write { path, source: io::ErrorKind::InvalidInput.into() })?;
        Ok(Self { file, lines, names: ReferenceSequenceNames::new(), bins, spoiled: None })
    }

    /// Notes that the line of a record lies at `[start, end)` of the file.
    pub(super) fn add(&mut self, record: &VcfRecord, start: VirtualPosition, end: VirtualPosition) {
        if self.spoiled.is_some() {
            return;
        }
        let chunk = Chunk::new(start, end);
        let (first, last) = match self.lines {
            IndexedLines::Vcf => extent(record),
            IndexedLines::Table => (position(record.pos().max(1)), position(record.pos().max(1))),
        };
        let contig = record.chrom().as_bytes();
        let contig = self.names.get_index_of(contig).unwrap_or_else(|| self.names.insert_full(contig.into()).0);
        let place = Some((contig, first, last, true));
        let added = match &mut self.bins {
            Bins::Tabix(bins) => bins.add_record(place, chunk),
            Bins::Csi(bins) => bins.add_record(place, chunk),
        };
        self.spoiled = added.err().map(reason_for_none);
    }

    /// The complete index, or why there is none.
    ///
    /// # Errors
    /// [`SinkError::Write`].
    pub(super) fn complete(self) -> Result<IndexFile, SinkError> {
        let Self { file, lines, names, bins, spoiled } = self;
        let file = match (file, spoiled) {
            (Err(reason), _) | (Ok(_), Some(reason)) => return Ok(Err(reason)),
            (Ok(file), None) => file,
        };
        let (path, count) = (file.path().to_owned(), names.len());
        let header: Header = lines.header().set_reference_sequence_names(names).build();
        let written = match bins {
            Bins::Tabix(bins) => {
                let mut writer = tabix::io::Writer::new(file);
                let index = bins.set_header(header).build(count);
                writer.write_index(&index).and_then(|()| writer.into_inner().finish())
            }
            Bins::Csi(bins) => {
                let mut writer = csi::io::Writer::new(file);
                let index = bins.set_header(header).build(count);
                writer.write_index(&index).and_then(|()| writer.into_inner().finish())
            }
        };
        written.map(Ok).map_err(|source| SinkError::Write { path, source })
    }
}

/// The first and last base of a record, 1-based: to the end of REF, or to INFO's END. A telomere counts as base 1.
fn extent(record: &VcfRecord) -> (Position, Position) {
    let start = record.pos().max(1);
    let of_reference = start.saturating_add(record.reference().len().saturating_sub(1) as u64);
    let declared = record.info().split(|byte| *byte == b';').find_map(|entry| entry.strip_prefix(b"END="));
    let declared = declared.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok());
    let end = declared.filter(|end| *end >= start).unwrap_or(of_reference);
    (position(start), position(end))
}

/// A base, counted from 1.
fn position(base: u64) -> Position {
    Position::new(usize::try_from(base).unwrap_or(usize::MAX)).unwrap_or(Position::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::records;

    fn index(lines: &str, longest: u64) -> (Vec<String>, Option<&'static str>) {
        let directory = tempfile::tempdir().unwrap();
        let mut index = TextIndex::create(&directory.path().join("a.vcf.gz"), IndexedLines::Vcf, longest).unwrap();
        for (at, record) in records(lines).iter().enumerate() {
            let place = |at: usize| VirtualPosition::from(at as u64 * 100);
            index.add(record, place(at), place(at + 1));
        }
        let reason = match index.complete().unwrap() {
            Ok(file) => file.commit().map(|()| None).unwrap(),
            Err(reason) => Some(reason),
        };
        let entries = std::fs::read_dir(directory.path()).unwrap();
        (entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect(), reason)
    }

    #[test]
    fn the_longest_contig_decides_on_the_kind() {
        let line = "chr1\t7\t.\tA\tC\n";
        assert_eq!(index(line, (1 << 29) - 1), (vec!["a.vcf.gz.tbi".into()], None));
        assert_eq!(index(line, 1 << 29), (vec!["a.vcf.gz.csi".into()], None));
        let far = "chr1\t4000000000\t.\tA\tC\n";
        assert_eq!(index(far, 4_100_000_000), (vec!["a.vcf.gz.csi".into()], None));
        assert_eq!(index(far, 7), (vec![], Some("a record is beyond the end of all declared contigs")));
    }

    #[test]
    fn only_sorted_records_are_indexed() {
        let unsorted = (vec![], Some("the records are not sorted by contig and position"));
        assert_eq!(index("1\t7\t.\tA\tC\n1\t7\t.\tA\tT\n2\t1\t.\tA\tC\n", 9).1, None);
        assert_eq!(index("1\t7\t.\tA\tC\n1\t6\t.\tA\tC\n", 9), unsorted);
        assert_eq!(index("1\t7\t.\tA\tC\n2\t7\t.\tA\tC\n1\t8\t.\tA\tC\n", 9), unsorted);
    }

    #[test]
    fn records_reach_to_the_end_of_ref_or_to_end() {
        let lines =
            "1\t5\t.\tACGT\tC\n1\t0\t.\tA\tC\n1\t5\t.\tA\t<DEL>\t.\t.\tX=1;END=90\n1\t5\t.\tAC\t<DEL>\t.\t.\tEND=3\n";
        let extents: Vec<_> =
            records(lines).iter().map(extent).map(|(first, last)| (first.get(), last.get())).collect();
        assert_eq!(extents, [(5, 8), (1, 1), (5, 90), (5, 6)]);
    }
}
