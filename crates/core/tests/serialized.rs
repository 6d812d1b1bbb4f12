//! Serialised objects of Java: what any bytes may do, and what is told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use base64_simd::STANDARD;
use bulla_core::ErrorKind;
use bulla_core::keys::Jwk;
use bulla_core::serialized::{self, ObjectOpener, SerializedObject};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

const MAGIC: [u8; 4] = [0xAC, 0xED, 0, 5];

fn vectors(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/serialized/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn object(name: &str) -> Vec<u8> {
    let vectors = vectors("opened");
    let vector = vectors.as_array().unwrap().iter().find(|vector| vector["name"] == name).unwrap();
    STANDARD.decode_to_vec(vector["object"].as_str().unwrap()).unwrap()
}

fn aes128() -> Jwk {
    Jwk::parse(vectors("keys")["aes128"].to_string().as_bytes(), "aes128").unwrap()
}

fn opener() -> ObjectOpener {
    ObjectOpener::new(vec![aes128().object_key("aes128").unwrap()], Vec::new())
}

fn message(stream: &[u8]) -> String {
    let error = SerializedObject::parse(stream).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RefusedObject);
    error.to_string()
}

fn stream(rest: &[u8]) -> Vec<u8> {
    [&MAGIC, rest].concat()
}

/// `TC_CLASSDESC` of this name, with as many fields and without any that follows.
fn class(name: &str, fields: u16) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap().to_be_bytes();
    [&[0x72], &length[..], name.as_bytes(), &[0; 8], &[2], &fields.to_be_bytes()].concat()
}

#[test]
fn a_refusal_says_where_and_what() {
    let head = "the serialised object is refused: ";
    for (bytes, told) in [
        (b"".to_vec(), "byte 0: it does not begin as a stream of version 5 does (AC ED 00 05)"),
        (b"hello".to_vec(), "byte 0: it does not begin as a stream of version 5 does (AC ED 00 05)"),
        (stream(&[]), "byte 4: the stream ends too early"),
        (stream(&[0x70]), "byte 4: null is not read"),
        (stream(&[0x77, 1, 0]), "byte 4: block data is not read"),
        (stream(&[0x7E]), "byte 4: an enum constant is not read"),
        (stream(&[0xFF]), "byte 4: a byte that announces nothing is not read"),
        (stream(&[0x74, 0, 1, b'a']), "byte 4: neither a SignedObject nor a SealedObject"),
        (stream(&[0x74, 0, 9, b'a']), "byte 7: the stream ends too early"),
        (stream(&[0x73, 0x7D]), "byte 5: a proxy class is not read"),
        (
            stream(&[0x73, 0x71, 0, 0x7E, 0, 0]),
            "byte 5: a reference to something that does not stand before it",
        ),
        (stream(&[0x73, 0x70]), "byte 4: an object without a class"),
        (
            stream(&[&[0x73], &class("a.B", 0)[..], &[0x78, 0x70]].concat()),
            "byte 4: an object of class \"a.B\", which is not opened here",
        ),
        (
            stream(&[&[0x73], &class("a.B", 0)[..], &[0x77]].concat()),
            "byte 22: a class that was written with annotations is not read",
        ),
        (
            stream(&[&[0x73], &class("a.B", 1)[..], &[b'!', 0, 1, b'x']].concat()),
            "byte 22: a field of no type of Java's",
        ),
        (
            stream(&[&[0x75], &class("[I", 0)[..], &[0x78, 0x70]].concat()),
            "byte 4: an array of anything but bytes is not read",
        ),
    ] {
        assert_eq!(message(&bytes), format!("{head}{told}"));
    }
}

#[test]
fn what_a_stream_claims_costs_nothing() {
    let of_bytes = [
        &[0x75, 0x72, 0, 2, b'[', b'B', 0xAC, 0xF3, 0x17, 0xF8, 0x06, 0x08, 0x54, 0xE0, 2, 0, 0, 0x78, 0x70]
            [..],
        &i32::MAX.to_be_bytes(),
    ]
    .concat();
    assert!(message(&stream(&of_bytes)).ends_with("byte 27: the stream ends too early"));
    let text = [&[0x7C][..], &u64::MAX.to_be_bytes()].concat();
    assert!(message(&stream(&text)).ends_with("the stream ends too early"));
    let fields = [&[0x73], &class("a.B", u16::MAX)[..]].concat();
    assert!(message(&stream(&fields)).ends_with("a class of more than 64 fields"));
}

#[test]
fn classes_do_not_go_on_for_ever() {
    let above = [class("a.B", 0), vec![0x78]].concat().repeat(10_000);
    let told = message(&stream(&[&[0x73], &above[..]].concat()));
    assert!(told.ends_with("more than 16 classes above one another"), "{told}");
    let own = [&[0x73], &class("a.B", 0)[..], &[0x78, 0x71, 0, 0x7E, 0, 0]].concat();
    assert!(message(&stream(&own)).ends_with("byte 23: a class that is its own parent"));
}

