//! What edits give, beside what an engine gives: rows and edits that depend on a plan's shapes alone, and how far answers may
//! be apart.

use kipos_plugin_api::{EditAxes, EditedOutputs, Edits, Result, Substitution, Tensor, TensorView};

use crate::plan::Plan;

/// How far outputs may be apart, over the largest of all. Rounding alone comes to a tenth of it.
const TOLERANCE: f32 = 1e-5;

/// How far those may be apart that an edit brings close to a kink, where rounding decides what happens next.
const AT_KINKS: f32 = 1e-3;

/// One edit of so many may be at a kink.
const KINKS: usize = 8;

/// Rows and edits of them.
#[derive(Debug)]
pub struct Trial {
    /// The rows, input by input.
    pub inputs: Vec<Tensor>,
    /// Their edits.
    pub edits: Edits,
}

/// Numbers that follow no pattern and are the same everywhere.
struct Noise(u32);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % bound.max(1)
    }
}

impl Trial {
    /// The trial of a plan, with so many rows.
    ///
    /// # Errors
    /// None that a plan could cause.
    pub fn of(plan: &Plan, rows: usize) -> Result<Self> {
        let mut noise = Noise(1);
        let mut inputs = Vec::with_capacity(plan.inputs.len());
        for port in &plan.inputs {
            let extent = plan.tensors[port.tensor];
            let size = extent.length * extent.channels;
            let mut data = vec![0.0; rows * size];
            for row in data.chunks_exact_mut(size.max(1)) {
                if port.axes.is_some() {
                    for position in 0..extent.length {
                        let letter = noise.below(extent.channels);
                        row[position * port.places.position + port.places.channels[letter]] = 1.0;
                    }
                } else {
                    row.iter_mut().for_each(|number| *number = noise.below(1 << 16) as f32 / 65_536.0);
                }
            }
            inputs.push(Tensor::new([&[rows], port.shape.as_slice()].concat(), data)?);
        }
        Ok(Self { inputs, edits: edits_of(plan, rows, &mut noise) })
    }

    /// The rows as they are handed over.
    pub fn views(&self) -> Vec<TensorView<'_>> {
        self.inputs.iter().map(Tensor::view).collect()
    }

    /// The first edit, by its place and letter, whose outputs are further apart than rounding explains, and how far over the
    /// largest output; `None` if there is none.
    pub fn mismatch(&self, expected: &EditedOutputs, found: &EditedOutputs) -> Option<String> {
        let mut kinks = 0;
        let mut worst: Option<(f32, String)> = None;
        let pairs = [(&expected.reference, &found.reference, false), (&expected.edited, &found.edited, true)];
        for (expected, found, are_edits) in pairs {
            let rows = expected.first().map_or(0, |tensor| tensor.view().rows());
            for row in 0..rows {
                let apart = apart(expected, found, row, rows);
                if apart > TOLERANCE {
                    kinks += 1;
                }
                if worst.as_ref().is_none_or(|(most, _)| apart > *most) {
                    let what = if are_edits { self.describe(row) } else { format!("row {row} as it is") };
                    worst = Some((apart, what));
                }
            }
        }
        let (most, what) = worst?;
        let allowed = self.edits.sources.len() / KINKS;
        let explained = most <= TOLERANCE || most <= AT_KINKS && kinks <= allowed;
        (!explained).then(|| format!("{what} is off by {most:.1e} of the largest output"))
    }

    fn describe(&self, edit: usize) -> String {
        let own = self.edits.substitutions_of(edit);
        let places: Vec<String> = own.iter().map(|one| (one.position + 1).to_string()).collect();
        format!("the edit of position {}", places.join(", "))
    }
}

/// How far the outputs of a row are apart, over the largest of all rows.
fn apart(expected: &[Tensor], found: &[Tensor], row: usize, rows: usize) -> f32 {
    let mut most = 0.0f32;
    for (expected, found) in expected.iter().zip(found) {
        let (Ok(expected), Ok(found)) = (expected.view().as_f32(), found.view().as_f32()) else { return f32::INFINITY };
        if expected.len() != found.len() {
            return f32::INFINITY;
        }
        let largest = expected.iter().fold(f32::MIN_POSITIVE, |largest, number| largest.max(number.abs()));
        let width = expected.len() / rows.max(1);
        let own = row * width..(row + 1) * width;
        for (expected, found) in expected[own.clone()].iter().zip(&found[own]) {
            let apart = (expected - found).abs() / largest;
            if expected.to_bits() != found.to_bits() {
                most = if apart.is_nan() { f32::INFINITY } else { most.max(apart) };
            }
        }
    }
    most
}

/// Edits at both ends, one by one over the middle, here and there, of several bases, and of none.
fn edits_of(plan: &Plan, rows: usize, noise: &mut Noise) -> Edits {
    let mut edits = Edits::default();
    for (input, port) in plan.inputs.iter().enumerate() {
        let Some((position, channel)) = port.axes else { continue };
        edits.axes.push(EditAxes { input, position, channel });
        let extent = plan.tensors[port.tensor];
        let length = extent.length;
        let middle = (length / 2).saturating_sub(3)..(length / 2 + 3).min(length);
        let mut places: Vec<Vec<usize>> = [0, 1.min(length - 1), length - 1].map(|at| vec![at]).to_vec();
        places.extend(middle.map(|at| vec![at]));
        places.extend((0..8).map(|_| vec![noise.below(length)]));
        let first = noise.below(length.saturating_sub(3));
        places.push((first..(first + 3).min(length)).collect());
        places.push(vec![length / 5, length - 1 - length / 5]);
        places.push(vec![]);
        for place in places {
            let wanted = place.into_iter().map(|position| {
                let letter = noise.below(extent.channels + 1);
                Substitution { input, position, channel: Some(letter).filter(|&letter| letter < extent.channels) }
            });
            edits.substitutions.extend(wanted);
            edits.sources.push(edits.sources.len() % rows.max(1));
            edits.ends.push(edits.substitutions.len());
        }
    }
    edits
}
