//! The rules of attention and of the rotations before it, from what the standard defines them as: products, a mask and a
//! softmax, computed again.

use super::GradientError;
use super::expr::{END, Expr};
use super::site::{Cotangents, Site};
use crate::attribute::int;
use crate::facts::Length;
use crate::tensor::element;

/// The positions of the inputs.
const MASK: usize = 3;
const PAST: [usize; 2] = [4, 5];
const VALID_KEYS: usize = 6;

/// The sizes of queries, keys and values, each of which has a row, a head, a position and a feature.
struct Sizes {
    /// Heads of the queries, and of keys and values, each of which serves as many of the former.
    heads: [i64; 2],
    queries: i64,
    keys: i64,
    /// How many of the keys come from an earlier call.
    past: i64,
    features: i64,
    /// Whether the heads lie one after the other in the features of a position.
    packed: bool,
}

impl Sizes {
    fn of(site: &Site<'_>) -> Result<Self, GradientError> {
        let (q, k) = (site.shape(0)?, site.shape(1)?);
        let packed = q.len() == 3;
        let heads = |name: &str, shape: &[Length]| match packed {
            true => site
                .node
                .int(name)
                .filter(|&heads| heads > 0)
                .ok_or_else(|| site.refuse(format!("it lacks its `{name}`"))),
            false => site.fixed_length(shape[1]),
        };
        let heads = [heads("q_num_heads", q)?, heads("kv_num_heads", k)?];
        let length = |shape: &[Length]| site.fixed_length(shape[shape.len() - 2]);
        let past = match site.node.input_at(PAST[0]) {
            Some(_) => length(site.shape(PAST[0])?)?,
            None => 0,
        };
        let last = site.fixed_length(q[q.len() - 1])?;
        let features = if packed { last / heads[0] } else { last };
        Ok(Self { heads, queries: length(q)?, keys: past + length(k)?, past, features, packed })
    }

    /// One head after the other.
    fn unpacked(&self, value: &Expr, heads: i64) -> Expr {
        if self.packed { value.reshape(&[0, 0, heads, -1]).transpose(&[0, 2, 1, 3]) } else { value.clone() }
    }

    /// The opposite of [`unpacked`](Self::unpacked), in the shape of input `index`.
    fn packed(&self, value: &Expr, site: &Site<'_>, index: usize) -> Result<Expr, GradientError> {
        if self.packed { site.like(&value.transpose(&[0, 2, 1, 3]), index) } else { Ok(value.clone()) }
    }

    /// What queries have, one head of the keys after the other.
    fn by_key_head(&self, value: &Expr) -> Expr {
        match self.heads {
            [heads, shared] if heads == shared => value.clone(),
            [heads, shared] => value.reshape(&[0, shared, heads / shared * self.queries, -1]),
        }
    }

    /// The opposite of [`by_key_head`](Self::by_key_head).
    fn by_head(&self, value: &Expr) -> Expr {
        match self.heads {
            [heads, shared] if heads == shared => value.clone(),
            [heads, _] => value.reshape(&[0, heads, self.queries, -1]),
        }
    }
}

fn turned(value: &Expr) -> Expr {
    value.transpose(&[0, 1, 3, 2])
}

/// Which form of the 4th result is asked for: the products, or the softmax.
fn extra(site: &Site<'_>, results: &[Option<Expr>]) -> Result<[Option<Expr>; 2], GradientError> {
    let g = results.get(3).cloned().flatten();
    match (site.node.int("qk_matmul_output_mode").unwrap_or(0), g) {
        (_, None) => Ok([None, None]),
        (0, g) => Ok([g, None]),
        (3, g) => Ok([None, g]),
        _ => Err(site.refuse("its products behind mask or cap are read")),
    }
}

