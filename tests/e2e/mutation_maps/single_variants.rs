//! A map says of every base what the same change says as a single variant: over random regions, models and loaders.

use kipos::{
    EdgeRule, Interval, LabelSelection, MapEntry, MapQuery, MutationMap, NamedInterval, PluginRegistry, RegionIndex,
    RegionPlan, ScoreSelection, ScoreTables, ScoreVariants,
};
use kipos_plugin_api::Value;
use kipos_tests::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::stub_model::StubModel;

/// Bases of the contig.
const CONTIG: usize = 160;

/// Bases of a window.
const WINDOW: usize = 20;

/// The scores; those from the second on have a value where the sequence has the base already.
const SCORES: [&str; 5] = ["diff", "ref", "alt", "logit_alt", "logit"];

/// How the model reads a sequence.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// Letters on this axis, an axis of length 1 there.
    OneHot(usize, Option<usize>),
    /// As text of this shape.
    Text(&'static str),
}

/// Where windows come from.
#[derive(Debug, Clone)]
enum Windows {
    /// Side by side from the start of these regions on: start, length, whether they lie on the reverse strand.
    Tiles(Vec<(usize, usize, bool)>),
    /// Around these bases.
    Centered(Vec<usize>),
    /// The same, moved into regions: start, length.
    Restricted(Vec<usize>, Vec<(usize, usize)>),
    /// Those of the loader, which lie on a strand, that hold these bases.
    Holding(Vec<usize>, Vec<(usize, bool)>),
    /// Those of the loader that share a base with these regions.
    Overlapping(Vec<(usize, usize, bool)>, Vec<(usize, bool)>),
}

#[derive(Debug, Clone)]
struct Case {
    reading: Reading,
    windows: Windows,
    tasks: &'static [&'static str],
    use_rc: bool,
    edits: bool,
    batch_size: usize,
}

fn case() -> impl Strategy<Value = Case> {
    let reading = prop_oneof![
        prop::sample::select(&[(1, None), (0, None), (0, Some(1)), (2, Some(1))][..])
            .prop_map(|(letters, one)| Reading::OneHot(letters, one)),
        prop::sample::select(&["()", "(20,)"][..]).prop_map(Reading::Text),
    ];
    let base = prop::collection::vec(0..CONTIG, 1..4);
    let regions = || prop::collection::vec((0..CONTIG, 1..45_usize, any::<bool>()), 1..3);
    let ranges = || prop::collection::vec((0..CONTIG - WINDOW, any::<bool>()), 1..6);
    let windows = prop_oneof![
        3 => regions().prop_map(Windows::Tiles),
        1 => base.clone().prop_map(Windows::Centered),
        1 => (base.clone(), prop::collection::vec((0..CONTIG - 60, 10..60_usize), 1..4))
            .prop_map(|(bases, regions)| Windows::Restricted(bases, regions)),
        1 => (base, ranges()).prop_map(|(bases, ranges)| Windows::Holding(bases, ranges)),
        1 => (regions(), ranges()).prop_map(|(regions, ranges)| Windows::Overlapping(regions, ranges)),
    ];
    let tasks = prop::sample::select(vec![&["one"][..], &["one", "two", "three"]]);
    (reading, windows, tasks, any::<bool>(), any::<bool>(), 1..50_usize).prop_map(
        |(reading, windows, tasks, use_rc, edits, batch_size)| Case {
            reading,
            windows,
            tasks,
            use_rc,
            edits,
            batch_size,
        },
    )
}

/// With stretches that are not known, an ambiguous base and lower case.
fn contig() -> Vec<u8> {
    let mut contig = bases(CONTIG, 17);
    contig[40..43].fill(b'N');
    contig[70] = b'R';
    contig[90..110].make_ascii_lowercase();
    contig
}

