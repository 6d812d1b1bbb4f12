//! Opening with keys.

use std::borrow::Cow;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::frame::{Frame, Wrapped, malformed};
use super::{Portable, PortableContext};
use crate::crypto::{Aead, AeadKey, Secret};
use crate::envelope::buffer;
use crate::keys::{KeyId, OpeningKey};
use crate::{Error, Result, base64url};

/// Opens portable envelopes with the keys that it has, from any number of threads.
///
/// It remembers the content keys that it unwrapped last, so that the messages of one
/// [`Sealer`](super::Sealer) ask the key's provider once.
#[derive(Debug)]
pub struct Opener {
    keys: Vec<OpeningKey>,
    unwrapped: ArcSwap<Vec<Arc<Unwrapped>>>,
}

/// How many content keys are remembered.
const REMEMBERED: usize = 32;

/// A content key, by all that the envelope says of it.
struct Unwrapped {
    protected: String,
    wrapped: Vec<Wrapped<'static>>,
    /// By which key it was unwrapped.
    kid: String,
    aead: Aead,
}

impl Opener {
    /// Opens with `keys`, each by its one algorithm.
    #[must_use]
    pub fn new(keys: Vec<OpeningKey>) -> Self {
        Self { keys, unwrapped: ArcSwap::default() }
    }

    /// Opens an envelope that was sealed for just this context.
    pub fn open(&self, expected: &PortableContext, envelope: &str) -> Result<Vec<u8>> {
        let open = |frame: Frame<'_>| match self.remembered(&frame) {
            Some(known) => frame.decrypt(&known, expected),
            None => self.unwrap(frame, expected),
        };
        open(Frame::read(envelope)?).or_else(|error| open(reread(envelope, error)?))
    }

    /// As [`open`](Self::open), if the envelope's content key is remembered, else `None`: for
    /// callers that must not wait for a key service just now.
    #[must_use]
    pub fn open_at_hand(&self, expected: &PortableContext, envelope: &str) -> Option<Result<Vec<u8>>> {
        let open = |frame: Frame<'_>| Some(frame.decrypt(&*self.remembered(&frame)?, expected));
        match open(Frame::read(envelope).ok()?)? {
            Ok(plaintext) => Some(Ok(plaintext)),
            Err(error) => reread(envelope, error).map_or_else(|error| Some(Err(error)), open),
        }
    }

    fn remembered(&self, frame: &Frame<'_>) -> Option<Arc<Unwrapped>> {
        self.unwrapped.load().iter().find(|known| known.is_of(frame)).cloned()
    }

    fn unwrap(&self, frame: Frame<'_>, expected: &PortableContext) -> Result<Vec<u8>> {
        let envelope = Portable::from_frame(frame)?;
        let (secret, kid) = self.content_key(&envelope, expected)?;
        let unwrapped = Unwrapped {
            protected: envelope.frame.protected.clone().into_owned(),
            wrapped: envelope.frame.wrapped.iter().map(Wrapped::to_owned).collect(),
            kid: kid.into(),
            aead: <Aead as AeadKey>::new(&secret),
        };
        let plaintext = envelope.frame.decrypt(&unwrapped, expected)?;
        // Only what opened is remembered: anyone can make envelopes that do not.
        self.remember(&Arc::new(unwrapped));
        Ok(plaintext)
    }

    /// The content key of an envelope that states just this context, and the id of the key that
    /// unwrapped it.
    pub(super) fn content_key(
        &self,
        envelope: &Portable<'_>,
        expected: &PortableContext,
    ) -> Result<(Secret, &str)> {
        expected.must_be(envelope.frame.context()?)?;
        let (key, recipient) = envelope
            .recipients
            .iter()
            .find_map(|recipient| Some((self.keys_of(&recipient.kid).next()?, recipient)))
            .ok_or_else(|| Error::UnknownKey { kid: envelope.kids() })?;
        // The key says by which algorithm it opens, never the message.
        let key = self
            .keys_of(&recipient.kid)
            .find(|key| key.algorithm() == recipient.algorithm)
            .ok_or_else(|| Error::UnsupportedAlgorithm {
                algorithm: recipient.algorithm.clone(),
                allowed: key.algorithm(),
            })?;
        let secret = key.unwrap(&recipient.wrapped)?;
        let commitment = envelope.content.commitment;
        if KeyId::of_secret(&secret) != commitment {
            return Err(Error::KeyMismatch { kid: commitment.to_string(), master: key.kid().into() });
        }
        Ok((secret, key.kid()))
    }

    fn keys_of(&self, kid: &str) -> impl Iterator<Item = &OpeningKey> {
        self.keys.iter().filter(move |key| key.kid() == kid)
    }

    fn remember(&self, unwrapped: &Arc<Unwrapped>) {
        self.unwrapped.rcu(|known| {
            let others = known.iter().take(REMEMBERED - 1).cloned();
            std::iter::once(Arc::clone(unwrapped)).chain(others).collect::<Vec<_>>()
        });
    }
}

impl Portable<'_> {
    fn kids(&self) -> String {
        self.recipients.iter().map(|recipient| recipient.kid.as_str()).collect::<Vec<_>>().join(" or ")
    }
}

impl Frame<'_> {
    fn decrypt(&self, key: &Unwrapped, expected: &PortableContext) -> Result<Vec<u8>> {
        self.decrypt_with(&key.aead, &key.kid, expected)
    }

    /// Decrypts with the content key that `kid` unwrapped.
    pub(super) fn decrypt_with(&self, aead: &Aead, kid: &str, expected: &PortableContext) -> Result<Vec<u8>> {
        expected.must_be(self.context()?)?;
        let nonce = base64url::decode_array(self.nonce.as_bytes()).ok_or_else(|| not_base64url("nonce"))?;
        let tag = base64url::decode_array(self.tag.as_bytes()).ok_or_else(|| not_base64url("tag"))?;
        let mut text = buffer::take(self.ciphertext.len());
        base64url::decode_append(self.ciphertext.as_bytes(), &mut text)
            .ok_or_else(|| not_base64url("ciphertext"))?;
        let authenticated = [&self.protected, ".", expected.encoded()].concat();
        if !aead.open(nonce, authenticated.as_bytes(), &mut text, &tag) {
            let what = "the envelope".into();
            return Err(Error::AuthenticationFailed { what, kid: kid.into() });
        }
        Ok(text)
    }
}

impl Unwrapped {
    fn is_of(&self, frame: &Frame<'_>) -> bool {
        self.protected == frame.protected && self.wrapped == frame.wrapped
    }
}

impl Wrapped<'_> {
    fn to_owned(&self) -> Wrapped<'static> {
        let encrypted_key = Cow::Owned(self.encrypted_key.clone().into_owned());
        Wrapped { encrypted_key, header: self.header.clone() }
    }
}

impl std::fmt::Debug for Unwrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unwrapped({})", self.kid)
    }
}

/// The parts of an envelope with a malformed one, by the rules of JSON: these tell what is wrong with
/// it, or that it is just escaped.
fn reread(envelope: &str, error: Error) -> Result<Frame<'static>> {
    match error {
        Error::MalformedEnvelope { .. } => Frame::from_json(envelope),
        other => Err(other),
    }
}

fn not_base64url(part: &str) -> Error {
    malformed(format!("the {part} is cut or is not canonical base64url"))
}
