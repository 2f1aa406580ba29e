//! The entry of an operator: one field for each question that a walk over a graph asks.
//!
//! An entry begins as [`Operator::named`], which knows nothing, and says in a line or two what is so. Whoever adds a
//! question adds a field with its answer for "not known", and a method that sets it.

use crate::gradient::expr::Expr;
use crate::gradient::site::{Cotangents, Site};
use crate::proto::NodeProto;
use crate::raise::forms::Raising;
use crate::rows::step::Step;
use crate::rows::value::Value;

/// What is known of an operator.
#[derive(Clone, Copy)]
pub struct Operator {
    /// Its name in the standard.
    pub name: &'static str,
    /// What part it has in a network.
    pub role: Role,
    /// How gradients pass through it.
    pub gradient: Gradient,
    /// How its older forms become that of version 18.
    pub raise: Raise,
    /// Where it puts the axes of a framework.
    pub axes: Axes,
    /// How it is written over two axes instead of one.
    pub in_2d: In2d,
    /// Where it puts the rows of a batch.
    pub rows: RowRule,
    /// Whether each element of its result is made of one element of each input.
    pub keeps_elements: bool,
    /// The inputs that only say what shape the result has, or which axes the operator works on.
    pub shape_inputs: &'static [usize],
    /// The inputs of which only the element type counts.
    pub type_inputs: &'static [usize],
    /// What it puts where its shape depends on the number of rows.
    pub filling: Filling,
    /// Whether it draws random numbers.
    pub random: bool,
    /// How it shows that it trains.
    pub training: Option<Training>,
    /// How a change of a few positions passes through it.
    pub spread: Spread,
}

/// What part an operator has in a network, as names and layers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It computes something.
    Computes,
    /// It only passes values on, perhaps in another arrangement.
    Arranges,
    /// It only prepares shapes and conditions.
    Prepares,
    /// As [`Prepares`](Self::Prepares); of its input, it reads the shape alone.
    Measures,
    /// A layer's product with weights, which exporters fold constant scales into.
    Linear,
    /// A recurrent layer, which exporters give a name of their own.
    Recurrent,
    /// A nonlinearity by itself.
    Nonlinear,
    /// A nonlinearity if its bounds are 0 and 6.
    Bounds,
    /// The last step of a nonlinearity that several nodes make up, if it multiplies with a gate.
    Scales,
}

/// A rule: from the cotangent of the first result to those of the inputs.
pub type FirstRule = fn(&Site<'_>, &Expr) -> Cotangents;

/// A rule: from the cotangents of all results, at least one of which is there, to those of the inputs.
pub type AllRule = fn(&Site<'_>, &[Option<Expr>]) -> Cotangents;

/// How gradients pass through an operator.
#[derive(Clone, Copy)]
pub enum Gradient {
    /// Not at all, for this reason: the gradient is refused.
    Refused(&'static str),
    /// They are zero: it is piecewise constant, or its results are no floating-point numbers.
    Zero,
    /// From its first result, the only one that may have a gradient. The rule may refuse some forms.
    First(FirstRule),
    /// From all of its results. The rule may refuse some forms.
    All(AllRule),
}

/// How older forms of an operator become that of version 18.
#[derive(Clone, Copy)]
pub enum Raise {
    /// They are the same.
    Same,
    /// Before a version, the inputs after the first were attributes of these names.
    Inputs(i64, &'static [&'static str]),
    /// Before a version, a node becomes these nodes.
    Rewrite(i64, fn(&mut Raising, NodeProto) -> Vec<NodeProto>),
}

/// Where an operator puts the axes of a framework whose channels come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axes {
    /// Where its input with the most axes has them.
    Widest,
    /// It gives other axes than it takes, or takes none that could be told.
    Lost,
    /// It works on channels at axis 1, and leaves all axes.
    ChannelsFirst,
    /// As [`ChannelsFirst`](Self::ChannelsFirst); its weights tell how many axes there are.
    Convolution,
    /// In another order.
    Transposed,
    /// In a new shape, in the order of the framework.
    Reshaped,
    /// With some of length 1 more.
    Unsqueezed,
    /// Without some of length 1.
    Squeezed,
    /// Without one, if a single element of it is picked.
    Picked,
    /// Without those that it reduces, unless it keeps them.
    Reduced,
    /// In order, if it replaces one that was last in the framework, too.
    Product,
    /// Rows and features.
    Matrix,
    /// Time first, where the framework has the batch first.
    Recurrent,
}

/// How an operator over one axis is written over two, the first of length 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum In2d {
    /// Not at all.
    No,
    /// As a convolution whose weights have the axis, too.
    Convolution,
    /// As a pool whose windows have the axis, too.
    Pool,
    /// As [`Pool`](Self::Pool), if pools that take the largest are wanted so.
    MaxPool,
    /// The same, of a first input that has the axis.
    FirstInput,
    /// As [`FirstInput`](Self::FirstInput), if it gives one result.
    Normalization,
    /// As [`FirstInput`](Self::FirstInput), if nothing tells that it drops.
    Dropout,
    /// The same, of operands of which one has the axis.
    Operands,
    /// Joined along an axis that may come to lie one further behind.
    Concat,
    /// With pads for the axis.
    Pad,
}

