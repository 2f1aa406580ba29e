//! Numbers.

use super::Validity;

/// A column of numbers, some of them missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberColumn<T> {
    values: Vec<T>,
    validity: Validity,
}

impl<T: Copy + Default> NumberColumn<T> {
    /// Appends a row.
    pub fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.validity.push(value.is_some());
    }

    /// The number of a row; `None` if it has none, or if there is no such row.
    pub fn get(&self, row: usize) -> Option<T> {
        self.values.get(row).copied().filter(|_| self.validity.is_valid(row))
    }

    /// The numbers of all rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = Option<T>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The buffer of values.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Which rows have a number.
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        size_of_val(self.values.as_slice()) + self.validity.bytes()
    }

    /// Removes all rows, but keeps the memory of their numbers for more.
    pub fn clear(&mut self) {
        self.values.clear();
        self.validity.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_numbers_are_zero_in_the_buffer() {
        let mut column = NumberColumn::default();
        [Some(7), None, Some(-1)].into_iter().for_each(|value| column.push(value));
        assert!(column.iter().eq([Some(7), None, Some(-1)]));
        assert_eq!((column.values(), column.validity().null_count(), column.get(3)), (&[7, 0, -1][..], 1, None));
        column.clear();
        assert!(column.is_empty() && column.validity().is_empty());
    }
}
