//! What the backend `stub` and the default scores must answer, computed once more from their definitions.

/// A run whose scores are known beforehand. Starts with the defaults of [`StubModel`](crate::stub_model::StubModel).
#[derive(Debug, Clone, Copy)]
pub struct Oracle<'a> {
    /// The contig.
    pub contig: &'a [u8],
    /// The window, in bases.
    pub length: usize,
    /// The variant's index in the window.
    pub index: usize,
    /// Whether predictions lie in (0, 1).
    pub sigmoid: bool,
    /// How the strands are merged; `None` if only the forward one counts, `reverse` if only the other does.
    pub merging: Option<&'a str>,
    /// Whether the strands' predictions are merged, and not their scores.
    pub on_prediction: bool,
    /// Whether REF is written over the genome.
    pub overwrite: bool,
}

/// The four channels of a position.
type Column = [f64; 4];

impl<'a> Oracle<'a> {
    /// Windows of 20 bases of `contig`, forward strand.
    pub fn new(contig: &'a [u8]) -> Self {
        Self { contig, length: 20, index: 9, sigmoid: false, merging: None, on_prediction: false, overwrite: false }
    }

    /// The score `label` of a trimmed allele at a 1-based position, for task `task` (from 0).
    pub fn score(&self, label: &str, task: usize, pos: usize, reference: &[u8], alternate: &[u8]) -> f64 {
        let window = self.window(pos);
        let own = if self.overwrite { written(&window, self.index, reference) } else { window.clone() };
        let other = self.changed(pos, reference, alternate);
        let forward = [self.predict(&own, task), self.predict(&other, task)];
        let Some(merging) = self.merging else {
            return product(label, &factors(label, forward));
        };
        let reverse = [own, other].map(|columns| self.predict(&reverse_complement(&columns), task));
        if self.on_prediction {
            let merged = [merge(merging, forward[0], reverse[0]), merge(merging, forward[1], reverse[1])];
            return product(label, &factors(label, merged));
        }
        let strands = factors(label, forward).into_iter().zip(factors(label, reverse));
        let merged: Vec<_> = strands.map(|(forward, reverse)| merge(merging, forward, reverse)).collect();
        product(label, &merged)
    }

    /// `alt - ref` of the first task.
    pub fn diff(&self, pos: usize, reference: &[u8], alternate: &[u8]) -> f64 {
        self.score("diff", 0, pos, reference, alternate)
    }

    /// The window of a variant.
    fn window(&self, pos: usize) -> Vec<Column> {
        let start = pos as i64 - 1 - self.index as i64;
        (start..start + self.length as i64).map(|at| self.column(at)).collect()
    }

    /// The window with the variant in it: what is behind it moves with its length.
    fn changed(&self, pos: usize, reference: &[u8], alternate: &[u8]) -> Vec<Column> {
        let first = pos as i64 - 1;
        let before = (first - self.index as i64..first).map(|at| self.column(at));
        let allele = alternate.iter().map(|&letter| one_hot(letter).unwrap_or([0.0; 4]));
        let behind = (first + reference.len() as i64..).map(|at| self.column(at));
        before.chain(allele).chain(behind).take(self.length).collect()
    }

    /// Beyond the contig, and at letters that are no base, a quarter in every channel.
    fn column(&self, at: i64) -> Column {
        let letter = usize::try_from(at).ok().and_then(|at| self.contig.get(at)).copied();
        letter.and_then(one_hot).unwrap_or([0.25; 4])
    }

    fn predict(&self, columns: &[Column], task: usize) -> f64 {
        let mut sum = 0.0;
        for (position, column) in columns.iter().enumerate() {
            for (channel, value) in column.iter().enumerate() {
                sum += (channel + 1) as f64 * (position % 7 + 1) as f64 * value;
            }
        }
        let value = sum * (task + 1) as f64 / 1000.0;
        if self.sigmoid { 1.0 / (1.0 + (-value).exp()) } else { value }
    }
}

fn one_hot(letter: u8) -> Option<Column> {
    let channel = b"ACGT".iter().position(|base| base.eq_ignore_ascii_case(&letter))?;
    let mut column = [0.0; 4];
    column[channel] = 1.0;
    Some(column)
}

/// An allele written over a window; a letter of it that is no base leaves no channel set.
fn written(window: &[Column], index: usize, allele: &[u8]) -> Vec<Column> {
    let mut columns = window.to_vec();
    for (offset, &letter) in allele.iter().enumerate() {
        columns[index + offset] = one_hot(letter).unwrap_or([0.0; 4]);
    }
    columns
}

fn reverse_complement(columns: &[Column]) -> Vec<Column> {
    columns.iter().rev().map(|&[a, c, g, t]| [t, g, c, a]).collect()
}

fn log_odds(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The factors of a strand's score, which are merged one by one.
fn factors(label: &str, [reference, alternate]: [f64; 2]) -> Vec<f64> {
    let logit = log_odds(alternate) - log_odds(reference);
    match label {
        "ref" => vec![reference],
        "alt" => vec![alternate],
        "diff" => vec![alternate - reference],
        "logit_ref" => vec![log_odds(reference)],
        "logit_alt" => vec![log_odds(alternate)],
        "logit" => vec![logit],
        "deepsea_effect" => vec![logit, alternate - reference],
        "log2fc" => vec![(alternate / reference).log2()],
        _ => panic!("no such score: {label}"),
    }
}

fn product(label: &str, factors: &[f64]) -> f64 {
    let product: f64 = factors.iter().product();
    if label == "deepsea_effect" { product.abs() } else { product }
}

fn merge(merging: &str, forward: f64, reverse: f64) -> f64 {
    match merging {
        "min" => forward.min(reverse),
        "max" => forward.max(reverse),
        "mean" | "median" => (forward + reverse) / 2.0,
        "reverse" => reverse,
        "absmax" if reverse.abs() > forward.abs() => reverse,
        "absmax" => forward,
        _ => panic!("no such merging: {merging}"),
    }
}
