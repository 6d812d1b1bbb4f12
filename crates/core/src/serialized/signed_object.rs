//! `java.security.SignedObject`.

use std::borrow::Cow;

use pkcs8::der::asn1::{SequenceRef, UintRef};
use pkcs8::der::{Decode, Reader as _, SliceReader};

use super::stream::{Class, Reader};
use super::{must_be, refused};
use crate::keys::{SignatureAlgorithm, VerifyingKey};
use crate::{Error, Result};

pub(super) const CLASS: &str = "java.security.SignedObject";
const VERSION: i64 = 720_502_720_485_447_167;
const FIELDS: [(&str, &str); 3] =
    [("[B", "content"), ("[B", "signature"), ("Ljava/lang/String;", "thealgorithm")];
const WHAT: &str = "the signed object";

/// A signed object that was read and not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedObject<'a> {
    content: &'a [u8],
    signature: &'a [u8],
    algorithm: Cow<'a, str>,
}

impl<'a> SignedObject<'a> {
    pub(super) fn read(reader: &mut Reader<'a>, classes: &[Class<'a>]) -> Result<Self> {
        must_be(classes, VERSION, &FIELDS)?;
        let (mut content, mut signature, mut algorithm) = (None, None, None);
        for field in &classes[0].fields {
            match &*field.name {
                "content" => content = reader.bytes_value()?,
                "signature" => signature = reader.bytes_value()?,
                _ => algorithm = reader.text_value()?,
            }
        }
        match (content, signature, algorithm) {
            (Some(content), Some(signature), Some(algorithm)) => Ok(Self { content, signature, algorithm }),
            _ => Err(refused(reader.position(), "a field of the SignedObject is null")),
        }
    }

    /// The algorithm by its Java name, as the object says.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The serialised content and the key that signed it, one of `keys`. The object does not say by
    /// which key it was signed, so all are tried whose one algorithm is the object's:
    /// `SHA256withRSA`, `SHA256withECDSA` (on P-256) or `Ed25519`.
    pub fn verify<'k>(&self, keys: &'k [VerifyingKey]) -> Result<(&'a [u8], &'k VerifyingKey)> {
        let Some(first) = keys.first() else {
            let problem = "are none, and the object is signed: give the key that must have signed it".into();
            return Err(Error::InvalidArgument { what: "verifying keys", problem });
        };
        let named = |name: &str| self.algorithm.eq_ignore_ascii_case(name);
        let algorithm = if named("SHA256withRSA") {
            Some(SignatureAlgorithm::Rs256)
        } else if named("SHA256withECDSA") {
            Some(SignatureAlgorithm::Es256)
        } else if named("Ed25519") || named("EdDSA") {
            Some(SignatureAlgorithm::EdDsa)
        } else {
            None
        };
        let mut tried = keys.iter().filter(|key| Some(key.algorithm()) == algorithm).peekable();
        if tried.peek().is_none() {
            return Err(Error::UnsupportedAlgorithm {
                algorithm: self.algorithm.chars().take(100).collect(),
                allowed: java_name(first.algorithm()),
            });
        }
        let signature = match algorithm {
            Some(SignatureAlgorithm::Es256) => fixed(self.signature).map(Vec::from).unwrap_or_default(),
            _ => self.signature.to_vec(),
        };
        let mut failed: Option<Error> = None;
        for key in tried {
            match key.verify(WHAT, self.content, &signature) {
                Ok(()) => return Ok((self.content, key)),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or(Error::Internal { what: "the verification of a signed object" }))
    }
}

fn java_name(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::EdDsa => "Ed25519",
        SignatureAlgorithm::Es256 => "SHA256withECDSA",
        SignatureAlgorithm::Ps256 => "PS256",
        SignatureAlgorithm::Rs256 => "SHA256withRSA",
    }
}

/// The r ‖ s of a signature that Java writes as a sequence of two numbers (RFC 3279 §2.2.3).
fn fixed(signature: &[u8]) -> Option<[u8; 64]> {
    let numbers = <&SequenceRef>::from_der(signature).ok()?;
    let mut reader = SliceReader::new(numbers.as_bytes()).ok()?;
    let mut fixed = [0; 64];
    for half in fixed.chunks_mut(32) {
        let number = UintRef::decode(&mut reader).ok()?;
        let from = half.len().checked_sub(number.as_bytes().len())?;
        half[from..].copy_from_slice(number.as_bytes());
    }
    reader.is_finished().then_some(fixed)
}
