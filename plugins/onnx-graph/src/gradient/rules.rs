//! The rule of an operator, held to what it may pass over.

use super::expr::Expr;
use super::site::{Cotangents, Site};
use crate::graph::is_standard;
use crate::ops::{self, Gradient};
use crate::proto::NodeProto;

/// Whether the operator has a rule; the rule may still refuse some of its forms.
pub fn is_supported(node: &NodeProto) -> bool {
    !matches!(ops::standard(node).gradient, Gradient::Refused(_))
}

/// The cotangents of a node's inputs.
///
/// # Errors
/// An operator without a rule, or one whose rule does not cover its form.
pub fn rule(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    if !is_standard(&site.node.domain) {
        return Err(site.refuse(format!("operators of `{}` are not standard", site.node.domain)));
    }
    let operator = ops::standard(site.node);
    let cotangents = match (operator.gradient, results) {
        (Gradient::Refused(reason), _) => return Err(site.refuse(reason)),
        (Gradient::Zero, _) => vec![],
        (Gradient::First(rule), [Some(g), others @ ..]) if others.iter().all(Option::is_none) => rule(site, g)?,
        (Gradient::First(_), _) => return Err(site.refuse("only its first result has a gradient")),
        (Gradient::All(rule), _) => rule(site, results)?,
    };
    // A rule that takes an input for a constant must not pass over one that is none.
    let passed_over = (0..site.node.input.len()).find(|&index| {
        let is_value = !operator.type_inputs.contains(&index);
        is_value && !cotangents.is_empty() && site.wants(index) && cotangents.get(index).is_none_or(Option::is_none)
    });
    match passed_over {
        Some(index) => Err(site.refuse(format!("its input `{}` depends on the inputs", site.node.input[index]))),
        None => Ok(cotangents),
    }
}