pub fn attention(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    let sizes = Sizes::of(site)?;
    let causal = site.node.int("is_causal").unwrap_or(0) != 0;
    let has = |index: usize| site.node.input_at(index).is_some();
    if causal && (has(VALID_KEYS) || has(PAST[0]) && has(MASK)) {
        return Err(site.refuse(
            "it hides later keys beside those that a mask or a number of keys hides, as engines do differently",
        ));
    }
    if ["left_window_size", "right_window_size"].iter().any(|name| site.node.int(name).is_some_and(|size| size >= 0)) {
        return Err(site.refuse("its queries see a window of keys"));
    }
    let scale = site.node.float("scale").unwrap_or_else(|| 1.0 / (sizes.features as f64).sqrt());
    let cap = site.node.float("softcap").filter(|&cap| cap != 0.0);
    let with_past = |index: usize| {
        let own = sizes.unpacked(&site.input(index), sizes.heads[1]);
        if sizes.past > 0 { Expr::concat(vec![site.input(PAST[index - 1]), own], 2) } else { own }
    };
    let q = sizes.by_key_head(&sizes.unpacked(&site.x(), sizes.heads[0]));
    let (k, v) = (with_past(1), with_past(2));
    let products = sizes.by_head(&(q.zip("MatMul", &turned(&k)) * scale));
    let capped = cap.map_or_else(|| products.clone(), |cap| (&products / &Expr::scalar(cap)).map("Tanh") * cap);
    let (masked, hides) = masked(site, &sizes, &capped, causal)?;
    let mut weights = Expr::op("Softmax", [&masked], vec![int("axis", -1)]);
    if hides {
        // A query that sees no key at all gives zero.
        weights = weights.map("IsNaN").choose(&Expr::scalar(0.0), &weights);
    }
    let [of_products, of_weights] = extra(site, results)?;
    let (mut through_weights, mut of_v) = (of_weights, results.get(2).cloned().flatten());
    if let Some(Some(g)) = results.first() {
        let g = sizes.by_key_head(&sizes.unpacked(g, sizes.heads[0]));
        through_weights = sum(through_weights, Some(sizes.by_head(&g.zip("MatMul", &turned(&v)))));
        of_v = sum(of_v, Some(turned(&sizes.by_key_head(&weights)).zip("MatMul", &g)));
    }
    let through_mask = through_weights.map(|g| &weights * (&g - (&g * &weights).sum(&[-1], true)));
    let of_mask = match &through_mask {
        Some(g) if site.wants(MASK) => Some(of_mask(site, &sizes, g)?),
        _ => None,
    };
    let through_cap = through_mask.map(|g| match cap {
        Some(cap) => g * (1.0 - (&capped / &Expr::scalar(cap)).squared()),
        None => g,
    });
    let through_products = sum(through_cap, of_products).map(|g| sizes.by_key_head(&(g * scale)));
    let of_q = through_products.as_ref().map(|g| sizes.by_head(&g.zip("MatMul", &k)));
    let of_k = sum(results.get(1).cloned().flatten(), through_products.map(|g| turned(&g).zip("MatMul", &q)));
    let own = |g: &Option<Expr>, index: usize| {
        let cut = g.as_ref().filter(|_| site.wants(index)).map(|g| g.slice(2, sizes.past, END));
        cut.map(|g| sizes.packed(&g, site, index)).transpose()
    };
    let earlier =
        |g: &Option<Expr>, index: usize| g.as_ref().filter(|_| site.wants(index)).map(|g| g.slice(2, 0, sizes.past));
    let of_q = of_q.filter(|_| site.wants(0)).map(|g| sizes.packed(&g, site, 0)).transpose()?;
    let given = [own(&of_k, 1)?, own(&of_v, 2)?];
    let [of_own_k, of_own_v] = given;
    // What no result that has a cotangent reads, gets zeros.
    let or_zeros = |g: Option<Expr>, index: usize| -> Result<Option<Expr>, GradientError> {
        if g.is_none() && site.wants(index) { Ok(Some(Expr::zeros(&site.lengths(index)?))) } else { Ok(g) }
    };
    let found = [of_q, of_own_k, of_own_v, of_mask, earlier(&of_k, PAST[0]), earlier(&of_v, PAST[1])];
    found.into_iter().enumerate().map(|(index, g)| or_zeros(g, index)).collect()
}