fn write_model(world: &World, case: &Case) {
    let axes = match case.reading {
        Reading::OneHot(letters, one) => (letters, one),
        Reading::Text(_) => (1, None),
    };
    let (tasks, use_rc, scoring) = (case.tasks, case.use_rc, "{type: logit}");
    StubModel { axes, tasks, sigmoid: true, use_rc, scoring, ..StubModel::default() }.describe(world, "model");
    let mut yaml = world.read("model/model.yaml");
    if let Reading::Text(shape) = case.reading {
        yaml = yaml.replace("SeqIntervalDl", "StringSeqIntervalDl").replace(", alphabet_axis: 1", "");
        yaml = yaml.replace("special_type: DNASeq", "special_type: DNAStringSeq").replace("(20, 4)", shape);
    } else if case.edits {
        yaml = yaml.replace("\nargs: {", "\nargs: {edits: true, ");
    }
    world.write("model/model.yaml", yaml);
}

fn bed(rows: impl IntoIterator<Item = (usize, usize, bool)>) -> String {
    let line = |(start, length, reverse)| {
        format!("chr1\t{start}\t{}\tr\t0\t{}\n", start + length, if reverse { '-' } else { '+' })
    };
    rows.into_iter().map(line).collect()
}

/// A VCF that replaces these bases, sorted.
fn snvs(contig: &[u8], positions: impl IntoIterator<Item = usize>) -> String {
    let mut positions: Vec<_> = positions.into_iter().filter(|&position| is_base(contig[position])).collect();
    positions.sort_unstable();
    let records = positions.into_iter().map(|position| {
        let reference = contig[position].to_ascii_uppercase();
        let others = others(reference);
        let alternates: Vec<_> = others.chunks(1).collect();
        record("chr1", position + 1, &[reference], &alternates)
    });
    vcf("", &records.collect::<String>())
}

fn is_base(letter: u8) -> bool {
    b"ACGT".contains(&letter.to_ascii_uppercase())
}

/// The maps of a case.
fn mapped(world: &World, case: &Case, registry: &PluginRegistry) -> Vec<MapEntry> {
    let mut request = MutationMap::new(world.path("model"));
    let mut flags = vec![("fasta_file", Value::String(world.path("genome.fa").display().to_string()))];
    let own_ranges = |flags: &mut Vec<_>, ranges: &[(usize, bool)]| {
        let rows = ranges.iter().map(|&(start, reverse)| (start, WINDOW, reverse));
        flags.push(("intervals_file", Value::String(world.write("ranges.bed", bed(rows)).display().to_string())));
    };
    let variants =
        |positions: &[usize]| MapQuery::Vcf(world.write("q.vcf", snvs(&contig(), positions.iter().copied())));
    let regions = |rows: &[(usize, usize, bool)]| {
        let within = rows.iter().map(|&(start, length, reverse)| (start, length.min(CONTIG - start), reverse));
        MapQuery::Bed(world.write("q.bed", bed(within)))
    };
    let query = match &case.windows {
        Windows::Tiles(rows) => regions(rows),
        Windows::Centered(positions) => variants(positions),
        Windows::Restricted(positions, rows) => {
            let rows = rows.iter().map(|&(start, length)| (start, length, false));
            request.windows.restriction_bed = Some(world.write("restriction.bed", bed(rows)));
            variants(positions)
        }
        Windows::Holding(positions, ranges) => {
            own_ranges(&mut flags, ranges);
            variants(positions)
        }
        Windows::Overlapping(rows, ranges) => {
            own_ranges(&mut flags, ranges);
            regions(rows)
        }
    };
    if flags.len() > 1 {
        request.windows.mode = Some(kipos::RegionMode::Overlap);
    }
    flags.push(("use_strand", Value::Bool(true)));
    request.samples.loader_args = flags.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    (request.scores.scores, request.samples.edge) = (scores(), EdgeRule::Pad);
    request.model.batch_size = Some(case.batch_size);
    request.run_and_return(&query, registry, &mut |_| ()).unwrap().1.entries().to_vec()
}

fn scores() -> ScoreSelection {
    ScoreSelection {
        labels: LabelSelection::Only(SCORES.map(str::to_owned).to_vec()),
        kwargs: Vec::new(),
        ..ScoreSelection::default()
    }
}

