//! Portable envelopes and statements with the keys of a configuration.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use bulla_core::ErrorKind;
use bulla_core::config::Config;
use bulla_core::envelope::{PortableContext, Sealer};
use bulla_core::keys::{Jwk, Pair, Recipient};
use bulla_core::statement::{Attachment, Form};
use bulla_kms::Node;
use bulla_kms::exchange::Content;
use bulla_kms::local::{write_master_key, write_signer};

const HERE: &[u8] = br#"{"order":1}"#;

fn node(directory: &Path, sections: &str) -> bulla_core::Result<Node> {
    if !directory.join("master.jwk").exists() {
        write_master_key(&directory.join("master.jwk"), None).unwrap();
        write_signer(&directory.join("identity.jwk"), None).unwrap();
        write_signer(&directory.join("log.jwk"), None).unwrap();
        write_signer(&directory.join("statement.jwk"), None).unwrap();
    }
    let file = directory.join("bulla.toml");
    let text = format!(
        "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"master.jwk\"\n\
         identity = \"identity.jwk\"\nlog = \"log.jwk\"\n{sections}"
    );
    Node::of(Config::parse(&text, &file.display().to_string())?, &file, 0)
}

fn context(text: &[u8]) -> PortableContext {
    PortableContext::parse(text).unwrap()
}

fn content(bytes: &[u8], content_type: Option<&str>) -> Content {
    Content { bytes: bytes.into(), content_type: content_type.map(Into::into) }
}

#[test]
fn what_one_node_sealed_another_one_with_its_master_key_opens() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (node(directory.path(), "").unwrap(), node(directory.path(), "").unwrap());
    for type_ in [None, Some("text/plain"), Some("json")] {
        let envelope = one.exchange.seal(&context(HERE), type_, b"2,500", 0).unwrap();
        assert_eq!(other.exchange.open(&context(HERE), &envelope).unwrap(), content(b"2,500", type_));
        let error = other.exchange.open(&context(b"{}"), &envelope).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ContextMismatch);
    }
}

#[test]
fn messages_of_a_content_type_share_a_content_key_and_of_more_types_than_are_kept_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let node = node(directory.path(), "").unwrap();
    let key = |type_: &str| {
        let envelope = node.exchange.seal(&context(HERE), Some(type_), b"", 0).unwrap();
        assert_eq!(node.exchange.open(&context(HERE), &envelope).unwrap(), content(b"", Some(type_)));
        let (_, rest) = envelope.split_once("\"encrypted_key\":\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let first = key("type/0");
    assert_eq!(key("type/0"), first);
    for i in 1..20 {
        assert_ne!(key(&format!("type/{i}")), first);
    }
    assert_ne!(key("type/0"), first);
}

#[test]
fn a_named_recipient_opens_with_the_private_key_alone() {
    let directory = tempfile::tempdir().unwrap();
    let partner = Jwk::generate(Pair::X25519).unwrap();
    std::fs::write(directory.path().join("inbox.jwk"), &*partner.to_private().unwrap()).unwrap();
    std::fs::write(directory.path().join("partner.jwk"), partner.to_public().unwrap()).unwrap();
    let sender = node(directory.path(), "[portable]\nrecipients = [\"partner.jwk\"]\n").unwrap();
    let envelope = sender.exchange.seal(&context(HERE), None, b"2,500", 0).unwrap();
    assert_eq!(sender.exchange.open(&context(HERE), &envelope).unwrap(), content(b"2,500", None));

    std::fs::remove_file(directory.path().join("master.jwk")).unwrap();
    write_master_key(&directory.path().join("master.jwk"), None).unwrap();
    let stranger = node(directory.path(), "").unwrap();
    let error = stranger.exchange.open(&context(HERE), &envelope).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    let receiver = node(directory.path(), "[portable]\nkeys = [\"inbox.jwk\"]\n").unwrap();
    assert_eq!(receiver.exchange.open(&context(HERE), &envelope).unwrap(), content(b"2,500", None));

    let recipient: Recipient = partner.recipient("it").unwrap();
    let sealer = Sealer::new(vec![recipient]).unwrap().content_type("json").unwrap();
    let envelope = sealer.seal(&context(HERE), b"{}", 0).unwrap();
    assert_eq!(receiver.exchange.open(&context(HERE), &envelope).unwrap(), content(b"{}", Some("json")));
}

#[test]
fn a_statement_is_believed_of_the_own_signer_and_of_those_that_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let signing = node(directory.path(), "[statement]\nsigner = \"statement.jwk\"\n").unwrap();
    let form = Form { content_type: Some("text/plain"), ..Form::default() };
    let statement = signing.exchange.sign(b"approved", form).unwrap();
    let expected = content(b"approved", Some("text/plain"));
    assert_eq!(signing.exchange.verify(&statement).unwrap(), expected);
    let beside = Form { attachment: Attachment::Detached, ..form };
    let detached = signing.exchange.sign(b"approved", beside).unwrap();
    signing.exchange.verify_document(&detached, b"approved").unwrap();
    let error = signing.exchange.verify_document(&detached, b"refused").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSignature);

    let trusting = node(directory.path(), "[statement]\nverifiers = [\"statement.jwk\"]\n").unwrap();
    assert_eq!(trusting.exchange.verify(&statement).unwrap(), expected);
    let other = node(directory.path(), "[statement]\nverifiers = [\"log.jwk\"]\n").unwrap();
    assert_eq!(other.exchange.verify(&statement).unwrap_err().kind(), ErrorKind::UnknownKey);
}

#[test]
fn what_lacks_in_the_configuration_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let bare = node(directory.path(), "").unwrap();
    let file = directory.path().join("bulla.toml");
    let said = |problem: &str| format!("{}, line 1: {problem}", file.display());
    assert_eq!(
        bare.exchange.sign(b"", Form::default()).unwrap_err().to_string(),
        said("statement.signer is missing: it names the file of the key that signs")
    );
    let statement = node(directory.path(), "[statement]\nsigner = \"statement.jwk\"\n").unwrap();
    let statement = statement.exchange.sign(b"", Form::default()).unwrap();
    assert_eq!(
        bare.exchange.verify(&statement).unwrap_err().to_string(),
        said("statement.verifiers is missing: it names the files of the keys whose statements are believed")
    );
    let error = node(directory.path(), "[portable]\nrecipients = [\"gone.jwk\"]\n").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("gone.jwk"), "{error}");
    let error = node(directory.path(), "[statement]\nsigner = \"master.jwk\"\n").unwrap_err();
    assert!(error.to_string().contains("master.jwk is not a usable key"), "{error}");
    let one = std::fs::read_to_string(directory.path().join("statement.jwk")).unwrap();
    let other = std::fs::read_to_string(directory.path().join("log.jwk")).unwrap();
    std::fs::write(directory.path().join("two.jwks"), format!("{{\"keys\":[{one},{other}]}}")).unwrap();
    assert_eq!(
        node(directory.path(), "[statement]\nsigner = \"two.jwks\"\n").unwrap_err().to_string(),
        said("statement.signer names a file of several keys; only one can sign")
    );
}
