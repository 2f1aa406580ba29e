//! One row of noise beside different others: does its answer stay the same?

use kipos_plugin_api::{BatchAxis, DType, DataView, PluginError, Signature, Strings, Tensor, TensorData, TensorView};

use crate::description::ModelSpec;
use crate::plugin::Member;
use crate::split_mix::SplitMix;

/// What came of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The answer stayed the same.
    Apart,
    /// It changed.
    Mixed,
    /// It changes from call to call.
    Random,
    /// The model takes no such rows, or gives the same for all of them.
    Untried,
}

impl Verdict {
    /// That of a model whose members have these.
    pub fn worst(of_members: impl Iterator<Item = Self>) -> Self {
        let mut worst = Self::Apart;
        for verdict in of_members {
            worst = match (worst, verdict) {
                (Self::Mixed, _) | (_, Self::Mixed) => Self::Mixed,
                (Self::Random, _) | (_, Self::Random) => Self::Random,
                (Self::Untried, _) | (_, Self::Untried) => Self::Untried,
                (Self::Apart, Self::Apart) => Self::Apart,
            };
        }
        worst
    }
}

/// Lengths to try where nothing fixes one, the shortest first: long networks refuse short windows.
const OPEN_LENGTHS: [usize; 4] = [64, 256, 1024, 4096];

/// What rounding may change, relative to the largest value of the row: engines compute larger batches in other orders.
const TOLERANCE: f64 = 1e-4;

/// The rows that batches are made of; each number is a row of its own.
type Batch = Vec<u64>;

/// Two batches, and where each has the row that both have.
struct Pair {
    batches: [Batch; 2],
    places: [usize; 2],
}

/// A trial of one model.
pub(super) struct Trial {
    inputs: Vec<Input>,
    pairs: Vec<Pair>,
    lengths: Vec<usize>,
}

/// An input, as far as it is known.
struct Input {
    dtype: DType,
    shape: Vec<Option<usize>>,
    /// The axis of the bases of one-hot DNA. A network that looks for motifs finds none in other numbers, and then gives
    /// the same for all rows.
    alphabet: Option<usize>,
}

impl Trial {
    /// A trial of a model whose windows have this length, if it is known.
    pub fn of(spec: &ModelSpec, signature: &Signature, length: Option<usize>) -> Self {
        let input = |(index, array): (usize, &crate::description::ArraySpec)| {
            let graph = signature.inputs.get(index);
            let described = array.shape.to_vec();
            let shape = match graph.and_then(|graph| graph.shape.clone()) {
                Some(shape) => {
                    let merged = |(axis, length): (usize, &Option<usize>)| {
                        length.or_else(|| described.get(axis).copied().flatten())
                    };
                    shape.iter().enumerate().map(merged).collect()
                }
                None => described,
            };
            let mut fours = shape.iter().enumerate().filter(|(_, length)| **length == Some(4));
            let alphabet = fours.next().map(|(axis, _)| axis).filter(|_| fours.next().is_none());
            Input { dtype: graph.and_then(|graph| graph.dtype).unwrap_or(DType::F32), shape, alphabet }
        };
        let inputs: Vec<Input> = spec.inputs.iter().enumerate().map(input).collect();
        let is_open = |input: &Input| input.shape.contains(&None) || input.dtype == DType::String;
        let lengths = match length {
            _ if !inputs.iter().any(is_open) => vec![1],
            None => OPEN_LENGTHS.to_vec(),
            // The length of the run comes last: the others cost less.
            Some(length) => OPEN_LENGTHS.into_iter().filter(|&open| open < length).chain([length]).collect(),
        };
        Self { inputs, pairs: pairs(signature.batch), lengths }
    }

