//! Which wheel fits this machine.

use crate::error::Error;

/// pip's platform tag of the pinned wheel of ONNX Runtime for an operating system and processor, both in the spelling of
/// [`std::env::consts`].
pub(crate) fn onnxruntime_tag(os: &'static str, arch: &'static str) -> Result<&'static str, Error> {
    match (os, arch) {
        ("linux", "x86_64") => Ok("manylinux_2_28_x86_64"),
        ("linux", "aarch64") => Ok("manylinux_2_28_aarch64"),
        ("macos", "aarch64") => Ok("macosx_14_0_arm64"),
        _ => Err(Error::UnsupportedPlatform { what: "ONNX Runtime", os, arch }),
    }
}

/// The same for the pinned wheel of CMake.
pub(crate) fn cmake_tag(os: &'static str, arch: &'static str) -> Result<&'static str, Error> {
    match (os, arch) {
        ("linux", "x86_64") => Ok("manylinux_2_17_x86_64"),
        ("linux", "aarch64") => Ok("manylinux_2_17_aarch64"),
        ("macos", _) => Ok("macosx_10_10_universal2"),
        _ => Err(Error::UnsupportedPlatform { what: "CMake", os, arch }),
    }
}

/// The same for the pinned wheels of LibTorch and of what it needs; `None` where none are pinned.
pub(crate) fn libtorch_tags(os: &str, arch: &str) -> Option<Vec<&'static str>> {
    match (os, arch) {
        ("linux", "x86_64") => Some(vec!["manylinux_2_28_x86_64", "manylinux_2_25_x86_64", "manylinux2014_x86_64"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pinned_platform_has_a_tag_of_its_own() {
        assert_eq!(onnxruntime_tag("linux", "x86_64").ok(), Some("manylinux_2_28_x86_64"));
        assert_eq!(onnxruntime_tag("linux", "aarch64").ok(), Some("manylinux_2_28_aarch64"));
        assert_eq!(onnxruntime_tag("macos", "aarch64").ok(), Some("macosx_14_0_arm64"));
        assert_eq!(cmake_tag("linux", "x86_64").ok(), Some("manylinux_2_17_x86_64"));
        assert_eq!(cmake_tag("linux", "aarch64").ok(), Some("manylinux_2_17_aarch64"));
        assert_eq!(libtorch_tags("linux", "x86_64").map(|tags| tags.len()), Some(3));
        assert_eq!(libtorch_tags("macos", "aarch64"), None);
    }

    #[test]
    fn another_platform_is_refused_by_name() {
        let refused = [onnxruntime_tag("freebsd", "riscv64"), cmake_tag("freebsd", "riscv64")];
        for message in refused.map(|tag| tag.unwrap_err().to_string()) {
            assert!(message.contains("freebsd") && message.contains("riscv64"), "{message}");
        }
    }
}
