//! What the strict reader and the canonicaliser promise of any document.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bulla_core::ErrorKind;
use bulla_core::json::{Limits, Value, canonicalize, parse};
use proptest::prelude::*;

/// A document as people and programs write it: any order, white space and escapes.
fn documents() -> impl Strategy<Value = String> {
    let space = || prop_oneof![5 => Just(""), 1 => Just(" "), 1 => Just("\n\t\r  ")];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        numbers(),
        strings(),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let spaced =
            (space(), inner, space()).prop_map(|(before, value, after)| before.to_owned() + &value + after);
        let member = (space(), strings(), space(), spaced.clone())
            .prop_map(|(before, name, after, value)| format!("{before}{name}{after}:{value}"));
        prop_oneof![
            (prop::collection::vec(spaced, 0..6)).prop_map(|elements| format!("[{}]", elements.join(","))),
            (prop::collection::vec(member, 0..6)).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// Numbers that every reader reads alike.
fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        (any::<i32>(), 0..1_000_000_u32).prop_map(|(whole, places)| format!("{whole}.{places}")),
        (-99_999..99_999_i32, -12..12_i32).prop_map(|(digits, exponent)| format!("{digits}e{exponent}")),
    ]
}

fn strings() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-c]{0,9}",
        1 => "[^\"\\\\\u{0}-\u{1F}]{0,3}",
        1 => prop::sample::select(vec![
            "\\n", "\\u000a", "\\u0061", "\\/", "\\\"", "\\\\", "\\u001F", "\\ud83d\\ude00", "\\u00e9", "\u{FB33}",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// A document, and the same with a few bytes changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4);
    (documents(), damage).prop_map(|(document, damage)| {
        let mut bytes = document.into_bytes();
        for (index, byte, action) in damage {
            let at = index.index(bytes.len() + 1);
            match action {
                0 => bytes.insert(at, byte),
                _ if at == bytes.len() => {}
                1 => bytes[at] = byte,
                _ => drop(bytes.remove(at)),
            }
        }
        bytes
    })
}

/// Numbers of 16 or 17 digits: any, and those that are printed for a double near a short decimal.
fn of_17_digits() -> impl Strategy<Value = String> {
    let placed = |(digits, point): (u64, usize)| {
        let digits = digits.to_string();
        let (whole, fraction) = digits.split_at(point);
        if whole.is_empty() { format!("0.{fraction}") } else { format!("{whole}.{fraction}") }
    };
    let near_a_short_one = |(digits, places, ulps): (u64, i32, u64)| {
        let short: f64 = format!("{digits}e-{places}").parse().unwrap();
        let near = f64::from_bits(short.to_bits() + ulps - 2);
        let whole = format!("{near:.0}").len();
        format!("{near:.*}", 17_usize.saturating_sub(whole).max(1))
    };
    prop_oneof![
        (10_000_000_000_000_000..100_000_000_000_000_000_u64, 0..16_usize).prop_map(placed),
        (1_000_000_000_000_000..10_000_000_000_000_000_u64, 0..15_usize).prop_map(placed),
        (1..10_000_000_000_u64, 0..10_i32, 0..5_u64).prop_map(near_a_short_one),
        (1..10_000_u64, 0..4_i32, 0..5_u64).prop_map(near_a_short_one),
    ]
}

fn ecmascript(double: f64) -> String {
    ryu_js::Buffer::new().format(double).to_owned()
}

fn read_and_written(document: &[u8]) -> bulla_core::Result<Vec<u8>> {
    let mut out = Vec::new();
    parse(document, Limits::default())?.write(&mut out);
    Ok(out)
}

/// What other readers take and this one refuses.
fn is_stricter(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::DuplicateMember | ErrorKind::InexactNumber | ErrorKind::NumberOutOfRange)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn one_pass_does_what_reading_and_writing_does(document in prop_oneof![
        documents().prop_map(String::into_bytes), damaged(),
    ]) {
        prop_assert_eq!(canonicalize(&document, Limits::default()), read_and_written(&document));
    }

    #[test]
    fn the_canonical_form_is_that_of_other_implementations(document in documents()) {
        if let Ok(canonical) = canonicalize(document.as_bytes(), Limits::default()) {
            let value: serde_json::Value = serde_json::from_str(&document).unwrap();
            let canonical = String::from_utf8(canonical).unwrap();
            prop_assert_eq!(&canonical, &serde_json_canonicalizer::to_string(&value).unwrap());
            prop_assert_eq!(&canonical, &serde_jcs::to_string(&value).unwrap());
        }
    }

    #[test]
    fn what_is_taken_and_refused_is_what_other_readers_take_and_refuse(document in damaged()) {
        let other = serde_json::from_slice::<serde_json::Value>(&document);
        match parse(&document, Limits::default()) {
            Ok(_) => prop_assert!(other.is_ok()),
            Err(error) => prop_assert!(other.is_err() || is_stricter(error.kind()), "{error}"),
        }
    }

    #[test]
    fn the_canonical_form_of_a_canonical_form_is_itself(document in documents()) {
        if let Ok(canonical) = canonicalize(document.as_bytes(), Limits::default()) {
            prop_assert_eq!(canonicalize(&canonical, Limits::default()).unwrap(), canonical);
        }
    }

    #[test]
    fn the_canonical_form_says_the_same(document in documents()) {
        if let Ok(value) = parse(document.as_bytes(), Limits::default()) {
            let canonical = canonicalize(document.as_bytes(), Limits::default()).unwrap();
            prop_assert!(parse(&canonical, Limits::default()).unwrap() == value);
        }
    }

    #[test]
    fn every_double_is_written_as_ecmascript_does_and_read_back(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite() && double != 0.0);
        let written = ryu_js::Buffer::new().format(double).to_owned();
        let canonical = canonicalize(written.as_bytes(), Limits::default()).unwrap();
        prop_assert_eq!(String::from_utf8(canonical).unwrap(), written.clone());
        let read = parse(written.as_bytes(), Limits::default()).unwrap();
        prop_assert_eq!(read.as_f64().map(f64::to_bits), Some(bits));
    }

    #[test]
    fn a_number_is_kept_or_refused_and_never_another(
        digits in "(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?",
        exponent in prop::option::of(-330..330_i32),
    ) {
        let number = exponent.map_or(digits.clone(), |exponent| format!("{digits}e{exponent}"));
        let double: f64 = number.parse().unwrap();
        let strict = canonicalize(number.as_bytes(), Limits::default());
        let lax = canonicalize(number.as_bytes(), Limits { exact_numbers: false, ..Limits::default() });
        if double.is_finite() {
            let expected = ryu_js::Buffer::new().format(double).to_owned();
            prop_assert_eq!(String::from_utf8(lax.unwrap()).unwrap(), expected.clone());
            match strict {
                Ok(canonical) => prop_assert_eq!(String::from_utf8(canonical).unwrap(), expected),
                Err(error) => prop_assert!(is_stricter(error.kind())),
            }
        } else {
            prop_assert_eq!(lax.unwrap_err().kind(), ErrorKind::NumberOutOfRange);
            prop_assert_eq!(strict.unwrap_err().kind(), ErrorKind::NumberOutOfRange);
        }
    }

    #[test]
    fn a_number_of_17_digits_is_written_as_other_implementations_write_it(number in of_17_digits()) {
        let expected = ecmascript(number.parse().unwrap());
        let elements = [("alone", format!("[{number}]"), format!("[{expected}]")), (
            "in a longer text",
            format!("[{number},[-{number} ,{number}\n],\"{number}{number}\"]"),
            format!("[{expected},[-{expected},{expected}],\"{number}{number}\"]"),
        )];
        for (place, document, expected) in elements {
            let canonical = canonicalize(document.as_bytes(), Limits::default()).unwrap();
            prop_assert_eq!(String::from_utf8(canonical).unwrap(), expected, "{}", place);
        }
    }

    #[test]
    fn a_decimal_of_up_to_15_digits_is_always_taken(digits in 0..1_000_000_000_000_000_u64, places in 0..40_usize) {
        let number = format!("{digits}e-{places}");
        let kept = canonicalize(number.as_bytes(), Limits::default()).is_ok();
        prop_assert!(kept);
    }
}