    /// Tries a member of the model on the first of the lengths that it takes.
    pub fn run(&self, model: &Member) -> Verdict {
        let predict = |inputs: &[TensorView<'_>]| model.predict(inputs).ok();
        self.run_with(&predict)
    }

    fn run_with(&self, predict: &dyn Fn(&[TensorView<'_>]) -> Option<Vec<Tensor>>) -> Verdict {
        self.lengths.iter().find_map(|&length| self.at(length, predict)).unwrap_or(Verdict::Untried)
    }

    /// The verdict for one length; `None` if the model does not take it.
    fn at(&self, length: usize, predict: &dyn Fn(&[TensorView<'_>]) -> Option<Vec<Tensor>>) -> Option<Verdict> {
        // DNA for networks that look for motifs, noise for those that scale by what all rows of DNA have alike.
        let mut tried = None;
        for of_bases in [true, false] {
            match self.with(of_bases, length, predict) {
                Some(Verdict::Apart) => tried = Some(Verdict::Apart),
                Some(other) => return Some(other),
                None => {}
            }
        }
        tried
    }

    /// As [`at`](Self::at), with one-hot inputs of bases or of noise.
    fn with(
        &self,
        of_bases: bool,
        length: usize,
        predict: &dyn Fn(&[TensorView<'_>]) -> Option<Vec<Tensor>>,
    ) -> Option<Verdict> {
        let answer = |batch: &Batch| {
            let input = |(index, input): (usize, &Input)| match of_bases {
                true => input.tensor(index, batch, length),
                false => Input { alphabet: None, shape: input.shape.clone(), ..*input }.tensor(index, batch, length),
            };
            let tensors = self.inputs.iter().enumerate().map(input);
            let tensors = tensors.collect::<Result<Vec<Tensor>, PluginError>>().ok()?;
            predict(&tensors.iter().map(Tensor::view).collect::<Vec<_>>())
        };
        let mut tried = None;
        for Pair { batches: [first, second], places: [at, beside] } in &self.pairs {
            // Some graphs take an even number of rows only.
            let (Some(one), Some(other)) = (answer(first), answer(second)) else { continue };
            if !same((&one, *at), (&other, *beside)) {
                // What differs for the very same batch is drawn at random.
                let again = answer(first)?;
                return Some(if same((&one, *at), (&again, *at)) { Verdict::Mixed } else { Verdict::Random });
            }
            // Where other rows have the same answer, as if no motif was in them, nothing was learnt.
            let other_row = (at + 1) % first.len();
            if !same((&one, *at), (&one, other_row)) {
                tried = Some(Verdict::Apart);
            }
        }
        tried
    }
}

/// Batches in which a row has other neighbours: on both sides, in another number and at another place, where the model
/// allows it. Row 0 is the one that both have. Several pairs, as what different rows make may be alike once.
fn pairs(batch: BatchAxis) -> Vec<Pair> {
    // `rows` rows, of which that at `place` is row 0 and the others are counted from `first` on.
    let with = |rows: usize, place: usize, first: u64| -> Batch {
        (0..rows).map(|at| if at == place { 0 } else { first + at as u64 }).collect()
    };
    let pair = |rows: [usize; 2], places: [usize; 2], first: u64| Pair {
        batches: [with(rows[0], places[0], first), with(rows[1], places[1], first + 100)],
        places,
    };
    match batch {
        BatchAxis::Dynamic => vec![pair([3, 4], [1, 1], 10), pair([2, 4], [0, 3], 300), pair([4, 2], [2, 1], 500)],
        BatchAxis::Fixed(rows) => {
            let last = rows - 1;
            vec![
                pair([rows, rows], [0, 0], 10),
                pair([rows, rows], [last, last], 10 + 1_000),
                pair([rows, rows], [last / 2, last / 2], 10 + 2_000),
                pair([rows, rows], [0, last], 10 + 3_000),
            ]
        }
    }
}

impl Input {
    /// The elements of one row: bases drawn at random where they are one-hot, else noise.
    fn row(&self, index: usize, row: u64, width: usize, shape: &[usize]) -> Vec<f64> {
        let Some(axis) = self.alphabet else { return Noise::of(index, row).take(width).collect() };
        // Distance of neighbours along the axis of the bases; all positions are before and behind it.
        let stride: usize = shape[axis + 1..].iter().product();
        let mut elements = vec![0.0; width];
        let mut noise = Noise::of(index, row);
        for position in 0..width / 4 {
            let start = position / stride * stride * 4 + position % stride;
            elements[start + noise.base() * stride] = 1.0;
        }
        elements
    }

    /// Rows of noise, whose open axes have this length.
    fn tensor(&self, index: usize, batch: &Batch, length: usize) -> Result<Tensor, PluginError> {
        let shape: Vec<usize> =
            [batch.len()].into_iter().chain(self.shape.iter().map(|of| of.unwrap_or(length))).collect();
        let width: usize = shape[1..].iter().product();
        let row_shape = &shape[1..];
        let noise = || batch.iter().flat_map(|&row| self.row(index, row, width, row_shape));
        let whole = || noise().map(|value| (value * 4.0) as u8);
        let data: TensorData = match self.dtype {
            DType::F32 => noise().map(|value| value as f32).collect::<Vec<f32>>().into(),
            DType::F64 => noise().collect::<Vec<f64>>().into(),
            DType::I64 => whole().map(i64::from).collect::<Vec<i64>>().into(),
            DType::I32 => whole().map(i32::from).collect::<Vec<i32>>().into(),
            DType::U8 => whole().collect::<Vec<u8>>().into(),
            DType::Bool => noise().map(|value| value < 0.5).collect::<Vec<bool>>().into(),
            DType::String => {
                // A sequence is one string, or has a string per base.
                let bases = if width > 1 { 1 } else { length };
                let text = |row: u64| {
                    let bases = Noise::of(index, row)
                        .take(width * bases)
                        .map(|value| char::from(b"ACGT"[(value * 4.0) as usize]));
                    bases.collect::<String>()
                };
                let texts: Vec<String> = batch.iter().map(|&row| text(row)).collect();
                let cut = |text: &String| -> Vec<String> {
                    if width > 1 { text.chars().map(String::from).collect() } else { vec![text.clone()] }
                };
                let texts: Vec<String> = texts.iter().flat_map(cut).collect();
                TensorData::Strings(texts.iter().map(String::as_str).collect::<Strings>())
            }
        };
        Tensor::new(shape, data)
    }
}

/// Numbers from 0 up to a scale of the row's own, at most 1, the same for the same row of the same input. With one scale
/// for all, the means of long rows would be nearly equal.
struct Noise {
    numbers: SplitMix,
    scale: f64,
}

impl Noise {
    fn of(input: usize, row: u64) -> Self {
        let mut noise =
            Self { numbers: SplitMix::new(((row << 8) | input as u64) ^ 0x5eed_0000_0000_5eed), scale: 1.0 };
        noise.scale = 0.25 + 0.75 * noise.unit();
        noise
    }

    /// The number of a base.
    fn base(&mut self) -> usize {
        (self.unit() * 4.0) as usize
    }

    /// A number from 0 up to 1.
    fn unit(&mut self) -> f64 {
        self.numbers.unit()
    }
}

impl Iterator for Noise {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        Some(self.scale * self.unit())
    }
}

/// Whether the rows at these places of two answers are the same, up to rounding.
fn same((one, at): (&[Tensor], usize), (other, beside): (&[Tensor], usize)) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| match (row(one, at), row(other, beside)) {
            (Some(one), Some(other)) => close(&one, &other),
            // What holds no numbers is no prediction.
            (None, None) => true,
            _ => false,
        })
}

/// The numbers of one row.
fn row(tensor: &Tensor, place: usize) -> Option<Vec<f64>> {
    let width: usize = tensor.shape().get(1..)?.iter().product();
    let range = place * width..(place + 1) * width;
    macro_rules! numbers {
        ($values:expr) => {
            $values.get(range)?.iter().map(|&value| f64::from(value)).collect()
        };
    }
    Some(match tensor.view().data() {
        DataView::F32(values) => numbers!(values),
        DataView::F64(values) => values.get(range)?.to_vec(),
        DataView::I64(values) => values.get(range)?.iter().map(|&value| value as f64).collect(),
        DataView::I32(values) => numbers!(values),
        DataView::U8(values) => numbers!(values),
        DataView::Bool(values) => numbers!(values),
        DataView::Strings(_) => return None,
    })
}

fn close(one: &[f64], other: &[f64]) -> bool {
    let largest =
        one.iter().chain(other).filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= TOLERANCE * largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(batch: BatchAxis) -> Trial {
        let input = Input { dtype: DType::F32, shape: vec![None], alphabet: None };
        Trial { inputs: vec![input], pairs: pairs(batch), lengths: OPEN_LENGTHS.to_vec() }
    }

    /// The verdict on a model that makes one number of each row, given all rows and its place.
    fn verdict(batch: BatchAxis, model: impl Fn(&[&[f32]], usize) -> Option<f32>) -> Verdict {
        trial(batch).run_with(&|inputs| {
            let width = inputs[0].shape()[1];
            let rows: Vec<&[f32]> = inputs[0].as_f32().unwrap().chunks(width).collect();
            let values = (0..rows.len()).map(|at| model(&rows, at)).collect::<Option<Vec<f32>>>()?;
            Some(vec![Tensor::new(vec![rows.len(), 1], values).unwrap()])
        })
    }

    fn sum(row: &[f32]) -> f32 {
        row.iter().sum()
    }

    #[test]
    fn neighbours_on_either_side_are_noticed() {
        for batch in [BatchAxis::Dynamic, BatchAxis::Fixed(2), BatchAxis::Fixed(5)] {
            assert_eq!(verdict(batch, |rows, at| Some(sum(rows[at]))), Verdict::Apart, "{batch:?}");
            let before = |rows: &[&[f32]], at: usize| Some(rows[..=at].iter().map(|row| sum(row)).sum());
            assert_eq!(verdict(batch, before), Verdict::Mixed, "{batch:?}");
            let after = |rows: &[&[f32]], at: usize| Some(rows[at..].iter().map(|row| sum(row)).sum());
            assert_eq!(verdict(batch, after), Verdict::Mixed, "{batch:?}");
            let first = |rows: &[&[f32]], _: usize| Some(sum(rows[0]));
            assert_eq!(verdict(batch, first), Verdict::Mixed, "{batch:?}");
        }
        assert_eq!(verdict(BatchAxis::Dynamic, |rows, _| Some(rows.len() as f32)), Verdict::Mixed);
    }

    #[test]
    fn rounding_is_no_neighbour() {
        let rounded = |rows: &[&[f32]], at: usize| Some(sum(rows[at]) * (1.0 + 1e-6 * rows.len() as f32));
        assert_eq!(verdict(BatchAxis::Dynamic, rounded), Verdict::Apart);
        assert_eq!(verdict(BatchAxis::Dynamic, |_, _| Some(f32::NAN)), Verdict::Untried);
        assert_eq!(
            verdict(BatchAxis::Dynamic, |_, _| Some(0.5)),
            Verdict::Untried,
            "the same for all rows tells nothing"
        );
    }

    #[test]
    fn a_model_that_cannot_be_tried_is_not_blamed() {
        assert_eq!(verdict(BatchAxis::Dynamic, |_, _| None), Verdict::Untried);
        let longer = |rows: &[&[f32]], at: usize| (rows[at].len() > 256).then(|| sum(rows[0]));
        assert_eq!(verdict(BatchAxis::Dynamic, longer), Verdict::Mixed, "a longer window is tried too");
        let calls = std::cell::Cell::new(0.0);
        let random = |_: &[&[f32]], _: usize| {
            calls.set(calls.get() + 1.0);
            Some(calls.get())
        };
        assert_eq!(verdict(BatchAxis::Dynamic, random), Verdict::Random);
    }

    #[test]
    fn the_place_in_the_batch_is_noticed() {
        for batch in [BatchAxis::Dynamic, BatchAxis::Fixed(2), BatchAxis::Fixed(4)] {
            let placed = |rows: &[&[f32]], at: usize| Some(sum(rows[at]) + at as f32);
            assert_eq!(verdict(batch, placed), Verdict::Mixed, "{batch:?}");
        }
        // Rows mixed by twos, in a model that takes no odd number of them.
        let by_twos = |rows: &[&[f32]], at: usize| {
            rows.len().is_multiple_of(2).then(|| sum(rows[at / 2 * 2]) + sum(rows[at / 2 * 2 + 1]))
        };
        assert_eq!(verdict(BatchAxis::Dynamic, by_twos), Verdict::Mixed);
    }

    #[test]
    fn dna_is_one_hot() {
        let input = Input { dtype: DType::F32, shape: vec![None, Some(4)], alphabet: Some(1) };
        let tensor = input.tensor(0, &vec![7, 8], 50).unwrap();
        let values = tensor.view().as_f32().unwrap().to_vec();
        assert!(values.chunks(4).all(|base| base.iter().sum::<f32>() == 1.0 && base.contains(&1.0)), "{values:?}");
        assert_ne!(values[..200], values[200..]);
        let first = Input { dtype: DType::F32, shape: vec![Some(4), None], alphabet: Some(0) };
        let tensor = first.tensor(0, &vec![7, 8], 50).unwrap();
        let turned = tensor.view().as_f32().unwrap().to_vec();
        assert!((0..50).all(|at| (0..4).all(|base| turned[base * 50 + at] == values[at * 4 + base])));
    }

    #[test]
    fn every_type_has_noise() {
        for dtype in [DType::F32, DType::F64, DType::I64, DType::I32, DType::U8, DType::Bool, DType::String] {
            for shape in [vec![], vec![Some(1)], vec![None], vec![Some(3), Some(4)]] {
                let input = Input { dtype, shape: shape.clone(), alphabet: None };
                let tensor = input.tensor(0, &vec![1, 2], 50).unwrap();
                assert_eq!(tensor.shape().len(), shape.len() + 1);
                assert_eq!(tensor.view().dtype(), dtype);
                let again = input.tensor(0, &vec![1, 2], 50).unwrap();
                assert_eq!(tensor, again);
            }
        }
    }
}
