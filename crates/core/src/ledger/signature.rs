//! The signature of a record: a detached JWS (RFC 7515 appendix F), so that the record stays readable
//! beside it. Its payload is the record's SHA-256, because Ed25519 reads what it signs twice, by
//! SHA-512, which few processors help with.

use std::sync::Arc;

use crate::crypto::{Active, Backend};
use crate::json::{Limits, Object, Value, Writer};
use crate::keys::Epoch;
use crate::{Error, Result, base64url};

const TYPE: &str = "bulla-record";

/// Signs the records of one epoch.
#[derive(Debug)]
pub(super) struct RecordSigner {
    epoch: Arc<Epoch>,
    /// The encoded header and the dot behind it, which are the same in every signature.
    prefix: String,
}

impl RecordSigner {
    pub(super) fn new(epoch: Arc<Epoch>) -> Self {
        let prefix = encoded_header(epoch.signer().kid().as_str()) + ".";
        Self { epoch, prefix }
    }

    pub(super) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// The detached signature of `record`.
    pub(super) fn sign(&self, record: &str) -> String {
        let mut text = String::with_capacity(self.prefix.len() + 1 + 86);
        text.push_str(&self.prefix);
        append_payload(record, &mut text);
        let signature = self.epoch.signer().sign(text.as_bytes());
        text.truncate(self.prefix.len());
        text.push('.');
        base64url::append(&signature, &mut text);
        text
    }
}

/// A signature that has the form of one.
#[derive(Debug)]
pub(super) struct DetachedSignature<'a> {
    encoded_header: &'a str,
    pub(super) kid: String,
    signature: [u8; 64],
}

impl<'a> DetachedSignature<'a> {
    /// Reads the compact form, and refuses every header but the one that this library writes.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let mut parts = text.split('.');
        let (Some(encoded_header), Some(""), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("the signature is not a detached JWS"));
        };
        let kid = read_header(encoded_header)?;
        let signature = base64url::decode_array(signature)
            .ok_or_else(|| malformed("the signature is not 64 bytes in base64url"))?;
        Ok(Self { encoded_header, kid, signature })
    }

    pub(super) fn verify(&self, record: &str, public: &[u8; 32]) -> bool {
        let mut input = format!("{}.", self.encoded_header);
        append_payload(record, &mut input);
        Active::verify_ed25519(public, input.as_bytes(), &self.signature)
    }
}

/// Appends the encoded payload: the digest of the record.
fn append_payload(record: &str, input: &mut String) {
    base64url::append(&Active::sha256(&[record.as_bytes()]), input);
}

fn encoded_header(kid: &str) -> String {
    let mut header = Writer::object();
    header.member("alg").string("EdDSA").member("kid").string(kid).member("typ").string(TYPE);
    base64url::encode(&header.finish())
}

/// The kid of a header; an error that says what else is in it.
fn read_header(encoded: &str) -> Result<String> {
    let malformed = || malformed("the signature's header is not JSON in base64url");
    let json = base64url::decode(encoded).ok_or_else(malformed)?;
    let header = crate::json::parse(&json, Limits { depth: 4, size: 1024, ..Limits::default() })
        .map_err(|_| malformed())?
        .into_object("signature header")?;
    let kid = read_members(&header)?;
    if encoded_header(kid) == encoded { Ok(kid.into()) } else { Err(malformed()) }
}

fn read_members(header: &Object) -> Result<&str> {
    const WHAT: &str = "signature header";
    let algorithm = header.required_str(WHAT, "alg")?;
    if algorithm != "EdDSA" {
        return Err(Error::UnsupportedAlgorithm { algorithm: algorithm.into(), allowed: "EdDSA" });
    }
    if let Some(critical) = header.optional_array(WHAT, "crit")? {
        let name = critical.first().and_then(Value::as_str);
        return Err(Error::UnknownCritical { header: name.unwrap_or("?").into() });
    }
    header.required_str(WHAT, "kid")
}

fn malformed(problem: &str) -> Error {
    Error::MalformedRecord { problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::crypto::Secret;
    use crate::keys::Signer;

    fn signer() -> RecordSigner {
        let identity = Signer::from_seed(&Secret::new([6; 32]));
        RecordSigner::new(Arc::new(Epoch::start(&identity, "loans/node-1", 0).unwrap()))
    }

    fn verifies(signer: &RecordSigner, record: &str, signature: &str) -> bool {
        let key = signer.epoch().signer();
        DetachedSignature::parse(signature)
            .is_ok_and(|parsed| parsed.kid == key.kid().as_str() && parsed.verify(record, key.public()))
    }

    #[test]
    fn a_signature_fits_its_column() {
        assert!(signer().sign("{}").len() <= 255);
    }

    #[test]
    fn a_signature_holds_for_its_record_alone() {
        let signer = signer();
        let signature = signer.sign("{\"a\":1}");
        assert!(verifies(&signer, "{\"a\":1}", &signature));
        assert!(!verifies(&signer, "{\"a\":2}", &signature));
    }

    #[test]
    fn a_signature_with_any_bit_flipped_is_refused() {
        let signer = signer();
        let signature = signer.sign("{}");
        for position in 0..signature.len() {
            for bit in 0..8 {
                let mut changed = signature.clone().into_bytes();
                changed[position] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                assert!(!verifies(&signer, "{}", &changed));
            }
        }
    }

    #[test]
    fn other_algorithms_and_headers_are_refused_each_by_its_kind() {
        let kind = |header: &str| {
            let header = base64url::encode(header.as_bytes());
            let signature = signer().sign("{}");
            let (_, rest) = signature.split_once("..").unwrap();
            DetachedSignature::parse(&format!("{header}..{rest}")).unwrap_err().kind()
        };
        let algorithm = ErrorKind::UnsupportedAlgorithm;
        assert_eq!(kind(r#"{"alg":"none","kid":"k","typ":"bulla-record"}"#), algorithm);
        assert_eq!(kind(r#"{"alg":"HS256","kid":"k","typ":"bulla-record"}"#), algorithm);
        let critical = r#"{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"k","typ":"bulla-record"}"#;
        assert_eq!(kind(critical), ErrorKind::UnknownCritical);
        assert_eq!(kind(r#"{"alg":"EdDSA","typ":"bulla-record"}"#), ErrorKind::UnexpectedJson);
        assert_eq!(kind(r#"{"alg":"EdDSA","kid":"k","typ":"bulla-key"}"#), ErrorKind::MalformedRecord);
        assert_eq!(kind("[]"), ErrorKind::UnexpectedJson);
        assert_eq!(kind("{"), ErrorKind::MalformedRecord);
    }
}
