//! Whether files can be members of one family: they must take and give the same arrays.

use kipos_plugin_api::{BatchAxis, ModelSource, Signature, TensorSpec};

/// What the members of a family have in common: the signature of the first, completed where another one knows more.
/// Arrays are called as `source` calls them.
///
/// # Errors
/// The number of the first of `others` that differs, and in what, as the continuation of a sentence about it.
pub fn common_signature(
    source: &ModelSource,
    first: Signature,
    others: &[Signature],
) -> Result<Signature, (usize, String)> {
    let mut common = first;
    for (at, other) in others.iter().enumerate() {
        join(source, &mut common, other).map_err(|what| (at, what))?;
    }
    Ok(common)
}

fn join(source: &ModelSource, common: &mut Signature, other: &Signature) -> Result<(), String> {
    let sides = [
        ("input", &source.inputs, &mut common.inputs, &other.inputs),
        ("output", &source.targets, &mut common.outputs, &other.outputs),
    ];
    for (what, leaves, arrays, others) in sides {
        if arrays.len() != others.len() {
            return Err(format!("it has {} {what}s instead of {}", others.len(), arrays.len()));
        }
        for ((leaf, array), other) in leaves.iter().zip(arrays).zip(others) {
            join_array(array, other).map_err(|difference| format!("its {what} `{}` {difference}", leaf.name))?;
        }
    }
    common.batch = match (common.batch, other.batch) {
        (BatchAxis::Fixed(rows), BatchAxis::Fixed(others)) if rows != others => {
            return Err(format!("it takes batches of {others} rows instead of {rows}"));
        }
        (BatchAxis::Dynamic, batch) | (batch, _) => batch,
    };
    Ok(())
}

/// Names in the graph may differ: exporters number them.
fn join_array(array: &mut TensorSpec, other: &TensorSpec) -> Result<(), String> {
    match (array.dtype, other.dtype) {
        (Some(dtype), Some(others)) if dtype != others => return Err(format!("is {others} instead of {dtype}")),
        (None, dtype) => array.dtype = dtype,
        _ => {}
    }
    let (Some(shape), Some(others)) = (&mut array.shape, &other.shape) else {
        array.shape = array.shape.take().or_else(|| other.shape.clone());
        return Ok(());
    };
    let differ =
        |(length, other): (&Option<usize>, &Option<usize>)| matches!((length, other), (Some(a), Some(b)) if a != b);
    if shape.len() != others.len() || shape.iter().zip(others).any(differ) {
        return Err(format!("has shape {} instead of {}", shown(others), shown(shape)));
    }
    shape.iter_mut().zip(others).for_each(|(length, other)| *length = length.or(*other));
    Ok(())
}

/// A shape without its batch axis; an axis of any length is `None`.
fn shown(shape: &[Option<usize>]) -> String {
    let axes: Vec<String> =
        shape.iter().map(|length| length.map_or_else(|| "None".to_owned(), |length| length.to_string())).collect();
    format!("({})", axes.join(", "))
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{DType, SchemaLeaf, Value};

    use super::*;

    fn array(dtype: Option<DType>, shape: Option<Vec<Option<usize>>>) -> TensorSpec {
        TensorSpec::default().with_dtype(dtype).with_shape(shape)
    }

    fn signature(input: TensorSpec, output: TensorSpec) -> Signature {
        Signature::new(vec![input], vec![output])
    }

    fn plain() -> Signature {
        let shape = |lengths: [usize; 2]| Some(lengths.map(Some).to_vec());
        signature(array(Some(DType::F32), shape([9, 4])), array(Some(DType::F32), shape([1, 3])))
    }

    fn common(first: Signature, others: &[Signature]) -> Result<Signature, (usize, String)> {
        let leaf = |name: &str| vec![SchemaLeaf::new(name, vec![None])];
        common_signature(&ModelSource::new("model", Value::Null, leaf("seq"), leaf("out")), first, others)
    }

    #[test]
    fn what_one_does_not_know_another_may() {
        let open = signature(array(None, Some(vec![None, Some(4)])), array(None, None));
        let found = common(open.clone(), &[open, plain().with_batch(BatchAxis::Fixed(8)), plain()]);
        assert_eq!(found, Ok(plain().with_batch(BatchAxis::Fixed(8))));
    }

    #[test]
    fn the_first_difference_is_named() {
        let problem = |other: Signature| common(plain(), &[plain(), other]).unwrap_err();
        let mut other = plain();
        other.outputs[0].shape = Some(vec![Some(1), None, Some(3)]);
        assert_eq!(problem(other), (1, "its output `out` has shape (1, None, 3) instead of (1, 3)".into()));
        let mut other = plain();
        other.inputs[0].shape = Some(vec![Some(8), Some(4)]);
        assert_eq!(problem(other), (1, "its input `seq` has shape (8, 4) instead of (9, 4)".into()));
        let mut other = plain();
        other.inputs[0].dtype = Some(DType::F64);
        assert_eq!(problem(other), (1, "its input `seq` is float64 instead of float32".into()));
        let mut other = plain();
        other.outputs.clear();
        assert_eq!(problem(other), (1, "it has 0 outputs instead of 1".into()));
        let fixed = |rows| plain().with_batch(BatchAxis::Fixed(rows));
        let problem = common(fixed(2), &[fixed(3)]).unwrap_err();
        assert_eq!(problem, (0, "it takes batches of 3 rows instead of 2".into()));
    }
}
