//! What edits give, beside what an engine gives: rows and edits that depend on a plan's shapes alone, and how far answers may
//! be apart.

use kipos_plugin_api::{DataView, EditAxes, EditedOutputs, Edits, Result, Substitution, Tensor, TensorView};

use crate::plan::Plan;

/// How far outputs may be apart, over the largest of all. Rounding alone comes to a tenth of it.
const TOLERANCE: f32 = 1e-5;

/// One edit of so many may be further apart, where the engine itself makes as much of rounding.
const MUCH_OF_ROUNDING: usize = 8;

/// How far numbers of rows are moved to see what the engine makes of rounding: a few units in the last place of one.
const MOVE: f32 = 1.0 / (1 << 21) as f32;

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

    /// The rows, each number moved by about as much as rounding would.
    ///
    /// # Errors
    /// None that rows could cause.
    pub fn moved(&self) -> Result<Vec<Tensor>> {
        let mut noise = Noise(2);
        let moved = self.inputs.iter().map(|input| {
            let numbers = input.view().as_f32()?.iter();
            let moved: Vec<f32> = numbers.map(|number| number + [-MOVE, MOVE][noise.below(2)]).collect();
            Tensor::new(input.shape().to_vec(), moved)
        });
        moved.collect()
    }

    /// The edit that is furthest apart, and how far over the largest output, if that is further than rounding explains; `None`
    /// if there is none. `moved` is what the engine gives for the same edits of [`moved`](Self::moved) rows, asked for only if
    /// any edit is further apart than usual: two right answers may be as far apart as what rounding comes to there.
    ///
    /// # Errors
    /// Those of `moved`.
    pub fn mismatch(
        &self,
        expected: &EditedOutputs,
        found: &EditedOutputs,
        moved: impl FnOnce() -> Result<EditedOutputs>,
    ) -> Result<Option<String>> {
        let own = apart(expected, found);
        let beyond: Vec<usize> = (0..own.len()).filter(|&at| own[at] > TOLERANCE).collect();
        if beyond.is_empty() {
            return Ok(None);
        }
        let of_rounding = apart(expected, &moved()?);
        let are_few = beyond.len() <= self.edits.sources.len() / MUCH_OF_ROUNDING;
        let unexplained = beyond.into_iter().filter(|&at| !are_few || own[at] > of_rounding[at]);
        let worst = unexplained.max_by(|&a, &b| own[a].total_cmp(&own[b]));
        Ok(worst.map(|at| {
            let rows = expected.reference.first().map_or(0, |tensor| tensor.view().rows());
            let what = at.checked_sub(rows).map_or_else(|| format!("row {at} as it is"), |edit| self.describe(edit));
            format!("{what} is off by {:.1e} of the largest output", own[at])
        }))
    }

    fn describe(&self, edit: usize) -> String {
        let own = self.edits.substitutions_of(edit);
        let places: Vec<String> = own.iter().map(|one| (one.position + 1).to_string()).collect();
        format!("the edit of position {}", places.join(", "))
    }
}

/// How far outputs are apart, over the largest of each: of every row, then of every edit.
fn apart(expected: &EditedOutputs, found: &EditedOutputs) -> Vec<f32> {
    let pairs = [(&expected.reference, &found.reference), (&expected.edited, &found.edited)];
    pairs.into_iter().flat_map(|(expected, found)| apart_by_row(expected, found)).collect()
}

/// The numbers of an output; an engine may give others than float32.
fn numbers(tensor: &Tensor) -> Option<Vec<f64>> {
    Some(match tensor.view().data() {
        DataView::F32(numbers) => numbers.iter().map(|&number| number.into()).collect(),
        DataView::F64(numbers) => numbers.to_vec(),
        DataView::I64(numbers) => numbers.iter().map(|&number| number as f64).collect(),
        DataView::I32(numbers) => numbers.iter().map(|&number| number.into()).collect(),
        _ => return None,
    })
}

