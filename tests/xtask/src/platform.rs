//! Which wheel fits this machine.

use crate::error::Error;

/// pip's platform tag of the pinned wheel for an operating system and processor, both in the
/// spelling of [`std::env::consts`].
pub(crate) fn wheel_tag(os: &'static str, arch: &'static str) -> Result<&'static str, Error> {
    match (os, arch) {
        ("linux", "x86_64") => Ok("manylinux_2_28_x86_64"),
        ("linux", "aarch64") => Ok("manylinux_2_28_aarch64"),
        ("macos", "aarch64") => Ok("macosx_14_0_arm64"),
        _ => Err(Error::UnsupportedPlatform { os, arch }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pinned_platform_has_a_tag_of_its_own() {
        assert_eq!(wheel_tag("linux", "x86_64").ok(), Some("manylinux_2_28_x86_64"));
        assert_eq!(wheel_tag("linux", "aarch64").ok(), Some("manylinux_2_28_aarch64"));
        assert_eq!(wheel_tag("macos", "aarch64").ok(), Some("macosx_14_0_arm64"));
    }

    #[test]
    fn another_platform_is_refused_by_name() {
        let message = wheel_tag("freebsd", "riscv64").unwrap_err().to_string();
        assert!(message.contains("freebsd") && message.contains("riscv64"), "{message}");
    }
}
