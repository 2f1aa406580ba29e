//! `kipos.outputs.OUTPUT.scale`: what the numbers of an output are.

/// What the numbers of an output are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputScale {
    /// Probabilities, from 0 to 1.
    Probability,
    /// Log odds, in nats.
    Logit,
    /// Counts, or what is in proportion to them.
    Counts,
    /// Natural logarithms of counts.
    Log,
    /// Natural logarithms of counts and 1.
    Log1p,
    /// Binary logarithms of counts.
    Log2,
    /// What becomes, by softmax over the positions, the share of each position.
    ProfileLogits,
}

impl OutputScale {
    pub(super) const WORDS: [(&str, Self); 7] = [
        ("probability", Self::Probability),
        ("logit", Self::Logit),
        ("counts", Self::Counts),
        ("log", Self::Log),
        ("log1p", Self::Log1p),
        ("log2", Self::Log2),
        ("profile_logits", Self::ProfileLogits),
    ];

    /// How it is spelled.
    pub fn word(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::Logit => "logit",
            Self::Counts => "counts",
            Self::Log => "log",
            Self::Log1p => "log1p",
            Self::Log2 => "log2",
            Self::ProfileLogits => "profile_logits",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_spelled_as_they_are_read() {
        for (word, scale) in OutputScale::WORDS {
            assert_eq!(scale.word(), word);
        }
    }
}
