use bulla_core::crypto::{Wrapping, WrappingKey};
use bulla_core::keys::{Epoch, KeyId, Purpose, jwk};
use serde_json::{Value, json};

use crate::{INSTALLATION, NOW, World, decode, encode, secret, signed, signer, with_other_end, write};

pub(crate) fn write_all(world: &World) {
    let accepted: Vec<Value> = world
        .rows
        .iter()
        .map(|(row, _)| {
            let name = row.purpose.name();
            json!({"name": name, "why": format!("The key for the purpose {name:?}."), "row": row.text,
                   "kid": row.kid.as_str(), "purpose": name})
        })
        .collect();
    write("registry/accepted.json", &json!(accepted));
    write("registry/refused.json", &json!(refused(world)));
    write("registry/certificates.json", &json!(certificates(world)));
}

#[allow(clippy::too_many_lines, reason = "it is a list")]
fn refused(world: &World) -> Vec<Value> {
    let epoch = &world.epoch;
    let row = &world.row(Purpose::Data).text;
    let parts: Vec<&str> = row.split('.').collect();
    let [header, payload] = [parts[0], parts[1]].map(|part| String::from_utf8(decode(part)).unwrap());
    let data = &world.row(Purpose::Data).kid;
    let edited = |text: &str, from: &str, to: &str| {
        let edited = text.replacen(from, to, 1);
        assert_ne!(edited, text, "{from}");
        edited
    };
    let payload_with = |from: &str, to: &str| signed(&header, &edited(&payload, from, to), epoch.signer());
    let header_with = |from: &str, to: &str| signed(&edited(&header, from, to), &payload, epoch.signer());
    let by = |epoch: &Epoch, payload: &str| {
        let header = format!(
            "{{\"alg\":\"EdDSA\",\"epc\":\"{}\",\"kid\":\"{}\",\"typ\":\"bulla-key\"}}",
            epoch.certificate_text(),
            epoch.signer().kid()
        );
        signed(&header, payload, epoch.signer())
    };
    let own = |epoch: &Epoch| edited(&payload, &world.epoch.certificate().epoch, &epoch.certificate().epoch);
    let stranger = Epoch::start(&signer(4), crate::LOG, NOW).unwrap();
    let elsewhere = Epoch::start(&signer(1), "trial/node-1", NOW).unwrap();
    let later = Epoch::start(&signer(1), crate::LOG, NOW + 1).unwrap();
    let public = jwk::write_public(epoch.signer().verifier());
    let confused = format!("{header}.{payload}");
    let wrapped = |byte: u8| encode(<Wrapping as WrappingKey>::new(&secret(3)).wrap(&secret(byte)).unwrap());
    let own_wrapped =
        serde_json::from_str::<Value>(&payload).unwrap()["wrapped"].as_str().unwrap().to_owned();
    let master = KeyId::of_secret(&secret(3));
    let unexpected = "UnexpectedJson";
    let bad = "BadRegistryRow";
    [
        ("nothing", "An empty column.", unexpected, String::new()),
        ("two-parts", "The signature was cut off.", unexpected, parts[..2].join(".")),
        ("not-base64url", "The header as it is, not encoded.", unexpected, confused),
        ("another-signature", "The signature was changed.", "BadSignature", with_other_end(row)),
        (
            "another-payload",
            "The payload was changed after it was signed.",
            "BadSignature",
            format!("{}.{}.{}", parts[0], encode(edited(&payload, "\"data\"", "\"search\"")), parts[2]),
        ),
        (
            "signed-by-nobody",
            "`none` signs nothing.",
            "UnsupportedAlgorithm",
            format!("{}.{}.", encode(edited(&header, "EdDSA", "none")), parts[1]),
        ),
        ("a-mac", "A public key used as a secret.", "UnsupportedAlgorithm", header_with("EdDSA", "HS256")),
        (
            "a-critical-header",
            "A critical header that is not understood.",
            "UnknownCritical",
            header_with("\"epc\"", "\"crit\":[\"exp\"],\"exp\":1,\"epc\""),
        ),
        (
            "an-unknown-header",
            "A header member of no meaning here.",
            unexpected,
            header_with("\"epc\"", "\"b64\":true,\"epc\""),
        ),
        (
            "another-statement",
            "A statement of another type.",
            unexpected,
            header_with("bulla-key", "bulla-epoch"),
        ),
        (
            "no-certificate",
            "Nothing certifies the epoch's key.",
            unexpected,
            header_with(&format!("\"epc\":\"{}\",", epoch.certificate_text()), ""),
        ),
        (
            "a-key-instead-of-a-certificate",
            "Anyone can send a key along.",
            unexpected,
            header_with(&format!("\"epc\":\"{}\"", epoch.certificate_text()), &format!("\"jwk\":{public}")),
        ),
        (
            "a-stranger",
            "An epoch that no trusted identity certified.",
            "UntrustedKey",
            by(&stranger, &own(&stranger)),
        ),
        (
            "a-stranger-with-a-certificate-of-others",
            "Signed by a stranger, who shows the node's certificate.",
            "BadSignature",
            signed(&header, &payload, &signer(4)),
        ),
        (
            "another-epoch-key",
            "The key id is not that of the certified key.",
            bad,
            header_with(
                &format!("\"kid\":\"{}\"", epoch.signer().kid()),
                &format!("\"kid\":\"{}\"", signer(4).kid()),
            ),
        ),
        ("another-installation", "Made for another installation.", bad, by(&elsewhere, &own(&elsewhere))),
        ("another-epoch", "It names another epoch than its certificate.", bad, by(&later, &payload)),
        ("an-unknown-purpose", "A purpose that is not there.", bad, payload_with("\"data\"", "\"sign\"")),
        ("a-key-id-that-is-none", "The key id is not a thumbprint.", bad, payload_with(data.as_str(), "1")),
        (
            "a-member-missing",
            "When it was made is left out.",
            unexpected,
            payload_with(&format!("\"created\":{NOW},"), ""),
        ),
        ("an-unknown-member", "A member of no meaning here.", unexpected, payload_with("{", "{\"a\":1,")),
        (
            "a-member-twice",
            "A member twice.",
            "DuplicateMember",
            payload_with("{", "{\"purpose\":\"search\","),
        ),
        (
            "another-key",
            "A genuine id, and a wrapped key that is another.",
            "KeyMismatch",
            payload_with(&own_wrapped, &wrapped(66)),
        ),
        (
            "an-unknown-master-key",
            "Wrapped by a master key that is not in the keyring.",
            "KeyUnavailable",
            payload_with(master.as_str(), KeyId::of_secret(&secret(99)).as_str()),
        ),
        ("too-large", "More than 16 KiB.", "TooLarge", format!("{row}{}", "A".repeat(1 << 14))),
    ]
    .map(|(name, why, kind, row)| json!({"name": name, "why": why, "row": row, "kind": kind}))
    .into()
}

