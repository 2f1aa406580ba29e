//! Operators that arrange, repeat, join and part.

use super::operator::{Axes, Filling, In2d, Operator, Role, Spread};
use crate::gradient::shape as rule;
use crate::raise::forms;

pub const OPERATORS: &[Operator] = &[
    Operator::named("Concat")
        .gradient(rule::concat)
        .in_2d(In2d::Concat)
        .rows(|step| step.concat())
        .keeping_elements()
        .spread(Spread::Cut),
    Operator::named("DepthToSpace")
        .gradient(rule::depth_to_space)
        .axes(Axes::ChannelsFirst)
        .rows(|step| step.resized_row_by_row()),
    Operator::named("SpaceToDepth")
        .gradient(rule::space_to_depth)
        .axes(Axes::ChannelsFirst)
        .rows(|step| step.resized_row_by_row()),
    Operator::named("Expand")
        .role(Role::Prepares)
        .gradient(rule::expand)
        .rows(|step| step.expand())
        .keeping_elements()
        .shape_inputs(&[1])
        .filling(Filling::Same),
    Operator::named("Flatten")
        .role(Role::Arranges)
        .gradient(rule::reshape)
        .axes(Axes::Lost)
        .rows(|step| step.flatten())
        .spread(Spread::Arranged),
    Operator::named("Reshape")
        .role(Role::Arranges)
        .gradient(rule::reshape)
        .axes(Axes::Reshaped)
        .rows(|step| step.reshape())
        .keeping_elements()
        .shape_inputs(&[1])
        .filling(Filling::Dealt)
        .spread(Spread::Arranged),
    Operator::named("Resize")
        .gradient(rule::resize)
        .rows(|step| step.resize(2))
        .shape_inputs(&[1, 2, 3])
        .rewritten_since(11, forms::resize)
        .spread(Spread::Resized),
    Operator::named("Upsample").rows(|step| step.resize(1)).shape_inputs(&[1]).rewritten_since(11, forms::resize),
    Operator::named("Split")
        .gradient_of_all(rule::split)
        .rows(|step| step.split())
        .shape_inputs(&[1])
        .rewritten_since(18, forms::split)
        .spread(Spread::Cut),
    Operator::named("ReverseSequence").gradient(rule::reverse_sequence),
    Operator::named("Squeeze")
        .role(Role::Arranges)
        .gradient(rule::reshape)
        .axes(Axes::Squeezed)
        .rows(|step| step.squeeze())
        .keeping_elements()
        .shape_inputs(&[1])
        .inputs_since(13, &["axes"])
        .spread(Spread::Arranged),
    Operator::named("Tile").gradient(rule::tile).rows(|step| step.tile()).shape_inputs(&[1]),
    Operator::named("Transpose")
        .role(Role::Arranges)
        .gradient(rule::transpose)
        .axes(Axes::Transposed)
        .rows(|step| step.transpose())
        .keeping_elements()
        .spread(Spread::Arranged),
    Operator::named("Trilu").gradient(rule::triangle),
    Operator::named("Unsqueeze")
        .role(Role::Arranges)
        .gradient(rule::reshape)
        .axes(Axes::Unsqueezed)
        .rows(|step| step.unsqueeze())
        .keeping_elements()
        .shape_inputs(&[1])
        .inputs_since(13, &["axes"])
        .spread(Spread::Arranged),
];
