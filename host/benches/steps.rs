//! The steps between reading and writing, one at a time: encode, load, edit, score, splice.
//!
//!     cargo bench -p kipos
//!
//! Scorers are loaded from the plugin libraries of the release build: run `cargo build --release` first.

use std::convert::Infallible;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kipos::for_benches::{
    AlleleInWindow, AllelePredictions, BaseSubstitution, BatchPredictions, BedArgs, BedDataset, BedSample, ContigMap,
    DescribedScores, DnaRows, EditBatch, Fasta, InputRows, LeftAligned, OneHotLayout, Outcome, OutputSelection, RowKey,
    RowSource, SampleRows, ScoreMatrix, ScoredChunk, ScoredRecord, ScorerSet, Sink, VcfOptions, VcfReader, VcfSink,
    WindowReader,
};
use kipos::{
    EdgeRule, Interval, LabelSelection, MultiRegion, OnExisting, PluginRegistry, RegionMode, ScoreLabel, ScoreOrigin,
    ScoreSelection, SkipReason, Strand, VcfStyle,
};
use kipos_plugin_api::{DType, OutputSpec, OutputSpecs, Site};

const LENGTH: usize = 1_000;
const VARIANTS: usize = 256;

fn rows(alphabet_axis: usize) -> DnaRows {
    let layout = OneHotLayout::new(LENGTH, alphabet_axis, None).expect("axes of the table");
    DnaRows::new(DType::F32, layout, "ACGT", 0.25).expect("an alphabet").expect("a number type")
}

fn sequence() -> Vec<u8> {
    (0..LENGTH).map(|i| b"ACGT"[(i * i / 7 + i) % 4]).collect()
}

fn window(start: i64) -> Interval {
    Interval::new(0, start, start + LENGTH as i64, Strand::Forward).expect("start before end")
}

/// A batch of SNVs, each with a window of its own.
fn batch() -> EditBatch {
    let sequence = sequence();
    let mut batch = EditBatch::new(&SampleRows::new(vec![InputRows::OneHot(rows(1))]));
    for variant in 0..VARIANTS {
        let key = RowKey { source: RowSource::Window(window(variant as i64)), overwritten: Vec::new() };
        let push = |rows: &mut SampleRows| {
            rows.inputs_mut()[0].push_letters(&sequence);
            Ok::<_, Infallible>(())
        };
        let Ok(source) = batch.reference_row(key, push);
        let write = BaseSubstitution { input: 0, position: 499, bases: b"A".to_vec() };
        let site = Site::new(1, 1).with_position(Some(499));
        batch.push_substitutions(source, [write], site);
    }
    batch
}

fn encode(c: &mut Criterion) {
    let sequence = sequence();
    let mut group = c.benchmark_group("encode");
    group.throughput(Throughput::Bytes((LENGTH * 16) as u64));
    for (name, axis) in [("channels last", 1), ("channels first", 0)] {
        let mut block = rows(axis);
        group.bench_function(name, |b| {
            b.iter(|| {
                block.clear();
                block.push(black_box(&sequence));
            });
        });
    }
    let mut floats = vec![0f32; LENGTH * 4];
    group.bench_function("memset of as many bytes", |b| b.iter(|| black_box(&mut floats).fill(0.0)));
    group.finish();
}

/// Rows of a buffer that stays in the caches, and of one that is larger than they are.
const BUFFERS: [(&str, usize); 2] = [("0.5 MB", 32), ("131 MB", 8_192)];

/// Intervals of a BED file through the genome into one-hot rows, all buffers used again; and the parts of that.
fn load(c: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (genome, bed) = (directory.path().join("genome.fa"), directory.path().join("intervals.bed"));
    let bases: Vec<u8> = (0..4_000_000usize).map(|i| b"ACGT"[(i * i / 7 + i) % 4]).collect();
    let mut fasta = b">chr1\n".to_vec();
    bases.chunks(60).for_each(|line| fasta.extend(line.iter().chain(b"\n")));
    std::fs::write(&genome, fasta).expect("a genome");
    let intervals = 2_048usize;
    let lines: String = (0..intervals).map(|i| format!("chr1\t{}\t{}\n", i * 1_500, i * 1_500 + LENGTH)).collect();
    std::fs::write(&bed, lines).expect("intervals");
    let mut windows = WindowReader::new(Fasta::open(&genome).expect("a genome"), EdgeRule::Error, 1.0);
    let mut contigs = ContigMap::new(windows.contigs());
    let mut sample = BedSample::default();
    let mut each_interval = |visit: &mut dyn FnMut(Interval)| {
        let mut dataset = BedDataset::open(BedArgs::new(bed.clone())).expect("intervals");
        while dataset.next_sample(&mut sample).expect("a sample") {
            let contig = contigs.resolve(&sample.contig).expect("a contig");
            let interval = Interval::new(contig, sample.start, sample.end, Strand::Forward);
            visit(interval.expect("start before end"));
        }
    };
    let mut letters = Vec::new();
    let mut read = |interval: Interval, letters: &mut Vec<u8>| {
        letters.clear();
        assert_eq!(windows.append(&interval, letters).expect("a window"), Outcome::Done(()));
    };
    let mut group = c.benchmark_group("load");
    group.throughput(Throughput::Bytes((intervals * LENGTH * 16) as u64));
    for (size, buffer) in BUFFERS {
        for (name, axis) in [("channels last", 1), ("channels first", 0)] {
            let mut block = rows(axis);
            group.bench_function(format!("{name}, {size}"), |b| {
                b.iter(|| {
                    each_interval(&mut |interval| {
                        read(interval, &mut letters);
                        if block.len() == buffer {
                            block.clear();
                        }
                        block.push(&letters);
                    });
                });
            });
        }
        let mut floats = vec![0f32; buffer * LENGTH * 4];
        let mut next = 0;
        group.bench_function(format!("memset of as many bytes, {size}"), |b| {
            b.iter(|| {
                for _ in 0..intervals / 32 {
                    let rows = 32 * LENGTH * 4;
                    black_box(&mut floats[next..next + rows]).fill(0.0);
                    next = (next + rows) % (buffer * LENGTH * 4);
                }
            });
        });
    }
    group.bench_function("intervals alone", |b| b.iter(|| each_interval(&mut |interval| _ = black_box(interval))));
    group.bench_function("intervals and letters", |b| {
        b.iter(|| each_interval(&mut |interval| read(interval, black_box(&mut letters))));
    });
    group.finish();
}

