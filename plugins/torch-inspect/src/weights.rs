//! The pickles of a TorchScript file: which tensors they make of which records.
//!
//! LibTorch believes what a pickle says of a record's length and of a tensor's place in it, and reads beyond the end where
//! that is not true. So the pickle is followed here with LibTorch's few instructions, as far as tensors go.

use std::collections::HashMap;
use std::rc::Rc;

use super::Refusal;
use super::archive::Archive;
use super::program::check_class;

/// Bytes of the largest pickle that is followed.
const LARGEST: u64 = 64 << 20;
/// How deep values may lie in one another.
const DEEPEST: usize = 500;

/// Something on the stack.
#[derive(Clone)]
enum Value {
    Int(i64),
    Text(Rc<str>),
    Tuple(Rc<[Value]>, usize),
    /// The type of a record's elements: as many of them as there are in so many bytes.
    Elements {
        count: u64,
        bytes: u64,
    },
    /// A record with so many elements.
    Storage {
        place: Rc<str>,
        elements: u64,
    },
    /// What makes a tensor of a record.
    Rebuild,
    /// Another function, or a class.
    Callable,
    /// What has no part in where tensors lie.
    Other,
}

/// Follows a pickle, whose tensors are in the folder of its name.
pub fn check(archive: &Archive, pickle: &str, trusted: bool) -> Result<(), Refusal> {
    let Some(record) = archive.get(&format!("{pickle}.pkl")) else {
        return Err(Refusal::Broken(format!("it has no record {pickle}.pkl")));
    };
    if record.size > LARGEST {
        return Err(Refusal::Broken(format!("record {pickle}.pkl has {} MiB", record.size >> 20)));
    }
    let bytes = archive.read(record).map_err(Refusal::Broken)?;
    let machine =
        Machine { archive, pickle, trusted, rest: &bytes, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    machine.run()
}

struct Machine<'a> {
    archive: &'a Archive,
    pickle: &'a str,
    trusted: bool,
    rest: &'a [u8],
    stack: Vec<Value>,
    /// Where on the stack the open containers begin.
    marks: Vec<usize>,
    memo: HashMap<usize, Value>,
}

type Step<T = ()> = Result<T, Refusal>;

impl<'a> Machine<'a> {
    fn run(mut self) -> Step {
        if self.take(2)? != [0x80, 2] {
            return Err(self.broken("does not begin as PyTorch's pickles do"));
        }
        loop {
            let code = self.take(1)?[0];
            if code == b'.' {
                return Ok(());
            }
            self.step(code)?;
        }
    }

    fn step(&mut self, code: u8) -> Step {
        match code {
            b'K' => self.whole(1),
            b'M' => self.whole(2),
            b'J' => self.whole(4),
            0x8a => match self.take(1)? {
                [8] => self.whole(8),
                _ => Err(self.broken("has a number of a length that PyTorch does not write")),
            },
            b'X' => {
                let length = self.unsigned(4)?;
                let text = String::from_utf8_lossy(self.take(length)?).into_owned();
                self.push(Value::Text(text.into()))
            }
            b'G' => self.take(8).map(|_| ()).and_then(|()| self.push(Value::Other)),
            b']' | b'}' | b'N' | 0x88 | 0x89 => self.push(Value::Other),
            b')' => self.push(Value::Tuple(Rc::new([]), 0)),
            b'(' if self.marks.len() < DEEPEST => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'(' => Err(self.broken("is nested too deeply")),
            b't' => self.marked().and_then(|items| self.tuple(items)),
            0x85..=0x87 => {
                let at = self.stack.len().checked_sub(usize::from(code - 0x84));
                let items = self.stack.split_off(at.ok_or_else(|| self.broken("takes values that it has not"))?);
                self.tuple(items)
            }
            b'l' | b'd' => self.marked().and_then(|_| self.push(Value::Other)),
            b'e' | b'u' => self.marked().map(drop),
            b's' => self.pop().and_then(|_| self.pop()).map(drop),
            b'a' | 0x81 => self.pop().map(drop),
            b'q' => self.unsigned(1).and_then(|place| self.remember(place)),
            b'r' => self.unsigned(4).and_then(|place| self.remember(place)),
            b'h' => self.unsigned(1).and_then(|place| self.recall(place)),
            b'j' => self.unsigned(4).and_then(|place| self.recall(place)),
            b'c' => self.global(),
            b'Q' => self.storage(),
            b'R' | b'b' => self.call(),
            other => Err(self.broken(&format!("has the instruction {other:#04x}, which PyTorch does not write"))),
        }
    }

