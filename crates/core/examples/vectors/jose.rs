//! Portable envelopes and statements, made with the keys of `jose/keys.json`.

use bulla_core::Result;
use bulla_core::envelope::{PortableContext, Sealer};
use bulla_core::keys::Jwk;
use bulla_core::statement::{self, Attachment, Form, Serialization};
use serde_json::{Value, json};

use super::{encode, read, write};

const DOCUMENT: &[u8] = br#"{"b": 1.0, "a": "x"}"#;

/// Writes `portable/` and `statements/`.
pub(crate) fn write_all() -> Result<()> {
    portable()?;
    statements()
}

fn key(name: &str, algorithm: &str) -> Result<Jwk> {
    let mut key = read("jose/keys.json")[name].clone();
    key["alg"] = algorithm.into();
    Jwk::parse(key.to_string().as_bytes(), name)
}

fn sealed(name: &str, why: &str, keys: &[(&str, &str)]) -> Result<Value> {
    let context = json!({"order": 4711, "process": "loan", "ö": [1, null]});
    let recipients = keys.iter().map(|(name, algorithm)| key(name, algorithm)?.recipient(name));
    let sealer = Sealer::new(recipients.collect::<Result<_>>()?)?.content_type("text/plain")?;
    let stated = PortableContext::parse(context.to_string().as_bytes())?;
    let plaintext = format!("sealed by Bulla: {name}");
    Ok(json!({
        "name": name, "why": why, "context": context, "plaintext": encode(plaintext.as_bytes()),
        "keys": keys.iter().map(|key| key.0).collect::<Vec<_>>(),
        "algorithms": keys.iter().map(|key| key.1).collect::<Vec<_>>(),
        "envelope": sealer.seal(&stated, plaintext.as_bytes(), 0)?,
    }))
}

fn portable() -> Result<()> {
    let agreement = "ECDH-ES+A256KW";
    let symmetric = ("symmetric", "A256KW");
    let one = sealed("a256kw", "AES key wrap.", &[symmetric])?;
    write(
        "portable/opened.json",
        &json!([
            one,
            sealed("a256gcmkw", "AES-GCM key wrap.", &[("symmetric", "A256GCMKW")])?,
            sealed("rsa-oaep-256", "RSA-OAEP with SHA-256.", &[("rfc7515-a2", "RSA-OAEP-256")])?,
            sealed("ecdh-p256", "Agreement on P-256.", &[("rfc7515-a3", agreement)])?,
            sealed("ecdh-x25519", "Agreement on X25519.", &[("x25519", agreement)])?,
            sealed(
                "several",
                "Each of four recipients opens it.",
                &[
                    symmetric,
                    ("rfc7515-a2", "RSA-OAEP-256"),
                    ("rfc7515-a3", agreement),
                    ("x25519", agreement)
                ]
            )?,
        ]),
    );
    let refused = |name: &str, why: &str, kind: &str, change: &dyn Fn(&mut Value)| {
        let mut vector = json!({"name": name, "why": why, "kind": kind, "context": one["context"]});
        let mut envelope = parse(&one["envelope"]);
        change(&mut envelope);
        vector["envelope"] = envelope.to_string().into();
        vector
    };
    let header = |name: &'static str, value: Value| {
        move |envelope: &mut Value| {
            let mut header: Value = parse_encoded(&envelope["protected"]);
            header[name] = value.clone();
            envelope["protected"] = encode(header.to_string().as_bytes()).into();
        }
    };
    let mut elsewhere = refused("elsewhere", "It belongs to another order.", "ContextMismatch", &|_| ());
    elsewhere["context"]["order"] = 4712.into();
    elsewhere["message"] = "the envelope belongs elsewhere: /order is \"4711\" and should be \"4712\"".into();
    let mut twice = refused("twice", "Two members have one name.", "DuplicateMember", &|_| ());
    twice["envelope"] = one["envelope"].as_str().unwrap_or_default().replacen('{', "{\"iv\":\"\",", 1).into();
    let algorithm = "UnsupportedAlgorithm";
    write(
        "portable/refused.json",
        &json!([
            elsewhere,
            twice,
            refused("no-context", "It states no context.", "ContextMissing", &|envelope| {
                envelope.as_object_mut().map(|members| members.remove("aad"));
            }),
            refused("none", "`none` wraps nothing.", algorithm, &header("alg", "none".into())),
            refused(
                "rsa1-5",
                "RSAES-PKCS1-v1_5 is refused always.",
                algorithm,
                &header("alg", "RSA1_5".into())
            ),
            refused("dir", "The content key travels with it.", algorithm, &header("alg", "dir".into())),
            refused(
                "pbes2",
                "No key is made of a password.",
                algorithm,
                &header("alg", "PBES2-HS256+A128KW".into())
            ),
            refused(
                "gcmkw",
                "A key wrapped by AES-GCM has a nonce and a tag.",
                "MalformedEnvelope",
                &header("alg", "A256GCMKW".into())
            ),
            refused("oaep", "The key is for A256KW.", algorithm, &header("alg", "RSA-OAEP-256".into())),
            refused("a128gcm", "Only A256GCM encrypts.", algorithm, &header("enc", "A128GCM".into())),
            refused("zip", "Compression tells of the content.", algorithm, &header("zip", "DEF".into())),
            refused("crit", "`exp` is not understood.", "UnknownCritical", &header("crit", json!(["exp"]))),
            refused("stranger", "No key has this name.", "UnknownKey", &header("kid", "stranger".into())),
            refused(
                "commitment",
                "It commits to another content key than it carries.",
                "KeyMismatch",
                &header("dev.bulla.cek", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into())
            ),
            refused("cty", "Its header was changed.", "AuthenticationFailed", &header("cty", "json".into())),
            refused("tag", "Its tag was changed.", "AuthenticationFailed", &|envelope| {
                envelope["tag"] = "AAAAAAAAAAAAAAAAAAAAAA".into();
            }),
            refused(
                "unprotected",
                "The algorithm of its one recipient is protected.",
                "MalformedEnvelope",
                &|envelope| {
                    envelope["unprotected"] = json!({"alg": "A256KW"});
                }
            ),
        ]),
    );
    Ok(())
}

