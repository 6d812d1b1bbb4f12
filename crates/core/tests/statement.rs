//! Statements: whose they are, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support {
    pub(crate) mod jose;
}

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::crypto::Secret;
use bulla_core::keys::{Signer, VerifyingKey};
use bulla_core::statement::{self, Attachment, Form, Serialization, UnverifiedStatement};
use bulla_core::{Error, ErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::jose::{flipped, header, with_header};

const DOCUMENT: &[u8] = br#"{"b": 1.0, "a": "x"}"#;
const SERIALIZATIONS: [Serialization; 2] = [Serialization::Compact, Serialization::Flattened];

/// What someone does to a message on its way.
type Change = fn(&mut Value);

fn signer(byte: u8) -> Signer {
    Signer::from_seed(&Secret::new([byte; 32]))
}

fn keys() -> [VerifyingKey; 2] {
    [2, 1].map(|byte| signer(byte).verifier().clone().into())
}

fn signed(form: Form<'_>) -> String {
    statement::sign(&signer(1), DOCUMENT, form).unwrap()
}

fn verified(text: &str) -> Result<Vec<u8>, Error> {
    UnverifiedStatement::parse(text)?.verify(&keys())
}

fn verified_beside(text: &str, document: &[u8]) -> Result<(), Error> {
    UnverifiedStatement::parse(text)?.verify_document(&keys(), document)
}

#[test]
fn a_statement_holds_its_document_or_lies_beside_it() {
    for serialization in SERIALIZATIONS {
        let form = Form { serialization, content_type: Some("json"), ..Form::default() };
        assert_eq!(verified(&signed(form)).unwrap(), DOCUMENT);
        for attachment in [Attachment::Detached, Attachment::DetachedRaw] {
            let text = signed(Form { attachment, ..form });
            verified_beside(&text, DOCUMENT).unwrap();
            let error = verified_beside(&text, br#"{"b":1,"a":"x"}"#).unwrap_err();
            let kid = signer(1).kid();
            assert_eq!(error.to_string(), format!("the signature of the statement is not that of key {kid}"));
            assert_eq!(
                verified(&text).unwrap_err().to_string(),
                "document lies beside the statement: give it"
            );
        }
        let error = verified_beside(&signed(form), DOCUMENT).unwrap_err();
        assert_eq!(error.to_string(), "document lies in the statement: give none");
    }
}

#[test]
fn of_a_canonical_document_only_the_meaning_is_signed() {
    for serialization in SERIALIZATIONS {
        let form = Form { serialization, canonical: true, ..Form::default() };
        assert_eq!(verified(&signed(form)).unwrap(), br#"{"a":"x","b":1}"#);
        for attachment in [Attachment::Detached, Attachment::DetachedRaw] {
            let text = signed(Form { attachment, ..form });
            for same in [DOCUMENT, br#"{"a":"\u0078","b":1}"#, b"{\"a\":\"x\",\n\"b\":1e0}"] {
                verified_beside(&text, same).unwrap();
            }
            let error = verified_beside(&text, br#"{"a":"x","b":2}"#).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadSignature);
            let error = verified_beside(&text, br#"{"a":"x","a":"x","b":1}"#).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DuplicateMember);
        }
    }
    let error = statement::sign(&signer(1), b"{", Form { canonical: true, ..Form::default() }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JsonSyntax);
}

#[test]
fn what_is_written_is_canonical_json() {
    let text = signed(Form { serialization: Serialization::Flattened, ..Form::default() });
    let limits = bulla_core::json::Limits::default();
    assert_eq!(bulla_core::json::canonicalize(text.as_bytes(), limits).unwrap(), text.as_bytes());
    let raw = Form {
        serialization: Serialization::Flattened,
        attachment: Attachment::DetachedRaw,
        canonical: true,
        content_type: Some("json"),
    };
    let expected = json!({
        "alg": "EdDSA", "b64": false, "crit": ["b64"], "cty": "json", "dev.bulla.form": "RFC8785",
        "kid": signer(1).kid().as_str(),
    });
    assert_eq!(header(&serde_json::from_str(&signed(raw)).unwrap()), expected);
}

#[test]
fn a_statement_of_another_key_is_refused() {
    let text = statement::sign(&signer(3), DOCUMENT, Form::default()).unwrap();
    assert_eq!(verified(&text).unwrap_err(), Error::UnknownKey { kid: signer(3).kid().to_string() });
    let (input, _) = text.rsplit_once('.').unwrap();
    let other = signed(Form::default());
    let (_, signature) = other.rsplit_once('.').unwrap();
    let keys: [VerifyingKey; 1] = [signer(3).verifier().clone().into()];
    let forged = format!("{input}.{signature}");
    let error = UnverifiedStatement::parse(&forged).unwrap().verify(&keys).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSignature);
}

#[test]
fn headers_that_must_be_refused_are() {
    let flattened = Form { serialization: Serialization::Flattened, ..Form::default() };
    let text: Value = serde_json::from_str(&signed(flattened)).unwrap();
    let cases: &[(Change, &str)] = &[
        (|h| h["alg"] = json!("none"), "algorithm \"none\" is refused where EdDSA is expected"),
        (|h| h["alg"] = json!("HS256"), "algorithm \"HS256\" is refused where EdDSA is expected"),
        (|h| h["crit"] = json!(["exp"]), "critical header \"exp\" is not understood"),
        (|h| h["crit"] = json!([]), "not a statement: \"crit\" is not an array of names"),
        (|h| h["crit"] = json!(["b64"]), "not a statement: \"b64\" or \"crit\" is not as RFC 7797 demands"),
        (|h| h["b64"] = json!(true), "not a statement: \"b64\" is not critical, as RFC 7797 demands"),
        (
            |h| (h["b64"], h["crit"]) = (json!(false), json!(["b64"])),
            "not a statement: a payload that is not encoded must lie beside the statement",
        ),
        (
            |h| h["dev.bulla.form"] = json!("C14N"),
            "not a statement: \"dev.bulla.form\" names an unknown form",
        ),
        (
            |h| h["typ"] = json!("bulla-epoch"),
            "not a statement: \"bulla-epoch\" is a type of statement that this library keeps to itself",
        ),
        (
            |h| h["typ"] = json!("bulla-batch"),
            "not a statement: a document's place in its batch (\"dev.bulla.proof\") is missing",
        ),
        (
            |h| drop(h.as_object_mut().unwrap().remove("kid")),
            "not a statement: it does not name its key; verify it with the one that it must be of",
        ),
    ];
    for (change, message) in cases {
        let mut text = text.clone();
        with_header(&mut text, change);
        assert_eq!(verified(&text.to_string()).unwrap_err().to_string(), *message);
    }
}

#[test]
fn malformed_statements_are_told_why() {
    let flattened = Form { serialization: Serialization::Flattened, ..Form::default() };
    let text: Value = serde_json::from_str(&signed(flattened)).unwrap();
    let cases: &[(Change, &str)] = &[
        (
            |s| s["signatures"] = json!([]),
            "it is in the general serialization; each signature is a statement of its own",
        ),
        (|s| s["x"] = json!(1), "member \"x\" is unknown"),
        (|s| s["header"] = json!(1), "member \"header\" is not an object"),
        (|s| s["header"] = json!({"alg": "none"}), "both headers have a member \"alg\""),
        (|s| s["header"] = json!({"crit": ["b64"]}), "a critical header member is not protected"),
        (|s| s["header"] = json!({"b64": false}), "a critical header member is not protected"),
        (|s| s["signature"] = json!("AB"), "the signature is cut or is not canonical base64url"),
        (|s| s["signature"] = json!(1), "member \"signature\" is not a string"),
        (|s| drop(s.as_object_mut().unwrap().remove("protected")), "member \"protected\" is missing"),
    ];
    for (change, problem) in cases {
        let mut text = text.clone();
        change(&mut text);
        let error = verified(&text.to_string()).unwrap_err();
        assert_eq!(error.to_string(), format!("not a statement: {problem}"));
    }
    for text in ["", "a.b", "a.b.c.d"] {
        assert_eq!(verified(text).unwrap_err().to_string(), "not a statement: it has not three parts");
    }
}

#[test]
fn a_signature_of_another_length_is_not_one() {
    let text = signed(Form::default());
    for signature in ["", "AAAA"] {
        let (input, _) = text.rsplit_once('.').unwrap();
        let error = verified(&format!("{input}.{signature}")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSignature);
    }
}

#[test]
fn a_statement_without_a_key_id_is_verified_by_the_one_key_it_must_be_of() {
    let mut text: Value =
        serde_json::from_str(&signed(Form { serialization: Serialization::Flattened, ..Form::default() }))
            .unwrap();
    with_header(&mut text, |header| drop(header.as_object_mut().unwrap().remove("kid")));
    let input = format!("{}.{}", text["protected"].as_str().unwrap(), text["payload"].as_str().unwrap());
    let signature = URL_SAFE_NO_PAD.encode_to_string(signer(1).sign(input.as_bytes()));
    let statement = format!("{input}.{signature}");
    let [_, key] = keys();
    assert_eq!(UnverifiedStatement::parse(&statement).unwrap().verify(&[key]).unwrap(), DOCUMENT);
}

fn batch(canonical: bool) -> Vec<String> {
    let documents: Vec<String> = (0..5).map(|number| format!("{{\"b\": 1, \"a\": {number}}}")).collect();
    let documents: Vec<&[u8]> = documents.iter().map(String::as_bytes).collect();
    statement::sign_batch(&signer(1), &documents, canonical).unwrap()
}

#[test]
fn each_document_of_a_batch_is_verified_by_itself() {
    for canonical in [false, true] {
        for (number, statement) in batch(canonical).iter().enumerate() {
            verified_beside(statement, format!("{{\"b\": 1, \"a\": {number}}}").as_bytes()).unwrap();
            let relaid = verified_beside(statement, format!("{{\"a\":{number},\"b\":1}}").as_bytes());
            assert_eq!(relaid.is_ok(), canonical);
            let error = verified_beside(statement, b"{}").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "the document is not among the 5 that key {} signed together: it or its place was changed",
                    signer(1).kid()
                )
            );
        }
    }
    assert_eq!(statement::sign_batch(&signer(1), &[], false).unwrap(), Vec::<String>::new());
}

#[test]
fn a_batch_has_one_signature() {
    let signatures = batch(false).into_iter().map(|statement| {
        let statement: Value = serde_json::from_str(&statement).unwrap();
        statement["signature"].as_str().unwrap().to_owned()
    });
    assert_eq!(signatures.collect::<std::collections::HashSet<_>>().len(), 1);
}

#[test]
fn a_document_s_place_in_a_batch_cannot_be_changed() {
    let statement: Value = serde_json::from_str(&batch(false)[3]).unwrap();
    let cases: &[(Change, &str)] = &[
        (|p| p["index"] = json!(2), "it or its place was changed"),
        (|p| p["index"] = json!(5), "its place is behind the last"),
        (|p| p["index"] = json!(4), "its place has a path of another length"),
        (|p| drop(p["path"].as_array_mut().unwrap().pop()), "its place has a path of another length"),
        (|p| p["salt"] = json!("AAAAAAAAAAAAAAAAAAAAAA"), "it or its place was changed"),
    ];
    for (change, expected) in cases {
        let mut statement = statement.clone();
        change(&mut statement["header"]["dev.bulla.proof"]);
        let error = verified_beside(&statement.to_string(), br#"{"b": 1, "a": 3}"#).unwrap_err();
        let Error::NotInBatch { size, problem, .. } = error else { panic!("{error}") };
        assert_eq!((size, problem), (5, *expected));
    }
    let mut other = statement.clone();
    other["header"]["dev.bulla.proof"]["more"] = json!(1);
    let error = verified_beside(&other.to_string(), b"").unwrap_err();
    assert_eq!(error.to_string(), "not a statement: a document's place in its batch is not one");
}

proptest! {
    #[test]
    fn no_bit_of_a_statement_can_be_changed(
        at in any::<prop::sample::Index>(), bit in 0..8_u8, detached in 0..3_usize, flattened: bool,
    ) {
        let form = Form {
            serialization: SERIALIZATIONS[usize::from(flattened)],
            attachment: [Attachment::Attached, Attachment::Detached, Attachment::DetachedRaw][detached],
            ..Form::default()
        };
        let text = signed(form);
        let Some(changed) = flipped(&text, at.index(text.len()), bit) else { return Ok(()) };
        let error = if form.attachment == Attachment::Attached {
            verified(&changed).unwrap_err()
        } else {
            verified_beside(&changed, DOCUMENT).unwrap_err()
        };
        prop_assert_ne!(error.kind(), ErrorKind::Internal);
    }

    #[test]
    fn any_bytes_are_signed(document in prop::collection::vec(any::<u8>(), 1..200)) {
        let attached = statement::sign(&signer(1), &document, Form::default()).unwrap();
        prop_assert_eq!(verified(&attached).unwrap(), document.clone());
        let form = Form { attachment: Attachment::DetachedRaw, ..Form::default() };
        verified_beside(&statement::sign(&signer(1), &document, form).unwrap(), &document).unwrap();
    }

    #[test]
    fn no_bit_of_a_document_in_a_batch_can_be_changed(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let document = br#"{"b": 1, "a": 3}"#;
        let mut changed = document.to_vec();
        changed[at.index(document.len())] ^= 1 << bit;
        let error = verified_beside(&batch(false)[3], &changed).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::NotInBatch);
    }
}

#[test]
fn no_statement_is_signed_that_would_not_be_read() {
    let typed = |content_type: &str| {
        statement::sign(&signer(1), DOCUMENT, Form { content_type: Some(content_type), ..Form::default() })
    };
    assert_eq!(verified(&typed(&"t".repeat(65_000)).unwrap()).unwrap(), DOCUMENT);
    assert_eq!(
        typed("").unwrap_err().to_string(),
        "content type is empty: name a media type, or none at all",
    );
    assert_eq!(
        typed(&"t".repeat(1 << 16)).unwrap_err().to_string(),
        "header would have 65612 bytes, and 65536 are read: shorten the content type",
    );
}
