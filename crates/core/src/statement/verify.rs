//! Verifying.

use std::borrow::Cow;

use super::batch::{self, Proof};
use super::{CANONICAL, CANONICAL_NAME, LONGEST_HEADER, OWN_TYPE, malformed};
use crate::json::{self, Limits, Object, Value};
use crate::keys::VerifyingKey;
use crate::{Error, Result, base64url};

/// A statement that was read and not verified. What it says is not authentic.
#[derive(Debug)]
pub struct UnverifiedStatement<'a> {
    encoded_header: Cow<'a, str>,
    algorithm: String,
    kid: Option<String>,
    content_type: Option<String>,
    /// The encoded payload; `None` if it lies beside the statement.
    payload: Option<Cow<'a, str>>,
    /// RFC 7797: the payload is signed as it is.
    raw: bool,
    canonical: bool,
    signature: Vec<u8>,
    /// Where in a batch the document stands.
    proof: Option<Proof>,
}

/// The header, still encoded, and what is not protected.
struct Parts<'a> {
    protected: Cow<'a, str>,
    payload: Option<Cow<'a, str>>,
    signature: Cow<'a, str>,
    header: Option<Object>,
}

impl<'a> UnverifiedStatement<'a> {
    /// Reads a statement, compact or flattened.
    pub fn parse(statement: &'a str) -> Result<Self> {
        let parts = if statement.trim_start().starts_with('{') {
            Parts::from_json(statement)?
        } else {
            Parts::from_compact(statement)?
        };
        Self::from_parts(parts)
    }

    fn from_parts(parts: Parts<'a>) -> Result<Self> {
        let bytes = base64url::decode(parts.protected.as_bytes())
            .ok_or_else(|| malformed("the protected header is cut or is not canonical base64url"))?;
        let limits = Limits { depth: 8, size: LONGEST_HEADER, ..Limits::default() };
        let protected = json::parse(&bytes, limits)?.into_object("protected header")?;
        let raw = raw(&protected)?;
        if parts.header.as_ref().is_some_and(|header| header.get("crit").or(header.get("b64")).is_some()) {
            return Err(malformed("a critical header member is not protected"));
        }
        if raw && parts.payload.is_some() {
            return Err(malformed("a payload that is not encoded must lie beside the statement"));
        }
        if let Some(header) = &parts.header
            && let Some((name, _)) = header.iter().find(|(name, _)| protected.get(name).is_some())
        {
            return Err(malformed(format!("both headers have a member {name:?}")));
        }
        let kid =
            text(&protected, "kid")?.or(parts.header.as_ref().map_or(Ok(None), |own| text(own, "kid"))?);
        let proof = match text(&protected, "typ")? {
            Some(batch::TYPE) => Some(Proof::read(parts.header.as_ref())?),
            Some(own) if own.starts_with(OWN_TYPE) => {
                return Err(malformed(format!(
                    "{own:?} is a type of statement that this library keeps to itself"
                )));
            }
            _ => None,
        };
        let canonical = match text(&protected, CANONICAL)? {
            None => false,
            Some(CANONICAL_NAME) => true,
            Some(_) => return Err(malformed(format!("{CANONICAL:?} names an unknown form"))),
        };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Self {
            algorithm: text(&protected, "alg")?.ok_or_else(|| malformed("its header lacks \"alg\""))?.into(),
            kid: owned(kid),
            content_type: owned(text(&protected, "cty")?),
            signature: base64url::decode(parts.signature.as_bytes())
                .ok_or_else(|| malformed("the signature is cut or is not canonical base64url"))?,
            encoded_header: parts.protected,
            payload: parts.payload,
            raw,
            canonical,
            proof,
        })
    }

    /// The key that the statement says it was signed by.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm that the statement says it was signed by.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// What the document is, if the statement says.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Whether the canonical form (RFC 8785) of the document was signed.
    #[must_use]
    pub fn is_canonical(&self) -> bool {
        self.canonical
    }

    /// How long the document in the statement is, in bytes; `None` if it lies beside it.
    #[must_use]
    pub fn document_len(&self) -> Option<usize> {
        let payload = self.payload.as_ref().filter(|_| self.proof.is_none())?;
        Some(payload.len() * 3 / 4)
    }

    /// Whether the document lies beside the statement, as that of a batch always does.
    #[must_use]
    pub fn is_detached(&self) -> bool {
        self.payload.is_none() || self.proof.is_some()
    }

    /// Whether the statement is one of a batch.
    #[must_use]
    pub fn is_of_batch(&self) -> bool {
        self.proof.is_some()
    }

    /// The document in the statement, if one of `keys` signed it.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<Vec<u8>> {
        match (&self.payload, &self.proof) {
            (Some(payload), None) => self.verify_attached(keys, payload).map(|(_, document)| document),
            _ => Err(lies("beside the statement: give it")),
        }
    }

    /// Fails unless one of `keys` signed the document that lies beside the statement.
    pub fn verify_document(&self, keys: &[VerifyingKey], document: &[u8]) -> Result<()> {
        match (&self.payload, &self.proof) {
            (Some(payload), Some(proof)) => {
                let (key, root) = self.verify_attached(keys, payload)?;
                proof.verify(key, &root, document)
            }
            (None, Some(_)) => Err(malformed("the root of the batch is missing")),
            (Some(_), None) => Err(lies("in the statement: give none")),
            (None, None) => {
                let document = if self.canonical {
                    Cow::Owned(json::canonicalize(document, Limits::default())?)
                } else {
                    Cow::Borrowed(document)
                };
                let header = self.encoded_header.as_bytes();
                let message = if self.raw {
                    [header, b".", &document].concat()
                } else {
                    [header, b".", base64url::encode(&document).as_bytes()].concat()
                };
                self.key(keys)?.verify("the statement", &message, &self.signature)
            }
        }
    }

    fn verify_attached<'k>(
        &self,
        keys: &'k [VerifyingKey],
        payload: &str,
    ) -> Result<(&'k VerifyingKey, Vec<u8>)> {
        let key = self.key(keys)?;
        // RFC 7515 §5.2 step 8: what is signed is both, as encoded.
        let message = [&self.encoded_header, ".", payload].concat();
        key.verify("the statement", message.as_bytes(), &self.signature)?;
        let document = base64url::decode(payload)
            .ok_or_else(|| malformed("the payload is cut or is not canonical base64url"))?;
        Ok((key, document))
    }

    /// The key that must have signed. The key says by which algorithm, never the message.
    fn key<'k>(&self, keys: &'k [VerifyingKey]) -> Result<&'k VerifyingKey> {
        let mut named =
            keys.iter().filter(|key| self.kid.as_deref().is_none_or(|kid| key.kid().as_str() == kid));
        let key = match (&self.kid, named.clone().count()) {
            (Some(kid), 0) => return Err(Error::UnknownKey { kid: kid.clone() }),
            (None, count) if count != 1 => {
                return Err(malformed("it does not name its key; verify it with the one that it must be of"));
            }
            _ => named.clone().next().ok_or(Error::Internal { what: "the search of a key" })?,
        };
        named.find(|key| key.algorithm().name() == self.algorithm).ok_or_else(|| {
            Error::UnsupportedAlgorithm { algorithm: self.algorithm.clone(), allowed: key.algorithm().name() }
        })
    }
}

