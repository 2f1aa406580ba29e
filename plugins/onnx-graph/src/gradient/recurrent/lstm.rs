//! The rule of LSTM.

use super::super::expr::Expr;
use super::super::site::{Cotangents, Site};
use super::{Back, Body, Direction, check_activations, directions, joined, over_all, over_steps};

/// The position of the inputs for the initial hidden and cell state.
const INITIAL: [usize; 2] = [5, 6];

pub fn lstm(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    if site.node.input_at(7).is_some() {
        return Err(site.refuse("its gates look at the cell (peepholes)"));
    }
    check_activations(site, &["Sigmoid", "Tanh", "Tanh"])?;
    let directions = directions(site)?;
    let element = site.fact(&site.node.input[0])?.element;
    let steps = site.fixed_length(site.shape(0)?[0])?;
    let parts: Vec<Back> = directions.iter().map(|direction| back(site, direction, results, steps, element)).collect();
    Ok(joined(site, &parts))
}

fn back(site: &Site<'_>, direction: &Direction, results: &[Option<Expr>], steps: i64, element: i32) -> Back {
    let hidden = direction.of(&site.y(), 1);
    let first_hidden = direction.initial(site, INITIAL[0], &hidden);
    let first_cell = direction.initial(site, INITIAL[1], &hidden);
    let before = direction.before(&hidden, &first_hidden, steps);
    let (w, r) = (direction.of(&site.input(1), 0), direction.of(&site.input(2), 0));
    let mut gates = site.x().zip("MatMul", &w.transpose(&[1, 0])) + before.zip("MatMul", &r.transpose(&[1, 0]));
    if site.node.input_at(3).is_some() {
        // The biases of input and state lie one after the other.
        let halves = direction.of(&site.input(3), 0).reshape(&[2, -1]);
        gates = gates + halves.sum(&[0], false);
    }
    let [i, o, f, c] = Expr::several("Split", vec![Some(gates)], split(4));
    let (i, o, f, c) = (i.map("Sigmoid"), o.map("Sigmoid"), f.map("Sigmoid"), c.map("Tanh"));
    let fresh = &i * &c;
    let forward = Body::new()
        .node("Mul", &["f", "cell"], "kept")
        .node("Add", &["kept", "fresh"], "next")
        .node("Identity", &["next"], "after")
        .node("Identity", &["cell"], "before");
    let [_, cells, cells_before] = forward.scan(
        element,
        &[("cell", &first_cell, "next")],
        &[("f", &f), ("fresh", &fresh)],
        &[],
        &["after", "before"],
        direction.reverse,
    );
    let tanh = cells.map("Tanh");
    let slope = |gate: &Expr| gate * (1.0 - gate);
    let cell_slope = &o * (1.0 - tanh.squared());
    let factors = [
        ("into_cell", cell_slope),
        ("di", &c * slope(&i)),
        ("do", &tanh * slope(&o)),
        ("df", &cells_before * slope(&f)),
        ("dc", &i * (1.0 - c.squared())),
        ("f", f),
    ];
    let body = Body::new()
        .node("Add", &["hidden", "g"], "h")
        .node("Mul", &["h", "into_cell"], "through")
        .node("Add", &["through", "cell"], "c")
        .node("Mul", &["c", "di"], "gi")
        .node("Mul", &["h", "do"], "go")
        .node("Mul", &["c", "df"], "gf")
        .node("Mul", &["c", "dc"], "gc")
        .node("Concat", &["gi", "go", "gf", "gc"], "gates")
        .node("MatMul", &["gates", "r"], "hidden_next")
        .node("Mul", &["c", "f"], "cell_next")
        .node("Identity", &["gates"], "made");
    let g = direction.cotangent(results, 0, 1, &hidden);
    let last_hidden = direction.cotangent(results, 1, 0, &first_hidden);
    let last_cell = direction.cotangent(results, 2, 0, &first_hidden);
    let scanned: Vec<(&str, &Expr)> =
        std::iter::once(("g", &g)).chain(factors.iter().map(|(name, value)| (*name, value))).collect();
    let states = [("hidden", &last_hidden, "hidden_next"), ("cell", &last_cell, "cell_next")];
    let [of_hidden, of_cell, gates] =
        body.scan(element, &states, &scanned, &[("r", &r)], &["made"], !direction.reverse);
    let added = over_all(&gates);
    let weights =
        [over_steps(&gates, &site.x()), over_steps(&gates, &before), Expr::concat(vec![added.clone(), added], 0)];
    Back { x: gates.zip("MatMul", &w), weights, initial: vec![of_hidden, of_cell] }
}

/// Into equal parts along the last of three axes.
pub fn split(parts: i64) -> Vec<crate::proto::AttributeProto> {
    vec![crate::attribute::int("axis", 2), crate::attribute::int("num_outputs", parts)]
}
