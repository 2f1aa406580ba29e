//! Numbers that look random and are the same in every run: SplitMix64.

/// A sequence of such numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitMix {
    state: u64,
}

impl SplitMix {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number: any, each as likely as another.
    pub fn any(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to 1.
    pub fn unit(&mut self) -> f64 {
        (self.any() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.any()) * end as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix;

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        // The first of seed 1234567, as its author's C program prints them.
        let mut numbers = SplitMix::new(1_234_567);
        let found: [u64; 3] = std::array::from_fn(|_| numbers.any());
        assert_eq!(found, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn ranges_are_kept() {
        let mut numbers = SplitMix::new(1);
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&numbers.unit()));
            assert!(numbers.below(3) < 3);
        }
        assert_eq!(numbers.below(1), 0);
    }
}
