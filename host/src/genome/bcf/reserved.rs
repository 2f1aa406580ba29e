//! Keys that the VCF specification defines with a number that values do not show.

/// The `Number` and `Type` of an INFO key.
pub(super) fn info(key: &str) -> Option<(&'static str, &'static str)> {
    match key {
        "AC" => Some(("A", "Integer")),
        "AD" | "ADF" | "ADR" => Some(("R", "Integer")),
        "AF" => Some(("A", "Float")),
        _ => None,
    }
}

/// The `Number` and `Type` of a FORMAT key.
pub(super) fn format(key: &str) -> Option<(&'static str, &'static str)> {
    match key {
        "AD" | "ADF" | "ADR" => Some(("R", "Integer")),
        "GL" | "GP" => Some(("G", "Float")),
        "GT" => Some(("1", "String")),
        "PL" => Some(("G", "Integer")),
        _ => None,
    }
}
