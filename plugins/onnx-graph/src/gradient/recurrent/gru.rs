//! The rule of GRU, in both forms of its reset gate.

use super::super::expr::Expr;
use super::super::site::{Cotangents, Site};
use super::lstm::split;
use super::{Back, Body, Direction, check_activations, directions, joined, over_all, over_steps};

/// The position of the input for the initial state.
const INITIAL: usize = 5;

pub fn gru(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    check_activations(site, &["Sigmoid", "Tanh"])?;
    let directions = directions(site)?;
    let element = site.fact(&site.node.input[0])?.element;
    let steps = site.fixed_length(site.shape(0)?[0])?;
    let size = site.fixed_length(site.shape(2)?[2])?;
    let parts: Vec<Back> =
        directions.iter().map(|direction| back(site, direction, results, [steps, size], element)).collect();
    Ok(joined(site, &parts))
}

fn back(
    site: &Site<'_>,
    direction: &Direction,
    results: &[Option<Expr>],
    [steps, size]: [i64; 2],
    element: i32,
) -> Back {
    let reset_after = site.node.int("linear_before_reset").unwrap_or(0) != 0;
    let hidden = direction.of(&site.y(), 1);
    let first = direction.initial(site, INITIAL, &hidden);
    let before = direction.before(&hidden, &first, steps);
    let (w, r) = (direction.of(&site.input(1), 0), direction.of(&site.input(2), 0));
    let (r_gates, r_new) = (r.slice(0, 0, 2 * size), r.slice(0, 2 * size, 3 * size));
    let product = |value: &Expr, weights: &Expr| value.zip("MatMul", &weights.transpose(&[1, 0]));
    let mut from_input = product(&site.x(), &w);
    let mut from_state = product(&before, &r_gates);
    let mut new_bias = None;
    if site.node.input_at(3).is_some() {
        let bias = direction.of(&site.input(3), 0);
        from_input = from_input + bias.slice(0, 0, 3 * size);
        from_state = from_state + bias.slice(0, 3 * size, 5 * size);
        new_bias = Some(bias.slice(0, 5 * size, 6 * size));
    }
    let with_bias = |value: Expr| new_bias.as_ref().map_or_else(|| value.clone(), |bias| &value + bias);
    let [input_z, input_r, input_n] = Expr::several("Split", vec![Some(from_input)], split(3));
    let [state_z, state_r] = Expr::several("Split", vec![Some(from_state)], split(2));
    let (z, reset) = ((input_z + state_z).map("Sigmoid"), (input_r + state_r).map("Sigmoid"));
    let state_n =
        if reset_after { with_bias(product(&before, &r_new)) } else { with_bias(product(&(&reset * &before), &r_new)) };
    let new = (input_n + if reset_after { &reset * &state_n } else { state_n.clone() }).map("Tanh");
    let reset_slope = &reset * (1.0 - &reset);
    let factors = [
        ("dz", (&before - &new) * (&z * (1.0 - &z))),
        ("dn", (1.0 - &z) * (1.0 - new.squared())),
        ("dr", if reset_after { state_n } else { before.clone() } * reset_slope),
        ("reset", reset.clone()),
        ("z", z),
    ];
    let body =
        Body::new().node("Add", &["state", "g"], "h").node("Mul", &["h", "dz"], "gz").node("Mul", &["h", "dn"], "gn");
    let body = if reset_after {
        body.node("Mul", &["gn", "dr"], "gr").node("Mul", &["gn", "reset"], "gq").node(
            "MatMul",
            &["gq", "r_new"],
            "from_new",
        )
    } else {
        body.node("MatMul", &["gn", "r_new"], "gv").node("Mul", &["gv", "dr"], "gr").node(
            "Mul",
            &["gv", "reset"],
            "from_new",
        )
    };
    let body = body
        .node("Concat", &["gz", "gr"], "gzr")
        .node("MatMul", &["gzr", "r_gates"], "from_gates")
        .node("Mul", &["h", "z"], "kept")
        .node("Sum", &["from_gates", "kept", "from_new"], "next")
        .node("Concat", &["gz", "gr", "gn"], "made");
    let g = direction.cotangent(results, 0, 1, &hidden);
    let last = direction.cotangent(results, 1, 0, &first);
    let scanned: Vec<(&str, &Expr)> =
        std::iter::once(("g", &g)).chain(factors.iter().map(|(name, value)| (*name, value))).collect();
    let captured = [("r_gates", &r_gates), ("r_new", &r_new)];
    let [of_initial, gates] =
        body.scan(element, &[("state", &last, "next")], &scanned, &captured, &["made"], !direction.reverse);
    let (gated, new) = (gates.slice(2, 0, 2 * size), gates.slice(2, 2 * size, 3 * size));
    // What the product of the state has as its cotangent, and what it is a product of, for the new state.
    let (of_new, read) = if reset_after { (new * &reset, before.clone()) } else { (new, &reset * &before) };
    let added = Expr::concat(vec![over_all(&gates), over_all(&gated), over_all(&of_new)], 0);
    let of_state = Expr::concat(vec![over_steps(&gated, &before), over_steps(&of_new, &read)], 0);
    let weights = [over_steps(&gates, &site.x()), of_state, added];
    Back { x: gates.zip("MatMul", &w), weights, initial: vec![of_initial] }
}
