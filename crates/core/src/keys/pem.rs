//! Keys as PEM (RFC 7468): PKCS#8 for private keys, SPKI for public ones.

use pkcs8::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

use super::jwk::malformed;
use crate::crypto::der::{PrivateKey, PublicKey};
use crate::{Error, Result};

/// How a block of PEM begins (RFC 7468 §3).
const BEGIN: &[u8] = b"-----BEGIN ";

/// A key that was read from PEM.
pub(super) enum PemKey {
    Private(PrivateKey),
    Public(PublicKey),
}

/// Whether the text is meant to be PEM.
pub(super) fn looks_so(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(BEGIN)
}

/// Reads the one key that the text holds.
pub(super) fn read(text: &[u8], what: &str) -> Result<PemKey> {
    let blocks = text.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
    if blocks > 1 {
        return Err(malformed(what, &format!("it holds {blocks} blocks of PEM, and one key is expected")));
    }
    let (label, document) = pem::decode_vec(text.trim_ascii())
        .map_err(|error| malformed(what, &format!("it is not PEM: {error}")))?;
    let document = Zeroizing::new(document);
    let key = match label {
        "PRIVATE KEY" => return read_pkcs8(&document, what).map(PemKey::Private),
        "PUBLIC KEY" => PublicKey::from_spki(&document),
        other => {
            let advice =
                if other.ends_with(" PRIVATE KEY") { "; `openssl pkcs8 -topk8` converts it" } else { "" };
            let problem =
                format!("it is a {other:?}, not a \"PRIVATE KEY\" (PKCS#8) or \"PUBLIC KEY\" (SPKI){advice}");
            return Err(malformed(what, &problem));
        }
    };
    key.map(PemKey::Public).ok_or_else(|| other_kind(what))
}

/// Reads a private key in DER.
pub(super) fn read_pkcs8(document: &[u8], what: &str) -> Result<PrivateKey> {
    PrivateKey::from_pkcs8(document).ok_or_else(|| other_kind(what))
}

/// Writes PKCS#8; `None` if the key is longer than DER allows.
pub(super) fn write_private(key: &PrivateKey, public: &PublicKey) -> Option<Zeroizing<String>> {
    let document = key.to_pkcs8(public).ok()?;
    pem::encode_string("PRIVATE KEY", LineEnding::LF, &document).ok().map(Zeroizing::new)
}

/// Writes SPKI; `None` if the key is longer than DER allows.
pub(super) fn write_public(key: &PublicKey) -> Option<String> {
    pem::encode_string("PUBLIC KEY", LineEnding::LF, &key.to_spki().ok()?).ok()
}

fn other_kind(what: &str) -> Error {
    malformed(what, "it is not a key of Ed25519, X25519, P-256, or RSA of 2048 to 8192 bits")
}
