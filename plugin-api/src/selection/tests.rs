use proptest::prelude::*;

use super::*;
use crate::{ErrorKind, Layer, LayerRequest};

const ALL: FilterItem = FilterItem::ALL;

fn slice(start: impl Into<Option<i64>>, stop: impl Into<Option<i64>>, step: impl Into<Option<i64>>) -> FilterItem {
    FilterItem::Slice { start: start.into(), stop: stop.into(), step: step.into() }
}

/// The selected elements, by their row-major number.
fn selected(filter: &[FilterItem], shape: &[usize]) -> Vec<usize> {
    let mask = Selection::new(filter, shape).unwrap().mask();
    assert_eq!(mask.len(), shape.iter().product::<usize>());
    (0..mask.len()).filter(|&element| mask[element]).collect()
}

fn refused(filter: &[FilterItem], shape: &[usize]) -> String {
    let error = Selection::new(filter, shape).unwrap_err();
    assert_eq!(error.kind, ErrorKind::INVALID_ARGUMENT);
    error.message
}

fn request(filter: &[FilterItem], reduce: Reduce) -> GradientRequest {
    let layer = LayerRequest { layer: Layer::Final, pre_nonlinearity: false, call: None };
    GradientRequest { layer, filter: filter.to_vec(), reduce, inputs: vec![0] }
}

fn weights(filter: &[FilterItem], reduce: Reduce, shape: &[usize], values: &[f32]) -> Vec<f32> {
    let weights = request(filter, reduce).weights(&TensorView::new(shape, values).unwrap()).unwrap();
    assert_eq!(weights.shape(), shape);
    weights.view().as_f32().unwrap().to_vec()
}

#[test]
fn items_select_as_in_numpy() {
    use FilterItem::{Ellipsis, Index};
    // numpy: np.arange(6).reshape(2, 3)[...]
    assert_eq!(selected(&[], &[2, 3]), [0, 1, 2, 3, 4, 5]);
    assert_eq!(selected(&[Index(1)], &[2, 3]), [3, 4, 5]);
    assert_eq!(selected(&[Index(-1), Index(-3)], &[2, 3]), [3]);
    assert_eq!(selected(&[Ellipsis, Index(1)], &[2, 3]), [1, 4]);
    assert_eq!(selected(&[Index(0), Ellipsis], &[2, 3]), [0, 1, 2]);
    assert_eq!(selected(&[Index(0), Ellipsis, Index(2)], &[2, 3]), [2]);
    assert_eq!(selected(&[ALL, slice(1, None, None)], &[2, 3]), [1, 2, 4, 5]);
    assert_eq!(selected(&[slice(None, None, -1), slice(None, None, -2)], &[2, 3]), [0, 2, 3, 5]);
    // Bounds are clipped, as Python does.
    assert_eq!(selected(&[slice(1, 99, None)], &[4]), [1, 2, 3]);
    assert_eq!(selected(&[slice(99, -99, -3)], &[5]), [1, 4]);
    assert_eq!(selected(&[slice(-3, -1, None)], &[5]), [2, 3]);
    assert_eq!(selected(&[slice(i64::MIN, i64::MAX, i64::MAX)], &[5]), [0]);
}

#[test]
fn a_leading_colon_may_stand_for_the_batch_axis() {
    use FilterItem::{Ellipsis, Index};
    assert_eq!(selected(&[ALL, Index(0), Index(1)], &[2, 3]), [1]);
    assert_eq!(selected(&[ALL, Ellipsis, Index(0), Index(1)], &[2, 3]), [1]);
    assert_eq!(selected(&[ALL, Index(1)], &[2, 3]), [1, 4], "as many items as axes: all belong to the row");
    assert_eq!(selected(&[ALL], &[]), [0]);
    assert_eq!(
        refused(&[Index(0), Index(0), Index(0)], &[2, 3]),
        "the filter [0, 0, 0] does not fit rows of shape [2, 3]: it has 3 items for 2 axes; the batch axis is not counted"
    );
    assert_eq!(
        refused(&[Index(0)], &[]),
        "the filter [0] does not fit rows of shape []: such a row is a single number, which takes no item"
    );
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    use FilterItem::{Ellipsis, Index};
    assert_eq!(
        refused(&[Ellipsis, Index(-4)], &[2, 3]),
        "the filter [..., -4] does not fit rows of shape [2, 3]: on axis 1, index -4 is out of range: there are 3 elements"
    );
    assert_eq!(
        refused(&[Ellipsis, Index(0), Ellipsis], &[2, 3]),
        "the filter [..., 0, ...] does not fit rows of shape [2, 3]: only one `...` can stand for the axes that are left over"
    );
    assert_eq!(
        refused(&[slice(None, None, 0)], &[2]),
        "the filter [::0] does not fit rows of shape [2]: on axis 0, the slice ::0 has a step of 0"
    );
    assert_eq!(
        refused(&[slice(2, 1, None)], &[4]),
        "the filter [2:1] does not fit rows of shape [4]: on axis 0, the slice 2:1 selects none of 4 elements"
    );
}

