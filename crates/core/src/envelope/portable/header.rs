//! The headers of a portable envelope: the protected one, and in the general form one of each
//! recipient.

use crate::crypto::der::PublicKey;
use crate::crypto::{NONCE_LEN, TAG_LEN};
use crate::json::{self, Limits, Object, Value, Writer};
use crate::keys::KeyId;
use crate::keys::asymmetric;
use crate::keys::recipient::{AGREEMENT, ALGORITHMS, GCM, Parameters, Parties, WrappedKey};
use crate::statement::header::critical;
use crate::{Error, Result, base64url};

/// The member that holds the content key's thumbprint.
///
/// A name that nobody else uses (RFC 7515 §4.3): AES-GCM does not commit to its key, so the
/// envelope does.
pub(super) const COMMITMENT: &str = "dev.bulla.cek";
const ENCRYPTION: &str = "A256GCM";
/// How many bytes a protected header may have.
pub(super) const LONGEST: usize = 1 << 16;

/// What concerns the content, whoever opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    /// The content key's thumbprint.
    pub(super) commitment: KeyId,
    pub(super) content_type: Option<String>,
}

/// What concerns one recipient.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Addressed {
    pub(super) algorithm: String,
    pub(super) kid: String,
    pub(super) wrapped: WrappedKey,
}

/// A header, in canonical form: about the content, about a recipient, or about both.
pub(super) fn write(content: Option<&Content>, recipient: Option<&Addressed>) -> Vec<u8> {
    let mut writer = Writer::object();
    let agreement = recipient.and_then(|recipient| recipient.wrapped.parameters.agreement.as_ref());
    if let Some(recipient) = recipient {
        writer.member("alg").string(&recipient.algorithm);
    }
    if let Some((_, Parties { apu, apv })) = agreement {
        for (name, party) in [("apu", apu), ("apv", apv)] {
            if !party.is_empty() {
                writer.member(name).string(&base64url::encode(party));
            }
        }
    }
    if let Some(content) = content {
        if let Some(content_type) = &content.content_type {
            writer.member("cty").string(content_type);
        }
        writer.member(COMMITMENT).string(content.commitment.as_str());
        writer.member("enc").string(ENCRYPTION);
    }
    if let Some(Addressed { kid, wrapped, .. }) = recipient {
        if let Some((ephemeral, _)) = agreement {
            writer.member("epk").begin_object();
            asymmetric::write_public(ephemeral, &mut writer);
            writer.end_object();
        }
        let gcm = wrapped.parameters.gcm.as_ref();
        if let Some((nonce, _)) = gcm {
            writer.member("iv").string(&base64url::encode(nonce));
        }
        writer.member("kid").string(kid);
        if let Some((_, tag)) = gcm {
            writer.member("tag").string(&base64url::encode(tag));
        }
    }
    writer.finish()
}

/// The members of a protected header, as encoded in an envelope.
pub(super) fn decode(encoded: &str) -> Result<Object> {
    let bytes = base64url::decode(encoded)
        .ok_or_else(|| malformed("the protected header is cut or is not canonical base64url"))?;
    json::parse(&bytes, Limits { depth: 4, size: LONGEST, ..Limits::default() })?
        .into_object("protected header")
}

/// What stands in one of two headers that have no member in common.
pub(super) struct Headers<'a> {
    pub(super) protected: &'a Object,
    pub(super) own: Option<&'a Object>,
}

impl<'a> Headers<'a> {
    /// Refuses what no key may allow, in this order: critical members, compression, another
    /// encryption, an algorithm that is not known.
    pub(super) fn admit(&self) -> Result<()> {
        let both = || [Some(self.protected), self.own].into_iter().flatten();
        if let Some(header) = both().find_map(critical) {
            return Err(Error::UnknownCritical { header });
        }
        if let Some(zip) = self.get("zip") {
            return Err(unsupported(zip, "no compression"));
        }
        match self.get("enc") {
            Some(Value::String(name)) if name == ENCRYPTION => {}
            Some(other) => return Err(unsupported(other, ENCRYPTION)),
            None => return Err(malformed("its header lacks \"enc\"")),
        }
        // RFC 7516 §4: the names of both must be disjoint.
        let twice = self.own.and_then(|own| own.iter().find(|(name, _)| self.protected.get(name).is_some()));
        if let Some((name, _)) = twice {
            return Err(malformed(format!("two headers of a recipient have a member {name:?}")));
        }
        match self.get("alg") {
            Some(Value::String(name)) if ALGORITHMS.contains(&name.as_str()) => Ok(()),
            Some(other) => Err(unsupported(other, "a wrapped content key")),
            None => Err(malformed("its header lacks \"alg\"")),
        }
    }

    /// What the headers say of a recipient.
    pub(super) fn addressed(&self, encrypted_key: &str) -> Result<Addressed> {
        let algorithm = self.required("alg")?;
        let gcm = match algorithm {
            GCM => Some((self.array::<NONCE_LEN>("iv")?, self.array::<TAG_LEN>("tag")?)),
            _ => None,
        };
        let agreement = match algorithm {
            AGREEMENT => {
                Some((self.ephemeral()?, Parties { apu: self.party("apu")?, apv: self.party("apv")? }))
            }
            _ => None,
        };
        let encrypted_key = base64url::decode(encrypted_key)
            .ok_or_else(|| malformed("an encrypted key is cut or is not canonical base64url"))?;
        Ok(Addressed {
            algorithm: algorithm.into(),
            kid: self.required("kid")?.into(),
            wrapped: WrappedKey { encrypted_key, parameters: Parameters { gcm, agreement } },
        })
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.protected.get(name).or_else(|| self.own?.get(name))
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(format!("header member {name:?} is not a string"))),
        }
    }

    fn required(&self, name: &str) -> Result<&'a str> {
        self.text(name)?.ok_or_else(|| malformed(format!("its header lacks {name:?}")))
    }

    fn array<const N: usize>(&self, name: &str) -> Result<[u8; N]> {
        self.text(name)?.and_then(base64url::decode_array).ok_or_else(|| {
            malformed(format!("header member {name:?} is not {N} bytes of canonical base64url"))
        })
    }

    fn party(&self, name: &str) -> Result<Vec<u8>> {
        base64url::decode(self.text(name)?.unwrap_or_default())
            .ok_or_else(|| malformed(format!("header member {name:?} is not canonical base64url")))
    }

    fn ephemeral(&self) -> Result<PublicKey> {
        let key = self.get("epk").and_then(Value::as_object);
        let key = key.ok_or_else(|| malformed("its header lacks the key \"epk\""))?;
        asymmetric::read_public(key, "the key \"epk\"").map_err(|error| malformed(error.to_string()))
    }
}

/// What the protected header says of the content.
pub(super) fn content(protected: &Object) -> Result<Content> {
    let commitment = match protected.get(COMMITMENT) {
        Some(Value::String(text)) => KeyId::parse(text),
        _ => None,
    };
    let commitment = commitment.ok_or_else(|| {
        malformed(format!("the protected header lacks {COMMITMENT:?}, the content key's thumbprint"))
    })?;
    let content_type = match protected.get("cty") {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => return Err(malformed("header member \"cty\" is not a string")),
    };
    Ok(Content { commitment, content_type })
}

fn unsupported(found: &Value, allowed: &'static str) -> Error {
    Error::UnsupportedAlgorithm { algorithm: found.as_str().unwrap_or_default().into(), allowed }
}

fn malformed(problem: impl Into<String>) -> Error {
    Error::MalformedEnvelope { problem: problem.into() }
}