fn apart_by_row(expected: &[Tensor], found: &[Tensor]) -> Vec<f32> {
    let rows = expected.first().map_or(0, |tensor| tensor.view().rows());
    let mut most = vec![0.0f32; rows];
    for (expected, found) in expected.iter().zip(found) {
        let (Some(expected), Some(found)) = (numbers(expected), numbers(found)) else {
            return vec![f32::INFINITY; rows];
        };
        if expected.len() != found.len() {
            return vec![f32::INFINITY; rows];
        }
        let finite = expected.iter().filter(|number| number.is_finite());
        let largest = finite.fold(f64::from(f32::MIN_POSITIVE), |largest, number| largest.max(number.abs()));
        let width = (expected.len() / rows.max(1)).max(1);
        for (most, (expected, found)) in most.iter_mut().zip(expected.chunks(width).zip(found.chunks(width))) {
            for (expected, found) in expected.iter().zip(found) {
                let apart = ((expected - found).abs() / largest) as f32;
                if expected.to_bits() != found.to_bits() {
                    *most = if apart.is_nan() { f32::INFINITY } else { most.max(apart) };
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    const EDITS: usize = 16;

    fn trial() -> Trial {
        let edits = (0..EDITS).map(|position| Substitution { input: 0, position, channel: Some(0) }).collect();
        let edits = Edits::new(vec![0; EDITS], (1..=EDITS).collect(), edits, vec![]);
        let row = Tensor::new(vec![1, 2], vec![1f32, 0.0]).unwrap();
        Trial { inputs: vec![row], edits }
    }

    /// Outputs of 1 to 2, some moved.
    fn outputs(moves: &[(usize, f32)]) -> EditedOutputs {
        let mut numbers: Vec<f32> = (0..EDITS).map(|edit| 1.0 + edit as f32 / 15.0).collect();
        moves.iter().for_each(|&(edit, by)| numbers[edit] += by);
        let tensor = |numbers: Vec<f32>| vec![Tensor::new(vec![numbers.len(), 1], numbers).unwrap()];
        EditedOutputs::new(tensor(vec![1.5]), tensor(numbers))
    }

    fn mismatch(found: &[(usize, f32)], moved: &[(usize, f32)]) -> Option<String> {
        trial().mismatch(&outputs(&[]), &outputs(found), || Ok(outputs(moved))).unwrap()
    }

    #[test]
    fn the_engine_is_asked_again_only_where_an_edit_is_off() {
        let asked = || -> Result<EditedOutputs> { panic!("nothing is off") };
        assert_eq!(trial().mismatch(&outputs(&[]), &outputs(&[(3, 1e-5), (5, -1e-5)]), asked).unwrap(), None);
    }

    #[test]
    fn an_edit_may_be_as_far_off_as_rounding_moves_the_engine() {
        assert_eq!(mismatch(&[(3, 1e-3)], &[(3, -2e-3)]), None);
        let off = Some("the edit of position 4 is off by 5.0e-4 of the largest output".to_owned());
        assert_eq!(mismatch(&[(3, 1e-3)], &[(3, 5e-4)]), off);
        assert_eq!(mismatch(&[(3, 1e-3), (5, 1.0)], &[(3, 5e-4), (5, 2.0)]), off);
        let nan = mismatch(&[(0, f32::NAN)], &[(0, 1.0)]);
        assert_eq!(nan.as_deref(), Some("the edit of position 1 is off by inf of the largest output"));
    }

    #[test]
    fn a_model_that_makes_much_of_rounding_everywhere_is_left_to_the_engine() {
        let all: Vec<(usize, f32)> = (0..3).map(|edit| (edit, 0.1 * (edit + 1) as f32)).collect();
        assert_eq!(mismatch(&all[..2], &all[..2]), None);
        let off = mismatch(&all, &all).unwrap();
        assert_eq!(off, "the edit of position 3 is off by 1.5e-1 of the largest output");
    }

    #[test]
    fn rows_are_moved_by_what_rounding_comes_to() {
        let moved = trial().moved().unwrap();
        let [one, zero] = moved[0].view().as_f32().unwrap() else { panic!("two numbers") };
        assert!((one - 1.0).abs() == MOVE && zero.abs() == MOVE, "{one} {zero}");
    }
}
