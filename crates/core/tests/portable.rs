//! Portable envelopes: what opens them, and what does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support {
    pub(crate) mod jose;
}

use std::sync::Arc;

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::crypto::{Secret, Wrapping, WrappingKey};
use bulla_core::envelope::{Opener, Portable, PortableContext, Sealer};
use bulla_core::keys::{KeyId, MasterKey, OpeningKey, Recipient};
use bulla_core::{Error, ErrorKind, Result};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::jose::{flipped, header, with_header};

const NOW: i64 = 1_790_000_000_000;

/// What someone does to a message on its way.
type Change = fn(&mut Value);

fn secret(byte: u8) -> Secret {
    Secret::new([byte; 32])
}

fn context(text: &str) -> PortableContext {
    PortableContext::parse(text.as_bytes()).unwrap()
}

fn place() -> PortableContext {
    context(r#"{"process":"loan","order":4711}"#)
}

fn sealed(recipients: Vec<Recipient>, plaintext: &[u8]) -> String {
    Sealer::new(recipients).unwrap().seal(&place(), plaintext, NOW).unwrap()
}

fn opener() -> Opener {
    Opener::new(vec![OpeningKey::aes_key_wrap(&secret(1)), OpeningKey::aes_gcm(&secret(2))])
}

fn parsed(envelope: &str) -> Value {
    serde_json::from_str(envelope).unwrap()
}

/// A key service that knows one key.
struct Service(Wrapping);

impl MasterKey for Service {
    fn kid(&self) -> &'static str {
        "arn:key/1"
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        self.0.wrap(key)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret> {
        self.0
            .unwrap(wrapped)
            .ok_or_else(|| Error::KeyUnavailable { kid: self.kid().into(), problem: "access denied".into() })
    }
}

#[test]
fn an_envelope_for_one_is_flattened_with_everything_protected() {
    let envelope = sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500");
    let members = parsed(&envelope);
    let names: Vec<&String> = members.as_object().unwrap().keys().collect();
    assert_eq!(names, ["aad", "ciphertext", "encrypted_key", "iv", "protected", "tag"]);
    assert_eq!(
        URL_SAFE_NO_PAD.decode_to_vec(members["aad"].as_str().unwrap()).unwrap(),
        br#"{"order":4711,"process":"loan"}"#
    );
    let header = header(&members);
    assert_eq!((&header["alg"], &header["enc"]), (&json!("A256KW"), &json!("A256GCM")));
    assert_eq!(header["kid"], KeyId::of_secret(&secret(1)).as_str());
    assert_eq!(opener().open(&place(), &envelope).unwrap(), b"2,500");
}

#[test]
fn each_of_several_recipients_opens_a_general_envelope() {
    let service = || Arc::new(Service(<Wrapping as WrappingKey>::new(&secret(3))));
    let recipients = vec![
        Recipient::aes_key_wrap(&secret(1)),
        Recipient::aes_gcm(&secret(2)),
        Recipient::master(service()),
    ];
    let envelope = sealed(recipients, b"2,500");
    assert!(parsed(&envelope)["recipients"][2]["header"]["alg"] == "dev.bulla.master");
    for key in
        [OpeningKey::aes_key_wrap(&secret(1)), OpeningKey::aes_gcm(&secret(2)), OpeningKey::master(service())]
    {
        assert_eq!(Opener::new(vec![key]).open(&place(), &envelope).unwrap(), b"2,500");
    }
    let error = Opener::new(vec![OpeningKey::aes_gcm(&secret(9))]).open(&place(), &envelope).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "key {} or {} or arn:key/1 is not in the keyring",
            KeyId::of_secret(&secret(1)),
            KeyId::of_secret(&secret(2))
        )
    );
}

#[test]
fn what_is_written_is_canonical_json() {
    for recipients in [
        vec![Recipient::aes_gcm(&secret(2))],
        vec![Recipient::aes_key_wrap(&secret(1)), Recipient::aes_gcm(&secret(2))],
    ] {
        let envelope =
            Sealer::new(recipients).unwrap().content_type("json").unwrap().seal(&place(), b"", NOW).unwrap();
        let canonical =
            bulla_core::json::canonicalize(envelope.as_bytes(), bulla_core::json::Limits::default());
        assert_eq!(canonical.unwrap(), envelope.as_bytes());
    }
}

