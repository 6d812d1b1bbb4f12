//! What must hold for any bytes that come from outside: nothing panics, what is read has one
//! meaning, and nothing opens or verifies that was not sealed or signed.
//!
//! Each function is a target of the fuzzer, and a test over its corpus.
#![forbid(unsafe_code)]

use std::io::Write;

use bulla_bundle::BundleAudit;
use bulla_core::config::Config;
use bulla_core::context::Context;
use bulla_core::crypto::Secret;
use bulla_core::envelope::{Opener, Portable, PortableContext, Stored};
use bulla_core::json::{self, Limits};
use bulla_core::keys::{Certificate, Jwk, OpeningKey, RegistryRow, Signer, Trust, Vault};
use bulla_core::ledger::{AnchorLine, LogVerifier, UnverifiedRecord};
use bulla_core::serialized::{self, ObjectKey, ObjectOpener, SerializedObject};
use bulla_core::statement::UnverifiedStatement;
use flate2::Compression;
use flate2::write::GzEncoder;

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A key that has sealed and signed nothing.
fn signer() -> Signer {
    Signer::from_seed(&Secret::new([0xA5; 32]))
}

/// What is read is JSON for others too, and its canonical form is read as the same value.
pub fn json(data: &[u8]) {
    let Ok(value) = json::parse(data, Limits::default()) else { return };
    serde_json::from_slice::<serde_json::Value>(data).expect("what is read here is JSON elsewhere");
    let mut canonical = Vec::new();
    value.write(&mut canonical);
    assert!(json::parse(&canonical, Limits::default()).expect("the canonical form is JSON") == value);
}

/// The canonicaliser takes what the reader takes, writes what the reader's value writes, and
/// changes nothing when it is run again.
pub fn canonical(data: &[u8]) {
    let canonical = json::canonicalize(data, Limits::default());
    let value = json::parse(data, Limits::default());
    assert_eq!(canonical.as_ref().err(), value.as_ref().err());
    let (Ok(canonical), Ok(value)) = (canonical, value) else { return };
    let mut written = Vec::new();
    value.write(&mut written);
    assert_eq!(written, canonical);
    assert_eq!(json::canonicalize(&canonical, Limits::default()), Ok(canonical));
}

/// A stored envelope tells where it belongs, and does not open: the vault has never sealed.
pub fn envelope(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let context = Context {
        log: "loans".into(),
        table: "ACT_RU_VARIABLE".into(),
        row: "1".into(),
        group: "value".into(),
        name: None,
        type_: None,
        tenant: None,
        instance: None,
    };
    let vault = Vault::new("loans", Vec::new(), Trust::new([]), None);
    let said = Stored::parse(text).and_then(|stored| stored.inspect());
    let context = said.as_ref().map_or(&context, |said| &said.context);
    assert!(vault.open(context, text).is_err());
    assert!(vault.open_columns(context, text).is_err());
}

/// A portable envelope tells for whom it is, and does not open with a key that has sealed nothing.
pub fn portable(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let key = Secret::new([0xA5; 32]);
    let opener = Opener::new(vec![OpeningKey::aes_key_wrap(&key), OpeningKey::aes_gcm(&key)]);
    let context = PortableContext::parse(b"{}").expect("an object is a context");
    let said = Portable::parse(text).and_then(|envelope| envelope.inspect());
    assert!(opener.open(&context, text).is_err() || said.is_err());
    if let Ok(said) = said {
        let _ = format!("{said:?}");
    }
}

/// A statement that another key signed does not verify.
pub fn statement(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(statement) = UnverifiedStatement::parse(text) else { return };
    let key = bulla_core::keys::jwk::write_public(signer().verifier());
    let key = Jwk::parse(key.as_bytes(), "key").and_then(|key| key.verifying_key("key"));
    let keys = [key.expect("a public key of its own")];
    assert!(statement.verify(&keys).is_err());
    assert!(statement.verify_document(&keys, b"document").is_err());
}

/// A serialised object of Java opens neither as signed nor as authenticated with keys that have
/// signed and sealed nothing.
pub fn object(data: &[u8]) {
    let Ok(stream) = serialized::decode(data) else { return };
    let signer = bulla_core::keys::jwk::write_public(signer().verifier());
    let signer = Jwk::parse(signer.as_bytes(), "key").and_then(|key| key.object_signer("key"));
    let key = || vec![ObjectKey::aes(&[0xA5; 16]).expect("16 bytes are a key")];
    let demanding = ObjectOpener::new(key(), vec![signer.expect("a public key of its own")]);
    assert!(demanding.open(&stream).is_err());
    let opener = ObjectOpener::new(key(), Vec::new());
    assert!(!opener.open(&stream).is_ok_and(|opened| opened.is_authenticated()));
    let Ok(object) = SerializedObject::parse(&stream) else { return };
    let _ = format!("{object:?}");
}

/// What is read as keys is written as the same keys.
pub fn key(data: &[u8]) {
    let Ok(keys) = Jwk::parse_any(data, "key") else { return };
    for key in keys {
        if let Some(private) = key.to_private() {
            let again = Jwk::parse(private.as_bytes(), "key").expect("what was written is a key");
            assert_eq!(again.thumbprint(), key.thumbprint());
        }
        if let Some(public) = key.to_public() {
            let again = Jwk::parse(public.as_bytes(), "key").expect("what was written is a key");
            assert_eq!(again.thumbprint(), key.thumbprint());
        }
        // Each says what it cannot do, and none panics.
        let _ = (key.signing_key("key"), key.verifying_key("key"));
        let _ = (key.recipient("key"), key.opening_key("key"));
    }
}

/// A configuration is taken or refused.
pub fn config(data: &[u8]) {
    if let Some(text) = text(data) {
        let _ = Config::parse(text, "bulla.toml");
    }
}

/// What the adversary can write of a ledger: records, checkpoints, registry rows and anchors. None
/// of it is by a key that is trusted.
pub fn ledger(data: &[u8]) {
    if let Ok(line) = AnchorLine::parse(data, "anchor", 1) {
        let mut written = Vec::new();
        line.write(&mut written);
        AnchorLine::parse(&written, "anchor", 1).expect("what was written is a line");
    }
    let Some(text) = text(data) else { return };
    let trust = Trust::new([signer().kid()]);
    assert!(Certificate::verify(text, &trust).is_err());
    assert!(RegistryRow::verify(text, "loans", &trust).is_err());
    let log = LogVerifier::new("loans/node-1", *signer().public()).expect("a name of a log");
    assert!(log.verify(text).is_err());
    let (record, signature) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(record) = UnverifiedRecord::parse(record, signature) {
        let _ = (record.log().len(), record.epoch().len(), record.seq(), record.leaf());
    }
}

/// A bundle's archive, which is compressed here so that the fuzzer sees what is inside.
pub fn bundle(data: &[u8]) {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(data).expect("memory takes it");
    let bundle = gzip.finish().expect("memory takes it");
    let policy = format!("identities = [\"{}\"]\n[logs]\n", signer().kid());
    let Ok(mut audit) = BundleAudit::open(bundle.as_slice(), "bundle", &policy, "policy.toml", None) else {
        return;
    };
    while let Ok(true) = audit.read() {}
    while let Ok(left) = audit.compare(1000) {
        if left == 0 {
            break;
        }
    }
    let _ = audit.finish();
}
