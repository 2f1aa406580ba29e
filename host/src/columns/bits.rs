//! A bit per row.

/// Packed booleans: the lowest bit of the first byte is the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    bytes: Vec<u8>,
    len: usize,
}

impl Bits {
    /// Appends a bit.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (self.len % 8);
        }
        self.len += 1;
    }

    /// A bit; `false` beyond the last.
    pub fn get(&self, index: usize) -> bool {
        self.bytes.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }

    /// All bits in their order.
    pub fn iter(&self) -> impl Iterator<Item = bool> + '_ {
        (0..self.len).map(|index| self.get(index))
    }

    /// The number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The buffer: bits behind the last are 0.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Removes all bits, but keeps their memory for more.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.len = 0;
    }
}

impl Extend<bool> for Bits {
    fn extend<I: IntoIterator<Item = bool>>(&mut self, bits: I) {
        bits.into_iter().for_each(|bit| self.push(bit));
    }
}

/// Which rows have a value. There are no bits before the first row without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validity {
    bits: Option<Bits>,
    len: usize,
    missing: usize,
}

impl Validity {
    /// Appends a row.
    pub fn push(&mut self, is_valid: bool) {
        if !is_valid && self.bits.is_none() {
            let mut bits = Bits::default();
            bits.extend(std::iter::repeat_n(true, self.len));
            self.bits = Some(bits);
        }
        if let Some(bits) = &mut self.bits {
            bits.push(is_valid);
        }
        self.len += 1;
        self.missing += usize::from(!is_valid);
    }

    /// Appends rows that all have a value.
    pub fn push_valid(&mut self, count: usize) {
        if let Some(bits) = &mut self.bits {
            bits.extend(std::iter::repeat_n(true, count));
        }
        self.len += count;
    }

    /// Appends the rows of another column.
    pub fn extend(&mut self, other: &Self) {
        match &other.bits {
            None => self.push_valid(other.len),
            Some(bits) => bits.iter().for_each(|bit| self.push(bit)),
        }
    }

    /// Whether a row has a value; `false` beyond the last.
    pub fn is_valid(&self, row: usize) -> bool {
        row < self.len && self.bits.as_ref().is_none_or(|bits| bits.get(row))
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many rows have no value.
    pub fn null_count(&self) -> usize {
        self.missing
    }

    /// The bits; `None` if every row has a value.
    pub fn bits(&self) -> Option<&Bits> {
        self.bits.as_ref()
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        self.bits.as_ref().map_or(0, |bits| bits.as_bytes().len())
    }

    /// Removes all rows.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lowest_bit_is_the_first() {
        let mut bits = Bits::default();
        bits.extend([true, false, true, true, false, false, false, false, true]);
        assert_eq!((bits.as_bytes(), bits.len()), (&[0b1101, 1][..], 9));
    }

    proptest! {
        #[test]
        fn rows_come_back(rows: Vec<bool>, more: Vec<bool>) {
            let of = |rows: &[bool]| {
                let mut validity = Validity::default();
                rows.iter().for_each(|row| validity.push(*row));
                validity
            };
            let mut validity = of(&rows);
            validity.extend(&of(&more));
            let all = [&rows[..], &more].concat();
            prop_assert_eq!(&validity, &of(&all));
            prop_assert_eq!((validity.len(), validity.null_count()), (all.len(), all.iter().filter(|row| !**row).count()));
            prop_assert_eq!(validity.bits().is_some(), validity.null_count() > 0);
            for (index, row) in all.iter().enumerate() {
                prop_assert_eq!(validity.is_valid(index), *row);
            }
            prop_assert!(!validity.is_valid(all.len()));
        }
    }
}