#[test]
fn an_envelope_in_any_other_json_form_opens() {
    for recipients in [
        vec![Recipient::aes_gcm(&secret(2))],
        vec![Recipient::aes_key_wrap(&secret(1)), Recipient::aes_gcm(&secret(2))],
    ] {
        let envelope = sealed(recipients, b"2,500");
        let pretty = serde_json::to_string_pretty(&parsed(&envelope)).unwrap();
        let opener = opener();
        assert_eq!(opener.open(&place(), &pretty).unwrap(), b"2,500");
        assert_eq!(opener.open(&place(), &envelope).unwrap(), b"2,500");
    }
}

#[test]
fn an_envelope_opens_whatever_of_it_is_escaped() {
    let envelope = sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500");
    let opener = opener();
    for known in [false, true] {
        for member in ["aad", "ciphertext", "encrypted_key", "iv", "protected", "tag"] {
            let start = envelope.find(&format!("\"{member}\":\"")).unwrap() + member.len() + 4;
            let first = u32::from(envelope.as_bytes()[start]);
            let escaped = format!("{}\\u{first:04x}{}", &envelope[..start], &envelope[start + 1..]);
            assert_eq!(opener.open(&place(), &escaped).unwrap(), b"2,500", "{member} {known}");
            let at_hand = opener.open_at_hand(&place(), &escaped).map(Result::unwrap);
            assert_eq!(at_hand.unwrap_or(b"2,500".into()), b"2,500", "{member} {known}");
        }
        opener.open(&place(), &envelope).unwrap();
    }
}

