//! Colours of letters and values.

use std::fmt;

/// A colour without transparency, 0 to 255 per channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Color {
    /// Text, axes and boxes.
    pub const INK: Self = Self::hex(0x22_26_2b);
    /// What stands back: ticks, subtitles.
    pub const GREY: Self = Self::hex(0x6b_72_7a);
    /// Lines that only guide the eye.
    pub const PALE: Self = Self::hex(0xc4_c9_cf);
    /// Labels of variants.
    pub const LABEL: Self = Self::hex(0xee_f0_f2);
    /// Cells without a value.
    pub const MISSING: Self = Self::hex(0xb9_bd_c1);
    /// The page.
    pub const WHITE: Self = Self::hex(0xff_ff_ff);

    /// A colour as HTML writes it, `0xrrggbb`.
    pub const fn hex(code: u32) -> Self {
        let [_, red, green, blue] = code.to_be_bytes();
        Self { red, green, blue }
    }

    /// The colour a `part` of the way (0 to 1) from this one to another.
    fn towards(self, other: Self, part: f64) -> Self {
        let mix = |from: u8, to: u8| {
            let (from, to) = (f64::from(from), f64::from(to));
            (from + (to - from) * part).round() as u8
        };
        Self { red: mix(self.red, other.red), green: mix(self.green, other.green), blue: mix(self.blue, other.blue) }
    }
}

impl fmt::Display for Color {
    /// Writes `#rrggbb`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// Which colours stand for bases and values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Palette {
    /// A green, C blue, G orange, T red; values from blue over white to red.
    #[default]
    Classic,
    /// Colours that people with any colour vision tell apart; values from blue over white to orange.
    ColorBlind,
}

/// Five colours at -1, -1/2, 0, 1/2 and 1.
type Ramp = [Color; 5];

const BLUE_RED: Ramp =
    [Color::hex(0x12_3a_8c), Color::hex(0x6d_9b_dc), Color::WHITE, Color::hex(0xf0_8b_72), Color::hex(0xa3_0f_24)];

const BLUE_ORANGE: Ramp =
    [Color::hex(0x0b_3c_7d), Color::hex(0x64_9f_d6), Color::WHITE, Color::hex(0xf2_ae_54), Color::hex(0x93_46_00)];

impl Palette {
    /// The colour of a base; bases other than A, C, G and T are grey.
    pub(super) fn letter(self, letter: u8) -> Color {
        let [a, c, g, t] = match self {
            Self::Classic => [0x1a_96_41, 0x2a_5f_d0, 0xf2_9d_0c, 0xd7_2a_2e],
            Self::ColorBlind => [0x00_9e_73, 0x00_72_b2, 0xe6_9f_00, 0xcc_79_a7],
        };
        match letter {
            b'A' => Color::hex(a),
            b'C' => Color::hex(c),
            b'G' => Color::hex(g),
            b'T' => Color::hex(t),
            _ => Color::GREY,
        }
    }

    /// The colour of a value between `-limit` and `limit`, which is above 0: white at 0, as strong on either side. Grey
    /// if it is not a number.
    pub(super) fn value(self, value: f64, limit: f64) -> Color {
        if value.is_nan() {
            return Color::MISSING;
        }
        let [low, lower, middle, higher, high] = match self {
            Self::Classic => BLUE_RED,
            Self::ColorBlind => BLUE_ORANGE,
        };
        let part = (value / limit).clamp(-1.0, 1.0);
        let (inner, outer) = if part < 0.0 { (lower, low) } else { (higher, high) };
        match part.abs() * 2.0 {
            near if near <= 1.0 => middle.towards(inner, near),
            far => inner.towards(outer, far - 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_white_and_both_ends_are_reached() {
        for palette in [Palette::Classic, Palette::ColorBlind] {
            assert_eq!(palette.value(0.0, 2.0), Color::WHITE);
            assert_eq!(palette.value(-2.0, 2.0), palette.value(-9.0, 2.0));
            assert_ne!(palette.value(-2.0, 2.0), palette.value(2.0, 2.0));
            assert_eq!(palette.value(1.0, 2.0), palette.value(2.0, 4.0));
        }
        assert_eq!(Palette::Classic.value(-2.0, 2.0).to_string(), "#123a8c");
        assert_eq!(Palette::Classic.value(1.0, 2.0).to_string(), "#f08b72");
    }

    #[test]
    fn colours_grow_darker_away_from_zero() {
        let sum = |color: Color| u32::from(color.red) + u32::from(color.green) + u32::from(color.blue);
        for palette in [Palette::Classic, Palette::ColorBlind] {
            for side in [-1.0, 1.0] {
                let steps: Vec<u32> = (0..=20).map(|step| sum(palette.value(side * f64::from(step), 20.0))).collect();
                assert!(steps.windows(2).all(|pair| pair[0] > pair[1]), "{palette:?} {side} {steps:?}");
            }
        }
    }

    #[test]
    fn what_is_no_number_has_a_colour_of_its_own() {
        for palette in [Palette::Classic, Palette::ColorBlind] {
            let missing = palette.value(f64::NAN, 1.0);
            assert!((-100..=100).all(|value| palette.value(f64::from(value), 100.0) != missing));
        }
    }
}
