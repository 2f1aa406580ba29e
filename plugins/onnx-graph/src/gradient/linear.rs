//! Rules of matrix products.

use super::expr::Expr;
use super::site::{Cotangents, Site};
use crate::attribute::{float, int, text};

pub fn matmul(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (a, b, ranks) = (site.input(0), site.input(1), [site.rank(0)?, site.rank(1)?]);
    // A vector counts as a matrix with one row or one column, which the result does not show.
    let as_matrix = |value: Expr, index: usize| match (ranks[index], index) {
        (1, 0) => value.unsqueeze(&[0]),
        (1, _) => value.unsqueeze(&[1]),
        _ => value,
    };
    let mut g = g.clone();
    if ranks[1] == 1 {
        g = g.unsqueeze(&[-1]);
    }
    if ranks[0] == 1 {
        g = g.unsqueeze(&[-2]);
    }
    let swapped = |value: Expr, rank: i64| {
        let mut order: Vec<i64> = (0..rank.max(2)).collect();
        let last = order.len() - 1;
        order.swap(last - 1, last);
        value.transpose(&order)
    };
    if ranks.contains(&1) {
        if ranks.iter().any(|&rank| rank > 2) {
            return Err(site.refuse("it multiplies a vector with more than one matrix"));
        }
        let of_a = site.wants(0).then(|| g.zip("MatMul", &swapped(as_matrix(b.clone(), 1), ranks[1])));
        let of_b = site.wants(1).then(|| swapped(as_matrix(a, 0), ranks[0]).zip("MatMul", &g));
        let shaped = |value: Option<Expr>, index| value.map(|value| site.like(&value, index)).transpose();
        return Ok(vec![shaped(of_a, 0)?, shaped(of_b, 1)?]);
    }
    let of_a = site.wants(0).then(|| site.unbroadcast_first(&g.zip("MatMul", &swapped(b, ranks[1])), 0, 2));
    let of_b = site.wants(1).then(|| site.unbroadcast_first(&swapped(a, ranks[0]).zip("MatMul", &g), 1, 2));
    Ok(vec![of_a.transpose()?, of_b.transpose()?])
}

pub fn gemm(site: &Site<'_>, g: &Expr) -> Cotangents {
    let flag = |name: &str| site.node.int(name).unwrap_or(0) != 0;
    let (trans_a, trans_b) = (flag("transA"), flag("transB"));
    let alpha = site.node.float("alpha").unwrap_or(1.0);
    let product = |left: &Expr, right: &Expr, turn_left: bool, turn_right: bool| {
        let turns = [int("transA", turn_left.into()), int("transB", turn_right.into()), float("alpha", alpha)];
        Expr::op("Gemm", [left, right], turns.into())
    };
    let (a, b) = (site.input(0), site.input(1));
    let of_a = site.wanted(0, || if trans_a { product(&b, g, trans_b, true) } else { product(g, &b, false, !trans_b) });
    let of_b = site.wanted(1, || if trans_b { product(g, &a, true, trans_a) } else { product(&a, g, !trans_a, false) });
    let beta = site.node.float("beta").unwrap_or(1.0);
    let of_c = site.wants(2).then(|| site.unbroadcast(&(g * beta), 2)).transpose()?;
    Ok(vec![of_a, of_b, of_c])
}

pub fn einsum(site: &Site<'_>, g: &Expr) -> Cotangents {
    let equation: String = site.node.text("equation").unwrap_or_default().replace(' ', "");
    let Some((left, result)) = equation.split_once("->").filter(|_| !equation.contains('.')) else {
        return Err(site.refuse(format!("its equation `{equation}` leaves axes unnamed")));
    };
    let operands: Vec<&str> = left.split(',').collect();
    let mut cotangents = Vec::with_capacity(operands.len());
    for (index, own) in operands.iter().enumerate() {
        if !site.wants(index) {
            cotangents.push(None);
            continue;
        }
        if own.chars().enumerate().any(|(at, letter)| own.find(letter) != Some(at)) {
            return Err(site.refuse(format!("its equation `{equation}` takes a diagonal")));
        }
        let others: Vec<usize> = (0..operands.len()).filter(|&other| other != index).collect();
        let known =
            |letter: char| result.contains(letter) || others.iter().any(|&other| operands[other].contains(letter));
        if let Some(letter) = own.chars().find(|&letter| !known(letter)) {
            return Err(site.refuse(format!("its equation `{equation}` sums axis `{letter}` of one operand alone")));
        }
        let terms: Vec<&str> = std::iter::once(result).chain(others.iter().map(|&other| operands[other])).collect();
        let inputs = std::iter::once(g.clone()).chain(others.iter().map(|&other| site.input(other)));
        let equation = format!("{}->{own}", terms.join(","));
        cotangents.push(Some(Expr::node("Einsum", inputs.map(Some).collect(), vec![text("equation", &equation)], 1)));
    }
    Ok(cotangents)
}
