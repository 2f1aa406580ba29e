//! Arrays of float64, element by element.

/// An array; the last axis is the fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    pub dims: Vec<usize>,
    pub data: Vec<f64>,
}

impl Array {
    pub fn new(dims: &[usize], data: impl IntoIterator<Item = f64>) -> Self {
        let array = Self { dims: dims.to_vec(), data: data.into_iter().collect() };
        assert_eq!(array.data.len(), dims.iter().product::<usize>());
        array
    }

    pub fn from_fn(dims: &[usize], mut number: impl FnMut(&[usize]) -> f64) -> Self {
        let mut index = vec![0; dims.len()];
        let next = |_| {
            let here = number(&index);
            for (place, dim) in index.iter_mut().zip(dims).rev() {
                *place += 1;
                if *place < *dim {
                    break;
                }
                *place = 0;
            }
            here
        };
        let data: Vec<f64> = (0..dims.iter().product()).map(next).collect();
        Self::new(dims, data)
    }

    /// The element at an index. Axes of length one are repeated, and so are those that are missing in front.
    pub fn at(&self, index: &[usize]) -> f64 {
        let own = &index[index.len() - self.dims.len()..];
        let place = self.dims.iter().zip(own).fold(0, |place, (&dim, &at)| place * dim + if dim == 1 { 0 } else { at });
        self.data[place]
    }

    pub fn axis(&self, axis: i64) -> usize {
        (if axis < 0 { axis + self.dims.len() as i64 } else { axis }) as usize
    }

    pub fn map(&self, function: impl Fn(f64) -> f64) -> Self {
        Self { dims: self.dims.clone(), data: self.data.iter().map(|&number| function(number)).collect() }
    }

    pub fn shaped(&self, dims: &[usize]) -> Self {
        Self::new(dims, self.data.iter().copied())
    }

    /// Both repeated to the same axes.
    pub fn with(&self, other: &Self, function: impl Fn(f64, f64) -> f64) -> Self {
        let rank = self.dims.len().max(other.dims.len());
        let dim =
            |array: &Self, axis: usize| (axis + array.dims.len()).checked_sub(rank).map_or(1, |at| array.dims[at]);
        let dims: Vec<usize> = (0..rank).map(|axis| dim(self, axis).max(dim(other, axis))).collect();
        Self::from_fn(&dims, |index| function(self.at(index), other.at(index)))
    }

    /// The elements along axes, for every place of the others; what `function` makes of them has one element.
    pub fn reduced(&self, axes: &[usize], keeps: bool, function: impl Fn(&[f64]) -> f64) -> Self {
        let dims: Vec<usize> =
            self.dims.iter().enumerate().map(|(axis, &dim)| if axes.contains(&axis) { 1 } else { dim }).collect();
        let along: Vec<usize> = axes.iter().map(|&axis| self.dims[axis]).collect();
        let result = Self::from_fn(&dims, |index| {
            let mut numbers = Vec::new();
            Self::from_fn(&along, |inner| {
                let mut index = index.to_vec();
                axes.iter().zip(inner).for_each(|(&axis, &at)| index[axis] = at);
                numbers.push(self.at(&index));
                0.0
            });
            function(&numbers)
        });
        if keeps {
            return result;
        }
        let left = dims.iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, &dim)| dim);
        result.shaped(&left.collect::<Vec<usize>>())
    }

    pub fn transposed(&self, perm: &[usize]) -> Self {
        let dims: Vec<usize> = perm.iter().map(|&axis| self.dims[axis]).collect();
        let mut own = vec![0; perm.len()];
        Self::from_fn(&dims, |index| {
            perm.iter().zip(index).for_each(|(&axis, &at)| own[axis] = at);
            self.at(&own)
        })
    }

    /// Along an axis, the elements that `places` name.
    pub fn taken(&self, axis: usize, places: &[usize]) -> Self {
        let mut dims = self.dims.clone();
        dims[axis] = places.len();
        Self::from_fn(&dims, |index| {
            let mut own = index.to_vec();
            own[axis] = places[index[axis]];
            self.at(&own)
        })
    }
}

/// The largest number.
pub fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// The mean.
pub fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// The product of the last two axes with a matrix.
pub fn product(a: &Array, b: &Array) -> Array {
    let (ranks, inner) = ([a.dims.len(), b.dims.len()], *a.dims.last().unwrap());
    assert!(ranks[0] >= 2 && ranks[1] == 2 && b.dims[0] == inner, "products with matrices alone");
    let mut dims = a.dims.clone();
    *dims.last_mut().unwrap() = b.dims[1];
    Array::from_fn(&dims, |index| {
        let (column, mut place) = (*index.last().unwrap(), index.to_vec());
        let mut term = |at: usize| {
            *place.last_mut().unwrap() = at;
            a.at(&place) * b.at(&[at, column])
        };
        (0..inner).map(&mut term).sum()
    })
}