/// The document as the other implementations take it, with its numbers read exactly.
fn for_others(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => number.as_f64().into(),
        Value::String(content) => content.as_str().into(),
        Value::Array(elements) => elements.iter().map(for_others).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name, for_others(value))).collect(),
    }
}

#[test]
fn the_numbers_of_a_map_are_written_as_other_implementations_write_them() {
    let document = facet_json_classics::CANADA.as_bytes();
    let canonical = canonicalize(document, Limits::default()).unwrap();
    let value = for_others(&parse(document, Limits::default()).unwrap());
    // Compared as a whole: to print the difference would take megabytes.
    assert!(canonical == serde_json_canonicalizer::to_vec(&value).unwrap());
    assert!(canonical == serde_jcs::to_vec(&value).unwrap());
    assert!(canonicalize(&canonical, Limits::default()).unwrap() == canonical);
}

#[test]
fn a_document_larger_than_the_limit_is_refused() {
    let limits = Limits { size: 4, ..Limits::default() };
    assert_eq!(canonicalize(b"[10]", limits).unwrap(), b"[10]");
    let error = canonicalize(b"[100]", limits).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::TooLarge, "5 bytes are more than the limit of 4")
    );
    assert_eq!(parse(b"[100]", limits).unwrap_err(), error);
}

