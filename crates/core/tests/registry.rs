//! The key registry: which rows are believed, and how a vault asks for what it lacks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use bulla_core::crypto::Secret;
use bulla_core::keys::{
    Certificate, Epoch, Jwk, KeyId, KeyRow, MasterKey, Purpose, RegistryRow, Signer, Trust, Vault,
};
use bulla_core::packed::Value;
use bulla_core::{Error, ErrorKind};
use proptest::prelude::*;
use support::{NOW, activated, context, identity, master, sealing_vault, vault, vault_of};

fn decoded(part: &str) -> String {
    String::from_utf8(base64_simd::URL_SAFE_NO_PAD.decode_to_vec(part).unwrap()).unwrap()
}

fn encoded(text: &str) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(text)
}

/// A statement whose header and payload were edited and signed again.
fn resigned(row: &str, signer: &Signer, edit: impl Fn(String) -> String) -> String {
    let parts: Vec<_> = row.split('.').take(2).map(|part| encoded(&edit(decoded(part)))).collect();
    let input = parts.join(".");
    let signature = base64_simd::URL_SAFE_NO_PAD.encode_to_string(signer.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

/// A vault of its own epoch whose epoch key the test has, to sign what it should not.
fn own_epoch(identity_byte: u8) -> (Vault, Arc<Epoch>) {
    let epoch = Arc::new(Epoch::start(&identity(identity_byte), "loans/node-1", NOW).unwrap());
    let trust = Trust::new([identity(identity_byte).kid()]);
    let vault = Vault::new("loans", vec![Arc::new(master(9))], trust, Some(Arc::clone(&epoch)));
    (vault, epoch)
}

fn problem(vault: &Vault, row: &str) -> String {
    vault.learn(row).unwrap_err().to_string()
}

#[test]
fn a_row_is_a_signed_statement_that_carries_its_epochs_certificate() {
    let (vault, epoch) = own_epoch(1);
    let row = vault.new_key(Purpose::Search, NOW).unwrap();
    let parts: Vec<_> = row.text.split('.').collect();
    assert_eq!(
        decoded(parts[0]),
        format!(
            r#"{{"alg":"EdDSA","epc":"{}","kid":"{}","typ":"bulla-key"}}"#,
            epoch.certificate_text(),
            epoch.signer().kid()
        )
    );
    let payload = decoded(parts[1]);
    let wrapped = &payload[payload.find("\"wrapped\":").unwrap()..];
    assert_eq!(wrapped.len(), r#""wrapped":"""#.len() + 54 + 1);
    let master = KeyId::of_secret(&Secret::new([9; 32]));
    assert!(payload.starts_with(&format!(
        r#"{{"created":{NOW},"epoch":"{}","kid":"{}","master":"{master}","purpose":"search","#,
        epoch.certificate().epoch,
        row.kid
    )));
    assert!(row.text.len() <= 4000, "{}", row.text.len());
}

#[test]
fn a_row_of_a_trusted_node_is_believed() {
    let row = vault_of("loans", 2).new_key(Purpose::Data, NOW).unwrap();
    let verified = RegistryRow::verify(&row.text, "loans", &Trust::new([identity(2).kid()])).unwrap();
    assert_eq!((verified.kid, verified.purpose, verified.created), (row.kid, Purpose::Data, NOW));
    assert_eq!(verified.certificate.log, "loans/node-1");
    assert_eq!(vault().learn(&row.text).unwrap(), row.kid);
}

#[test]
fn a_row_of_an_unknown_identity_is_refused() {
    let row = vault_of("loans", 3).new_key(Purpose::Data, NOW).unwrap();
    assert_eq!(
        problem(&vault(), &row.text),
        format!(
            "identity {} is not trusted; if it is one of yours, add it to keys.trusted",
            identity(3).kid()
        )
    );
}

#[test]
fn a_row_of_another_installation_is_refused() {
    for installation in ["invoices", "loan", "loans2"] {
        let row = vault_of(installation, 1).new_key(Purpose::Data, NOW).unwrap();
        let expected = format!(
            "the key registry's row of {} is refused: it was made for the log \"{installation}/node-1\", not for \"loans\"",
            row.kid
        );
        assert_eq!(problem(&vault(), &row.text), expected);
    }
}

#[test]
fn a_row_signed_by_a_key_that_its_certificate_does_not_name_is_refused() {
    let (vault, epoch) = own_epoch(1);
    let row = vault.new_key(Purpose::Data, NOW).unwrap();
    let attacker = Signer::generate().unwrap();
    let forged = resigned(&row.text, &attacker, |text| text);
    let expected =
        format!("the signature of the key registry's row is not that of key {}", epoch.signer().kid());
    assert_eq!(problem(&vault, &forged), expected);
    let forged = resigned(&row.text, &attacker, |text| {
        text.replace(epoch.signer().kid().as_str(), attacker.kid().as_str())
    });
    assert!(problem(&vault, &forged).ends_with("is refused: its certificate is of another epoch key"));
}

#[test]
fn a_certificate_that_an_attacker_made_for_a_trusted_identity_is_refused() {
    let (vault, epoch) = own_epoch(1);
    let attacker = Signer::generate().unwrap();
    let certificate = resigned(epoch.certificate_text(), &attacker, |text| text);
    let error = Certificate::verify(&certificate, &Trust::new([identity(1).kid()])).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the signature of the epoch certificate is not that of key {}", identity(1).kid())
    );
    let row = vault.new_key(Purpose::Data, NOW).unwrap().text;
    let row = resigned(&row, epoch.signer(), |text| text.replace(epoch.certificate_text(), &certificate));
    assert_eq!(vault.learn(&row).unwrap_err().kind(), ErrorKind::BadSignature);
}

#[test]
fn each_strange_row_has_its_own_error() {
    let (vault, epoch) = own_epoch(1);
    let row = vault.new_key(Purpose::Data, NOW).unwrap();
    for (from, to, kind) in [
        ("\"EdDSA\"", "\"none\"", ErrorKind::UnsupportedAlgorithm),
        ("\"EdDSA\"", "\"HS256\"", ErrorKind::UnsupportedAlgorithm),
        ("{\"alg\"", "{\"crit\":[\"b64\"],\"alg\"", ErrorKind::UnknownCritical),
        ("{\"alg\"", "{\"jwk\":{},\"alg\"", ErrorKind::UnexpectedJson),
        ("{\"alg\"", "{\"alg\":\"EdDSA\",\"alg\"", ErrorKind::DuplicateMember),
        ("bulla-key", "bulla-epoch", ErrorKind::UnexpectedJson),
        ("\"data\"", "\"wrapping\"", ErrorKind::BadRegistryRow),
        ("\"data\"", "1", ErrorKind::UnexpectedJson),
        ("\"purpose\"", "\"purposes\"", ErrorKind::UnexpectedJson),
        ("{\"created\"", "{\"created\":1,\"created\"", ErrorKind::DuplicateMember),
        ("{\"created\":1", "{\"created\":1.5,\"x\":1", ErrorKind::UnexpectedJson),
        (&epoch.certificate().epoch, "0000000000000000", ErrorKind::BadRegistryRow),
        (row.kid.as_str(), "short", ErrorKind::BadRegistryRow),
        ("\"wrapped\":\"", "\"wrapped\":\"=", ErrorKind::BadRegistryRow),
        (row.kid.as_str(), KeyId::of_secret(&Secret::new([5; 32])).as_str(), ErrorKind::KeyMismatch),
    ] {
        let edited = resigned(&row.text, epoch.signer(), |text| {
            // The certificate holds the epoch's id as well, encoded and so untouched.
            text.replacen(from, to, 1)
        });
        assert_ne!(edited, row.text, "{from}");
        assert_eq!(vault.learn(&edited).unwrap_err().kind(), kind, "{from} {to}");
    }
    for text in ["", ".", "a.b", "=..", "{}", &row.text[..row.text.len() - 1]] {
        assert_eq!(vault.learn(text).unwrap_err().kind(), ErrorKind::UnexpectedJson, "{text}");
    }
    assert_eq!(vault.learn(&"x".repeat(20_000)).unwrap_err().kind(), ErrorKind::TooLarge);
}

#[test]
fn a_row_under_a_master_key_that_is_not_there_says_which() {
    let epoch = Epoch::start(&identity(1), "loans/node-1", NOW).unwrap();
    let other = Vault::new(
        "loans",
        vec![Arc::new(master(8))],
        Trust::new([identity(1).kid()]),
        Some(Arc::new(epoch)),
    );
    let row = other.new_key(Purpose::Data, NOW).unwrap();
    assert_eq!(
        problem(&vault(), &row.text),
        format!(
            "key {} cannot be had: master key {} wraps it, which is not the one that keys.master names",
            row.kid,
            KeyId::of_secret(&Secret::new([8; 32]))
        )
    );
}

#[test]
fn after_a_rotation_the_old_master_key_still_unwraps() {
    let (old, row) = sealing_vault();
    let envelope = old.seal(&context(), b"secret", NOW).unwrap();
    let masters: Vec<Arc<dyn MasterKey>> = vec![Arc::new(master(10)), Arc::new(master(9))];
    let epoch = Arc::new(Epoch::start(&identity(1), "loans/node-1", NOW).unwrap());
    let rotated = Vault::new("loans", masters, Trust::new([identity(1).kid()]), Some(epoch));
    rotated.learn(&row.text).unwrap();
    assert_eq!(rotated.open(&context(), &envelope).unwrap(), b"secret");
    let fresh = activated(&rotated, Purpose::Data);
    let trust = Trust::new([identity(1).kid()]);
    let master = RegistryRow::verify(&fresh.text, "loans", &trust).unwrap().master;
    assert_eq!(master, KeyId::of_secret(&Secret::new([10; 32])).to_string());
}

/// A master key whose provider gives something else than it was given to wrap.
struct Careless;

impl MasterKey for Careless {
    fn kid(&self) -> &'static str {
        "careless"
    }

    fn wrap(&self, _key: &Secret) -> Result<Vec<u8>, Error> {
        Ok(vec![0; 40])
    }

    fn unwrap(&self, _wrapped: &[u8]) -> Result<Secret, Error> {
        Ok(Secret::new([7; 32]))
    }
}

#[test]
fn no_key_is_made_that_its_master_key_would_not_give_back() {
    let (_, epoch) = own_epoch(1);
    let vault = Vault::new("loans", vec![Arc::new(Careless)], Trust::new([]), Some(epoch));
    let error = vault.new_key(Purpose::Data, NOW).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyMismatch);
    assert!(error.to_string().starts_with("what master key careless unwrapped is not key "), "{error}");
}

