//! What a portable envelope is bound to.

use std::fmt::Write;

use crate::json::{self, Limits, Object, Value};
use crate::{Error, Result, base64url};

/// The context of a portable envelope: any JSON object, which whoever opens the envelope must state
/// as well.
///
/// It is authentic but not secret: the envelope carries it in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortableContext {
    /// BASE64URL of the canonical form, which is the envelope's `aad`.
    encoded: String,
}

const LIMITS: Limits = Limits { depth: 32, size: 1 << 16, exact_numbers: true };

impl PortableContext {
    /// Reads a context, which may be in any form: the canonical one counts.
    pub fn parse(document: &[u8]) -> Result<Self> {
        let canonical = json::canonicalize(document, LIMITS)?;
        if !canonical.starts_with(b"{") {
            json::parse(&canonical, LIMITS)?.into_object("context")?;
        }
        Ok(Self { encoded: base64url::encode(&canonical) })
    }

    /// The context that an envelope states.
    pub(super) fn from_encoded(encoded: &str) -> Result<(Self, Vec<u8>)> {
        let bytes = base64url::decode(encoded)
            .ok_or_else(|| malformed("the context is cut or is not canonical base64url"))?;
        let context = Self::parse(&bytes).map_err(|error| match error {
            Error::TooLarge { .. } => error,
            other => malformed(format!("the context is not one: {other}")),
        })?;
        if context.encoded != encoded {
            return Err(malformed("the context is not in its canonical form"));
        }
        Ok((context, bytes))
    }

    /// The envelope's `aad`.
    pub(super) fn encoded(&self) -> &str {
        &self.encoded
    }

    /// Fails with the first member in which `found`, the encoded context of an envelope, differs
    /// from this one, which the caller expects.
    pub(super) fn must_be(&self, found: &str) -> Result<()> {
        // There is one text for a context, so equal texts need not be taken apart.
        if self.encoded == found {
            return Ok(());
        }
        let (_, found) = Self::from_encoded(found)?;
        let read = |bytes: &[u8]| json::parse(bytes, LIMITS)?.into_object("context");
        let expected = base64url::decode(&self.encoded).ok_or(Error::Internal { what: "the context" })?;
        let mut path = String::new();
        let (expected, found) = difference(&read(&expected)?, &read(&found)?, &mut path)
            .ok_or(Error::Internal { what: "the comparison of contexts" })?;
        Err(Error::ContextMismatch { member: path.into(), expected, found })
    }
}

/// What is expected and what is found, where there is something.
type Sides = (Option<String>, Option<String>);

/// The first difference, in canonical order: `path` becomes the JSON pointer (RFC 6901) of it, and
/// both sides are told.
fn difference(expected: &Object, found: &Object, path: &mut String) -> Option<Sides> {
    let mut names: Vec<&str> = expected.iter().chain(found.iter()).map(|(name, _)| name).collect();
    names.sort_unstable_by(|a, b| json::utf16_order(a, b));
    names.dedup();
    names.into_iter().find_map(|name| {
        let name_in_path = name.replace('~', "~0").replace('/', "~1");
        below(expected.get(name), found.get(name), path, &name_in_path)
    })
}

fn below(expected: Option<&Value>, found: Option<&Value>, path: &mut String, step: &str) -> Option<Sides> {
    if expected == found {
        return None;
    }
    let length = path.len();
    write!(path, "/{step}").ok()?;
    let told = match (expected, found) {
        (Some(Value::Object(expected)), Some(Value::Object(found))) => difference(expected, found, path),
        (Some(Value::Array(expected)), Some(Value::Array(found))) => (0..expected.len().max(found.len()))
            .find_map(|index| below(expected.get(index), found.get(index), path, &index.to_string())),
        (Some(Value::String(expected)), Some(Value::String(found))) => {
            Some((Some(shortened(expected.clone())), Some(shortened(found.clone()))))
        }
        _ => Some((expected.map(shown), found.map(shown))),
    };
    if told.is_none() {
        path.truncate(length);
    }
    told
}

fn shown(value: &Value) -> String {
    let mut text = Vec::new();
    value.write(&mut text);
    shortened(String::from_utf8_lossy(&text).into_owned())
}

fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(200) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn malformed(problem: impl Into<String>) -> Error {
    Error::MalformedEnvelope { problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(text: &str) -> PortableContext {
        PortableContext::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_form_of_a_context_does_not_count() {
        assert_eq!(context(r#"{"b": 1.0, "a": "x"}"#), context(r#"{"a":"\u0078","b":1}"#));
    }

    #[test]
    fn what_is_no_object_is_no_context() {
        let error = PortableContext::parse(b"[]").unwrap_err();
        assert_eq!(error.to_string(), "context: not an object");
    }

    #[test]
    fn the_first_difference_is_named_by_its_path_and_both_sides() {
        for (expected, found, path, sides) in [
            (r#"{"a":"x"}"#, r#"{"a":"y"}"#, "/a", (Some("x"), Some("y"))),
            (r#"{"a":"1"}"#, r#"{"a":1}"#, "/a", (Some("\"1\""), Some("1"))),
            (r#"{"a":{"b":[1,2]}}"#, r#"{"a":{"b":[1,3]}}"#, "/a/b/1", (Some("2"), Some("3"))),
            (r#"{"a":[1]}"#, r#"{"a":[1,null]}"#, "/a/1", (None, Some("null"))),
            (r#"{"a":1,"b":2}"#, r#"{"b":2}"#, "/a", (Some("1"), None)),
            (r#"{"b":2}"#, r#"{"a":{},"b":2}"#, "/a", (None, Some("{}"))),
            (r#"{"a/~b":1}"#, r#"{"a/~b":2}"#, "/a~1~0b", (Some("1"), Some("2"))),
        ] {
            let error = context(expected).must_be(context(found).encoded()).unwrap_err();
            let Error::ContextMismatch { member, expected, found } = error else { panic!("{error}") };
            assert_eq!(member, path);
            assert_eq!((expected.as_deref(), found.as_deref()), sides);
        }
    }

    #[test]
    fn a_context_in_another_form_is_not_taken_from_an_envelope() {
        for (text, problem) in [
            ("{\"a\": 1}", "not an envelope: the context is not in its canonical form"),
            ("[]", "not an envelope: the context is not one: context: not an object"),
            ("{\"a\":1,\"a\":1}", "not an envelope: the context is not one: duplicate member name at byte 7"),
        ] {
            let error = context("{}").must_be(&base64url::encode(text.as_bytes())).unwrap_err();
            assert_eq!(error.to_string(), problem);
        }
    }
}