fn statements() -> Result<()> {
    let signing =
        [("rfc8037-a1", "EdDSA"), ("rfc7515-a3", "ES256"), ("rfc7515-a2", "PS256"), ("rfc7515-a2", "RS256")];
    let attached = Form::default();
    let beside = Form { attachment: Attachment::Detached, ..attached };
    let forms = [
        ("attached", attached),
        (
            "flattened",
            Form { serialization: Serialization::Flattened, content_type: Some("json"), ..attached },
        ),
        ("detached", beside),
        ("raw", Form { attachment: Attachment::DetachedRaw, ..attached }),
        ("canonical", Form { canonical: true, ..beside }),
    ];
    let mut verified = Vec::new();
    for (name, algorithm) in signing {
        let signer = key(name, algorithm)?.signing_key(name)?;
        let vector = |form: &str, why: &str, detached, statement: String| {
            json!({
                "name": format!("{}-{form}", algorithm.to_ascii_lowercase()), "why": why, "key": name,
                "algorithm": algorithm, "document": encode(DOCUMENT), "detached": detached,
                "statement": statement,
            })
        };
        for (label, form) in forms {
            let detached = form.attachment != Attachment::Attached;
            let why = format!("{algorithm}, {label}.");
            verified.push(vector(label, &why, detached, statement::sign(&signer, DOCUMENT, form)?));
        }
        let mut batch = statement::sign_batch(&signer, &[b"first", DOCUMENT, b"third"], false)?;
        verified.push(vector("batch", "The second of three documents.", true, batch.swap_remove(1)));
    }
    let vector = |name: &str, why: &str, kind: &str, statement: String| json!({"name": name, "why": why, "kind": kind, "document": encode(DOCUMENT), "statement": statement});
    let signer = key("rfc8037-a1", "EdDSA")?.signing_key("key")?;
    let genuine = statement::sign(&signer, DOCUMENT, attached)?;
    let header = |change: &dyn Fn(&mut Value)| {
        let (header, rest) = genuine.split_once('.').unwrap_or_default();
        let mut header = parse_encoded(&header.into());
        change(&mut header);
        format!("{}.{rest}", encode(header.to_string().as_bytes()))
    };
    let algorithm = "UnsupportedAlgorithm";
    let other = statement::sign(&signer, b"other", beside)?;
    let mut batch = parse(&statement::sign_batch(&signer, &[b"first", DOCUMENT], false)?.remove(1).into());
    batch["header"]["dev.bulla.proof"]["index"] = 0.into();
    write("statements/verified.json", &verified.into());
    write(
        "statements/refused.json",
        &json!([
            vector("none", "`none` signs nothing.", algorithm, header(&|h| h["alg"] = "none".into())),
            vector(
                "hs256",
                "Whoever can verify it can make it.",
                algorithm,
                header(&|h| h["alg"] = "HS256".into())
            ),
            vector("es256", "The key is for EdDSA.", algorithm, header(&|h| h["alg"] = "ES256".into())),
            vector(
                "crit",
                "`exp` is not understood.",
                "UnknownCritical",
                header(&|h| h["crit"] = json!(["exp"]))
            ),
            vector(
                "stranger",
                "No key has this name.",
                "UnknownKey",
                header(&|h| h["kid"] = "stranger".into())
            ),
            vector(
                "b64",
                "`b64` is not critical.",
                "MalformedStatement",
                header(&|h| h["b64"] = true.into())
            ),
            vector(
                "own",
                "Epochs are certified otherwise.",
                "MalformedStatement",
                header(&|h| h["typ"] = "bulla-epoch".into())
            ),
            vector("cty", "Its header was changed.", "BadSignature", header(&|h| h["cty"] = "json".into())),
            vector("other", "Another document was signed.", "BadSignature", other),
            vector("place", "Its place in the batch was changed.", "NotInBatch", batch.to_string()),
            vector("two-parts", "A part is missing.", "MalformedStatement", "e30.e30".into()),
        ]),
    );
    Ok(())
}

fn parse(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap_or_default()).unwrap_or_default()
}

fn parse_encoded(text: &Value) -> Value {
    let bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text.as_str().unwrap_or_default());
    serde_json::from_slice(&bytes.unwrap_or_default()).unwrap_or_default()
}