#[test]
fn a_key_seals_only_once_it_is_activated() {
    let vault = vault();
    let seal = || vault.seal(&context(), b"x", NOW).map_err(|error| error.kind());
    assert_eq!(seal(), Err(ErrorKind::DataKeyNeeded));
    let row = vault.new_key(Purpose::Data, NOW).unwrap();
    assert_eq!(seal(), Err(ErrorKind::DataKeyNeeded));
    vault.activate(row.kid.as_str()).unwrap();
    seal().unwrap();
    assert_eq!(vault.activate(row.kid.as_str()).unwrap_err().kind(), ErrorKind::UnknownKey);
}

#[test]
fn a_key_that_another_process_made_opens_and_does_not_seal() {
    let (_, row) = sealing_vault();
    let vault = vault();
    vault.learn(&row.text).unwrap();
    assert_eq!(vault.seal(&context(), b"x", NOW).unwrap_err().kind(), ErrorKind::DataKeyNeeded);
}

#[test]
fn after_a_day_a_fresh_key_is_asked_for_and_old_values_still_open() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let (vault, first) = sealing_vault();
    let envelope = vault.seal(&context(), b"old", NOW + DAY - 1).unwrap();
    assert_eq!(vault.seal(&context(), b"x", NOW + DAY).unwrap_err().kind(), ErrorKind::DataKeyNeeded);
    let second = vault.new_key(Purpose::Data, NOW + DAY).unwrap();
    vault.activate(second.kid.as_str()).unwrap();
    let later = vault.seal(&context(), b"new", NOW + DAY).unwrap();
    assert_ne!(first.kid, second.kid);
    assert_eq!(vault.open(&context(), &envelope).unwrap(), b"old");
    assert_eq!(vault.open(&context(), &later).unwrap(), b"new");
}

