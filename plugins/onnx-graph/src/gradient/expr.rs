//! Expressions: what a rule answers, before it is written into a graph.

use std::ops::{Add, Div, Mul, Neg, Sub};
use std::rc::Rc;

use crate::attribute;
use crate::proto::AttributeProto;

/// A tensor to be computed. Cloning shares it: however often it is used, it is computed once.
#[derive(Debug, Clone)]
pub struct Expr(pub(super) Rc<Kind>);

/// What an expression is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A tensor of the graph.
    Tensor(String),
    /// A number of the graph's floating-point type.
    Scalar(f64),
    /// Numbers of the graph's floating-point type, with their shape.
    Floats(Vec<i64>, Vec<f64>),
    /// Whole numbers, with their shape.
    Ints(Vec<i64>, Vec<i64>),
    /// The value in the graph's floating-point type.
    ToFloat(Expr),
    /// A node with so many results. `None` is an input that is left out.
    Node { op: &'static str, inputs: Vec<Option<Expr>>, attributes: Vec<AttributeProto>, results: usize },
    /// A loop over steps, with so many results. Its body reads the expressions under the names beside them.
    Scan { inputs: Vec<Option<Expr>>, attributes: Vec<AttributeProto>, captured: Vec<(String, Expr)>, results: usize },
    /// One result of a node with several.
    Result(Expr, usize),
}

/// The largest end of a slice: all that is there.
pub const END: i64 = i64::MAX;

impl Expr {
    fn new(kind: Kind) -> Self {
        Self(Rc::new(kind))
    }

    /// A tensor of the graph.
    pub fn tensor(name: &str) -> Self {
        Self::new(Kind::Tensor(name.into()))
    }

    /// A number.
    pub fn scalar(value: f64) -> Self {
        Self::new(Kind::Scalar(value))
    }

    /// Numbers of a shape.
    pub fn floats(shape: Vec<i64>, values: Vec<f64>) -> Self {
        Self::new(Kind::Floats(shape, values))
    }

    /// A list of whole numbers.
    pub fn ints(values: impl Into<Vec<i64>>) -> Self {
        let values = values.into();
        Self::new(Kind::Ints(vec![values.len() as i64], values))
    }

    /// Whole numbers of a shape.
    pub fn shaped_ints(shape: Vec<i64>, values: Vec<i64>) -> Self {
        Self::new(Kind::Ints(shape, values))
    }

    /// A node with one result.
    pub fn op<const N: usize>(op: &'static str, inputs: [&Self; N], attributes: Vec<AttributeProto>) -> Self {
        Self::node(op, inputs.into_iter().cloned().map(Some).collect(), attributes, 1)
    }

    /// A node of any form.
    pub fn node(op: &'static str, inputs: Vec<Option<Self>>, attributes: Vec<AttributeProto>, results: usize) -> Self {
        Self::new(Kind::Node { op, inputs, attributes, results })
    }

    /// A node with several results.
    pub fn several<const N: usize>(
        op: &'static str,
        inputs: Vec<Option<Self>>,
        attributes: Vec<AttributeProto>,
    ) -> [Self; N] {
        let node = Self::node(op, inputs, attributes, N);
        std::array::from_fn(|at| Self::new(Kind::Result(node.clone(), at)))
    }

    /// A loop over steps whose body reads expressions under the names beside them.
    pub fn scan<const N: usize>(
        inputs: Vec<Option<Self>>,
        attributes: Vec<AttributeProto>,
        captured: Vec<(String, Self)>,
    ) -> [Self; N] {
        let node = Self::new(Kind::Scan { inputs, attributes, captured, results: N });
        std::array::from_fn(|at| Self::new(Kind::Result(node.clone(), at)))
    }

    /// An operator of one tensor.
    pub fn map(&self, op: &'static str) -> Self {
        Self::op(op, [self], vec![])
    }

    /// An operator of two tensors.
    pub fn zip(&self, op: &'static str, other: &Self) -> Self {
        Self::op(op, [self, other], vec![])
    }

    /// The value as a floating-point number: 1 where true.
    pub fn to_float(&self) -> Self {
        Self::new(Kind::ToFloat(self.clone()))
    }

    /// The square.
    pub fn squared(&self) -> Self {
        self * self
    }

    /// Whether an element is larger than `bound`.
    pub fn greater(&self, bound: f64) -> Self {
        self.zip("Greater", &Self::scalar(bound))
    }

    /// `yes` where true, else `no`.
    pub fn choose(&self, yes: &Self, no: &Self) -> Self {
        Self::op("Where", [self, yes, no], vec![])
    }