fn sum(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// The products with the mask, and whether it may hide all keys of a query.
fn masked(site: &Site<'_>, sizes: &Sizes, products: &Expr, causal: bool) -> Result<(Expr, bool), GradientError> {
    let hidden = Expr::scalar(f64::NEG_INFINITY);
    let keys = || Expr::shaped_ints(vec![1, sizes.keys], (0..sizes.keys).collect());
    let (mut value, mut hides) = (products.clone(), false);
    if let Some(name) = site.node.input_at(MASK) {
        hides = true;
        let mask = Expr::tensor(name);
        value = match site.fact(name)?.element {
            element::BOOL => mask.choose(&value, &hidden),
            _ => value + mask,
        };
    }
    if causal {
        // A query sees all keys of the earlier call.
        let queries = Expr::shaped_ints(vec![sizes.queries, 1], (sizes.past..sizes.past + sizes.queries).collect());
        value = keys().zip("LessOrEqual", &queries).choose(&value, &hidden);
    }
    if site.node.input_at(VALID_KEYS).is_some() {
        hides = true;
        let valid = site.input(VALID_KEYS).reshape(&[-1, 1, 1, 1]);
        value = keys().zip("Less", &valid).choose(&value, &hidden);
    }
    Ok((value, hides))
}

/// The cotangent of a mask that is added, from that of the products of all heads.
fn of_mask(site: &Site<'_>, sizes: &Sizes, g: &Expr) -> Result<Expr, GradientError> {
    let shape = site.shape(MASK)?;
    let added = 4_usize.saturating_sub(shape.len());
    let rows = site.shape(0)?[0];
    let all = [
        rows,
        Length::Fixed(sizes.heads[0] as usize),
        Length::Fixed(sizes.queries as usize),
        Length::Fixed(sizes.keys as usize),
    ];
    let repeated =
        |&axis: &usize| axis < added || shape[axis - added] == Length::Fixed(1) && all[axis] != Length::Fixed(1);
    let axes: Vec<i64> = (0..4).filter(repeated).map(|axis| axis as i64).collect();
    let summed = if axes.is_empty() { g.clone() } else { g.sum(&axes, true) };
    if added == 0 { Ok(summed) } else { site.like(&summed, MASK) }
}

/// A rotation by the opposite angles; of those themselves, what they multiply.
pub fn rotary(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (cos, sin) = (site.input(1), site.input(2));
    let place = site.node.input_at(3).map(Expr::tensor);
    let by_angles = [1, 2].map(|index| site.wants(index).then(|| of_angles(site, g, index)).transpose());
    let [of_cos, of_sin] = by_angles;
    let inputs = [Some(g.clone()), Some(cos), Some(-sin)].into_iter().chain(place.map(Some)).collect();
    let of_x = Expr::node("RotaryEmbedding", inputs, site.node.attribute.clone(), 1);
    Ok(vec![Some(of_x), of_cos?, of_sin?])
}

/// The cotangent of the cosines (input 1) or sines (2) of all rows and positions.
fn of_angles(site: &Site<'_>, g: &Expr, index: usize) -> Result<Expr, GradientError> {
    if site.node.input_at(3).is_some() {
        return Err(site.refuse("its angles depend on the inputs, and are chosen by position"));
    }
    let half = site.fixed_length(site.shape(index)?[2])?;
    // Rows, positions, heads, features.
    let packed = site.rank(0)? == 3;
    let heads = site.node.int("num_heads").filter(|&heads| heads > 0).unwrap_or(1);
    let arranged =
        |value: &Expr| if packed { value.reshape(&[0, 0, heads, -1]) } else { value.transpose(&[0, 2, 1, 3]) };
    let pair = |value: &Expr| {
        let turned = arranged(value).slice(3, 0, 2 * half);
        if site.node.int("interleaved").unwrap_or(0) != 0 {
            let pairs = turned.reshape(&[0, 0, 0, half, 2]);
            [0, 1].map(|at| pairs.slice(4, at, at + 1).squeeze(&[4]))
        } else {
            [turned.slice(3, 0, half), turned.slice(3, half, 2 * half)]
        }
    };
    let ([x, y], [of_real, of_imaginary]) = (pair(&site.x()), pair(g));
    let by_head = if index == 1 { of_real * x + of_imaginary * y } else { of_imaginary * x - of_real * y };
    Ok(by_head.sum(&[2], false))
}
