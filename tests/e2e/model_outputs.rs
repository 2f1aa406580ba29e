//! What scores read of a model's outputs: profiles, several outputs, chosen tasks.

mod profiles;
mod refused;
mod several;
mod tasks;

use crate::annotated::assert_close;
use crate::case::{Case, POSITIONS, bases, genome};
use crate::oracle::Oracle;
use crate::table::Table;

/// A profile of nine positions and two tasks. Its position `p` has [`WEIGHTS`]`[p]` times the value of a plain task.
pub(crate) const PROFILE: &str = "{name: out, shape: \"(9, 2)\", column_labels: [plus, minus]}";
const WEIGHTS: [usize; 9] = [1, 2, 3, 4, 5, 1, 2, 3, 4];

/// A case whose model has these targets, which the stub gives in the described shapes.
pub(crate) fn case_with(targets: &str) -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: {as_described: true}");
    case.spoil("model/model.yaml", "targets: {name: out, shape: \"(1,)\"}", &format!("targets: {targets}"));
    case
}

/// The scores of a case as a table.
pub(crate) fn table(case: &Case, more: &[&str]) -> Table {
    case.scored(&[&["-o", "out/scores.tsv"], more].concat());
    Table::parse(&case.world.read("out/scores.tsv"))
}

/// The value that `label` has for the first task of the model, had it no position, for each variant of a case.
pub(crate) fn base_scores(label: &str, merging: Option<&'static str>) -> Vec<f64> {
    let contig = genome();
    let oracle = Oracle { length: 10, index: 4, merging, ..Oracle::new(contig.as_bytes()) };
    let score = |position: usize| {
        let (reference, alternate) = bases(position);
        oracle.score(label, 0, position, &[reference as u8], &[alternate as u8])
    };
    POSITIONS.map(score).to_vec()
}

/// Fails unless the columns of scores are these, each the given multiple of the first task's plain score.
pub(crate) fn assert_columns(table: &Table, base: &[f64], expected: &[(&str, f64)]) {
    assert_eq!(table.scores(), expected.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>());
    for (name, factor) in expected {
        let column = table.column(name);
        assert_eq!(column.len(), base.len());
        for (found, base) in column.into_iter().zip(base) {
            assert_ne!(*base, 0.0, "a variant without effect says nothing");
            assert_close(found.parse().unwrap(), base * factor, name);
        }
    }
}