#[test]
fn rows_without_elements_have_no_weights() {
    assert_eq!(selected(&[slice(0, 2, None)], &[0, 3]), Vec::<usize>::new());
    assert_eq!(weights(&[], Reduce::Max, &[2, 0], &[]), Vec::<f32>::new());
}

/// V = [[1, -5, 2], [3, 0, -4]]: every reduction is that of one row, and nothing outside the selection weighs.
#[test]
fn the_worked_example() {
    use FilterItem::Index;
    let of = |filter: &[FilterItem], reduce| weights(filter, reduce, &[2, 3], &[1.0, -5.0, 2.0, 3.0, 0.0, -4.0]);
    assert_eq!(of(&[], Reduce::Sum), [1.0; 6]);
    assert_eq!(of(&[], Reduce::Max), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(of(&[], Reduce::Min), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(of(&[], Reduce::AbsMax), [0.0, -1.0, 0.0, 0.0, 0.0, -1.0]);
    assert_eq!(of(&[Index(1)], Reduce::Sum), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(of(&[Index(1)], Reduce::Max), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(of(&[Index(0)], Reduce::Min), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(of(&[slice(0, 2, None)], Reduce::AbsMax), [0.0, -1.0, 0.0, 1.0, 0.0, 0.0]);
}

#[test]
fn every_tied_element_weighs() {
    assert_eq!(weights(&[], Reduce::Max, &[1, 4], &[2.0, 1.0, 2.0, -2.0]), [1.0, 0.0, 1.0, 0.0]);
    assert_eq!(weights(&[], Reduce::AbsMax, &[1, 4], &[2.0, 1.0, 2.0, -2.0]), [1.0, 0.0, 1.0, -1.0]);
    assert_eq!(weights(&[], Reduce::Min, &[1, 3], &[0.0, -0.0, 1.0]), [1.0, 1.0, 0.0]);
    assert_eq!(weights(&[], Reduce::AbsMax, &[1, 2], &[0.0, -0.0]), [0.0, 0.0], "|x| is flat at 0");
    assert_eq!(weights(&[], Reduce::Max, &[1, 2], &[f32::NEG_INFINITY, f32::NEG_INFINITY]), [1.0, 1.0]);
}

#[test]
fn nan_makes_its_own_row_undefined() {
    let values = [f32::NAN, 1.0, 5.0, 2.0, 3.0, 9.0];
    for reduce in [Reduce::Max, Reduce::Min, Reduce::AbsMax] {
        let weights = weights(&[slice(0, 2, None)], reduce, &[2, 3], &values);
        assert!(weights[0].is_nan() && weights[1].is_nan(), "{reduce:?}: {weights:?}");
        assert_eq!(weights[2], 0.0);
        assert_eq!(weights[3..].iter().sum::<f32>(), 1.0, "{reduce:?}: {weights:?}");
    }
    assert_eq!(weights(&[], Reduce::Sum, &[1, 2], &[f32::NAN, 1.0]), [1.0, 1.0]);
}

#[test]
fn doubles_stay_doubles_and_other_types_are_refused() {
    let request = request(&[], Reduce::Max);
    let close = [1.0f64, 1.0 + f64::EPSILON];
    let weights = request.weights(&TensorView::new(&[1, 2], close.as_slice()).unwrap()).unwrap();
    assert_eq!(weights, Tensor::new(vec![1, 2], vec![0.0f64, 1.0]).unwrap());
    let error = request.weights(&TensorView::new(&[1, 2], [1i64, 2].as_slice()).unwrap()).unwrap_err();
    assert_eq!(error.message, "gradients need a layer of float32 or float64 values, found int64");
    let error = request.weights(&TensorView::new(&[], [1f32].as_slice()).unwrap()).unwrap_err();
    assert_eq!(error.message, "the layer gives a single number instead of one row per sample");
}

#[test]
fn several_calls_are_one_flat_row() {
    let (first, second) = ([1f32, 2.0, 3.0, 4.0], [7f32, 4.0]);
    let calls =
        [TensorView::new(&[2, 1, 2], first.as_slice()).unwrap(), TensorView::new(&[2, 1], second.as_slice()).unwrap()];
    let of = |filter: &[FilterItem], reduce| {
        let weights = request(filter, reduce).weights_of_calls(&calls).unwrap();
        assert_eq!((weights[0].shape(), weights[1].shape()), (&[2, 1, 2][..], &[2, 1][..]));
        weights.iter().flat_map(|tensor| tensor.view().as_f32().unwrap().to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(of(&[], Reduce::Sum), [1.0; 6]);
    assert_eq!(of(&[], Reduce::Max), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(of(&[FilterItem::Index(-1)], Reduce::Sum), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!(of(&[FilterItem::Index(0)], Reduce::Sum), [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);

    let alone = request(&[FilterItem::Ellipsis, FilterItem::Index(1)], Reduce::Sum);
    let alone = alone.weights_of_calls(&calls[..1]).unwrap();
    assert_eq!(alone[0].view().as_f32().unwrap(), [0.0, 1.0, 0.0, 1.0]);

    let shorter = TensorView::new(&[1, 1], &second[..1]).unwrap();
    let error = request(&[], Reduce::Sum).weights_of_calls(&[calls[0], shorter]).unwrap_err();
    assert_eq!(
        error.message,
        "the calls of the layer cannot be joined: one gives 2 rows of float32, another 1 of float32"
    );
    let never = request(&[], Reduce::Sum).weights_of_calls(&[]).unwrap_err();
    assert_eq!(never.message, "the layer is never called, so it has no value");
}

/// Whether Python's `range(length)[item]` holds `index`, decided for the index alone.
fn holds(item: FilterItem, length: usize, index: usize) -> bool {
    let (length, index) = (length as i64, index as i64);
    match item {
        FilterItem::Ellipsis => true,
        FilterItem::Index(wanted) => wanted == index || wanted + length == index,
        FilterItem::Slice { start, stop, step } => {
            let step = step.unwrap_or(1);
            let from_start = |bound: i64| if bound < 0 { bound + length } else { bound };
            let (start, stop) = (start.map(from_start), stop.map(from_start));
            if step > 0 {
                let start = start.unwrap_or(0).max(0);
                index >= start && stop.is_none_or(|stop| index < stop) && (index - start) % step == 0
            } else {
                let start = start.unwrap_or(length - 1).min(length - 1);
                index <= start && stop.is_none_or(|stop| index > stop) && (start - index) % step == 0
            }
        }
    }
}

fn any_item() -> impl Strategy<Value = FilterItem> {
    let bound = || proptest::option::of(-7i64..7);
    prop_oneof![
        (-5i64..5).prop_map(FilterItem::Index),
        (bound(), bound(), proptest::option::of(prop_oneof![-3i64..0, 1i64..4]))
            .prop_map(|(start, stop, step)| FilterItem::Slice { start, stop, step }),
    ]
}

fn any_reduce() -> impl Strategy<Value = Reduce> {
    prop_oneof![Just(Reduce::Sum), Just(Reduce::Max), Just(Reduce::Min), Just(Reduce::AbsMax)]
}

proptest! {
    #[test]
    fn a_selection_is_that_of_each_axis(
        shape in proptest::collection::vec(1usize..5, 1..4),
        items in proptest::collection::vec(any_item(), 0..4),
        ellipsis in proptest::option::of(0usize..4),
    ) {
        let items = &items[..items.len().min(shape.len())];
        let mut filter = items.to_vec();
        let at = ellipsis.map_or(items.len(), |at| at.min(items.len()));
        if ellipsis.is_some() {
            filter.insert(at, FilterItem::Ellipsis);
        }
        let mut per_axis = items[..at].to_vec();
        per_axis.resize(shape.len() - (items.len() - at), FilterItem::ALL);
        per_axis.extend_from_slice(&items[at..]);
        let axis_holds = |axis: usize, index| holds(per_axis[axis], shape[axis], index);
        let none_left_out = (0..shape.len()).all(|axis| (0..shape[axis]).any(|index| axis_holds(axis, index)));

        let selection = Selection::new(&filter, &shape);
        prop_assert_eq!(selection.is_ok(), none_left_out, "{:?}", selection);
        if let Ok(selection) = selection {
            for (element, selected) in selection.mask().into_iter().enumerate() {
                let mut rest = element;
                let expected = (0..shape.len()).rev().all(|axis| {
                    let index = rest % shape[axis];
                    rest /= shape[axis];
                    axis_holds(axis, index)
                });
                prop_assert_eq!(selected, expected, "element {}", element);
            }
        }
    }

    #[test]
    fn weights_are_those_of_each_row_alone(
        rows in proptest::collection::vec(proptest::array::uniform4(-3i8..4), 1..5),
        item in prop_oneof![any_item(), Just(FilterItem::ALL)],
        reduce in any_reduce(),
    ) {
        prop_assume!((0..4).any(|index| holds(item, 4, index)));
        let flat: Vec<f32> = rows.iter().flatten().map(|&value| f32::from(value)).collect();
        let weights = weights(&[item], reduce, &[rows.len(), 4], &flat);
        for (row, weights) in rows.iter().zip(weights.chunks(4)) {
            let chosen: Vec<i8> = (0..4).filter(|&index| holds(item, 4, index)).map(|index| row[index]).collect();
            for index in 0..4 {
                let value = row[index];
                let counts = match reduce {
                    Reduce::Sum => true,
                    Reduce::Max => chosen.iter().all(|&other| value >= other),
                    Reduce::Min => chosen.iter().all(|&other| value <= other),
                    Reduce::AbsMax => chosen.iter().all(|&other| value.abs() >= other.abs()),
                };
                let weight = if reduce == Reduce::AbsMax { f32::from(value.signum()) } else { 1.0 };
                let expected = if counts && holds(item, 4, index) { weight } else { 0.0 };
                prop_assert_eq!(weights[index], expected, "{:?} of {:?}, element {}", reduce, row, index);
            }
        }
    }
}