    fn broken(&self, problem: &str) -> Refusal {
        Refusal::Broken(format!("record {}.pkl {problem}", self.pickle))
    }

    fn take(&mut self, length: usize) -> Step<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.broken("is cut short"));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn unsigned(&mut self, length: usize) -> Step<usize> {
        Ok(self.take(length)?.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    }

    /// A number with a sign where it has four or eight bytes.
    fn whole(&mut self, length: usize) -> Step {
        let number = self.unsigned(length)? as u64;
        self.push(Value::Int(if length == 4 { i64::from(number as u32 as i32) } else { number as i64 }))
    }

    fn push(&mut self, value: Value) -> Step {
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Step<Value> {
        self.stack.pop().ok_or_else(|| self.broken("takes values that it has not"))
    }

    /// What is on the stack since the last mark.
    fn marked(&mut self) -> Step<Vec<Value>> {
        let at = self.marks.pop().filter(|&at| at <= self.stack.len());
        let at = at.ok_or_else(|| self.broken("takes values that it has not"))?;
        Ok(self.stack.split_off(at))
    }

    fn tuple(&mut self, items: Vec<Value>) -> Step {
        let depth = |item: &Value| if let Value::Tuple(_, depth) = item { depth + 1 } else { 0 };
        let depth = items.iter().map(depth).max().unwrap_or(0);
        if depth > DEEPEST {
            return Err(self.broken("is nested too deeply"));
        }
        self.push(Value::Tuple(items.into(), depth))
    }

    /// LibTorch makes room up to the place, which PyTorch therefore counts up.
    fn remember(&mut self, place: usize) -> Step {
        if place > self.memo.len() {
            return Err(self.broken("remembers values at places that PyTorch does not count"));
        }
        let value = self.stack.last().cloned().ok_or_else(|| self.broken("takes values that it has not"))?;
        self.memo.insert(place, value);
        Ok(())
    }

    fn recall(&mut self, place: usize) -> Step {
        let value = self.memo.get(&place).cloned().ok_or_else(|| self.broken("takes values that it has not"))?;
        self.push(value)
    }

    fn line(&mut self) -> Step<String> {
        let length = self.rest.iter().position(|&byte| byte == b'\n').ok_or_else(|| self.broken("is cut short"))?;
        let line = String::from_utf8_lossy(&self.rest[..length]).into_owned();
        self.rest = &self.rest[length + 1..];
        Ok(line)
    }

    /// A function or class by its name.
    fn global(&mut self) -> Step {
        let (module, name) = (self.line()?, self.line()?);
        let value = match (module.as_str(), name.as_str()) {
            ("torch", name) if name.ends_with("Storage") => match elements(name.trim_end_matches("Storage")) {
                Some((count, bytes)) => Value::Elements { count, bytes },
                None => return Err(self.broken(&format!("has elements of an unknown type, {name}"))),
            },
            ("torch", name) if name.starts_with("per_") => Value::Other,
            ("torch._utils", "_rebuild_tensor_v2" | "_rebuild_qtensor") => Value::Rebuild,
            ("torch._utils", "_rebuild_sparse_tensor") if self.trusted => Value::Callable,
            ("torch._utils", "_rebuild_sparse_tensor") => {
                return Err(Refusal::Untrusted("a sparse tensor, whose indices LibTorch does not check".into()));
            }
            ("torch", "device") | ("collections", "OrderedDict") | ("builtins", "complex") => Value::Callable,
            ("torch.jit._pickle", _) => Value::Callable,
            (module, name) if module == "__torch__" || module.starts_with("__torch__.") => {
                if !self.trusted {
                    let parts: Vec<&str> = module.split('.').chain([name]).collect();
                    check_class(&parts).map_err(Refusal::Untrusted)?;
                }
                Value::Callable
            }
            _ => return Err(self.broken(&format!("asks for {module}.{name}, which does not belong to TorchScript"))),
        };
        self.push(value)
    }

    /// A record, which has to be as long as the pickle says.
    fn storage(&mut self) -> Step {
        let described = self.pop()?;
        let Value::Tuple(items, _) = &described else { return Err(self.broken("has a record without description")) };
        let [Value::Text(kind), Value::Elements { count, bytes }, Value::Text(key), _, Value::Int(length)] = &**items
        else {
            return Err(self.broken("has a record whose description cannot be read"));
        };
        let length = u64::try_from(*length).ok().filter(|_| &**kind == "storage");
        let length = length.ok_or_else(|| self.broken("has a record whose description cannot be read"))?;
        let place = format!("{}/{key}", self.pickle);
        // LibTorch does not look for what has no elements.
        let found = match self.archive.get(&place) {
            Some(record) => record.size,
            None if length == 0 => 0,
            None => return Err(Refusal::Broken(format!("it has no record {place}"))),
        };
        let needed = length.div_ceil(*count).saturating_mul(*bytes);
        if found < needed {
            return Err(Refusal::Broken(format!(
                "record {place} has {found} bytes, and its {length} elements need {needed}"
            )));
        }
        self.push(Value::Storage { place: place.into(), elements: length })
    }

    fn call(&mut self) -> Step {
        let (argument, callable) = (self.pop()?, self.pop()?);
        match callable {
            Value::Callable => {}
            Value::Rebuild => self.check_tensor(&argument)?,
            _ => return Err(self.broken("calls something other than a function")),
        }
        self.push(Value::Other)
    }

    /// A tensor has to lie within its record.
    fn check_tensor(&self, arguments: &Value) -> Step {
        let unreadable = || self.broken("has a tensor whose description cannot be read");
        let Value::Tuple(items, _) = arguments else { return Err(unreadable()) };
        let [
            Value::Storage { place, elements },
            Value::Int(offset),
            Value::Tuple(sizes, _),
            Value::Tuple(strides, _),
            ..,
        ] = &**items
        else {
            return Err(unreadable());
        };
        let numbers = |values: &[Value]| -> Option<Vec<u64>> {
            let number =
                |value: &Value| if let Value::Int(number) = value { u64::try_from(*number).ok() } else { None };
            values.iter().map(number).collect()
        };
        let (sizes, strides) = (numbers(sizes).ok_or_else(unreadable)?, numbers(strides).ok_or_else(unreadable)?);
        let offset = u64::try_from(*offset).map_err(|_| unreadable())?;
        match end(offset, &sizes, &strides) {
            Some(end) if end <= *elements => Ok(()),
            _ => Err(Refusal::Broken(format!(
                "a tensor of shape {sizes:?} reaches beyond its record {place}, which has {elements} elements"
            ))),
        }
    }
}

/// One past the last element of a tensor; `None` if that is no number, or it has other strides than axes.
fn end(offset: u64, sizes: &[u64], strides: &[u64]) -> Option<u64> {
    if sizes.len() != strides.len() {
        return None;
    }
    let count = sizes.iter().try_fold(1u64, |count, &size| count.checked_mul(size))?;
    i64::try_from(count).ok()?;
    if count == 0 {
        return Some(offset);
    }
    let steps = sizes
        .iter()
        .zip(strides)
        .try_fold(0u64, |sum, (&size, &stride)| sum.checked_add((size - 1).checked_mul(stride)?));
    offset.checked_add(steps?)?.checked_add(1)
}

/// How many elements of a type are in how many bytes.
fn elements(name: &str) -> Option<(u64, u64)> {
    Some(match name {
        "QUInt2x4" => (4, 1),
        "QUInt4x2" => (2, 1),
        "Byte" | "Char" | "Bool" | "QInt8" | "QUInt8" => (1, 1),
        name if name.starts_with("Float8_") => (1, 1),
        "Short" | "Half" | "BFloat16" | "UInt16" => (1, 2),
        "Int" | "Float" | "QInt32" | "ComplexHalf" | "UInt32" => (1, 4),
        "Long" | "Double" | "ComplexFloat" | "UInt64" => (1, 8),
        "ComplexDouble" => (1, 16),
        _ => return None,
    })
}
