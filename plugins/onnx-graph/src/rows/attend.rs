//! Attention, which joins the positions of a row.

use super::step::Step;
use super::value::{Extent, Rows, Value};

impl Step<'_> {
    /// The result of attention, then keys, values and products. Queries, keys and values have their rows first; so has what
    /// hides some of the keys, unless it is the same for all rows.
    pub fn attention(&self) -> Option<Vec<Value>> {
        let each = self.each_of_first_axis(0)?;
        let alike = |index: usize| self.each_of_first_axis(index) == Some(each);
        // A mask of fewer axes has those of the scores that come last, and so no rows.
        let mask_fits = self.is_free(3) || alike(3) && self.value(3)?.rank() == Some(4);
        let others_fit = (4..=6).all(|index| self.node.input_at(index).is_none() || alike(index));
        if !(alike(1) && alike(2) && mask_fits && others_fit) {
            return None;
        }
        let [queries, values] = [0, 2].map(|index| self.value(index).and_then(|value| value.shape.as_ref()));
        let shape = queries.zip(values).and_then(|(queries, values)| {
            let (_, others) = queries.split_last()?;
            // As many features as the values have, once for each head of the queries if heads lie side by side.
            let features = match (values.last()?, self.node.int("q_num_heads"), self.node.int("kv_num_heads")) {
                (Extent::Known(all), Some(heads), Some(shared)) if queries.len() == 3 && shared > 0 => {
                    Extent::Known(all / shared * heads)
                }
                (&features, ..) if queries.len() == 4 => features,
                _ => Extent::Any,
            };
            Some([others, &[features]].concat())
        });
        let rows = Rows::Along { axis: 0, each };
        Some(vec![Value::new(rows.clone(), shape), Value::new(rows, None)])
    }

    /// The first input, turned by angles that are the same for all rows, or have their rows first.
    pub fn rotated(&self) -> Option<Value> {
        let each = self.each_of_first_axis(0)?;
        let by_position = self.node.input_at(3).is_some();
        let fits = |index: usize| self.is_free(index) || self.each_of_first_axis(index) == Some(each);
        let angles = (1..=2).all(|index| self.is_free(index) || !by_position && fits(index));
        (angles && fits(3)).then(|| self.first())?
    }

    /// How many elements of the first axis of an input each row has, if its rows are there.
    fn each_of_first_axis(&self, index: usize) -> Option<usize> {
        match self.value(index)?.rows {
            Rows::Along { axis: 0, each } => Some(each),
            _ => None,
        }
    }
}
