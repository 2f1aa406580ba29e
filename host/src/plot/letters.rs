//! The letters of sequence logos, as outlines that fill a square of side 1, y downwards.

/// A base, or N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letter {
    /// Adenine.
    A,
    /// Cytosine.
    C,
    /// Guanine.
    G,
    /// Thymine.
    T,
    /// Any base.
    N,
}

impl Letter {
    /// The four bases in their usual order, that of one-hot channels and of the rows of maps.
    pub const BASES: [Self; 4] = [Self::A, Self::C, Self::G, Self::T];

    /// The letter of a base in either case; anything else is N.
    pub fn of(base: u8) -> Self {
        match base.to_ascii_uppercase() {
            b'A' => Self::A,
            b'C' => Self::C,
            b'G' => Self::G,
            b'T' => Self::T,
            _ => Self::N,
        }
    }

    /// The letter of the base that pairs with this one.
    pub fn complement(self) -> Self {
        match self {
            Self::A => Self::T,
            Self::C => Self::G,
            Self::G => Self::C,
            Self::T => Self::A,
            Self::N => Self::N,
        }
    }

    /// The letter in ASCII, upper case.
    pub fn ascii(self) -> u8 {
        match self {
            Self::A => b'A',
            Self::C => b'C',
            Self::G => b'G',
            Self::T => b'T',
            Self::N => b'N',
        }
    }

    /// The outline as SVG writes paths; parts that lie in one another alternate between full and empty.
    pub(super) fn outline(self) -> &'static str {
        match self {
            Self::A => "M0,1 .385,0H.615L1,1H.785L.692,.76H.308L.215,1ZM.369,.6H.631L.5,.26Z",
            Self::C => "M1,.192A.559,.5 0 1 0 1,.808L.822,.706A.334,.335 0 1 1 .822,.294Z",
            Self::G => "M1,.192A.559,.5 0 1 0 1,.808V.46H.56V.615H.79V.742A.334,.335 0 1 1 .822,.294Z",
            Self::T => "M0,0H1V.16H.605V1H.395V.16H0Z",
            Self::N => "M0,1V0H.23L.8,.68V0H1V1H.77L.2,.32V1Z",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_and_paired() {
        for letter in Letter::BASES {
            assert_eq!(Letter::of(letter.ascii()), letter);
            assert_eq!(Letter::of(letter.ascii().to_ascii_lowercase()), letter);
            assert_eq!(letter.complement().complement(), letter);
        }
        assert_eq!(Letter::BASES.map(Letter::complement).map(Letter::ascii), *b"TGCA");
        assert_eq!((Letter::of(b'R'), Letter::N.complement()), (Letter::N, Letter::N));
    }
}
