//! Where the axes of a tensor of the graph lie in what is kept of it: positions, each with its channels.

/// How many positions and channels a tensor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The positions; one if an edit changes it as a whole.
    pub length: usize,
    /// The channels of a position.
    pub channels: usize,
}

/// A part of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All positions.
    Position,
    /// A digit of the channels: `channel / stride % size`.
    Channel {
        /// How many values it has.
        size: usize,
        /// What it counts in channels.
        stride: usize,
    },
}

/// A tensor of the graph: axis by axis, without that of the rows, its parts from the slowest to the fastest. Parts of one
/// value are left out; those that are there make up all channels and positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The tensor of the plan.
    pub tensor: usize,
    /// How much there is of it.
    pub extent: Extent,
    /// The axes.
    pub axes: Vec<Vec<Part>>,
}

/// Where elements lie in a list of all: `position` for each position, and more for each channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The distance of positions.
    pub position: usize,
    /// The place of each channel.
    pub channels: Vec<usize>,
}

impl View {
    /// A view without parts of one value, and with those joined that are one.
    pub fn new(tensor: usize, extent: Extent, mut axes: Vec<Vec<Part>>) -> Self {
        for axis in &mut axes {
            axis.retain(|part| size_of(*part, extent) > 1);
            let mut joined: Vec<Part> = Vec::with_capacity(axis.len());
            for part in axis.drain(..) {
                match (joined.last_mut(), part) {
                    (Some(Part::Channel { size, stride }), Part::Channel { size: next, stride: unit })
                        if *stride == next * unit =>
                    {
                        (*size, *stride) = (*size * next, unit);
                    }
                    _ => joined.push(part),
                }
            }
            *axis = joined;
        }
        Self { tensor, extent, axes }
    }

    /// A tensor without positions, of these axes.
    pub fn whole(tensor: usize, dims: &[usize]) -> Self {
        let extent = Extent { length: 1, channels: dims.iter().product() };
        let mut stride = extent.channels;
        let mut axis = |&size: &usize| {
            stride /= size.max(1);
            vec![Part::Channel { size, stride }]
        };
        Self::new(tensor, extent, dims.iter().map(&mut axis).collect())
    }

    /// The length of an axis.
    pub fn dim(&self, axis: usize) -> usize {
        self.axes[axis].iter().map(|part| size_of(*part, self.extent)).product()
    }

    /// The lengths of all axes.
    pub fn dims(&self) -> Vec<usize> {
        (0..self.axes.len()).map(|axis| self.dim(axis)).collect()
    }

    /// The axis that holds the positions, and whether it holds nothing else.
    pub fn position_axis(&self) -> Option<(usize, bool)> {
        let axis = self.axes.iter().position(|axis| axis.contains(&Part::Position))?;
        Some((axis, self.axes[axis].len() == 1))
    }

    /// Where its elements lie in a list of all, if a step along each axis counts `strides`.
    pub fn places(&self, strides: &[usize]) -> Places {
        let mut places = Places { position: 0, channels: vec![0; self.extent.channels] };
        for (axis, &stride) in self.axes.iter().zip(strides) {
            let mut unit = stride;
            for &part in axis.iter().rev() {
                match part {
                    Part::Position => places.position = unit,
                    Part::Channel { size, stride } => {
                        for (channel, place) in places.channels.iter_mut().enumerate() {
                            *place += channel / stride % size * unit;
                        }
                    }
                }
                unit *= size_of(part, self.extent);
            }
        }
        places
    }

    /// Where its elements lie in the order of its axes.
    pub fn places_in_order(&self) -> Places {
        self.places(&strides(&self.dims()))
    }

    /// Whether its channels follow each other in the order of its axes.
    pub fn is_in_order(&self) -> bool {
        let mut expected = self.extent.channels;
        self.axes.iter().flatten().all(|part| match part {
            Part::Position => true,
            Part::Channel { size, stride } => {
                expected /= size;
                *stride == expected
            }
        })
    }

    /// The same elements in a new shape, if no new axis parts the positions.
    pub fn reshaped(&self, dims: &[usize]) -> Option<Self> {
        if dims.iter().product::<usize>() != self.dims().iter().product::<usize>() {
            return None;
        }
        let mut parts: Vec<Part> = self.axes.iter().flatten().rev().copied().collect();
        let mut axes = Vec::with_capacity(dims.len());
        for &dim in dims {
            let (mut left, mut axis) = (dim, Vec::new());
            while left > 1 {
                let part = parts.pop()?;
                let size = size_of(part, self.extent);
                match part {
                    _ if left.is_multiple_of(size) => {
                        axis.push(part);
                        left /= size;
                    }
                    Part::Channel { stride, .. } if size.is_multiple_of(left) => {
                        let rest = size / left;
                        axis.push(Part::Channel { size: left, stride: stride * rest });
                        parts.push(Part::Channel { size: rest, stride });
                        left = 1;
                    }
                    _ => return None,
                }
            }
            axes.push(axis);
        }
        Some(Self::new(self.tensor, self.extent, axes))
    }
}

fn size_of(part: Part, extent: Extent) -> usize {
    match part {
        Part::Position => extent.length,
        Part::Channel { size, .. } => size,
    }
}

/// What a step along each axis counts in a list of all elements.
pub fn strides(dims: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; dims.len()];
    for axis in (1..dims.len()).rev() {
        strides[axis - 1] = strides[axis] * dims[axis];
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { length: 5, channels: 6 };

    fn channels(size: usize, stride: usize) -> Part {
        Part::Channel { size, stride }
    }

    fn first() -> View {
        View::new(0, EXTENT, vec![vec![channels(6, 1)], vec![Part::Position]])
    }

    #[test]
    fn a_flat_view_knows_where_elements_lie() {
        let flat = first().reshaped(&[30]).unwrap();
        assert_eq!(flat.axes, [vec![channels(6, 1), Part::Position]]);
        let places = flat.places_in_order();
        assert_eq!((places.position, places.channels), (1, vec![0, 5, 10, 15, 20, 25]));
        let last = View::new(0, EXTENT, vec![vec![Part::Position], vec![channels(6, 1)]]);
        let places = last.reshaped(&[30]).unwrap().places_in_order();
        assert_eq!((places.position, places.channels), (6, vec![0, 1, 2, 3, 4, 5]));
    }

    #[test]
    fn channels_are_parted_and_joined_and_positions_are_not() {
        let parted = first().reshaped(&[2, 3, 5]).unwrap();
        assert_eq!(parted.axes, [vec![channels(2, 3)], vec![channels(3, 1)], vec![Part::Position]]);
        assert_eq!(parted.reshaped(&[6, 5, 1]).unwrap().axes, [first().axes, vec![vec![]]].concat());
        assert_eq!(first().reshaped(&[15, 2]), None);
        assert_eq!(first().reshaped(&[6, 6]), None);
    }

    #[test]
    fn turned_channels_are_not_in_order() {
        let turned = View::new(0, EXTENT, vec![vec![channels(3, 1)], vec![Part::Position], vec![channels(2, 3)]]);
        assert!(!turned.is_in_order() && first().is_in_order());
        assert_eq!(turned.places_in_order().channels, [0, 10, 20, 1, 11, 21]);
        assert!(View::whole(0, &[2, 1, 3]).is_in_order());
    }
}
