//! Crops, bins, and outputs whose length follows the window.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::say;
use crate::annotated::assert_close;
use crate::case::{Case, bases, genome, vcf};
use crate::model_outputs::table;
use crate::table::Table;

/// The position of the variant of these tests, 1-based.
const POSITION: usize = 60;

/// The bases of a window that an output covers.
#[derive(Debug, Clone, Copy)]
struct Bins {
    window: usize,
    left: usize,
    right: usize,
    bin: usize,
}

impl Bins {
    /// A case whose model predicts every bin from its own bases, for two tasks, and one variant.
    fn case(self) -> Case {
        let Self { window, left, right, bin } = self;
        let case = Case::new();
        case.world.install("whole_outputs");
        let args = format!("args: {{as_described: true, bin: {bin}, crop_left: {left}, crop_right: {right}}}");
        case.spoil("model/model.yaml", "args: {tasks: 1}", &args);
        case.spoil("model/model.yaml", "(10, 4)", "(None, 4)");
        case.spoil("model/dataloader.yaml", "10", &window.to_string());
        let target = "{name: out, shape: \"(None, 2)\", column_labels: [a, b]}";
        case.spoil("model/model.yaml", "{name: out, shape: \"(1,)\"}", target);
        say(&case, &format!("{{outputs: {{out: {{crop: [{left}, {right}], bin: {bin}}}}}}}"));
        case.world.write("variants.vcf", vcf("", &crate::case::snv(POSITION)));
        case
    }

    fn positions(self) -> usize {
        (self.window - self.left - self.right) / self.bin
    }

    /// The position of the base at `index` of the window.
    fn of(self, index: usize) -> Option<usize> {
        (self.left..self.window - self.right).contains(&index).then(|| (index - self.left) / self.bin)
    }
}

/// What a base adds to its position for the first task, at `index` of the row.
fn value(base: char, index: usize) -> f64 {
    let channel = "ACGT".find(base).unwrap();
    ((channel + 1) * (index % 7 + 1)) as f64 / 1000.0
}

fn complement(base: char) -> char {
    char::from(b"TGCA"["ACGT".find(base).unwrap()])
}

/// The difference of the variant at `index` of a window.
fn difference(index: usize) -> f64 {
    let (reference, alternate) = bases(POSITION);
    value(alternate, index) - value(reference, index)
}

/// The same on the reverse complement.
fn turned(bins: Bins, index: usize) -> f64 {
    let (reference, alternate) = bases(POSITION);
    let index = bins.window - 1 - index;
    value(complement(alternate), index) - value(complement(reference), index)
}

fn number(table: &Table, column: &str) -> f64 {
    table.column(column)[0].parse().unwrap()
}

/// A variant that stands at an index of its window is scored in the position that holds it.
fn check(bins: Bins, index: usize) {
    let case = bins.case();
    let at = ["--centering", &index.to_string()];
    let expected = bins.of(index).map_or(-1.0, |position| position as f64);
    let placed = table(&case, &[&at[..], &["--scores", "place"]].concat());
    assert_eq!(number(&placed, "place/out told"), expected, "{bins:?} {index}");
    assert_eq!(number(&placed, "place/out changed"), expected, "{bins:?} {index}");
    let summed = table(&case, &[&at[..], &["--reduce", "sum"]].concat());
    let covered = if bins.of(index).is_some() { difference(index) } else { 0.0 };
    assert_close(number(&summed, "diff/a"), covered, format!("{bins:?} {index}"));
    assert_close(number(&summed, "diff/b"), 2.0 * covered, format!("{bins:?} {index}"));
}

