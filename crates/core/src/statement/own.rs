//! The statements that keys and epochs consist of: compact (RFC 7515 §3.1), signed by `EdDSA`, with
//! a type of their own and no header member beside those that the type has.

use super::header::critical;
use crate::json::{self, Limits, Object};
use crate::keys::{Signer, Verifier};
use crate::{Error, Result, base64url};

/// A signed document that was taken apart, its signature not yet verified.
pub(crate) struct OwnStatement<'a> {
    pub(crate) header: Object,
    payload: &'a str,
    /// What the signature is over: the encoded header, '.', the encoded payload.
    signed: &'a str,
    signature: [u8; 64],
}

/// Signs `payload` under `header`, both canonical JSON.
pub(crate) fn sign(header: &[u8], payload: &[u8], signer: &Signer) -> String {
    let length = [header.len(), payload.len(), 64].map(base64url::encoded_len);
    let mut statement = String::with_capacity(length.iter().sum::<usize>() + 2);
    base64url::append(header, &mut statement);
    statement.push('.');
    base64url::append(payload, &mut statement);
    // RFC 7515 §5.1 step 5: the signing input are both, as encoded.
    let signature = signer.sign(statement.as_bytes());
    statement.push('.');
    base64url::append(&signature, &mut statement);
    statement
}

impl<'a> OwnStatement<'a> {
    /// Reads a statement of the kind `kind`, whose header must have just `alg`, `typ` and the
    /// `members`. Its problem is given as a sentence.
    pub(crate) fn parse(text: &'a str, kind: &'static str, members: &[&str]) -> Result<Self> {
        let malformed = |problem| Error::UnexpectedJson { what: kind, problem: String::from(problem) };
        if text.len() > 1 << 14 {
            return Err(Error::TooLarge { size: text.len(), limit: 1 << 14 });
        }
        let (signed, signature) = text.rsplit_once('.').ok_or_else(|| malformed("not a signed statement"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| malformed("not a signed statement"))?;
        let header = read(header, kind)?;
        if let Some(header) = critical(&header) {
            return Err(Error::UnknownCritical { header });
        }
        let algorithm = header.required_str(kind, "alg")?;
        if algorithm != "EdDSA" {
            return Err(Error::UnsupportedAlgorithm { algorithm: algorithm.into(), allowed: "EdDSA" });
        }
        if header.required_str(kind, "typ")? != kind {
            return Err(malformed("member \"typ\" is of another kind of statement"));
        }
        if let Some((name, _)) =
            header.iter().find(|(name, _)| !matches!(*name, "alg" | "typ") && !members.contains(name))
        {
            return Err(malformed(&format!("header member {name:?} is unknown")));
        }
        let signature = base64url::decode_array(signature)
            .ok_or_else(|| malformed("the signature is not 64 bytes of canonical base64url"))?;
        Ok(Self { header, payload, signed, signature })
    }

    /// The type that a compact statement's header names, if there is one.
    pub(crate) fn kind_of(text: &str) -> Option<String> {
        let header = base64url::decode(text.split('.').next()?)?;
        let header = json::parse(&header, Limits { depth: 4, ..Limits::default() }).ok()?;
        header.as_object()?.get("typ")?.as_str().map(Into::into)
    }

    /// The payload, whoever signed it.
    pub(crate) fn claims(&self, kind: &'static str) -> Result<Object> {
        read(self.payload, kind)
    }

    /// The payload, if the signature is `verifier`'s; `what` is named in the error.
    pub(crate) fn verify(&self, what: &str, verifier: &Verifier, kind: &'static str) -> Result<Object> {
        verifier.verify(what, self.signed.as_bytes(), &self.signature)?;
        read(self.payload, kind)
    }
}

fn read(encoded: &str, kind: &'static str) -> Result<Object> {
    let bytes = base64url::decode(encoded).ok_or_else(|| Error::UnexpectedJson {
        what: kind,
        problem: "a part is cut or is not canonical base64url".into(),
    })?;
    json::parse(&bytes, Limits { depth: 4, ..Limits::default() })?.into_object(kind)
}
