use super::*;
use crate::ErrorKind;

fn canonical(document: &str) -> Result<String> {
    canonicalize(document.as_bytes(), Limits::default()).map(|out| String::from_utf8(out).unwrap())
}

fn refusal(document: &str) -> (ErrorKind, String) {
    let error = canonical(document).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn members_are_sorted_by_utf16_code_units() {
    let document = "{\"\u{FB33}\":1,\"\u{1F600}\":2,\"b\":3,\"a\":[4,{\"z\":0,\"y\":0}],\"\":5}";
    let expected = "{\"\":5,\"a\":[4,{\"y\":0,\"z\":0}],\"b\":3,\"\u{1F600}\":2,\"\u{FB33}\":1}";
    assert_eq!(canonical(document).unwrap(), expected);
}

#[test]
fn numbers_that_keep_their_value_are_taken() {
    for (given, expected) in [
        ("0.1", "0.1"),
        ("333333333.33333329", "333333333.3333333"),
        ("4.9E-324", "5e-324"),
        ("1E3", "1000"),
        ("-0", "0"),
        ("9007199254740992", "9007199254740992"),
        ("1152921504606846976", "1152921504606847000"),
        ("1152921504606847000", "1152921504606847000"),
        ("100000000000000000000000", "1e+23"),
        ("0.1000000000000000055511151231257827021181583404541015625", "0.1"),
        ("0e999", "0"),
        ("1.0000000000000001e+300", "1e+300"),
    ] {
        assert_eq!(canonical(given).unwrap(), expected, "{given}");
    }
}

#[test]
fn numbers_that_would_change_are_refused() {
    for given in [
        "9007199254740993",
        "9007199254740993.0",
        "9.007199254740993e15",
        "12345678901234567890",
        "0.1000000000000000055",
    ] {
        assert_eq!(refusal(&format!("[ {given}]")).0, ErrorKind::InexactNumber, "{given}");
    }
    for given in ["1e400", "-1e400", "1e-400"] {
        assert_eq!(refusal(&format!("[ {given}]")).0, ErrorKind::NumberOutOfRange, "{given}");
    }
}

#[test]
fn what_the_writer_writes_is_canonical() {
    let mut writer = Writer::object();
    writer.member("a").begin_array().string("\u{1}\"\\/\n€").integer(-12).bool(true).null().end_array();
    writer.member("b").begin_object().end_object().member("c").integer(Number::MAX_INTEGER);
    let written = writer.finish();
    assert_eq!(
        written,
        "{\"a\":[\"\\u0001\\\"\\\\/\\n€\",-12,true,null],\"b\":{},\"c\":9007199254740992}".as_bytes()
    );
    assert_eq!(canonicalize(&written, Limits::default()).unwrap(), written);
}
