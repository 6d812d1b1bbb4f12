//! Tags: what stands in a sealed value's place so that equal values can be found.
//!
//! A tag is a keyed digest of tenant, variable name, type and value. Equal values of one variable
//! have equal tags, and that shows; nothing else does.

use crate::base64url;
use crate::crypto::{Mac, MacKey, Secret};
use crate::packed::{Value, Writer};
use crate::{Error, Result};

/// Begins a text tag.
const PREFIX: &str = "bulla:tag:";

/// The key that makes tags.
pub(crate) struct SearchKey(Mac);

/// The tag of one value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag([u8; 32]);

impl SearchKey {
    pub(crate) fn new(secret: &Secret) -> Self {
        Self(<Mac as MacKey>::new(secret.expose()))
    }

    /// The tag of a value that is not null.
    pub(crate) fn tag(&self, tenant: Option<&str>, name: &str, type_: &str, value: Value<'_>) -> Result<Tag> {
        if value == Value::Null {
            return Err(Error::InvalidArgument {
                what: "value",
                problem: format!("of variable {name} is null, which has no tag: leave the column null"),
            });
        }
        // Each part says how long it is, so no two inputs run together to the same bytes.
        let mut input = Writer::new();
        input.string(tenant).string(Some(name)).string(Some(type_)).value(normal(value));
        Ok(Tag(self.0.mac(&[&input.finish()])))
    }
}

/// One form for the values that a database finds equal: numbers by their value, not by whether
/// they are bound as integer or double, and one zero, one NaN.
fn normal(value: Value<'_>) -> Value<'_> {
    /// 2^63, the first double beyond `i64`.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    match value {
        Value::Double(double) if double.is_nan() => Value::Double(f64::NAN),
        Value::Double(double) if double.fract() == 0.0 && (-BEYOND..BEYOND).contains(&double) =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "it is an integer within i64")]
            Value::Integer(double as i64)
        }
        other => other,
    }
}

impl Tag {
    /// For a text column: 128 bit.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(PREFIX.len() + 22);
        text.push_str(PREFIX);
        base64url::append(&self.0[..16], &mut text);
        text
    }

    /// For an integer column: 63 bit, never negative.
    #[must_use]
    pub fn long(&self) -> i64 {
        (self.bits(16) >> 1).cast_signed()
    }

    /// For a floating-point column: an integer of 52 bit, which every database keeps exactly.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "52 bit fit the significand")]
    pub fn double(&self) -> f64 {
        (self.bits(24) >> 12) as f64
    }

    /// Whether `stored`, found in a column, is the form of this tag for that column.
    #[must_use]
    pub fn is(&self, stored: Value<'_>) -> bool {
        match stored {
            Value::Text(text) => text == self.text(),
            Value::Integer(long) => long == self.long(),
            Value::Double(double) => double.to_bits() == self.double().to_bits(),
            _ => false,
        }
    }

    fn bits(&self, at: usize) -> u64 {
        u64::from_be_bytes(self.0[at..at + 8].try_into().expect("eight bytes were taken"))
    }
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> SearchKey {
        SearchKey::new(&Secret::new([7; 32]))
    }

    fn tag(value: Value<'_>) -> Tag {
        key().tag(Some("t"), "orderId", "string", value).unwrap()
    }

    #[test]
    fn each_part_of_what_is_tagged_matters() {
        let key = key();
        let all = [
            key.tag(None, "a", "string", Value::Text("x")),
            key.tag(Some(""), "a", "string", Value::Text("x")),
            key.tag(Some("a"), "", "string", Value::Text("x")),
            key.tag(None, "as", "tring", Value::Text("x")),
            key.tag(None, "a", "long", Value::Text("x")),
            key.tag(None, "a", "string", Value::Text("")),
            key.tag(None, "a", "string", Value::Text("X")),
            key.tag(None, "a", "string", Value::Bytes(b"x")),
            SearchKey::new(&Secret::new([8; 32])).tag(None, "a", "string", Value::Text("x")),
        ]
        .map(|tag| tag.unwrap().text());
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn equal_numbers_have_equal_tags() {
        assert_eq!(tag(Value::Double(5.0)), tag(Value::Integer(5)));
        assert_eq!(tag(Value::Double(-0.0)), tag(Value::Double(0.0)));
        assert_eq!(tag(Value::Double(f64::NAN)), tag(Value::Double(-f64::NAN)));
        assert_eq!(tag(Value::Double(-9_223_372_036_854_775_808.0)), tag(Value::Integer(i64::MIN)));
        assert_ne!(tag(Value::Double(9_223_372_036_854_775_808.0)), tag(Value::Integer(i64::MAX)));
        assert_ne!(tag(Value::Double(f64::INFINITY)), tag(Value::Double(f64::NEG_INFINITY)));
        assert_ne!(tag(Value::Double(0.5)), tag(Value::Integer(0)));
    }

    #[test]
    fn null_has_no_tag() {
        let error = key().tag(None, "orderId", "string", Value::Null).unwrap_err();
        assert_eq!(
            error.to_string(),
            "value of variable orderId is null, which has no tag: leave the column null"
        );
    }

    proptest! {
        #[test]
        fn a_tag_fits_its_column_and_is_recognised(text in ".*") {
            let tag = tag(Value::Text(&text));
            prop_assert_eq!(tag.text().len(), 32);
            prop_assert!(tag.long() >= 0);
            prop_assert!(tag.double() >= 0.0 && tag.double() < 4_503_599_627_370_496.0);
            prop_assert!(tag.double().fract() == 0.0);
            prop_assert!(tag.is(Value::Text(&tag.text())));
            prop_assert!(tag.is(Value::Integer(tag.long())) && tag.is(Value::Double(tag.double())));
            prop_assert!(!tag.is(Value::Text(&text)) && !tag.is(Value::Null));
        }
    }
}