#[test]
fn without_an_epoch_no_key_is_made() {
    let vault = Vault::new("loans", vec![Arc::new(master(9))], Trust::default(), None);
    let error = vault.new_key(Purpose::Data, NOW).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyUnavailable);
    let epoch = Arc::new(Epoch::start(&identity(1), "loans/node-1", NOW).unwrap());
    let error = Vault::new("loans", vec![], Trust::default(), Some(epoch)).new_key(Purpose::Data, NOW);
    assert_eq!(
        error.unwrap_err().to_string(),
        "key master cannot be had: no master key is configured: name one under keys.master"
    );
}

#[test]
fn a_vault_without_search_or_commitment_key_says_how_to_get_one() {
    let vault = vault();
    let expected = |purpose| {
        format!(
            "key {purpose} cannot be had: no {purpose} key is known; learn it from the registry, or make and register one"
        )
    };
    let tag = vault.tag(None, "orderId", "string", Value::Text("x"));
    assert_eq!(tag.unwrap_err().to_string(), expected("search"));
    assert_eq!(vault.commitment_key().unwrap_err().to_string(), expected("commitment"));
}

#[test]
fn every_node_makes_the_same_tags_and_refuses_a_wrong_one() {
    let (first, second) = (vault(), vault_of("loans", 2));
    let row = activated(&first, Purpose::Search);
    second.learn(&row.text).unwrap();
    let value = Value::Text("A-17");
    let tag = first.tag(Some("t"), "orderId", "string", value).unwrap();
    assert_eq!(second.tag(Some("t"), "orderId", "string", value).unwrap(), tag);
    let text = tag.text();
    let check = |stored| second.check_tag(Some("t"), "orderId", "string", value, stored);
    check(Value::Text(&text)).unwrap();
    let error = check(Value::Text("bulla:tag:AAAAAAAAAAAAAAAAAAAAAA")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the search tag of variable orderId is not that of its value: it was changed"
    );
    assert_eq!(check(Value::Text("A-17")).unwrap_err().kind(), ErrorKind::TagMismatch);
}