#[test]
fn another_context_is_named_by_the_member_that_differs() {
    let envelope = sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500");
    let opener = opener();
    for _ in 0..2 {
        let elsewhere = context(r#"{"process":"loan","order":4712}"#);
        assert_eq!(
            opener.open(&elsewhere, &envelope).unwrap_err().to_string(),
            "the envelope belongs elsewhere: /order is \"4711\" and should be \"4712\""
        );
        // Also once the content key is remembered.
        opener.open(&place(), &envelope).unwrap();
    }
    let mut without = parsed(&envelope);
    without.as_object_mut().unwrap().remove("aad");
    assert_eq!(opener.open(&place(), &without.to_string()).unwrap_err(), Error::ContextMissing);
}

#[test]
fn a_context_edited_to_fit_does_not_open() {
    let mut envelope = parsed(&sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500"));
    envelope["aad"] = URL_SAFE_NO_PAD.encode_to_string(r#"{"order":4712,"process":"loan"}"#).into();
    let elsewhere = context(r#"{"process":"loan","order":4712}"#);
    let error = opener().open(&elsewhere, &envelope.to_string()).unwrap_err();
    let kid = KeyId::of_secret(&secret(1));
    assert_eq!(
        error.to_string(),
        format!("the envelope was changed since it was sealed, or sealed by another key than {kid}")
    );
}

#[test]
fn an_envelope_that_commits_to_another_content_key_is_refused() {
    let mut envelope = parsed(&sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500"));
    with_header(&mut envelope, |header| {
        header["dev.bulla.cek"] = KeyId::of_secret(&secret(7)).as_str().into();
    });
    let error = opener().open(&place(), &envelope.to_string()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyMismatch);
}

#[test]
fn what_no_key_may_allow_is_refused_before_a_key_is_looked_for() {
    let envelope = parsed(&sealed(vec![Recipient::aes_key_wrap(&secret(9))], b"2,500"));
    let with = |name: &str, value: Value| {
        let mut envelope = envelope.clone();
        with_header(&mut envelope, |header| header[name] = value);
        opener().open(&place(), &envelope.to_string()).unwrap_err()
    };
    for algorithm in ["none", "RSA1_5", "dir", "PBES2-HS256+A128KW", "A128KW", "ECDH-ES", "a256kw", ""] {
        let error = with("alg", algorithm.into());
        assert_eq!(
            error.to_string(),
            format!("algorithm {algorithm:?} is refused where a wrapped content key is expected")
        );
    }
    for encryption in ["A128GCM", "A128CBC-HS256", ""] {
        assert_eq!(with("enc", encryption.into()).kind(), ErrorKind::UnsupportedAlgorithm);
    }
    assert_eq!(
        with("zip", "DEF".into()).to_string(),
        "algorithm \"DEF\" is refused where no compression is expected"
    );
    assert_eq!(with("crit", json!(["exp"])), Error::UnknownCritical { header: "exp".into() });
    assert_eq!(with("crit", json!([])).kind(), ErrorKind::UnknownCritical);
    assert_eq!(with("x", json!(1)).kind(), ErrorKind::UnknownKey);
}

#[test]
fn the_key_says_by_which_algorithm_it_opens() {
    let mut envelope = parsed(&sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500"));
    with_header(&mut envelope, |header| {
        header["alg"] = "A256GCMKW".into();
        header["iv"] = "AAAAAAAAAAAAAAAA".into();
        header["tag"] = "AAAAAAAAAAAAAAAAAAAAAA".into();
    });
    assert_eq!(
        opener().open(&place(), &envelope.to_string()).unwrap_err().to_string(),
        "algorithm \"A256GCMKW\" is refused where A256KW is expected"
    );
}

#[test]
fn what_an_envelope_says_does_not_steer_a_terminal() {
    let mut envelope = parsed(&sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500"));
    with_header(&mut envelope, |header| header["kid"] = "\u{1b}[2J\nall is well".into());
    assert_eq!(
        opener().open(&place(), &envelope.to_string()).unwrap_err().to_string(),
        "key \u{fffd}[2J\u{fffd}all is well is not in the keyring"
    );
    with_header(&mut envelope, |header| header["kid"] = "k".repeat(10_000).into());
    let message = opener().open(&place(), &envelope.to_string()).unwrap_err().to_string();
    assert_eq!(message, format!("key {}… is not in the keyring", "k".repeat(300)));

    let sealer = Sealer::new(vec![Recipient::aes_key_wrap(&secret(1))]).unwrap();
    let envelope = sealer.seal(&context("{\"a\\nb\":\"\\u001b\"}"), b"", NOW).unwrap();
    assert_eq!(
        opener().open(&context("{}"), &envelope).unwrap_err().to_string(),
        "the envelope belongs elsewhere: /a\u{fffd}b is \"\\\"\\\\u001b\\\"\" and should be missing"
    );
}

#[test]
fn malformed_envelopes_are_told_why() {
    let one = parsed(&sealed(vec![Recipient::aes_gcm(&secret(2))], b"2,500"));
    let two = parsed(&sealed(vec![Recipient::aes_key_wrap(&secret(1)), Recipient::aes_gcm(&secret(2))], b""));
    let cases: &[(&Value, Change, &str)] = &[
        (&one, |e| e["header"] = json!(1), "a recipient's header is not an object"),
        (
            &one,
            |e| {
                with_header(e, |h| drop(h.as_object_mut().unwrap().remove("alg")));
                e["header"] = json!({"alg": "A256GCMKW"});
            },
            "the algorithm of its one recipient is not protected",
        ),
        (
            &one,
            |e| {
                e["unprotected"] = json!({});
                e["header"] = json!({});
            },
            "its one recipient has two headers",
        ),
        (&two, |e| e["unprotected"] = json!({}), "its recipients share a header that is not protected"),
        (&one, |e| e["more"] = json!(1), "member \"more\" is unknown"),
        (&one, |e| e["iv"] = json!(1), "member \"iv\" is not a string"),
        (&one, |e| e["iv"] = json!("AA"), "the nonce is cut or is not canonical base64url"),
        (&one, |e| e["tag"] = json!("AA"), "the tag is cut or is not canonical base64url"),
        (&one, |e| e["ciphertext"] = json!("AB"), "the ciphertext is cut or is not canonical base64url"),
        (&one, |e| e["recipients"] = json!([{}]), "it is both for one recipient and for several"),
        (&one, |e| drop(e.as_object_mut().unwrap().remove("tag")), "member \"tag\" is missing"),
        (&one, |e| with_header(e, |h| h["kid"] = json!(1)), "header member \"kid\" is not a string"),
        (
            &one,
            |e| with_header(e, |h| drop(h.as_object_mut().unwrap().remove("kid"))),
            "its header lacks \"kid\"",
        ),
        (
            &one,
            |e| with_header(e, |h| drop(h.as_object_mut().unwrap().remove("tag"))),
            "header member \"tag\" is not 16 bytes of canonical base64url",
        ),
        (
            &one,
            |e| with_header(e, |h| drop(h.as_object_mut().unwrap().remove("dev.bulla.cek"))),
            "the protected header lacks \"dev.bulla.cek\", the content key's thumbprint",
        ),
        (&two, |e| e["recipients"] = json!([]), "member \"recipients\" is not an array with recipients"),
        (&two, |e| e["recipients"][0]["x"] = json!(1), "a recipient's member \"x\" is unknown"),
        (
            &two,
            |e| e["recipients"][0]["header"]["enc"] = json!("A256GCM"),
            "two headers of a recipient have a member \"enc\"",
        ),
    ];
    for (envelope, change, problem) in cases {
        let mut envelope = (*envelope).clone();
        change(&mut envelope);
        let error = opener().open(&place(), &envelope.to_string()).unwrap_err();
        assert_eq!(error.to_string(), format!("not an envelope: {problem}"));
    }
    let error = opener().open(&place(), "e30....").unwrap_err();
    assert_eq!(error.to_string(), "not an envelope: it is not in the JSON serialization");
    assert_eq!(opener().open(&place(), " ").unwrap_err().to_string(), "not an envelope: it is empty");
    assert_eq!(opener().open(&place(), "\u{feff}{}").unwrap_err().kind(), ErrorKind::ByteOrderMark);
    let twice = one.to_string().replacen('{', "{\"iv\":\"\",", 1);
    assert_eq!(opener().open(&place(), &twice).unwrap_err().kind(), ErrorKind::DuplicateMember);
}

#[test]
fn a_member_hidden_in_a_part_is_not_overlooked() {
    let envelope = sealed(vec![Recipient::aes_key_wrap(&secret(1))], b"2,500");
    let opener = opener();
    opener.open(&place(), &envelope).unwrap();
    let hidden = envelope.replacen("\",\"encrypted_key\"", "\",\"iv\":\"x\",\"encrypted_key\"", 1);
    assert_eq!(opener.open(&place(), &hidden).unwrap_err().kind(), ErrorKind::DuplicateMember);
}

#[test]
fn an_envelope_is_inspected_without_a_key() {
    let envelope = Sealer::new(vec![Recipient::aes_key_wrap(&secret(1)), Recipient::aes_gcm(&secret(2))])
        .unwrap()
        .content_type("json")
        .unwrap()
        .seal(&place(), b"{\"a\":1}", NOW)
        .unwrap();
    let inspected = Portable::parse(&envelope).unwrap().inspect().unwrap();
    assert_eq!(inspected.context, r#"{"order":4711,"process":"loan"}"#);
    assert_eq!(inspected.content_type.as_deref(), Some("json"));
    assert_eq!(inspected.length, 7);
    let recipients: Vec<_> =
        inspected.recipients.iter().map(|r| (r.kid.as_str(), r.algorithm.as_str())).collect();
    let kids = [1, 2].map(|byte| KeyId::of_secret(&secret(byte)));
    assert_eq!(recipients, [(kids[0].as_str(), "A256KW"), (kids[1].as_str(), "A256GCMKW")]);
}

#[test]
fn a_content_key_serves_as_many_messages_as_it_may() {
    let content_key = |sealer: &Sealer, now| {
        let envelope = sealer.seal(&place(), b"2,500", now).unwrap();
        Portable::parse(&envelope).unwrap().inspect().unwrap().content_key
    };
    let sealer = Sealer::new(vec![Recipient::aes_key_wrap(&secret(1))]).unwrap();
    assert_eq!(content_key(&sealer, NOW), content_key(&sealer, NOW + 3_599_999));
    assert_ne!(content_key(&sealer, NOW), content_key(&sealer, NOW + 3_600_000));
    let single = Sealer::new(vec![Recipient::aes_key_wrap(&secret(1))]).unwrap().renew_after(1);
    assert_ne!(content_key(&single, NOW), content_key(&single, NOW));
}

#[test]
fn no_envelope_is_sealed_that_would_not_be_read() {
    let key = || Recipient::aes_key_wrap(&secret(1));
    let seal = |sealer: Sealer| sealer.seal(&place(), b"x", NOW);
    let opens = |envelope: String| assert_eq!(opener().open(&place(), &envelope).unwrap(), b"x");

    let typed = |content_type: &str| Sealer::new(vec![key()]).unwrap().content_type(content_type);
    opens(seal(typed(&"t".repeat(65_000)).unwrap()).unwrap());
    let error = seal(typed(&"t".repeat(1 << 16)).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "header would have 65691 bytes, and 65536 are read: shorten the content type, or the names of the \
         parties",
    );

    assert_eq!(
        typed("text/plain\r").unwrap_err().to_string(),
        "content type holds U+000D at byte 10: a media type is printable ASCII",
    );

    let many = |count| (0..count).map(|_| key()).collect();
    opens(seal(Sealer::new(many(256)).unwrap()).unwrap());
    let told = "recipients are 257, and 256 are read";
    assert_eq!(Sealer::new(many(257)).unwrap_err().to_string(), told);
    let envelope = sealed(vec![key(), Recipient::aes_gcm(&secret(2))], b"x");
    assert_eq!(opener().rewrap(&place(), &envelope, &many(257)).unwrap_err().to_string(), told);

    // Numbers of four characters that have 21 in canonical form.
    let grown = format!("{{\"a\":[{}]}}", vec!["1e20"; 13_000].join(","));
    let error = PortableContext::parse(grown.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "286007 bytes are more than the limit of 65536");
}

#[test]
fn there_must_be_a_recipient() {
    assert_eq!(Sealer::new(Vec::new()).unwrap_err().to_string(), "recipients are none");
}

proptest! {
    #[test]
    fn any_bytes_come_back_in_any_context(
        plaintext in prop::collection::vec(any::<u8>(), 0..300),
        names in prop::collection::btree_map(any::<String>(), any::<i32>(), 0..6),
        several: bool,
    ) {
        let stated = context(&json!(names).to_string());
        let mut recipients = vec![Recipient::aes_key_wrap(&secret(1))];
        if several {
            recipients.push(Recipient::aes_gcm(&secret(2)));
        }
        let envelope = Sealer::new(recipients).unwrap().seal(&stated, &plaintext, NOW).unwrap();
        prop_assert_eq!(opener().open(&stated, &envelope).unwrap(), plaintext);
        let error = opener().open(&place(), &envelope).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::ContextMismatch);
    }

    #[test]
    fn no_bit_of_an_envelope_can_be_changed(at in any::<prop::sample::Index>(), bit in 0..8_u8, several: bool) {
        let mut recipients = vec![Recipient::aes_key_wrap(&secret(1))];
        if several {
            recipients.push(Recipient::aes_gcm(&secret(2)));
        }
        let envelope = sealed(recipients, b"2,500");
        let opener = opener();
        opener.open(&place(), &envelope).unwrap();
        let Some(changed) = flipped(&envelope, at.index(envelope.len()), bit) else { return Ok(()) };
        // With several recipients, what is wrong in the part of one is no matter to another.
        match opener.open(&place(), &changed) {
            Ok(plaintext) => prop_assert!(several && plaintext == b"2,500"),
            Err(error) => prop_assert_ne!(error.kind(), ErrorKind::Internal),
        }
    }
}

#[test]
fn other_recipients_open_a_rewrapped_envelope_and_those_before_do_not() {
    let [old, also, new] = [1, 2, 3].map(|byte| Secret::new([byte; 32]));
    let sealer = Sealer::new(vec![Recipient::aes_key_wrap(&old), Recipient::aes_key_wrap(&also)]).unwrap();
    let here = PortableContext::parse(b"{\"order\":1}").unwrap();
    let envelope = sealer.seal(&here, b"2,500", 0).unwrap();
    let opener = |key: &Secret| Opener::new(vec![OpeningKey::aes_key_wrap(key)]);
    let rewrapped = opener(&old).rewrap(&here, &envelope, &[Recipient::aes_key_wrap(&new)]).unwrap();
    assert_eq!(opener(&new).open(&here, &rewrapped).unwrap(), b"2,500");
    for key in [&old, &also] {
        assert_eq!(opener(key).open(&here, &rewrapped).unwrap_err().kind(), ErrorKind::UnknownKey);
    }
    let ciphertext = |text: &str| text.split_once("\"recipients\"").unwrap().0.to_owned();
    assert_eq!(ciphertext(&rewrapped), ciphertext(&envelope));

    let elsewhere = PortableContext::parse(b"{}").unwrap();
    let error = opener(&new).rewrap(&elsewhere, &rewrapped, &[Recipient::aes_key_wrap(&old)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextMismatch);
    let error = opener(&old).rewrap(&here, &rewrapped, &[Recipient::aes_key_wrap(&old)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    let changed = envelope.replace("\"tag\":\"", "\"tag\":\"AA");
    assert!(opener(&old).rewrap(&here, &changed, &[Recipient::aes_key_wrap(&new)]).is_err());
    let error = opener(&old).rewrap(&here, &envelope, &[]).unwrap_err();
    assert_eq!(error.to_string(), "recipients are none");
}

#[test]
fn an_envelope_whose_tag_covers_its_recipient_is_not_rewrapped() {
    let key = Secret::new([1; 32]);
    let here = PortableContext::parse(b"{}").unwrap();
    let envelope = Sealer::new(vec![Recipient::aes_key_wrap(&key)]).unwrap().seal(&here, b"", 0).unwrap();
    assert_eq!(Portable::parse(&envelope).unwrap().can_be_rewrapped(), Ok(false));
    let opener = Opener::new(vec![OpeningKey::aes_key_wrap(&key)]);
    let error = opener.rewrap(&here, &envelope, &[Recipient::aes_key_wrap(&key)]).unwrap_err();
    assert_eq!(error.to_string(), "envelope has one recipient, whom its tag covers: open and seal it anew");
}