/// What an operator makes of rows of a batch that stay apart in its inputs. A rule answers `None` for forms that it does
/// not cover.
#[derive(Clone, Copy)]
pub enum RowRule {
    /// Not known.
    Unknown,
    /// Its result.
    One(fn(&Step<'_>) -> Option<Value>),
    /// Its results, the last of which stands for all that follow.
    All(fn(&Step<'_>) -> Option<Vec<Value>>),
}

/// What an operator puts into a result whose shape depends on how many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Perhaps something of its own for each row, as a position is.
    Own,
    /// The same for each row.
    Same,
    /// The elements of its input, dealt out to the rows.
    Dealt,
}

/// How a change of a few positions of a sequence passes through an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Not in a way that is known, for this reason.
    Stops(&'static str),
    /// As it is: the operator passes values on.
    Kept,
    /// To the same elements: it is a function of single elements.
    Function,
    /// To the same elements, of two operands.
    Arithmetic,
    /// To the windows that hold it.
    Convolution,
    /// As in a convolution with turned weights.
    TransposedConvolution,
    /// To the windows that hold it, of which the largest element counts.
    MaxPool,
    /// To the windows that hold it, of which the mean counts.
    AveragePool,
    /// To what all positions give together.
    GlobalPool,
    /// To the same elements, channel by channel.
    ChannelScale,
    /// To all elements along some axes.
    AlongAxes,
    /// Through a product with weights.
    Product,
    /// To the same elements in another arrangement.
    Arranged,
    /// To what is joined, cut out or filled up.
    Cut,
    /// To the positions that it is repeated at.
    Resized,
    /// To what a reduction leaves.
    Reduced,
}

/// How an operator shows that it trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Training {
    /// By the attribute `training_mode`, or by giving the statistics of the batch.
    Statistics,
    /// By its third input.
    Mode,
}

impl Operator {
    /// An operator of which nothing is known.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            role: Role::Computes,
            gradient: Gradient::Refused("the operator has no rule"),
            raise: Raise::Same,
            axes: Axes::Widest,
            in_2d: In2d::No,
            rows: RowRule::Unknown,
            keeps_elements: false,
            shape_inputs: &[],
            type_inputs: &[],
            filling: Filling::Own,
            random: false,
            training: None,
            spread: Spread::Stops("the operator has no rule for edits"),
        }
    }

    /// An operator that works element by element on its first input.
    pub const fn elementwise(name: &'static str) -> Self {
        Self { rows: RowRule::One(|step| step.kept()), keeps_elements: true, ..Self::named(name) }
    }

    /// As [`elementwise`](Self::elementwise); over two axes it is the same operator.
    pub const fn pointwise(name: &'static str) -> Self {
        Self { in_2d: In2d::FirstInput, ..Self::elementwise(name) }
    }

    /// An operator that works element by element on several tensors, whose axes of length 1 it repeats.
    pub const fn broadcasting(name: &'static str) -> Self {
        Self { rows: RowRule::One(|step| step.broadcast()), keeps_elements: true, ..Self::named(name) }
    }

    /// As [`broadcasting`](Self::broadcasting); over two axes it is the same operator.
    pub const fn operands(name: &'static str) -> Self {
        Self { in_2d: In2d::Operands, ..Self::broadcasting(name) }
    }

    /// Its part in a network.
    pub const fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// Gradients pass from its first result.
    pub const fn gradient(self, rule: FirstRule) -> Self {
        Self { gradient: Gradient::First(rule), ..self }
    }

    /// Gradients pass from all of its results.
    pub const fn gradient_of_all(self, rule: AllRule) -> Self {
        Self { gradient: Gradient::All(rule), ..self }
    }

    /// No gradient passes, which is no mistake.
    pub const fn without_gradient(self) -> Self {
        Self { gradient: Gradient::Zero, ..self }
    }

    /// Before `version`, the inputs after the first were attributes.
    pub const fn inputs_since(self, version: i64, names: &'static [&'static str]) -> Self {
        Self { raise: Raise::Inputs(version, names), ..self }
    }

    /// Before `version`, it had another form.
    pub const fn rewritten_since(self, version: i64, rewrite: fn(&mut Raising, NodeProto) -> Vec<NodeProto>) -> Self {
        Self { raise: Raise::Rewrite(version, rewrite), ..self }
    }

    /// Where it puts the axes of a framework.
    pub const fn axes(self, axes: Axes) -> Self {
        Self { axes, ..self }
    }

    /// How it is written over two axes.
    pub const fn in_2d(self, in_2d: In2d) -> Self {
        Self { in_2d, ..self }
    }

    /// Where it puts the rows of a batch.
    pub const fn rows(self, rule: fn(&Step<'_>) -> Option<Value>) -> Self {
        Self { rows: RowRule::One(rule), ..self }
    }

    /// As [`rows`](Self::rows), for an operator with several results.
    pub const fn rows_of_all(self, rule: fn(&Step<'_>) -> Option<Vec<Value>>) -> Self {
        Self { rows: RowRule::All(rule), ..self }
    }

    /// It puts elements elsewhere and leaves each as it is.
    pub const fn keeping_elements(self) -> Self {
        Self { keeps_elements: true, ..self }
    }

    /// The inputs that only say what shape its result has, or which axes it works on.
    pub const fn shape_inputs(self, shape_inputs: &'static [usize]) -> Self {
        Self { shape_inputs, ..self }
    }

    /// The inputs of which only the element type counts.
    pub const fn type_inputs(self, type_inputs: &'static [usize]) -> Self {
        Self { type_inputs, ..self }
    }

    /// What it puts where its shape depends on the number of rows.
    pub const fn filling(self, filling: Filling) -> Self {
        Self { filling, ..self }
    }

    /// It draws random numbers.
    pub const fn random(self) -> Self {
        Self { random: true, ..self }
    }

    /// How a change of a few positions passes through it.
    pub const fn spread(self, spread: Spread) -> Self {
        Self { spread, ..self }
    }

    /// How it shows that it trains.
    pub const fn training(self, training: Training) -> Self {
        Self { training: Some(training), ..self }
    }
}
