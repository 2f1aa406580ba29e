//! Dates, as messages and summaries spell them.

use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

/// The date and time in UTC, to the second, as RFC 3339 spells them.
pub(super) fn rfc3339(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn dates_are_in_utc() {
        // date -u -d @1709210096
        assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(1_709_210_096)), "2024-02-29T12:34:56Z");
    }
}
