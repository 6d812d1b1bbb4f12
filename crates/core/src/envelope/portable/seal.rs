//! Sealing for recipients.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;

use super::PortableContext;
use super::frame::RECIPIENTS;
use super::header::{self, Addressed, Content};
use crate::crypto::{Aead, AeadKey, NONCE_LEN, Secret, random};
use crate::envelope::buffer::Plaintext;
use crate::envelope::sealed::{Frame, Sealed};
use crate::json::Writer;
use crate::keys::data::{Retirement, SealingKey};
use crate::keys::{KeyId, Recipient};
use crate::{Error, Result, base64url, media_type, process};

/// Seals portable envelopes for the same recipients, from any number of threads.
///
/// A content key is wrapped once and then seals many messages, with a random nonce each: at most
/// 2^20 messages, 64 GiB or one hour, whichever comes first. Such messages show that they belong
/// together, and whoever is given the content key of one can open them all; where that matters,
/// [`renew_after`](Self::renew_after) one message.
#[derive(Debug)]
pub struct Sealer {
    recipients: Arc<[Recipient]>,
    content_type: Option<String>,
    retirement: Retirement,
    current: ArcSwapOption<ContentKey>,
    renewing: Mutex<()>,
}

/// A wrapped content key, and what stands in all of its envelopes.
struct ContentKey {
    sealing: SealingKey,
    protected: String,
    /// What stands between ciphertext and nonce, and between nonce and tag.
    between: Arc<[String; 2]>,
}

impl Sealer {
    /// Seals for `recipients`, of which there must be one at least, and at most 256.
    pub fn new(recipients: Vec<Recipient>) -> Result<Self> {
        Self::of_shared(recipients.into())
    }

    /// As [`new`](Self::new), for recipients that several sealers have.
    pub fn of_shared(recipients: Arc<[Recipient]>) -> Result<Self> {
        readable(&recipients)?;
        Ok(Self {
            recipients,
            content_type: None,
            retirement: Retirement { messages: 1 << 20, bytes: 1 << 36, age: 60 * 60 * 1000 },
            current: ArcSwapOption::empty(),
            renewing: Mutex::default(),
        })
    }

    /// Says in each envelope what its content is: a media type, by the rule of RFC 7516 §4.1.12, in
    /// printable ASCII.
    pub fn content_type(mut self, content_type: &str) -> Result<Self> {
        media_type::must_be_one(content_type)?;
        self.content_type = Some(content_type.into());
        Ok(self)
    }

    /// Makes a fresh content key after `messages` messages, if that is fewer than 2^20; 1 makes
    /// one for each.
    #[must_use]
    pub fn renew_after(mut self, messages: u64) -> Self {
        self.retirement.messages = messages.clamp(1, 1 << 20);
        self
    }

    /// Seals `plaintext` for `context`, at `now` (milliseconds since 1970-01-01T00:00Z).
    pub fn seal(&self, context: &PortableContext, plaintext: &[u8], now: i64) -> Result<String> {
        let turn = self.turn_at_hand(plaintext.len(), now);
        turn.map_or_else(|| self.turn(plaintext.len(), now), Ok)?.seal(context, plaintext)
    }

    /// The turn to seal one message of `length` bytes, if the content key at hand may still seal it:
    /// for callers that must not wait for a key service just now.
    #[must_use]
    pub fn turn_at_hand(&self, length: usize, now: i64) -> Option<SealingTurn> {
        let process = process::id();
        let key = self.current.load_full()?;
        let admitted = key.sealing.admit(length, now, process, self.retirement);
        admitted.then_some(SealingTurn { key, length, now, process })
    }

    /// The turn to seal one message of `length` bytes, with a fresh content key if need be. It may
    /// wait for a key service, or for another thread that does.
    pub fn turn(&self, length: usize, now: i64) -> Result<SealingTurn> {
        let process = process::id();
        let key = self.content_key(length, now, process)?;
        Ok(SealingTurn { key, length, now, process })
    }

    fn content_key(&self, length: usize, now: i64, process: u32) -> Result<Arc<ContentKey>> {
        let admitted = |key: &Arc<ContentKey>| key.sealing.admit(length, now, process, self.retirement);
        // A wrap may ask a key service, so one thread asks and the others wait for it.
        let _renewing = self.renewing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = self.current.load_full().filter(admitted) {
            return Ok(key);
        }
        let key = Arc::new(ContentKey::new(&self.recipients, self.content_type.clone(), now, process)?);
        // A message beyond all limits has a key for itself.
        if admitted(&key) {
            self.current.store(Some(Arc::clone(&key)));
        }
        Ok(key)
    }
}

/// One message that a content key has admitted.
#[derive(Debug)]
#[must_use = "the message counts as sealed"]
pub struct SealingTurn {
    key: Arc<ContentKey>,
    length: usize,
    now: i64,
    process: u32,
}

