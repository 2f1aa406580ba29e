//! Whether the inputs of a call fit the model, and what comes out fits the inputs.

use crate::{BatchAxis, DType, PluginError, Result, Signature, TensorSpec, TensorView};

/// Checks the inputs of a call against the signature of the model, and gives their number of rows. `names` are those of the
/// description, for messages. Numbers of any type are taken for numbers: casting them is the backend's part.
///
/// # Errors
/// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE): another number of inputs, another shape, text for numbers or numbers for
/// text, inputs of different numbers of rows, or of another number than a call takes.
///
/// ```
/// use kipos_plugin_api::{Signature, TensorSpec, TensorView, bind::check_inputs};
/// let spec = TensorSpec::default().with_shape(Some(vec![None, Some(4)]));
/// let signature = Signature::new(vec![spec], Vec::new());
/// let elements = vec![0f32; 2 * 7 * 4];
/// assert_eq!(check_inputs(&signature, &["seq"], &[TensorView::new(&[2, 7, 4], elements.as_slice())?])?, 2);
/// let error = check_inputs(&signature, &["seq"], &[TensorView::new(&[2, 4, 7], elements.as_slice())?]).unwrap_err();
/// assert_eq!(error.message, "input `seq` must have shape [any, 4] without the batch axis, found [4, 7]");
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
pub fn check_inputs(signature: &Signature, names: &[&str], inputs: &[TensorView<'_>]) -> Result<usize> {
    let (takes, given) = (signature.inputs.len(), inputs.len());
    if takes != given {
        return Err(PluginError::shape(format!("the model reads {takes} inputs, but {given} were given")));
    }
    let name = |index: usize| names.get(index).copied().unwrap_or_default();
    for (index, (spec, view)) in signature.inputs.iter().zip(inputs).enumerate() {
        check_input(name(index), spec, view)?;
    }
    let rows = inputs.first().map_or(0, TensorView::rows);
    if let Some((index, view)) = inputs.iter().enumerate().find(|(_, view)| view.rows() != rows) {
        return Err(PluginError::shape(format!(
            "input `{}` has {} rows, but `{}` has {rows}; all inputs of a batch must have equally many",
            name(index),
            view.rows(),
            name(0)
        )));
    }
    match signature.batch {
        BatchAxis::Fixed(fixed) if fixed != rows && given > 0 => {
            Err(PluginError::shape(format!("the model takes {fixed} rows per call, but {rows} were given")))
        }
        _ => Ok(rows),
    }
}

fn check_input(name: &str, spec: &TensorSpec, view: &TensorView<'_>) -> Result<()> {
    let Some((_, found)) = view.shape().split_first() else {
        return Err(PluginError::shape(format!("input `{name}` is a single number without a batch axis")));
    };
    let fits = |(expected, found): (&Option<usize>, &usize)| expected.is_none_or(|expected| expected == *found);
    if let Some(shape) = &spec.shape
        && (shape.len() != found.len() || !shape.iter().zip(found).all(fits))
    {
        let axes: Vec<String> = shape.iter().map(|axis| axis.map_or("any".into(), |n| n.to_string())).collect();
        return Err(PluginError::shape(format!(
            "input `{name}` must have shape [{}] without the batch axis, found {found:?}",
            axes.join(", ")
        )));
    }
    match (spec.dtype, view.dtype()) {
        (Some(wanted), given) if (wanted == DType::String) != (given == DType::String) => {
            Err(PluginError::shape(format!("the model reads input `{name}` as {wanted}, but {given} was given")))
        }
        _ => Ok(()),
    }
}

/// Whether a value, an output or that of a layer, has one row per row of the inputs. `what` names it, and `advice` says
/// what to do if it has not.
///
/// # Errors
/// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE).
pub fn check_rows(what: &str, shape: &[usize], rows: usize, advice: &str) -> Result<()> {
    if shape.first() == Some(&rows) {
        return Ok(());
    }
    Err(PluginError::shape(format!("{what} has shape {shape:?} for a batch of {rows} rows: {advice}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(signature: &Signature, inputs: &[TensorView<'_>]) -> String {
        check_inputs(signature, &["a", "b"], inputs).unwrap_err().message
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let numbers = [0f32; 6];
        let of = |shape| TensorView::new(shape, numbers.as_slice()).unwrap();
        let spec = || TensorSpec::default().with_shape(Some(vec![Some(3)])).with_dtype(Some(DType::F64));
        let signature = Signature::new(vec![spec(), TensorSpec::default()], Vec::new());
        let (two, one) = (of(&[2, 3]), of(&[1, 3, 2]));
        assert_eq!(check_inputs(&signature, &[], &[two, of(&[2, 1, 3])]), Ok(2));
        assert_eq!(refusal(&signature, &[two]), "the model reads 2 inputs, but 1 were given");
        assert_eq!(
            refusal(&signature, &[two, one]),
            "input `b` has 1 rows, but `a` has 2; all inputs of a batch must have equally many"
        );
        assert_eq!(
            refusal(&signature, &[one, one]),
            "input `a` must have shape [3] without the batch axis, found [3, 2]"
        );
        let fixed = signature.with_batch(BatchAxis::Fixed(4));
        assert_eq!(refusal(&fixed, &[two, two]), "the model takes 4 rows per call, but 2 were given");
    }

    #[test]
    fn text_is_not_taken_for_numbers() {
        let texts: crate::Strings = ["A", "C"].into_iter().collect();
        let text = crate::Tensor::new(vec![2], texts).unwrap();
        let signature = Signature::new(vec![TensorSpec::default().with_dtype(Some(DType::F32))], Vec::new());
        assert_eq!(refusal(&signature, &[text.view()]), "the model reads input `a` as float32, but string was given");
    }

    #[test]
    fn rows_come_first() {
        assert_eq!(check_rows("output `y`", &[2, 3], 2, ""), Ok(()));
        assert_eq!(
            check_rows("output `y`", &[3, 2], 2, "export it so").unwrap_err().message,
            "output `y` has shape [3, 2] for a batch of 2 rows: export it so"
        );
    }
}
