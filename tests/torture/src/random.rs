//! Times of kills, the same for the same seed.

use std::time::Duration;

/// A generator: splitmix64.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let value = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// A time below `end`.
    pub(crate) fn time(&mut self, end: Duration) -> Duration {
        // 53 bits are what a double holds.
        end.mul_f64((self.bits() >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spread_below_their_end() {
        let mut random = Random(1);
        let times: Vec<f64> = (0..1_000).map(|_| random.time(Duration::from_secs(1)).as_secs_f64()).collect();
        assert!(times.iter().all(|time| (0.0..1.0).contains(time)));
        for tenth in 0..10 {
            let within = times.iter().filter(|time| (**time * 10.0) as usize == tenth).count();
            assert!((50..200).contains(&within), "{within} times in tenth {tenth}");
        }
    }
}
