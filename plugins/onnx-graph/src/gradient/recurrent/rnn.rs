//! The rule of RNN, a recurrent layer without gates.

use super::super::GradientError;
use super::super::expr::Expr;
use super::super::site::{Cotangents, Site};
use super::{Back, Body, Direction, directions, joined, over_all, over_steps};

/// The position of the input for the initial state.
const INITIAL: usize = 5;

pub fn rnn(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    let directions = directions(site)?;
    let element = site.fact(&site.node.input[0])?.element;
    let steps = site.fixed_length(site.shape(0)?[0])?;
    let parts = directions.iter().map(|direction| back(site, direction, results, steps, element));
    Ok(joined(site, &parts.collect::<Result<Vec<Back>, GradientError>>()?))
}

fn back(
    site: &Site<'_>,
    direction: &Direction,
    results: &[Option<Expr>],
    steps: i64,
    element: i32,
) -> Result<Back, GradientError> {
    let hidden = direction.of(&site.y(), 1);
    let first = direction.initial(site, INITIAL, &hidden);
    let (w, r) = (direction.of(&site.input(1), 0), direction.of(&site.input(2), 0));
    let slope = slope(site, direction, &hidden)?;
    let body = Body::new()
        .node("Add", &["state", "g"], "h")
        .node("Mul", &["h", "slope"], "before")
        .node("MatMul", &["before", "r"], "next")
        .node("Identity", &["before"], "made");
    let g = direction.cotangent(results, 0, 1, &hidden);
    let last = direction.cotangent(results, 1, 0, &first);
    let [of_initial, sums] = body.scan(
        element,
        &[("state", &last, "next")],
        &[("g", &g), ("slope", &slope)],
        &[("r", &r)],
        &["made"],
        !direction.reverse,
    );
    let added = over_all(&sums);
    let weights = [
        over_steps(&sums, &site.x()),
        over_steps(&sums, &direction.before(&hidden, &first, steps)),
        Expr::concat(vec![added.clone(), added], 0),
    ];
    Ok(Back { x: sums.zip("MatMul", &w), weights, initial: vec![of_initial] })
}

/// The slope of the function of a direction, from its result.
fn slope(site: &Site<'_>, direction: &Direction, y: &Expr) -> Result<Expr, GradientError> {
    let given = site.node.texts("activations");
    let name = given.get(direction.index as usize).map_or("Tanh", |name| name);
    match name.to_ascii_lowercase().as_str() {
        "tanh" => Ok(1.0 - y.squared()),
        "sigmoid" => Ok(y * (1.0 - y)),
        "relu" => Ok(y.greater(0.0).to_float()),
        _ => Err(site.refuse(format!("its activation function is {name}"))),
    }
}
