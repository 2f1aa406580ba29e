//! The golden gradients of the reference network, and how to ask for them.

/// The name of each, the flags of `kipos gradient`, and the sign that tells it from the golden one.
pub const GRADIENTS: [(&str, &str, f32); 6] = [
    ("fc_sum", "--layer fc --reduce sum", 1.0),
    ("fc_filter2_sum", "--layer fc --reduce sum --filter 2", 1.0),
    // The reference differentiates the value of largest magnitude, kipos the magnitude itself: there all of these
    // values are negative.
    ("fc_absmax", "--layer fc --reduce absmax", -1.0),
    ("conv2_max", "--layer conv2 --reduce max", 1.0),
    ("sigmoid_sum", "--layer sigmoid --reduce sum", 1.0),
    ("sigmoid_sum", "--final-layer --reduce sum", 1.0),
];