impl<'a> Parts<'a> {
    fn from_compact(statement: &'a str) -> Result<Self> {
        let mut parts = statement.split('.');
        let (Some(protected), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("it has not three parts"));
        };
        let payload = (!payload.is_empty()).then(|| payload.into());
        Ok(Self { protected: protected.into(), payload, signature: signature.into(), header: None })
    }

    fn from_json(statement: &str) -> Result<Self> {
        let limits = Limits { depth: 8, size: usize::MAX, ..Limits::default() };
        let object = json::parse(statement.as_bytes(), limits)?.into_object("statement")?;
        if object.get("signatures").is_some() {
            return Err(malformed(
                "it is in the general serialization; each signature is a statement of its own",
            ));
        }
        if let Some((name, _)) =
            object.iter().find(|(name, _)| !["header", "payload", "protected", "signature"].contains(name))
        {
            return Err(malformed(format!("member {name:?} is unknown")));
        }
        let owned = |name| text(&object, name).map(|text| text.map(|text| Cow::Owned(text.to_owned())));
        let required = |name| owned(name)?.ok_or_else(|| malformed(format!("member {name:?} is missing")));
        let header = match object.get("header") {
            None => None,
            Some(Value::Object(header)) => Some(header.clone()),
            Some(_) => return Err(malformed("member \"header\" is not an object")),
        };
        Ok(Self {
            protected: required("protected")?,
            payload: owned("payload")?,
            signature: required("signature")?,
            header,
        })
    }
}

/// Whether the payload is signed as it is (RFC 7797), the one critical member that is understood.
fn raw(protected: &Object) -> Result<bool> {
    let critical = match protected.get("crit") {
        None => &[],
        Some(Value::Array(names)) if !names.is_empty() => names.as_slice(),
        Some(_) => return Err(malformed("\"crit\" is not an array of names")),
    };
    for name in critical {
        match name.as_str() {
            Some("b64") => {}
            other => return Err(Error::UnknownCritical { header: other.unwrap_or_default().into() }),
        }
    }
    match (protected.get("b64"), critical) {
        (None, []) => Ok(false),
        (Some(Value::Bool(encoded)), [_]) => Ok(!encoded),
        (Some(Value::Bool(_)), []) => Err(malformed("\"b64\" is not critical, as RFC 7797 demands")),
        _ => Err(malformed("\"b64\" or \"crit\" is not as RFC 7797 demands")),
    }
}

fn text<'o>(object: &'o Object, name: &str) -> Result<Option<&'o str>> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(format!("member {name:?} is not a string"))),
    }
}

fn lies(problem: &str) -> Error {
    Error::InvalidArgument { what: "document", problem: format!("lies {problem}") }
}
