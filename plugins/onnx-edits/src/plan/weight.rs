//! Weights of the graph, where steps find theirs in them.

/// A weight of the graph, seen along axes of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// Its name.
    pub name: String,
    /// The lengths of its axes.
    pub dims: Vec<usize>,
    /// What a step along each axis counts in its elements.
    pub strides: Vec<usize>,
}

/// A matrix of a step in the elements of a weight: for every output and every number that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The name of the weight.
    pub name: String,
    /// What an output counts.
    pub output: usize,
    /// What a group of outputs counts.
    pub group: usize,
    /// Where each channel lies.
    pub channels: Vec<usize>,
    /// Where each tap or position lies.
    pub taps: Vec<usize>,
    /// The outputs.
    pub outputs: usize,
}

/// One number per channel, or per position and channel, in the elements of a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coefficients {
    /// The name of the weight.
    pub name: String,
    /// What a position counts.
    pub position: usize,
    /// Where each channel lies.
    pub channels: Vec<usize>,
}

/// What is done to each element, with numbers that are known.
#[derive(Debug, Clone, PartialEq)]
pub enum Scaling {
    /// It is multiplied with the first and the second is added.
    Constant(f64, f64),
    /// These are added, times a factor.
    Add(Coefficients, f64),
    /// It is subtracted from these.
    SubtractFrom(Coefficients),
    /// It is multiplied with these.
    Multiply(Coefficients),
    /// It is divided by these.
    Divide(Coefficients),
    /// It is normalized by stored statistics of its channel.
    Normalize {
        /// Names of the scale, the shift, the mean and the variance.
        names: [String; 4],
        /// What is added to the variance.
        epsilon: f64,
        /// What a position counts in them.
        position: usize,
        /// Where each channel lies in them.
        channels: Vec<usize>,
    },
}

impl Scaling {
    /// Whether its numbers differ between positions.
    pub fn is_by_position(&self) -> bool {
        match self {
            Self::Add(numbers, _) | Self::SubtractFrom(numbers) | Self::Multiply(numbers) | Self::Divide(numbers) => {
                numbers.position != 0
            }
            Self::Normalize { position, .. } => *position != 0,
            Self::Constant(..) => false,
        }
    }
}