#[test]
fn a_subclass_is_named() {
    let subclass = vectors("refused");
    let vector = subclass.as_array().unwrap().iter().find(|vector| vector["name"] == "a-subclass").unwrap();
    let bytes = STANDARD.decode_to_vec(vector["object"].as_str().unwrap()).unwrap();
    assert_eq!(
        message(&bytes),
        "the serialised object is refused: byte 4: \"dev.bulla.ObjectVectors$Labelled\" is a subclass of \
         javax.crypto.SealedObject, and none is read"
    );
}

#[test]
fn base64_is_read_in_lines_and_without_padding_and_refused_when_it_is_cut() {
    let bytes = object("bytes");
    let text = STANDARD.encode_to_string(&bytes);
    let lines: Vec<_> = text.as_bytes().chunks(76).collect();
    let lines = String::from_utf8(lines.join(b"\r\n".as_slice())).unwrap();
    for text in [text.clone(), lines, format!("\n{text}\n"), text.trim_end_matches('=').to_owned()] {
        assert_eq!(serialized::decode(text.as_bytes()).unwrap(), bytes);
    }
    assert_eq!(serialized::decode(&bytes).unwrap(), bytes);
    for cut in [format!("{text}="), format!("{text}!"), text[..41].to_owned()] {
        let error = serialized::decode(cut.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error,
            "the serialised object is refused: byte 0: it begins as base64 does and is cut or none"
        );
    }
}

#[test]
fn whatever_is_wrong_with_a_ciphertext_is_told_alike() {
    let good = object("AES-CBC, aes128");
    let told: std::collections::HashSet<_> = (0..good.len())
        .filter_map(|at| {
            let mut changed = good.clone();
            changed[at] ^= 0x40;
            opener().open(&changed).err()
        })
        .filter(|error| error.kind() == ErrorKind::AuthenticationFailed)
        .map(|error| error.to_string())
        .collect();
    let kid = aes128().thumbprint();
    let all =
        format!("the sealed object was changed since it was sealed, or sealed by another key than {kid}");
    assert_eq!(told, [all].into());
}

#[test]
fn what_a_key_is_missing_for_is_told() {
    let refused = |opener: &ObjectOpener, name| opener.open(&object(name)).unwrap_err().to_string();
    let keyless = ObjectOpener::new(Vec::new(), Vec::new());
    assert_eq!(
        refused(&keyless, "AES-CBC, aes128"),
        "opening keys hold no AES key, and the object is sealed by \"AES/CBC/PKCS5Padding\""
    );
    assert_eq!(
        refused(&keyless, "a string signed with RSA"),
        "verifying keys are none, and the object is signed: give the key that must have signed it"
    );
    let signer = Jwk::generate(bulla_core::keys::Pair::Ed25519).unwrap().object_signer("key").unwrap();
    let demanding = ObjectOpener::new(vec![aes128().object_key("key").unwrap()], vec![signer]);
    assert_eq!(
        refused(&demanding, "AES-CBC, aes128"),
        "the serialised object is refused: it is not signed, and a key that must have signed it was given"
    );
    assert_eq!(
        refused(&demanding, "a string signed with RSA"),
        "algorithm \"SHA256withRSA\" is refused where Ed25519 is expected"
    );
}

#[test]
fn a_short_key_opens_objects_and_does_nothing_else() {
    let key = aes128();
    for error in [
        key.recipient("old.jwk").map(drop).unwrap_err(),
        key.opening_key("old.jwk").map(drop).unwrap_err(),
        key.secret("A256KW", "old.jwk").map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::MalformedKey);
    }
    let written = key.to_private().unwrap();
    assert_eq!(Jwk::parse(written.as_bytes(), "key").unwrap().thumbprint(), key.thumbprint());
    let zero = br#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA"}"#;
    assert!(Jwk::parse(zero, "key").is_err(), "a key of zeros");
}

#[test]
fn neither_a_content_nor_a_key_is_printed() {
    let opened = opener().open(&object("AES-CBC, aes128")).unwrap();
    let printed = format!("{opened:?} {:?}", opener());
    assert!(!printed.contains("hello"), "{printed}");
    assert!(printed.contains("Content(String)"), "{printed}");
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read(bytes in vec(any::<u8>(), 0..300)) {
        let _ = SerializedObject::parse(&bytes);
        let _ = SerializedObject::parse(&stream(&bytes));
        let _ = serialized::decode(&bytes);
        prop_assert!(opener().open(&stream(&bytes)).is_err());
    }

    /// What is inside is read the same way, and handed out whatever it is.
    #[test]
    fn any_stream_made_of_the_protocol_s_own_tags_is_refused_or_read(
        tags in vec(prop_oneof![0x70..=0x7E_u8, 0..3_u8, Just(b'['), Just(b'B'), Just(b'L')], 0..200),
    ) {
        let _ = SerializedObject::parse(&stream(&tags));
    }
}
