//! Reading JSON, as cargo writes it: this crate has no dependencies.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    /// `null`, a truth value or a number, as it is spelled.
    Plain(String),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Keys and values.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole text; `None` if it is not JSON.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let value = reader.value()?;
        reader.rest.trim().is_empty().then_some(value)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The elements of a list; none of what is not one.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// A string.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Passes over blanks and then this, if it is there.
    fn takes(&mut self, mark: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Option<Json> {
        if self.takes('{') {
            let mut entries = Vec::new();
            while !self.takes('}') {
                if !entries.is_empty() && !self.takes(',') {
                    return None;
                }
                let key = if self.takes('"') { self.string()? } else { return None };
                if !self.takes(':') {
                    return None;
                }
                entries.push((key, self.value()?));
            }
            return Some(Json::Map(entries));
        }
        if self.takes('[') {
            let mut items = Vec::new();
            while !self.takes(']') {
                if !items.is_empty() && !self.takes(',') {
                    return None;
                }
                items.push(self.value()?);
            }
            return Some(Json::List(items));
        }
        if self.takes('"') {
            return self.string().map(Json::Text);
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!plain.is_empty()).then(|| Json::Plain(plain.to_owned()))
    }

    /// What follows the quotation mark that begins a string.
    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => text.push(match chars.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let digits: String = chars.by_ref().take(4).collect();
                        // Halves of pairs are not looked at: they stand in no name or path here.
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('\u{fffd}')
                    }
                    other => other,
                }),
                other => text.push(other),
            }
        }
        self.rest = chars.as_str();
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read() {
        let json = Json::parse(r#" {"a": [1, -2.5e3, true, null], "b" : {"c": "d\n\"\u00e9\\"}, "e": []} "#).unwrap();
        let plain = |text: &str| Json::Plain(text.into());
        assert_eq!(json.get("a").unwrap().items(), [plain("1"), plain("-2.5e3"), plain("true"), plain("null")]);
        assert_eq!(json.get("b").and_then(|b| b.get("c")?.text()), Some("d\n\"é\\"));
        assert_eq!(json.get("e"), Some(&Json::List(vec![])));
        assert_eq!(json.get("f"), None);
    }

    #[test]
    fn what_is_not_json_is_not_read() {
        for text in ["", "{", "[1 2]", "{\"a\" 1}", "{a: 1}", "\"a", "1 2", "[1,]"] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
    }
}