/// Every change of every base of these windows, as single variants.
fn scored(world: &World, registry: &PluginRegistry, windows: &[Interval]) -> ScoreTables {
    let contig = contig();
    let inside =
        |position: &usize| windows.iter().any(|window| (window.start()..window.end()).contains(&(*position as i64)));
    let variants = world.write("all.vcf", snvs(&contig, (0..CONTIG).filter(inside)));
    let mut request = ScoreVariants::new(world.path("model"), variants, Vec::new());
    let genome = Value::String(world.path("genome.fa").display().to_string());
    request.samples.loader_args = vec![("fasta_file".to_owned(), genome)];
    let named = |window: &Interval| NamedInterval { interval: *window, name: "w".into() };
    let ranges = RegionIndex::new(windows.iter().map(named).collect());
    request.windows.plan = Some(RegionPlan::Overlap { ranges, per_sample: 1 });
    (request.scores.scores, request.samples.edge) = (scores(), EdgeRule::Pad);
    // One at a time, so that no call is like one of the map.
    request.model.batch_size = Some(1);
    request.run_and_return(registry, &mut |_| ()).unwrap().1
}

/// Compares all cells of a map with the rows of its window: how many rows those are.
fn compare(entry: &MapEntry, tables: &ScoreTables, tasks: usize) -> usize {
    let start = entry.window.start();
    let cell = |score: usize, task: usize, base: usize, column: usize| {
        entry.scores[score][(task * 4 + base) * WINDOW + column].to_bits()
    };
    let mut rows = 0;
    for (row, id) in tables.rows().enumerate().filter(|(_, id)| id.window == Some(entry.window)) {
        let column = usize::try_from(id.pos as i64 - 1 - start).unwrap();
        let base = "ACGT".find(id.alternate.unwrap()).unwrap();
        let own = "ACGT".find(id.reference).unwrap();
        rows += 1;
        for task in 0..tasks {
            for (score, table) in tables.tables().iter().enumerate() {
                let expected = table.row(row).unwrap()[task];
                assert_eq!(cell(score, task, base, column), expected.to_bits(), "{} at {id:?}", SCORES[score]);
            }
            // What compares is 0; the others are those of the sequence as it is.
            let reference = tables.table("ref").unwrap().row(row).unwrap()[task].to_bits();
            let own = |score| cell(score, task, own, column);
            assert_eq!([own(0), own(4), own(1), own(2)], [0, 0, reference, reference]);
        }
    }
    for (column, _) in entry.letters.iter().enumerate().filter(|(_, letter)| !is_base(**letter)) {
        for (score, maps) in entry.scores.iter().enumerate() {
            assert!(maps.iter().skip(column).step_by(WINDOW).all(|value| value.is_nan()), "{} {column}", SCORES[score]);
        }
    }
    rows
}

#[test]
fn maps_equal_single_variants() {
    let world = World::new();
    world.install("test_stub");
    world.write("genome.fa", fasta(&[("chr1", &contig())]));
    let registry = PluginRegistry::open(&[world.path("plugins"), kipos_tests::built("")], None);
    let config = Config { cases: 100, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&case(), |case| {
        write_model(&world, &case);
        let entries = mapped(&world, &case, &registry);
        if let Windows::Tiles(_) | Windows::Centered(_) = case.windows {
            // With padding, every window can be shown, unless it is around a base that is not known.
            let unknown = matches!(&case.windows, Windows::Centered(at) if at.iter().all(|at| !is_base(contig()[*at])));
            prop_assert_eq!(entries.is_empty(), unknown);
        }
        let mut windows: Vec<_> = entries.iter().map(|entry| entry.window).collect();
        windows.sort_unstable_by_key(|window| (window.start(), window.strand().is_reverse()));
        windows.dedup();
        if windows.is_empty() {
            return Ok(());
        }
        let tables = scored(&world, &registry, &windows);
        for entry in &entries {
            prop_assert_eq!((entry.letters.len(), entry.scores.len()), (WINDOW, SCORES.len()));
            let known = entry.letters.iter().filter(|letter| is_base(**letter)).count();
            prop_assert_eq!(compare(entry, &tables, case.tasks.len()), 3 * known);
        }
        Ok(())
    });
    checked.unwrap();
}
