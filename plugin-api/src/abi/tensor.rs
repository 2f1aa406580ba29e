//! Tensors on the wire: views in without a copy, owned tensors out with their allocator.

use abi_stable::{
    StableAbi,
    std_types::{RSlice, RVec},
};

use super::Wire;
use super::wire::{wire_enum, wire_struct};
use crate::tensor::for_each_numeric;
use crate::{Buffer, DType, DataView, PluginError, Result, Strings, StringsView, Tensor, TensorData, TensorView};

wire_enum! { DType => AbiDType { F32, F64, I64, I32, U8, Bool, String } }
wire_struct! { Strings => AbiStrings { bytes: Buffer<u8>, offsets: Buffer<i64> } }
wire_struct! { Tensor => AbiTensor { shape: Vec<usize>, data: TensorData } }

impl<T> Wire for Buffer<T> {
    type Abi = Self;
    fn into_abi(self) -> Self {
        self
    }
    fn from_abi(abi: Self) -> Self {
        abi
    }
}

macro_rules! define_data {
    ($($variant:ident $element:ty),*) => {
        wire_enum! { TensorData => AbiTensorData { $($variant(Buffer<$element>),)* Strings(Strings) } }

        /// The twin of [`DataView`].
        #[repr(u8)]
        #[derive(StableAbi, Debug, Clone, Copy)]
        pub enum AbiDataView<'a> {
            $($variant(RSlice<'a, $element>),)*
            Strings { bytes: RSlice<'a, u8>, offsets: RSlice<'a, i64> },
        }

        impl<'a> AbiDataView<'a> {
            fn of(view: DataView<'a>) -> Self {
                match view {
                    $(DataView::$variant(elements) => Self::$variant(elements.into()),)*
                    DataView::Strings(s) => Self::Strings { bytes: s.bytes.into(), offsets: s.offsets.into() },
                }
            }

            fn view(self) -> DataView<'a> {
                match self {
                    $(Self::$variant(elements) => DataView::$variant(elements.as_slice()),)*
                    Self::Strings { bytes, offsets } => {
                        DataView::Strings(StringsView { bytes: bytes.as_slice(), offsets: offsets.as_slice() })
                    }
                }
            }
        }
    };
}
for_each_numeric!(define_data);

/// The twin of [`TensorView`].
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct AbiTensorView<'a> {
    shape: RSlice<'a, usize>,
    data: AbiDataView<'a>,
}

impl<'a> AbiTensorView<'a> {
    /// The twins of several views.
    pub fn list(views: &[TensorView<'a>]) -> RVec<Self> {
        views.iter().map(|view| Self { shape: view.shape.into(), data: AbiDataView::of(view.data) }).collect()
    }

    /// The views of several twins, checked: a shape from the other side is not trusted.
    pub(crate) fn views(list: &[AbiTensorView<'a>]) -> Result<Vec<TensorView<'a>>> {
        list.iter().map(|abi| TensorView::new(abi.shape.as_slice(), abi.data.view())).collect()
    }
}

impl AbiTensor {
    /// The tensor, checked: a shape from the other side is not trusted.
    pub(crate) fn checked(self) -> Result<Tensor> {
        let tensor = Tensor::from_abi(self);
        Tensor::new(tensor.shape, tensor.data)
    }

    /// Several tensors, checked.
    ///
    /// # Errors
    /// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) naming the first whose shape and elements disagree.
    pub fn checked_list(list: RVec<Self>) -> Result<Vec<Tensor>> {
        let check = |(i, tensor): (usize, Self)| {
            tensor.checked().map_err(|error| PluginError::shape(format!("output {i}: {error}")))
        };
        list.into_iter().enumerate().map(check).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tensors_survive_the_wire(rows in 0usize..4, texts in proptest::collection::vec(".*", 0..4)) {
            let numeric = Tensor::new(vec![rows, 2], vec![1.5f64; rows * 2]).unwrap();
            let count = texts.len();
            let strings = Tensor::new(vec![count], texts.iter().collect::<Strings>()).unwrap();
            for tensor in [numeric, strings] {
                prop_assert_eq!(&Tensor::from_abi(tensor.clone().into_abi()), &tensor);
                let view = tensor.view();
                let abi = AbiTensorView::list(&[view]);
                prop_assert_eq!(&AbiTensorView::views(&abi).unwrap(), &[view]);
            }
        }
    }

    #[test]
    fn a_lying_shape_is_refused() {
        let lie = AbiTensor { shape: vec![3usize].into_abi(), data: TensorData::from(vec![1f32]).into_abi() };
        let error = AbiTensor::checked_list(vec![lie].into()).unwrap_err();
        assert_eq!(error.message, "output 0: a tensor of shape [3] cannot hold 1 elements");
    }

    #[test]
    fn views_are_not_copied() {
        let elements = vec![0f32; 8];
        let view = TensorView::new(&[8], elements.as_slice()).unwrap();
        let abi = AbiTensorView::list(&[view]);
        let back = AbiTensorView::views(&abi).unwrap();
        assert_eq!(back[0].as_f32().unwrap().as_ptr(), elements.as_ptr());
    }
}
