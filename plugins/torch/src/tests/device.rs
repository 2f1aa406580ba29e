//! Devices: the same on CUDA where there is one, a clear error where there is none.

use super::*;

const CUDA: RuntimeOptions = RuntimeOptions::new(1, Device::Cuda(0));

#[test]
fn a_cuda_device_gives_the_same() {
    if !tch::Cuda::is_available() {
        kipos_tests::skip::skip("LibTorch finds no CUDA device");
        return;
    }
    golden::predictions_agree(CUDA);
    golden::layers_agree(CUDA);
    golden::values_before_nonlinearities_agree(CUDA);
    golden::gradients_agree(CUDA);
}

#[test]
fn a_device_that_is_not_there_is_named() {
    let absent = CPU.with_device(Device::Cuda(99));
    let refused = message(load("tokens.pt", &source(&[("tokens", &[6])], &["y"]), absent));
    assert!(refused.contains("CUDA device"), "{refused}");
    assert!(
        refused.ends_with("choose --device cpu, or build the plugin with LIBTORCH set to a LibTorch that has CUDA")
    );
}
