//! What a worker says to its supervisor, a line each.

use std::io::{self, Write};

use crate::target::{Fault, Finding};

/// A line of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// An input showed something.
    Finding {
        /// Its number.
        number: u64,
        /// What it showed.
        finding: Finding,
    },
    /// The time is over.
    End {
        /// How many inputs were read.
        count: u64,
    },
}

/// Prints a message. A supervisor that is gone needs none.
pub(crate) fn say(message: &Message) {
    let mut out = io::stdout();
    writeln!(out, "{}", line(message)).and_then(|()| out.flush()).ok();
}

fn line(message: &Message) -> String {
    match message {
        Message::End { count } => format!("end\t{count}"),
        Message::Finding { number, finding: Finding { fault, what } } => {
            let fault = if *fault == Fault::Own { "own" } else { "foreign" };
            format!("finding\t{number}\t{fault}\t{}", what.replace(['\n', '\r', '\t'], " "))
        }
    }
}

/// The message of a line; `None` if it is no message.
pub(crate) fn parse(line: &str) -> Option<Message> {
    let mut fields = line.splitn(4, '\t');
    match (fields.next()?, fields.next()?.parse().ok()?) {
        ("end", count) => Some(Message::End { count }),
        ("finding", number) => {
            let fault = match fields.next()? {
                "own" => Fault::Own,
                _ => Fault::Foreign,
            };
            Some(Message::Finding { number, finding: Finding { fault, what: fields.next()?.to_owned() } })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_said() {
        let finding = |finding| Message::Finding { number: 7, finding };
        for message in [Message::End { count: 12 }, finding(Finding::own("a b")), finding(Finding::foreign("c"))] {
            assert_eq!(parse(&line(&message)), Some(message));
        }
        assert_eq!(line(&finding(Finding::own("a\nb\tc"))), "finding\t7\town\ta b c");
        assert_eq!(parse("something else"), None);
    }
}
