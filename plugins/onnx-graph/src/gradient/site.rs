//! A node as the rules see it.

use std::collections::HashSet;

use super::GradientError;
use super::expr::Expr;
use crate::facts::{Fact, Facts, Length};
use crate::proto::NodeProto;
use crate::tensor::{Constant, element};

/// What a rule answers: the cotangent of each input, or `None` where there is none.
pub type Cotangents = Result<Vec<Option<Expr>>, GradientError>;

/// A node, and what is known around it.
pub struct Site<'a> {
    /// The node.
    pub node: &'a NodeProto,
    /// What is known of tensors.
    pub facts: &'a Facts,
    /// The tensors that gradients pass through.
    pub active: &'a HashSet<String>,
}

impl Site<'_> {
    /// Input `index`, which the operator requires.
    pub fn input(&self, index: usize) -> Expr {
        Expr::tensor(self.node.input_at(index).unwrap_or_default())
    }

    /// The first input.
    pub fn x(&self) -> Expr {
        self.input(0)
    }

    /// The first result.
    pub fn y(&self) -> Expr {
        Expr::tensor(&self.node.output[0])
    }

    /// Whether the cotangent of input `index` is wanted.
    pub fn wants(&self, index: usize) -> bool {
        self.node.input_at(index).is_some_and(|name| self.active.contains(name))
    }

    /// `make` if the cotangent of input `index` is wanted.
    pub fn wanted(&self, index: usize, make: impl FnOnce() -> Expr) -> Option<Expr> {
        self.wants(index).then(make)
    }

    /// Why there is no gradient here.
    pub fn refuse(&self, reason: impl Into<String>) -> GradientError {
        GradientError::Unsupported {
            op: self.node.op_type.clone(),
            node: if self.node.name.is_empty() { self.node.output.join(", ") } else { self.node.name.clone() },
            reason: reason.into(),
            path: String::new(),
        }
    }

    /// What is known of a tensor.
    ///
    /// # Errors
    /// A tensor that the trial runs did not show.
    pub fn fact(&self, name: &str) -> Result<&Fact, GradientError> {
        self.facts.get(name).ok_or_else(|| self.refuse(format!("the shape of `{name}` is not known")))
    }

    /// The shape of input `index`.
    ///
    /// # Errors
    /// An input that is left out or unknown.
    pub fn shape(&self, index: usize) -> Result<&[Length], GradientError> {
        Ok(&self.fact(self.node.input_at(index).unwrap_or_default())?.shape)
    }

    /// The shape of the first result.
    ///
    /// # Errors
    /// A result that is unknown.
    pub fn result_shape(&self) -> Result<&[Length], GradientError> {
        Ok(&self.fact(&self.node.output[0])?.shape)
    }

    /// The number of axes of input `index`.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn rank(&self, index: usize) -> Result<i64, GradientError> {
        Ok(self.shape(index)?.len() as i64)
    }

    /// The lengths of axes `from..` of a shape.
    ///
    /// # Errors
    /// An axis that depends on the number of rows.
    pub fn fixed(&self, shape: &[Length], from: usize) -> Result<Vec<i64>, GradientError> {
        shape.iter().skip(from).map(|&length| self.fixed_length(length)).collect()
    }

    /// The length of an axis.
    ///
    /// # Errors
    /// An axis that depends on the number of rows.
    pub fn fixed_length(&self, length: Length) -> Result<i64, GradientError> {
        match length {
            Length::Fixed(length) => Ok(length as i64),
            _ => Err(self.refuse("it works on an axis that depends on the number of rows")),
        }
    }

    /// The whole numbers of input `index`; `None` if it is left out.
    ///
    /// # Errors
    /// Numbers that are computed from the inputs of the graph.
    pub fn ints(&self, index: usize) -> Result<Option<&[i64]>, GradientError> {
        let Some(name) = self.node.input_at(index) else { return Ok(None) };
        match &self.fact(name)?.value {
            Some(Constant::Ints(values)) => Ok(Some(values)),
            _ => Err(self.refuse(format!("`{name}` is not a constant"))),
        }
    }

    /// The number in input `index`, if it is a constant with one element.
    pub fn scalar(&self, index: usize) -> Option<f64> {
        match self.facts.get(self.node.input_at(index)?)?.value.as_ref()? {
            Constant::Floats(values) if values.len() == 1 => values.first().copied(),
            Constant::Ints(values) if values.len() == 1 => values.first().map(|&value| value as f64),
            _ => None,
        }
    }

    /// Whether input `index` holds floating-point numbers.
    pub fn is_float(&self, index: usize) -> bool {
        let fact = self.node.input_at(index).and_then(|name| self.facts.get(name));
        fact.is_some_and(|fact| element::is_float(fact.element))
    }

    /// The attribute `axis` as a position from the start.
    pub fn axis(&self, default: i64, rank: i64) -> i64 {
        self.node.int("axis").unwrap_or(default).rem_euclid(rank.max(1))
    }

    /// The lengths of input `index` as a tensor.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn lengths(&self, index: usize) -> Result<Expr, GradientError> {
        match self.fixed(self.shape(index)?, 0) {
            Ok(lengths) => Ok(Expr::ints(lengths)),
            Err(_) => Ok(self.input(index).map("Shape")),
        }
    }

    /// `value` in the shape of input `index`.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn like(&self, value: &Expr, index: usize) -> Result<Expr, GradientError> {
        let shape = self.shape(index)?;
        if shape.iter().filter(|length| !matches!(length, Length::Fixed(_))).count() > 1 {
            return Ok(value.zip("Reshape", &self.input(index).map("Shape")));
        }
        Ok(value.reshape(&open(shape)))
    }

    /// `value`, in the shape of the first result, summed to the shape of input `index`, which the operator repeated.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn unbroadcast(&self, value: &Expr, index: usize) -> Result<Expr, GradientError> {
        self.unbroadcast_first(value, index, 0)
    }

    /// As [`unbroadcast`](Self::unbroadcast), but without the last `kept` axes, which are not repeated.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn unbroadcast_first(&self, value: &Expr, index: usize, kept: usize) -> Result<Expr, GradientError> {
        let (result, input) = (self.result_shape()?, self.shape(index)?);
        let added = result.len().saturating_sub(input.len());
        let repeated = |&axis: &usize| {
            axis < added || (input[axis - added] == Length::Fixed(1) && result[axis] != Length::Fixed(1))
        };
        let axes: Vec<i64> = (0..result.len() - kept).filter(repeated).map(|axis| axis as i64).collect();
        if axes.is_empty() {
            return Ok(value.clone());
        }
        let summed = value.sum(&axes, true);
        if added == 0 { Ok(summed) } else { self.like(&summed, index) }
    }

    /// [`unbroadcast`](Self::unbroadcast) of every cotangent there is.
    ///
    /// # Errors
    /// As [`shape`](Self::shape).
    pub fn unbroadcast_all(&self, values: Vec<Option<Expr>>) -> Cotangents {
        let one =
            |(index, value): (usize, Option<Expr>)| value.map(|value| self.unbroadcast(&value, index)).transpose();
        values.into_iter().enumerate().map(one).collect()
    }
}

/// A shape for `Reshape`: -1 where the length depends on the number of rows.
pub fn open(shape: &[Length]) -> Vec<i64> {
    let length = |length: &Length| if let Length::Fixed(length) = length { *length as i64 } else { -1 };
    shape.iter().map(length).collect()
}