fn certificates(world: &World) -> Vec<Value> {
    let text = world.epoch.certificate_text();
    let certificate = world.epoch.certificate();
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload] = [parts[0], parts[1]].map(|part| String::from_utf8(decode(part)).unwrap());
    let payload_with = |from: &str, to: &str| signed(&header, &payload.replacen(from, to, 1), &signer(1));
    let stranger = Epoch::start(&signer(4), crate::LOG, NOW).unwrap();
    let refused = [
        (
            "a-stranger",
            "An identity that is not trusted.",
            "UntrustedKey",
            stranger.certificate_text().to_owned(),
        ),
        (
            "another-payload",
            "The payload was changed after it was signed.",
            "BadSignature",
            format!("{}.{}.{}", parts[0], encode(payload.replacen("loans", "trial", 1)), parts[2]),
        ),
        (
            "a-stranger-with-a-trusted-key",
            "Signed by a stranger, who shows the identity's key.",
            "BadSignature",
            signed(&header, &payload, &signer(4)),
        ),
        (
            "a-newer-version",
            "Written by a version that this one does not know.",
            "UnexpectedJson",
            payload_with("\"v\":1", "\"v\":2"),
        ),
        ("another-curve", "A key that is not Ed25519.", "UnexpectedJson", payload_with("Ed25519", "X25519")),
        (
            "a-private-key",
            "A certificate does not tell private keys.",
            "UnexpectedJson",
            payload_with("\"crv\"", "\"d\":\"AAAA\",\"crv\""),
        ),
    ]
    .map(|(name, why, kind, text)| json!({"name": name, "why": why, "certificate": text, "kind": kind}));
    let accepted = json!({
        "name": "an-epoch", "why": format!("The epoch of all vectors, of installation {INSTALLATION:?}."),
        "certificate": text, "log": certificate.log, "epoch": certificate.epoch,
        "started": certificate.started, "key": certificate.key.kid().as_str(),
        "identity": certificate.identity.as_str(),
    });
    [vec![accepted], refused.into()].concat()
}