fn edit(c: &mut Criterion) {
    let batch = batch();
    let mut block = batch.rows().empty_like();
    let mut group = c.benchmark_group("edit");
    group.throughput(Throughput::Elements(VARIANTS as u64));
    group.bench_function("materialise", |b| {
        b.iter(|| {
            block.clear();
            (0..batch.len()).for_each(|index| batch.materialise(index, &mut block));
        });
    });
    group.bench_function("reverse complement", |b| {
        b.iter(|| {
            block.clear();
            (0..batch.rows().len()).for_each(|row| block.push_reverse_complement(batch.rows(), row));
        });
    });
    group.finish();
}

fn score(c: &mut Criterion) {
    let tasks = 16;
    let outputs = OutputSpecs(vec![
        OutputSpec::new("y", vec![tasks]).with_tasks((0..tasks).map(|task| task.to_string()).collect()),
    ]);
    let selection = ScoreSelection {
        labels: LabelSelection::Only(vec!["diff".into(), "ref".into()]),
        kwargs: Vec::new(),
        ..ScoreSelection::default()
    };
    let registry = PluginRegistry::open(&[plugin_dir()], None);
    let scorers =
        ScorerSet::select(&registry, &DescribedScores::default(), &selection, &OutputSelection::whole(outputs))
            .expect("the default scorers are built");
    let batch = batch();
    let values = |rows: usize| Some(vec![0.5f32; rows * tasks]);
    let combined = AllelePredictions {
        width: tasks,
        reference: values(batch.rows().len()),
        alternate: values(batch.len()),
        reference_rc: values(batch.rows().len()),
        alternate_rc: values(batch.len()),
    };
    let predictions = BatchPredictions { combined, ..BatchPredictions::default() };
    let mut group = c.benchmark_group("score");
    group.throughput(Throughput::Elements(VARIANTS as u64));
    group.bench_function("diff and ref, 16 tasks, both strands", |b| {
        b.iter(|| scorers.score(&batch, &predictions).expect("scores"));
    });
    group.finish();
}

/// target/release, seen from target/release/deps/steps-….
fn plugin_dir() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this benchmark");
    own.ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

fn splice(c: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let vcf = directory.path().join("variants.vcf");
    let mut file = std::fs::File::create(&vcf).expect("a file");
    writeln!(file, "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO").expect("written");
    for variant in 0..VARIANTS {
        writeln!(file, "chr1\t{}\trs{variant}\tA\tC\t29.50\tPASS\tAC=1;AF=0.5;DP=100", variant + 1).expect("written");
    }
    drop(file);
    let mut reader = VcfReader::open(&vcf).expect("a VCF");
    let options = VcfOptions {
        rows: Default::default(),
        style: VcfStyle::default(),
        model_name: "model".into(),
        license: None,
        labels: vec![ScoreLabel {
            label: "diff".into(),
            columns: vec!["0".into()],
            background: vec![],
            origin: ScoreOrigin { plugin: "scorers".into(), version: "1.0".into(), scorer: "diff".into() },
        }],
        only_scored: false,
        std_var_id: false,
        regions: RegionMode::Centered,
        multi_region: MultiRegion::Nearest,
        on_existing: OnExisting::Replace,
        provenance: Default::default(),
    };
    let output = directory.path().join("scored.vcf");
    let mut sink = VcfSink::create(&output, reader.header(), &[], options).expect("a sink");
    let (mut records, mut pairs) = (Vec::new(), Vec::new());
    while let Some(record) = reader.read_record().expect("records") {
        let row = records.len();
        pairs.push(AlleleInWindow { outcome: Outcome::Done(row), ..AlleleInWindow::skipped(SkipReason::NoAlt) });
        records.push(ScoredRecord {
            record,
            alleles: std::iter::once(row..row + 1).collect(),
            reference_overwritten: false,
            reference_over_ambiguous: false,
            left_aligned: LeftAligned::default(),
        });
    }
    let values = (0..VARIANTS).map(|i| i as f32 * 0.0123 - 1.0).collect();
    let chunk =
        ScoredChunk { records, pairs, scores: vec![ScoreMatrix { width: 1, values, failures: Default::default() }] };
    let mut group = c.benchmark_group("splice");
    group.throughput(Throughput::Elements(VARIANTS as u64));
    group.bench_function("one task", |b| b.iter(|| sink.write(&chunk).expect("written")));
    group.finish();
}

criterion_group!(benches, encode, load, edit, score, splice);
criterion_main!(benches);
