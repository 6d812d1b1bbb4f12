//! Sealing with the keys of a configuration, without an engine.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use bulla_core::ErrorKind;
use bulla_core::context::Context;
use bulla_kms::Keyring;
use bulla_kms::local::{write_master_key, write_signer};

fn installation(directory: &Path) -> PathBuf {
    write_master_key(&directory.join("master.jwk"), None).unwrap();
    write_signer(&directory.join("identity.jwk"), None).unwrap();
    write_signer(&directory.join("log.jwk"), None).unwrap();
    let file = directory.join("bulla.toml");
    let text = "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"master.jwk\"\n\
                identity = \"identity.jwk\"\nlog = \"log.jwk\"\nregistry = \"registry\"\n";
    std::fs::write(&file, text).unwrap();
    file
}

fn place(row: &str) -> Context<'_> {
    Context {
        log: "loans".into(),
        table: "ORDERS".into(),
        row: row.into(),
        group: "value".into(),
        name: None,
        type_: None,
        tenant: None,
        instance: None,
    }
}

#[test]
fn what_one_keyring_sealed_another_one_opens() {
    let directory = tempfile::tempdir().unwrap();
    let file = installation(directory.path());
    let envelope = Keyring::open(&file).unwrap().seal(&place("1"), b"2,500").unwrap();
    let other = Keyring::open(&file).unwrap();
    assert_eq!(other.open_envelope(&place("1"), &envelope).unwrap(), b"2,500");
    let elsewhere = other.open_envelope(&place("2"), &envelope).unwrap_err();
    assert_eq!(elsewhere.kind(), ErrorKind::ContextMismatch);
}

#[test]
fn threads_that_lack_a_key_share_the_one_that_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let keyring = Keyring::open(&installation(directory.path())).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| keyring.seal(&place("1"), b"x").unwrap());
        }
    });
    let registry = std::fs::read_to_string(directory.path().join("registry")).unwrap();
    assert_eq!(registry.lines().count(), 1);
}

#[test]
fn a_key_without_its_row_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = installation(directory.path());
    let envelope = Keyring::open(&file).unwrap().seal(&place("1"), b"x").unwrap();
    std::fs::remove_file(directory.path().join("registry")).unwrap();
    let error = Keyring::open(&file).unwrap().open_envelope(&place("1"), &envelope).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    assert!(error.to_string().contains("is not in the keyring"), "{error}");
}

#[test]
fn a_configuration_without_a_registry_says_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let file = installation(directory.path());
    let text = std::fs::read_to_string(&file).unwrap().replace("registry = \"registry\"\n", "");
    let error = Keyring::parse(&text, &file.display().to_string()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("keys.registry is missing"), "{error}");
}

#[test]
fn a_configuration_that_is_not_there_is_named() {
    let error = Keyring::open(Path::new("nowhere/bulla.toml")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().starts_with("nowhere/bulla.toml cannot be read"), "{error}");
}