#[test]
fn a_canonical_form_larger_than_the_limit_is_refused() {
    let limits = Limits { size: 20, ..Limits::default() };
    assert_eq!(canonicalize(b"1e19", limits).unwrap(), b"10000000000000000000");
    let error = canonicalize(b"1e20", limits).unwrap_err();
    assert_eq!(error.to_string(), "21 bytes are more than the limit of 20");
}

#[test]
fn as_many_levels_as_the_limit_says_are_read() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    for (document, limit, taken) in
        [(128, 128, true), (129, 128, false), (1024, 9999, true), (1025, 9999, false)]
    {
        let limits = Limits { depth: limit, ..Limits::default() };
        assert_eq!(parse(&nested(document), limits).is_ok(), taken, "{document}");
        assert_eq!(canonicalize(&nested(document), limits).is_ok(), taken, "{document}");
    }
}

#[test]
fn a_value_does_not_print_what_it_holds() {
    let value = parse(br#"{"secret":["s3cret",42]}"#, Limits::default()).unwrap();
    let object = value.as_object().unwrap();
    let printed = format!("{value:?} {:?} {:?}", object, object.get("secret").and_then(Value::as_array));
    assert!(
        !printed.contains("s3cret") && !printed.contains("42") && !printed.contains("secret"),
        "{printed}"
    );
}

#[test]
fn a_member_of_another_form_is_told_by_its_name() {
    let value = parse(br#"{"n":1.5,"s":"x","z":null}"#, Limits::default()).unwrap();
    let object = value.as_object().unwrap();
    let message = |error: bulla_core::Error| error.to_string();
    assert_eq!(message(object.required_str("header", "a").unwrap_err()), "header: member \"a\" is missing");
    assert_eq!(
        message(object.required_str("header", "n").unwrap_err()),
        "header: member \"n\" is not a string"
    );
    assert_eq!(
        message(object.required_i64("header", "n").unwrap_err()),
        "header: member \"n\" is not an integer"
    );
    assert_eq!(
        message(object.optional_str("header", "z").unwrap_err()),
        "header: member \"z\" is not a string"
    );
    assert_eq!(object.optional_str("header", "a").unwrap(), None);
    assert_eq!(message(object.only("header", &["n", "s"]).unwrap_err()), "header: member \"z\" is unknown");
    assert_eq!(object.required_str("header", "s").unwrap(), "x");
}
