//! The two formulas, for the task that counts once; see the documentation of the crate.

/// A formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// Reads every element.
    Weighted,
    /// Reads six elements.
    Probe,
}

/// One row of the input.
pub(crate) struct Row<'a> {
    /// Without the batch axis.
    pub shape: &'a [usize],
    pub alphabet_axis: usize,
    pub elements: &'a [f32],
}

impl Formula {
    /// A thousand times the value of the first task.
    pub(crate) fn of(self, row: &Row<'_>) -> f64 {
        match self {
            Self::Weighted => weighted(row),
            Self::Probe => probe(row.elements),
        }
    }
}

fn weighted(row: &Row<'_>) -> f64 {
    let channels = row.shape.get(row.alphabet_axis).copied().unwrap_or(1);
    let inner: usize = row.shape.iter().skip(row.alphabet_axis + 1).product();
    let weight = |index: usize| {
        let channel = index / inner % channels;
        let position = index / (inner * channels) * inner + index % inner;
        (channel + 1) * (position % 7 + 1)
    };
    row.elements.iter().enumerate().map(|(index, &x)| weight(index) as f64 * f64::from(x)).sum()
}

fn probe(elements: &[f32]) -> f64 {
    let at = |index: usize| elements.get(index).copied().map_or(0.0, f64::from);
    let middle = elements.len() / 2;
    let around: f64 = (0..4).map(|k| (k + 1) as f64 * at(middle + k)).sum();
    at(0) + 2.0 * at(elements.len().saturating_sub(1)) + around
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A one-hot row of these channels, one per position.
    fn one_hot(channels: &[usize], channels_first: bool) -> Vec<f32> {
        let mut row = vec![0.0; channels.len() * 4];
        for (position, &channel) in channels.iter().enumerate() {
            row[if channels_first { channel * channels.len() + position } else { position * 4 + channel }] = 1.0;
        }
        row
    }

    fn sum(channels: &[usize]) -> f64 {
        let elements = one_hot(channels, false);
        Formula::Weighted.of(&Row { shape: &[channels.len(), 4], alphabet_axis: 1, elements: &elements })
    }

    #[test]
    fn weights_are_channel_times_position() {
        assert_eq!(sum(&[0, 1, 2, 3]), f64::from(1 + 2 * 2 + 3 * 3 + 4 * 4));
        assert_eq!(sum(&[0, 0, 0, 0, 0, 0, 0, 1]), f64::from(1 + 2 + 3 + 4 + 5 + 6 + 7 + 2));
    }

    #[test]
    fn the_reverse_complement_differs() {
        assert_ne!(sum(&[0, 1, 1, 3, 0]), sum(&[3, 0, 2, 2, 3]));
    }

    #[test]
    fn the_layout_does_not_matter() {
        let channels = [3, 0, 2, 1, 1, 0, 3, 2, 0];
        let elements = one_hot(&channels, true);
        let first = Formula::Weighted.of(&Row { shape: &[4, 9], alphabet_axis: 0, elements: &elements });
        let dummy = Formula::Weighted.of(&Row { shape: &[4, 1, 9], alphabet_axis: 0, elements: &elements });
        assert_eq!((first, dummy), (sum(&channels), sum(&channels)));
    }

    #[test]
    fn a_probe_reads_ends_and_middle() {
        let elements: Vec<f32> = (1..=8).map(|x| x as f32).collect();
        let row = Row { shape: &[2, 4], alphabet_axis: 1, elements: &elements };
        assert_eq!(Formula::Probe.of(&row), f64::from(1 + 2 * 8 + 5 + 2 * 6 + 3 * 7 + 4 * 8));
    }
}