impl SealingTurn {
    /// Seals `plaintext`, which must have the length that the turn was taken for. It only computes.
    pub fn seal(self, context: &PortableContext, plaintext: &[u8]) -> Result<String> {
        self.seal_appended(context, |buffer| buffer.extend_from_slice(plaintext)).map(|sealed| sealed.text())
    }

    /// Seals what `append` appends to a buffer that has room for the turn's length, as
    /// [`seal`](Self::seal): for bindings, whose bytes lie elsewhere.
    pub fn seal_appended(
        self,
        context: &PortableContext,
        append: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Sealed> {
        let mut text = Plaintext::with_room(self.length);
        append(text.as_mut());
        if text.len() != self.length {
            let problem = format!("has {} bytes, not {}", text.len(), self.length);
            return Err(Error::InvalidArgument { what: "plaintext", problem });
        }
        self.key.seal(context, text, random::nonce(self.now, self.process)?)
    }
}

impl ContentKey {
    fn new(recipients: &[Recipient], content_type: Option<String>, now: i64, process: u32) -> Result<Self> {
        let secret = Secret::random()?;
        let commitment = KeyId::of_secret(&secret);
        let content = Content { commitment, content_type };
        let (protected, between) = frame(&content, &addressed(recipients, &secret)?)?;
        let aead = Arc::new(<Aead as AeadKey>::new(&secret));
        let between = Arc::new(between);
        Ok(Self { sealing: SealingKey::new(commitment, aead, process, now), protected, between })
    }

    fn seal(&self, context: &PortableContext, text: Plaintext, nonce: [u8; NONCE_LEN]) -> Result<Sealed> {
        // RFC 7516 §5.1 step 14: the encoded protected header, '.', the encoded aad.
        let authenticated = [&self.protected, ".", context.encoded()].concat();
        let (ciphertext, tag) = text.seal(&self.sealing.aead, nonce, authenticated.as_bytes())?;
        let frame = Frame::Portable { context: context.encoded().into(), between: Arc::clone(&self.between) };
        Ok(Sealed { frame, nonce, ciphertext, tag })
    }
}

/// Wraps a content key for each of the recipients.
pub(super) fn addressed(recipients: &[Recipient], content_key: &Secret) -> Result<Vec<Addressed>> {
    let addressed = |recipient: &Recipient| {
        Ok(Addressed {
            algorithm: recipient.algorithm().into(),
            kid: recipient.kid().into(),
            wrapped: recipient.wrap(content_key)?,
        })
    };
    recipients.iter().map(addressed).collect()
}

/// Fails unless an envelope for just so many can be read.
pub(super) fn readable(recipients: &[Recipient]) -> Result<()> {
    let problem = match recipients.len() {
        1..=RECIPIENTS => return Ok(()),
        0 => "are none".into(),
        count => format!("are {count}, and {RECIPIENTS} are read"),
    };
    Err(Error::InvalidArgument { what: "recipients", problem })
}

/// The protected header, and the two stretches around the nonce: canonical JSON in all.
fn frame(content: &Content, recipients: &[Addressed]) -> Result<(String, [String; 2])> {
    let encoded = |recipient| {
        let header = header::write(Some(content), recipient);
        if header.len() <= header::LONGEST {
            return Ok(base64url::encode(&header));
        }
        let problem = format!(
            "would have {} bytes, and {} are read: shorten the content type, or the names of the parties",
            header.len(),
            header::LONGEST
        );
        Err(Error::InvalidArgument { what: "header", problem })
    };
    if let [recipient] = recipients {
        let protected = encoded(Some(recipient))?;
        let encrypted_key = base64url::encode(&recipient.wrapped.encrypted_key);
        let before_nonce = format!("\",\"encrypted_key\":\"{encrypted_key}\",\"iv\":\"");
        let before_tag = format!("\",\"protected\":\"{protected}\",\"tag\":\"");
        return Ok((protected, [before_nonce, before_tag]));
    }
    let protected = encoded(None)?;
    let recipients = write_recipients(recipients);
    let before_tag = format!("\",\"protected\":\"{protected}\",\"recipients\":{recipients},\"tag\":\"");
    Ok((protected, ["\",\"iv\":\"".into(), before_tag]))
}

/// The member `recipients` of the general form.
pub(super) fn write_recipients(recipients: &[Addressed]) -> String {
    let each = recipients.iter().map(|recipient| {
        let mut writer = Writer::object();
        writer.member("encrypted_key").string(&base64url::encode(&recipient.wrapped.encrypted_key));
        writer.member("header").canonical(&header::write(None, Some(recipient)));
        String::from_utf8(writer.finish()).expect("JSON is UTF-8")
    });
    format!("[{}]", each.collect::<Vec<_>>().join(","))
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentKey({})", self.sealing.kid)
    }
}
