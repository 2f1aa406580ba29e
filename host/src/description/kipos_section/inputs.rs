//! `kipos.inputs`: what no dataloader gives.

use super::UnsupportedKey;
use crate::description::array::ArraySpec;
use crate::description::error::SpecError;
use crate::description::node::Node;

/// What the section says of one input.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct InputKeys {
    /// The value of all its elements, which the dataloader then need not give. Not supported yet.
    pub constant: Option<f64>,
}

/// Reads `inputs`: what is said of each input, in their order.
pub(super) fn read_inputs(
    node: &Node<'_>,
    inputs: &[ArraySpec],
    unsupported: &mut Vec<UnsupportedKey>,
) -> Result<Vec<InputKeys>, SpecError> {
    let mut said = vec![InputKeys::default(); inputs.len()];
    for (name, keys) in node.entries()? {
        let index = inputs.iter().position(|input| input.name == name);
        let index = index.ok_or_else(|| node.unknown_name(&name, inputs.iter().map(|input| input.name.as_str())))?;
        if keys.is_null() {
            continue;
        }
        let fields = keys.only_fields(&["constant"])?;
        let Some(node) = fields.optional("constant") else { continue };
        let number = node.yaml().as_f64().filter(|number| number.is_finite());
        said[index].constant = Some(number.ok_or_else(|| node.unexpected("a finite number"))?);
        unsupported.push(UnsupportedKey::new(node));
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, read};
    use super::*;

    const TARGETS: &str = "{shape: '(3,)'}";

    #[test]
    fn constants_are_numbers() {
        for (section, constant) in
            [("{inputs: {input: {constant: -0.5}}}", -0.5), ("{inputs: {input: {constant: 0}}}", 0.0)]
        {
            let said = read(TARGETS, section).unwrap();
            assert_eq!(said.inputs, [InputKeys { constant: Some(constant) }]);
            assert_eq!(
                said.unsupported[0].to_string(),
                "model.yaml:7: `kipos.inputs.input.constant` is not supported by this version of kipos"
            );
        }
        let silent = read(TARGETS, "{inputs: {input: {}}}").unwrap();
        assert_eq!((silent.inputs, silent.unsupported), (vec![InputKeys::default()], vec![]));
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |section: &str| message(TARGETS, section);
        insta::assert_snapshot!(message("{inputs: [input]}"), @"model.yaml:7: `kipos.inputs` must be a map, found a list of 1 item");
        insta::assert_snapshot!(message("{inputs: {seq: {constant: 0}}}"), @"model.yaml:7: unknown name `seq` in `kipos.inputs` (known: input)");
        insta::assert_snapshot!(message("{inputs: {input: {const: 0}}}"), @"model.yaml:7: unknown key `kipos.inputs.input.const` (known: constant)");
        insta::assert_snapshot!(message("{inputs: {input: {constants: 0}}}"), @"model.yaml:7: unknown key `kipos.inputs.input.constants` (did you mean `constant`?)");
        insta::assert_snapshot!(message("{inputs: {input: {constant: '0'}}}"), @r#"model.yaml:7: `kipos.inputs.input.constant` must be a finite number, found "0""#);
        insta::assert_snapshot!(message("{inputs: {input: {constant: .nan}}}"), @"model.yaml:7: `kipos.inputs.input.constant` must be a finite number, found .nan");
    }
}