#[test]
fn the_newest_commitment_key_is_used_in_whatever_order_they_are_learnt() {
    let maker = vault();
    let rows = [NOW + 2, NOW, NOW + 1].map(|now| maker.new_key(Purpose::Commitment, now).unwrap());
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let vault = vault();
        for index in order {
            vault.learn(&rows[index].text).unwrap();
        }
        assert_eq!(vault.commitment_key().unwrap().kid, rows[0].kid);
        let disclosed = Jwk::parse_set(vault.disclose_commitment_keys().as_bytes(), "set").unwrap();
        assert_eq!(disclosed.len(), 3);
        assert!(disclosed.iter().all(|key| rows.iter().any(|row| row.kid == key.thumbprint())));
    }
}

#[test]
fn data_and_search_keys_are_never_disclosed() {
    let vault = vault();
    activated(&vault, Purpose::Data);
    activated(&vault, Purpose::Search);
    assert_eq!(*vault.disclose_commitment_keys(), r#"{"keys":[]}"#);
}

#[test]
fn many_threads_seal_open_learn_and_retire_at_once() {
    let (vault, _) = sealing_vault();
    let rows: Vec<KeyRow> =
        (0..8).map(|_| vault_of("loans", 2).new_key(Purpose::Data, NOW).unwrap()).collect();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (vault, rows) = (&vault, &rows);
            scope.spawn(move || {
                for round in 0..200 {
                    let text = format!("{thread} {round}");
                    let envelope = vault.seal(&context(), text.as_bytes(), NOW).unwrap();
                    if round % 50 == 0 {
                        activated(vault, Purpose::Data);
                        vault.learn(&rows[round / 50].text).unwrap();
                    }
                    assert_eq!(vault.open(&context(), &envelope).unwrap(), text.as_bytes());
                }
            });
        }
    });
}

proptest! {
    #[test]
    fn any_character_of_a_row_changed_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let (vault, row) = sealing_vault();
        let mut text = row.text.into_bytes();
        let at = at.index(text.len());
        text[at] ^= 1 << bit;
        prop_assert!(vault.learn(&String::from_utf8(text).unwrap()).is_err());
    }

    #[test]
    fn any_character_of_a_certificate_changed_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let epoch = Epoch::start(&identity(1), "loans/node-1", NOW).unwrap();
        let trust = Trust::new([identity(1).kid()]);
        let mut text = epoch.certificate_text().to_owned().into_bytes();
        let at = at.index(text.len());
        text[at] ^= 1 << bit;
        prop_assert!(Certificate::verify(&String::from_utf8(text).unwrap(), &trust).is_err());
    }
}

#[test]
fn no_debug_output_holds_a_secret() {
    let secret = Secret::new([0x41; 32]);
    let jwk = bulla_core::keys::jwk::write_secret(&secret, "HS256");
    let named = bulla_core::keys::NamedSecret { kid: KeyId::of_secret(&secret), secret };
    let signer = Signer::from_seed(&named.secret);
    let shown = format!("{named:?} {signer:?} {:?}", Jwk::parse(jwk.as_bytes(), "x").unwrap());
    assert!(!shown.contains("AAAA") && !shown.contains("QUFB") && !shown.contains("65, 65"), "{shown}");
    let error = Jwk::parse(jwk.replace("oct", "ocd").as_bytes(), "m.jwk").unwrap_err();
    assert_eq!(
        error,
        Error::MalformedKey { what: "m.jwk".into(), problem: "keys of type \"ocd\" are not used".into() }
    );
}
