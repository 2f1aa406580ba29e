//! Numbers that look random and are the same for the same seed, on every machine.

/// A generator: xorshift with a multiplication (xorshift64*), whose state is never zero.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator of one input: every triple has a sequence of its own.
    pub(crate) fn of_input(seed: u64, target: &str, number: u64) -> Self {
        // FNV-1a, so that targets with the same seed get different inputs.
        let name = target
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mixed = mix(mix(seed ^ name).wrapping_add(number));
        Self(mixed | 1)
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`; 0 if that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // The high bits are the better ones.
        let bits = self.bits() >> 33;
        (bits % (end as u64).max(1)) as usize
    }

    /// True once in `times`.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these; `None` if there are none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

/// Spreads every bit over all others (the finaliser of splitmix64).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_has_the_same_numbers_every_time_and_no_other_input_has_them() {
        let numbers = |seed, target, number| {
            let mut random = Random::of_input(seed, target, number);
            [random.bits(), random.bits(), random.bits()]
        };
        assert_eq!(numbers(1, "vcf", 7), numbers(1, "vcf", 7));
        let first = numbers(1, "vcf", 7);
        for other in [numbers(2, "vcf", 7), numbers(1, "bed", 7), numbers(1, "vcf", 8)] {
            assert!(first.iter().zip(other).all(|(a, b)| *a != b), "{first:?} {other:?}");
        }
    }

    #[test]
    fn all_numbers_below_an_end_come() {
        let mut random = Random::of_input(0, "", 0);
        let mut seen = [false; 7];
        (0..1_000).for_each(|_| seen[random.below(7)] = true);
        assert_eq!(seen, [true; 7]);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<u8>(&[]), None);
    }
}
