//! What key files say of themselves; never a secret.

use bulla_core::json::{self, Limits, Value, Writer};
use bulla_core::keys::{Jwk, protected};

use crate::outcome::Result;
use crate::passphrase::PassphraseOption;

/// What a file says if it is one of keys, canonical JSON. A protected one is looked into only where its
/// passphrase is named.
pub(super) fn said(text: &str, what: &str, passphrase: &PassphraseOption) -> Result<Option<Vec<u8>>> {
    let protection = protected::algorithm(text.as_bytes());
    let keys = match &protection {
        Some(_) if passphrase.is_named() => {
            let read = |ask: bulla_kms::Ask<'_>| Ok(protected::read(text.as_bytes(), &ask(what)?, what)?);
            Some(passphrase.serve(read)?)
        }
        Some(_) => None,
        None if looks_so(text) => Some(Jwk::parse_any(text.as_bytes(), what)?),
        None => return Ok(None),
    };
    let mut json = Writer::object();
    if let Some(algorithm) = &protection {
        json.member("algorithm").string(algorithm);
    }
    json.member("form").string("keys");
    if let Some(keys) = keys {
        json.member("keys").begin_array();
        for key in &keys {
            write(key, &mut json)?;
        }
        json.end_array();
    }
    json.member("protected").bool(protection.is_some());
    Ok(Some(json.finish()))
}

fn looks_so(text: &str) -> bool {
    text.starts_with("-----BEGIN ")
        || json::parse(text.as_bytes(), Limits::default()).is_ok_and(|value| {
            value.as_object().is_some_and(|object| match object.get("keys") {
                Some(keys) => keys.as_array().is_some(),
                None => object.get("kty").is_some(),
            })
        })
}

fn write(key: &Jwk, json: &mut Writer) -> Result<()> {
    let public = key.to_public();
    let public = public.as_deref().unwrap_or(r#"{"kty":"oct"}"#);
    let public = json::parse(public.as_bytes(), Limits::default())?.into_object("public key")?;
    let text = |name| public.get(name).and_then(Value::as_str);
    json.begin_object();
    if let Some(modulus) = text("n") {
        // Base64url without padding: each character is six bits.
        let bytes = modulus.len() * 6 / 8;
        json.member("bits").integer(i64::try_from(bytes * 8).unwrap_or(i64::MAX));
    }
    if let Some(curve) = text("crv") {
        json.member("crv").string(curve);
    }
    json.member("kid").string(key.thumbprint().as_str());
    json.member("kty").string(text("kty").unwrap_or_default());
    json.member("private").bool(key.to_private().is_some());
    json.end_object();
    Ok(())
}
