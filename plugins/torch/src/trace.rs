//! How a TorchScript file is written: tracing takes nearly every network, while `torch.jit.script` refuses much of Python.

use kipos_plugin_api::SchemaLeaf;

/// Python that traces a network with an example of the described shapes, and saves it. Of two rows, as PyTorch writes the
/// number of rows into the file where it is 1.
pub fn save(inputs: &[SchemaLeaf]) -> String {
    let tensor = |input: &SchemaLeaf| {
        let lengths = input.shape.iter().map(|length| length.map_or("LENGTH".to_owned(), |length| length.to_string()));
        format!("torch.rand({})", std::iter::once("2".to_owned()).chain(lengths).collect::<Vec<_>>().join(", "))
    };
    let example = match inputs {
        [] => "EXAMPLE".to_owned(),
        [one] => tensor(one),
        several => format!("({})", several.iter().map(tensor).collect::<Vec<_>>().join(", ")),
    };
    format!("torch.jit.trace(model.eval(), {example}).save('model.pt')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_the_shapes_of_the_inputs() {
        let input = |shape: &[Option<usize>]| SchemaLeaf::new("x", shape.to_vec());
        let (dna, open) = (input(&[Some(4), Some(200)]), input(&[Some(4), None]));
        let one = "torch.jit.trace(model.eval(), torch.rand(2, 4, 200)).save('model.pt')";
        assert_eq!(save(std::slice::from_ref(&dna)), one);
        let several = "torch.jit.trace(model.eval(), (torch.rand(2, 4, 200), torch.rand(2, 4, LENGTH), torch.rand(2))).save('model.pt')";
        assert_eq!(save(&[dna, open, input(&[])]), several);
        assert_eq!(save(&[]), "torch.jit.trace(model.eval(), EXAMPLE).save('model.pt')");
    }
}
