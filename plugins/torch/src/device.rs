//! Where the model runs, and with how many threads.

use kipos_plugin_api::{Device, PluginError, Result, RuntimeOptions};

/// Checks that the device is there and sets the number of threads. LibTorch has one pool of threads per process: of
/// several loaded models the last one decides.
///
/// # Errors
/// A CUDA device that this LibTorch or this machine has not.
pub fn prepare(options: &RuntimeOptions) -> Result<()> {
    if !matches!(options.device, Device::Cpu | Device::Cuda(_)) {
        return Err(PluginError::no_device(format!(
            "the pytorch backend does not run on {}; choose --device cpu or cuda:N",
            options.device
        )));
    }
    if let Device::Cuda(index) = options.device {
        let found = tch::Cuda::device_count();
        if !tch::Cuda::is_available() || i64::from(index) >= found {
            let what = match found {
                1.. => format!("there is no CUDA device {index}: LibTorch finds {found}, counted from 0"),
                _ => "LibTorch finds no CUDA device, or was built without CUDA".into(),
            };
            return Err(PluginError::no_device(format!(
                "{what}; choose --device cpu, or build the plugin with LIBTORCH set to a LibTorch that has CUDA"
            )));
        }
    }
    tch::set_num_threads(i32::try_from(options.threads).unwrap_or(i32::MAX));
    Ok(())
}

/// The same device, as tch names it.
pub fn of_tch(device: Device) -> tch::Device {
    match device {
        Device::Cuda(index) => tch::Device::Cuda(index as usize),
        _ => tch::Device::Cpu,
    }
}

/// The index of a CUDA device.
pub fn cuda(device: Device) -> Option<u32> {
    match device {
        Device::Cuda(index) => Some(index),
        _ => None,
    }
}