#[test]
fn a_variant_at_each_border_is_in_its_bin() {
    let bins = Bins { window: 21, left: 4, right: 2, bin: 5 };
    for index in [0, 3, 4, 8, 9, 13, 14, 18, 19, 20] {
        check(bins, index);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_variant_anywhere_is_in_its_bin(
        (left, right, bin, positions) in (0usize..6, 0usize..6, 1usize..6, 2usize..6),
        (at, border) in (0usize..5, 0usize..3)
    ) {
        let bins = Bins { window: left + right + bin * positions, left, right, bin };
        // The last base before a border, or the first two behind it.
        let index = (left + bin * at + border).saturating_sub(1).min(bins.window - 1);
        check(bins, index);
    }
}

#[test]
fn the_centre_is_where_the_window_has_its_middle() {
    // Positions are 13-15, 16-18 and 19-21 of 24 bases: the middle, 11, lies before all of them.
    let behind = Bins { window: 24, left: 13, right: 2, bin: 3 };
    // Here it is in the last but one.
    let before = Bins { window: 24, left: 2, right: 7, bin: 3 };
    let case = before.case();
    let scored = table(&case, &["--reduce", "center:1"]);
    assert_eq!(before.of(11), Some(before.positions() - 2));
    assert_close(number(&scored, "diff/a"), difference(11), "the position with the variant");
    // A variant elsewhere is not in it.
    let scored = table(&case, &["--reduce", "center:1", "--centering", "7"]);
    assert_eq!(number(&scored, "diff/a"), 0.0);
    assert_snapshot!(behind.case().misused(&["--reduce", "center:1"]), @"--reduce out=center:1: the output has 3 positions, but without crop [13, 2], in bins of 3 bases, not 1 of them around the middle of the window; give a smaller N, or sum, mean or max");
}

#[test]
fn on_the_reverse_complement_the_crop_changes_sides() {
    // The crops differ by two bins, so that both strands have positions for the same bases.
    let bins = Bins { window: 24, left: 2, right: 8, bin: 2 };
    let case = bins.case();
    let both = table(&case, &["--reduce", "center:1", "--use-rc"]);
    assert_close(number(&both, "diff/a"), (difference(11) + turned(bins, 11)) / 2.0, "the same bases");
    let sum = table(&case, &["--reduce", "sum", "--use-rc", "--centering", "3"]);
    // Base 3 is covered by the forward strand; on the reverse one it is base 20, which the crop leaves out.
    assert_eq!((bins.of(3), bins.of(24 - 1 - 3)), (Some(0), None));
    assert_close(number(&sum, "diff/a"), difference(3) / 2.0, "each strand covers its own bases");
    let shifted = Bins { window: 24, left: 2, right: 7, bin: 3 };
    assert_snapshot!(shifted.case().misused(&["--reduce", "center:1", "--use-rc"]), @"the scores read both strands, but without crop [2, 7], in bins of 3 bases, the positions of output `out` stand for other bases on the reverse complement; make tasks of it with --reduce out=mean (or sum, max), or give --use-rc false");
}

#[test]
fn whole_outputs_of_both_strands_need_equal_crops() {
    let both = ["--scores", "moment", "--score-kwargs", "moment={both_strands: true}", "--use-rc"];
    let unequal = Bins { window: 24, left: 2, right: 8, bin: 2 }.case();
    assert_snapshot!(unequal.misused(&both), @"the scores read both strands, but without crop [2, 8], in bins of 2 bases, the positions of output `out` stand for other bases on the reverse complement; make tasks of it with --reduce out=mean (or sum, max), or give --use-rc false");
    let bins = Bins { window: 24, left: 4, right: 4, bin: 2 };
    let scored = table(&bins.case(), &both);
    // Of each element its place from 1, times its value; the second task counts twice.
    let weight = |position: usize| (2 * position + 1) as f64 + 2.0 * (2 * position + 2) as f64;
    let position = bins.of(11).unwrap();
    let expected = weight(position) * (difference(11) + turned(bins, 11));
    assert_close(number(&scored, "moment/out[8, 2]"), expected, "positions run the other way");
}

#[test]
fn another_number_of_positions_is_refused() {
    let case = Bins { window: 21, left: 4, right: 2, bin: 5 }.case();
    case.spoil("model/model.yaml", "(None, 2)", "(4, 2)");
    assert_snapshot!(case.refused(&["--reduce", "sum"][..]), @"output `out` has shape (4, 2), but a window of 21 bases without crop [4, 2], in bins of 5 bases, has 3; correct `crop` and `bin` in `kipos.outputs.out` of model.yaml, or the shape in `schema.targets`");
    case.spoil("model/model.yaml", "(4, 2)", "(None, 2)");
    case.spoil("model/model.yaml", "crop: [4, 2]", "crop: [1, 5]");
    // As many positions, of other bases: nobody can see that.
    assert_eq!(case.run(&["--reduce", "sum"]).code, 0);
    case.spoil("model/model.yaml", "crop: [1, 5]", "crop: [0, 1]");
    assert_snapshot!(case.refused(&["--reduce", "sum"][..]), @"output `out` has 3 positions, but a window of 21 bases without crop [0, 1], in bins of 5 bases, has 4; correct `crop` and `bin` in `kipos.outputs.out` of model.yaml, or the shape in `schema.targets`");
    case.spoil("model/model.yaml", "crop: [0, 1]", "crop: [0, 0]");
    assert_snapshot!(case.refused(&["--reduce", "sum"][..]), @"output `out` has shape (None, 2), but a window of 21 bases without crop [0, 0], in bins of 5 bases, cannot be divided evenly; correct `crop` and `bin` in `kipos.outputs.out` of model.yaml, or the shape in `schema.targets`");
}

#[test]
fn predictions_are_named_by_the_bases_of_their_bins() {
    let bins = Bins { window: 21, left: 4, right: 2, bin: 5 };
    let case = bins.case();
    case.world.write("in.bed", "chr1\t100\t121\n");
    let outcome = case.world.run("predict model --fasta genome.fa --intervals in.bed -o out/p.tsv", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let text = case.world.read("out/p.tsv");
    let (names, row) = text.trim_end().split_once('\n').unwrap();
    assert_eq!(
        names.split('\t').collect::<Vec<_>>(),
        ["preds/4-9/a", "preds/4-9/b", "preds/9-14/a", "preds/9-14/b", "preds/14-19/a", "preds/14-19/b"]
    );
    let window: Vec<char> = genome()[100..121].chars().collect();
    for (column, found) in row.split('\t').enumerate() {
        let (bin, task) = (column / 2, column % 2);
        let sum: f64 = (4 + 5 * bin..9 + 5 * bin).map(|index| value(window[index], index)).sum();
        assert_close(found.parse().unwrap(), (task + 1) as f64 * sum, names);
    }
    let told = case.world.run("model test model --fasta genome.fa --intervals in.bed", &[]);
    assert_eq!(told.code, 0, "{told:?}");
}

#[test]
fn provenance_says_the_bases() {
    let case = Bins { window: 21, left: 4, right: 2, bin: 5 }.case();
    case.scored(&["--reduce", "sum"]);
    let told = case.world.run("provenance out/scored.vcf", &[]).stdout;
    for line in ["    crop: 4, 2", "    bin: 5"] {
        assert!(told.contains(line), "{line}: {told}");
    }
}
