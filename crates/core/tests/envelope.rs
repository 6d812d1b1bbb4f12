//! Stored envelopes: what opens, and what each thing that does not open is told as.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use bulla_core::context::Context;
use bulla_core::envelope::{Content, Stored};
use bulla_core::keys::Purpose;
use bulla_core::packed::{Reader, Value, Writer};
use bulla_core::{Error, ErrorKind};
use proptest::prelude::*;
use support::{NOW, activated, context, sealing_vault, vault};

fn encode(text: &str) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(text)
}

fn header_of(envelope: &str) -> String {
    let header = envelope.split('.').next().unwrap();
    String::from_utf8(base64_simd::URL_SAFE_NO_PAD.decode_to_vec(header).unwrap()).unwrap()
}

/// An envelope whose header was edited.
fn with_header(envelope: &str, edit: impl FnOnce(String) -> String) -> String {
    let rest = envelope.split_once('.').unwrap().1;
    format!("{}.{rest}", encode(&edit(header_of(envelope))))
}

fn packed(columns: &[(&str, Value<'_>)]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.i32(i32::try_from(columns.len()).unwrap());
    for (name, value) in columns {
        writer.string(Some(name)).value(*value);
    }
    writer.finish()
}

#[test]
fn an_envelope_is_a_compact_jwe_with_its_context_in_the_header() {
    let (vault, row) = sealing_vault();
    let envelope = vault.seal_columns(&context(), &packed(&[]), NOW).unwrap().text();
    assert_eq!(
        header_of(&envelope),
        format!(
            "{{\"alg\":\"dir\",\"ctx\":{{\"g\":\"value\",\"i\":\"0f8b9c7e-2f8e-11ef-9d0a-0242ac120003\",\
             \"l\":\"loans\",\"n\":\"amount\",\"r\":\"0f8b9c7e-2f8e-11ef-9d0a-0242ac120002\",\
             \"t\":\"ACT_RU_VARIABLE\",\"y\":\"string\"}},\"cty\":\"json\",\"enc\":\"A256GCM\",\"kid\":\"{}\"}}",
            row.kid
        )
    );
}

#[test]
fn an_envelope_tells_without_a_key_what_it_is() {
    let (vault, row) = sealing_vault();
    let envelope = vault.seal(&context(), &[0; 100], NOW).unwrap();
    let inspection = Stored::parse(&envelope).unwrap().inspect().unwrap();
    assert_eq!(inspection.kid, row.kid);
    assert_eq!(inspection.context, context());
    assert_eq!(inspection.content, Content::Bytes);
    assert_eq!(inspection.padded_len, 128);
}

#[test]
fn the_overhead_is_at_most_400_characters_and_the_variable_name() {
    let (vault, _) = sealing_vault();
    let id = || Some("0f8b9c7e-2f8e-11ef-9d0a-0242ac120002".into());
    let named = Some("applicantCreditScoreHistory".into());
    let contexts =
        ["ACT_RU_VARIABLE", "ACT_HI_VARINST", "ACT_HI_DETAIL", "ACT_HI_DEC_OUT", "ACT_GE_BYTEARRAY"]
            .map(|table| Context {
                table: table.into(),
                name: named.clone(),
                tenant: Some("tenant1".into()),
                instance: id(),
                ..context()
            })
            .into_iter()
            .chain(["ACT_HI_EXT_TASK_LOG", "ACT_RU_INCIDENT"].map(|table| Context {
                table: table.into(),
                name: None,
                type_: None,
                instance: id(),
                ..context()
            }));
    for context in contexts {
        let name = context.name.as_deref().unwrap_or_default().len().div_ceil(3) * 4;
        let envelope = if context.table == "ACT_GE_BYTEARRAY" {
            vault.seal(&context, &[0; 95], NOW)
        } else {
            let columns = packed(&[("TEXT_", Value::Text(&"x".repeat(80)))]);
            vault.seal_columns(&context, &columns, NOW).map(|sealed| sealed.text())
        };
        let overhead = envelope.unwrap().len() - 96 * 4 / 3;
        assert!(overhead <= 400 + name, "{}: {overhead} - {name}", context.table);
    }
}

#[test]
fn an_envelope_moved_to_another_place_does_not_open_and_names_the_difference() {
    let (vault, _) = sealing_vault();
    let home = Context { tenant: Some("a".into()), ..context() };
    let envelope = vault.seal(&home, b"secret", NOW).unwrap();
    let elsewhere = [
        ("installation", Context { log: "other".into(), ..home.clone() }),
        ("table", Context { table: "ACT_HI_VARINST".into(), ..home.clone() }),
        ("row", Context { row: "2".into(), ..home.clone() }),
        ("column group", Context { group: "text".into(), ..home.clone() }),
        ("variable name", Context { name: Some("limit".into()), ..home.clone() }),
        ("variable name", Context { name: None, ..home.clone() }),
        ("type", Context { type_: Some("long".into()), ..home.clone() }),
        ("tenant", Context { tenant: None, ..home.clone() }),
        ("tenant", Context { tenant: Some(String::new().into()), ..home.clone() }),
        ("process instance", Context { instance: Some("2".into()), ..home.clone() }),
    ];
    for (expected, place) in elsewhere {
        match vault.open(&place, &envelope).unwrap_err() {
            Error::ContextMismatch { member, .. } => assert_eq!(member, expected),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn an_envelope_whose_context_was_edited_to_fit_does_not_open() {
    let (vault, _) = sealing_vault();
    let envelope = vault.seal(&context(), b"secret", NOW).unwrap();
    let place = Context { name: Some("limits".into()), ..context() };
    let edited = with_header(&envelope, |header| header.replace("amount", "limits"));
    let error = vault.open(&place, &edited).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthenticationFailed);
    assert!(error.to_string().starts_with("variable limits in ACT_RU_VARIABLE row 0f8b9c7e"), "{error}");
}

#[test]
fn nothing_is_sealed_for_another_installation() {
    let (vault, _) = sealing_vault();
    let place = Context { log: "invoices".into(), ..context() };
    assert_eq!(
        vault.seal(&place, b"secret", NOW).unwrap_err().to_string(),
        "context is of installation \"invoices\", not of \"loans\""
    );
}

#[test]
fn bytes_do_not_open_as_columns_nor_columns_as_bytes() {
    let (vault, _) = sealing_vault();
    let bytes = vault.seal(&context(), b"{}", NOW).unwrap();
    let columns = vault.seal_columns(&context(), &packed(&[]), NOW).unwrap().text();
    let problem = |error: Error| error.to_string();
    assert_eq!(
        problem(vault.open_columns(&context(), &bytes).unwrap_err()),
        "not an envelope: it holds bytes, not columns"
    );
    assert_eq!(
        problem(vault.open(&context(), &columns).unwrap_err()),
        "not an envelope: it holds columns, not bytes"
    );
}

#[test]
fn each_strange_header_has_its_own_error() {
    let (vault, _) = sealing_vault();
    let envelope = vault.seal(&context(), b"secret", NOW).unwrap();
    let ctx = header_of(&envelope);
    let ctx = &ctx[ctx.find("\"ctx\"").unwrap()..ctx.find(",\"enc\"").unwrap()];
    for (from, to, kind) in [
        ("\"dir\"", "\"none\"", ErrorKind::UnsupportedAlgorithm),
        ("\"dir\"", "\"A256KW\"", ErrorKind::UnsupportedAlgorithm),
        ("\"dir\"", "\"RSA1_5\"", ErrorKind::UnsupportedAlgorithm),
        ("\"dir\"", "\"PBES2-HS256+A128KW\"", ErrorKind::UnsupportedAlgorithm),
        ("\"dir\"", "1", ErrorKind::UnexpectedJson),
        ("A256GCM", "A128GCM", ErrorKind::UnsupportedAlgorithm),
        ("A256GCM", "A256CBC-HS512", ErrorKind::UnsupportedAlgorithm),
        ("\"alg\":\"dir\",", "", ErrorKind::UnexpectedJson),
        ("{\"alg\"", "{\"zip\":\"DEF\",\"alg\"", ErrorKind::UnsupportedAlgorithm),
        ("{\"alg\"", "{\"crit\":[\"exp\"],\"alg\"", ErrorKind::UnknownCritical),
        ("{\"alg\"", "{\"p2c\":1,\"alg\"", ErrorKind::MalformedEnvelope),
        ("{\"alg\"", "{\"alg\":\"dir\",\"alg\"", ErrorKind::DuplicateMember),
        ("{\"alg\"", "{ \"alg\"", ErrorKind::MalformedEnvelope),
        ("\"enc\"", "\"cty\":\"text\",\"enc\"", ErrorKind::MalformedEnvelope),
        ("\"kid\":\"", "\"kid\":\"A", ErrorKind::MalformedEnvelope),
        ("\"value\"", "[[[[[]]]]]", ErrorKind::TooDeep),
        ("amount", "\\ud800", ErrorKind::LoneSurrogate),
        ("{\"alg\"", "[\"alg\"", ErrorKind::JsonSyntax),
        (&format!("{ctx},"), "", ErrorKind::ContextMissing),
        ("\"t\":", "\"u\":", ErrorKind::MalformedEnvelope),
    ] {
        let edited = with_header(&envelope, |header| {
            assert!(header.contains(from), "{from}");
            header.replacen(from, to, 1)
        });
        assert_eq!(vault.open(&context(), &edited).unwrap_err().kind(), kind, "{from} {to}");
    }
}

#[test]
fn each_strange_form_is_refused_with_its_problem() {
    let (vault, _) = sealing_vault();
    let envelope = vault.seal(&context(), b"secret", NOW).unwrap();
    let parts: Vec<_> = envelope.split('.').collect();
    let [header, _, nonce, ciphertext, tag] = parts[..] else { unreachable!() };
    for (text, problem) in [
        (String::new(), "it has fewer than five parts"),
        ("plain".into(), "it has fewer than five parts"),
        (format!("{header}..{nonce}.{ciphertext}"), "it has fewer than five parts"),
        (format!("{envelope}.{tag}"), "it has more than five parts"),
        (format!("{header}=..{nonce}.{ciphertext}.{tag}"), "the header is cut or is not canonical base64url"),
        (
            format!("{header}.AAAA.{nonce}.{ciphertext}.{tag}"),
            "there is an encrypted key, though the data key is used directly",
        ),
        (format!("{header}..{nonce}A.{ciphertext}.{tag}"), "the nonce is cut or is not canonical base64url"),
        (
            format!("{header}..{nonce}..{tag}"),
            "the ciphertext is cut: its length is not a multiple of 32 bytes",
        ),
        (
            format!("{header}..{nonce}.{}.{tag}", &ciphertext[4..]),
            "the ciphertext is cut: its length is not a multiple of 32 bytes",
        ),
        (
            format!("{header}..{nonce}.{}.{tag}", ciphertext.replace(&ciphertext[..1], "+")),
            "the ciphertext is cut or is not canonical base64url",
        ),
        (format!("{header}..{nonce}.{ciphertext}.{tag}="), "the tag is cut or is not canonical base64url"),
    ] {
        let error = vault.open(&context(), &text).unwrap_err();
        assert_eq!(error, Error::MalformedEnvelope { problem: problem.into() });
    }
}

#[test]
fn an_envelope_of_an_unknown_key_asks_for_that_key() {
    let (other, row) = sealing_vault();
    let envelope = other.seal(&context(), b"secret", NOW).unwrap();
    let vault = vault();
    let error = vault.open(&context(), &envelope).unwrap_err();
    assert_eq!(error, Error::UnknownKey { kid: row.kid.to_string() });
    vault.learn(&row.text).unwrap();
    assert_eq!(vault.open(&context(), &envelope).unwrap(), b"secret");
}

#[test]
fn an_envelope_that_claims_another_key_does_not_open() {
    let (vault, first) = sealing_vault();
    let envelope = vault.seal(&context(), b"secret", NOW).unwrap();
    for (purpose, kind) in [
        (Purpose::Data, ErrorKind::AuthenticationFailed),
        (Purpose::Search, ErrorKind::WrongPurpose),
        (Purpose::Commitment, ErrorKind::WrongPurpose),
    ] {
        let other = activated(&vault, purpose);
        let edited = with_header(&envelope, |header| header.replace(first.kid.as_str(), other.kid.as_str()));
        assert_eq!(vault.open(&context(), &edited).unwrap_err().kind(), kind);
    }
}

#[test]
fn two_envelopes_of_one_value_differ() {
    let (vault, _) = sealing_vault();
    let seal = || vault.seal(&context(), b"secret", NOW).unwrap();
    let (first, second) = (seal(), seal());
    for part in 2..5 {
        assert_ne!(first.split('.').nth(part), second.split('.').nth(part));
    }
}

#[test]
fn no_error_and_no_debug_output_holds_a_plaintext_or_a_key() {
    const CANARY: &str = "4111-1111-1111-1111";
    let (vault, _) = sealing_vault();
    let columns = packed(&[("TEXT_", Value::Text(CANARY)), ("BYTES_", Value::Bytes(CANARY.as_bytes()))]);
    let envelope = vault.seal_columns(&context(), &columns, NOW).unwrap().text();
    let stored = Stored::parse(&envelope).unwrap();
    let place = Context { row: "1".into(), ..context() };
    let shown = [
        format!("{vault:?} {stored:?} {:?}", stored.inspect().unwrap()),
        format!("{:?} {:?}", Value::Text(CANARY), Reader::new(&columns)),
        format!("{:?}", vault.open_columns(&place, &envelope)),
        format!("{:?}", vault.open(&context(), &envelope)),
        format!("{:?}", vault.seal_columns(&context(), &columns[..columns.len() - 1], NOW)),
        format!("{:?}", vault.seal_columns(&context(), &[&columns[..], b"1"].concat(), NOW)),
        format!("{:?}", vault.tag(None, "card", "string", Value::Text(CANARY))),
    ];
    for text in shown {
        assert!(!text.contains(CANARY), "{text}");
        assert!(!text.contains(&format!("{:?}", CANARY.as_bytes())), "{text}");
        assert!(!text.contains(&envelope[..40]), "{text}");
    }
}

fn any_value() -> impl Strategy<Value = Column> {
    prop_oneof![
        Just(Column::Null),
        any::<String>().prop_map(Column::Text),
        prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(1 << 53), Just((1 << 53) + 1)]
            .prop_map(Column::Integer),
        any::<u64>().prop_map(Column::Double),
        prop_oneof![
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(-0.0),
            Just(0.0),
            any::<f64>()
        ]
        .prop_map(|double| Column::Double(double.to_bits())),
        prop::collection::vec(any::<u8>(), 0..100).prop_map(Column::Bytes),
        any::<i64>().prop_map(Column::Timestamp),
    ]
}

#[derive(Debug, Clone)]
enum Column {
    Null,
    Text(String),
    Integer(i64),
    Double(u64),
    Bytes(Vec<u8>),
    Timestamp(i64),
}

impl Column {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(text),
            Self::Integer(integer) => Value::Integer(*integer),
            Self::Double(bits) => Value::Double(f64::from_bits(*bits)),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Timestamp(micros) => Value::Timestamp(*micros),
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (vault, _) = sealing_vault();
        let envelope = vault.seal(&context(), &bytes, NOW).unwrap();
        prop_assert_eq!(vault.open(&context(), &envelope).unwrap(), bytes);
    }

    #[test]
    fn any_context_comes_back(parts in prop::collection::vec(any::<Option<String>>(), 8)) {
        let (vault, _) = sealing_vault();
        let part = |index: usize| parts[index].clone().map(Into::into);
        let required = |index: usize| parts[index].clone().unwrap_or_default().into();
        let context = Context {
            log: "loans".into(), table: required(1), row: required(2), group: required(3),
            name: part(4), type_: part(5), tenant: part(6), instance: part(7),
        };
        let envelope = vault.seal(&context, b"x", NOW).unwrap();
        prop_assert_eq!(&Stored::parse(&envelope).unwrap().inspect().unwrap().context, &context);
        prop_assert_eq!(vault.open(&context, &envelope).unwrap(), b"x");
    }

    #[test]
    fn any_columns_come_back_bit_by_bit(
        columns in prop::collection::btree_map("[A-Z_]{1,8}", any_value(), 0..6)
    ) {
        let (vault, _) = sealing_vault();
        let columns: Vec<_> = columns.iter().map(|(name, column)| (name.as_str(), column.value())).collect();
        let packed = packed(&columns);
        let envelope = vault.seal_columns(&context(), &packed, NOW).unwrap().text();
        // Packed bytes, so that NaN and -0 are compared by their bits.
        prop_assert!(vault.open_columns(&context(), &envelope).unwrap() == packed);
    }

    #[test]
    fn any_character_changed_does_not_open(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let (vault, _) = sealing_vault();
        let mut envelope = vault.seal(&context(), b"secret", NOW).unwrap().into_bytes();
        let at = at.index(envelope.len());
        envelope[at] ^= 1 << bit;
        let envelope = String::from_utf8(envelope).unwrap();
        prop_assert!(vault.open(&context(), &envelope).is_err());
        if let Ok(inspection) = Stored::parse(&envelope).and_then(|stored| stored.inspect()) {
            prop_assert!(vault.open(&inspection.context, &envelope).is_err());
        }
    }

    #[test]
    fn an_envelope_cut_anywhere_does_not_open(at in any::<prop::sample::Index>()) {
        let (vault, _) = sealing_vault();
        let envelope = vault.seal(&context(), b"secret", NOW).unwrap();
        let at = at.index(envelope.len());
        prop_assert!(vault.open(&context(), &envelope[..at]).is_err());
        prop_assert!(vault.open(&context(), &envelope[at + 1..]).is_err());
    }

    #[test]
    fn any_text_is_refused_without_panic(text in any::<String>(), parts in "[A-Za-z0-9_.-]{0,200}") {
        let (vault, _) = sealing_vault();
        prop_assert!(vault.open(&context(), &text).is_err());
        prop_assert!(vault.open(&context(), &parts).is_err());
    }

    #[test]
    fn lengths_are_told_in_steps_of_32(a in 0_usize..200, b in 0_usize..200) {
        let (vault, _) = sealing_vault();
        let length = |n: usize| vault.seal(&context(), &vec![1; n], NOW).unwrap().len();
        prop_assert_eq!(length(a) == length(b), a / 32 == b / 32);
    }
}
