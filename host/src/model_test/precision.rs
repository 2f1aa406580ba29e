//! To how many decimals predictions can be expected to agree.

/// Decimals of predictions that lie between -1 and 1. Single precision has seven; the last is left to the engine.
const DECIMALS: u32 = 6;

/// The decimals to which predictions of this size agree on all machines: fewer, the more digits stand before the point.
pub(super) fn precision_for(predictions: &[Vec<f64>]) -> u32 {
    let finite = predictions.iter().flatten().map(|value| value.abs()).filter(|value| value.is_finite());
    let largest = finite.fold(0.0, f64::max);
    (0..DECIMALS).find(|&digits| largest <= 10f64.powi(digits as i32)).map_or(0, |digits| DECIMALS - digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_have_fewer_decimals() {
        let precision = |values: &[f64]| precision_for(&[vec![], values.to_vec()]);
        assert_eq!((precision(&[]), precision(&[0.5, -1.0]), precision(&[f64::NAN, 0.0])), (6, 6, 6));
        assert_eq!((precision(&[0.0, -1.5]), precision(&[99.0]), precision(&[1e30])), (5, 4, 0));
    }
}
