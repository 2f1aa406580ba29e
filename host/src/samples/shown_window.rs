//! A window without a variant.

/// A window that a batch shows as it is.
#[derive(Debug)]
pub struct ShownWindow {
    /// Its row in the batch.
    pub row: usize,
    /// Its letters on the forward strand, in upper case.
    pub letters: Vec<u8>,
    /// The inputs that show it, by their places among the model's.
    pub inputs: Vec<usize>,
}
