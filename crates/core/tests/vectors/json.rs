use bulla_core::Error;
use bulla_core::json::{Limits, Number, Writer, canonicalize, parse};
use serde_json::Value;

use super::support::{bytes, decoded, each, expect_refusal, json, text};

#[test]
fn the_examples_of_rfc_8785_become_canonical() {
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
        let input = bytes(&format!("rfc8785/{name}.input.json"));
        let expected = bytes(&format!("rfc8785/{name}.expected.json"));
        for exact_numbers in [true, false] {
            let limits = Limits { exact_numbers, ..Limits::default() };
            assert_eq!(canonicalize(&input, limits).unwrap(), expected, "{name}");
            assert_eq!(canonicalize(&expected, limits).unwrap(), expected, "{name}");
        }
    }
}

#[test]
fn the_numbers_of_rfc_8785_are_written_as_it_says() {
    for vector in each(&json("rfc8785/numbers.json")) {
        let bits = u64::from_str_radix(text(vector, "ieee754"), 16).unwrap();
        let number = Number::new(f64::from_bits(bits));
        let Some(expected) = vector["json"].as_str() else {
            assert_eq!(number, None, "{vector}");
            continue;
        };
        let mut writer = Writer::object();
        writer.member("").number(number.unwrap());
        assert_eq!(writer.finish(), format!("{{\"\":{expected}}}").into_bytes());
        assert_eq!(canonicalize(expected.as_bytes(), Limits::default()).unwrap(), expected.as_bytes());
    }
}

#[test]
fn documents_become_canonical_as_their_vectors_say() {
    for vector in each(&json("json/canonical.json")) {
        let canonical = text(vector, "canonical").as_bytes();
        let document = text(vector, "document").as_bytes();
        assert_eq!(canonicalize(document, Limits::default()).unwrap(), canonical, "{vector}");
        assert_eq!(canonicalize(canonical, Limits::default()).unwrap(), canonical, "{vector}");
    }
}

#[test]
fn documents_are_refused_as_their_vectors_say() {
    for vector in each(&json("json/refused.json")) {
        let document = match &vector["document"] {
            Value::String(document) => document.clone().into_bytes(),
            _ => decoded(vector, "base64url"),
        };
        let error = parse(&document, Limits::default()).unwrap_err();
        assert_eq!(position(&error), vector["position"].as_u64(), "{vector}");
        expect_refusal(vector, canonicalize(&document, Limits::default()));
        expect_refusal::<()>(vector, Err(error));
    }
}

fn position(error: &Error) -> Option<u64> {
    match error {
        Error::InvalidUtf8 { position }
        | Error::JsonSyntax { position, .. }
        | Error::DuplicateMember { position }
        | Error::LoneSurrogate { position }
        | Error::TooDeep { position, .. }
        | Error::InexactNumber { position }
        | Error::NumberOutOfRange { position } => Some(*position as u64),
        _ => None,
    }
}