    /// The sum over axes.
    pub fn sum(&self, axes: &[i64], keep: bool) -> Self {
        Self::op("ReduceSum", [self, &Self::ints(axes)], vec![attribute::int("keepdims", keep.into())])
    }

    /// The mean over axes, which stay with length 1.
    pub fn mean(&self, axes: &[i64]) -> Self {
        Self::op("ReduceMean", [self, &Self::ints(axes)], vec![attribute::int("keepdims", 1)])
    }

    /// Another shape; -1 is what is left, 0 what it was.
    pub fn reshape(&self, shape: &[i64]) -> Self {
        Self::op("Reshape", [self, &Self::ints(shape)], vec![])
    }

    /// Another order of axes.
    pub fn transpose(&self, order: &[i64]) -> Self {
        Self::op("Transpose", [self], vec![attribute::ints("perm", order)])
    }

    /// Elements `start..end` of an axis.
    pub fn slice(&self, axis: i64, start: i64, end: i64) -> Self {
        Self::op("Slice", [self, &Self::ints([start]), &Self::ints([end]), &Self::ints([axis])], vec![])
    }

    /// The axes from their last element to their first.
    pub fn reversed(&self, axes: &[i64]) -> Self {
        let all = |value: i64| Self::ints(vec![value; axes.len()]);
        Self::op("Slice", [self, &all(-1), &all(i64::MIN + 1), &Self::ints(axes), &all(-1)], vec![])
    }

    /// Zeros around, as in the operator `Pad`; nothing is added if all are 0.
    pub fn pad(&self, pads: &[i64]) -> Self {
        if pads.iter().all(|&pad| pad == 0) {
            return self.clone();
        }
        Self::op("Pad", [self, &Self::ints(pads)], vec![])
    }

    /// Axes of length 1 more.
    pub fn unsqueeze(&self, axes: &[i64]) -> Self {
        Self::op("Unsqueeze", [self, &Self::ints(axes)], vec![])
    }

    /// Without these axes of length 1.
    pub fn squeeze(&self, axes: &[i64]) -> Self {
        Self::op("Squeeze", [self, &Self::ints(axes)], vec![])
    }

    /// Tensors one after the other along an axis.
    pub fn concat(parts: Vec<Self>, axis: i64) -> Self {
        Self::node("Concat", parts.into_iter().map(Some).collect(), vec![attribute::int("axis", axis)], 1)
    }

    /// Repeated to the shape of a list of lengths.
    pub fn expand(&self, shape: &Self) -> Self {
        self.zip("Expand", shape)
    }

    /// Zeros of the shape of a list of lengths.
    pub fn zeros(shape: &Self) -> Self {
        Self::scalar(0.0).expand(shape)
    }
}

macro_rules! operator {
    ($trait:ident $method:ident $op:literal) => {
        impl $trait for &Expr {
            type Output = Expr;
            fn $method(self, other: Self) -> Expr {
                self.zip($op, other)
            }
        }
        impl $trait for Expr {
            type Output = Expr;
            fn $method(self, other: Self) -> Expr {
                self.zip($op, &other)
            }
        }
        impl $trait<&Expr> for Expr {
            type Output = Expr;
            fn $method(self, other: &Expr) -> Expr {
                self.zip($op, other)
            }
        }
        impl $trait<Expr> for &Expr {
            type Output = Expr;
            fn $method(self, other: Expr) -> Expr {
                self.zip($op, &other)
            }
        }
        impl $trait<f64> for &Expr {
            type Output = Expr;
            fn $method(self, other: f64) -> Expr {
                self.zip($op, &Expr::scalar(other))
            }
        }
        impl $trait<f64> for Expr {
            type Output = Expr;
            fn $method(self, other: f64) -> Expr {
                self.zip($op, &Expr::scalar(other))
            }
        }
        impl $trait<&Expr> for f64 {
            type Output = Expr;
            fn $method(self, other: &Expr) -> Expr {
                Expr::scalar(self).zip($op, other)
            }
        }
        impl $trait<Expr> for f64 {
            type Output = Expr;
            fn $method(self, other: Expr) -> Expr {
                Expr::scalar(self).zip($op, &other)
            }
        }
    };
}

operator!(Add add "Add");
operator!(Sub sub "Sub");
operator!(Mul mul "Mul");
operator!(Div div "Div");

impl Neg for &Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        self.map("Neg")
    }
}

impl Neg for Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        self.map("Neg")
    }
}
