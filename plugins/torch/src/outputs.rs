//! What a model returned, as the description's targets.

use kipos_plugin_api::{PluginError, Result, SchemaLeaf, Tensor};

use crate::convert;

/// Which of what a model returns, under these names or none, are the targets: by name if it has all of their names, else
/// by position if the counts are equal.
///
/// # Errors
/// Names and counts that do not match the targets.
pub fn places(found: &[&str], targets: &[SchemaLeaf]) -> Result<Vec<usize>> {
    let named = |target: &SchemaLeaf| found.iter().position(|name| !name.is_empty() && *name == target.name);
    if let Some(all) = targets.iter().map(named).collect() {
        return Ok(all);
    }
    let unnamed = found.iter().all(|name| name.is_empty());
    if found.len() == targets.len() && (unnamed || targets.len() == 1) {
        return Ok((0..found.len()).collect());
    }
    let names: Vec<&str> = found.iter().copied().filter(|name| !name.is_empty()).collect();
    let known = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let described: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    Err(PluginError::shape(format!(
        "the model returns {} tensors{known}, but model.yaml describes {} targets ({}); describe what it returns",
        found.len(),
        targets.len(),
        described.join(", ")
    )))
}

/// The tensors of the targets, of all that a model returned.
///
/// # Errors
/// As [`places`].
pub fn pair(found: &[(String, tch::Tensor)], targets: &[SchemaLeaf]) -> Result<Vec<tch::Tensor>> {
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    Ok(places(&names, targets)?.into_iter().map(|place| found[place].1.shallow_clone()).collect())
}

/// A target's tensor.
///
/// # Errors
/// Other than `rows` rows, or than the described number of values in each.
pub fn checked(tensor: &tch::Tensor, target: &SchemaLeaf, rows: usize) -> Result<Tensor> {
    let what = format!("output `{}`", target.name);
    let copied = convert::owned(&what, tensor)?;
    check_rows(&what, copied.shape(), rows)?;
    let described: Option<usize> = target.shape.iter().copied().product();
    let values = copied.shape().iter().skip(1).product::<usize>();
    if described.is_some_and(|described| described != values) {
        let shape: Vec<String> = target.shape.iter().map(|n| n.map_or("any".into(), |n| n.to_string())).collect();
        return Err(PluginError::shape(format!(
            "{what} has shape {:?} without the batch axis, but model.yaml says [{}]; correct `schema.targets`",
            &copied.shape()[1..],
            shape.join(", ")
        )));
    }
    Ok(copied)
}

/// # Errors
/// A value without one row per sample.
pub fn check_rows(what: &str, shape: &[usize], rows: usize) -> Result<()> {
    if shape.first() == Some(&rows) {
        return Ok(());
    }
    Err(PluginError::shape(format!(
        "{what} has shape {shape:?} for a batch of {rows} rows; its first axis must be the batch (it is not in the last \
         states of LSTM and GRU, and a traced model may have its batch size written into it: use x.size(0) instead of a \
         number, or torch.jit.script)"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str, shape: &[usize]) -> SchemaLeaf {
        let shape = shape.iter().map(|&n| Some(n)).collect();
        SchemaLeaf { name: name.into(), shape, dtype: None, special_type: None }
    }

    fn found(names: &[&str]) -> Vec<(String, tch::Tensor)> {
        let numbered = names.iter().enumerate();
        numbered.map(|(i, name)| (name.to_string(), tch::Tensor::from_slice(&[i as f32]).reshape([1, 1]))).collect()
    }

    fn first_values(names: &[&str], wanted: &[&str]) -> Result<Vec<f32>, String> {
        let wanted: Vec<SchemaLeaf> = wanted.iter().map(|name| target(name, &[1])).collect();
        let tensors = pair(&found(names), &wanted).map_err(|error| error.message)?;
        let value = |(tensor, target)| checked(&tensor, target, 1).unwrap().view().as_f32().unwrap()[0];
        Ok(tensors.into_iter().zip(&wanted).map(value).collect())
    }

    #[test]
    fn names_win_and_unnamed_tensors_go_by_position() {
        assert_eq!(first_values(&["a", "b"], &["b", "a"]), Ok(vec![1.0, 0.0]));
        assert_eq!(first_values(&["a", "b"], &["b"]), Ok(vec![1.0]));
        assert_eq!(first_values(&["", ""], &["b", "a"]), Ok(vec![0.0, 1.0]));
        assert_eq!(first_values(&["a"], &["out"]), Ok(vec![0.0]));
        assert_eq!(
            first_values(&["a", "b"], &["a", "c"]).unwrap_err(),
            "the model returns 2 tensors (a, b), but model.yaml describes 2 targets (a, c); describe what it returns"
        );
        assert!(first_values(&["", ""], &["a"]).is_err());
    }

    #[test]
    fn rows_and_widths_are_checked() {
        let value = tch::Tensor::from_slice(&[0f32]).reshape([1, 1]);
        let two = checked(&value, &target("y", &[2]), 1).unwrap_err().message;
        assert!(two.contains("[1] without the batch axis, but model.yaml says [2]"), "{two}");
        let rows = checked(&value, &target("y", &[1]), 3).unwrap_err().message;
        assert!(rows.contains("[1, 1] for a batch of 3 rows"), "{rows}");
    }
}
