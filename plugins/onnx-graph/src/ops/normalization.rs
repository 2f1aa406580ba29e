//! Normalizations.

use super::operator::{Axes, In2d, Operator, Spread, Training};
use crate::gradient::normalization as rule;
use crate::raise::forms;

const OVER_POSITIONS: Spread = Spread::Stops("it normalizes over all positions");

pub const OPERATORS: &[Operator] = &[
    Operator::named("BatchNormalization")
        .gradient(rule::batch)
        .axes(Axes::ChannelsFirst)
        .in_2d(In2d::Normalization)
        .rows(|step| step.batch_normalization())
        .training(Training::Statistics)
        .rewritten_since(9, forms::over_positions)
        .spread(Spread::ChannelScale),
    Operator::named("InstanceNormalization")
        .gradient(rule::instance)
        .axes(Axes::ChannelsFirst)
        .rows(|step| step.kept_row_by_row())
        .spread(OVER_POSITIONS),
    Operator::named("GroupNormalization")
        .gradient(rule::group)
        .rows(|step| step.kept_row_by_row())
        .spread(OVER_POSITIONS),
    Operator::named("LRN")
        .gradient(rule::neighbouring_channels)
        .axes(Axes::ChannelsFirst)
        .rows(|step| step.kept_row_by_row()),
    Operator::named("LayerNormalization")
        .gradient(rule::layer)
        .rows(|step| step.along_later_axes())
        .spread(Spread::AlongAxes),
    Operator::named("RMSNormalization")
        .gradient(rule::root_mean_square)
        .rows(|step| step.along_later_axes())
        .spread(Spread::AlongAxes),
    Operator::named("LpNormalization").gradient(rule::norm).rows(|step| step.along_last_axis()),
    Operator::named("MeanVarianceNormalization")
        .gradient(rule::mean_variance)
        .rows(|step| step.mean_variance_normalization()),
];
