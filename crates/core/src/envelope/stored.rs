//! The stored envelope: a JWE in compact form (RFC 7516 §3.1), made with a data key directly.

use super::buffer::{self, Plaintext};
use super::header::{self, Content, Header};
use super::padding::BLOCK;
use super::sealed::{Frame, Sealed};
use crate::base64url;
use crate::context::Context;
use crate::crypto::{Aead, AeadKey, NONCE_LEN, TAG_LEN};
use crate::keys::KeyId;
use crate::{Error, Result};

/// A stored envelope that was read, not opened: nothing of what it says is proven yet, and it has
/// no plaintext.
pub struct Stored<'a> {
    /// The encoded header, which is what the tag authenticates beside the ciphertext.
    protected: &'a [u8],
    header: Vec<u8>,
    nonce: [u8; NONCE_LEN],
    ciphertext: &'a [u8],
    tag: [u8; TAG_LEN],
    kid: KeyId,
}

/// What an envelope says about itself, without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The data key that sealed it.
    pub kid: KeyId,
    /// The place that it was sealed for.
    pub context: Context<'static>,
    /// What it holds.
    pub content: Content,
    /// The length of what it holds, padding included.
    pub padded_len: usize,
    /// The tag, by which ledger records name the sealed value.
    pub tag: [u8; TAG_LEN],
}

/// Seals what was padded already.
pub(crate) fn seal(
    key: &Aead,
    kid: &KeyId,
    context: &Context<'_>,
    holds: Content,
    padded: Plaintext,
    nonce: [u8; NONCE_LEN],
) -> Result<Sealed> {
    let protected = base64url::encode_ascii(&header::write(context, holds, kid));
    // RFC 7516 §5.1 step 14: the additional authenticated data are the encoded header.
    let (ciphertext, tag) = padded.seal(key, nonce, &protected)?;
    Ok(Sealed { frame: Frame::Stored { protected }, nonce, ciphertext, tag })
}

impl<'a> Stored<'a> {
    /// Reads an envelope, ASCII. The header is only taken apart as far as the key id, unless it has
    /// not the form that this library writes: then the error says in what.
    pub fn parse(envelope: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<Self> {
        Self::from_ascii(envelope.as_ref())
    }

    fn from_ascii(envelope: &'a [u8]) -> Result<Self> {
        match split_by_length(envelope) {
            // What is wrong with the number of parts is told first.
            Some(parts) => Self::from_parts(parts).or_else(|error| split(envelope).and(Err(error))),
            None => Self::from_parts(split(envelope)?),
        }
        // What is no text at all is told before anything else.
        .map_err(|error| match std::str::from_utf8(envelope) {
            Ok(_) => error,
            Err(broken) => Error::InvalidUtf8 { position: broken.valid_up_to() },
        })
    }

    fn from_parts([protected, encrypted_key, nonce, ciphertext, tag]: [&'a [u8]; 5]) -> Result<Self> {
        let header = base64url::decode(protected).ok_or_else(|| not_base64url("header"))?;
        let kid = match header::key_id(&header) {
            Some(kid) => kid,
            None => Header::parse(&header)?.kid,
        };
        // RFC 7518 §4.5: with `dir`, the encrypted key is empty.
        if !encrypted_key.is_empty() {
            return Err(malformed("there is an encrypted key, though the data key is used directly"));
        }
        let length = ciphertext.len() * 3 / 4;
        if length == 0 || length % BLOCK != 0 {
            return Err(malformed("the ciphertext is cut: its length is not a multiple of 32 bytes"));
        }
        Ok(Self {
            protected,
            header,
            nonce: base64url::decode_array(nonce).ok_or_else(|| not_base64url("nonce"))?,
            ciphertext,
            tag: base64url::decode_array(tag).ok_or_else(|| not_base64url("tag"))?,
            kid,
        })
    }

    /// The data key that is needed.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// What the envelope says about itself.
    pub fn inspect(&self) -> Result<Inspection> {
        let Header { kid, context, holds } = Header::parse(&self.header)?;
        Ok(Inspection {
            kid,
            context,
            content: holds,
            padded_len: self.ciphertext.len() * 3 / 4,
            tag: self.tag,
        })
    }

    /// Refuses an envelope that was not sealed for `expected`, or does not hold that.
    pub(crate) fn must_be(&self, expected: &Context<'_>, holds: Content) -> Result<()> {
        // There is one header for a context, so equal bytes need not be taken apart.
        if self.header == header::write(expected, holds, &self.kid) {
            return Ok(());
        }
        let found = Header::parse(&self.header)?;
        expected.must_be(&found.context)?;
        Err(malformed(match found.holds {
            Content::Bytes => "it holds bytes, not columns",
            Content::Columns => "it holds columns, not bytes",
        }))
    }

    /// Decrypts; what comes back is padded.
    pub(crate) fn decrypt(&self, key: &Aead, context: &Context<'_>) -> Result<Vec<u8>> {
        let mut text = buffer::take(self.ciphertext.len());
        base64url::decode_append(self.ciphertext, &mut text).ok_or_else(|| not_base64url("ciphertext"))?;
        if !key.open(self.nonce, self.protected, &mut text, &self.tag) {
            let kid = self.kid.to_string();
            return Err(Error::AuthenticationFailed { what: context.to_string(), kid });
        }
        Ok(text)
    }
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// All parts but header and ciphertext have a known length, so the end of a long ciphertext need
/// not be searched. It could hold a further point, but then it is not base64url.
fn split_by_length(envelope: &[u8]) -> Option<[&[u8]; 5]> {
    let (header, rest) = envelope.split_at(memchr::memchr(b'.', envelope)?);
    let (nonce, rest) = rest.strip_prefix(b"..")?.split_at_checked(base64url::encoded_len(NONCE_LEN))?;
    let rest = rest.strip_prefix(b".")?;
    let end = rest.len().checked_sub(1 + base64url::encoded_len(TAG_LEN))?;
    let (ciphertext, tag) = rest.split_at_checked(end)?;
    Some([header, b"", nonce, ciphertext, tag.strip_prefix(b".")?])
}

fn split(envelope: &[u8]) -> Result<[&[u8]; 5]> {
    let mut parts = [b"".as_slice(); 5];
    let mut count = 0;
    for part in envelope.split(|byte| *byte == b'.') {
        *parts.get_mut(count).ok_or_else(|| malformed("it has more than five parts"))? = part;
        count += 1;
    }
    if count < parts.len() {
        return Err(malformed("it has fewer than five parts"));
    }
    Ok(parts)
}

fn not_base64url(part: &str) -> Error {
    malformed(format!("the {part} is cut or is not canonical base64url"))
}

fn malformed(problem: impl Into<String>) -> Error {
    Error::MalformedEnvelope { problem: problem.into() }
}
