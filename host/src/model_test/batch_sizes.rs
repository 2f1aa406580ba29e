//! In how large batches a model is tried.

/// Samples of the largest batch, unless a larger one was asked for: engines need memory for all of it at once.
const LARGEST: usize = 256;

/// Sizes of batches to compare with `batch_size`: one sample at a time, two if that was the given size, and all
/// `samples` at once. Only those by which the samples are parted otherwise.
pub(super) fn other_sizes(batch_size: usize, samples: usize) -> Vec<usize> {
    let given = batch_size.min(samples);
    let small = if given == 1 { 2 } else { 1 };
    let mut sizes = vec![small.min(samples), samples.min(LARGEST.max(batch_size))];
    sizes.dedup();
    sizes.retain(|&size| size != given);
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_parts_the_samples_otherwise() {
        assert_eq!(other_sizes(32, 1), [] as [usize; 0]);
        assert_eq!(other_sizes(32, 2), [1]);
        assert_eq!(other_sizes(1, 2), [2]);
        assert_eq!(other_sizes(1, 5), [2, 5]);
        assert_eq!(other_sizes(4, 5), [1, 5]);
        assert_eq!(other_sizes(4, 1000), [1, 256]);
        assert_eq!(other_sizes(512, 1000), [1]);
    }
}
